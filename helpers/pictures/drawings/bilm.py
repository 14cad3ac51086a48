"""ELMo: two towers that never meet and their mix; the leak of two directions stacked.

Built in notebooks/04_elmo.ipynb.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from helpers.pictures.drawings.canvas import SMALL, TEXT, canvas, extent, short
from helpers.pictures.drawings.shapes import (
    Area,
    arrow,
    card,
    card_width,
    layer,
    note,
    panel,
)
from helpers.pictures.drawings.vectors import plus, strip
from helpers.pictures.picture import ROLES, Picture, numbers, write

MOST = 4  # tokens of the towers
UNITS = 3  # numbers of each half of a vector that are drawn
LEVELS = (1.2, 2.35, 3.25)  # heights of the token layer and of both LSTM layers
PALE = "#d4d4d4"
LIT = ROLES["gradient"]


def two_towers(
    tokens: Sequence[str],
    at: int,
    layers: np.ndarray,
    shares: Sequence[float],
    gamma: float,
    title: str,
) -> Picture:
    """Draw a biLM of two layers and the mix of its three layers at one token.

    `layers`, shape (3, 2C), are that token's vectors, the left half from the left; the
    first numbers of each half are drawn. `shares` are s, and `gamma` is γ.
    Raises ValueError for other shapes, a place outside, or more than four tokens.

        drawings.two_towers(["the", "bank"], 1, np.eye(3, 8), [0.2, 0.3, 0.5], 1.1, "")
    """
    layers = numbers("layers", layers, 2)
    shares = numbers("shares", shares, 1)
    if len(layers) != 3 or len(shares) != 3 or layers.shape[1] < 2 * UNITS:
        raise ValueError(f"layers {layers.shape}, {len(shares)} shares: give 3 of each")
    if not 0 <= at < len(tokens) <= MOST:
        raise ValueError(f"token {at} of {len(tokens)}; give up to {MOST} tokens")
    step = max(0.9, *(card_width(token) + 0.12 for token in tokens))
    wide = step * len(tokens) + 0.3
    figure, axes = canvas(title, 2 * wide + 4.3, 5.25)
    for name, left in (("from the left", 0.05), ("from the right", wide + 0.25)):
        _tower(axes, tokens, at, (left, wide, step), name)
    middle = wide + 0.15
    both = (2 * wide + 0.1, 0.42)
    layer(
        axes, middle, LEVELS[0], "token vectors from letters: shared", "embedding", both
    )
    layer(axes, middle, 4.35, "softmax over all words: shared", "output", both)
    _mix(axes, 2 * wide + 0.5, layers, shares, gamma)
    note(axes, 2 * wide + 2.4, 0.35, f"the three layers at “{tokens[at]}”")
    return figure


def _tower(
    axes: Axes,
    tokens: Sequence[str],
    at: int,
    place: tuple[float, float, float],
    name: str,
) -> None:
    """Draw one of the towers above its row of tokens."""
    left, wide, step = place
    rightwards = name.endswith("left")
    panel(axes, (left, 1.75), (wide, 2.05), "", "hidden")
    rows: list[list[Area]] = []
    for n, y in enumerate(LEVELS):
        row = []
        for t, token in enumerate(tokens):
            x = left + 0.15 + step * (t + 0.5)
            if n == 0:
                word = card(axes, x, 0.35, token, "embedding" if t == at else "plain")
                arrow(axes, word.top, (x, y - 0.21))
                row.append(Area(x, y, 0.6, 0.42))
                continue
            role = "hidden" if t == at else "baseline"
            row.append(layer(axes, x, y, f"{n}", role, (0.5, 0.38)))
            arrow(axes, rows[-1][t].top, row[-1].bottom)
        rows.append(row)
        if n:
            _chain(axes, row, rightwards)
    for box in rows[-1]:
        arrow(axes, box.top, (box.x, 4.14))
    said = "next token?" if rightwards else "token before?"
    middle = left + wide / 2
    arrow(axes, (middle, 4.56), (middle, 4.86))
    write(axes, middle, 5.02, f"{name}: {said}", TEXT).set_weight("bold")


def _chain(axes: Axes, row: Sequence[Area], rightwards: bool) -> None:
    """Join the boxes of one layer in the order of reading."""
    for before, after in zip(row, row[1:], strict=False):
        if rightwards:
            arrow(axes, before.right, after.left)
        else:
            arrow(axes, after.left, before.right)


def _mix(
    axes: Axes, left: float, layers: np.ndarray, shares: np.ndarray, gamma: float
) -> None:
    """Draw the three layers, their shares, the sum and the vector that comes out."""
    half = layers.shape[1] // 2
    picked = [*range(UNITS), *range(half, half + UNITS)]
    kept = layers[:, picked]
    mixed = gamma * shares @ kept
    largest = max(np.abs(kept).max(), np.abs(mixed).max(), 1e-9)
    sign = plus(axes, left + 3.05, 3.9)
    for n, y in enumerate(LEVELS):
        strip(axes, left + 0.85, y, kept[n] / largest, (0.22, 0.3))
        write(axes, left + 0.85, y + 0.31, f"layer {n}", SMALL)
        write(axes, left + 2.0, y, f"$s_{n}$ = {shares[n]:.2f}", TEXT)
        start = (left + 2.5, y)
        arrow(axes, start, (sign.x - 0.1, sign.y - 0.12), bend=0.12)
    out = strip(axes, left + 2.4, 4.75, mixed / largest, (0.22, 0.3))
    arrow(axes, sign.top, (sign.x, 4.58))
    note(axes, left + 0.85, 4.75, "ELMo =", size=TEXT)
    note(axes, left + 2.2, 4.25, f"× γ = {gamma:.2f}", size=TEXT)
    note(axes, out.x, 5.08, "left half | right half", size=SMALL)


def leak(
    tokens: Sequence[str], target: int, sizes: Sequence[float], title: str
) -> Picture:
    """Draw two layers of both directions, and the way of a target to its prediction.

    The prediction of token `target` is made one position before it. `sizes`, shape
    (T,), is how strongly that prediction depends on each token: the size of the
    gradient. Raises ValueError for a target without a token before it.

        drawings.leak(["the", "bank", "is"], 1, [0.2, 0.4, 0.1], "It sees its answer")
    """
    sizes = numbers("sizes", sizes, 1)
    if len(sizes) != len(tokens) or not 1 <= target < len(tokens):
        raise ValueError(f"target {target}, {len(sizes)} sizes, {len(tokens)} tokens")
    step = max(1.55, *(card_width(token) + 0.2 for token in tokens))
    figure, axes = canvas(title, 1.75 + step * len(tokens), 5.1)
    xs = [1.7 + step * (t + 0.5) for t in range(len(tokens))]
    words = []
    for t, x in enumerate(xs):
        look = "output" if t == target else "plain"
        words.append(card(axes, x, 0.85, tokens[t], look))
        size = write(axes, x, 0.35, short(sizes[t]), TEXT)
        size.set_color(LIT if t == target else "black")
    write(axes, 0.75, 0.35, "gradient", TEXT)
    layers = [_both_ways(axes, xs, 1.6), _both_ways(axes, xs, 3.0)]
    for n, y in ((1, 1.85), (2, 3.25)):
        write(axes, 0.75, y, f"layer {n}", TEXT)
    for t in range(len(tokens)):
        for box in layers[0]:
            arrow(axes, words[t].top, box[t].bottom, color=PALE)
        for lower in layers[0]:
            for upper in layers[1]:
                arrow(axes, lower[t].top, upper[t].bottom, color=PALE)
    _light(axes, words[target], layers, target, tokens[target])
    return figure


def _both_ways(axes: Axes, xs: Sequence[float], y: float) -> list[list[Area]]:
    """Draw a layer: a row that reads to the right and a row that reads to the left."""
    ahead = [layer(axes, x - 0.3, y, "→", "hidden", (0.5, 0.36)) for x in xs]
    back = [layer(axes, x + 0.3, y + 0.5, "←", "cell", (0.5, 0.36)) for x in xs]
    for row, rightwards in ((ahead, True), (back, False)):
        _chain(axes, row, rightwards)
    return [ahead, back]


def _light(axes: Axes, word: Area, layers: Sequence, target: int, token: str) -> None:
    """Light the way: token, backward state, one step to the left, second layer, out."""
    (_, back), (ahead, _) = layers
    said = f"{token}?"
    place = (ahead[target - 1].x, 4.7)
    size = (max(0.9, extent(said, TEXT) + 0.3), 0.42)
    answer = layer(axes, *place, said, "output", size)
    road = (
        (word.top, back[target].bottom),
        (back[target].left, back[target - 1].right),
        (back[target - 1].top, ahead[target - 1].bottom),
        (ahead[target - 1].top, answer.bottom),
    )
    for start, end in road:
        arrow(axes, start, end, color=LIT).set(linewidth=3, zorder=5)
