"""The gates, the cell and the state of an LSTM over a text; a gate can be held.

Built in notebooks/03_lstm.ipynb.
"""

from collections.abc import Sequence

import numpy as np

from helpers.pictures.picture import Picture, picture
from helpers.widgets.shell import View, finite, labels

ROWS = ("input i", "forget f", "candidate g", "output o", "cell c", "state h")


def lstm_gates(
    tokens: Sequence[str], inputs, weights: tuple, unit: int | None = None, lean=None
) -> View:
    """Show i, f, g, o, c, h of each unit at each token, from zero states.

    Shapes: inputs (T, C) with 2 ≤ T ≤ 16, weights = (W_x (4N, C), W_h (4N, N), b
    (4N,)), rows in the order i, f, g, o, N ≤ 128. `lean` = (two words, difference of
    their output rows (N,), of their biases): shows which one comes next. Holding a
    gate recomputes all steps in the page; data-deviation tells how exactly.
    Raises ValueError for NaN or shapes that do not fit.
    """
    tokens = labels("tokens", tokens, 2, 16)
    W_x, W_h, b = weights
    b = finite("b", b, (None,))
    n = len(b) // 4
    if not 1 <= n <= 128 or len(b) != 4 * n:
        raise ValueError(f"{len(b)} biases; give 4 for each of 1 to 128 units")
    x = finite("inputs", inputs, (len(tokens), None))
    W_x = finite("W_x", W_x, (4 * n, x.shape[1]))
    W_h = finite("W_h", W_h, (4 * n, n))
    seen = run(x, W_x, W_h, b)  # (6, T, N)
    unit = int(np.ptp(seen[4], axis=0).argmax()) if unit is None else unit
    if not 0 <= unit < n:
        raise ValueError(f"unit={unit}; choose 0 to {n - 1}")
    params = {"title": "Inside an LSTM", "tokens": tokens, "unit": unit, "units": n}
    params["idea"] = "Hold the forget gate at 0: what is left of the subject?"
    params["reach"] = float(max(1.0, np.abs(seen[4]).max()))
    odds = np.zeros(n + 1)
    if lean is not None:
        params["words"] = list(lean[0])
        odds = np.append(finite("lean", lean[1], (n,)), float(lean[2]))
    arrays = {"x": x, "Wx": W_x, "Wh": W_h, "b": b, "all": seen, "odds": odds}
    rows = [["token", *[name.split()[-1] for name in ROWS]]]
    for t, token in enumerate(tokens):
        rows.append([token, *map(float, seen[:, t, unit])])
    still = _still(tokens, seen[:, :, unit], unit)
    return View("lstm_gates", params, arrays, still, rows)


def run(x: np.ndarray, W_x: np.ndarray, W_h: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return gates, candidate, cell and state (6, T, N) in the order of ROWS."""
    h = c = np.zeros(len(b) // 4)
    steps = []
    for row in x:
        i, f, g, o = np.split(W_x @ row + W_h @ h + b, 4)
        i, f, o = (1 / (1 + np.exp(-z)) for z in (i, f, o))
        g = np.tanh(g)
        c = f * c + i * g
        h = o * np.tanh(c)
        steps.append([i, f, g, o, c, h])
    return np.array(steps).transpose(1, 0, 2)


def _still(tokens: Sequence[str], seen: np.ndarray, unit: int) -> Picture:
    """Draw one unit: three gates above, cell and state below."""
    title = "One unit: gates above, what they keep below"
    figure, axes = picture(title, (9, 5.4))
    figure.delaxes(axes)
    top, below = figure.subplots(2, 1, sharex=True)
    x = np.arange(len(tokens))
    for k, line in ((0, "o-"), (1, "s--"), (3, "^:")):
        top.plot(x, seen[k], line, label=ROWS[k])
    for k, line in ((2, "v:"), (4, "D-"), (5, "o--")):
        below.plot(x, seen[k], line, label=ROWS[k])
    top.set(ylim=(-0.05, 1.05), ylabel="gate")
    below.set(ylabel=f"unit {unit}")
    below.set_xticks(x, [t.replace("$", r"\$")[:12] for t in tokens], rotation=30)
    below.axhline(0, color="#888888", linewidth=1)
    for part in (top, below):
        part.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    figure.suptitle(title)
    return figure.caption("A gate at 1 lets everything through, at 0 nothing.")
