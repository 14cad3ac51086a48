"""Shares of right answers, with their standard errors."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np


class Share(NamedTuple):
    """A share of right answers with its standard error and count."""

    mean: float
    standard_error: float
    count: int


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
