"""Pictures of text: tokens with their labels, dependency trees, lists of words.

Like `plots`: tokens and labels in, a static picture out. Built in
notebooks/00_start_here.ipynb.
"""

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.colors import to_hex

from helpers.pictures.picture import ROLES, Picture, picture

TINTS = ("#cfe4f2", "#f9d9c3", "#cdeee0", "#f3dcea", "#fbeac6", "#dcf0fb", "#e4e4e4")
MIDDLE = {"ha": "center", "va": "center"}


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
        axes.text(x, y, token, **MIDDLE, weight="bold", fontsize=12)
        for k, (name, labels) in enumerate(rows.items(), 1):
            if labels[i]:
                tint = tints[name][labels[i]]
                box = {"boxstyle": "round,pad=0.18", "lw": 0, "fc": tint}
                axes.text(x, y - k, labels[i], **MIDDLE, fontsize=9.5, bbox=box)
    for line in range(lines):
        for k, name in enumerate(rows, 1):
            style = {"ha": "right", "va": "center", "color": "#666666", "fontsize": 10}
            axes.text(-0.75, -line * height - k, name, **style)
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
