"""Weights that share out 1, and ways to their mean that are as wide as they are."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from helpers.pictures.picture import ROLES, numbers

BUNDLE = 1.0  # width of all ways together where they meet


def shares_of(tokens: Sequence[str], shares: Sequence[float]) -> np.ndarray:
    """Return the weights, one for each token.

    Raises ValueError for another number of them, one below 0, and another sum than 1.
    """
    if len(tokens) != len(shares) or not len(tokens):
        raise ValueError(f"{len(tokens)} tokens need as many shares: {len(shares)}")
    shares = numbers("shares", shares, 1)
    if shares.min() < 0:
        raise ValueError(f"a share is {shares.min():g}; give shares from 0 to 1")
    if abs(shares.sum() - 1) > 0.01:
        raise ValueError(
            f"the shares sum to {shares.sum():.3g}; a mean needs a sum of 1"
        )
    return shares


def ways(
    axes: Axes,
    xs: Sequence[float],
    shares: np.ndarray,
    rows: tuple[float, float],
    middle: float,
) -> None:
    """Draw ways up from the places xs to their mean, each as wide as its share.

    `rows`: where they begin and end; at the end the bundle is around x = `middle`.
    """
    low, high = rows
    half = (low + high) / 2
    begin = middle - BUNDLE / 2
    for x, share in zip(xs, shares, strict=True):
        end = begin + BUNDLE * share / 2
        points = [(x, low), (x, half), (end, half), (end, high)]
        codes = [Path.MOVETO, *[Path.CURVE4] * 3]
        way = PathPatch(Path(points, codes), fc="none", ec=ROLES["value"], alpha=0.55)
        way.set(linewidth=max(0.8, 72 * BUNDLE * share), capstyle="butt")
        axes.add_patch(way)
        begin += BUNDLE * share
