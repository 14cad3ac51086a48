"""Drawings of the whole: the series as a landscape, and what each model sees.

Built in notebooks/00_start_here.ipynb.
"""

from collections.abc import Mapping, Sequence
from itertools import islice

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle

from helpers.pictures.drawings.canvas import (
    BOLD,
    INK,
    SMALL,
    TEXT,
    Point,
    canvas,
    extent,
    fold,
)
from helpers.pictures.drawings.shapes import layer, pale
from helpers.pictures.picture import ROLES, TINTS, Picture, plain, write

WIDE = 11.6  # of the map of the series
PER_ROW = 4  # stations
REGION = 1.55  # width of the column with the names of the regions
LINE = 0.19  # height of a line of text
HERE = ROLES["floor"]
YOU = "you are here"


def map_of_series(
    titles: Sequence[str],
    questions: Sequence[str],
    here: int,
    title: str,
    regions: Mapping[str, int] | None = None,
) -> Picture:
    """Draw a series as a road up a hillside: a station and its question per notebook.

    `here` is the index of the station that says "you are here". `regions` maps the
    name of a part of the road to its number of stations, from the start on.
    Raises ValueError for no titles, another number of questions, a station that is not
    there, or regions that do not add up.

        drawings.map_of_series(["Start", "Words"], ["How good?", "What else?"], 0,
                               "Two notebooks", {"Counting": 2})
    """
    n = len(titles)
    if not n or len(questions) != n:
        raise ValueError(f"{n} titles and {len(questions)} questions: as many of each")
    if not 0 <= here < n:
        raise ValueError(f"here={here} is none of {n} stations, 0 the first")
    rows = _rows(n, regions or {"": n})
    spoken = [_spoken(titles, questions, row, here) for _, row in rows]
    heights = [_height(*row, here) for row in zip(rows, spoken, strict=True)]
    figure, axes = canvas(title, WIDE, sum(heights) + 0.15)
    for r in reversed(range(len(rows))):  # those in front hide the feet of the others
        _hill(axes, sum(heights[: r + 1]), r)
    for r, (region, row) in enumerate(rows):
        level = sum(heights[: r + 1]) - 0.31  # of the road
        named = "\n".join(map(plain, _region(region)))
        axes.text(0.15, level + 0.1, named, va="top", weight="bold", fontsize=12)
        places = [(x, level) for x in _places(len(row))]
        end = WIDE - 0.05 if row[-1] < n - 1 else places[-1][0]
        axes.plot([REGION - 0.15, end], [level, level], color="#8a8a8a", lw=5)
        for place, i, lines in zip(places, row, spoken[r], strict=True):
            if i == here:
                _lit(axes, place, lines)
            _station(axes, place, i, lines, pale(HERE) if i == here else TINTS[r % 6])
    return figure


def _rows(n: int, regions: Mapping[str, int]) -> list[tuple[str, list[int]]]:
    """Return the rows of the map from below: the region's name and its stations."""
    if sum(regions.values()) != n:
        raise ValueError(f"regions have {sum(regions.values())} stations, titles {n}")
    stations = iter(range(n))
    rows = []
    for name, size in regions.items():
        part = list(islice(stations, size))
        for first in range(0, size, PER_ROW):
            rows.append((name if not first else "", part[first : first + PER_ROW]))
    return rows


def _places(n: int) -> list[float]:
    """Return where the stations of a row stand: two or more share its width."""
    step = (WIDE - REGION) / max(2, n)
    return [REGION + 0.2 + step * j for j in range(n)]


def _spoken(
    titles: Sequence[str], questions: Sequence[str], row: Sequence[int], here: int
) -> list[tuple[list[str], list[str]]]:
    """Return the title and the question of each station in lines that fit."""
    width = (WIDE - REGION) / max(2, len(row)) - 0.6
    spoken = []
    for i in row:
        lines = fold(questions[i], width)
        if i == here:
            lines.append("")  # there "you are here" will stand
        spoken.append((fold(titles[i], width / BOLD, TEXT), lines))
    return spoken


def _height(
    row: tuple[str, list[int]], spoken: Sequence[tuple[list[str], list[str]]], here: int
) -> float:
    """Return how high a row is: its texts, and the name of its region."""
    lines = [len(name) + len(question) for name, question in spoken]
    lines.append(len(_region(row[0])))
    return 0.36 + LINE * max(lines) + (0.06 if here in row[1] else 0)


def _region(name: str) -> list[str]:
    return fold(name, REGION - 0.35, 13)


def _hill(axes: Axes, top: float, row: int) -> None:
    """Draw a hill whose ridge swings around a height, down to the valley."""
    x = np.linspace(0, WIDE, 200)
    ridge = top + 0.03 * np.sin(1.1 * x + 2.3 * row) + 0.02 * np.sin(2.3 * x + row)
    axes.fill_between(x, 0, ridge, color=TINTS[row % 6], lw=0)
    axes.plot(x, ridge, color="white", lw=2)


def _lit(axes: Axes, place: Point, lines: tuple[list[str], list[str]]) -> None:
    """Draw a white card behind the station where the reader is."""
    name, question = lines
    wide = max(
        BOLD * extent("\n".join(name), TEXT), extent("\n".join([*question, YOU]))
    )
    high = LINE * (len(name) + len(question)) + 0.18
    size = (wide + 0.6, high)
    x, y = place
    layer(axes, x + wide / 2 + 0.08, y + 0.24 - high / 2, "", HERE, size)
    flag = write(axes, x + 0.32, y + 0.19 - high + 0.15, YOU, SMALL, "left")
    face = {"boxstyle": "round,pad=0.15", "fc": "#b84d00", "lw": 0}
    flag.set(color="white", bbox=face)


def _station(
    axes: Axes, place: Point, i: int, lines: tuple[list[str], list[str]], face: str
) -> None:
    """Draw a station's number on the road, its title beside it, its question below."""
    x, y = place
    axes.add_patch(Circle(place, 0.19, fc="white", ec=INK, lw=1.6, zorder=3))
    write(axes, x, y, f"{i:02d}", TEXT).set(weight="bold", zorder=4)
    name, question = ["\n".join(map(plain, part)).rstrip("\n") for part in lines]
    bold = axes.text(x + 0.27, y + 0.1, name, va="top", fontsize=TEXT, weight="bold")
    bold.set_bbox({"boxstyle": "round,pad=0.1", "fc": face, "lw": 0})
    level = y + 0.08 - (LINE + 0.01) * len(lines[0])
    axes.text(x + 0.27, level, question, va="top", fontsize=SMALL)
