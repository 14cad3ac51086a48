"""How far a mean over tokens may be off. Built in notebooks/00_start_here.ipynb."""

import math
from collections.abc import Sequence

import numpy as np


def standard_error(
    values: Sequence[float], lengths: Sequence[int] | None = None
) -> float:
    """Return the standard error of a mean; 0 where a value is infinite.

    `lengths` cuts the values into groups that hang together, as the tokens of a story
    do; then the groups are the independent units, and the mean is a ratio of two sums.
    Raises ValueError where the lengths do not add up to the number of values.
    """
    array = np.asarray(values, float)
    if lengths is not None and sum(lengths) != len(array):
        raise ValueError(f"{len(array)} values; the lengths add up to {sum(lengths)}")
    if len(array) < 2 or not np.isfinite(array).all():
        return 0.0
    if lengths is None:
        return array.std(ddof=1) / math.sqrt(len(array))
    groups = np.split(array - array.mean(), np.cumsum(lengths)[:-1])
    sums = np.array([group.sum() for group in groups])
    return math.sqrt((sums**2).sum() * len(sums) / (len(sums) - 1)) / len(array)
