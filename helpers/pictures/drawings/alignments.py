"""Where a writer looks: all steps of attention as a map, beside the gold alignment.

Built in notebooks/06_attention.ipynb.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from helpers.pictures.drawings.canvas import INK, SMALL, TEXT, canvas, extent
from helpers.pictures.drawings.shapes import card, card_width, note, pale
from helpers.pictures.picture import ROLES, Picture, numbers, write

ROW = 0.48
GAP = 0.1  # between two columns
FOOT = 0.55  # below the map: what its marks say
LEAST = 0.045  # smaller weights are not written
GOLD = ROLES["output"]


def alignment_map(
    weights: np.ndarray,
    source: Sequence[str],
    target: Sequence[str],
    gold: Sequence[int | None],
    title: str,
    outline: str = "the word that it stands for",
) -> Picture:
    """Draw the weights of all steps: a row per written token, a column per read one.

    `weights`, shape (T, S), rows with sum 1: the darker, the larger. `gold` has for
    each target token the index of the source token that it stands for, None or −1
    for none: it is outlined, and a mark says if the largest weight is there.
    `outline` says below what gold is.
    Raises ValueError for other shapes, other sums, and indices that are not there.

        drawings.alignment_map([[0.9, 0.1], [0.2, 0.8]], ["he", "waits"],
                               ["jeru", "ga"], [1, None], "Where it looks")
    """
    weights = _checked(weights, source, target)
    columns = _columns(gold, source, target)
    widths = [card_width(token) for token in source]
    side = max(map(card_width, target))
    xs = [side + 0.25 + sum(widths[:j]) + GAP * j + w / 2 for j, w in enumerate(widths)]
    legend = _legend(weights, columns, outline)
    high = ROW * len(target)
    marks = xs[-1] + widths[-1] / 2 + 0.2
    right = max(marks + 0.25, 0.1 + max(map(extent, legend), default=0))
    figure, axes = canvas(title, right + 0.1, FOOT + high + 0.65)
    for x, token in zip(xs, source, strict=True):
        card(axes, x, FOOT + high + 0.35, token)
    for i, token in enumerate(target):
        y = FOOT + high - ROW * (i + 0.5)
        card(axes, 0.1 + side - card_width(token) / 2, y, token, "output")
        for j, weight in enumerate(weights[i]):
            _cell(axes, (xs[j], y), widths[j] + GAP, weight, columns[i] == j)
        write(axes, marks, y, _mark(weights[i], columns[i]), TEXT)
    for i, text in enumerate(legend):
        note(axes, 0.1, 0.32 - 0.21 * i, text, "left")
    return figure


def _columns(
    gold: Sequence[int | None], source: Sequence[str], target: Sequence[str]
) -> list[int | None]:
    """Return the column of each gold index, checked."""
    if len(gold) != len(target):
        raise ValueError(f"{len(gold)} gold indices for {len(target)} target tokens")
    return [_column(j, len(source)) for j in gold]


def _mark(weights: np.ndarray, gold: int | None) -> str:
    """Return a mark that says if the largest weight lies on the gold token."""
    if gold is None:
        return ""
    return "✓" if weights.argmax() == gold else "✗"


def _checked(
    weights: np.ndarray, source: Sequence[str], target: Sequence[str]
) -> np.ndarray:
    """Return the weights as an array; refuse what is no attention of these texts."""
    weights = numbers("weights", weights, 2)
    wanted = (len(target), len(source))
    if weights.shape != wanted:
        raise ValueError(
            f"weights have shape {weights.shape}; {wanted[0]} target and {wanted[1]} "
            f"source tokens need {wanted}"
        )
    sums = weights.sum(1)
    if weights.min() < 0 or np.abs(sums - 1).max() > 0.01:
        raise ValueError(
            f"weights from {weights.min():.3g} with rows that sum to {sums.min():.3g} "
            f"… {sums.max():.3g}; give shares from 0 that sum to 1"
        )
    return weights


def _column(j: int | None, n: int) -> int | None:
    """Return the column of a gold index, None for none."""
    if j is None or j == -1:
        return None
    if not 0 <= j < n:
        raise ValueError(f"gold has the index {j}, and there are {n} source tokens")
    return int(j)


def _legend(
    weights: np.ndarray, columns: Sequence[int | None], outline: str
) -> list[str]:
    """Return the lines below the map."""
    asked = [i for i, column in enumerate(columns) if column is not None]
    if not asked:
        return []
    hits = sum(weights[i].argmax() == columns[i] for i in asked)
    return [
        f"gold outline: {outline}",
        f"the largest weight lies on it in {hits} of {len(asked)} rows",
    ]


def _cell(
    axes: Axes, middle: tuple[float, float], wide: float, weight: float, gold: bool
) -> None:
    """Draw one weight."""
    x, y = middle
    corner = (x - wide / 2, y - ROW / 2)
    face = pale("query", float(weight))
    axes.add_patch(Rectangle(corner, wide, ROW, fc=face, ec="#cfcfcf", lw=0.8))
    if gold:
        inner = (corner[0] + 0.03, corner[1] + 0.03)
        outline = Rectangle(inner, wide - 0.06, ROW - 0.06, fc="none", ec=GOLD, lw=3)
        axes.add_patch(outline)
    if weight >= LEAST:
        text = write(axes, x, y, f"{weight:.2f}", SMALL)
        text.set_color("white" if weight > 0.85 else INK)
