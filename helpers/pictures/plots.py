"""Arrays and labels become static charts. No chart knows a model.

The message of a chart is its title, what to look for is its caption. Built in
notebooks/00_start_here.ipynb.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage

from helpers.pictures.picture import (
    CYCLE,
    GREY,
    LINES,
    MARKERS,
    ROLES,
    Picture,
    numbers,
    picture,
)
from helpers.pictures.scatter import points, scatter_words

__all__ = ["bars", "curves", "heatmap", "histogram", "points", "scatter_words"]


def bars(
    labels: Sequence[str],
    values: Sequence[float],
    title: str,
    floor: float | None = None,
    live: Sequence[str] = (),
    unit: str = "nats per token",
) -> Picture:
    """Draw one horizontal bar per label with its value, and the floor as a line.

    The values are in `unit`. An infinite value becomes an arrow. The bars of the labels
    in `live` are striped. Raises ValueError if labels and values are not as many.
    """
    values = numbers("values", values, 1)
    if len(labels) != len(values):
        raise ValueError(f"{len(labels)} labels for {len(values)} bars")
    height = 1.5 + 0.52 * len(labels)
    figure, axes = picture(title, (9.0, height))
    longest = values[np.isfinite(values)].max(initial=1e-9)
    end = 1.25 * max(longest, floor or 0)  # a quarter is room for the numbers
    for row, (label, value) in enumerate(zip(labels, values, strict=True)):
        _bar(axes, row, value, end, label in live)
    if floor is not None:
        color = ROLES["floor"]
        note = f" floor {floor:.2f}"
        axes.axvline(floor, color=color, linestyle="--")
        axes.text(floor, -0.75, note, color=color, va="bottom")  # above the bars
    axes.set(yticks=range(len(labels)), yticklabels=labels)
    axes.set(xlim=(0, end), xlabel=unit)
    axes.set_ylim(len(labels) - 0.4, -1.0)  # the first bar is on top
    axes.grid(axis="y", visible=False)
    return figure


def _bar(axes: Axes, row: int, value: float, end: float, live: bool) -> None:
    """Draw one bar and its number; an infinite one fills the width."""
    color = ROLES["model"] if live else ROLES["baseline"]
    finite = np.isfinite(value)
    length = value if finite else end
    hatch = "//" if live else None
    axes.barh(row, length, color=color, hatch=hatch, edgecolor="white")
    style = {"va": "center", "weight": "bold"}
    if finite:
        decimals = 2 if end > 0.2 else 3
        axes.text(length, row, f" {value:.{decimals}f}", **style)
    else:
        style |= {"ha": "right", "color": "white"}
        axes.text(0.99 * end, row, " infinite →", **style)


def curves(
    x: Sequence[float],
    ys: Mapping[str, Sequence[float]],
    title: str,
    lines: Mapping[str, float] | None = None,
    log: str = "",
    spread: Mapping[str, Sequence[float]] | None = None,
) -> Picture:
    """Draw one curve per name over x, each with its own colour, dashes and marker.

    `lines` maps names to horizontal references; the one called "floor" gets the floor's
    colour. `log` names the logarithmic axes ("", "x", "y", "xy"). `spread` is the
    standard deviation of some curves. Raises ValueError if a curve is not as long as x.
    """
    x = numbers("x", x, 1)
    figure, axes = picture(title)
    for i, (name, values) in enumerate(ys.items()):
        y = numbers(name, values, 1)
        if y.shape != x.shape:
            raise ValueError(f"{name} has {len(y)} values for {len(x)} places on x")
        look = {"color": CYCLE[i % 6], "linestyle": LINES[i % 6]}
        if len(x) <= 40:  # more markers would hide the curve
            look["marker"] = MARKERS[i % 6]
        axes.plot(x, y, label=name, **look)
        if spread and name in spread:
            sd = np.asarray(spread[name])
            axes.fill_between(x, y - sd, y + sd, color=CYCLE[i % 6], alpha=0.2, lw=0)
    if lines:
        _draw_lines(axes, np.array(list(ys.values()), float), lines)
    if "x" in log:
        axes.set_xscale("log")
    if len(x) <= 12:
        names = [f"{value:g}" for value in x]
        axes.set_xticks(x, names)
        axes.minorticks_off()
    if "y" in log:
        axes.set_yscale("log")
    if len(ys) > 1:
        axes.legend()
    return figure


def _draw_lines(axes: Axes, ys: np.ndarray, lines: Mapping[str, float]) -> None:
    """Draw horizontal lines; a label stands where no curve (of `ys`, (n, T)) is near.

    That is at the right, or at the left if only there the curves leave room.
    """
    n = ys.shape[1]
    tall = 0.1 * np.ptp(np.append(ys, list(lines.values())))  # height of a label
    for name, value in lines.items():
        color = ROLES["floor"] if name == "floor" else GREY
        axes.axhline(value, color=color, linestyle=":", linewidth=2)
        gaps = abs(ys - value)
        left = gaps[:, : n // 3 + 1].min()
        right = gaps[:, 2 * n // 3 :].min()
        at_left = right < tall and left > right
        axes.annotate(
            f"{name} {value:.2f}",
            (0.01 if at_left else 1, value),
            xycoords=("axes fraction", "data"),
            ha="left" if at_left else "right",
            va="bottom",
            color=color,
            weight="bold",
        )


def heatmap(
    matrix: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    title: str,
    limits: tuple[float, float] | None = (0, 1),
    spread: np.ndarray | None = None,
) -> Picture:
    """Draw a matrix: rows are queries or contexts, columns are keys or outcomes.

    Weights are drawn in cividis with fixed limits. With limits=None the numbers are
    signed: two colours, symmetric about 0. A small matrix carries its numbers, with
    their standard deviations where `spread` gives them (NaN: none). Raises ValueError
    if the labels are not as many as the rows and the columns.
    """
    matrix = numbers("matrix", matrix, 2)
    if matrix.shape != (len(rows), len(columns)):
        raise ValueError(
            f"a matrix {matrix.shape} needs as many labels, not {len(rows)} rows and "
            f"{len(columns)} columns"
        )
    height = min(8.0, 1.9 + 0.45 * len(rows))
    figure, axes = picture(title, (9.0, height))
    if limits:
        cmap = "cividis"
    else:
        cmap = "PuOr_r"
        largest = float(np.abs(matrix).max()) or 1.0
        limits = (-largest, largest)
    low, high = limits
    image = axes.imshow(matrix, cmap=cmap, vmin=low, vmax=high, aspect="auto")
    axes.set(xticks=range(len(columns)), yticks=range(len(rows)))
    rotation = 0 if len(columns) <= 10 else 60  # many labels would overlap
    axes.set_xticklabels(columns, rotation=rotation)
    axes.set_yticklabels(rows)
    axes.grid(visible=False)
    if matrix.size <= 120:  # larger ones have no room for numbers
        _write_numbers(axes, matrix, image, spread)
    figure.colorbar(image, ax=axes, fraction=0.04)
    return figure


def _write_numbers(
    axes: Axes, matrix: np.ndarray, image: AxesImage, spread: np.ndarray | None
) -> None:
    for (i, j), value in np.ndenumerate(matrix):
        red, green, blue, _ = image.cmap(image.norm(value))
        brightness = 0.3 * red + 0.59 * green + 0.11 * blue  # as the eye weighs them
        color = "white" if brightness < 0.5 else "black"
        note = f"{value:.0f}" if float(value).is_integer() else f"{value:.2f}"
        if spread is not None and not np.isnan(spread[i, j]):
            note = f"{value:.2f} ± {spread[i, j]:.2f}"
        axes.text(j, i, note, ha="center", va="center", color=color, fontsize=11)


def histogram(
    groups: Mapping[str, Sequence[float]], title: str, threshold: float | None = None
) -> Picture:
    """Draw how the values of each group are spread, and a threshold between them."""
    figure, axes = picture(title)
    arrays = {name: numbers(name, values, 1) for name, values in groups.items()}
    everything = np.concatenate(list(arrays.values()))
    low = everything.min()
    high = everything.max()
    edges = np.linspace(low, high, 31)  # the same for all groups
    for i, (name, values) in enumerate(arrays.items()):
        if i == 0:
            look = {"histtype": "stepfilled", "alpha": 0.45}
        else:  # a line over the first group
            look = {"histtype": "step"}
        color = CYCLE[i % 6]
        axes.hist(values, edges, density=True, label=name, color=color, lw=2.4, **look)
    if threshold is not None:
        axes.axvline(threshold, color="black", linestyle=":", label="best threshold")
    axes.set(yticks=[])
    axes.legend()
    return figure
