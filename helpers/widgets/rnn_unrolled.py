"""A recurrent network over a text, folded and unrolled, with every unit's numbers.

Built in notebooks/02_rnn.ipynb.
"""

from collections.abc import Sequence

import numpy as np

from helpers.pictures.picture import Picture, picture
from helpers.widgets.shell import View, finite, labels


def rnn_unrolled(
    tokens: Sequence[str], inputs, W_x, W_h, b, unit: int | None = None
) -> View:
    """Show h_t = tanh(W_x x_t + W_h h_{t−1} + b) step by step, from h_0 = 0.

    Shapes: inputs (T, C), W_x (N, C), W_h (N, N), b (N,), 2 ≤ T ≤ 16, N ≤ 256.
    `unit` is shown first; by default the one whose value changes most. The page adds
    the sums up itself; its largest difference from our states stands in the attribute
    data-deviation. Raises ValueError for NaN or shapes that do not fit.
    Source: Elman 1990.
    """
    tokens = labels("tokens", tokens, 2, 16)
    b = finite("b", b, (None,))
    n = len(b)
    if not 1 <= n <= 256:
        raise ValueError(f"{n} units; this view shows 1 to 256")
    x = finite("inputs", inputs, (len(tokens), None))
    W_x = finite("W_x", W_x, (n, x.shape[1]))
    W_h = finite("W_h", W_h, (n, n))
    states, h = [], np.zeros(n)
    for row in x:
        h = np.tanh(W_x @ row + W_h @ h + b)
        states.append(h)
    h = np.stack(states)
    unit = int(np.ptp(h, axis=0).argmax()) if unit is None else unit
    if not 0 <= unit < n:
        raise ValueError(f"unit={unit}; choose 0 to {n - 1}")
    params = {
        "title": "The recurrent network, folded and unrolled",
        "idea": "Find a unit that keeps its value over several tokens.",
        "tokens": tokens,
        "unit": unit,
    }
    arrays = {"x": x, "Wx": W_x, "Wh": W_h, "b": b, "h": h}
    rows = [["token", f"unit {unit}"]]
    rows += [[token, float(v)] for token, v in zip(tokens, h[:, unit], strict=True)]
    return View("rnn_unrolled", params, arrays, _static(tokens, h, unit), rows)


def _static(tokens: Sequence[str], h: np.ndarray, unit: int) -> Picture:
    """Draw all states as a map, and one unit as bars."""
    figure, axes = picture("The state after each token", (9, 5.2))
    figure.delaxes(axes)
    top, below = figure.subplots(2, 1, height_ratios=(3, 2))
    top.imshow(h.T, cmap="PuOr_r", vmin=-1, vmax=1, aspect="auto")
    top.set(ylabel="unit", xticks=[])
    top.grid(visible=False)
    x = np.arange(len(tokens))
    below.bar(x, h[:, unit], color="#0072B2")
    below.set(ylim=(-1.05, 1.05), ylabel=f"unit {unit}")
    below.set_xticks(x, [t.replace("$", r"\$")[:12] for t in tokens], rotation=30)
    figure.suptitle(figure.alt)
    return figure.caption("Columns are steps: the same weights, another state.")
