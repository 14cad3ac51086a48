"""A recurrent network over a text, folded and unrolled, with every unit's numbers.

Built in notebooks/02_rnn.ipynb.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from helpers.pictures.picture import ROLES, Picture
from helpers.widgets.checks import index, within
from helpers.widgets.shell import View, finite, labels
from helpers.widgets.stills import panels, plain_names

INK = "#222222"


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
    h, sums = _read(x, W_x, W_h, b)
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
    still = _still_picture(tokens, h, sums[:, :, unit], unit)
    return View("rnn_unrolled", params, arrays, still, rows)


def _read(
    x: np.ndarray, W_x: np.ndarray, W_h: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the states (T, N), and what each is the tanh of, in parts (T, 3, N)."""
    h = np.zeros(len(b))
    states = []
    sums = []
    for row in x:
        parts = np.stack([W_x @ row, W_h @ h, b])  # (3, N)
        h = np.tanh(parts.sum(0))
        states.append(h)
        sums.append(parts)
    return np.stack(states), np.stack(sums)


def _still_picture(
    tokens: Sequence[str], h: np.ndarray, sums: np.ndarray, unit: int
) -> Picture:
    """Draw the copies of the network with one unit of the states (T, N), and its sum.

    `sums` (T, 3): what the input, the old state and the bias give the unit.
    """
    title = f"One network, {len(tokens)} steps: unit {unit} of the state"
    figure, (top, below) = panels(title, (9.6, 4.4), (2.2, 1.9))
    figure.suptitle(title, x=0.01, ha="left", weight="bold")
    names = plain_names(tokens)
    _copies(top, names, h[:, unit], unit)
    x = np.arange(len(tokens))
    below.bar(x, h[:, unit], color=ROLES["model"])
    below.axhline(0, color=INK, linewidth=0.8)
    below.set(ylim=(-1.05, 1.05), ylabel=f"unit {unit}", xlim=top.get_xlim())
    below.set_xticks(x, names, rotation=30)
    step = _liveliest_step(h[:, unit])
    formula = _formula(names, sums[step], h[step, unit], (unit, step))
    below.set_title(formula, fontsize=11.5, loc="left", weight="normal")
    return figure.caption(
        "A box is one unit after one step: the same weights, another state. Violet is "
        "negative, orange positive. Above the bars: how one of them comes about."
    )


def _copies(axes: Axes, names: Sequence[str], values: np.ndarray, unit: int) -> None:
    """Draw one box a step, coloured by the unit's value, and arrows between them."""
    n = len(names)
    axes.set(xlim=(-0.5, n - 0.5), ylim=(-1.0, 1.0), xticks=[], yticks=[])
    axes.axis("off")
    colors = colormaps["PuOr_r"]
    size = min(11.0, 88 / n)
    for t, (token, value) in enumerate(zip(names, values, strict=True)):
        face = colors((value + 1) / 2)
        style = {"boxstyle": "round,pad=0.35", "fc": face, "ec": INK}
        ink = "white" if abs(value) > 0.6 else INK
        style = {"ha": "center", "va": "center", "fontsize": size, "bbox": style}
        axes.text(t, 0.35, f"{value:.2f}", color=ink, **style)
        name = f"$h_{{{t + 1}}}$[{unit}]"
        axes.text(t, 0.86, name, ha="center", va="center", fontsize=size)
        card = {"boxstyle": "round,pad=0.25", "fc": "white", "ec": INK}
        axes.text(t, -0.8, token, **(style | {"bbox": card}))
        arrow = {"arrowstyle": "->", "color": INK}
        axes.annotate("", (t, 0.05), (t, -0.55), arrowprops=arrow)
        if t:
            axes.annotate("", (t - 0.3, 0.35), (t - 0.7, 0.35), arrowprops=arrow)


def _liveliest_step(values: np.ndarray) -> int:
    """Return the step, after the first, at which a unit changes most."""
    return 1 + int(np.abs(np.diff(values)).argmax())


def _formula(
    names: Sequence[str], sums: np.ndarray, value: float, place: tuple[int, int]
) -> str:
    """Return one unit's step with its numbers: input, old state, bias, tanh."""
    unit, step = place
    from_input, from_state, bias = (f"{part:.2f}" for part in sums)
    return (
        f"Unit {unit} after “{names[step]}”: tanh({from_input} from the input "
        f"+ ({from_state}) from the old state + ({bias})) = {value:.2f}"
    )
