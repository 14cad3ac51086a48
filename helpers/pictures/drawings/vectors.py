"""Vectors, matrices, and the signs that join and repeat what a network is made of.

A vector is a strip of cells, coloured by value where it is a real one: purple below 0,
orange above, white at 0. A matrix is a grid with its shape written at two sides.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.patches import Circle, Rectangle

from helpers.pictures.drawings.canvas import INK, SMALL, TEXT, Point, extent, tenths
from helpers.pictures.drawings.shapes import Area, arrow, note, pale
from helpers.pictures.picture import GREY, ROLES, numbers, plain, write

CELL = (0.2, 0.26)
SIGNED = colormaps["PuOr_r"]  # as in plots.heatmap


def strip(
    axes: Axes,
    x: float,
    y: float,
    values: Sequence[float],
    cell: Point = CELL,
    look: str = "across",
) -> Area:
    """Draw a vector as a strip of cells, coloured by value; ±1 has the full colour.

    `look` holds "across" or "upright" (the first number on top), and "written" where
    each cell carries its number with one decimal: "upright written". Divide values by
    the largest of all strips of a drawing where they leave −1 to 1 ("written" does so
    by itself). Raises ValueError for no numbers.
    """
    values = numbers("a vector", values, 1)
    size = len(values)
    upright = "upright" in look
    shape = (size, 1) if upright else (1, size)
    return table(axes, x, y, values.reshape(shape), cell, "written" in look)


def table(
    axes: Axes,
    x: float,
    y: float,
    values: np.ndarray,
    cell: Point = CELL,
    written: bool = False,
) -> Area:
    """Draw a matrix as a grid of cells, coloured by value; `written` adds the numbers.

    Colours are for −1 to 1, or for the largest number where one is larger.
    """
    values = numbers("a matrix", values, 2)
    rows, columns = values.shape
    wide, high = cell
    area = Area(x, y, wide * columns, high * rows)
    largest = max(1.0, float(np.abs(values).max()))
    for (i, j), value in np.ndenumerate(values):
        left = x - area.width / 2 + j * wide
        bottom = y + area.height / 2 - (i + 1) * high
        color = SIGNED(0.5 + 0.4 * value / largest)
        square = Rectangle((left, bottom), wide, high, fc=color, ec="#777777", lw=0.7)
        axes.add_patch(square)
        if written:
            middle = (left + wide / 2, bottom + high / 2)
            text = write(axes, *middle, tenths(value), SMALL)
            text.set_color("white" if abs(value) > 0.75 * largest else INK)
    _frame(axes, area)
    return area


def grid(
    axes: Axes,
    x: float,
    y: float,
    shape: tuple[int, int],
    names: tuple[str, str] = ("", ""),
    role: str = "baseline",
) -> Area:
    """Draw a matrix without its numbers: a grid, its shape written at two sides.

    `names` stand left of the rows and above the columns, as ("C = 64", "N = 112").
    Raises ValueError for a shape without cells or with more than 30 at a side.
    """
    rows, columns = shape
    if not (1 <= rows <= 30 and 1 <= columns <= 30):
        raise ValueError(f"a grid of {rows} × {columns} cells; give 1 to 30 at a side")
    wide = 0.16
    area = Area(x, y, wide * columns, wide * rows)
    left = x - area.width / 2
    bottom = y - area.height / 2
    color = ROLES.get(role, role)
    square = Rectangle((left, bottom), area.width, area.height, fc=color, alpha=0.22)
    axes.add_patch(square)
    for i in range(1, rows):
        level = bottom + i * wide
        axes.plot([left, left + area.width], [level, level], color=color, lw=0.6)
    for j in range(1, columns):
        place = left + j * wide
        axes.plot([place, place], [bottom, bottom + area.height], color=color, lw=0.6)
    _frame(axes, area, color)
    note(axes, left - 0.08, y, names[0], "right")
    note(axes, x, bottom + area.height + 0.14, names[1])
    return area


def _frame(axes: Axes, area: Area, color: str = INK) -> None:
    """Draw the outline of an area."""
    corner = (area.x - area.width / 2, area.y - area.height / 2)
    outline = Rectangle(corner, area.width, area.height, fc="none", ec=color, lw=1.4)
    axes.add_patch(outline)


def hidden(axes: Axes, x: float, y: float, size: Point = CELL) -> Area:
    """Draw the cell of a key that a query may not look at: hatched."""
    area = Area(x, y, *size)
    corner = (x - size[0] / 2, y - size[1] / 2)
    cell = Rectangle(corner, *size, fc="#eeeeee", ec="#8a8a8a", hatch="////", lw=0.7)
    axes.add_patch(cell)
    return area


def plus(axes: Axes, x: float, y: float) -> Area:
    """Draw the sign ⊕, where a residual connection is added."""
    axes.add_patch(Circle((x, y), 0.15, fc="white", ec=INK, lw=1.4, zorder=3))
    for across, up in ((0.09, 0), (0, 0.09)):
        ends = ([x - across, x + across], [y - up, y + up])
        axes.plot(*ends, color=INK, lw=1.6, zorder=4)
    return Area(x, y, 0.3, 0.3)


def residual(axes: Axes, start: Point, end: Point, beside: float) -> None:
    """Draw a residual connection: from `start` out to x = `beside`, up, to the ⊕.

    `end` is the centre of a `plus`, drawn before.
    """
    color = ROLES["floor"]
    x, bottom = start
    axes.plot([x, beside, beside], [bottom, bottom, end[1]], color=color, lw=2)
    side = 0.15 if beside > end[0] else -0.15
    arrow(axes, (beside, end[1]), (end[0] + side, end[1]), color=color)


def brace(axes: Axes, x: float, bottom: float, top: float, label: str) -> None:
    """Draw a brace at the right of what is repeated, with its label: "×12"."""
    middle = (bottom + top) / 2
    t = np.linspace(0, 1, 60)  # from an end to the tip in the middle
    half = 0.09 * np.tanh(14 * t) + 0.09 * np.exp(-14 * (1 - t))
    axes.plot(x + half, bottom + t * (middle - bottom), color=GREY, lw=1.6)
    axes.plot(x + half, top - t * (top - middle), color=GREY, lw=1.6)
    write(axes, x + 0.27, middle, label, 13, "left")


def bracket(
    axes: Axes, left: float, right: float, y: float, label: str, deep: float = 0.1
) -> None:
    """Draw a bracket under what belongs together, its label below; deep < 0: above."""
    xs = [left, left, right, right]
    axes.plot(xs, [y + deep, y, y, y + deep], color=GREY, lw=1.4)
    side = "top" if deep > 0 else "bottom"
    away = -0.06 if deep > 0 else 0.06
    text = note(axes, (left + right) / 2, y + away, label)
    text.set_verticalalignment(side)


def chances(
    axes: Axes, corner: Point, shares: Mapping[str, float], role: str, bar: float
) -> None:
    """Draw tokens with their probabilities: a bar and a number each, from the top down.

    `corner` is where the first line begins; a bar of probability 1 is `bar` long.
    """
    x, y = corner
    left = x + max([extent(token) for token in shares], default=0)
    for i, (token, share) in enumerate(shares.items()):
        level = y - 0.3 * i
        write(axes, left, level, plain(token), TEXT, "right")
        axes.barh(level, bar * share, 0.18, left=left + 0.1, color=pale(role, 0.85))
        note(axes, left + 0.16 + bar * share, level, f"{share:.2f}", "left")
