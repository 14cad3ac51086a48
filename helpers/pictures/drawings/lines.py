"""Drawings of who looks at whom: lines between two copies of a text, and long ways.

Built in notebooks/07_self_attention.ipynb.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Arc, Rectangle

from helpers.pictures.drawings.canvas import FAINT, INK, TEXT, canvas, extent
from helpers.pictures.drawings.shapes import arrow, card, card_width, note
from helpers.pictures.picture import GREY, ROLES, Picture, numbers, plain, write

ROW = 0.3
GAP = 1.5  # between the two copies
LEAST = 0.02  # thinner lines are not drawn
GOLD = ROLES["output"]


def attention_lines(
    tokens: Sequence[str],
    weights: Mapping[str, np.ndarray],
    asks: Sequence[int],
    gold: Mapping[int, int],
    title: str,
) -> Picture:
    """Draw lines from the tokens that ask to those that they look at, a panel a head.

    `weights`: {name of a head: (T, T)}; a line is as strong as its weight. `gold`: the
    token that each asking token should find, framed. Raises ValueError for other
    shapes, and for indices that are not there.

        drawings.attention_lines(["Ben", "and", "he"], {"head 1": np.eye(3)}, [2],
                                 {2: 0}, "Whom does he look at?")
    """
    n = len(tokens)
    bad = [i for i in (*asks, *gold, *gold.values()) if i not in range(n)]
    if not n or not weights or bad:
        raise ValueError(f"{n} tokens, {len(weights)} heads, indices {bad} not there")
    tables = {name: numbers(name, table, 2) for name, table in weights.items()}
    for name, table in tables.items():
        if table.shape != (n, n):
            raise ValueError(f"{name} has weights {table.shape} for {n} tokens")
    word = max(extent(plain(token)) for token in tokens)
    bold = 1.15 * word + 0.06  # those that ask
    step = bold + word + GAP + 0.55
    figure, axes = canvas(title, step * len(tables) - 0.3, ROW * n + 0.45)
    for k, (name, table) in enumerate(tables.items()):
        left = step * k + bold
        right = left + GAP
        note(axes, (left + right) / 2, ROW * n + 0.3, name, size=TEXT)
        _copies(axes, (left, right), tokens, asks, set(gold.values()))
        for i in asks:
            _looks(axes, (left, right), table, i)
    return figure


def _level(i: int, n: int) -> float:
    """Return how high token i stands; the text is read downwards."""
    return ROW * (n - i - 0.5)


def _copies(
    axes: Axes,
    xs: tuple[float, float],
    tokens: Sequence[str],
    asks: Sequence[int],
    framed: set[int],
) -> None:
    """Write the text twice; the asking tokens at the left are dark and bold."""
    left, right = xs
    for i, token in enumerate(tokens):
        y = _level(i, len(tokens))
        text = write(axes, left - 0.06, y, plain(token), TEXT, "right")
        text.set_color(INK if i in asks else FAINT)
        if i in asks:
            text.set_weight("bold")
        write(axes, right + 0.06, y, plain(token), TEXT, "left")
        if i in framed:
            size = (extent(plain(token)) + 0.12, ROW - 0.02)
            corner = (right, y - size[1] / 2)
            axes.add_patch(Rectangle(corner, *size, fc="none", ec=GOLD, lw=2.5))


def _looks(axes: Axes, xs: tuple[float, float], weights: np.ndarray, i: int) -> None:
    """Draw the lines of one token that asks."""
    n = len(weights)
    start = _level(i, n)
    for j, weight in enumerate(weights[i]):
        if weight >= LEAST:
            ends = [start, _level(j, n)]
            line = {"lw": 0.5 + 5 * weight, "alpha": 0.25 + 0.75 * weight}
            axes.plot(xs, ends, color=ROLES["query"], **line)


def way_of_a_signal(tokens: Sequence[str], start: int, end: int, title: str) -> Picture:
    """Draw how a signal goes from one token to a later one: step by step, or at once.

    Above the tokens the chain of an RNN's states, below them one look of attention.
    Raises ValueError unless 0 ≤ start < end < number of tokens.

        drawings.way_of_a_signal(["cranes", "near", "Ben", "see"], 0, 3, "Two ways")
    """
    if not 0 <= start < end < len(tokens):
        raise ValueError(f"from token {start} to {end} of {len(tokens)}; give two")
    widths = [card_width(plain(token)) + 0.18 for token in tokens]
    edges = np.cumsum([0.0, *widths])
    names = extent("attention: 1 look")
    figure, axes = canvas(title, edges[-1] + names + 0.2, 3.1)
    xs = (edges[:-1] + edges[1:]) / 2
    on_way = range(start, end + 1)
    for i, (x, token) in enumerate(zip(xs, tokens, strict=True)):
        look = "plain" if i in (start, end) else "faded"
        role = {start: "key", end: "query"}.get(i, look)
        card(axes, x, 1.55, plain(token), role)
        face = ROLES["hidden"] if i in on_way else "#eeeeee"
        box = Rectangle((x - 0.16, 2.35), 0.32, 0.32, fc=face, ec="#777777")
        axes.add_patch(box)
        arrow(axes, (x, 1.78), (x, 2.33), color=INK if i == start else "#bbbbbb")
        if i:
            color = INK if i - 1 in on_way and i in on_way else "#bbbbbb"
            arrow(axes, (xs[i - 1] + 0.17, 2.51), (x - 0.18, 2.51), color=color)
    steps = end - start
    note(axes, edges[-1] + 0.1, 2.51, f"RNN: {steps} steps", "left", TEXT)
    note(axes, edges[-1] + 0.1, 0.75, "attention: 1 look", "left", TEXT)
    middle = (xs[start] + xs[end]) / 2
    size = (xs[end] - xs[start], 1.9)
    arc = Arc((middle, 1.3), *size, theta1=180, theta2=360, color=ROLES["query"], lw=3)
    axes.add_patch(arc)
    note(axes, middle, 0.15, "query meets key").set_color(GREY)
    return figure
