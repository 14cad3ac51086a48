"""Words as numbers: a row of a table, a sliding window, a network of two matrices.

Built in notebooks/01_words_as_numbers.ipynb.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from helpers.pictures.drawings.canvas import (
    BOLD,
    CARD,
    INK,
    SMALL,
    TEXT,
    canvas,
    extent,
    fold,
    tenths,
)
from helpers.pictures.drawings.shapes import arrow, card, card_width, layer, note, pale
from helpers.pictures.drawings.vectors import strip
from helpers.pictures.picture import GREY, ROLES, Picture, numbers, plain, write

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
        if chosen:
            strip(axes, middle, y, matrix[i], NUMBER, "written")
            strip(axes, right, y, matrix[i], NUMBER, "written")
            continue
        for j, value in enumerate(matrix[i]):
            x = middle + (j - (c - 1) / 2) * wide
            _number(axes, x, y, tenths(value), False)
    y = top - high * index
    write(axes, left + 0.78, y, "×", 16)
    write(axes, (middle + right) / 2, y, "=", 18)
    above = high * v + 0.4
    note(axes, left + 0.25, above, f"one-hot\n(1, {v})")
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


def skipgram_window(
    tokens: Sequence[str], centres: Sequence[int], size: int, title: str
) -> Picture:
    """Draw the window of skip-gram at some positions, with the pairs that it gives.

    Each centre is paired with the tokens at most `size` away. Raises ValueError for no
    tokens, a centre that is not there, or a size below 1.

        drawings.skipgram_window(["the", "duck", "swims"], [0, 1], 1, "Three pairs")
    """
    n = len(tokens)
    if not n or not len(centres) or size < 1:
        raise ValueError(
            f"{n} tokens, {len(centres)} centres, a window of {size}: 1 or more each"
        )
    missing = [centre for centre in centres if not 0 <= centre < n]
    if missing:
        raise ValueError(f"centre {missing[0]} is none of {n} tokens, 0 the first")
    widths = [card_width(token) + 0.14 for token in tokens]
    xs = [0.1 + sum(widths[:i]) + widths[i] / 2 for i in range(n)]
    pairs = [_pairs(tokens, centre, size) for centre in centres]
    wide = max(sum(widths) + 0.2, 7.0)
    said = [fold(", ".join(some), wide - 0.9) for some in pairs]
    heights = [1.25 + 0.19 * len(lines) for lines in said]
    figure, axes = canvas(title, wide, sum(heights))
    level = sum(heights)
    for centre, lines, high in zip(centres, said, heights, strict=True):
        y = level - 0.75
        near = [i for i in range(n) if 0 < abs(i - centre) <= size]
        for i, token in enumerate(tokens):
            look = "output" if i in near else "faded"
            card(axes, xs[i], y, token, "embedding" if i == centre else look)
        for i in near:
            bend = min(0.35, 0.8 / abs(xs[i] - xs[centre]))
            bend = bend if i < centre else -bend
            top = y + CARD / 2
            arrow(axes, (xs[centre], top), (xs[i], top), bend=bend)
        text = axes.text(0.1, y - 0.32, "pairs:", fontsize=SMALL, va="top")
        text.set_color(GREY)
        rest = "\n".join(map(plain, lines))
        axes.text(0.75, y - 0.32, rest, fontsize=SMALL, va="top")
        level -= high
    return figure


def _pairs(tokens: Sequence[str], centre: int, size: int) -> list[str]:
    """Return the pairs of one centre, in words."""
    first = max(0, centre - size)
    near = range(first, min(len(tokens), centre + size + 1))
    return [f"({tokens[centre]}, {tokens[i]})" for i in near if i != centre]


def positive_and_negatives(
    centre: str, context: Sequence[str], products: Sequence[float], title: str
) -> Picture:
    """Draw one step of negative sampling: a pair that occurred, and k drawn at random.

    `context` is the real neighbour, then the k random tokens; `products` their dot
    products v·u with the centre. Each line ends with σ(v·u), which is pushed to 1 or to
    0, and its loss. Raises ValueError for no neighbour, or other numbers of products.

        drawings.positive_and_negatives("duck", ["swims", "key"], [1.2, -0.3], "A step")
    """
    products = numbers("products", products, 1)
    if not len(context) or len(products) != len(context):
        raise ValueError(f"{len(context)} tokens and {len(products)} dot products")
    wide = max(map(card_width, context))
    n = len(context)
    height = 0.62 * n + 0.75
    middle = height - 0.65 - 0.31 * (n - 1)
    figure, axes = canvas(title, card_width(centre) + wide + 6.1, height)
    word = card(axes, 0.1 + card_width(centre) / 2, middle, centre, "embedding")
    x = word.right[0] + 1.6 + wide / 2
    columns = [x + wide / 2 + shift for shift in (0.75, 1.95, 3.0, 3.95)]
    names = ("v·u", "σ(v·u)", "goes to", "loss")
    note(axes, x, height - 0.15, "neighbour")
    if n > 1:
        note(axes, x, 0.15, "drawn at random")
    for place, name in zip(columns, names, strict=True):
        note(axes, place, height - 0.15, name)
    for i, (token, product) in enumerate(zip(context, products, strict=True)):
        y = height - 0.65 - 0.62 * i
        other = card(axes, x, y, token, "output" if i == 0 else "plain", wide)
        arrow(axes, word.right, other.left, color=ROLES["data" if i == 0 else "floor"])
        share = 1 / (1 + np.exp(-product))
        loss = np.logaddexp(0, -product if i == 0 else product)
        says = (f"{product:.2f}", f"{share:.2f}", "↑ 1" if i == 0 else "↓ 0")
        for place, said in zip(columns, [*says, f"{loss:.2f}"], strict=True):
            text = write(axes, place, y, said.replace("-", "−"), TEXT)
            text.set_color("#006b4e" if i == 0 else "#a04400")
    return figure


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
    longest = max(map(extent, following))
    left = 4.9 + longest  # where bars begin
    height = max(3.55, 0.3 * len(following) + 0.35)
    figure, axes = canvas(title, left + BAR + 0.7, height)
    word = card(axes, 1.5, height - 3.3, token)
    values = vector / max(1, np.abs(vector).max())
    row = strip(axes, 1.5, height - 2.35, values, (0.3, 0.3))
    scores = layer(axes, 1.5, height - 1.35, "scores", "output", (2.4, 0.42))
    end = layer(axes, 1.5, height - 0.35, "softmax", "output", (2.4, 0.42))
    arrow(axes, word.top, row.bottom, f"its row of E ({v}, {c})")
    arrow(axes, row.top, scores.bottom, f"times W ({c}, {v})")
    arrow(axes, scores.top, end.bottom)
    note(axes, 2.85, row.y, f"({c},)", "left", TEXT)
    note(axes, 2.85, scores.y, f"({v},)", "left", TEXT)
    arrow(axes, end.right, (4.6, end.y), f"{v} probabilities")
    for i, (word, share) in enumerate(following.items()):
        y = end.y - 0.3 * i
        long = BAR * share / max(shares.max(), 1e-9)
        write(axes, left, y, plain(word), TEXT, "right")
        axes.barh(y, long, 0.18, left=left + 0.1, color=pale("output", 0.9))
        note(axes, left + 0.17 + long, y, f"{share:.2f}", "left")
    return figure
