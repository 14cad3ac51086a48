"""Names at the ends of lines: right of the chart, where no data lie.

Built in notebooks/02_rnn.ipynb.
"""

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.offsetbox import AnnotationBbox, DrawingArea, HPacker, TextArea
from matplotlib.text import Text

from helpers.pictures.looks import ink
from helpers.pictures.picture import GREEN, GREY, ROLES, Picture, in_legend

WIDEST = 20  # letters in a row of a name
ROWS = 3  # of a name; the rest of it is cut
ROW = 19  # pixels from one row to the next
BESIDE = 1.015  # where names begin, as a share of the chart's width
NEAR = 7  # a name that is moved no farther than these pixels needs no thread
SAMPLE = (26, 10)  # points that a piece of the line takes before its name

# Horizontal and vertical references, the same in all charts: colour and dashes.
REFERENCE = "reference"  # what their lines are called, to find them again
REFERENCES = {"floor": (ROLES["floor"], "--"), "best": (GREEN, "-.")}
OTHER = (GREY, ":")


def reference(name: str) -> tuple[str, str]:
    """Return colour and dashes of a reference: the floor, the best, or another."""
    return REFERENCES.get(name, OTHER)


def draw_references(axes: Axes, lines: Mapping[str, float]) -> None:
    """Draw horizontal lines, as the floor; each is named with its value."""
    for name, value in lines.items():
        color, dashes = reference(name)
        label = in_legend(f"{name} {value:.2f}")
        style = {
            "color": color,
            "linestyle": dashes,
            "linewidth": 2,
            "zorder": 1.5,
        }
        axes.axhline(value, label=label, gid=REFERENCE, **style)


def draw_uprights(
    figure: Picture, axes: Axes, lines: Mapping[str, float], rows: int
) -> None:
    """Draw vertical references through so many rows, each named above the first."""
    texts = []
    for name, value in lines.items():
        color, dashes = reference(name)
        style = {
            "color": color,
            "linestyle": dashes,
            "linewidth": 2,
            "zorder": 1.5,
        }
        axes.plot([value, value], [-0.55, rows - 0.4], clip_on=False, **style)
        note = f"{name} {value:.2f}"
        style = {
            "color": ink(color),
            "weight": "bold",
            "fontsize": 12,
        }
        texts.append(axes.text(value, -0.6, note, ha="center", va="bottom", **style))
    if texts:
        figure.late += (lambda drawn: _side_by_side(drawn, axes, lines, texts),)


def _side_by_side(
    figure: Picture, axes: Axes, lines: Mapping[str, float], texts: Sequence[Text]
) -> None:
    """Move the names of vertical references beside each other."""
    figure.draw_without_rendering()
    frame = axes.get_window_extent()
    wanted = axes.transData.transform([(x, 0) for x in lines.values()])[:, 0]
    widths = [text.get_window_extent().width + 12 for text in texts]
    end = max(frame.x1, figure.bbox.x1 - 8)
    for text, x in zip(texts, apart(wanted, widths, frame.x0, end), strict=True):
        text.set_x(axes.transData.inverted().transform((x, 0))[0])


class Named(NamedTuple):
    """A line and the box that holds its name."""

    line: Line2D
    box: AnnotationBbox


def label_ends(
    figure: Picture, axes: Axes, lines: Sequence[Line2D], small: bool = False
) -> None:
    """Name lines at their right ends; where there is no room, in a legend outside.

    The names are the lines' labels. They stand apart from each other when the picture
    is drawn, since only then it is known where the lines end.
    """
    if not lines:
        return
    names = [_fold(line.get_label()) for line in lines]
    rows = sum(name.count("\n") + 1 for name in names)
    room = 100 * figure.get_figheight() - 110  # pixels, of a chart with a title
    if ROW * rows > room and not small:
        columns = 1 + len(lines) // 18
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1), ncols=columns)
        return
    size = 11 if small else 12
    named = [
        Named(line, _add_box(axes, line, name, size))
        for line, name in zip(lines, names, strict=True)
    ]
    figure.late += (lambda drawn: _set_apart(drawn, axes, named),)


def _fold(name: str) -> str:
    """Return a name in rows of a few letters; a formula stays in one."""
    if "$" in name:
        return name
    rows = textwrap.wrap(name, WIDEST)
    if len(rows) > ROWS:
        rows = [*rows[: ROWS - 1], f"{rows[ROWS - 1][: WIDEST - 1]}…"]
    return "\n".join(rows)


def _add_box(axes: Axes, line: Line2D, name: str, size: float) -> AnnotationBbox:
    """Add a piece of the line and its name beside the chart."""
    color = line.get_color()
    width, height = SAMPLE
    piece = DrawingArea(width, height)
    middle = height / 2
    style = {"color": color, "linestyle": line.get_linestyle()}
    style["linewidth"] = min(line.get_linewidth(), 3)
    piece.add_artist(Line2D([0, width], [middle, middle], **style))
    if line.get_marker() not in ("None", "", None):
        mark = {
            "marker": line.get_marker(),
            "color": color,
            "markersize": 6,
        }
        mark["markerfacecolor"] = line.get_markerfacecolor()
        piece.add_artist(Line2D([width / 2], [middle], **mark))
    style = {
        "color": ink(color),
        "fontsize": size,
        "weight": "bold",
    }
    packed = HPacker(
        children=[piece, TextArea(name, textprops=style)], align="center", sep=5
    )
    box = AnnotationBbox(
        packed,
        (1, 0.5),
        xybox=(BESIDE, 0.5),
        xycoords="axes fraction",
        boxcoords="axes fraction",
        box_alignment=(0, 0.5),
        pad=0,
        frameon=False,
        annotation_clip=False,
        arrowprops={"arrowstyle": "-", "color": color, "lw": 0.8, "alpha": 0.6},
    )
    box.arrow_patch.set_visible(False)
    return axes.add_artist(box)


def _set_apart(figure: Picture, axes: Axes, named: Sequence[Named]) -> None:
    """Move the names to the heights of their lines' ends, none on another."""
    if axes.get_legend():  # a notebook has added one
        for _, box in named:
            box.set_visible(False)
        return
    figure.draw_without_rendering()  # now the layout is known
    frame = axes.get_window_extent()
    ends = np.array([_end(axes, line) for line, _ in named])  # (n, 2) pixels
    heights = [box.offsetbox.get_window_extent().height + 2 for _, box in named]
    middles = apart(ends[:, 1], heights, frame.y0, frame.y1)
    for (x, y), middle, (_, box) in zip(ends, middles, named, strict=True):
        box.xyann = (BESIDE, (middle - frame.y0) / frame.height)
        is_here = not math.isnan(x)
        if is_here:
            box.xy = ((x - frame.x0) / frame.width, (y - frame.y0) / frame.height)
        far = abs(middle - y) > NEAR or frame.x1 - x > 0.15 * frame.width
        box.arrow_patch.set_visible(bool(is_here and far))


def _end(axes: Axes, line: Line2D) -> tuple[float, float]:
    """Return where a line ends within the chart, in pixels."""
    frame = axes.get_window_extent()
    places = line.get_transform().transform(np.array(line.get_data(), float).T)
    seen = np.isfinite(places).all(1)  # (n,)
    seen &= (places[:, 0] >= frame.x0 - 1) & (places[:, 0] <= frame.x1 + 1)
    if not seen.any():  # nothing of it is in this chart
        return math.nan, frame.y0
    x, y = places[seen][-1]
    return x, float(np.clip(y, frame.y0, frame.y1))


def apart(
    wanted: Sequence[float], sizes: Sequence[float], low: float, high: float
) -> np.ndarray:
    """Return middles, near to those wanted, of intervals that do not overlap.

    They keep their order and stay between low and high, if there is room for all.
    Intervals that touch are moved together, to the mean of where they want to be.
    """
    order = np.argsort(wanted, kind="stable")
    sizes = np.asarray(sizes, float)[order]
    # Where each would begin if all those before it stood close together.
    before = np.cumsum(sizes) - sizes
    starts = np.asarray(wanted, float)[order] - sizes / 2 - before
    groups: list[list[float]] = []  # [mean start, how many]
    for start in starts:
        groups.append([start, 1])
        while len(groups) > 1 and groups[-2][0] > groups[-1][0]:
            mean, n = groups.pop()
            total = groups[-1][1] + n
            groups[-1][0] += (mean - groups[-1][0]) * n / total
            groups[-1][1] = total
    starts = np.repeat([mean for mean, _ in groups], [int(n) for _, n in groups])
    starts = np.clip(starts, low, max(low, high - sizes.sum()))
    middles = np.empty(len(sizes))
    middles[order] = starts + before + sizes / 2
    return middles
