"""Drawings of a network that reads and one that writes, and of what the writer reads.

Built in notebooks/05_seq2seq.ipynb.
"""

from collections.abc import Sequence
from itertools import product, zip_longest
from typing import NamedTuple

from matplotlib.axes import Axes

from helpers.pictures.drawings.canvas import SMALL, WIDEST, canvas, extent
from helpers.pictures.drawings.columns import (
    FOOT,
    GAPS,
    HIGH,
    ROW,
    UNIT,
    Columns,
    card_row,
    edge,
    feed,
    field,
    places,
    unroll,
)
from helpers.pictures.drawings.handover import (
    BOTH,
    NAMED,
    UP,
    Parts,
    draw_parts,
    hand_over,
    line_lengths,
    name_of,
    over_the_top,
    parts_of,
    read_both_ways,
    vector_width,
)
from helpers.pictures.drawings.shapes import (
    Area,
    arrow,
    card,
    note,
)
from helpers.pictures.picture import GREY, ROLES, Picture

ONE_ROW = 9.8  # in wider drawings the decoder stands below the encoder
ENCODER = "hidden"
DECODER = "query"
TEACHER = "data"
WRONG = "floor"
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
    both: bool = False,
) -> Picture:
    """Draw an encoder over the source and a decoder over the target, unrolled.

    The decoder reads BOS and the target; it writes the target and EOS, and each word
    that is written is read in the next step. `vector`, shape (N,), is all that it gets
    from the encoder: cells coloured by value, up to 8 with their numbers, left empty
    without it. `both`: the encoder reads in both directions, and each fills a half of
    the vector. A decoder that finds no room on the right stands below. Raises
    ValueError for an empty source or target, for a sentence that fits on no screen, and
    for two halves of an odd number.

        drawings.encoder_decoder(["he", "waits"], ["jeru", "ga"], "In, out", vector)
    """
    if not len(source) or not len(target):
        raise ValueError("source and target need one token or more each")
    parts = parts_of(vector, both)
    words = ["BOS", *target, "EOS"]
    sheet = _sheet(source, words, parts)
    figure, axes = canvas(title, sheet.right, sheet.top)
    steps = _write(axes, sheet.second, words)
    left = sheet.first[0][0]
    rows = (sheet.lift, sheet.high)
    behind = field(axes, sheet.first, rows, READER, ENCODER, left)
    y = sheet.lift + FOOT + ROW
    read = read_both_ways if both else _read
    ends = read(axes, sheet.first, y, source)
    place = (behind.right[0] + AWAY, y)
    kept = draw_parts(axes, place, parts, sheet.per_line)
    arrow(axes, ends[0].right, kept[0].left)
    for end, half in zip(ends[1:], kept[1:], strict=True):
        over_the_top(axes, end.top, half.top)
    hand_over(axes, kept, steps[0], name_of(parts))
    return figure


class Sheet(NamedTuple):
    """Where the columns of encoder and decoder lie."""

    first: Columns
    second: Columns
    right: float
    lift: float  # of the encoder above the decoder
    high: float  # of the encoder's field
    top: float
    per_line: int  # numbers of the vector


def _sheet(source: Sequence[str], words: Sequence[str], parts: Parts) -> Sheet:
    """Return the columns with the widest gaps that fit; the decoder beside or below."""
    both = len(parts) > 1
    left, least = (NAMED, BOTH) if both else (0.2, UNIT[0])
    high = HIGH - ROW + (UP + 0.3) * both
    for per_line, gap in product(line_lengths(parts), GAPS):
        first = places(left, gap, source, least=least)
        wide = vector_width(parts, per_line)
        after = edge(first, READER, left) + AWAY + wide  # right of the vector
        second = places(after + AWAY + 0.2, gap, words[:-1], words[1:])
        right, lift, top = edge(second, WRITER), 0.0, max(HIGH, high)
        if right > ONE_ROW:
            second = places(0.85, gap, words[:-1], words[1:])
            named = after - both * wide / 2 + extent(name_of(parts), SMALL) + 0.2
            right = max(after + 0.05, named, edge(second, WRITER))
            lift = HIGH + 0.45
            top = lift + high
        if right <= WIDEST:
            break
    return Sheet(first, second, right, lift, high, top, per_line)


def _write(axes: Axes, columns: Columns, words: Sequence[str]) -> list[Area]:
    """Draw the decoder, which reads each word and writes the next; return its steps."""
    field(axes, columns, (0, HIGH), WRITER, DECODER)
    steps = unroll(axes, columns, FOOT + ROW, DECODER)
    below = card_row(axes, steps, words[:-1], -ROW)
    above = card_row(axes, steps, words[1:], ROW, ["output"] * len(steps))
    feed(axes, columns, above, below)
    return steps


def _read(
    axes: Axes, columns: Columns, y: float, source: Sequence[str]
) -> tuple[Area, ...]:
    """Draw an encoder that reads to the right; return its last state."""
    states = unroll(axes, columns, y, ENCODER)
    card_row(axes, states, source, -ROW)
    return (states[-1],)


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
