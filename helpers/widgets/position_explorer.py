"""Positions as vectors: sinusoids in four linked panes, beside learned ones.

Built in notebooks/08_positions.ipynb.
"""

import numpy as np

from helpers.pictures.picture import Picture, picture
from helpers.widgets.shell import View, finite

SIZES = (4, 8, 16, 32, 64, 128)
BASES = (10, 100, 1000, 10000)


def position_explorer(
    d_model: int = 64, base: int = 10_000, n_positions: int = 100, learned=None
) -> View:
    """Show sinusoidal positions: curves, heat map, dot products, rotation dials.

    `d_model` is one of 4 … 128 (powers of 2), `base` one of 10 … 10,000; 8 ≤
    `n_positions` ≤ 512. `learned` (n_positions, d_model) is a trained table to compare
    with. The page computes the sinusoids itself; its attributes data-deviation (from
    our table), data-dotspread and data-rotation (the two identities at the chosen
    shift) tell how exactly. Raises ValueError for other sizes or NaN.
    Source: Vaswani et al. 2017, section 3.5.
    """
    if d_model not in SIZES or base not in BASES:
        raise ValueError(
            f"d_model={d_model}, base={base}; choose of {SIZES} and of {BASES}"
        )
    if not 8 <= n_positions <= 512:
        raise ValueError(f"n_positions={n_positions}; choose 8 to 512")
    angles = np.arange(n_positions)[:, None] * base ** (
        -np.arange(0, d_model, 2) / d_model
    )
    table = np.stack([np.sin(angles), np.cos(angles)], -1).reshape(n_positions, d_model)
    arrays = {"table": table}
    if learned is not None:
        arrays["learned"] = finite("learned", learned, (n_positions, d_model))
    params = {
        "title": "Where am I? Positions as vectors",
        "idea": "Choose base 10: can two positions get the same vector?",
        "d": d_model,
        "base": base,
        "n": n_positions,
    }
    dots = table @ table.T
    rows = [["distance", "dot product"]]
    rows += [[k, float(dots[0, k])] for k in (0, 1, 2, 4) if k < n_positions]
    return View("position_explorer", params, arrays, _static(table, dots), rows)


def _static(table: np.ndarray, dots: np.ndarray) -> Picture:
    """Draw the heat map and the dot products of three positions."""
    figure, axes = picture("Nearby positions get similar vectors", (9, 4.2))
    figure.delaxes(axes)
    left, right = figure.subplots(1, 2)
    left.imshow(table.T, cmap="PuOr_r", vmin=-1, vmax=1, aspect="auto")
    left.set(xlabel="position", ylabel="dimension", title="all dimensions")
    left.grid(visible=False)
    n = len(dots)
    for at, line in zip((n // 5, n // 2, 4 * n // 5), ("-", "--", ":"), strict=True):
        right.plot(dots[at], line, label=str(at))
    right.set(xlabel="position", title="dot product with position …")
    right.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=3)
    figure.suptitle(figure.alt)
    return figure.caption("The dot product has the same shape around every position.")
