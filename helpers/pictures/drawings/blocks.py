"""A vector of any length as a small block of cells: few numbers are written in it."""

import numpy as np
from matplotlib.axes import Axes

from helpers.pictures.drawings.canvas import INK, SMALL, Point, extent, short
from helpers.pictures.drawings.shapes import Area
from helpers.pictures.drawings.vectors import table
from helpers.pictures.picture import write

WRITTEN = 4  # so many numbers are written


def _number(value: float) -> str:
    """Return a number as it stands in a cell: with two decimals at most."""
    return short(round(float(value), 2) + 0.0)  # −0.0 becomes 0


def block_size(values: np.ndarray | None) -> Point:
    """Return the size of a vector's block, or of that of each row of a matrix."""
    if values is None:
        return 0.0, 0.0
    n = values.shape[-1]
    (wide, high), per_line = _cells(values)
    return wide * min(n, per_line), high * -(-n // per_line)


def _cells(values: np.ndarray) -> tuple[Point, int]:
    """Return the size of a vector's cells and how many stand in a line."""
    n = values.shape[-1]
    if n <= WRITTEN:
        widest = max(extent(_number(value), SMALL) for value in values.flat)
        return (max(0.46, widest + 0.07), 0.3), WRITTEN
    if n <= 12:
        return (0.13, 0.26), 12
    return (0.12, 0.08), 8


def block(axes: Axes, x: float, low: float, values: np.ndarray, most: float) -> Area:
    """Draw a vector in lines from the top, few numbers written; `low`: lower edge.

    The colour is full where a number is as large as `most`.
    """
    (wide, high), per_line = _cells(values)
    area = Area(x, low + block_size(values)[1] / 2, *block_size(values))
    left = area.left[0]
    whole = len(values) - len(values) % per_line  # numbers that fill their lines
    rest = values[None, whole:]
    if whole:
        full = values[:whole].reshape(-1, per_line)
        size = high * len(full)
        table(axes, x, area.top[1] - size / 2, full / most, (wide, high))
    if rest.size:
        table(
            axes, left + wide * rest.size / 2, low + high / 2, rest / most, (wide, high)
        )
    if len(values) <= WRITTEN:
        for i, value in enumerate(values):
            text = write(axes, left + wide * (i + 0.5), area.y, _number(value), SMALL)
            text.set_color("white" if abs(value) > 0.75 * most else INK)
    return area
