"""What a seed changes: every run on file as a dot, or all of them as a band.

Built in notebooks/02_rnn.ipynb.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from helpers.pictures import ticks
from helpers.pictures.curve_chart import set_scales
from helpers.pictures.line_labels import (
    draw_references,
    draw_uprights,
    label_ends,
    reference,
)
from helpers.pictures.looks import looks, model_color
from helpers.pictures.panels import Panel, panels
from helpers.pictures.picture import BLUE, Picture, numbers, picture, plain
from helpers.pictures.runs import draw_band, draw_live, how_many, lost, note, runs_of

TOGETHER = 3  # more bands in one chart cannot be told apart
RING = {
    "ms": 15,
    "mfc": "none",
    "mec": "black",
    "mew": 2,
    "clip_on": False,
}
SPREAD = 0.22  # how far up and down in its row a run may stand


def band(
    x: Sequence[float],
    runs: Mapping[str, Sequence],
    title: str,
    live: Mapping[str, Sequence] | None = None,
    lines: Mapping[str, float] | None = None,
    log: str = "",
) -> Picture:
    """Draw all runs of each arm as a pale band with their mean, live ones as lines.

    Shapes: x (T,), runs {arm: (S, T)}, live {arm: (T,)}. `lines` and `log` are those of
    `curves`. More than three arms get a panel each, with the means of the others in
    grey behind. Raises ValueError without an arm and for shapes that do not fit x.
    """
    x = numbers("x", x, 1)
    if not runs:
        raise ValueError("no runs are given; runs maps an arm to (seeds, points)")
    arrays = {name: runs_of(name, values, x) for name, values in runs.items()}
    live = live or {}
    _require_known(live, arrays)
    if len(arrays) > TOGETHER:
        return _a_panel_each(x, arrays, live, lines, log, title)
    figure, axes = picture(title)
    colors = {}
    taken = [reference(name)[0] for name in lines or ()]
    styles = looks(list(arrays), "arms", taken)
    for (name, array), style in zip(arrays.items(), styles, strict=True):
        draw_band(axes, x, array, name, style)
        colors[name] = style.color
    draw_live(axes, x, live, colors)
    draw_references(axes, lines or {})
    set_scales(axes, x, log)
    figure.late += (lambda _: ticks.thin_out(axes),)
    label_ends(figure, axes, list(axes.lines))
    return figure.explain(note(list(arrays.items()), bool(live)))


def _require_known(live: Mapping[str, object], runs: Mapping[str, object]) -> None:
    """Raise ValueError for the learner's own run of an arm that has no runs."""
    strange = [name for name in live if name not in runs]
    if strange:
        raise ValueError(f"live has {strange[0]!r}; the arms are {list(runs)}")


def _a_panel_each(
    x: np.ndarray,
    arrays: Mapping[str, np.ndarray],
    live: Mapping[str, Sequence],
    lines: Mapping[str, float] | None,
    log: str,
    title: str,
) -> Picture:
    """Draw each band in a panel of its own, the means of the others behind it."""
    parts = []
    for name, array in arrays.items():
        others = [runs.mean(0) for other, runs in arrays.items() if other != name]
        own = {name: live[name]} if name in live else {}
        parts.append(Panel(str(name), x, {name: array}, own, others))
    return panels(parts, title, lines, log)


def by_seed(
    runs: Mapping[str, Sequence[float]],
    title: str,
    live: Mapping[str, float] | None = None,
    unit: str = "nats per token",
    lines: Mapping[str, float] | None = None,
) -> Picture:
    """Draw every run as a dot, an arm a row; a ring is the learner's own run.

    A short line is the mean, which is written at the right. A seed has the same height
    in all rows. Runs without a finite score, which diverged, are counted below. Shares
    end at 1. Raises ValueError without an arm, without a finite score and for a live
    run of an unknown arm.
    """
    if not runs:
        raise ValueError("no runs are given; runs maps an arm to one number a seed")
    live = live or {}
    _require_known(live, runs)
    arrays = {name: _scores(name, values) for name, values in runs.items()}
    figure, axes = picture(title, (9.0, 1.6 + 0.58 * len(runs)))
    for row, (name, scores) in enumerate(arrays.items()):
        _draw_row(axes, row, scores, model_color(name) or BLUE)
        if name in live:
            [own] = numbers(f"live {name}", [live[name]], 1)
            axes.plot(own, row, "o", **RING)
    draw_uprights(figure, axes, lines or {}, len(runs))
    names = [plain(name) for name in runs]
    axes.set(yticks=range(len(runs)), yticklabels=names, xlabel=unit)
    axes.set_ylim(len(runs) - 0.4, -1.0 if lines else -0.6)
    axes.grid(axis="y", visible=False)
    drawn = np.concatenate([*arrays.values(), list(live.values())])
    if unit.startswith("share") and np.nanmax(drawn) <= 1:
        axes.set_xlim(right=1.0)
    return figure.explain(_note(arrays, bool(live)))


def _scores(name: str, values: Sequence[float]) -> np.ndarray:
    """Return one number a seed; what is not finite becomes NaN."""
    scores = np.asarray(values, float)
    if scores.ndim != 1 or not np.isfinite(scores).any():
        raise ValueError(
            f"{name} has shape {scores.shape}; give finite scores (seeds,)"
        )
    return np.where(np.isfinite(scores), scores, np.nan)


def _draw_row(axes: Axes, row: int, scores: np.ndarray, color: str) -> None:
    """Draw the runs of one arm, their mean, and its number beside the chart."""
    places = np.linspace(-SPREAD, SPREAD, len(scores)) if len(scores) > 1 else [0.0]
    style = {
        "color": color,
        "alpha": 0.6,
        "ms": 8,
        "mec": "white",
        "clip_on": False,
    }
    axes.plot(scores, row + np.array(places), "o", **style)
    mean = np.nanmean(scores)
    axes.vlines(mean, row - 0.36, row + 0.36, color="black", linewidth=2)
    beside = axes.get_yaxis_transform()  # x in shares of the width, y in rows
    style = {
        "va": "center",
        "weight": "bold",
        "transform": beside,
    }
    axes.text(1.02, row, f"{mean:.2f}", **style)


def _note(arrays: Mapping[str, np.ndarray], live: bool) -> str:
    """Return what stands below: what a dot is, and which runs are not drawn."""
    n = how_many([len(scores) for scores in arrays.values()])
    parts = [f"A dot: one seed, {n} an arm. Short line and number: their mean."]
    if live:
        parts.append("Ring: this run.")
    return " ".join([*parts, *lost(list(arrays.items()))])
