"""Pictures of text: tokens with their labels, dependency trees, lists of words.

Like `plots`: tokens and labels in, a static picture out. Built in
notebooks/00_start_here.ipynb.
"""

import math
import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from helpers.pictures.picture import (
    DARK_GREY,
    GREY,
    ROLES,
    TINTS,
    Picture,
    numbers,
    picture,
    plain,
    write,
)

WIDTH = 9.6  # of these pictures, in units of 100 pixels
LEAVES = 0.17  # how far beside the middle of a head its arrows begin


def document(
    tokens: Sequence[str],
    rows: Mapping[str, Sequence[str | None]],
    title: str,
    per_line: int = 10,
) -> Picture:
    """Draw tokens in lines with their labels under them, one tint per label.

    `rows` maps a name ("sense") to one label per token; None or "" leaves a gap.
    Raises ValueError where a row is not as long as the text, and for no text.
    """
    if not len(tokens) or per_line < 1:
        raise ValueError(f"{len(tokens)} tokens, {per_line} per line: one or more each")
    shown = {name: _shown(name, labels, tokens) for name, labels in rows.items()}
    n_lines = math.ceil(len(tokens) / per_line)
    height = len(rows) + 1.7  # of a line of tokens with the labels under it
    total = n_lines * height
    figure, axes = picture(title, (WIDTH, 0.9 + 0.27 * total))
    tints = {name: _tints(labels) for name, labels in shown.items()}
    for i, token in enumerate(tokens):
        x = i % per_line
        y = -(i // per_line) * height
        write(axes, x, y, plain(token), 12).set_weight("bold")
        for below, (name, labels) in enumerate(shown.items(), start=1):
            label = labels[i]
            if label:
                box = {"boxstyle": "round,pad=0.18", "lw": 0, "fc": tints[name][label]}
                text = write(axes, x, y - below, label, 9.5)
                text.set_bbox(box)
    for line in range(n_lines):
        for below, name in enumerate(rows, start=1):
            y = -line * height - below
            write(axes, -0.75, y, plain(name), 10, "right").set_color(GREY)
    axes.set_xlim(-0.9, per_line - 0.4)
    bottom = -(n_lines - 1) * height - len(rows)
    axes.set_ylim(bottom - 0.8, 0.8)
    axes.axis("off")
    return figure


def _shown(name: str, labels: Sequence[str | None], tokens: Sequence[str]) -> list[str]:
    if len(labels) != len(tokens):
        raise ValueError(f"{name} has {len(labels)} labels for {len(tokens)} tokens")
    return ["" if label is None else plain(label) for label in labels]


def _tints(labels: Sequence[str]) -> dict[str, str]:
    """Give each kind of label a tint; numbers get one tint, darker as they grow."""
    kinds = sorted({label for label in labels if label})
    try:
        values = numbers("labels", kinds or [0], 1)[: len(kinds)]
    except ValueError:  # words, not numbers
        return {kind: TINTS[i % len(TINTS)] for i, kind in enumerate(kinds)}
    least = min([0.0, *values])
    span = max([0.0, *values]) - least or 1.0
    tints = {}
    for kind, value in zip(kinds, values, strict=True):
        green = 1 - 0.45 * (value - least) / span
        blue = 1 - 0.8 * (value - least) / span
        tints[kind] = to_hex((1, green, blue))
    return tints


def arcs(
    tokens: Sequence[str], heads: Sequence[int], roles: Sequence[str], title: str
) -> Picture:
    """Draw a dependency tree: an arrow from each head to each of its dependents.

    `heads[i]` is an index into the tokens; a root is its own head. Raises ValueError
    if tokens, heads and roles are not as many, or a head is no index.
    """
    if not len(tokens) == len(heads) == len(roles):
        raise ValueError("tokens, heads and roles must have one entry per token")
    bad = [head for head in heads if head not in range(len(tokens))]
    if bad or not len(tokens):
        raise ValueError(f"heads {bad} are no indexes into {len(tokens)} tokens")
    longest = max(abs(i - head) for i, head in enumerate(heads))
    height = min(5.0, 1.9 + 0.34 * longest)
    figure, axes = picture(title, (WIDTH, height))
    style = {"ha": "center", "va": "top"}
    for i, (token, head, role) in enumerate(zip(tokens, heads, roles, strict=True)):
        axes.text(i, 0, plain(token), weight="bold", fontsize=12, **style)
        if head == i:
            axes.text(i, -0.42, "root", color=ROLES["floor"], **style)
        else:
            _arc(axes, head, i, role)
    axes.set_xlim(-0.7, len(tokens) - 0.3)
    axes.set_ylim(-1.1, 1.0 + 0.5 * longest)
    axes.axis("off")
    return figure


def _arc(axes: Axes, head: int, dependent: int, role: str) -> None:
    """Draw half an ellipse from head to dependent, with the role at its top.

    It leaves beside the middle of the head, where no arrow ends.
    """
    color = ROLES["model"]
    start = head + math.copysign(LEAVES, dependent - head)
    middle = (start + dependent) / 2
    height = 0.45 + 0.5 * abs(dependent - head)
    angles = np.linspace(0, math.pi, 60)
    x = middle + (start - middle) * np.cos(angles)
    y = 0.1 + height * np.sin(angles)
    axes.plot(x, y, color=color, linewidth=1.6)
    axes.plot(dependent, 0.12, marker="v", color=color, markersize=6)
    box = {"boxstyle": "round,pad=0.1", "fc": "white", "lw": 0}
    label = write(axes, middle, 0.1 + height, plain(role), 10)
    label.set(color=DARK_GREY, bbox=box)


def listing(rows: Mapping[str, Sequence[str]], title: str) -> Picture:
    """Draw a word on each line and, after an arrow, the words that belong to it.

    Raises ValueError for no rows.
    """
    if not rows:
        raise ValueError("a listing has at least one row")
    wrapped = {
        word: textwrap.wrap("   ".join(others), 76) or [""]
        for word, others in rows.items()
    }
    n_lines = sum(len(lines) for lines in wrapped.values())
    height = 1.0 + 0.3 * n_lines + 0.14 * len(rows)
    figure, axes = picture(title, (WIDTH, height))
    axes.set(xlim=(0, 1), ylim=(-n_lines - 0.45 * len(rows), 0.8))
    y = 0.0
    for word, lines in wrapped.items():
        write(axes, 0.12, y, plain(word), side="right").set_weight("bold")
        write(axes, 0.145, y, "→").set_color(GREY)
        for line in lines:
            write(axes, 0.17, y, plain(line), side="left")
            y -= 1
        y -= 0.45  # a gap between the words
    axes.axis("off")
    return figure
