"""Small charts beside each other, with one message each and the same axes.

Built in notebooks/02_rnn.ipynb.
"""

import textwrap
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from helpers.pictures import runs, ticks
from helpers.pictures.curve_chart import set_scales
from helpers.pictures.line_labels import REFERENCE, draw_references, label_ends
from helpers.pictures.looks import looks
from helpers.pictures.picture import GREY, Look, Picture, in_legend, numbers

COLUMNS = 3
HEIGHT = 2.7  # of a row of panels, in 100 pixels
LETTERS = 68  # of a message, in a panel as wide as the picture


class Panel(NamedTuple):
    """One small chart: its message, and {name: (T,) a curve or (S, T) a band of runs}.

    `live` has the learner's own runs; `behind` are curves (T,) that are only there to
    compare with, in grey.
    """

    message: str
    x: Sequence[float]
    curves: Mapping[str, Sequence]
    live: Mapping[str, Sequence] = {}
    behind: Sequence[Sequence[float]] = ()


def panels(
    parts: Sequence[Panel | tuple],
    title: str,
    lines: Mapping[str, float] | None = None,
    log: str = "",
) -> Picture:
    """Draw small charts that share x and y, so that they can be compared.

    Each part is a `Panel`, or (message, x, curves). A name has the same colour in all
    of them. Names stand at the right of each full row. Raises ValueError without a
    part, and for curves that do not fit x.
    """
    parts = [Panel(*part) for part in parts]
    if not parts:
        raise ValueError("no panels are given; each is (message, x, curves)")
    names = list(dict.fromkeys(name for part in parts for name in part.curves))
    styles = dict(zip(names, looks(names, "curves"), strict=True))
    figure, cells = _grid(len(parts), title)
    # a panel with one curve needs no name but its message
    named = styles if any(len(part.curves) > 1 for part in parts) else {}
    drawn = []
    for i, (axes, part) in enumerate(zip(cells, parts, strict=True)):
        drawn += _draw(axes, part, styles)
        message = textwrap.fill(part.message, LETTERS // columns(len(parts)))
        axes.set_title(message, fontsize=12.5)
        draw_references(axes, lines or {})
        set_scales(axes, np.asarray(part.x, float), log)
        # in a last row that is not full, names would push the columns apart
        if (i + 1) % columns(len(parts)) == 0:
            label_ends(figure, axes, _named_lines(axes, named), small=True)
    live = any(part.live for part in parts)
    several = any(len(array) > 1 for _, array in drawn)
    return figure.explain(runs.note(drawn, live)) if several else figure


def columns(n: int) -> int:
    """Return how many of n panels stand beside each other."""
    return 2 if n in (2, 4) else min(COLUMNS, n)


def _grid(n: int, title: str) -> tuple[Picture, list[Axes]]:
    """Return a picture with n axes, which share x and y, in rows."""
    rows = -(-n // columns(n))
    figure = Picture(figsize=(9.6, 0.9 + HEIGHT * rows), layout="constrained")
    title_style = {
        "x": 0.01,
        "ha": "left",
        "weight": "bold",
        "size": 15,
    }
    figure.suptitle(textwrap.fill(title, 80), **title_style)
    figure.alt = title
    grid = figure.subplots(rows, columns(n), sharex=True, sharey=True, squeeze=False)
    cells = list(grid.flat)
    for spare in cells[n:]:
        spare.remove()
    cells = cells[:n]
    figure.left = tuple(grid[:, 0])
    figure.bottom = tuple(cells[-columns(n) :])
    for axes in cells:
        axes.tick_params(labelbottom=axes in figure.bottom)
    figure.late = (lambda drawn: ticks.thin_out(drawn.bottom[-1]),)  # x is shared
    return figure, cells


def _draw(axes: Axes, part: Panel, styles: Mapping[str, Look]) -> list[tuple]:
    """Draw the lines of one panel; return each name with its runs, (S, T)."""
    x = numbers("x", part.x, 1)
    if not part.curves:
        raise ValueError(f"the panel {part.message!r} has no curves")
    for y in part.behind:
        axes.plot(x, y, color=GREY, linewidth=1, alpha=0.45)
    drawn = []
    for name, values in part.curves.items():
        several = runs.runs_of(name, values, x)
        runs.draw_band(axes, x, several, name, styles[name])
        drawn.append((name, several))
    colors = {name: styles[name].color for name in part.curves}
    runs.draw_live(axes, x, part.live, colors)
    return drawn


def _named_lines(axes: Axes, styles: Mapping[str, Look]) -> list[Line2D]:
    """Return the lines that are named beside the last panel of a row.

    A curve that is only in other panels is named there, too.
    """
    here = {line.get_label(): line for line in axes.lines}
    found = []
    for name in styles:
        label = in_legend(name)
        if label not in here:
            color, dashes, marker = styles[name]
            look = {
                "color": color,
                "linestyle": dashes,
                "marker": marker,
            }
            [here[label]] = axes.plot([], [], label=label, **look)
        found.append(here[label])
    return found + [line for line in axes.lines if line.get_gid() == REFERENCE]
