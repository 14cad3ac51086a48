"""Drawings of what comes before recurrence: a pipeline, a lookup, a window.

Built in notebooks/00_start_here.ipynb, 01_words_as_numbers.ipynb and 02_rnn.ipynb.
"""

import math
from collections.abc import Sequence

import numpy as np

from helpers.pictures.drawings.canvas import INK, PALE, TEXT, canvas, fold, stage
from helpers.pictures.drawings.shapes import arrow, box, layer
from helpers.pictures.drawings.words import one_hot_lookup
from helpers.pictures.picture import GREY, TINTS, Picture, plain

PER_ROW = 5  # boxes of a pipeline
TOKEN = (1.3, 0.5)  # size of a token's box
HERE = TINTS[1]


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


def window(tokens: Sequence[str], size: int, title: str) -> Picture:
    """Draw a network that sees only the last `size` tokens before its prediction.

    Raises ValueError if there are not so many tokens.
    """
    n = len(tokens)
    if not 1 <= size <= n:
        raise ValueError(f"a window of {size} does not fit into {n} tokens")
    figure, axes = stage(title, 3.1, (-0.8, 1.5 * n + 0.8), (-1.2, 1.5))
    middle = 1.5 * (n - (size + 1) / 2)  # of the tokens that are seen
    for i, token in enumerate(tokens):
        x = 1.5 * i
        seen = i >= n - size
        tint = TINTS[0] if seen else PALE
        box(axes, x, -0.8, plain(token), tint, TOKEN)
        if seen:
            arrow(axes, (x, -0.52), (middle + 0.3 * (x - middle), 0.1))
    width = 1.5 * size - 0.3  # of the network over them
    box(axes, middle, 0.4, "MLP", TINTS[5], (width, 0.5))
    answer = 1.5 * n
    arrow(axes, (middle + width / 2 + 0.05, 0.4), (answer - 0.7, 0.4))
    box(axes, answer, 0.4, "next ?", HERE, TOKEN)
    if size < n:
        forgotten = 1.5 * (n - size - 1) / 2
        axes.text(forgotten, -0.2, "not seen", ha="center", color=GREY, fontsize=12)
    return figure


def lookup(
    index: int, matrix: np.ndarray, tokens: Sequence[str], title: str
) -> Picture:
    """Draw one-hot @ matrix: all numbers are 0 but one, so one row comes out.

    Shape: matrix (V, C). Raises ValueError if tokens and rows are not as many, or if
    there is no row `index`.
    """
    return one_hot_lookup(index, matrix, tokens, title)
