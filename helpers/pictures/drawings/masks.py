"""A drawing of masks side by side: who may look at whom.

Built in notebooks/10_decoder_and_gpt.ipynb.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from helpers.pictures.drawings.canvas import BOLD, SMALL, TEXT, canvas, extent
from helpers.pictures.drawings.shapes import pale
from helpers.pictures.picture import DARK_GREY, ROLES, Picture, write

CELL = 0.42
GAP = 0.55  # between two maps


class Mask(NamedTuple):
    """Who may look at whom: rows ask, columns are looked at; `allowed` (T_q, T_k)."""

    rows: Sequence[str]
    columns: Sequence[str]
    allowed: Sequence[Sequence[bool]]


def masks(maps: Mapping[str, Mask | tuple], title: str) -> Picture:
    """Draw masks beside each other; a hatched cell may not be looked at.

    Raises ValueError without a map, and for a map that does not fit its tokens.

        drawings.masks({"decoder": (["a", "b"], ["a", "b"], [[1, 0], [1, 1]])}, "Masks")
    """
    found = {name: Mask(*given) for name, given in maps.items()}
    if not found:
        raise ValueError("no masks are given; maps has a (rows, columns, allowed) each")
    for name, mask in found.items():
        _check(name, mask)
    rows = max(len(mask.rows) for mask in found.values())
    foot = max(extent(c, SMALL) for m in found.values() for c in m.columns) + 0.2
    lefts, x = [], 0.1
    for name, mask in found.items():
        names = max(extent(row, SMALL) for row in mask.rows) + 0.15
        lefts.append(x + names)
        x += names + max(CELL * len(mask.columns), BOLD * extent(name, TEXT)) + GAP
    figure, axes = canvas(title, x - GAP + 0.1, CELL * rows + foot + 0.5)
    for left, (name, mask) in zip(lefts, found.items(), strict=True):
        _map(axes, (left, foot + CELL * rows), name, mask)
    return figure


def _check(name: str, mask: Mask) -> None:
    shape = len(mask.rows), len(mask.columns)
    if np.shape(mask.allowed) != shape or 0 in shape:
        raise ValueError(
            f"{name}: a mask {np.shape(mask.allowed)} for {shape[0]} rows and "
            f"{shape[1]} columns; give a row for each token that asks"
        )


def _map(axes: Axes, corner: tuple[float, float], name: str, mask: Mask) -> None:
    """Draw one mask below its upper left corner."""
    left, top = corner
    write(axes, left, top + 0.25, name, TEXT, "left").set_weight("bold")
    for i, row in enumerate(mask.rows):
        middle = top - CELL * (i + 0.5)
        write(axes, left - 0.1, middle, row, SMALL, "right")
        for j, may in enumerate(mask.allowed[i]):
            place = (left + CELL * j, top - CELL * (i + 1))
            style = {"fc": pale("attention", 0.7), "ec": ROLES["attention"]}
            if not may:
                style = {"fc": "white", "ec": DARK_GREY, "hatch": "////", "lw": 0.6}
            axes.add_patch(Rectangle(place, CELL, CELL, **style))
    bottom = top - CELL * len(mask.rows) - 0.08
    for j, column in enumerate(mask.columns):
        middle = left + CELL * (j + 0.5)
        said = write(axes, middle, bottom, column, SMALL)
        said.set(rotation=90, va="top")
