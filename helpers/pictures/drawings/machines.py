"""A finite-state machine along a text, with the numbers of the forward algorithm.

Built in notebooks/00_start_here.ipynb.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle

from helpers.pictures.drawings.shapes import (
    INK,
    SMALL,
    TEXT,
    Point,
    arrow,
    canvas,
    card,
    card_width,
    extent,
    note,
    pale,
)
from helpers.pictures.picture import DARK_GREY, Picture, numbers, plain, write

STEP = 2.2  # from one token to the next
ROW = 1.25  # from one state to the next
ROUND = 0.43  # radius of a state
LIT = "model"
BAR = 1.3  # length of a bar of probability 1


def two_paths(
    tokens: Sequence[str],
    states: Sequence[str],
    moves: np.ndarray,
    says: Mapping[str, Sequence[float]],
    title: str,
) -> Picture:
    """Draw every path of a machine through a text, and what it says comes next.

    Each circle holds P(tokens so far, this state): the sum over the arrows that lead
    there, times the probability that this state says the token. The cards below hold
    their sum. `moves`, shape (1 + S, S): the row of the start, then a row per state;
    `says` maps each token to its probability in every state. Right: P(next | tokens).
    Raises ValueError for other shapes, unknown tokens and rows that do not sum to 1.

        drawings.two_paths(["the", "crane"], ["bird", "machine"],
                           [[0.5, 0.5], [1, 0], [0, 1]],
                           {"the": [0.5, 0.5], "crane": [0.1, 0.3], ...}, "Two paths")
    """
    moves, spoken = _checked(tokens, states, moves, says)
    forward = _forward(tokens, moves, spoken)
    n = len(tokens)
    left = max(1.0, *(extent(name, TEXT) for name in states)) + 0.3
    xs = [left + 1.35 + STEP * t for t in range(n)]
    right = xs[-1] + 1.75
    bars = max(extent(word, TEXT) for word in says) + BAR + 0.8
    rows = len(states)
    height = ROW * rows + 0.65
    figure, axes = canvas(title, right + bars, max(height, 0.3 * len(says) + 0.7))
    ys = [height - 0.5 - ROW * s for s in range(rows)]
    start = (left + 0.1, sum(ys) / rows)
    for name, y in zip(states, ys, strict=True):
        write(axes, 0.05, y, plain(name), TEXT, "left").set_weight("bold")
    for t, token in enumerate(tokens):
        before = [start] if t == 0 else [(xs[t - 1], y) for y in ys]
        shares = moves[:1] if t == 0 else moves[1:]
        _paths(axes, before, [(xs[t], y) for y in ys], shares)
        for s, y in enumerate(ys):
            _state(axes, (xs[t], y), spoken[token][s], forward[t, s])
        card(axes, xs[t], 0.4, token, width=max(1.0, card_width(token)))
        note(axes, xs[t], 0.08, f"P so far: {forward[t].sum():.2g}").set_weight("bold")
    axes.add_patch(Circle(start, 0.1, fc=INK, zorder=3))
    _next(axes, right, height, says, _after(forward[-1], moves, spoken))
    return figure


def _checked(
    tokens: Sequence[str],
    states: Sequence[str],
    moves: np.ndarray,
    says: Mapping[str, Sequence[float]],
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return moves and says as arrays; raise ValueError where they do not fit."""
    moves = numbers("moves", moves, 2)
    size = len(states)
    if not len(tokens) or moves.shape != (size + 1, size):
        raise ValueError(
            f"{len(tokens)} tokens, {size} states, moves {moves.shape}: give a token "
            "or more, and a row of moves for the start and for each state"
        )
    unknown = [token for token in tokens if token not in says]
    if unknown:
        raise ValueError(f"says gives no probabilities for {unknown[0]!r}")
    spoken = {word: numbers(repr(word), row, 1) for word, row in says.items()}
    for word, row in spoken.items():
        if row.shape != (size,):
            raise ValueError(f"{word!r} has {row.size} probabilities, not {size}")
    sums = [*moves.sum(1), *sum(spoken.values())]
    if not np.allclose(sums, 1):
        raise ValueError(f"moves, and says in each state, must sum to 1, not {sums}")
    return moves, spoken


def _forward(
    tokens: Sequence[str], moves: np.ndarray, spoken: Mapping[str, np.ndarray]
) -> np.ndarray:
    """Return P(tokens up to t, state at t), shape (T, S): the forward algorithm."""
    rows = [moves[0] * spoken[tokens[0]]]
    for token in tokens[1:]:
        rows.append(rows[-1] @ moves[1:] * spoken[token])
    return np.array(rows)


def _after(
    last: np.ndarray, moves: np.ndarray, spoken: Mapping[str, np.ndarray]
) -> dict[str, float]:
    """Return P(next token | tokens), the most probable first; nothing if P is 0."""
    if not last.sum():
        return {}
    state = last @ moves[1:] / last.sum()
    shares = {word: float(state @ row) for word, row in spoken.items()}
    return dict(sorted(shares.items(), key=lambda item: -item[1]))


def _paths(
    axes: Axes, before: Sequence[Point], after: Sequence[Point], shares: np.ndarray
) -> None:
    """Draw an arrow for each move that can happen, with its probability."""
    for start, row in zip(before, shares, strict=True):
        for end, share in zip(after, row, strict=True):
            if not share:
                continue
            across = end[0] - start[0]
            up = end[1] - start[1]
            cut = ROUND / float(np.hypot(across, up))  # at the rim of a state
            leave = cut if len(before) > 1 else 0.0
            rim = (start[0] + leave * across, start[1] + leave * up)
            arrow(axes, rim, (end[0] - cut * across, end[1] - cut * up))
            place = (start[0] + 0.36 * across, start[1] + 0.36 * up)
            label = write(axes, *place, f"× {share:.2g}", SMALL)
            label.set_bbox({"boxstyle": "round,pad=0.1", "fc": "white", "lw": 0})
            label.set_color(DARK_GREY)


def _state(axes: Axes, place: Point, said: float, share: float) -> None:
    """Draw a state: what it says the token with, below P(tokens so far, state)."""
    style = {"fc": pale(LIT, 0.35), "ec": INK, "lw": 1.6, "zorder": 3}
    axes.add_patch(Circle(place, ROUND, **style))
    x, y = place
    write(axes, x, y + 0.14, f"× {said:.2g}", SMALL).set(zorder=4, color=DARK_GREY)
    write(axes, x, y - 0.1, f"{share:.2g}", TEXT).set(zorder=4, weight="bold")


def _next(
    axes: Axes,
    left: float,
    height: float,
    says: Mapping[str, Sequence[float]],
    shares: Mapping[str, float],
) -> None:
    """Draw the distribution of the next token as bars with their numbers."""
    note(axes, left - 0.35, height - 0.15, "what comes next?", "left")
    longest = max(extent(word, TEXT) for word in says)
    for i, (word, share) in enumerate(shares.items()):
        y = height - 0.5 - 0.3 * i
        write(axes, left + longest, y, plain(word), TEXT, "right")
        axes.barh(y, BAR * share, 0.18, left + longest + 0.1, color=pale(LIT, 0.8))
        note(axes, left + longest + 0.16 + BAR * share, y, f"{share:.2f}", "left")
