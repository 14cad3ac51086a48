"""Drawings of a network that reads and one that writes, and of what the writer reads.

Built in notebooks/05_seq2seq.ipynb.
"""

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from helpers.pictures.drawings.blocks import block, block_size
from helpers.pictures.drawings.canvas import INK, SMALL, WIDEST, Point, canvas, extent
from helpers.pictures.drawings.columns import (
    GAPS,
    ROW,
    Columns,
    card_row,
    edge,
    feed,
    field,
    places,
    unroll,
)
from helpers.pictures.drawings.shapes import (
    Area,
    arrow,
    card,
    note,
)
from helpers.pictures.drawings.vectors import grid
from helpers.pictures.picture import GREY, ROLES, Picture, numbers

FOOT = 0.36  # from the field's lower edge to the middle of the lowest cards
HIGH = FOOT + 2 * ROW + 0.72  # of a field: three rows and its name
ONE_ROW = 9.8  # in wider drawings the decoder stands below the encoder
ENCODER = "hidden"
DECODER = "query"
TEACHER = "data"
WRONG = "floor"
EMPTY = (0.16, 1.28)  # a vector whose numbers are not given
AWAY = 0.5  # from a field to the vector
READER = "encoder: reads"
WRITER = "decoder: writes"
FORCED = "teacher forcing: each input is the right word"
FREE = "free running: each input is the decoder's own word"
SIDE = 1.15  # left of the decoders: the names of their rows


def encoder_decoder(
    source: Sequence[str],
    target: Sequence[str],
    title: str,
    vector: Sequence[float] | None = None,
) -> Picture:
    """Draw an encoder over the source and a decoder over the target, unrolled.

    The decoder reads BOS and the target; it writes the target and EOS, and each word
    that is written is read in the next step. `vector`, shape (N,), is all that it gets
    from the encoder: cells coloured by value, left empty without it. A decoder that
    finds no room on the right stands below. Raises ValueError for an empty source or
    target, and for a sentence that fits on no screen.

        drawings.encoder_decoder(["he", "waits"], ["jeru", "ga"], "In, out", vector)
    """
    if not len(source) or not len(target):
        raise ValueError("source and target need one token or more each")
    cells = None if vector is None else numbers("vector", vector, 1)
    words = ["BOS", *target, "EOS"]
    sheet = _sheet(source, words, cells)
    figure, axes = canvas(title, sheet.right, sheet.top)
    steps = _write(axes, sheet.second, words)
    behind = field(axes, sheet.first, (sheet.lift, HIGH - ROW), READER, ENCODER)
    states = unroll(axes, sheet.first, sheet.lift + FOOT + ROW, ENCODER)
    card_row(axes, states, source, -ROW)
    kept = _vector(axes, (behind.right[0] + AWAY, states[-1].y), cells)
    arrow(axes, states[-1].right, kept.left)
    _hand_over(axes, kept, steps[0], _said(cells))
    return figure


class Sheet(NamedTuple):
    """Where the columns of encoder and decoder lie."""

    first: Columns
    second: Columns
    right: float
    lift: float  # of the encoder above the decoder
    top: float


def _sheet(
    source: Sequence[str], words: Sequence[str], cells: np.ndarray | None
) -> Sheet:
    """Return the columns with the widest gaps that fit; the decoder beside or below."""
    for gap in GAPS:
        first = places(0.2, gap, source)
        after = edge(first, READER) + AWAY + _size(cells)[0]  # right of the vector
        second = places(after + AWAY + 0.2, gap, words[:-1], words[1:])
        sheet = Sheet(first, second, edge(second, WRITER), 0.0, HIGH)
        if sheet.right > ONE_ROW:
            second = places(0.85, gap, words[:-1], words[1:])
            named = after + extent(_said(cells), SMALL) + 0.2
            right = max(named, edge(second, WRITER))
            lift = HIGH + 0.45
            sheet = Sheet(first, second, right, lift, lift + HIGH - ROW)
        if sheet.right <= WIDEST:
            break
    return sheet


def _write(axes: Axes, columns: Columns, words: Sequence[str]) -> list[Area]:
    """Draw the decoder, which reads each word and writes the next; return its steps."""
    field(axes, columns, (0, HIGH), WRITER, DECODER)
    steps = unroll(axes, columns, FOOT + ROW, DECODER)
    below = card_row(axes, steps, words[:-1], -ROW)
    above = card_row(axes, steps, words[1:], ROW, ["output"] * len(steps))
    feed(axes, columns, above, below)
    return steps


def _size(cells: np.ndarray | None) -> Point:
    """Return how wide and high the vector is drawn."""
    return EMPTY if cells is None else block_size(cells)


def _vector(axes: Axes, left: Point, cells: np.ndarray | None) -> Area:
    """Draw the vector, the middle of whose left side is given."""
    wide, high = _size(cells)
    x = left[0] + wide / 2
    if cells is None:
        return grid(axes, x, left[1], (8, 1), role=ENCODER)
    most = max(1.0, np.abs(cells).max())
    return block(axes, x, left[1] - high / 2, cells, most)


def teacher_and_free(
    target: Sequence[str], forced: Sequence[str], free: Sequence[str], title: str
) -> Picture:
    """Draw where each input of a decoder comes from: the right text, or its own words.

    `target`: the right tokens, without EOS. `forced`: what is written in each step
    when the right tokens are read, as many and one for EOS. `free`: what is written
    when the decoder reads its own words. Wrong tokens are lit, and so are the inputs
    that they become. Raises ValueError for no target, no free token, or another number
    of forced ones.

        drawings.teacher_and_free(["jeru", "ga"], ["jeru", "lo", "EOS"],
                                  ["jeru", "lo", "lo"], "Training and use")
    """
    wanted = [*target, "EOS"]
    forced, free = _plain_marks(forced), _plain_marks(free)
    if not len(target) or not len(free):
        raise ValueError("target and free need one token or more each")
    if len(forced) != len(wanted):
        raise ValueError(
            f"{len(target)} target tokens and {len(forced)} forced ones: give "
            f"{len(wanted)}, the last of them for EOS"
        )
    rows = (wanted, forced, ["BOS", *target], free, ["BOS", *free[:-1]])
    for gap in GAPS:
        columns = places(SIDE, gap, *rows)
        right = edge(columns, FREE, SIDE)
        if right <= WIDEST:
            break
    figure, axes = canvas(title, right, 2 * HIGH + ROW + 0.3)
    _free(axes, columns[: len(free)], free, wanted)
    _with_teacher(axes, columns[: len(wanted)], wanted, forced)
    return figure


def _free(axes: Axes, columns: Columns, free: Sequence[str], right: Sequence) -> None:
    """Draw the decoder in use: each input is what was written in the step before."""
    field(axes, columns, (0, HIGH), FREE, DECODER, SIDE)
    steps = unroll(axes, columns, FOOT + ROW, DECODER)
    looks = _looks(free, right)
    below = card_row(axes, steps, ["BOS", *free[:-1]], -ROW, ["plain", *looks[:-1]])
    above = card_row(axes, steps, free, ROW, looks)
    colors = [ROLES[WRONG] if look == WRONG else GREY for look in looks]
    feed(axes, columns, above, below, colors)
    _name_rows(axes, steps[0].y)


def _with_teacher(
    axes: Axes, columns: Columns, right: Sequence[str], forced: Sequence[str]
) -> None:
    """Draw the decoder in training: each input is a token of the right text below."""
    low = HIGH + 0.3
    field(axes, columns, (low, HIGH + ROW), FORCED, DECODER, SIDE)
    steps = unroll(axes, columns, low + FOOT + 2 * ROW, DECODER)
    looks = ["plain", *[TEACHER] * (len(right) - 1)]
    below = card_row(axes, steps, ["BOS", *right[:-1]], -ROW, looks)
    card_row(axes, steps, forced, ROW, _looks(forced, right))
    texts = [
        card(axes, step.x, low + FOOT, token, TEACHER)
        for step, token in zip(steps, right, strict=True)
    ]
    for text, read in zip(texts, below[1:], strict=False):
        arrow(axes, text.top, read.bottom, color=ROLES[TEACHER])
    _name_rows(axes, steps[0].y)
    note(axes, SIDE - 0.15, low + FOOT, "right text", "right")


def _name_rows(axes: Axes, y: float) -> None:
    """Write left of a decoder which row it reads and which it writes."""
    note(axes, SIDE - 0.15, y - ROW, "reads", "right")
    note(axes, SIDE - 0.15, y + ROW, "writes", "right")


def _plain_marks(tokens: Sequence[str]) -> list[str]:
    """Return tokens in which the end mark of a vocabulary is written EOS."""
    return ["EOS" if token == "<eos>" else token for token in tokens]


def _looks(tokens: Sequence[str], right: Sequence[str]) -> list[str]:
    """Return how each written token looks: lit where it is not the right one."""
    pairs = zip_longest(tokens, right[: len(tokens)])
    return ["plain" if token == wanted else WRONG for token, wanted in pairs]


def _said(cells: np.ndarray | None) -> str:
    """Return what stands beside the vector."""
    return "one vector" if cells is None else f"one vector:\n{len(cells)} numbers"


def _hand_over(axes: Axes, kept: Area, first: Area, said: str) -> None:
    """Draw how the decoder's first step begins with the vector, and name the vector."""
    if kept.y == first.y:  # encoder and decoder stand in one row
        lines = len(said.split("\n"))
        note(axes, kept.x, kept.top[1] + 0.09 + 0.09 * lines, said)
        arrow(axes, kept.right, first.left)
        return
    note(axes, kept.right[0] + 0.1, kept.y, said, "left")
    left = 0.2
    level = HIGH + 0.2
    heights = [kept.bottom[1], level, level, first.y]
    axes.plot([kept.x, kept.x, left, left], heights, color=INK, lw=1.6)
    arrow(axes, (left, first.y), first.left)
