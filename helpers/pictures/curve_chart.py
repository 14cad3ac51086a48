"""Curves over x, each named at its end.

Built in notebooks/00_start_here.ipynb.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from helpers.pictures import ticks
from helpers.pictures.line_labels import draw_references, label_ends, reference
from helpers.pictures.looks import looks
from helpers.pictures.picture import Look, Picture, in_legend, numbers, picture

FEW = 12  # so many places on x are written as they are
MARKED = 30  # more markers would hide the curve


def curves(
    x: Sequence[float],
    ys: Mapping[str, Sequence[float]],
    title: str,
    lines: Mapping[str, float] | None = None,
    log: str = "",
    spread: Mapping[str, Sequence[float]] | None = None,
) -> Picture:
    """Draw one curve per name over x; no two share colour, dashes and marker.

    `lines` maps names to horizontal references; "floor" and "best" have colours of
    their own. `log` names the logarithmic axes ("", "x", "y", "xy"). `spread` is the
    standard deviation of some curves. An infinite value leaves a gap. A name that
    begins with a model's, as "GRU, wide", has its colour. Raises ValueError without a
    curve, and if one is not as long as x.
    """
    x = numbers("x", x, 1)
    if not ys:
        raise ValueError("no curves are given; ys maps a name to its values")
    figure, axes = picture(title)
    drawn = {name: numbers(name, values, 1, True) for name, values in ys.items()}
    taken = [reference(name)[0] for name in lines or ()]
    styles = looks(list(ys), "curves", taken)
    for (name, y), style in zip(drawn.items(), styles, strict=True):
        agree(x, name, y)
        _draw_curve(axes, x, y, name, style)
        if spread and name in spread:
            _draw_spread(axes, x, y, spread[name], name)
    if lines:
        numbers("lines", list(lines.values()), 1)
        draw_references(axes, lines)
    set_scales(axes, x, log)
    figure.late += (lambda _: ticks.thin_out(axes),)
    if len(axes.lines) > 1:
        label_ends(figure, axes, list(axes.lines))
    return figure


def _draw_curve(
    axes: Axes, x: np.ndarray, y: np.ndarray, name: str, look: Look
) -> None:
    style = {"color": look.color, "linestyle": look.line}
    if len(x) <= MARKED:
        style["marker"] = look.marker
    axes.plot(x, y, label=in_legend(name), **style)


def _draw_spread(
    axes: Axes, x: np.ndarray, y: np.ndarray, spread: Sequence[float], name: str
) -> None:
    spread = np.asarray(spread, float)  # NaN, as of one run, is no band
    agree(x, f"the spread of {name}", np.atleast_1d(spread), spread.ndim == 0)
    color = axes.lines[-1].get_color()
    axes.fill_between(x, y - spread, y + spread, color=color, alpha=0.2, lw=0)


def agree(x: np.ndarray, name: str, values: np.ndarray, one: bool = False) -> None:
    """Raise ValueError if values are not as many as x, or `one` for all of it."""
    if values.shape != x.shape and not one:
        raise ValueError(f"{name} has {len(values)} values for {len(x)} places on x")


def set_scales(axes: Axes, x: np.ndarray, log: str) -> None:
    """Make axes logarithmic as `log` says; few places on x are written as they are."""
    if "x" in log:
        axes.set_xscale("log")
    if len(x) <= FEW:
        axes.set_xticks(x, ticks.plain_numbers(x))
        axes.minorticks_off()
    if "y" in log:
        axes.set_yscale("log")
