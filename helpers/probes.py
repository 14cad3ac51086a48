"""Questions about what a model knows, with the answer known.

Built in notebooks/01_words_as_numbers.ipynb and notebooks/02_rnn.ipynb.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from helpers.objectives import pad
from helpers.tokenizers import BOS_ID


class Threshold(NamedTuple):
    """The best cut of a score, its accuracy, and what always guessing one side gets."""

    threshold: float
    accuracy: float
    majority: float


class Share(NamedTuple):
    """A share of right answers with its standard error and count."""

    mean: float
    standard_error: float
    count: int


def best_threshold(scores: Sequence[float], gold: Sequence[bool]) -> Threshold:
    """Find the threshold that best tells gold True (score above it) from False.

    Shapes: (n,), (n,). Raises ValueError if the lengths differ or are 0.
    Built in notebooks/01_words_as_numbers.ipynb.
    """
    scores, gold = np.asarray(scores, float), np.asarray(gold, bool)
    if scores.shape != gold.shape or not len(scores):
        raise ValueError(f"{scores.shape} scores and {gold.shape} answers do not match")
    cuts = np.concatenate([[-np.inf], np.unique(scores)])
    right = ((scores[None] > cuts[:, None]) == gold).mean(1)
    best = int(right.argmax())
    return Threshold(
        cuts[best], float(right[best]), float(max(gold.mean(), 1 - gold.mean()))
    )


def verb_choices(model: nn.Module, ids: dict[str, int], items: Sequence) -> np.ndarray:
    """Say for each agreement item whether the model prefers the right form of the verb.

    `items` have prefix, good and bad (see `corpora.tasks.agreement`); `ids` maps tokens
    to ids; `model(ids, mask)` returns logits (B, T, V). Returns booleans (n,).
    Source: Linzen, Dupoux & Goldberg 2016 (TACL 4). Built in notebooks/02_rnn.ipynb.
    """
    rows = [np.array([BOS_ID, *(ids[t] for t in item.prefix)]) for item in items]
    batch, mask = pad(rows)
    model.eval()
    with torch.no_grad():
        logits = model(batch, mask)  # (B, T, V)
    last = logits[torch.arange(len(rows)), mask.sum(1) - 1]  # (B, V)
    good = torch.tensor([ids[item.good] for item in items])[:, None]
    bad = torch.tensor([ids[item.bad] for item in items])[:, None]
    return (last.gather(1, good) > last.gather(1, bad))[:, 0].numpy()


def share_by(right: np.ndarray, items: Sequence, key: Callable) -> dict[object, Share]:
    """Group right answers by `key(item)`: {value: share of right ones}, sorted."""
    groups: dict[object, list[float]] = {}
    for ok, item in zip(right, items, strict=True):
        groups.setdefault(key(item), []).append(float(ok))
    return {k: share(groups[k]) for k in sorted(groups)}


def share(right: Sequence[float]) -> Share:
    """Return the mean of 0s and 1s with its binomial standard error."""
    mean = float(np.mean(right))
    return Share(mean, float(np.sqrt(mean * (1 - mean) / len(right))), len(right))
