"""How sure is a difference between two arms? Paired, with an interval.

Built in notebooks/02_rnn.ipynb.
"""

from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

DRAWS = 4000
LEVEL = 0.95
# 97.5 % of Student's t with 1, 2, ... degrees of freedom lie below these.
STUDENT = (12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622)


class Gap(NamedTuple):
    """A mean difference, the ends of its 95 % interval, and how many seeds it has."""

    mean: float
    low: float
    high: float
    seeds: int

    def __str__(self) -> str:
        return (
            f"{self.mean:+.3f} (95 % interval {self.low:+.3f} to {self.high:+.3f}, "
            f"{self.seeds} seeds)"
        )


def paired(first: Sequence, second: Sequence, draws: int = DRAWS) -> Gap:
    """Return the mean of first − second with its 95 % bootstrap interval.

    Shapes: both (seeds,), one score a run, or both (seeds, items), the scores of the
    same items. Seeds are drawn anew with replacement, then items, the same items for
    both arms and all seeds (Owen 2007, "The pigeonhole bootstrap"). A few seeds spread
    too little, so their part is stretched to the width of Student's t: of five normal
    seeds the bootstrap alone covers the truth in 84 % of tries, stretched in 95 %. The
    same scores give the same interval.
    Raises ValueError for unequal shapes, a score that is no finite number or one seed.
    """
    gaps = _differences(first, second)  # (seeds, items)
    n_seeds, n_items = gaps.shape
    mean = gaps.mean()
    random = np.random.default_rng(0)  # of its own: it moves no other stream
    drawn = _means_of_draws(gaps.mean(1), draws, random) - mean
    drawn *= _stretch(n_seeds)
    if n_items > 1:
        drawn += _means_of_draws(gaps.mean(0), draws, random) - mean
    tail = (1 - LEVEL) / 2
    low, high = mean + np.quantile(drawn, [tail, 1 - tail])
    return Gap(float(mean), float(low), float(high), n_seeds)


def _differences(first: Sequence, second: Sequence) -> np.ndarray:
    """Return first − second as (seeds, items)."""
    arrays = [np.asarray(scores, float) for scores in (first, second)]
    if arrays[0].shape != arrays[1].shape or arrays[0].ndim not in (1, 2):
        raise ValueError(
            f"scores {arrays[0].shape} and {arrays[1].shape} are not paired; give both "
            "as (seeds,), or both as (seeds, items) of the same items"
        )
    gaps = arrays[0] - arrays[1]
    if not np.isfinite(gaps).all():
        seeds = np.flatnonzero(~np.isfinite(gaps).reshape(len(gaps), -1).all(1))
        raise ValueError(f"runs {seeds.tolist()} have scores that are no finite number")
    if len(gaps) < 2 or not gaps.size:
        raise ValueError(f"{len(gaps)} seeds give no interval; measure at least two")
    return gaps.reshape(len(gaps), -1)


def _means_of_draws(
    values: np.ndarray, draws: int, random: np.random.Generator
) -> np.ndarray:
    """Return the mean of so many samples of `values`, each drawn with replacement."""
    n = len(values)
    return np.array([values[random.integers(n, size=n)].mean() for _ in range(draws)])


def _stretch(n: int) -> float:
    """Return how much wider Student's interval of n numbers is than the bootstrap's."""
    z = NormalDist().inv_cdf((1 + LEVEL) / 2)
    return _student(n - 1) / z * (n / (n - 1)) ** 0.5


def _student(freedom: int) -> float:
    """Return the quantile of Student's t that 97.5 % lie below."""
    if freedom <= len(STUDENT):
        return STUDENT[freedom - 1]
    z = NormalDist().inv_cdf((1 + LEVEL) / 2)
    # Abramowitz and Stegun 1964, 26.7.5: short by 0.003 or less from here on
    first = (z**3 + z) / (4 * freedom)
    second = (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
    return z + first + second
