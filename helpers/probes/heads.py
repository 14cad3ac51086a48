"""Does a head of attention look where a known answer lies?

Arrays in, shares out; the rule to beat looks a fixed number of tokens to one side.
Built in notebooks/14_real_bert.ipynb.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from helpers.objectives.batching import IGNORE_INDEX


class Offset(NamedTuple):
    """A rule: look `offset` tokens to the right (negative: left), and its share."""

    offset: int
    share: float


def head_shares(weights: Tensor, gold: Tensor, mask: Tensor | None = None) -> Tensor:
    """Return for each layer and head how often its largest weight lies at the answer.

    weights (L, B, H, T, T), gold (B, T): the position where each token should look, or
    IGNORE_INDEX (−100) where it has no answer → shares (L, H) in [0, 1]. With `mask`
    (B, T) bool only these tokens count as answers, such as all but [CLS] and [SEP]. A
    token's own position never counts. Raises ValueError for shapes that do not fit, or
    if no token has an answer.
    Source: Clark et al. 2019, sec. 4.2. Built in notebooks/14_real_bert.ipynb.
    """
    _check(weights, gold)
    closed = torch.eye(gold.shape[1], dtype=torch.bool)  # (T, T)
    if mask is not None:
        if mask.dtype != torch.bool or mask.shape != gold.shape:
            given = f"mask {tuple(mask.shape)}, {mask.dtype}"
            raise ValueError(f"{given}; use {tuple(gold.shape)}, torch.bool")
        closed = closed | ~mask[:, None, None]  # (B, 1, T, T)
    found = weights.masked_fill(closed, -1).argmax(-1)  # (L, B, H, T)
    right = found == gold[:, None]  # never where the answer is IGNORE_INDEX
    return right.sum((1, 3)) / (gold != IGNORE_INDEX).sum()


def weight_on(weights: Tensor, targets: Tensor, queries: Tensor) -> Tensor:
    """Return how much of its weight each head puts on the targets, on average.

    weights (L, B, H, T, T); targets (B, T, T) bool: which position is a target for
    which query; queries (B, T) bool: which tokens count → shares (L, H) in [0, 1].
    Built in notebooks/14_real_bert.ipynb.
    """
    if not queries.any():
        raise ValueError("no query counts; give a mask with at least one True")
    on_targets = (weights * targets[:, None]).sum(-1)  # (L, B, H, T)
    on_targets = on_targets * queries[:, None]
    return on_targets.sum((1, 3)) / queries.sum()


def best_offset(gold: Tensor) -> Offset:
    """Return the fixed distance that is right most often: what a head has to beat.

    gold (B, T) as in `head_shares`. Of equally good ones, the nearest.
    Raises ValueError if no token has an answer, or one outside the text.
    """
    _check_answers(gold)
    distances = gold - torch.arange(gold.shape[1])  # (B, T)
    distances = distances[gold != IGNORE_INDEX]  # (n,)
    offsets, counts = distances.unique(return_counts=True)
    best = offsets[counts == counts.max()]
    nearest = best[best.abs().argmin()]
    return Offset(int(nearest), int(counts.max()) / len(distances))


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
    _check_answers(gold)


def _check_answers(gold: Tensor) -> None:
    answers = gold[gold != IGNORE_INDEX]
    if not len(answers):
        raise ValueError(f"no token has an answer; give one that is not {IGNORE_INDEX}")
    if answers.min() < 0 or answers.max() >= gold.shape[1]:
        raise ValueError(
            f"gold names positions {int(answers.min())} to {int(answers.max())}; a "
            f"text has positions 0 to {gold.shape[1] - 1}; {IGNORE_INDEX} is no answer"
        )


def prune(keep: Tensor, measure: Callable[[], np.ndarray]) -> list[np.ndarray]:
    """Silence heads one by one, always the one that is missed least.

    `keep` (H,) is the buffer of a MultiHeadAttention; `measure()` returns shares of
    right answers, and their mean decides. Returns H + 1 measurements, the first with
    all heads, the last with none; `keep` is all ones again afterwards.
    Source: Michel, Levy & Neubig 2019. Built in notebooks/07_self_attention.ipynb.
    """
    found = [measure()]
    try:
        while keep.any():
            tried = {}
            for head in keep.nonzero()[:, 0].tolist():  # those that still speak
                keep[head] = 0
                tried[head] = measure()
                keep[head] = 1
            least = max(tried, key=lambda head: np.mean(tried[head]))  # least missed
            keep[least] = 0
            found.append(tried[least])
    finally:  # also where a measurement stops
        keep.fill_(1)
    return found
