"""A finite-state machine along a text, with the numbers of the forward algorithm.

Built in notebooks/00_start_here.ipynb.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle

from helpers.pictures.drawings.canvas import INK, SMALL, TEXT, Point, canvas, extent
from helpers.pictures.drawings.shapes import arrow, card, card_width, note, pale
from helpers.pictures.drawings.vectors import chances
from helpers.pictures.picture import DARK_GREY, Picture, numbers, plain, write

STEP = 2.2  # from one token to the next
ROW = 1.35  # from one state to the next
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

    An arrow has the number of its arc: P(token, next state | state). A circle holds
    P(tokens so far, this state), the sum over the arrows that lead there, and below the
    cards stands their sum. `moves`, shape (1 + S, S): the row of the start, then a row
    per state; `says` maps each token to its probability in every state. Right:
    P(next | tokens). Raises ValueError for other shapes, unknown tokens and rows that
    do not sum to 1.

        drawings.two_paths(["crane"], ["bird", "tool"], [[0.5, 0.5], [0, 1], [1, 0]],
                           {"crane": [0.1, 0.3], "duck": [0.9, 0.7]}, "Two paths")
    """
    moves, spoken = _checked(tokens, states, moves, says)
    forward = _forward(tokens, moves, spoken)
    rows = max(1, np.count_nonzero(forward, 1).max())  # of states at one token
    xs = [STEP * t + 1.9 for t in range(len(tokens))]
    bars = max(map(extent, says)) + BAR + 0.8
    height = max(ROW * rows + 0.75, 0.3 * len(says) + 0.4)
    figure, axes = canvas(title, xs[-1] + 1.7 + bars, height)
    middle = height - 0.5 - ROW * (rows - 1) / 2
    before = {-1: _start(axes, middle)}
    for t, token in enumerate(tokens):
        there = _column(forward[t], xs[t], middle)
        _paths(axes, before, there, moves * spoken[token])
        for s, place in there.items():
            _state(axes, place, forward[t, s], states[s])
        card(axes, xs[t], 0.43, token, width=max(1.0, card_width(token)))
        note(axes, xs[t], 0.1, f"P so far: {forward[t].sum():.2g}").set_weight("bold")
        before = there
    note(axes, xs[-1] + 1.7, height - 0.15, "what comes next?", "left")
    corner = (xs[-1] + 1.7, height - 0.5)
    chances(axes, corner, _after(forward[-1], moves, spoken), LIT, BAR)
    return figure


def _column(shares: np.ndarray, x: float, middle: float) -> dict[int, Point]:
    """Return the places of the states that are possible at one token."""
    used = np.flatnonzero(shares).tolist()
    top = middle + ROW * (len(used) - 1) / 2
    return {s: (x, top - ROW * row) for row, s in enumerate(used)}


def _start(axes: Axes, y: float) -> Point:
    """Draw where all paths begin; return the place."""
    axes.add_patch(Circle((0.35, y), 0.1, fc=INK, zorder=3))
    note(axes, 0.35, y - 0.25, "start")
    return 0.35, y


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
    """Return P(next token | tokens) where it is not 0, the most probable first."""
    if not last.sum():
        return {}
    state = last @ moves[1:] / last.sum()
    shares = {word: float(state @ row) for word, row in spoken.items()}
    best = sorted(shares, key=lambda word: -shares[word])
    return {word: shares[word] for word in best if shares[word]}


def _paths(
    axes: Axes,
    before: Mapping[int, Point],
    after: Mapping[int, Point],
    arcs: np.ndarray,
) -> None:
    """Draw an arrow for each arc that can be taken, with its probability."""
    for i, start in before.items():
        for j, end in after.items():
            share = arcs[i + 1, j]
            if not share:
                continue
            across = end[0] - start[0]
            up = end[1] - start[1]
            cut = ROUND / float(np.hypot(across, up))  # at the rim of a state
            leave = cut if i >= 0 else 0.0
            rim = (start[0] + leave * across, start[1] + leave * up)
            arrow(axes, rim, (end[0] - cut * across, end[1] - cut * up))
            place = (start[0] + 0.4 * across, start[1] + 0.4 * up)
            label = write(axes, *place, f"× {share:.2g}", SMALL)
            label.set_bbox({"boxstyle": "round,pad=0.1", "fc": "white", "lw": 0})
            label.set_color(DARK_GREY)


def _state(axes: Axes, place: Point, share: float, name: str) -> None:
    """Draw a state with P(tokens so far, state)."""
    style = {"fc": pale(LIT, 0.35), "ec": INK, "lw": 1.6, "zorder": 3}
    axes.add_patch(Circle(place, ROUND, **style))
    x, y = place
    write(axes, x, y, f"{share:.2g}", TEXT).set(zorder=4, weight="bold")
    note(axes, x, y - ROUND - 0.15, plain(name)).set_color(INK)
