"""Steps of a network side by side: columns, what each step reads, what it writes."""

from collections.abc import Sequence
from itertools import pairwise, zip_longest

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch
from matplotlib.path import Path

from helpers.pictures.drawings.canvas import TEXT, Point, extent
from helpers.pictures.drawings.shapes import (
    Area,
    arrow,
    card,
    card_width,
    layer,
    panel,
)
from helpers.pictures.picture import GREY

GAPS = (0.34, 0.28, 0.22, 0.18)  # between two columns: the widest that fits
UNIT = (0.72, 0.5)  # of one step of a network
ROW = 0.77  # from what is read up to the network, and on to what is written
FOOT = 0.36  # from the field's lower edge to the middle of the lowest cards
HIGH = FOOT + 2 * ROW + 0.72  # of a field: three rows and its name

Columns = list[tuple[float, float]]  # where each begins and ends


def places(
    left: float, gap: float, *rows: Sequence[str], least: float = UNIT[0]
) -> Columns:
    """Return where each column lies: as wide as its widest card."""
    found = []
    for tokens in zip_longest(*rows, fillvalue=""):
        wide = max(least, *map(card_width, tokens))
        found.append((left, left + wide))
        left += wide + gap
    return found


def edge(columns: Columns, name: str, side: float = 0.2) -> float:
    """Return how far the field of a network reaches: its name has to find room."""
    named = columns[0][0] - side + 1.17 * extent(name, TEXT) + 0.3
    return max(columns[-1][1] + 0.2, named)


def field(
    axes: Axes,
    columns: Columns,
    rows: tuple[float, float],
    name: str,
    role: str,
    side: float = 0.2,
) -> Area:
    """Draw the field behind a network; `rows`: its lower edge and its height."""
    left = columns[0][0] - side
    size = (edge(columns, name, side) - left, rows[1])
    return panel(axes, (left, rows[0]), size, name, role)


def unroll(
    axes: Axes, columns: Columns, y: float, role: str, aside: float = 0.0
) -> list[Area]:
    """Draw a network once per column, its state handed on from the first to the last.

    Narrower ones stand `aside` of the middle of their columns, if that is not 0.
    """
    size = (UNIT[0] - abs(aside), UNIT[1])
    steps = [
        layer(axes, (a + b) / 2 + aside, y, "LSTM", role, size) for a, b in columns
    ]
    for one, other in pairwise(steps):
        ahead = one.x < other.x
        ends = (one.right, other.left) if ahead else (one.left, other.right)
        arrow(axes, *ends)
    return steps


def card_row(
    axes: Axes,
    steps: Sequence[Area],
    tokens: Sequence[str],
    away: float,
    looks: Sequence[str] = (),
) -> list[Area]:
    """Draw a token per step: what it reads (`away` < 0, below) or writes (above)."""
    cards = []
    for step, token, look in zip_longest(steps, tokens, looks, fillvalue="plain"):
        drawn = card(axes, step.x, step.y + away, token, look)
        low, high = (drawn, step) if away < 0 else (step, drawn)
        arrow(axes, low.top, high.bottom)
        cards.append(drawn)
    return cards


def feed(
    axes: Axes,
    columns: Columns,
    written: Sequence[Area],
    read: Sequence[Area],
    colors: Sequence[str] = (),
) -> None:
    """Draw how each written token is read in the next step, down between columns."""
    ways = zip(written[:-1], read[1:], pairwise(columns), strict=True)
    for t, (start, end, (one, other)) in enumerate(ways):
        color = colors[t] if len(colors) else GREY
        _down(axes, start.right, end.left, (one[1] + other[0]) / 2, color)


def _down(axes: Axes, start: Point, end: Point, x: float, color: str) -> None:
    """Draw an arrow that goes straight down at x between its two ends."""
    bend = 0.3  # height of the two curves
    down = [(x, start[1]), (x, start[1] - bend), (x, end[1] + bend), (x, end[1])]
    codes = [Path.MOVETO, *[Path.CURVE3] * 2, Path.LINETO, *[Path.CURVE3] * 2]
    way = FancyArrowPatch(path=Path([start, *down, end], codes), arrowstyle="-|>")
    way.set(color=color, mutation_scale=11, linewidth=1.6)
    axes.add_patch(way)
