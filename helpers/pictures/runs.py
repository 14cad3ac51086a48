"""Runs of other seeds as a pale band with their mean; the learner's own as one line.

Built in notebooks/02_rnn.ipynb.
"""

import warnings
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patheffects import Normal, Stroke

from helpers.pictures.picture import Look, in_legend, numbers

MARKED = 15  # more markers would hide a line
OUTLINE = [Stroke(linewidth=6, foreground="white"), Normal()]


def runs_of(name: str, values: Sequence, x: np.ndarray) -> np.ndarray:
    """Return the runs of an arm as (seeds, points); NaN, of a diverged run, may stay.

    Raises ValueError for another shape, and if no run has a number.
    """
    if hasattr(values, "detach"):
        values = values.detach().cpu()
    runs = np.atleast_2d(np.asarray(values, float))
    if runs.ndim != 2 or not runs.size or runs.shape[1] != len(x):
        raise ValueError(
            f"{name} has shape {np.shape(values)}, not (seeds, {len(x)}) as x asks"
        )
    if np.isnan(runs).all():
        raise ValueError(f"{name} has no run with a number")
    return runs


def draw_band(
    axes: Axes, x: np.ndarray, runs: np.ndarray, name: str, look: Look
) -> Line2D:
    """Draw from the least to the largest run as a band, and their mean; return that.

    Shapes: x (T,), runs (S, T). Of one run there is only the line.
    """
    finite = np.where(np.isfinite(runs), runs, np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a place without a number
        low, high, mean = (
            f(finite, axis=0) for f in (np.nanmin, np.nanmax, np.nanmean)
        )
    if len(runs) > 1:
        axes.fill_between(x, low, high, color=look.color, alpha=0.2, lw=0)
    style = {
        "color": look.color,
        "linestyle": look.line,
        "linewidth": 1.8,
    }
    [line] = axes.plot(x, mean, label=in_legend(name), **style)
    if len(x) <= MARKED:
        line.set(marker=look.marker, markersize=5)
    return line


def draw_live(
    axes: Axes, x: np.ndarray, live: Mapping[str, Sequence], colors: Mapping[str, str]
) -> list[Line2D]:
    """Draw the learner's own runs as strong lines; return them.

    Raises ValueError for a name that has no band.
    """
    lines = []
    for name, values in live.items():
        if name not in colors:
            known = ", ".join(map(str, colors))
            raise ValueError(f"live has {name!r}, but the bands are: {known}")
        y = numbers(f"live {name}", values, 1, infinite=True)
        if y.shape != x.shape:
            raise ValueError(f"live {name} has {len(y)} values for {len(x)} places")
        [line] = axes.plot(x, y, color=colors[name], linewidth=3.6)
        line.set(path_effects=OUTLINE, label=in_legend(f"{name}, this run"))
        lines.append(line)
    return lines


def note(arrays: Sequence[tuple[str, np.ndarray]], live: bool) -> str:
    """Return what stands below a chart: how many runs a band is of, and over what."""
    counts = [len(runs) for _, runs in arrays]
    parts = [f"Pale: {how_many(counts)} on file, a seed each. Thin line: their mean."]
    if max(counts) == 1:
        parts = ["One run on file, so there is no band."]
    if live:
        parts.append("Strong line: this run.")
    return " ".join([*parts, *lost(arrays)])


def how_many(counts: Sequence[int]) -> str:
    """Return "5 runs", or "3 to 5 runs" where arms have not equally many."""
    least, most = min(counts), max(counts)
    if least == most:
        return f"{most} runs" if most > 1 else "1 run"
    return f"{least} to {most} runs"


def lost(arrays: Sequence[tuple[str, np.ndarray]]) -> list[str]:
    """Return a sentence for each arm that has runs without a finite number."""
    found = []
    for name, runs in arrays:
        diverged = (~np.isfinite(runs)).reshape(len(runs), -1).any(1).sum()
        if diverged:
            found.append(f"{name}: {diverged} of {len(runs)} diverged, left out.")
    return found
