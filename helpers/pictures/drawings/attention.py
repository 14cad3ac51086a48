"""Drawings of attention from a writer to a reader: one step, and all steps as a map.

Built in notebooks/06_attention.ipynb.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle

from helpers.pictures.drawings.blocks import block, block_size
from helpers.pictures.drawings.canvas import CARD, INK, TEXT, canvas, extent, short
from helpers.pictures.drawings.shapes import arrow, card, card_width, note
from helpers.pictures.drawings.shares import shares_of, ways
from helpers.pictures.picture import ROLES, Picture, numbers, write

ASIDE = 1.12  # left of the query: what is done in each row
RISE = 1.25  # height of the ways from the values to their mean


class Names(NamedTuple):
    """What the parts of a step are called."""

    query: str
    keys: str
    values: str
    mean: str


STATES = Names("decoder state", "encoder states", "the same states", "context")
PARTS = Names("query q", "keys k", "values v", "answer: their mean")


def attention_step(
    tokens: Sequence[str],
    shares: Sequence[float],
    title: str,
    query: Sequence[float] | None = None,
    keys: np.ndarray | None = None,
    values: np.ndarray | None = None,
) -> Picture:
    """Draw one step of attention; a way to the mean is as wide as its weight.

    `shares`: a weight per token, with sum 1. `query` (N,) and `keys` (S, N) are drawn
    as strips of their numbers; `values` (S, D) are mixed, without them the keys, which
    are then called states of an encoder. Scores are written where the shares are the
    softmax of q·k, or of that / √D (states: h·s, √N). Raises ValueError else.

        drawings.attention_step(["a", "b"], [0.88, 0.12], "A step",
                                [1, 1], [[2, 1], [0, 1]], [[0.2, 0.9], [0.7, 0.1]])
    """
    shares = shares_of(tokens, shares)
    query, keys, mixed = _vectors(len(tokens), query, keys, values)
    names = STATES if values is None else PARTS
    scores, score = _scores(shares, query, keys, "h · s" if values is None else "q · k")
    levels = _levels(keys, mixed, scores)
    wide = max(0.8, *map(card_width, tokens), block_size(keys)[0], block_size(mixed)[0])
    side = max(card_width(names.query), block_size(query)[0])
    first = ASIDE + side + 0.35 + wide / 2
    xs = [first + (wide + 0.2) * i for i in range(len(tokens))]
    middle = sum(xs) / len(xs)
    beside = xs[-1] + wide / 2 + 0.12  # where the names of the rows stand
    named = 0.0 if keys is None else max(map(extent, names[1:]))
    right = max(beside + named, middle + 0.75 + extent(names.mean)) + 0.05
    figure, axes = canvas(title, right, levels.top)
    _compare(axes, xs, levels, (ASIDE + side / 2, names.query), (query, keys))
    for x, token, share, said in zip(xs, tokens, shares, scores, strict=True):
        card(axes, x, 0.3, token)
        _weigh(axes, x, levels, share, said)
    _mix(axes, xs, levels, shares, mixed)
    _row_names(axes, levels, score)
    _object_names(axes, levels, names, (beside, middle), mixed)
    return figure


class Levels(NamedTuple):
    """How high the rows of a step lie."""

    keys: float  # lower edge
    rail: float  # where the query meets the keys
    weights: float
    values: float  # lower edge
    ways: float  # where the ways to the mean begin
    mean: float  # lower edge
    top: float


def _levels(keys: np.ndarray | None, mixed: np.ndarray | None, scores: list) -> Levels:
    """Return where the rows lie, from the tokens up."""
    below = 0.3 + CARD / 2 + 0.1
    rail = below + block_size(keys)[1] + 0.28
    weights = rail + (0.62 if scores[0] else 0.45)
    values = weights + 0.2
    ways = values + block_size(mixed)[1]
    mean = ways + RISE
    return Levels(
        below,
        rail,
        weights,
        values,
        ways,
        mean,
        mean + 0.2 + max(0.35, block_size(mixed)[1]),
    )


def _vectors(
    n: int,
    query: Sequence[float] | None,
    keys: np.ndarray | None,
    values: np.ndarray | None,
) -> tuple[np.ndarray | None, np.ndarray | None, np.ndarray | None]:
    """Return query, keys and what is mixed as arrays, checked; None without keys."""
    if query is None and keys is None and values is None:
        return None, None, None
    if query is None or keys is None:
        raise ValueError("give the query and the keys together, or neither")
    query = numbers("query", query, 1)
    keys = numbers("keys", keys, 2)
    if keys.shape != (n, len(query)):
        raise ValueError(
            f"keys have shape {keys.shape}; {n} tokens and a query of {len(query)} "
            f"numbers need {(n, len(query))}"
        )
    mixed = keys if values is None else numbers("values", values, 2)
    if len(mixed) != n:
        raise ValueError(f"{len(mixed)} values for {n} tokens; give a row for each")
    return query, keys, mixed


def _scores(
    shares: np.ndarray,
    query: np.ndarray | None,
    keys: np.ndarray | None,
    product: str,
) -> tuple[list[str], str]:
    """Return the scores and their formula, where the shares are the softmax of them."""
    if query is not None:
        letter = "D" if product == "q · k" else "N"
        scales = {product: 1.0, f"{product} / √{letter}": len(query) ** 0.5}
        for formula, scale in scales.items():
            scores = keys @ query / scale
            powers = np.exp(scores - scores.max())
            if np.allclose(powers / powers.sum(), shares, atol=2e-3):
                return [short(score) for score in scores], formula
    return [""] * len(shares), ""


def _compare(
    axes: Axes,
    xs: Sequence[float],
    levels: Levels,
    asks: tuple[float, str],
    vectors: tuple[np.ndarray | None, np.ndarray | None],
) -> None:
    """Draw how the query comes to every key."""
    query, keys = vectors
    x, name = asks
    start = card(axes, x, 0.3, name, "query").top
    color = ROLES["query"]
    if query is not None:
        most = max(1.0, np.abs(query).max(), np.abs(keys).max())
        start = block(axes, x, levels.keys, query, most).top
        for place, key in zip(xs, keys, strict=True):
            block(axes, place, levels.keys, key, most)
    axes.plot([x, x, xs[-1]], [start[1], levels.rail, levels.rail], color=color, lw=2.2)
    for place in xs:
        low = levels.keys + block_size(keys)[1]
        axes.plot([place, place], [low, levels.rail], color=INK, lw=1.4)
        dot = Circle((place, levels.rail), 0.06, fc=color, ec="white", lw=1, zorder=3)
        axes.add_patch(dot)


def _weigh(axes: Axes, x: float, levels: Levels, share: float, score: str) -> None:
    """Draw how a score becomes a weight."""
    arrow(axes, (x, levels.rail + 0.06), (x, levels.weights - 0.14))
    note(axes, x + 0.1, levels.rail + 0.24, score, "left").set_color(INK)
    write(axes, x, levels.weights, f"{share:.2f}", TEXT).set_weight("bold")


def _mix(
    axes: Axes,
    xs: Sequence[float],
    levels: Levels,
    shares: np.ndarray,
    mixed: np.ndarray | None,
) -> None:
    """Draw the values and their ways to the mean, each as wide as its share."""
    middle = sum(xs) / len(xs)
    ways(axes, xs, shares, (levels.ways, levels.mean), middle)
    if mixed is None:
        card(axes, middle, levels.mean + CARD / 2, "context", "value", 1.2)
        return
    most = max(1.0, np.abs(mixed).max())
    for x, value in zip(xs, mixed, strict=True):
        block(axes, x, levels.values, value, most)
    block(axes, middle, levels.mean, shares @ mixed, most)


def _row_names(axes: Axes, levels: Levels, score: str) -> None:
    """Write at the left what is done in each row."""
    note(axes, 0.05, levels.rail, "compare" if not score else score, "left", TEXT)
    weights = "softmax:\nweights" if score else "weights"
    note(axes, 0.05, levels.weights, weights, "left", TEXT)
    note(axes, 0.05, (levels.ways + levels.mean) / 2, "mix", "left", TEXT)


def _object_names(
    axes: Axes,
    levels: Levels,
    names: Names,
    places: tuple[float, float],
    mixed: np.ndarray | None,
) -> None:
    """Write at the right what the strips are; the context stands in the middle."""
    if mixed is None:
        return
    beside, middle = places
    wide, high = block_size(mixed)
    note(axes, beside, (levels.keys + levels.rail - 0.28) / 2, names.keys, "left")
    note(axes, beside, levels.values + high / 2, names.values, "left")
    note(axes, middle + wide / 2 + 0.12, levels.mean + high / 2, names.mean, "left")
