"""Bars with their numbers: negative ones go left, infinite ones become arrows.

Built in notebooks/00_start_here.ipynb.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from helpers.pictures.line_labels import draw_uprights
from helpers.pictures.picture import DARK_GREY, ROLES, Picture, numbers, set_title

SMALL = 0.1  # if all shares are smaller, an axis that ends at 1 would show nothing
CAP = 0.14  # half the height of a whisker's ends, in rows


@dataclass(eq=False, repr=False)
class Bars(Picture):
    """Draw one horizontal bar per label with its value, in `unit`.

    The bars of `highlight`, of which the message speaks, are coloured, the others are
    grey; those of `live`, measured in this notebook, are striped. `floor`, `chance`
    and `best` are references. `errors` holds for each bar a number (±) or the two
    ends of an interval; `over` says of what, as "95 % interval over 5 seeds", and
    stands below. An infinite value becomes an arrow; shares end at 1. Raises
    ValueError for unequal numbers of labels, values and errors, for an unknown label
    and for errors without `over`.
    """

    labels: Sequence[str]
    values: Sequence[float]
    title: str
    floor: float | None = None
    live: Sequence[str] = ()
    unit: str = "nats per token"
    highlight: Sequence[str] = ()
    errors: Sequence | None = None
    over: str = ""
    chance: float | None = None
    best: float | None = None

    def __post_init__(self):
        """Draw what the fields say."""
        self.values = numbers("values", self.values, 1, infinite=True)
        self._require()
        super().__init__(figsize=(9.0, 1.5 + 0.52 * len(self.labels)))
        axes = self.add_subplot()
        set_title(self, axes, self.title)
        spans = _spans(self.values, self.errors)  # (n, 2)
        lines = self._references()
        ends = _ends(spans, list(lines.values()))
        if self._is_share(spans, lines):
            ends = (0, 1.0)
        for row, label in enumerate(self.labels):
            self._bar(axes, row, label, ends)
            _number(axes, row, self.values[row], spans[row], ends)
            if self.errors is not None:
                _whisker(axes, row, spans[row])
        draw_uprights(self, axes, lines, len(self.labels))
        axes.set(yticks=range(len(self.labels)), yticklabels=self.labels)
        axes.set(xlim=ends, xlabel=self.unit)
        axes.set_ylim(len(self.labels) - 0.4, -1.0)  # the first bar is on top
        axes.grid(axis="y", visible=False)
        if self.errors is not None:
            self.explain(f"Whiskers: {self.over}.")

    def _require(self) -> None:
        n = len(self.labels)
        if n != len(self.values):
            raise ValueError(f"{n} labels for {len(self.values)} bars")
        if self.errors is not None and len(self.errors) != n:
            raise ValueError(f"{len(self.errors)} errors for {n} bars")
        if self.errors is not None and not self.over:
            raise ValueError(
                "errors of what? say it, as over='95 % interval over 5 seeds' or "
                "over='standard error over 200 sentences'"
            )
        strange = [label for label in self.highlight if label not in self.labels]
        if strange:
            raise ValueError(f"no bar is called {strange[0]!r}: {list(self.labels)}")

    def _references(self) -> dict[str, float]:
        given = {"floor": self.floor, "chance": self.chance, "best": self.best}
        given = {name: value for name, value in given.items() if value is not None}
        for name, value in given.items():
            numbers(name, [value], 1)
        return given

    def _is_share(self, spans: np.ndarray, lines: Mapping[str, float]) -> bool:
        """Tell whether all numbers are shares, and large enough to be seen so."""
        largest = max([spans.max(), *lines.values()])
        least = min([spans.min(), *lines.values()])
        return self.unit.startswith("share") and least >= 0 and SMALL < largest <= 1

    def _bar(self, axes: Axes, row: int, label: str, ends: tuple[float, float]) -> None:
        """Draw one bar; an infinite one fills the width."""
        live = label in self.live
        coloured = label in self.highlight if self.highlight else live
        color = ROLES["model"] if coloured else ROLES["baseline"]
        value = self.values[row]
        length = value if np.isfinite(value) else _edge(value, ends)
        hatch = "//" if live else None
        axes.barh(row, length, color=color, hatch=hatch, edgecolor="white")


def _edge(value: float, ends: tuple[float, float]) -> float:
    """Return the end of the axis that a value goes to."""
    return max(ends) if value > 0 else min(ends)


def _spans(values: np.ndarray, errors: Sequence | None) -> np.ndarray:
    """Return from where to where each bar's whisker goes, (n, 2)."""
    if errors is None:
        return np.stack([values, values], axis=1)
    spans = []
    for value, error in zip(values, errors, strict=True):
        if np.ndim(error):
            [low, high] = numbers("errors", error, 1)
        else:
            [half] = numbers("errors", [error], 1)
            low, high = value - half, value + half
        spans.append((low, high))
    return np.array(spans)


def _ends(spans: np.ndarray, lines: Sequence[float]) -> tuple[float, float]:
    """Return where the axis of some bars begins and ends, with room for the numbers."""
    drawn = [0.0, *lines, *spans[np.isfinite(spans)]]
    size = np.abs(drawn).max() or 1.0
    for way in (-1, 1):  # an arrow needs a length, even if no bar goes its way
        if np.inf * way in spans and max(way * np.array(drawn)) == 0:
            drawn.append(way * size)
    high = max(drawn)
    low = min(drawn)
    if high == low:
        return 0, 1.0  # no bar has a length
    room = 0.15 * (high - low) if low else 0  # for numbers left and right of 0
    return min(1.25 * low, -room), max(1.25 * high, room)


def _number(
    axes: Axes, row: int, value: float, span: np.ndarray, ends: tuple[float, float]
) -> None:
    """Write a bar's number beyond its end and its whisker."""
    style = {"va": "center", "weight": "bold"}
    left = value < 0
    if not np.isfinite(value):
        style |= {"ha": "left" if left else "right", "color": "white"}
        note = "← infinite " if left else " infinite →"
        axes.text(0.99 * _edge(value, ends), row, note, **style)
        return
    widest = max(np.abs(ends))
    decimals = 2 if widest > 0.2 else 3
    number = f"{value:.{decimals}f}" if widest > 0.004 else f"{value:.3g}"
    style["ha"] = "right" if left else "left"
    # a reference that passes behind the number leaves it legible
    style["path_effects"] = [withStroke(linewidth=3, foreground="white")]
    at = span.min() if left else span.max()
    axes.text(at, row, f"{number} " if left else f" {number}", zorder=3, **style)


def _whisker(axes: Axes, row: int, span: np.ndarray) -> None:
    axes.hlines(row, *span, color=DARK_GREY, linewidth=1.8)
    axes.vlines(span, row - CAP, row + CAP, color=DARK_GREY, linewidth=1.8)


bars = Bars  # a chart is a picture
