"""Shares of right answers, with their standard errors.

Built in notebooks/02_rnn.ipynb.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np


class Share(NamedTuple):
    """A share of right answers with its standard error and count."""

    mean: float
    standard_error: float
    count: int


def share(right: Sequence[float]) -> Share:
    """Return the mean of 0s and 1s with its binomial standard error."""
    n = len(right)
    if not n:
        raise ValueError("0 answers have no share of right ones; give at least one")
    mean = float(np.mean(right))
    error = float(np.sqrt(mean * (1 - mean) / n))  # the variance of one answer, over n
    return Share(mean, error, n)
