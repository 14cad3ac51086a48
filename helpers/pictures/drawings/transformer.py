"""Drawings of the Transformer: the block of its encoder, and BERT with its heads.

Built in notebooks/09_transformer_encoder.ipynb and 13_bert_finetuning.ipynb.
"""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from helpers.pictures.drawings.shapes import PALE, arrow, box, rise, stage
from helpers.pictures.picture import ROLES, TINTS, Picture, plain, write

ORDERS = {
    "post": ("attention", "+", "norm", "feed-\nforward", "+", "norm"),
    "pre": ("norm", "attention", "+", "norm", "feed-\nforward", "+"),
}
PART_TINTS = {"norm": TINTS[4], "+": "white", "attention": TINTS[0]}


def encoder_blocks(title: str) -> Picture:
    """Draw one block of a Transformer in both orders: post-norm and pre-norm."""
    figure, axes = stage(title, 3.9, (-2.0, 8.9), (-2.75, 1.35))
    for row, (name, parts) in enumerate(ORDERS.items()):
        y = -2.1 * row
        axes.text(-1.95, y + 0.75, f"{name}-norm", weight="bold", fontsize=12)
        write(axes, -0.85, y, "x", 14)
        _block(axes, y, parts)
    return figure


def _block(axes: Axes, y: float, parts: Sequence[str]) -> None:
    """Draw parts in a row with arrows between, and residual connections over them.

    A connection leaves at x or, in the second half, just before its first part.
    """
    edge = -0.65  # the right edge of what is drawn so far
    leaves = -0.45
    for i, part in enumerate(parts):
        width = 0.42 if part == "+" else 1.15
        x = edge + 0.55 + width / 2  # 0.55 for the arrow before it
        if i == len(parts) // 2:
            leaves = edge + 0.15
        box(axes, x, y, part, PART_TINTS.get(part, TINTS[2]), (width, 0.62))
        arrow(axes, (edge, y), (edge + 0.52, y))
        if part == "+":
            over = y + 0.85
            color = ROLES["floor"]
            axes.plot([leaves, leaves, x], [y, over, over], color=color, linewidth=2)
            arrow(axes, (x, y + 0.88), (x, y + 0.33))
        edge = x + width / 2 + 0.03
    arrow(axes, (edge, y), (edge + 0.55, y))


def one_body(heads: Mapping[str, str], tokens: Sequence[str], title: str) -> Picture:
    """Draw tokens, one body above them, and a small head for each kind of answer.

    `heads` maps the name of a head to its answer. Raises ValueError without a head or
    a token.
    """
    if not heads or not len(tokens):
        raise ValueError(f"{len(heads)} heads, {len(tokens)} tokens: one or more each")
    width = max(1.9 * len(heads), 1.15 * len(tokens))
    figure, axes = stage(title, 3.6, (-0.2, width + 0.2), (-0.9, 3.2))
    for i, token in enumerate(tokens):
        share = width / len(tokens)
        x = (i + 0.5) * share
        box(axes, x, -0.5, plain(token), PALE, (0.9 * share, 0.5))
        rise(axes, x, -0.22, 0.33)
    body = "BERT: each task starts from a copy of these weights"
    box(axes, width / 2, 0.75, body, TINTS[0], (width, 0.7))
    for i, (head, answer) in enumerate(heads.items()):
        share = width / len(heads)
        x = (i + 0.5) * share
        rise(axes, x, 1.13, 1.6)
        box(axes, x, 1.95, head, TINTS[(i + 1) % len(TINTS)], (0.85 * share, 0.6))
        write(axes, x, 2.75, answer, 11)
    return figure
