"""Does a head of attention look where a known answer lies?

Arrays in, shares out; the rule to beat looks a fixed number of tokens to one side.
Built in notebooks/14_real_bert.ipynb.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

NOT_ASKED = -1  # a token that has no answer


class Offset(NamedTuple):
    """A rule: look `offset` tokens to the right (negative: left), and its share."""

    offset: int
    share: float


def head_shares(weights: Tensor, gold: Tensor, may: Tensor | None = None) -> Tensor:
    """Return for each layer and head how often its largest weight lies at the answer.

    weights (L, B, H, T, T), gold (B, T): the place where each token should look, or −1
    where nothing is asked → shares (L, H) in [0, 1]. With `may` (B, T) bool only these
    tokens count as places, such as all but [CLS] and [SEP]. A token's own place never
    counts. Raises ValueError for shapes that do not fit, or if nothing is asked.
    Source: Clark et al. 2019, sec. 4.2. Built in notebooks/14_real_bert.ipynb.
    """
    _check(weights, gold)
    closed = torch.eye(gold.shape[1], dtype=torch.bool)  # (T, T)
    if may is not None:
        closed = closed | ~may[:, None, None]  # (B, 1, T, T)
    found = weights.masked_fill(closed, -1).argmax(-1)  # (L, B, H, T)
    asked = gold != NOT_ASKED
    right = (found == gold[:, None]) & asked[:, None]
    return right.sum((1, 3)) / asked.sum()


def weight_on(weights: Tensor, targets: Tensor, queries: Tensor) -> Tensor:
    """Return how much of its weight each head puts on the targets, on average.

    weights (L, B, H, T, T); targets (B, T, T) bool: which place is a target for which
    query; queries (B, T) bool: which tokens are asked → shares (L, H) in [0, 1].
    Built in notebooks/14_real_bert.ipynb.
    """
    on = (weights * targets[:, None]).sum(-1)  # (L, B, H, T)
    return (on * queries[:, None]).sum((1, 3)) / queries.sum()


def best_offset(gold: Tensor) -> Offset:
    """Return the fixed distance that is right most often: what a head has to beat.

    gold (B, T) as in `head_shares`. Of equally good ones, the nearest.
    Raises ValueError if nothing is asked.
    """
    asked = gold != NOT_ASKED
    if not asked.any():
        raise ValueError("no token is asked; give gold with an entry that is not -1")
    away = (gold - torch.arange(gold.shape[1]))[asked]
    found, counts = away.unique(return_counts=True)
    near = min(
        zip((-counts).tolist(), found.abs().tolist(), found.tolist(), strict=True)
    )
    return Offset(near[2], -near[0] / len(away))


def best_head(shares: Tensor) -> tuple[int, int]:
    """Return (layer, head) with the largest share; choose it on other texts."""
    layer, head = divmod(int(shares.argmax()), shares.shape[1])
    return layer, head


def _check(weights: Tensor, gold: Tensor) -> None:
    if weights.dim() != 5 or gold.shape != weights.shape[1:4:2]:
        raise ValueError(
            f"weights {tuple(weights.shape)} and gold {tuple(gold.shape)}; give "
            "(L, B, H, T, T) and (B, T)"
        )
    if not (gold != NOT_ASKED).any():
        raise ValueError("no token is asked; give gold with an entry that is not -1")
    if gold.max() >= gold.shape[1] or gold.min() < NOT_ASKED:
        raise ValueError(
            f"gold names places {int(gold.min())} to {int(gold.max())}; a text has "
            f"places 0 to {gold.shape[1] - 1}, and -1 asks nothing"
        )


def prune(keep: torch.Tensor, measure: Callable[[], np.ndarray]) -> list[np.ndarray]:
    """Silence heads one by one, always the one that is missed least.

    `keep` (H,) is the buffer of a MultiHeadAttention; `measure()` returns shares of
    right answers, and their mean decides. Returns H + 1 measurements, the first with
    all heads, the last with none; `keep` is all ones again afterwards.
    Source: Michel, Levy & Neubig 2019. Built in notebooks/07_self_attention.ipynb.
    """
    left, found = list(range(len(keep))), [measure()]
    while left:
        tried = {}
        for head in left:
            keep[head] = 0
            tried[head] = measure()
            keep[head] = 1
        best = max(left, key=lambda head: float(np.mean(tried[head])))
        keep[best] = 0
        left.remove(best)
        found.append(tried[best])
    keep.fill_(1)
    return found
