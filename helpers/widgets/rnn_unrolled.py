"""A recurrent network over a text, folded and unrolled, with every unit's numbers.

Built in notebooks/02_rnn.ipynb.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from helpers.pictures.picture import ROLES, Picture
from helpers.widgets.checks import index, within
from helpers.widgets.shell import View, finite, labels
from helpers.widgets.stills import heat_map, panels, plain_names


def rnn_unrolled(
    tokens: Sequence[str],
    inputs: ArrayLike,
    W_x: ArrayLike,
    W_h: ArrayLike,
    b: ArrayLike,
    unit: int | None = None,
) -> View:
    """Show h_t = tanh(W_x x_t + W_h h_{t−1} + b) step by step, from h_0 = 0.

    Shapes: inputs (T, C), W_x (N, C), W_h (N, N), b (N,), 2 ≤ T ≤ 16, N ≤ 256.
    `unit` is shown first; by default the one whose value changes most. The page adds
    the sums up itself; its largest difference from our states stands in the attribute
    data-deviation.
    Raises ValueError for NaN or shapes that do not fit. Source: Elman 1990.
    """
    tokens = labels("tokens", tokens, 2, 16)
    x = finite("inputs", inputs, (len(tokens), None))
    b = finite("b", b, (None,))
    n = len(b)
    within(n, 1, 256, "units")
    W_x = finite("W_x", W_x, (n, x.shape[1]))
    W_h = finite("W_h", W_h, (n, n))
    h = np.zeros(n)
    states = []
    for row in x:
        h = np.tanh(W_x @ row + W_h @ h + b)
        states.append(h)
    h = np.stack(states)  # (T, N)
    liveliest = int(np.ptp(h, axis=0).argmax())
    unit = liveliest if unit is None else index("unit", unit, n)
    params = {
        "title": "The recurrent network, folded and unrolled",
        "idea": "Find a unit that keeps its value over several tokens.",
        "tokens": tokens,
        "unit": unit,
    }
    arrays = {"x": x, "Wx": W_x, "Wh": W_h, "b": b, "h": h}
    rows = [["token", f"unit {unit}"], *zip(tokens, h[:, unit].tolist(), strict=True)]
    return View("rnn_unrolled", params, arrays, _still_picture(tokens, h, unit), rows)


def _still_picture(tokens: Sequence[str], h: np.ndarray, unit: int) -> Picture:
    """Draw all states (T, N) as a map, and one unit as bars."""
    figure, (top, below) = panels("The state after each token", (9, 5.2), (3, 2))
    heat_map(top, h.T, signed=True)
    top.set(ylabel="unit", xticks=[])
    x = np.arange(len(tokens))
    below.bar(x, h[:, unit], color=ROLES["model"])
    below.set(ylim=(-1.05, 1.05), ylabel=f"unit {unit}")
    below.set_xticks(x, plain_names(tokens), rotation=30)
    return figure.caption("Columns are steps: the same weights, another state.")
