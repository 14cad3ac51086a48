"""A row of boxes with arrows: what happens one after another.

Built in notebooks/01_words_as_numbers.ipynb.
"""

import math
from collections.abc import Sequence

from helpers.pictures.drawings.canvas import INK, TEXT, canvas, fold
from helpers.pictures.drawings.shapes import arrow, layer
from helpers.pictures.picture import Picture

PER_ROW = 5  # boxes of a pipeline


def pipeline(boxes: Sequence[str], title: str, here: int = -1) -> Picture:
    """Draw boxes in rows with arrows from each to the next; `here` is highlighted.

    −1 highlights none. Raises ValueError for no boxes, and if `here` is none of them.
    """
    if not len(boxes):
        raise ValueError("a pipeline has at least one box")
    if not -1 <= here < len(boxes):
        raise ValueError(f"here={here} is none of {len(boxes)} boxes, 0 the first")
    columns = min(PER_ROW, len(boxes))
    wide = 9.3 / PER_ROW
    said = [_lines(text, wide - 0.5) for text in boxes]
    high = 0.2 * max(map(len, said)) + 0.28
    row_high = high + 0.42
    height = row_high * math.ceil(len(boxes) / PER_ROW)
    figure, axes = canvas(title, wide * columns, height)
    for i, lines in enumerate(said):
        row, column = divmod(i, PER_ROW)
        x = wide * (column + 0.5)
        y = height - row_high * row - high / 2 - 0.02
        role = "floor" if i == here else "hidden"
        area = layer(axes, x, y, "\n".join(lines), role, (wide - 0.36, high))
        if i == len(boxes) - 1:
            break
        if column < PER_ROW - 1:
            arrow(axes, area.right, (area.right[0] + 0.36, y))
        else:  # between the rows, back to where the next one begins
            start = area.bottom[1]
            between = start - 0.2
            first = wide / 2
            axes.plot([x, x, first], [start, between, between], color=INK, lw=1.4)
            arrow(axes, (first, between), (first, start - 0.42))
    return figure


def _lines(text: str, wide: float) -> list[str]:
    """Return the lines of a text, the long ones folded."""
    return [line for part in text.split("\n") for line in fold(part, wide, TEXT)]
