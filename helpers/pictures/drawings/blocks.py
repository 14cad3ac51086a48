"""A vector of any length as a small block of cells: few numbers are written in it."""

import numpy as np
from matplotlib.axes import Axes

from helpers.pictures.drawings.canvas import INK, SMALL, Point, extent, short
from helpers.pictures.drawings.shapes import Area
from helpers.pictures.drawings.vectors import table
from helpers.pictures.picture import write

WRITTEN = 4  # so many numbers are written


def _number(value: float, per_line: int) -> str:
    """Return a number as it stands in a cell: two decimals, without `per_line` at most.

    −0.0 becomes 0.
    """
    value = round(float(value), 2) + 0.0
    return f"{value:.2f}".replace("-", "−") if per_line else short(value)


def block_size(values: np.ndarray | None, per_line: int = 0) -> Point:
    """Return the size of a vector's block, or of that of each row of a matrix."""
    if values is None:
        return 0.0, 0.0
    n = values.shape[-1]
    (wide, high), per_line = _cells(values, per_line)
    return wide * min(n, per_line), high * -(-n // per_line)


def _cells(values: np.ndarray, per_line: int) -> tuple[Point, int]:
    """Return the size of a vector's cells and how many stand in a line."""
    n = values.shape[-1]
    if per_line or n <= WRITTEN:
        widest = max(extent(_number(v, per_line), SMALL) for v in values.flat)
        return (max(0.46, widest + 0.07), 0.3), per_line or WRITTEN
    if n <= 12:
        return (0.13, 0.26), 12
    return (0.12, 0.08), 8


def block(
    axes: Axes,
    x: float,
    low: float,
    values: np.ndarray,
    most: float,
    per_line: int = 0,
) -> Area:
    """Draw a vector in lines from the top, few numbers written; `low`: lower edge.

    The colour is full where a number is as large as `most`. With `per_line` all numbers
    are written, so many in a line.
    """
    (wide, high), length = _cells(values, per_line)
    size = block_size(values, per_line)
    area = Area(x, low + size[1] / 2, *size)
    left = area.left[0]
    whole = len(values) - len(values) % length  # numbers that fill their lines
    rest = values[None, whole:]
    if whole:
        full = values[:whole].reshape(-1, length)
        middle = area.top[1] - high * len(full) / 2
        table(axes, x, middle, full / most, (wide, high))
    if rest.size:
        table(
            axes, left + wide * rest.size / 2, low + high / 2, rest / most, (wide, high)
        )
    for i, value in enumerate(values if per_line or len(values) <= WRITTEN else []):
        line, place = divmod(i, length)
        middle = (left + wide * (place + 0.5), area.top[1] - high * (line + 0.5))
        text = write(axes, *middle, _number(value, per_line), SMALL)
        text.set_color("white" if abs(value) > 0.75 * most else INK)
    return area
