"""Points in groups, and words beside their points.

Built in notebooks/01_words_as_numbers.ipynb.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from helpers.pictures.picture import Picture, in_legend, look, numbers, picture, plain

LETTER = 8.5  # pixels that a letter is wide, roughly
HEIGHT = 13  # pixels of a word
GAP = 8  # pixels between a point and its word


def points(
    x: Sequence[float], y: Sequence[float], groups: Sequence[str], title: str
) -> Picture:
    """Draw n points, one colour and marker per group; shapes (n,), (n,)."""
    x = numbers("x", x, 1)
    y = numbers("y", y, 1)
    if not len(x) == len(y) == len(groups):
        raise ValueError(f"{len(x)}, {len(y)} numbers and {len(groups)} groups")
    figure, axes = picture(title)
    _draw_groups(axes, x, y, groups, alpha=0.7)
    axes.legend()
    return figure


def scatter_words(
    xy: np.ndarray,
    words: Sequence[str],
    groups: Sequence[str],
    title: str,
    frame: tuple[float, float] = (560, 330),
) -> Picture:
    """Draw words at their places, one colour and marker per group.

    Shape: xy (n, 2). `frame`: width and height in pixels that the points take, roughly.
    """
    xy = numbers("xy", xy, 2)
    if xy.shape != (len(words), 2) or len(groups) != len(words):
        raise ValueError(f"{len(words)} words need as many groups and a (n, 2) array")
    figure, axes = picture(title, (9.0, 5.6))
    _draw_groups(axes, xy[:, 0], xy[:, 1], groups, alpha=1)
    axes.set(xticks=[], yticks=[])
    axes.margins(0.12)
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    _label_points(axes, xy, [plain(word) for word in words], frame)
    return figure


def _draw_groups(
    axes: Axes, x: np.ndarray, y: np.ndarray, groups: Sequence[str], alpha: float
) -> None:
    for i, group in enumerate(dict.fromkeys(groups)):  # in the order of their coming
        here = [other == group for other in groups]
        color, _, marker = look(i, "groups")
        style = {"color": color, "marker": marker, "alpha": alpha}
        axes.plot(x[here], y[here], linestyle="", label=in_legend(group), **style)


class Box(NamedTuple):
    """A rectangle in pixels, where a point or a word lies."""

    left: float
    bottom: float
    right: float
    top: float

    def overlaps(self, other: "Box") -> bool:
        """Tell whether two rectangles share some area."""
        across = self.left < other.right and other.left < self.right
        return across and self.bottom < other.top and other.bottom < self.top


def _label_points(
    axes: Axes, xy: np.ndarray, words: Sequence[str], frame: tuple[float, float]
) -> None:
    """Write each word beside its point, at the first place that is still free.

    Shape: xy (n, 2). `frame`: width and height in pixels that the points take, roughly.
    """
    extent = np.ptp(xy, axis=0).clip(1e-9)
    pixels = (xy - xy.min(0)) / extent * frame  # (n, 2)
    taken = [Box(x - 5, y - 5, x + 5, y + 5) for x, y in pixels]
    for point, (x, y), word in zip(xy, pixels, words, strict=True):
        box = _free_box(x, y, LETTER * len(word), taken)
        taken.append(box)
        # The width is only estimated: left of its point, a word is aligned at its end.
        at_left = box.right < x
        axes.annotate(
            word,
            point,
            xytext=(-GAP if at_left else box.left - x, box.bottom - y),
            textcoords="offset pixels",
            ha="right" if at_left else "left",
        )


def _free_box(x: float, y: float, width: float, taken: Sequence[Box]) -> Box:
    """Return the first place around the point (x, y) where a word covers nothing."""
    offsets = [(GAP, -5), (-GAP - width, -5), (-width / 2, 8), (-width / 2, -20)]
    # Where it is crowded, a word moves up and down along the right side.
    offsets += [(GAP, up) for up in (17, -27, 33, -43, 49, -59)]
    boxes = []
    for right, up in offsets:
        left = x + right
        bottom = y + up
        boxes.append(Box(left, bottom, left + width, bottom + HEIGHT))
    for box in boxes:
        if not any(map(box.overlaps, taken)):
            return box
    return boxes[0]
