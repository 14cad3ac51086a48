"""The whole Transformer: an encoder that reads, a decoder that writes.

Built in notebooks/10_decoder_and_gpt.ipynb.
"""

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes

from helpers.pictures.drawings.canvas import INK, TEXT, canvas, extent
from helpers.pictures.drawings.shapes import arrow, card, layer, note, panel
from helpers.pictures.drawings.vectors import brace, plus, residual
from helpers.pictures.picture import Picture, write

BOX = (1.9, 0.44)
FLOOR = 1.72  # lower edge of the blocks
RISE = 1.12  # from one part of a block to the next
PARTS = {
    "encoder": ("attention", "feed-forward"),
    "decoder": ("masked attention", "cross-attention", "feed-forward"),
}


class Tower(NamedTuple):
    """Where one of the two towers stands: its middle, and the roof of its block."""

    x: float
    top: float


def whole_transformer(
    source: Sequence[str], target: Sequence[str], n_layers: int, title: str
) -> Picture:
    """Draw encoder and decoder side by side, and the arrow of the source between them.

    `source` is read, `target` is what was written so far, with its begin mark. Each
    part is followed by a sum and a norm, as in the paper's figure 1. Raises ValueError
    for no token and no layer.

        drawings.whole_transformer(["Anna", "waits"], ["<bos>"], 6, "Two towers")
    """
    if not len(source) or not len(target) or n_layers < 1:
        raise ValueError(
            f"{len(source)} and {len(target)} tokens, {n_layers} layers: one or more "
            "of each"
        )
    texts = " ".join(source), " ".join(target)
    half = max(1.75, *(extent(text) / 2 + 0.2 for text in texts))
    left, right = half, 3 * half + 1.1
    roof = FLOOR + RISE * len(PARTS["decoder"]) + 0.1
    wide = right + half + 0.9
    figure, axes = canvas(title, wide, roof + 1.78)
    reader = _tower(axes, left, "encoder", texts[0], n_layers)
    writer = _tower(axes, right, "decoder", texts[1], n_layers)
    _memory(axes, reader, writer)
    _answer(axes, writer)
    return figure


def _tower(axes: Axes, x: float, kind: str, text: str, n_layers: int) -> Tower:
    """Draw the tokens, their vectors, and one block that is repeated."""
    start = card(axes, x, 0.3, text)
    table = layer(axes, x, 0.88, "embedding", "embedding", BOX)
    arrow(axes, start.top, table.bottom)
    arrow(axes, table.top, (x, 1.3))
    plus(axes, x, 1.43)
    note(axes, x - 0.3, 1.43, "position", "right")
    parts = PARTS[kind]
    top = FLOOR + RISE * len(parts) + 0.06
    panel(axes, (x - 1.55, FLOOR), (3.1, top - FLOOR))
    brace(axes, x + 1.6, FLOOR, top, f"× {n_layers}")
    write(axes, x - 1.45, top + 0.2, kind, TEXT, "left").set_weight("bold")
    y = 1.58
    for n, part in enumerate(parts):
        y = _part(axes, x, y, FLOOR + RISE * n + 0.2, part)
    return Tower(x, y)


def _part(axes: Axes, x: float, below: float, low: float, part: str) -> float:
    """Draw a part with its skip, its sum and its norm; return where its lane ends."""
    role = "feed-forward" if part == "feed-forward" else "attention"
    own = layer(axes, x, low + 0.22, part, role, BOX)
    axes.plot([x, x], [below, own.bottom[1]], color=INK, lw=1.4, zorder=0)
    arrow(axes, own.top, (x, low + 0.56))
    plus(axes, x, low + 0.68)
    residual(axes, (x, low - 0.08), (x, low + 0.68), x - 1.25)
    note(axes, x + 0.32, low + 0.68, "norm", "left")
    return low + 0.83


def _memory(axes: Axes, reader: Tower, writer: Tower) -> None:
    """Draw the way from the encoder's result into each cross-attention."""
    cross = FLOOR + RISE + 0.42  # the middle of its box
    top = FLOOR + RISE * len(PARTS["encoder"]) + 0.42
    axes.plot([reader.x, reader.x], [reader.top, top], color=INK, lw=1.4)
    middle = (reader.x + writer.x) / 2 + 0.35
    axes.plot([reader.x, middle, middle], [top, top, cross], color=INK, lw=1.6)
    arrow(axes, (middle, cross), (writer.x - BOX[0] / 2, cross))
    note(axes, middle - 0.1, top + 0.14, "keys and values", "right")


def _answer(axes: Axes, writer: Tower) -> None:
    """Draw what stands on the decoder: a linear layer, and a distribution."""
    scores = layer(axes, writer.x, writer.top + 0.78, "linear, softmax", "output", BOX)
    arrow(axes, (writer.x, writer.top), scores.bottom)
    arrow(axes, scores.top, (writer.x, writer.top + 1.26))
    note(axes, writer.x, writer.top + 1.38, "the next word, at every position")
