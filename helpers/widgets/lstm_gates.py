"""The gates, the cell and the state of an LSTM over a text; a gate can be held.

Built in notebooks/03_lstm.ipynb.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from helpers.pictures.picture import Picture
from helpers.widgets.checks import index
from helpers.widgets.shell import View, finite, labels
from helpers.widgets.stills import panels, plain_names

ROWS = ("input i", "forget f", "candidate g", "output o", "cell c", "state h")
CELL = 4  # its index among the rows
GATE_LINES = {0: "o-", 1: "s--", 3: "^:"}  # in the upper panel, by row
STATE_LINES = {2: "v:", 4: "D-", 5: "o--"}  # in the lower one


def lstm_gates(
    tokens: Sequence[str],
    inputs: ArrayLike,
    weights: tuple[ArrayLike, ArrayLike, ArrayLike],
    unit: int | None = None,
    lean: tuple[Sequence[str], ArrayLike, float] | None = None,
) -> View:
    """Show i, f, g, o, c, h of each unit at each token, from zero states.

    Shapes: inputs (T, C) with 2 ≤ T ≤ 16, weights = (W_x (4N, C), W_h (4N, N), b
    (4N,)), rows in the order i, f, g, o, N ≤ 128. `lean` = (two words, difference of
    their output rows (N,), of their biases): shows which one comes next. Holding a
    gate recomputes all steps in the page; data-deviation tells how exactly. `unit` is
    shown first; by default the one whose cell changes most.
    Raises ValueError for NaN or shapes that do not fit.
    """
    tokens = labels("tokens", tokens, 2, 16)
    arrays = _arrays(finite("inputs", inputs, (len(tokens), None)), weights)
    seen = arrays["all"]  # (6, T, N)
    n = seen.shape[2]
    cells = seen[CELL]
    liveliest = int(np.ptp(cells, axis=0).argmax())
    unit = liveliest if unit is None else index("unit", unit, n)
    params = {
        "title": "Inside an LSTM",
        "tokens": tokens,
        "unit": unit,
        "units": n,
        "idea": "Hold the forget gate at 0: what is left of the subject?",
        "reach": float(max(1.0, np.abs(cells).max())),
    }
    words, differences, bias = lean or ((), np.zeros(n), 0.0)
    if words:
        params["words"] = list(words)
    arrays["odds"] = np.append(finite("lean", differences, (n,)), float(bias))
    rows = [["token", "i", "f", "g", "o", "c", "h"]]
    for token, numbers in zip(tokens, seen[:, :, unit].T.tolist(), strict=True):
        rows.append([token, *numbers])
    still = _still_picture(tokens, seen[:, :, unit], unit)
    return View("lstm_gates", params, arrays, still, rows)


def _arrays(x: np.ndarray, weights: tuple) -> dict[str, np.ndarray]:
    """Return inputs and weights as arrays, and what they make of each other."""
    W_x, W_h, b = weights
    b = finite("b", b, (None,))
    n = len(b) // 4
    if not 1 <= n <= 128 or len(b) != 4 * n:
        raise ValueError(f"{len(b)} biases; give 4 for each of 1 to 128 units")
    W_x = finite("W_x", W_x, (4 * n, x.shape[1]))
    W_h = finite("W_h", W_h, (4 * n, n))
    return {
        "x": x,
        "Wx": W_x,
        "Wh": W_h,
        "b": b,
        "all": _steps(x, W_x, W_h, b),
    }


def _steps(
    x: np.ndarray,
    W_x: np.ndarray,
    W_h: np.ndarray,
    b: np.ndarray,
) -> np.ndarray:
    """Return gates, candidate, cell and state (6, T, N) in the order of ROWS."""
    h = np.zeros(len(b) // 4)
    c = h
    steps = []
    for row in x:
        i, f, g, o = np.split(W_x @ row + W_h @ h + b, 4)
        i = _sigmoid(i)
        f = _sigmoid(f)
        g = np.tanh(g)
        o = _sigmoid(o)
        c = f * c + i * g
        h = o * np.tanh(c)
        steps.append([i, f, g, o, c, h])
    return np.stack(steps, 1)  # (6, T, N)


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def _still_picture(
    tokens: Sequence[str],
    seen: np.ndarray,
    unit: int,
) -> Picture:
    """Draw one unit: three gates above, cell and state below."""
    title = "One unit: gates above, what they keep below"
    figure, (top, below) = panels(title, (9, 5.4), (1, 1), sharex=True)
    x = np.arange(len(tokens))
    for panel, lines in ((top, GATE_LINES), (below, STATE_LINES)):
        for row, line in lines.items():
            panel.plot(x, seen[row], line, label=ROWS[row])
        panel.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    top.set(ylim=(-0.05, 1.05), ylabel="gate")
    below.set(ylabel=f"unit {unit}")
    below.set_xticks(x, plain_names(tokens), rotation=30)
    below.axhline(0, color="#888888", linewidth=1)
    return figure.caption("A gate at 1 lets everything through, at 0 nothing.")
