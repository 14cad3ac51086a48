"""Pictures of networks: boxes with arrows.

Like `plots`: arrays and labels in, a static picture out. Built in
notebooks/00_start_here.ipynb.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from helpers.pictures.picture import ROLES, Picture, numbers, picture
from helpers.pictures.token_plots import TINTS

INK, PALE = "#222222", "#f2f2f2"


def box(axes: Axes, x: float, y: float, text: str, color: str = PALE, size=(1.0, 0.6)):
    """Draw a rounded box with its centre at (x, y)."""
    width, height = size
    shape = FancyBboxPatch(
        (x - width / 2, y - height / 2),
        width,
        height,
        boxstyle="round,pad=0.02,rounding_size=0.08",
        facecolor=color,
        edgecolor=INK,
        linewidth=1.2,
    )
    axes.add_patch(shape)
    axes.text(x, y, text, ha="center", va="center", fontsize=11)


def arrow(axes: Axes, start, end, label: str = "", bend: float = 0.0) -> None:
    """Draw an arrow between two points, with a label at its middle."""
    style = f"arc3,rad={bend}"
    line = FancyArrowPatch(
        start,
        end,
        arrowstyle="-|>",
        mutation_scale=14,
        connectionstyle=style,
        color=INK,
    )
    axes.add_patch(line)
    if label:
        x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
        axes.text(x, y + 0.13, label, ha="center", fontsize=10.5, color="#444444")


def _stage(title: str, size, x, y) -> tuple:
    figure, axes = picture(title, size)
    axes.set(xlim=x, ylim=y)
    axes.set_aspect("equal")
    axes.axis("off")
    return figure, axes


def pipeline(boxes: Sequence[str], title: str, per_row: int = 5, here: int = -1):
    """Draw boxes with arrows from each to the next, in rows; `here` is highlighted."""
    if not boxes:
        raise ValueError("a pipeline has at least one box")
    rows = -(-len(boxes) // per_row)
    figure, axes = _stage(
        title,
        (9.6, 0.8 + 1.15 * rows),
        (-0.75, per_row * 1.6 - 0.8),
        (-rows + 0.45, 0.5),
    )
    for i, text in enumerate(boxes):
        x, y = 1.6 * (i % per_row), -(i // per_row)
        tint = (
            TINTS[1] if i == here else (TINTS[0], TINTS[2], TINTS[3])[i // per_row % 3]
        )
        box(axes, x, y, text, tint, (1.3, 0.62))
        if i + 1 < len(boxes) and (i + 1) % per_row:
            arrow(axes, (x + 0.67, y), (x + 0.93, y))
        elif i + 1 < len(boxes):
            arrow(axes, (x, y - 0.33), (x, y - 0.6))
    return figure


def folded_and_unfolded(tokens: Sequence[str], title: str) -> Picture:
    """Draw a recurrent network as a loop and, beside it, unrolled over the tokens."""
    steps = len(tokens)
    width = 2.9 + 1.7 * steps
    figure, axes = _stage(title, (9.6, 3.9), (-0.9, width), (-1.45, 1.75))
    _cell(axes, 0.3, "$x_t$", "$h_t$", "$y_t$")
    arrow(axes, (0.8, 0.15), (0.8, -0.15), bend=-2.2)
    axes.text(1.35, 0.0, "$W_h$", va="center", fontsize=12)
    axes.text(2.05, 0, "=", fontsize=22, va="center", ha="center")
    for t, token in enumerate(tokens):
        x = 3.3 + 1.7 * t
        _cell(axes, x, token, f"$h_{t + 1}$", f"$y_{t + 1}$")
        start = x - 1.2 if t else x - 0.95
        arrow(axes, (start, 0), (x - 0.52, 0), "$W_h$" if t else "$h_0$")
    return figure


def _cell(axes: Axes, x: float, below: str, state: str, above: str) -> None:
    box(axes, x, 0, state, TINTS[5])
    box(axes, x, -1.15, below, PALE, (1.25, 0.5))
    box(axes, x, 1.3, above, TINTS[0], (1.0, 0.5))
    arrow(axes, (x, -0.88), (x, -0.32))
    arrow(axes, (x, 0.32), (x, 1.03))
    axes.text(x + 0.1, -0.6, "$W_x$", fontsize=11, va="center")
    axes.text(x + 0.1, 0.66, "$W_y$", fontsize=11, va="center")


def window(tokens: Sequence[str], size: int, title: str) -> Picture:
    """Draw a network that sees only the last `size` tokens before its prediction."""
    if not 1 <= size <= len(tokens):
        raise ValueError(f"a window of {size} does not fit into {len(tokens)} tokens")
    n = len(tokens)
    figure, axes = _stage(title, (9.6, 3.1), (-0.8, 1.5 * n + 0.8), (-1.2, 1.5))
    middle = 1.5 * (n - (size + 1) / 2)
    for i, token in enumerate(tokens):
        seen = i >= n - size
        box(axes, 1.5 * i, -0.8, token, TINTS[0] if seen else PALE, (1.3, 0.5))
        if seen:
            arrow(axes, (1.5 * i, -0.52), (middle + 0.3 * (1.5 * i - middle), 0.1))
    box(axes, middle, 0.4, "MLP", TINTS[5], (1.5 * size - 0.3, 0.5))
    arrow(axes, (middle + 0.75 * size - 0.1, 0.4), (1.5 * n - 0.7, 0.4))
    box(axes, 1.5 * n, 0.4, "next ?", TINTS[1], (1.3, 0.5))
    forgotten = 1.5 * (n - size - 1) / 2
    if size < n:
        axes.text(
            forgotten, -0.2, "not seen", ha="center", color="#666666", fontsize=12
        )
    return figure


def lookup(
    index: int, matrix: np.ndarray, tokens: Sequence[str], title: str
) -> Picture:
    """Draw one-hot @ matrix: all zeros but one, so one row comes out."""
    matrix = numbers("matrix", matrix, 2)
    if len(tokens) != len(matrix) or not 0 <= index < len(matrix):
        raise ValueError(f"{len(tokens)} tokens, {len(matrix)} rows, index {index}")
    v, c = matrix.shape
    size = (9.6, 1.2 + 0.34 * v)
    figure, axes = _stage(title, size, (-1.5, 2.6 + 2 * c + 0.6), (-v + 0.3, 0.9))
    for i in range(v):
        mine = i == index
        style = {"ha": "center", "va": "center", "fontsize": 12}
        tint = TINTS[1] if mine else PALE
        box(axes, 0, -i, "1" if mine else "0", tint, (0.7, 0.8))
        axes.text(-0.5, -i, tokens[i], ha="right", va="center", fontsize=12)
        for j in range(c):
            box(axes, 1.9 + j, -i, f"{matrix[i, j]:.1f}", tint, (0.9, 0.8))
    axes.text(0.85, -index, "@", **style)
    axes.text(1.9 + c - 0.15, -index, "=", **style)
    for j in range(c):
        box(axes, 2.6 + c + j, -index, f"{matrix[index, j]:.1f}", TINTS[1], (0.9, 0.8))
    return figure


def lstm_cell(title: str) -> Picture:
    """Draw one step of an LSTM: the cell's line on top, the gates below it."""
    figure, axes = _stage(title, (9.6, 4.6), (-0.6, 9.4), (-0.9, 3.9))
    gates = {"f": ("forget", 1.6), "i": ("input", 3.4), "g": ("candidate", 5.0)}
    gates |= {"o": ("output", 7.4)}
    for letter, (name, x) in gates.items():
        squash = "tanh" if letter == "g" else "σ"
        tint = TINTS[2] if letter == "g" else TINTS[0]
        box(axes, x, 1.0, f"{letter}: {name}\n({squash})", tint, (1.35, 0.75))
        arrow(axes, (x, 0.1), (x, 0.6))
    axes.plot([-0.2, 8.0], [0.1, 0.1], color=INK, linewidth=1.4)
    axes.text(-0.3, 0.1, "$h_{t-1}$, $x_t$", ha="right", va="center", fontsize=12)
    for x, sign in ((1.6, "×"), (4.2, "+"), (4.2, "×"), (8.4, "×")):
        y = {"+": 3.0, "×": 2.1 if x > 2 else 3.0}[sign]
        box(axes, x, y, sign, "white", (0.42, 0.42))
    arrow(axes, (-0.3, 3.0), (1.35, 3.0), "$c_{t-1}$")
    arrow(axes, (1.85, 3.0), (3.95, 3.0), "what is kept")
    arrow(axes, (4.45, 3.0), (9.2, 3.0), "$c_t$")
    arrow(axes, (1.6, 1.42), (1.6, 2.75))
    arrow(axes, (3.4, 1.42), (4.0, 1.95))
    arrow(axes, (5.0, 1.42), (4.4, 1.95))
    arrow(axes, (4.2, 2.35), (4.2, 2.75))
    arrow(axes, (7.4, 1.42), (8.2, 1.95))
    arrow(axes, (8.4, 2.95), (8.4, 2.35))
    axes.text(8.55, 2.6, "tanh", fontsize=10.5, color="#444444")
    arrow(axes, (8.65, 2.1), (9.2, 2.1), "$h_t$")
    return figure


ORDERS = {
    "post": ("attention", "+", "norm", "feed-\nforward", "+", "norm"),
    "pre": ("norm", "attention", "+", "norm", "feed-\nforward", "+"),
}


def encoder_blocks(title: str) -> Picture:
    """Draw one block of a Transformer in both orders: post-norm and pre-norm."""
    figure, axes = _stage(title, (9.6, 3.9), (-2.0, 8.9), (-2.75, 1.35))
    for row, (name, parts) in enumerate(ORDERS.items()):
        y = -2.1 * row
        axes.text(-1.95, y + 0.75, f"{name}-norm", weight="bold", fontsize=12)
        axes.text(-0.85, y, "x", ha="center", va="center", fontsize=14)
        _block(axes, y, parts)
    return figure


def _block(axes: Axes, y: float, parts: Sequence[str]) -> None:
    """Draw parts in a row with arrows between, and a skip over each up to its sum.

    A skip leaves at x or, in the second half, just before its first part.
    """
    tints = {"norm": TINTS[4], "+": "white", "attention": TINTS[0]}
    edge, half = -0.65, parts.index("+") + (2 if parts[0] == "attention" else 1)
    leave = -0.45
    for i, part in enumerate(parts):
        wide = 0.42 if part == "+" else 1.15
        x = edge + 0.55 + wide / 2
        leave = edge + 0.15 if i == half else leave
        box(axes, x, y, part, tints.get(part, TINTS[2]), (wide, 0.62))
        arrow(axes, (edge, y), (edge + 0.52, y))
        if part == "+":
            skip = [(leave, y), (leave, y + 0.85), (x, y + 0.85)]
            axes.plot(*zip(*skip, strict=True), color=ROLES["floor"], linewidth=2)
            arrow(axes, (x, y + 0.88), (x, y + 0.33))
        edge = x + wide / 2 + 0.03
    arrow(axes, (edge, y), (edge + 0.55, y))


def one_body(heads: Mapping[str, str], tokens: Sequence[str], title: str) -> Picture:
    """Draw tokens, one body above them, and a small head for each kind of answer."""
    wide = max(1.9 * len(heads), 1.15 * len(tokens))
    figure, axes = _stage(title, (9.6, 3.6), (-0.2, wide + 0.2), (-0.9, 3.2))
    for i, token in enumerate(tokens):
        x = (i + 0.5) * wide / len(tokens)
        box(axes, x, -0.5, token, PALE, (0.9 * wide / len(tokens), 0.5))
        arrow(axes, (x, -0.22), (x, 0.33))
    box(
        axes,
        wide / 2,
        0.75,
        "BERT: each task starts from a copy of these weights",
        TINTS[0],
        (wide, 0.7),
    )
    for i, (head, answer) in enumerate(heads.items()):
        x = (i + 0.5) * wide / len(heads)
        arrow(axes, (x, 1.13), (x, 1.6))
        box(axes, x, 1.95, head, TINTS[i + 1], (0.85 * wide / len(heads), 0.6))
        axes.text(x, 2.75, answer, ha="center", va="center", fontsize=11)
    return figure
