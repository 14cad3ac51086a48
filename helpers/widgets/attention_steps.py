"""One head of attention, step by step, on real numbers.

Built in notebooks/07_self_attention.ipynb.
"""

from collections.abc import Sequence

import numpy as np

from helpers.pictures.picture import Picture, picture
from helpers.widgets.shell import View, finite, labels


def attention_steps(
    q, k, v, tokens: Sequence[str], mask=None, query: int | None = None
) -> View:
    """Show softmax(q kᵀ / √d) v for one query at a time, with every number.

    Shapes: q, k (T, d), v (T, d_v), one row per token, 2 ≤ T ≤ 20; mask (T, T) bool,
    True = may be looked at. `query` is chosen first. The page computes the steps
    itself and carries our results; its largest difference stands in the attribute
    data-deviation. Raises ValueError for NaN, shapes that do not fit, or a query that
    may look nowhere. Source: Vaswani et al. 2017, eq. 1.
    """
    tokens = labels("tokens", tokens, 2, 20)
    n = len(tokens)
    q = finite("q", q, (n, None))
    k = finite("k", k, (n, q.shape[1]))
    v = finite("v", v, (n, None))
    may = _allowed(mask, tokens)
    query = n - 1 if query is None else query
    if not 0 <= query < n:
        raise ValueError(f"query={query}; choose 0 to {n - 1}")
    scores = q @ k.T
    open_ = np.where(may, scores / np.sqrt(q.shape[1]), -np.inf)
    weights = np.exp(open_ - open_.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    arrays = {"q": q, "k": k, "v": v, "scores": scores, "weights": weights}
    arrays |= {"out": weights @ v} | ({} if mask is None else {"mask": may * 1.0})
    params = {
        "title": "Attention, step by step",
        "idea": "Turn off the division by √d: does the softmax get sharper?",
        "tokens": tokens,
        "query": query,
    }
    rows = [["key", "q·k", "q·k / √d", "weight"]]
    for j in range(n):
        numbers = scores[query, j], scores[query, j] / q.shape[1] ** 0.5
        rows.append([tokens[j], *map(float, numbers), float(weights[query, j])])
    static = _static(tokens, query, scores[query], weights[query])
    return View("attention_steps", params, arrays, static, rows)


def _allowed(mask, tokens: Sequence[str]) -> np.ndarray:
    """Return the mask (T, T); refuse one with a query that may look nowhere."""
    n = len(tokens)
    may = np.ones((n, n), bool)
    if mask is not None:
        may = finite("mask", mask, (n, n)) > 0.5
    if not may.any(-1).all():
        blind = int((~may.any(-1)).argmax())
        raise ValueError(
            f"query {blind} ({tokens[blind]!r}) may look nowhere; let each row of the "
            "mask hold at least one True"
        )
    return may


def _static(tokens, query: int, scores, weights) -> Picture:
    """Draw scores and weights of one query as two rows of bars."""
    name = tokens[query].replace("$", r"\$")
    figure, axes = picture(f"“{name}” looks: scores, then weights", (9, 4.6))
    x = np.arange(len(tokens))
    axes.bar(x - 0.2, scores, 0.4, color="#D55E00", label="score q·k", hatch="//")
    right = axes.twinx()
    right.bar(x + 0.2, weights, 0.4, color="#0072B2", label="weight")
    right.set(ylim=(0, 1), ylabel="weight")
    axes.set_xticks(x, [t.replace("$", r"\$")[:12] for t in tokens])
    axes.set_ylabel("score")
    axes.grid(axis="x", visible=False)
    figure.legend(loc="outside upper right", ncols=2)
    return figure.caption("The softmax turns scores into weights that sum to 1.")
