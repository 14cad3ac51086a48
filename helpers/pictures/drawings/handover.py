"""The vector that a reader hands over to a writer: whole, or in two halves.

Built in notebooks/05_seq2seq.ipynb.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from helpers.pictures.drawings.blocks import block, block_size
from helpers.pictures.drawings.canvas import INK, Point
from helpers.pictures.drawings.columns import HIGH, ROW, Columns, unroll
from helpers.pictures.drawings.shapes import Area, arrow, card, note
from helpers.pictures.drawings.vectors import grid
from helpers.pictures.picture import ROLES, numbers

AHEAD = "hidden"
BACK = "norm"
ASIDE = 0.18  # of a column: the two readers stand left and right of its middle
BOTH = 0.92  # the least width of a column with two readers
UP = 0.75  # from one row of readers to the other
NAMED = 1.3  # left of two rows: their names
APART = 0.12  # between the halves of a vector
WRITTEN = 8  # of a vector of so many numbers, all are written

Parts = list[np.ndarray | None]  # a vector or its halves; None is a part without values


def parts_of(vector: Sequence[float] | None, both: bool) -> Parts:
    """Return a vector (N,), or its halves (N / 2,), one for each direction of reading.

    Raises ValueError for two halves of an odd number.
    """
    if vector is None:
        return [None] * (1 + both)
    vector = numbers("vector", vector, 1)
    if both and len(vector) % 2:
        raise ValueError(
            f"a vector of {len(vector)} numbers is not shared by two directions; give "
            "an even number"
        )
    return np.split(vector, 1 + both)


def line_lengths(parts: Parts) -> list[int]:
    """Return how many numbers may stand in a line, the most first; 0: none is written.

    A vector that finds no room in one line is drawn in two lines, or in four.
    """
    n = 0 if parts[0] is None else len(parts[0])
    written = 0 < n * len(parts) <= WRITTEN
    return [-(-n // lines) for lines in (1, 2, 4)] if written else [0]


def _part_size(parts: Parts, per_line: int) -> Point:
    """Return the size of each part; without numbers a vector stands, halves lie."""
    if parts[0] is not None:
        return block_size(parts[0], per_line)
    return (0.64, 0.16) if len(parts) > 1 else (0.16, 1.28)


def vector_width(parts: Parts, per_line: int) -> float:
    """Return how wide the vector is drawn."""
    return (_part_size(parts, per_line)[0] + APART) * len(parts) - APART


def draw_parts(axes: Axes, left: Point, parts: Parts, per_line: int) -> list[Area]:
    """Draw the vector, the middle of whose left side is given; return its parts.

    Halves have a line below them in the colour of their direction.
    """
    wide, high = _part_size(parts, per_line)
    most = max(1.0, *(np.abs(part).max() for part in parts if part is not None), 0)
    drawn = []
    for i, part in enumerate(parts):
        x = left[0] + wide / 2 + (wide + APART) * i
        if part is None:
            shape = (8, 1) if len(parts) == 1 else (1, 4)
            area = grid(axes, x, left[1], shape, role=(AHEAD, BACK)[i])
        else:
            area = block(axes, x, left[1] - high / 2, part, most, per_line)
        if len(parts) > 1:
            low = area.bottom[1] - 0.07
            color = ROLES[(AHEAD, BACK)[i]]
            axes.plot([area.left[0], area.right[0]], [low, low], color=color, lw=5)
        drawn.append(area)
    return drawn


def read_both_ways(
    axes: Axes, columns: Columns, y: float, source: Sequence[str]
) -> tuple[Area, Area]:
    """Draw two readers in opposite directions, one above the other.

    Return the last state of each: the lower one ends at the last token, the upper one
    at the first.
    """
    ahead = unroll(axes, columns, y, AHEAD, -ASIDE)
    back = unroll(axes, columns[::-1], y + UP, BACK, ASIDE)[::-1]
    for token, low, high in zip(source, ahead, back, strict=True):
        word = card(axes, (low.x + high.x) / 2, y - ROW, token)
        for step in (low, high):
            arrow(axes, (step.x, word.top[1]), step.bottom)
    for row, name in ((ahead, "from the left"), (back, "from the right")):
        note(axes, columns[0][0] - 0.15, row[0].y, name, "right")
    return ahead[-1], back[0]


def over_the_top(axes: Axes, start: Point, end: Point) -> None:
    """Draw the way from a state over the whole row and down into the vector."""
    level = start[1] + 0.25
    axes.plot([start[0], start[0], end[0]], [start[1], level, level], color=INK, lw=1.4)
    arrow(axes, (end[0], level), end)


def name_of(parts: Parts) -> str:
    """Return what stands beside the vector."""
    n = sum(0 if part is None else len(part) for part in parts)
    return f"one vector:\n{n} numbers" if n else "one vector"


def hand_over(axes: Axes, parts: Sequence[Area], first: Area, said: str) -> None:
    """Draw how the decoder's first step begins with the vector, and name the vector."""
    left, right = parts[0].left[0], parts[-1].right[0]
    kept = Area((left + right) / 2, parts[0].y, right - left, parts[0].height)
    both = len(parts) > 1  # then the name stands below
    if abs(kept.y - first.y) < 0.1:  # encoder and decoder stand in one row
        away = kept.height / 2 + 0.09 + 0.09 * len(said.split("\n"))
        note(axes, kept.x, kept.y - away - 0.1 if both else kept.y + away, said)
        arrow(axes, kept.right, first.left)
        return
    below, beside = (kept.x + 0.12, kept.bottom[1] - 0.37), (right + 0.1, kept.y)
    note(axes, *(below if both else beside), said, "left")
    left = 0.2
    level = HIGH + 0.2
    heights = [kept.bottom[1], level, level, first.y]
    axes.plot([kept.x, kept.x, left, left], heights, color=INK, lw=1.6)
    arrow(axes, (left, first.y), first.left)
