"""Positions as vectors: sinusoids in four linked panes, beside learned ones.

Built in notebooks/08_positions.ipynb.
"""

import operator

import numpy as np
from numpy.typing import ArrayLike

from helpers.pictures.picture import Picture
from helpers.widgets.checks import one_of, within
from helpers.widgets.shell import View, finite
from helpers.widgets.stills import heat_map, panels

SIZES = (4, 8, 16, 32, 64, 128)
BASES = (10, 100, 1000, 10000)


def position_explorer(
    d_model: int = 64,
    base: int = 10_000,
    n_positions: int = 100,
    learned: ArrayLike | None = None,
) -> View:
    """Show sinusoidal positions: curves, heat map, dot products, rotation dials.

    `d_model` is one of 4 … 128 (powers of 2), `base` one of 10 … 10,000; 8 ≤
    `n_positions` ≤ 512. `learned` (n_positions, d_model) is a trained table to compare
    with. The page computes the sinusoids itself; its attributes data-deviation (from
    our table), data-dotspread and data-rotation (the two identities at the chosen
    shift) tell how exactly. Raises ValueError for other sizes or NaN.
    Source: Vaswani et al. 2017, section 3.5.
    """
    d_model = SIZES[one_of("d_model", d_model, SIZES)]
    base = BASES[one_of("base", base, BASES)]
    n_positions = operator.index(n_positions)
    within(n_positions, 8, 512, "positions")
    exponents = np.arange(0, d_model, 2) / d_model  # (C / 2,)
    angles = np.arange(n_positions)[:, None] * base**-exponents  # (T, C / 2)
    pairs = np.stack([np.sin(angles), np.cos(angles)], -1)  # (T, C / 2, 2)
    table = pairs.reshape(n_positions, d_model)
    arrays = {"table": table}
    if learned is not None:
        arrays["learned"] = finite("learned", learned, table.shape)
    params = {
        "title": "Where am I? Positions as vectors",
        "idea": "Choose base 10: can two positions get the same vector?",
        "d": d_model,
        "base": base,
        "n": n_positions,
    }
    dots = table @ table.T  # (T, T)
    rows = [["distance", "dot product"]]
    for distance in (0, 1, 2, 4):
        rows.append([distance, float(dots[0, distance])])
    still = _still_picture(table, dots)
    return View("position_explorer", params, arrays, still, rows)


def _still_picture(table: np.ndarray, dots: np.ndarray) -> Picture:
    """Draw the heat map and the dot products of three positions."""
    title = "Nearby positions get similar vectors"
    figure, (left, right) = panels(title, (9, 4.2), n_columns=2)
    heat_map(left, table.T, signed=True)
    left.set(
        xlabel="position",
        ylabel="dimension",
        title="all dimensions",
    )
    n = len(dots)
    for position, line in {n // 5: "-", n // 2: "--", 4 * n // 5: ":"}.items():
        right.plot(dots[position], line, label=str(position))
    right.set(xlabel="position", title="dot product with position …")
    right.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, -0.2),
        ncols=3,
    )
    return figure.caption("The dot product has the same shape around every position.")
