"""Recurrent networks above each other, and two that read in opposite directions.

Built in notebooks/03_lstm.ipynb.
"""

from collections.abc import Sequence
from itertools import pairwise

from matplotlib.axes import Axes

from helpers.pictures.drawings.canvas import CARD, Drawing, canvas
from helpers.pictures.drawings.shapes import Area, arrow, card, card_width, layer, note
from helpers.pictures.picture import Picture

UP = 0.95  # from one row to the next
LEFT = 1.75  # room for the names of the rows
ASIDE = 0.3  # of a column: the two readers stand left and right of its middle

Row = tuple[float, str, str]  # its height, its name, the role that gives its colour


def stack(tokens: Sequence[str], n_layers: int, title: str) -> Picture:
    """Draw layers of LSTMs: each reads the states of the one below it.

    Raises ValueError for no tokens, and for fewer than 1 or more than 4 layers.

        drawings.stack(["the", "key", "is"], 2, "A stack of two")
    """
    if not len(tokens) or not 1 <= n_layers <= 4:
        raise ValueError(f"{len(tokens)} tokens, {n_layers} layers; give some, 1 to 4")
    figure, axes, cards = _begin(tokens, n_layers + 0.4, title)
    below = cards
    for k in range(n_layers):
        row = (UP * (k + 1) + 0.25, f"layer {k + 1}", "cell")
        above = _readers(axes, cards, row, 0.0)
        for left, right in pairwise(above):
            arrow(axes, left.right, right.left)
        for low, high in zip(below, above, strict=True):
            arrow(axes, low.top, high.bottom)
        below = above
    for step in below:
        arrow(axes, step.top, (step.x, step.top[1] + 0.4))
    return figure


def both_ways(tokens: Sequence[str], title: str) -> Picture:
    """Draw two LSTMs that read in opposite directions, side by side at every token.

    Raises ValueError for no tokens.

        drawings.both_ways(["the", "bank", "closes"], "Two readers")
    """
    if not len(tokens):
        raise ValueError("there are no tokens to read in two directions; give some")
    figure, axes, cards = _begin(tokens, 2.9, title)
    ahead = _readers(axes, cards, (UP + 0.2, "from the left", "attention"), -ASIDE)
    back = _readers(axes, cards, (2 * UP, "from the right", "norm"), ASIDE)
    for left, right in pairwise(ahead):
        arrow(axes, left.right, right.left)
    for left, right in pairwise(back):
        arrow(axes, right.left, left.right)
    high = 2 * UP + 0.85
    note(axes, LEFT - 0.3, high, "side by side", "right")
    for word, *both in zip(cards, ahead, back, strict=True):
        joined = layer(axes, word.x, high, "→   ←", "output", (1.15, CARD))
        for step in both:
            arrow(axes, (step.x, word.top[1]), step.bottom)
            arrow(axes, step.top, (step.x, joined.bottom[1]))
    return figure


def _begin(
    tokens: Sequence[str], rows: float, title: str
) -> tuple[Drawing, Axes, list[Area]]:
    """Return a canvas with room for some rows, and the cards of the tokens on it."""
    wide = max(1.25, *map(card_width, tokens)) + 0.3
    figure, axes = canvas(title, LEFT + wide * len(tokens), UP * rows + 0.55)
    cards = []
    for t, token in enumerate(tokens):
        wanted = max(1.0, card_width(token))
        x = LEFT + wide * (t + 0.5)
        cards.append(card(axes, x, CARD / 2 + 0.02, token, width=wanted))
    return figure, axes, cards


def _readers(axes: Axes, cards: Sequence[Area], row: Row, aside: float) -> list[Area]:
    """Draw one network once for each token; its name stands left of the row."""
    y, name, role = row
    note(axes, LEFT - 0.3, y, name, "right")
    size = (0.5, 0.5) if aside else (0.8, 0.5)
    said = "" if aside else "LSTM"
    return [layer(axes, word.x + aside, y, said, role, size) for word in cards]
