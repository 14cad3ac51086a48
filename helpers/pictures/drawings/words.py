"""Words as numbers: a row of a table, and a network of two matrices.

Built in notebooks/01_words_as_numbers.ipynb.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from helpers.pictures.drawings.canvas import (
    BOLD,
    INK,
    SMALL,
    TEXT,
    canvas,
    extent,
    tenths,
)
from helpers.pictures.drawings.shapes import arrow, card, layer, note, pale
from helpers.pictures.drawings.vectors import chances, strip
from helpers.pictures.picture import GREY, Picture, numbers, plain, write

HIGH = 0.36  # of a row of the table
NUMBER = (0.62, HIGH)  # a cell with a number in it
MOST = 8  # numbers of a vector that are drawn
BAR = 1.6  # length of the longest bar


def one_hot_lookup(
    index: int, matrix: np.ndarray, tokens: Sequence[str], title: str
) -> Picture:
    """Draw one-hot × table = row: all products are 0 but those of one row.

    `matrix`, shape (V, C), has a row per token; row `index` comes out. Raises
    ValueError if tokens and rows are not as many, or if there is no such row.

        drawings.one_hot_lookup(1, [[0.2, -1.0], [0.7, 0.3]], ["the", "duck"], "A row")
    """
    matrix = numbers("matrix", matrix, 2)
    v, c = matrix.shape
    if len(tokens) != v or not 0 <= index < v:
        raise ValueError(f"{len(tokens)} tokens, {v} rows, index {index}")
    wide, high = NUMBER
    left = BOLD * max(extent(token) for token in tokens) + 0.3
    middle = left + 1.1 + c * wide / 2  # of the table
    right = left + 1.7 + c * wide * 1.5  # of the row that comes out
    figure, axes = canvas(title, right + c * wide / 2 + 0.1, high * v + 0.75)
    top = high * (v - 0.5) + 0.15
    for i, token in enumerate(tokens):
        y = top - high * i
        chosen = i == index
        name = write(axes, left - 0.15, y, plain(token), TEXT, "right")
        name.set_weight("bold" if chosen else "normal")
        _number(axes, left + 0.25, y, "1" if chosen else "0", chosen)
        for j, value in enumerate(matrix[i]):
            x = middle + (j - (c - 1) / 2) * wide
            if not chosen:
                _number(axes, x, y, tenths(value), False)
    y = top - high * index
    for x in (middle, right):
        strip(axes, x, y, matrix[index], NUMBER, "written")
    write(axes, left + 0.78, y, "×", 16)
    write(axes, (middle + right) / 2, y, "=", 18)
    above = high * v + 0.4
    note(axes, left + 0.25, above, f"one-hot\n({v},)")
    note(axes, middle, above, f"table\n({v}, {c})")
    note(axes, right, y + 0.5 if index else above, f"row of “{plain(tokens[index])}”")
    return figure


def _number(axes: Axes, x: float, y: float, text: str, lit: bool) -> None:
    """Draw a cell of a vector or a table with its number: pale, or lit."""
    wide, high = NUMBER
    corner = (x - wide / 2, y - high / 2)
    face = pale("output", 0.5) if lit else "#f6f6f6"
    axes.add_patch(Rectangle(corner, wide, high, fc=face, ec="#9a9a9a", lw=0.8))
    write(axes, x, y, text, SMALL).set_color(INK if lit else GREY)


def neural_bigram(
    token: str,
    vector: Sequence[float],
    following: Mapping[str, float],
    widths: tuple[int, int],
    title: str,
) -> Picture:
    """Draw the smallest language model: a row of E, times W, softmax: what comes next.

    `vector` is the token's row (its first eight numbers are drawn), `following` maps
    some next tokens to their probabilities, `widths` is (V, C). Raises ValueError for
    no tokens, a probability outside 0 to 1, or a width below 1.

        drawings.neural_bigram("the", [0.2, -1.1, 0.4], {"duck": 0.3, "key": 0.1},
                               (636, 48), "Two matrices")
    """
    shares = numbers("following", list(following.values()), 1)
    if shares.min() < 0 or shares.max() > 1 or min(widths) < 1:
        raise ValueError(
            f"probabilities from {shares.min():g} to {shares.max():g}, widths {widths}"
        )
    vector = numbers("vector", vector, 1)[:MOST]
    v, c = widths
    height = max(3.55, 0.3 * len(following) + 0.35)
    wide = max(map(extent, following)) + BAR + 0.7
    figure, axes = canvas(title, 4.8 + wide, height)
    word = card(axes, 1.5, height - 3.3, token)
    values = vector / max(1, np.abs(vector).max())
    row = strip(axes, 1.5, height - 2.35, values, (0.3, 0.3))
    scores = layer(axes, 1.5, height - 1.35, "scores", "output", (2.4, 0.42))
    end = layer(axes, 1.5, height - 0.35, "softmax", "output", (2.4, 0.42))
    arrow(axes, word.top, row.bottom, f"its row of E ({v}, {c})")
    arrow(axes, row.top, scores.bottom, f"times W ({c}, {v}), plus a bias")
    arrow(axes, scores.top, end.bottom)
    more = "… " if c > len(vector) else ""
    note(axes, 2.85, row.y, f"{more}({c},)", "left", TEXT)
    note(axes, 2.85, scores.y, f"({v},)", "left", TEXT)
    arrow(axes, end.right, (4.6, end.y), f"{v} probabilities")
    chances(axes, (4.8, end.y), following, "output", BAR / max(shares.max(), 1e-9))
    return figure
