"""Skip-gram: a window that slides over a text, and one step of negative sampling.

Built in notebooks/01_words_as_numbers.ipynb.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes

from helpers.pictures.drawings.canvas import CARD, SMALL, TEXT, canvas, fold
from helpers.pictures.drawings.shapes import arrow, card, card_width, note, panel
from helpers.pictures.picture import ROLES, Picture, numbers, plain, write


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
    starts = [0.1 + sum(widths[:i]) for i in range(n + 1)]  # and where the last ends
    pairs = [_pairs(tokens, centre, size) for centre in centres]
    wide = max(starts[-1] + 0.1, 7.0)
    said = [fold(", ".join(some), wide - 0.9) for some in pairs]
    heights = [1.28 + 0.19 * len(lines) for lines in said]
    figure, axes = canvas(title, wide, sum(heights))
    for row, centre in enumerate(centres):
        y = sum(heights[row:]) - 0.75
        _window(axes, y, tokens, starts, (centre, size))
        note(axes, 0.1, y - 0.47, "pairs:", "left")
        rest = "\n".join(map(plain, said[row]))
        axes.text(0.75, y - 0.38, rest, fontsize=SMALL, va="top")
    return figure


def _window(
    axes: Axes,
    y: float,
    tokens: Sequence[str],
    starts: Sequence[float],
    place: tuple[int, int],
) -> None:
    """Draw the window at one place, (centre, size), with an arrow for each pair."""
    centre, size = place
    first = max(0, centre - size)
    last = min(len(tokens), centre + size + 1)
    panel(axes, (starts[first], y - 0.3), (starts[last] - starts[first], 0.6))
    xs = [(a + b) / 2 for a, b in pairwise(starts)]
    for i, token in enumerate(tokens):
        look = "output" if first <= i < last else "faded"
        card(axes, xs[i], y, token, "embedding" if i == centre else look)
        if first <= i < last and i != centre:
            bend = min(0.35, 0.8 / abs(xs[i] - xs[centre]))
            top = y + CARD / 2
            start = (xs[centre], top)
            arrow(axes, start, (xs[i], top), bend=bend if i < centre else -bend)


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
