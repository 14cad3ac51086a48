"""What every drawing is made of: a stage, boxes and arrows."""

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from helpers.pictures.picture import DARK_GREY, Picture, picture, write

INK = "#222222"
PALE = "#f2f2f2"

Point = tuple[float, float]


def stage(title: str, height: float, x: Point, y: Point) -> tuple[Picture, Axes]:
    """Return a picture and empty axes that reach from x[0] to x[1], y[0] to y[1].

    One unit is as long in both directions. `height`: of the picture, in 100 pixels.
    """
    figure, axes = picture(title, (9.6, height))
    axes.set(xlim=x, ylim=y)
    axes.set_aspect("equal")
    axes.axis("off")
    return figure, axes


def box(
    axes: Axes,
    x: float,
    y: float,
    text: str,
    color: str = PALE,
    size: Point = (1.0, 0.6),
) -> None:
    """Draw a rounded box of a width and a height, with its centre at (x, y)."""
    width, height = size
    shape = FancyBboxPatch(
        (x - width / 2, y - height / 2),
        width,
        height,
        boxstyle="round,pad=0.02,rounding_size=0.08",
        facecolor=color,
        edgecolor=INK,
        linewidth=1.2,
    )
    axes.add_patch(shape)
    write(axes, x, y, text, 11)


def arrow(
    axes: Axes, start: Point, end: Point, label: str = "", bend: float = 0.0
) -> None:
    """Draw an arrow between two points, with a label above its middle."""
    shape = FancyArrowPatch(
        start,
        end,
        arrowstyle="-|>",
        mutation_scale=14,
        connectionstyle=f"arc3,rad={bend}",
        color=INK,
    )
    axes.add_patch(shape)
    x = (start[0] + end[0]) / 2
    y = (start[1] + end[1]) / 2
    axes.text(x, y + 0.13, label, ha="center", fontsize=10.5, color=DARK_GREY)


def rise(axes: Axes, x: float, bottom: float, top: float) -> None:
    """Draw an arrow straight up."""
    arrow(axes, (x, bottom), (x, top))
