"""Pictures of text and of networks: tokens with labels, boxes with arrows.

Like `plots`: arrays and labels in, a static picture out. Built in
notebooks/00_start_here.ipynb.
"""

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from helpers.plots import CYCLE, ROLES, Picture, numbers, picture

INK, PALE = "#222222", "#f2f2f2"
TINTS = ("#cfe4f2", "#f9d9c3", "#cdeee0", "#f3dcea", "#fbeac6", "#dcf0fb", "#e4e4e4")


def document(
    tokens: Sequence[str],
    rows: Mapping[str, Sequence[str | None]],
    title: str,
    per_line: int = 10,
) -> Picture:
    """Draw tokens in lines with their labels under them, one tint per label.

    `rows` maps a name ("sense") to one label per token; None or "" leaves a gap.
    Raises ValueError where a row is not as long as the text.
    """
    for name, labels in rows.items():
        if len(labels) != len(tokens):
            raise ValueError(
                f"{name} has {len(labels)} labels for {len(tokens)} tokens"
            )
    lines = -(-len(tokens) // per_line)
    height = len(rows) + 1.7
    figure, axes = picture(title, (9.6, 0.9 + 0.27 * lines * height))
    tints = {name: _tints(labels) for name, labels in rows.items()}
    for i, token in enumerate(tokens):
        x, y = i % per_line, -(i // per_line) * height
        axes.text(x, y, token, ha="center", va="center", weight="bold", fontsize=12)
        for k, (name, labels) in enumerate(rows.items(), 1):
            if labels[i]:
                box = {
                    "boxstyle": "round,pad=0.18",
                    "lw": 0,
                    "fc": tints[name][labels[i]],
                }
                style = {"ha": "center", "va": "center", "fontsize": 9.5, "bbox": box}
                axes.text(x, y - k, labels[i], **style)
    for line in range(lines):
        for k, name in enumerate(rows, 1):
            y = -line * height - k
            axes.text(
                -0.75, y, name, ha="right", va="center", color="#666666", fontsize=10
            )
    axes.set_xlim(-0.9, per_line - 0.4)
    axes.set_ylim(-(lines - 1) * height - len(rows) - 0.8, 0.8)
    axes.axis("off")
    return figure


def _tints(labels: Sequence[str | None]) -> dict[str, str]:
    """Give each kind of label a tint; numbers get one tint, darker as they grow."""
    kinds = sorted({label for label in labels if label})
    try:
        top = max(map(float, kinds), default=0) or 1.0
    except ValueError:
        return {label: TINTS[i % len(TINTS)] for i, label in enumerate(kinds)}
    return {
        label: to_hex((1, 1 - 0.45 * float(label) / top, 1 - 0.8 * float(label) / top))
        for label in kinds
    }


def arcs(
    tokens: Sequence[str], heads: Sequence[int], roles: Sequence[str], title: str
) -> Picture:
    """Draw a dependency tree: an arrow from each head to the token that hangs on it.

    `heads[i]` is an index into the tokens; a root points at itself.
    """
    if not len(tokens) == len(heads) == len(roles):
        raise ValueError("tokens, heads and roles must have one entry per token")
    reach = max(abs(i - h) for i, h in enumerate(heads))
    figure, axes = picture(title, (9.6, min(5.0, 1.9 + 0.34 * reach)))
    for i, (token, head, role) in enumerate(zip(tokens, heads, roles, strict=True)):
        axes.text(i, 0, token, ha="center", va="top", weight="bold", fontsize=12)
        if head == i:
            axes.text(i, -0.42, "root", ha="center", va="top", color=ROLES["floor"])
            continue
        tall = 0.45 + 0.5 * abs(i - head)
        x = np.linspace(head, i, 50)
        y = 0.1 + tall * (1 - ((x - (head + i) / 2) / ((i - head) / 2)) ** 2) ** 0.5
        axes.plot(x, y, color=ROLES["model"], linewidth=1.6)
        axes.plot(i, 0.12, marker="v", color=ROLES["model"], markersize=6)
        box = {"boxstyle": "round,pad=0.1", "fc": "white", "lw": 0}
        style = {"ha": "center", "va": "center", "fontsize": 10, "bbox": box}
        axes.text((head + i) / 2, 0.1 + tall, role, color="#444444", **style)
    axes.set_xlim(-0.7, len(tokens) - 0.3)
    axes.set_ylim(-1.1, 1.0 + 0.5 * reach)
    axes.axis("off")
    return figure


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


def colour_of(groups: Sequence[str]) -> dict[str, str]:
    """Give each group one colour of the series."""
    return {g: CYCLE[i % len(CYCLE)] for i, g in enumerate(dict.fromkeys(groups))}


def listing(rows: Mapping[str, Sequence[str]], title: str) -> Picture:
    """Draw a word on each line and, after an arrow, the words that belong to it."""
    if not rows:
        raise ValueError("a listing has at least one row")
    shown = {w: textwrap.wrap("   ".join(o), 76) or [""] for w, o in rows.items()}
    lines = sum(len(part) for part in shown.values())
    figure, axes = picture(title, (9.6, 1.0 + 0.3 * lines + 0.14 * len(rows)))
    axes.set(xlim=(0, 1), ylim=(-lines - 0.45 * len(rows), 0.8))
    y = 0.0
    for word, part in shown.items():
        axes.text(0.12, y, word, ha="right", va="center", weight="bold")
        axes.text(0.145, y, "→", ha="center", va="center", color="#666666")
        for line in part:
            axes.text(0.17, y, line.replace("$", r"\$"), va="center")
            y -= 1
        y -= 0.45
    axes.axis("off")
    return figure
