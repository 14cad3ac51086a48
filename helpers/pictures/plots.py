"""Arrays and labels → static charts. Never a model: `numpy.eye(3)` is enough to test.

The message of a chart is its title, what to look for its caption. Built in
notebooks/00_start_here.ipynb.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from helpers.pictures.picture import (
    CYCLE,
    LINES,
    MARKERS,
    ROLES,
    Picture,
    numbers,
    picture,
)


def bars(
    labels: Sequence[str],
    values: Sequence[float],
    title: str,
    floor: float | None = None,
    live: Sequence[str] = (),
    unit: str = "nats per token",
) -> Picture:
    """Draw one horizontal bar per label with its value, and the floor as a line.

    Values in `unit`; an infinite one becomes an arrow; `live` are striped.
    """
    values = numbers("values", values, 1)
    if len(labels) != len(values):
        raise ValueError(f"{len(labels)} labels for {len(values)} bars")
    size = (9.0, 1.5 + 0.52 * len(labels))
    figure, axes = picture(title, size)
    finite = values[np.isfinite(values)]
    top = 1.25 * max([*finite, floor or 0, 1e-9])
    for row, (label, value) in enumerate(zip(labels, values, strict=True)):
        _bar(axes, row, value, top, label in live)
    if floor is not None:
        axes.axvline(floor, color=ROLES["floor"], linestyle="--")
        axes.text(
            floor, -0.75, f" floor {floor:.2f}", color=ROLES["floor"], va="bottom"
        )
    axes.set(yticks=range(len(labels)), yticklabels=labels, xlim=(0, top))
    axes.set_ylim(len(labels) - 0.4, -1.0)
    axes.set_xlabel(unit)
    axes.grid(axis="y", visible=False)
    return figure


def _bar(axes: Axes, row: int, value: float, top: float, live: bool) -> None:
    """Draw one bar and its number; an infinite one fills the width."""
    color, hatch = (ROLES["model"], "//") if live else (ROLES["baseline"], None)
    finite = np.isfinite(value)
    width = value if finite else top
    axes.barh(row, width, color=color, hatch=hatch, edgecolor="white")
    note = f" {value:.{2 if top > 0.2 else 3}f}" if finite else " infinite →"
    style = {"ha": "left"} if finite else {"ha": "right", "color": "white"}
    where = width if finite else 0.99 * top
    axes.text(where, row, note, va="center", weight="bold", **style)


def curves(
    x: Sequence[float],
    ys: Mapping[str, Sequence[float]],
    title: str,
    lines: Mapping[str, float] | None = None,
    log: str = "",
    spread: Mapping[str, Sequence[float]] | None = None,
) -> Picture:
    """Draw one curve per name over x; `lines` maps names to horizontal references.

    `log` names the logarithmic axes ("", "x", "y", "xy"); `spread` the standard
    deviation of some curves. A line called "floor" gets the floor's colour.
    """
    x = numbers("x", x, 1)
    figure, axes = picture(title)
    for i, (name, values) in enumerate(ys.items()):
        y = numbers(name, values, 1)
        if y.shape != x.shape:
            raise ValueError(f"{name} has {len(y)} values for {len(x)} places on x")
        color, marker = CYCLE[i % 6], MARKERS[i % 6] if len(x) <= 40 else None
        axes.plot(x, y, color=color, marker=marker, linestyle=LINES[i % 6], label=name)
        if name in (spread or {}):
            sd = np.asarray(spread[name])
            axes.fill_between(x, y - sd, y + sd, color=color, alpha=0.2, lw=0)
    for name, value in (lines or {}).items():
        _line(axes, name, value, _side(value, ys, lines))
    axes.set_xscale("log" if "x" in log else "linear")
    if len(x) <= 12:
        axes.set_xticks(x, [f"{value:g}" for value in x], minor=False)
        axes.minorticks_off()
    axes.set_yscale("log" if "y" in log else "linear")
    if len(ys) > 1:
        axes.legend()
    return figure


def _line(axes: Axes, name: str, value: float, side: str = "right") -> None:
    color = ROLES["floor"] if name == "floor" else "#666666"
    axes.axhline(value, color=color, linestyle=":", linewidth=2)
    where = {"xycoords": ("axes fraction", "data"), "ha": side, "va": "bottom"}
    x = {"left": 0.01, "right": 1}[side]
    axes.annotate(
        f"{name} {value:.2f}", (x, value), color=color, weight="bold", **where
    )


def _side(value: float, ys: Mapping[str, Sequence[float]], lines: Mapping) -> str:
    """Return where the label of a line stands free: at the right, if it can be."""
    every = [np.asarray(y, float) for y in ys.values()]
    tall = 0.1 * np.ptp(np.concatenate([*every, [*lines.values()]]))
    ends = {"right": [y[-len(y) // 3 :] for y in every]}
    ends["left"] = [y[: len(y) // 3 + 1] for y in every]
    near = {k: min(abs(y - value).min() for y in part) for k, part in ends.items()}
    return "left" if near["right"] < tall and near["left"] > near["right"] else "right"


def heatmap(
    matrix: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    title: str,
    limits: tuple[float, float] | None = (0, 1),
    spread: np.ndarray | None = None,
) -> Picture:
    """Draw a matrix: rows are queries or contexts, columns keys or outcomes.

    Weights: cividis, limits fixed at 0 and 1. With limits=None the numbers are signed:
    two colours, symmetric about 0. Small matrices carry their numbers, with their
    standard deviations where `spread` gives them (nan: none).
    """
    matrix = numbers("matrix", matrix, 2)
    if matrix.shape != (len(rows), len(columns)):
        raise ValueError(
            f"a matrix {matrix.shape} needs as many labels, not {len(rows)} rows and "
            f"{len(columns)} columns"
        )
    size = (9.0, min(8.0, 1.9 + 0.45 * len(rows)))
    figure, axes = picture(title, size)
    reach = float(np.abs(matrix).max()) or 1.0
    low, high = limits or (-reach, reach)
    cmap = "cividis" if limits else "PuOr_r"
    image = axes.imshow(matrix, cmap=cmap, vmin=low, vmax=high, aspect="auto")
    axes.set(xticks=range(len(columns)), yticks=range(len(rows)))
    axes.set_xticklabels(columns, rotation=0 if len(columns) <= 10 else 60)
    axes.set_yticklabels(rows)
    axes.grid(visible=False)
    if matrix.size <= 120:
        _write_numbers(axes, matrix, image, spread)
    figure.colorbar(image, ax=axes, fraction=0.04)
    return figure


def _write_numbers(axes: Axes, matrix: np.ndarray, image, spread=None) -> None:
    for (i, j), value in np.ndenumerate(matrix):
        red, green, blue, _ = image.cmap(image.norm(value))
        dark = 0.3 * red + 0.59 * green + 0.11 * blue < 0.5
        note = f"{value:.0f}" if float(value).is_integer() else f"{value:.2f}"
        if spread is not None and not np.isnan(spread[i, j]):
            note = f"{value:.2f} ± {spread[i, j]:.2f}"
        color = "white" if dark else "black"
        axes.text(j, i, note, ha="center", va="center", color=color, fontsize=11)


def points(x, y, groups: Sequence[str], title: str) -> Picture:
    """Draw n points, one colour and marker per group; shapes (n,), (n,)."""
    x, y = numbers("x", x, 1), numbers("y", y, 1)
    if not len(x) == len(y) == len(groups):
        raise ValueError(f"{len(x)}, {len(y)} numbers and {len(groups)} groups")
    figure, axes = picture(title)
    for i, group in enumerate(dict.fromkeys(groups)):
        here = [j for j, g in enumerate(groups) if g == group]
        style = {"color": CYCLE[i % 6], "marker": MARKERS[i % 6], "alpha": 0.7}
        axes.plot(x[here], y[here], linestyle="", label=group, **style)
    axes.legend()
    return figure


def scatter_words(
    xy: np.ndarray,
    words: Sequence[str],
    groups: Sequence[str],
    title: str,
    frame: tuple[float, float] = (560, 330),
) -> Picture:
    """Draw words at their places, one colour and marker per group.

    Shapes: xy (n, 2). `frame`: pixels that the points take, roughly.
    """
    xy = numbers("xy", xy, 2)
    if xy.shape != (len(words), 2) or len(groups) != len(words):
        raise ValueError(f"{len(words)} words need as many groups and a (n, 2) array")
    figure, axes = picture(title, (9.0, 5.6))
    for i, group in enumerate(dict.fromkeys(groups)):
        here = [j for j, g in enumerate(groups) if g == group]
        style = {"color": CYCLE[i % 6], "marker": MARKERS[i % 6]}
        axes.plot(*xy[here].T, linestyle="", label=group, **style)
    axes.set(xticks=[], yticks=[])
    axes.margins(0.12)
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    _label_points(axes, xy, words, frame)
    return figure


def _label_points(axes: Axes, xy: np.ndarray, words: Sequence[str], frame) -> None:
    """Write each word beside its point, at the first place that is still free."""
    spread = np.ptp(xy, axis=0).clip(1e-9)
    points = (xy - xy.min(0)) / spread * frame
    taken = [(x - 5, y - 5, x + 5, y + 5) for x, y in points]
    for (x, y), word, at in zip(points, words, xy, strict=True):
        wide = 8.5 * len(word)
        spots = [(8, -5), (-8 - wide, -5), (-wide / 2, 8), (-wide / 2, -20)]
        spots += [(8, dy) for dy in (17, -27, 33, -43, 49, -59)]
        boxes = [(x + a, y + b, x + a + wide, y + b + 13) for a, b in spots]
        free = [k for k, new in enumerate(boxes) if not any(map(_overlap(new), taken))]
        k = free[0] if free else 0
        taken.append(boxes[k])
        x, side = (-8, "right") if k == 1 else (spots[k][0], "left")
        where = {"xytext": (x, spots[k][1]), "textcoords": "offset pixels"}
        axes.annotate(word, at, ha=side, **where)


def _overlap(a: tuple):
    return lambda b: a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def histogram(
    groups: Mapping[str, Sequence[float]], title: str, threshold: float | None = None
) -> Picture:
    """Draw how the values of each group are spread, and a threshold between them."""
    figure, axes = picture(title)
    everything = np.concatenate([numbers(n, v, 1) for n, v in groups.items()])
    edges = np.linspace(everything.min(), everything.max(), 31)
    for i, (name, values) in enumerate(groups.items()):
        kind, alpha = ("stepfilled", 0.45) if i == 0 else ("step", 1.0)
        style = {"histtype": kind, "alpha": alpha, "color": CYCLE[i % 6]}
        axes.hist(values, edges, density=True, label=name, linewidth=2.4, **style)
    if threshold is not None:
        axes.axvline(threshold, color="black", linestyle=":", label="best threshold")
    axes.set(yticks=[])
    axes.legend()
    return figure
