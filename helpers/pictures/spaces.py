"""Words of a space with many dimensions, drawn on paper.

Built in notebooks/01_words_as_numbers.ipynb.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import MultipleLocator

from helpers.pictures.picture import Picture, numbers
from helpers.pictures.scatter import scatter_words


def words_on_paper(
    rows: np.ndarray, groups: Mapping[str, Sequence[str]], title: str
) -> Picture:
    """Draw words in their best plane, a colour a group: what is near stays near.

    Shape: rows (n, C), in the order of the words in `groups`; each is made as long as
    the others first. Raises ValueError where rows and words are not as many.
    """
    words = [word for some in groups.values() for word in some]
    names = [name for name, some in groups.items() for _ in some]
    rows = _directions("rows", rows, len(words))
    return scatter_words(_plane(rows), words, names, title)


def shadows(points: np.ndarray, words: Sequence[str], title: str) -> Picture:
    """Draw points (n, 2) and their shadows on the line that makes these longest.

    The line goes through the origin, which is drawn as a cross: the first direction of
    an SVD that centres nothing. Both axes have the same scale; `label` names them.
    Raises ValueError where points and words are not as many.
    """
    points = numbers("points", points, 2)
    if points.shape != (len(words), 2):
        raise ValueError(f"{len(words)} words need points ({len(words)}, 2)")
    line = np.linalg.svd(points)[2][0]
    line = line * np.sign(line.sum())
    along = points @ line  # (n,): one number a word
    ends = np.outer(along, line)  # (n, 2)
    names = ["two numbers a word"] * len(words)
    names += ["its shadow: one number"] * len(words)
    unnamed = [""] * len(words)
    drawn = scatter_words(np.vstack([points, ends]), [*words, *unnamed], names, title)
    axes = drawn.axes[0]
    for point, end in zip(points, ends, strict=True):
        axes.plot(*zip(point, end, strict=True), color="grey", linewidth=0.8)
    far = 1.1 * along.max()
    axes.plot([0, far * line[0]], [0, far * line[1]], color="black", zorder=0)
    axes.plot(0, 0, "+", color="black", markersize=14, zorder=5)
    axes.annotate("0", (0, 0), (-12, -14), textcoords="offset points")
    axes.set_aspect("equal")  # a unit is as long in both directions
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MultipleLocator(0.5))
    return drawn


def same_step(rows: np.ndarray, words: Sequence[str], title: str) -> Picture:
    """Draw the step from a to b, and the same step from c, beside the real d.

    `rows`, shape (4, C), are those of the words a, b, c and d, made equally long.
    Raises ValueError for other than four.
    """
    if len(words) != 4:
        raise ValueError(f"{len(words)} words; give a, b, c and d")
    rows = _directions("rows", rows, 4)
    lands = rows[2] + rows[1] - rows[0]
    flat = _plane(np.vstack([rows, lands]))
    a, b, c, _ = words
    names = [*words, f"{b} − {a} + {c}"]
    kinds = ["a pair"] * 2 + ["another pair"] * 2 + ["where the step lands"]
    drawn = scatter_words(flat, names, kinds, title)
    for begin, end in ((0, 1), (2, 4)):
        arrow = {"arrowstyle": "->", "color": "black", "shrinkA": 6, "shrinkB": 6}
        drawn.axes[0].annotate("", flat[end], flat[begin], arrowprops=arrow)
    return drawn


def between_two(
    rows: np.ndarray, words: Sequence[str], groups: Sequence[str], title: str
) -> Picture:
    """Draw words in the plane of the first two: the first one points to the right.

    Shape: rows (n, C), made equally long; the second is drawn at its true angle to the
    first. Raises ValueError where rows and words are not as many.
    """
    rows = _directions("rows", rows, len(words))
    across = rows[0]
    up = rows[1] - (rows[1] @ across) * across  # what the second adds to the first
    axes = np.stack([across, up / np.linalg.norm(up)], axis=1)  # (C, 2)
    drawn = scatter_words(rows @ axes, words, groups, title)
    for row in rows[:2] @ axes:
        drawn.axes[0].plot([0, row[0]], [0, row[1]], color="grey", zorder=0)
    drawn.axes[0].set_aspect("equal")
    return drawn


def _directions(name: str, rows: np.ndarray, n: int) -> np.ndarray:
    """Return rows of length 1. Raises ValueError if they are not n, or one is zero."""
    rows = numbers(name, rows, 2)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    if len(rows) != n or not lengths.all():
        raise ValueError(
            f"{len(rows)} rows for {n} words; give one each, none of zeros"
        )
    return rows / lengths


def _plane(rows: np.ndarray) -> np.ndarray:
    """Return the places of rows in the plane that keeps them most apart, (n, 2)."""
    centred = rows - rows.mean(0)
    flat = centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T
    furthest = np.abs(flat).argmax(0)[None]  # its two numbers become positive
    return flat * np.sign(np.take_along_axis(flat, furthest, 0))
