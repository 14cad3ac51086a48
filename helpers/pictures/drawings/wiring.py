"""The wiring of one step of a decoder with attention: from a word to the next one.

Built in notebooks/06_attention.ipynb.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle

from helpers.pictures.drawings.canvas import INK, TEXT, WIDEST, canvas
from helpers.pictures.drawings.shapes import (
    Area,
    arrow,
    card,
    card_width,
    layer,
    note,
)
from helpers.pictures.drawings.shares import BUNDLE, shares_of, ways
from helpers.pictures.picture import GREY, ROLES, Picture, write

SYMBOL = 15.0  # points: symbols are read from afar
HIGH = 0.56  # of the boxes of the decoder
GAP = 0.38  # between two of them
LAYERS = (
    ("$\\tanh(W_c\\;\\cdot)$", "hidden", 1.45),
    ("output,\nsoftmax", "output", 1.1),
)
TAIL = 6.6  # from the middle of c_t to the right edge, without the new word
# Heights above the cards of the tokens: where h_t meets the encoder's states, the
# weights, where the ways to c_t begin, and the boxes of the decoder.
RAIL = 1.2
WEIGHTS = 1.72
WAYS = 1.9
MAIN = 3.25


def attention_wiring(
    source: Sequence[str],
    shares: Sequence[float],
    before: str,
    after: str,
    title: str,
) -> Picture:
    """Draw one step of a decoder with attention, from the word before to the next word.

    The decoder reads `before`, y_{t−1}. Its state h_t is scored with each state s_j of
    the encoder; the softmax gives the weights α_tj, `shares` (S,), one per token of the
    source, and the ways to their mean c_t are as wide. c_t and h_t side by side go
    through tanh(W_c ·), the output layer and a softmax: y_t, `after`. Raises ValueError
    for shares that are not as many as the tokens or do not sum to 1, and for texts that
    fit on no screen. Source: Luong et al. 2015, equation 5.

        drawings.attention_wiring(["he", "waits"], [0.9, 0.1], "BOS", "jeru", "A step")
    """
    shares = shares_of(source, shares)
    side = max(0.75, card_width(before) / 2 + 0.1)
    left = max(1.9, 2 * side)  # where the state goes down to the encoder's states
    xs, lift = _columns(source, left + 0.4)
    tail = TAIL + card_width(after)
    middle = max(xs[0], min(np.mean(xs), WIDEST - tail))
    beside = max(0.6, card_width(source[-1]) / 2)
    right = max(xs[-1] + beside, middle + tail)
    figure, axes = canvas(title, right, lift + MAIN + 0.75)
    _encoder(axes, xs, source, lift)
    _weigh(axes, xs, shares, left, lift)
    ways(axes, xs, shares, (lift + WAYS, lift + MAIN - HIGH / 2), middle)
    state = _decoder(axes, left - side, lift + MAIN, before)
    context = _box(axes, middle, state.y, "$c_t$", "value", BUNDLE)
    rail = ((left, lift + RAIL), (xs[-1], lift + RAIL))
    _write(axes, _state_ways(axes, state, context, rail), after)
    return figure


def _columns(source: Sequence[str], left: float) -> tuple[list[float], float]:
    """Return where the tokens stand, and how far a second row lifts the first one."""
    widest = max(map(card_width, source))
    step = max(0.8, widest + 0.1)
    lift = 0.3
    if left + step * len(source) > WIDEST:  # every other card stands lower
        step = max(0.62, widest / 2 + 0.1)
        lift = 0.8
    first = left + max(step, BUNDLE, widest) / 2 + 0.05
    return [first + step * i for i in range(len(source))], lift


def _encoder(
    axes: Axes, xs: Sequence[float], source: Sequence[str], lift: float
) -> None:
    """Draw the encoder's states above their tokens, in two rows if they are lifted."""
    for i, (x, token) in enumerate(zip(xs, source, strict=True)):
        word = card(axes, x, 0.3 if i % 2 else lift, token)
        state = layer(axes, x, lift + 0.72, "", "hidden", (0.5, 0.42))
        write(axes, *state[:2], f"$s_{{{i + 1}}}$", SYMBOL)
        arrow(axes, word.top, state.bottom)
        axes.plot([x, x], [state.top[1], lift + RAIL], color=INK, lw=1.4)


def _weigh(
    axes: Axes, xs: Sequence[float], shares: np.ndarray, left: float, lift: float
) -> None:
    """Draw how the scores become weights; what is done stands left of each row."""
    rail, weights = lift + RAIL, lift + WEIGHTS
    for x, share in zip(xs, shares, strict=True):
        dot = Circle((x, rail), 0.06, fc=ROLES["query"], ec="white", lw=1, zorder=3)
        axes.add_patch(dot)
        arrow(axes, (x, rail + 0.06), (x, weights - 0.12))
        write(axes, x, weights, f"{share:.2f}", TEXT).set_weight("bold")
    names = {0.72: "encoder", RAIL: "score", WEIGHTS: "softmax: $\\alpha_{tj}$"}
    for y, name in names.items():
        note(axes, left - 0.12, lift + y, name, "right", TEXT)


def _box(axes: Axes, x: float, y: float, name: str, role: str, wide: float) -> Area:
    """Draw a box of the decoder with its symbol."""
    area = layer(axes, x, y, "", role, (wide, HIGH))
    write(axes, x, y, name, SYMBOL if "$" in name else TEXT)
    return area


def _decoder(axes: Axes, x: float, y: float, before: str) -> Area:
    """Draw how the decoder reads a word; return its box."""
    state = _box(axes, x, y, "decoder", "query", 1.0)
    arrow(axes, (state.left[0] - 0.6, y), state.left)
    write(axes, state.left[0] - 0.35, y + 0.2, "$h_{t-1}$", SYMBOL)
    word = card(axes, x, y - 1.0, before)
    arrow(axes, word.top, state.bottom)
    write(axes, x + 0.1, y - 0.53, "$y_{t-1}$", SYMBOL, "left")
    return state


def _state_ways(
    axes: Axes, state: Area, context: Area, rail: Sequence[tuple[float, float]]
) -> Area:
    """Draw the two ways of the new state: to the encoder's states, and on.

    `rail`: where the first one turns, and where it ends. Return the end of the other.
    """
    color = ROLES["query"]
    (left, low), end = rail
    xs, ys = [state.x, left, left, end[0]], [state.y, state.y, low, low]
    axes.plot(xs, ys, color=color, lw=2.2, zorder=0)
    write(axes, left + 0.08, state.y - 0.7, "$h_t$", SYMBOL, "left")
    joined = _box(axes, context.x + BUNDLE, state.y, "$h_t$", "query", BUNDLE)
    level = state.top[1] + 0.3
    xs, ys = [state.x, state.x, joined.x], [state.top[1], level, level]
    axes.plot(xs, ys, color=color, lw=2.2)
    arrow(axes, (joined.x, level), joined.top, color=color).set_linewidth(2.2)
    return joined


def _write(axes: Axes, joined: Area, after: str) -> None:
    """Draw how the next word is made of both vectors, and where it goes."""
    area = joined
    for name, role, wide in LAYERS:
        x = area.right[0] + GAP + wide / 2
        box = _box(axes, x, area.y, name, role, wide)
        arrow(axes, area.right, box.left)
        area = box
    wide = card_width(after)
    word = card(axes, area.right[0] + GAP + wide / 2, area.y, after, "output")
    arrow(axes, area.right, word.left)
    write(axes, word.x, word.y + 0.42, "$y_t$", SYMBOL)
    x, y = word.right
    arrow(axes, (x, y), (x + 0.45, y), color=GREY).set_linewidth(1)
    note(axes, x + 0.5, y + 0.1, "is read in", "left")
    note(axes, x + 0.5, y - 0.1, "step $t+1$", "left")
