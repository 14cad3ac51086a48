"""One head of attention, step by step, on real numbers.

Built in notebooks/07_self_attention.ipynb.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from helpers.pictures.picture import ROLES, Picture, set_title
from helpers.widgets.checks import index
from helpers.widgets.shell import View, finite, labels
from helpers.widgets.stills import plain, plain_names


def attention_steps(
    q: ArrayLike,
    k: ArrayLike,
    v: ArrayLike,
    tokens: Sequence[str],
    mask: ArrayLike | None = None,
    query: int | None = None,
) -> View:
    """Show softmax(q kᵀ / √d) v for one query at a time, with every number.

    Shapes: q, k (T, d), v (T, d_v), one row per token, 2 ≤ T ≤ 20; mask (T, T) bool,
    True = may be looked at. `query` is chosen first. The page computes all steps; its
    largest difference from ours is data-deviation. Raises ValueError for NaN, other
    shapes, or a query that may look nowhere. Source: Vaswani et al. 2017, eq. 1.
    """
    tokens = labels("tokens", tokens, 2, 20)
    n = len(tokens)
    q = finite("q", q, (n, None))
    k = finite("k", k, q.shape)
    v = finite("v", v, (n, None))
    query = n - 1 if query is None else index("query", query, n)
    arrays = {"q": q, "k": k, "v": v}
    scores = q @ k.T  # (T, T)
    scaled = scores / np.sqrt(q.shape[1])
    if mask is not None:
        mask = _checked_mask(mask, tokens)
        arrays["mask"] = mask * 1.0
    weights = _softmax(scaled, mask)
    arrays |= {"scores": scores, "weights": weights, "out": weights @ v}
    params = {
        "title": "Attention, step by step",
        "idea": "Turn off the division by √d: does the softmax get sharper?",
        "tokens": tokens,
        "query": query,
    }
    numbers = np.stack([scores, scaled, weights], -1)[query]  # (T, 3)
    rows = [["key", "q·k", "q·k / √d", "weight"]]
    rows += zip(tokens, *numbers.T.tolist(), strict=True)
    still = _still_picture(tokens, query, numbers)
    return View("attention_steps", params, arrays, still, rows)


def _checked_mask(mask: ArrayLike, tokens: Sequence[str]) -> np.ndarray:
    """Return the mask (T, T) bool; refuse one with a query that may look nowhere."""
    allowed = finite("mask", mask, (len(tokens), len(tokens))) > 0.5
    for token, row in zip(tokens, allowed, strict=True):
        if not row.any():
            raise ValueError(
                f"the query {token!r} may look nowhere; let each row of the mask hold "
                "at least one True"
            )
    return allowed


def _softmax(scores: np.ndarray, mask: np.ndarray | None) -> np.ndarray:
    """Return weights (T, T): each row sums to 1, 0 where the mask is False."""
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    return weights / weights.sum(-1, keepdims=True)


def _still_picture(tokens: Sequence[str], query: int, numbers: np.ndarray) -> Picture:
    """Draw the three numbers of each key, (T, 3), as bars in three rows."""
    name = plain(tokens[query], 40)
    figure = Picture(figsize=(9, 5.6), layout="constrained")
    rows = figure.subplots(3, 1, sharex=True)
    set_title(figure, rows[0], f"“{name}” looks: scores, divided, weights")
    x = np.arange(len(tokens))
    labels = ("q·k", "q·k / √d", "weight")
    roles = ("key", "key", "query")
    for axes, values, label, role in zip(rows, numbers.T, labels, roles, strict=True):
        bars = axes.bar(x, values, 0.6, color=ROLES[role])
        axes.bar_label(bars, [f"{value:.2f}" for value in values], fontsize=11)
        axes.set_ylabel(label)
        axes.margins(y=0.25)
        axes.grid(axis="x", visible=False)
    rows[2].set_ylim(0, 1.2)
    rows[2].set_yticks([0, 0.5, 1])
    rows[2].set_xticks(x, plain_names(tokens))
    return figure.caption("The softmax turns the middle row into weights with sum 1.")
