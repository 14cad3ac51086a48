"""Bars with their numbers: negative ones go left, infinite ones become arrows.

Built in notebooks/00_start_here.ipynb.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from helpers.pictures.picture import ROLES, Picture, numbers, picture


def bars(
    labels: Sequence[str],
    values: Sequence[float],
    title: str,
    floor: float | None = None,
    live: Sequence[str] = (),
    unit: str = "nats per token",
) -> Picture:
    """Draw one horizontal bar per label with its value, and the floor as a line.

    The values are in `unit`; bars of negative ones go to the left. An infinite value
    becomes an arrow. The bars of the labels in `live` are striped. Raises ValueError
    if labels and values are not as many.
    """
    values = numbers("values", values, 1, infinite=True)
    if len(labels) != len(values):
        raise ValueError(f"{len(labels)} labels for {len(values)} bars")
    height = 1.5 + 0.52 * len(labels)
    figure, axes = picture(title, (9.0, height))
    ends = _ends(values, floor or 0)
    for row, (label, value) in enumerate(zip(labels, values, strict=True)):
        _bar(axes, row, value, ends, label in live)
    if floor is not None:
        color = ROLES["floor"]
        note = f" floor {floor:.2f}"
        axes.axvline(floor, color=color, linestyle="--")
        axes.text(floor, -0.75, note, color=color, va="bottom")  # above the bars
    axes.set(yticks=range(len(labels)), yticklabels=labels)
    axes.set(xlim=ends, xlabel=unit)
    axes.set_ylim(len(labels) - 0.4, -1.0)  # the first bar is on top
    axes.grid(axis="y", visible=False)
    return figure


def _ends(values: np.ndarray, floor: float) -> tuple[float, float]:
    """Return where the axis of some bars begins and ends, with room for the numbers."""
    [floor] = numbers("floor", [floor], 1)
    drawn = [0.0, floor, *values[np.isfinite(values)]]
    size = np.abs(drawn).max() or 1.0
    for way in (-1, 1):  # an arrow needs a length, even if no bar goes its way
        if np.inf * way in values and max(way * np.array(drawn)) == 0:
            drawn.append(way * size)
    high = max(drawn)
    low = min(drawn)
    if high == low:
        return 0, 1.0  # no bar has a length
    room = 0.15 * (high - low) if low else 0  # for numbers left and right of 0
    return min(1.25 * low, -room), max(1.25 * high, room)


def _bar(
    axes: Axes, row: int, value: float, ends: tuple[float, float], live: bool
) -> None:
    """Draw one bar and its number; an infinite one fills the width."""
    color = ROLES["model"] if live else ROLES["baseline"]
    finite = np.isfinite(value)
    end = max(ends) if value > 0 else min(ends)
    length = value if finite else end
    hatch = "//" if live else None
    axes.barh(row, length, color=color, hatch=hatch, edgecolor="white")
    style = {"va": "center", "weight": "bold"}
    left = value < 0  # the number stands where the bar ends
    if finite:
        widest = max(np.abs(ends))
        decimals = 2 if widest > 0.2 else 3
        style["ha"] = "right" if left else "left"
        number = f"{value:.{decimals}f}" if widest > 0.004 else f"{value:.3g}"
        axes.text(length, row, f"{number} " if left else f" {number}", **style)
    else:
        style |= {"ha": "left" if left else "right", "color": "white"}
        axes.text(0.99 * end, row, "← infinite " if left else " infinite →", **style)
