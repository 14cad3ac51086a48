"""A drawing of the Transformer's encoder: a lane per token, and where lanes meet.

Built in notebooks/09_transformer_encoder.ipynb.
"""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle

from helpers.pictures.drawings.blocks import block, block_size
from helpers.pictures.drawings.canvas import CARD, INK, SMALL, TEXT, canvas, extent
from helpers.pictures.drawings.shapes import (
    arrow,
    card,
    card_width,
    layer,
    note,
    panel,
)
from helpers.pictures.drawings.vectors import brace, grid, plus, residual
from helpers.pictures.picture import ROLES, Picture, numbers, write

ORDERS = {
    "post": ("from", "attention", "+", "norm", "from", "feed-forward", "+", "norm"),
    "pre": ("from", "norm", "attention", "+", "from", "norm", "feed-forward", "+"),
}
ROWS = {"attention": 0.7, "feed-forward": 0.56, "norm": 0.42, "+": 0.42, "from": 0.26}
SAYS = {
    "embedding": "a row of a table",
    "attention": "tokens meet",
    "feed-forward": "each token alone",
    "norm": "each token alone",
}
NAMED = 1.4  # left part of a layer, with its name
FOOT = 1.78  # of the block that is repeated
SIDE = 0.75  # left of the layers: the skip connections
ROAD = ROLES["floor"]


class Frame(NamedTuple):
    """Where the layers lie: the lanes of the tokens, left and right side."""

    lanes: list[float]
    left: float
    right: float


def encoder_tower(
    tokens: Sequence[str],
    n_layers: int,
    title: str,
    norm: str = "post",
    parameters: Mapping[str, int] | None = None,
    outputs: np.ndarray | None = None,
) -> Picture:
    """Draw an encoder as a tower: a lane per token, which only attention crosses.

    A skip connection leaves the lanes, passes a part and is added again. `norm` is
    "post" (the norm after the sum) or "pre" (before the part; one more norm on top).
    `parameters`: how many an "embedding", "attention", "norm", "feed-forward" has.
    `outputs`, shape (T, C): the vectors that come out, else their cells are empty.
    Raises ValueError for no token, no layer, another order, or other shapes.

        drawings.encoder_tower(["the", "bank"], 6, "An encoder", parameters={"norm": 9})
    """
    outputs = _checked(tokens, n_layers, norm, outputs)
    says = _said(parameters or {})
    frame = _frame(tokens, outputs)
    rows = ORDERS[norm]
    roof = FOOT + sum(ROWS[part] for part in rows) + 0.16
    end = roof + (0.68 if norm == "pre" else 0.2)
    high = 0.6 if outputs is None else block_size(outputs)[1]
    right = frame.right + max(map(extent, says.values())) + 0.3
    times = f"× {n_layers}"
    figure, axes = canvas(title, right + 0.5 + extent(times, 13), end + high + 0.1)
    panel(axes, (0.1, FOOT), (right - 0.1, roof - FOOT))
    brace(axes, right + 0.08, FOOT, roof, times)
    _enter(axes, frame, tokens, says["embedding"])
    _lanes(axes, frame, 0.3 + CARD / 2, end)
    _rows(axes, frame, rows, says)
    if norm == "pre":
        _row(axes, frame, "norm", roof + 0.28, says)
    _leave(axes, frame, end, outputs)
    return figure


def _checked(
    tokens: Sequence[str], n_layers: int, norm: str, outputs: np.ndarray | None
) -> np.ndarray | None:
    """Return the outputs as an array; refuse what cannot be drawn."""
    if not len(tokens) or n_layers < 1:
        raise ValueError(f"{len(tokens)} tokens, {n_layers} layers: one or more each")
    if norm not in ORDERS:
        raise ValueError(f"norm={norm!r} is no order; use one of {list(ORDERS)}")
    if outputs is None:
        return None
    outputs = numbers("outputs", outputs, 2)
    if len(outputs) != len(tokens):
        raise ValueError(f"{len(tokens)} tokens, {len(outputs)} outputs: as many")
    return outputs


def _said(parameters: Mapping[str, int]) -> dict[str, str]:
    """Return what stands beside each kind of layer."""
    unknown = set(parameters) - set(SAYS)
    if unknown:
        raise ValueError(f"{sorted(unknown)} are no layers; use {list(SAYS)}")
    return {
        part: f"{text}\n{parameters[part]:,} parameters" if part in parameters else text
        for part, text in SAYS.items()
    }


def _frame(tokens: Sequence[str], outputs: np.ndarray | None) -> Frame:
    """Return where the lanes and the layers lie."""
    widths = [*map(card_width, tokens), block_size(outputs)[0]]
    step = max(0.7, *widths) + 0.16
    lanes = [SIDE + NAMED + step * (i + 0.5) for i in range(len(tokens))]
    return Frame(lanes, SIDE, lanes[-1] + step / 2)


def _box(axes: Axes, frame: Frame, part: str, y: float, high: float) -> None:
    """Draw a layer over all lanes, with its name at the left."""
    wide = frame.right - frame.left
    layer(axes, frame.left + wide / 2, y, "", part, (wide, high))
    write(axes, frame.left + 0.13, y, part, TEXT, "left")


def _enter(axes: Axes, frame: Frame, tokens: Sequence[str], says: str) -> None:
    """Draw the tokens, their vectors, and the positions that are added."""
    for x, token in zip(frame.lanes, tokens, strict=True):
        card(axes, x, 0.3, token)
        arrow(axes, (x, 0.3 + CARD / 2), (x, 0.76))
        plus(axes, x, 1.46)
    _box(axes, frame, "embedding", 0.97, 0.42)
    note(axes, frame.right + 0.15, 0.97, says, "left")
    color = ROLES["embedding"]
    write(axes, frame.left + 0.13, 1.46, "position", TEXT, "left")
    wave = np.linspace(0, 1, 50)
    x = frame.left + 0.95
    axes.plot(x + 0.3 * wave, 1.46 + 0.09 * np.sin(4 * np.pi * wave), color=color, lw=2)
    _bus(axes, frame, x + 0.35, 1.46, color)


def _bus(axes: Axes, frame: Frame, start: float, y: float, color: str) -> None:
    """Draw what is added to every lane: an arrow to the first ⊕, on to the last."""
    arrow(axes, (start, y), (frame.lanes[0] - 0.14, y), color=color)
    axes.plot([frame.lanes[0], frame.lanes[-1]], [y, y], color=color, lw=1.6)


def _lanes(axes: Axes, frame: Frame, low: float, high: float) -> None:
    """Draw the lane of each token, behind the layers."""
    for x in frame.lanes:
        axes.plot([x, x], [low, high - 0.12], color=INK, lw=1.4, zorder=0)
        arrow(axes, (x, high - 0.2), (x, high + 0.02))


def _row(
    axes: Axes, frame: Frame, part: str, y: float, says: Mapping[str, str]
) -> None:
    """Draw one row of a block: a layer with its lanes, or where is added."""
    if part == "+":
        for x in frame.lanes:
            plus(axes, x, y)
        return
    if part == "from":
        for x in frame.lanes:
            axes.add_patch(Circle((x, y), 0.05, fc=ROAD, lw=0, zorder=3))
        return
    half = ROWS[part] / 2 - 0.04
    _box(axes, frame, part, y, 2 * half)
    note(axes, frame.right + 0.15, y, says[part], "left")
    color = ROLES[part]
    if part == "attention":
        for one, other in product(frame.lanes, repeat=2):
            axes.plot([one, other], [y - half, y + half], color=color, lw=1.2)
        return
    for x in frame.lanes:
        axes.plot([x, x], [y - half, y + half], color=color, lw=1.6, zorder=1)
        size = (0.34, half) if part == "feed-forward" else (0.22, 0.16)
        layer(axes, x, y, "", part, size)


def _rows(
    axes: Axes, frame: Frame, rows: Sequence[str], says: Mapping[str, str]
) -> None:
    """Draw the rows of a block and its skip connections, from the lanes to the ⊕."""
    road = frame.left - 0.35
    first, last = frame.lanes[0], frame.lanes[-1]
    low = FOOT + 0.08
    for part in rows:
        y = low + ROWS[part] / 2
        low += ROWS[part]
        _row(axes, frame, part, y, says)
        if part == "from":
            start = (last, y)
        elif part == "+":
            residual(axes, start, (first, y), road)
            axes.plot([first, last], [y, y], color=ROAD, lw=1.6)


def _leave(axes: Axes, frame: Frame, low: float, outputs: np.ndarray | None) -> None:
    """Draw the vectors that come out."""
    for i, x in enumerate(frame.lanes):
        if outputs is None:
            grid(axes, x, low + 0.3, (3, 1), role="hidden")
        else:
            most = max(1.0, np.abs(outputs).max())
            block(axes, x, low, outputs[i], most)
    write(axes, frame.left + 0.13, low + 0.25, "one vector\nper token", SMALL, "left")
