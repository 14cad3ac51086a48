"""Arrays and labels become static charts. No chart knows a model.

The message of a chart is its title, what to look for is its caption. Built in
notebooks/00_start_here.ipynb.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage

from helpers.pictures.bar_chart import bars
from helpers.pictures.curve_chart import curves
from helpers.pictures.panels import Panel, panels
from helpers.pictures.picture import LINES, Picture, in_legend, look, numbers, picture
from helpers.pictures.scatter import points, scatter_words
from helpers.pictures.seeds import band, by_seed

__all__ = [
    "Panel",
    "band",
    "bars",
    "by_seed",
    "curves",
    "heatmap",
    "histogram",
    "panels",
    "points",
    "scatter_words",
]


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
    matrix = numbers("matrix", matrix, 2, infinite=limits is not None)
    if matrix.shape != (len(rows), len(columns)):
        raise ValueError(
            f"a matrix {matrix.shape} needs as many labels, not {len(rows)} rows and "
            f"{len(columns)} columns"
        )
    if spread is not None and np.shape(spread) != matrix.shape:
        raise ValueError(f"spread has shape {np.shape(spread)}, not {matrix.shape}")
    figure, axes = picture(title, (9.0, min(8.0, 1.9 + 0.45 * len(rows))))
    cmap = "cividis" if limits else "PuOr_r"
    if not limits:
        largest = float(np.abs(matrix).max()) or 1.0
        limits = (-largest, largest)
    low, high = numbers("limits", limits, 1)
    image = axes.imshow(matrix, cmap=cmap, vmin=low, vmax=high, aspect="auto")
    axes.set(xticks=range(len(columns)), yticks=range(len(rows)))
    # many labels would overlap
    axes.set_xticklabels(columns, rotation=0 if len(columns) <= 10 else 60)
    axes.set_yticklabels(rows)
    axes.grid(visible=False)
    if matrix.size <= 120:  # larger ones have no room for numbers
        _write_numbers(axes, matrix, image, spread)
    figure.colorbar(image, ax=axes, fraction=0.04)
    return figure


def _write_numbers(
    axes: Axes, matrix: np.ndarray, image: AxesImage, spread: np.ndarray | None
) -> None:
    tenths = np.isfinite(matrix).all() and not np.allclose(matrix, matrix.round())
    tenths = tenths and np.allclose(matrix, matrix.round(1), atol=1e-9)
    for (i, j), value in np.ndenumerate(matrix):
        red, green, blue, _ = image.cmap(image.norm(value))
        brightness = 0.3 * red + 0.59 * green + 0.11 * blue  # as the eye weighs them
        color = "white" if brightness < 0.5 else "black"
        note = f"{value:.0f}" if float(value).is_integer() else f"{value:.2f}"
        if tenths:  # as they are given, and all alike
            note = f"{value:.1f}"
        if spread is not None and not np.isnan(spread[i, j]):
            note = f"{value:.2f} ± {spread[i, j]:.2f}"
        axes.text(j, i, note, ha="center", va="center", color=color, fontsize=11)


def histogram(
    groups: Mapping[str, Sequence[float]], title: str, threshold: float | None = None
) -> Picture:
    """Draw how the values of each group are spread, and a threshold between them.

    Raises ValueError without a group.
    """
    if not groups:
        raise ValueError("no groups are given; groups maps a name to its values")
    figure, axes = picture(title)
    arrays = {name: numbers(name, values, 1) for name, values in groups.items()}
    everything = np.concatenate(list(arrays.values()))
    low = everything.min()
    high = everything.max()
    if low == high:  # all in one bar, in the middle
        low -= 0.5
        high += 0.5
    edges = np.linspace(low, high, 31)  # the same for all groups
    for i, (name, values) in enumerate(arrays.items()):
        if i == 0:
            style = {"histtype": "stepfilled", "alpha": 0.45}
        else:  # a line over the first group
            style = {"histtype": "step"}
        style["color"] = look(i, "groups").color
        style["linestyle"] = LINES[i // 6]
        name = in_legend(name)
        axes.hist(values, edges, density=True, label=name, lw=2.4, **style)
    if threshold is not None:
        [threshold] = numbers("threshold", [threshold], 1)
        axes.axvline(threshold, color="black", linestyle=":", label="best threshold")
    axes.set(yticks=[])
    axes.legend()
    return figure
