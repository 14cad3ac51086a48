"""A recurrent network as a loop, unrolled over a text, and the way back.

Built in notebooks/02_rnn.ipynb.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from helpers.pictures.drawings.canvas import CARD, SMALL, TEXT, canvas, extent, short
from helpers.pictures.drawings.shapes import (
    Area,
    arrow,
    card,
    card_width,
    gradient,
    layer,
    note,
)
from helpers.pictures.drawings.vectors import strip
from helpers.pictures.picture import ROLES, Picture, numbers, write

MOST = 6  # units of a state that are drawn


def unrolled(tokens: Sequence[str], states: np.ndarray, title: str) -> Picture:
    """Draw a recurrent network as a loop and, beside it, unrolled over the tokens.

    Each state is a strip of its own numbers: `states`, shape (T, N), without h_0; of
    more than six units the first six. Every copy has the same W_x and W_h.
    Raises ValueError for no tokens, and where the states are not as many.

        drawings.unrolled(["the", "key"], [[0.2, -0.9], [0.7, 0.1]], "A loop, twice")
    """
    states = _states(tokens, states)
    step = _step(tokens)
    first = 4.2  # where the first copy stands
    rows = states.shape[1]
    figure, axes = canvas(title, first + step * (len(tokens) - 1) + 0.8, 2.6)
    y = 1.55
    _loop(axes, 0.8, y, rows)
    write(axes, 2.35, y, "=", 28)
    before = _state(axes, first - 1.15, y, np.zeros(rows))
    note(axes, before.x, y + before.height / 2 + 0.16, "$h_0$", size=TEXT)
    for t, token in enumerate(tokens):
        state = _copy(axes, first + step * t, y, token, states[t], t)
        arrow(axes, before.right, state.left, "$W_h$")
        before = state
    return figure


def language_model(
    tokens: Sequence[str],
    states: np.ndarray,
    targets: Sequence[str],
    shares: Sequence[float],
    title: str,
) -> Picture:
    """Draw a recurrent language model, unrolled: at every token a guess and its loss.

    `targets[t]` is the token that comes next, `shares[t]` the probability that the
    model gave it, above 0; its loss is −log of that, and the loss of the text is the
    mean. `states` as in `unrolled`.
    Raises ValueError where they are not as many as the tokens, or a share is 0.
    """
    states = _states(tokens, states)
    given = _given(tokens, targets, shares)
    losses = -np.log(given)
    guesses = [
        f"{token}: {short(p, 2)}" for token, p in zip(targets, given, strict=True)
    ]
    wide = max(1.4, *(extent(guess, TEXT) + 0.3 for guess in guesses))
    step = max(_step(tokens), wide + 0.3)
    last = 1.4 + step * (len(tokens) - 1)
    figure, axes = canvas(title, last + wide / 2 + 0.2, 4.6)
    before = _state(axes, 0.3, 1.45, np.zeros(states.shape[1]))
    for t, token in enumerate(tokens):
        x = 1.4 + step * t
        state = _state(axes, x, 1.45, states[t])
        word = card(axes, x, CARD / 2 + 0.02, token)
        arrow(axes, word.top, state.bottom, "$W_x$")
        arrow(axes, before.right, state.left, "$W_h$")
        guess = layer(axes, x, 2.75, guesses[t], "output", (wide, 0.5))
        arrow(axes, state.top, guess.bottom, "$W_y$")
        cost = layer(axes, x, 3.55, f"−log = {short(losses[t], 2)}", "gradient")
        arrow(axes, guess.top, cost.bottom)
        before = state
    mean = f"loss of the text: their mean, {short(losses.mean(), 2)}"
    note(axes, (1.4 + last) / 2, 4.2, mean, size=TEXT)
    return figure


def _given(
    tokens: Sequence[str], targets: Sequence[str], shares: Sequence[float]
) -> np.ndarray:
    """Return the probabilities, one above 0 for every token."""
    given = numbers("shares", shares, 1)
    if not len(tokens) == len(targets) == len(given):
        raise ValueError(
            f"{len(tokens)} tokens, {len(targets)} targets, {len(given)} shares"
        )
    if given.min() <= 0:
        raise ValueError(f"a share is {given.min()}; its loss would be infinite")
    return given


def backprop_through_time(
    tokens: Sequence[str],
    states: np.ndarray,
    sizes: Sequence[float],
    shares: Sequence[float],
    loss: float,
    title: str,
) -> Picture:
    """Draw the unrolled network with its gradients: dashed, backwards, with numbers.

    `sizes[t]` is the size of ∂loss/∂h_t, written on the arrow back to the state;
    `shares[t]` is what step t adds to ∂loss/∂W_h, and the shares are summed. Where a
    state has one unit, the matrix is one number, w, and each arrow back has its factor:
    w times the slope of the tanh, 1 − h².
    Raises ValueError where states, sizes and shares are not as many as the tokens.

        drawings.backprop_through_time(["the", "key"], [[0.2], [0.7]], [0.1, 0.5],
                                       [0.0, 0.1], 1.3, "Two steps back")
    """
    states = _states(tokens, states)
    sizes, shares = _of_each(tokens, sizes, shares)
    step = max(1.7, _step(tokens))
    right = 0.35 + step * len(tokens)
    y = 1.75
    figure, axes = canvas(title, right + step + 0.6, y + 1.85)
    before = _state(axes, 0.35, y, np.zeros(states.shape[1]))
    weight = "w" if states.shape[1] == 1 else "W_h"
    note(axes, before.x, y - before.height / 2 - 0.16, "$h_0$", size=TEXT)
    for t, token in enumerate(tokens):
        state = _copy(axes, 0.35 + step * (t + 1), y, token, states[t], t)
        size = None if t == 0 else sizes[t - 1]
        _both_ways(axes, before, state, size, weight, _factor(states[t]))
        x = state.x - step / 2
        gradient(axes, (x, y + 0.42), (x, 3.0), short(shares[t], 3))
        before = state
    error = layer(axes, right + step, y, f"loss L\n{loss:.2f}", "output", (1.0, 0.7))
    _both_ways(axes, before, error, sizes[-1])
    _sum(axes, (0.35 + step, right), shares, weight)
    return figure


def _of_each(
    tokens: Sequence[str], sizes: Sequence[float], shares: Sequence[float]
) -> tuple[np.ndarray, np.ndarray]:
    """Return sizes and shares, one of each for every token."""
    n = len(tokens)
    if not n == len(sizes) == len(shares):
        raise ValueError(f"{n} tokens, {len(sizes)} sizes, {len(shares)} shares")
    return numbers("sizes", sizes, 1), numbers("shares", shares, 1)


def _sum(
    axes: Axes, ends: tuple[float, float], shares: np.ndarray, weight: str
) -> None:
    """Draw the gradient of the one matrix: the sum of what the steps add."""
    first, right = ends
    text = " + ".join(short(share, 3) for share in shares).replace("+ −", "− ")
    if len(shares) > 2 and extent(text, TEXT) > right - 1.5:
        text = f"the sum of {len(shares)} shares"
    whole = (
        rf"$\partial L\,/\,\partial {weight}$  =  {text}  =  {short(shares.sum(), 3)}"
    )
    wide = max(right - first + 1.9, extent(text) + 2.4)
    layer(axes, first - 1.2 + wide / 2, 3.25, whole, "gradient", (wide, 0.45))


def _both_ways(
    axes: Axes,
    before: Area,
    after: Area,
    size: float | None,
    weight: str = "",
    factor: str = "",
) -> None:
    """Draw the way of the numbers and, below it, the way of the gradient."""
    left, y = before.right
    right = after.left[0]
    arrow(axes, (left, y + 0.12), (right, y + 0.12), weight and f"${weight}$")
    if size is not None:
        gradient(axes, (right, y - 0.15), (left, y - 0.15))
        for below, words in ((0.32, short(size, 3)), (0.56, factor)):
            text = note(axes, (left + right) / 2, y - below, words)
            text.set_color(ROLES["gradient"])


def _factor(values: np.ndarray) -> str:
    """Return what a step back multiplies by, if a state has one unit."""
    slope = short(1 - values[0] ** 2, 2)
    return f"$\\times\\; w \\times$ {slope}" if len(values) == 1 else ""


def _states(tokens: Sequence[str], states: np.ndarray) -> np.ndarray:
    """Return the first units of the states, the largest number being 1 or less."""
    if not len(tokens):
        raise ValueError("there are no tokens to unroll the loop over; give some")
    states = numbers("states", states, 2)
    if len(states) != len(tokens):
        raise ValueError(f"{len(tokens)} tokens and {len(states)} states: as many")
    states = states[:, :MOST]
    return states / max(1.0, float(np.abs(states).max()))


def _state(axes: Axes, x: float, y: float, values: np.ndarray) -> Area:
    """Draw a state as an upright strip; one unit alone is as high as two."""
    return strip(axes, x, y, values, (0.36, max(0.26, 0.52 / len(values))), "upright")


def _step(tokens: Sequence[str]) -> float:
    """Return how far two copies stand apart."""
    return max(1.25, *(card_width(token) + 0.15 for token in tokens))


def _copy(
    axes: Axes,
    x: float,
    y: float,
    token: str,
    values: np.ndarray,
    t: int,
) -> Area:
    """Draw one copy of the network: the token, W_x, the state as a strip.

    The value of a single unit is written above it.
    """
    state = _state(axes, x, y, values)
    word = card(axes, x, CARD / 2 + 0.02, token)
    arrow(axes, word.top, state.bottom, "$w_x$" if len(values) == 1 else "$W_x$")
    value = f" = {short(values[0], 2)}" if len(values) == 1 else ""
    note(axes, x, state.top[1] + 0.16, f"$h_{{{t + 1}}}${value}", size=TEXT)
    return state


def _loop(axes: Axes, x: float, y: float, rows: int) -> None:
    """Draw the network once, with the arrow that leads back into it."""
    size = (0.36, max(0.52, 0.26 * rows))
    state = layer(axes, x, y, "$h_t$", "hidden", size)
    word = card(axes, x, CARD / 2 + 0.02, "a token")
    arrow(axes, word.top, state.bottom, "$W_x$")
    start = (x + size[0] / 2, y + 0.2)
    arrow(axes, start, (x + size[0] / 2, y - 0.2), bend=-1.9)
    write(axes, x + 0.72, y, "$W_h$", SMALL, "left")
