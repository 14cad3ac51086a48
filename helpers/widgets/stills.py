"""What the still pictures of several views share: names, panels, heat maps."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage

from helpers.pictures.picture import Picture, picture
from helpers.pictures.picture import plain as as_it_stands


def plain(text: str, longest: int = 12) -> str:
    """Return a text for a figure, cut where it is longer than `longest` characters."""
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    return as_it_stands(text)


def plain_names(texts: Sequence[str], longest: int = 12) -> list[str]:
    """Return several texts as `plain` makes them."""
    return [plain(text, longest) for text in texts]


def panels(
    title: str,
    size: tuple[float, float],
    heights: Sequence[float] = (1,),
    n_columns: int = 1,
    sharex: bool = False,
) -> tuple[Picture, list[Axes]]:
    """Return a picture and the axes of its panels, row by row, under one title.

    `heights` gives the height of each row, relative to the others.
    """
    figure, axes = picture(title, size)
    axes.remove()
    figure.suptitle(title)
    grid = figure.subplots(
        len(heights), n_columns, sharex=sharex, squeeze=False, height_ratios=heights
    )
    return figure, list(grid.flat)


def heat_map(
    axes: Axes,
    values: np.ndarray,
    signed: bool = False,
) -> AxesImage:
    """Draw numbers (rows, columns): weights in [0, 1], or signed ones in [−1, 1]."""
    colors = "PuOr_r" if signed else "cividis"
    axes.grid(visible=False)
    return axes.imshow(
        values, cmap=colors, vmin=-1 if signed else 0, vmax=1, aspect="auto"
    )
