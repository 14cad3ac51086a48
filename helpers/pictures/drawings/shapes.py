"""What every drawing is made of: a canvas, token cards, layers, arrows, braces.

One language for all of them: time goes right, depth goes up, a layer has the colour of
its role, a gradient is dashed and goes backwards. On a `canvas` one unit is 100
pixels, so no text outgrows its shape when the picture grows. Each shape has its centre
at (x, y) and returns its `Area`, whose sides are where arrows begin and end:

    figure, axes = canvas("A word becomes a vector", 4, 2)
    word = card(axes, 2, 0.3, "key")
    table = layer(axes, 2, 1.3, "embedding", "embedding")
    arrow(axes, word.top, table.bottom)
"""

import textwrap
from functools import lru_cache
from typing import NamedTuple
from unicodedata import east_asian_width

import matplotlib
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.text import Text

from helpers.pictures.picture import (
    DARK_GREY,
    GREY,
    ROLES,
    Picture,
    picture,
    plain,
    write,
)

INK = "#222222"
PALE = "#f2f2f2"
FAINT = "#858585"  # what a model does not see
TEXT = 12.0  # points; nothing is smaller than SMALL
SMALL = 11.0
CARD = 0.42  # height of a token's card
WIDEST = 12.5  # of a canvas: the screen of a projector, less its margins
MARGIN = 0.15

Point = tuple[float, float]


class Area(NamedTuple):
    """Where a shape lies: its centre and its size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def top(self) -> Point:
        """The middle of the upper side."""
        return self.x, self.y + self.height / 2

    @property
    def bottom(self) -> Point:
        """The middle of the lower side."""
        return self.x, self.y - self.height / 2

    @property
    def left(self) -> Point:
        """The middle of the left side."""
        return self.x - self.width / 2, self.y

    @property
    def right(self) -> Point:
        """The middle of the right side."""
        return self.x + self.width / 2, self.y


class Drawing(Picture):
    """A picture whose axes keep their size: a caption makes it higher."""

    def caption(self, text: str, alt: str = "") -> "Drawing":
        """Write below the drawing what to look for; return the drawing."""
        width, height = self.get_size_inches()
        lines = textwrap.wrap(text, int(width * 11.5))
        room = 0.2 * len(lines) + 0.2
        self.set_size_inches(width, height + room)
        for axes in self.axes:
            left, bottom, wide, high = axes.get_position().bounds
            bottom = (bottom * height + room) / (height + room)
            high *= height / (height + room)
            axes.set_position((left, bottom, wide, high))
        self.text(
            MARGIN / width,
            0.1 / (height + room),
            "\n".join(lines),
            fontsize=11.5,
            color=DARK_GREY,
            va="bottom",
        )
        self.alt = alt or f"{self.alt}. {text}"
        return self


def canvas(title: str, width: float, height: float) -> tuple[Drawing, Axes]:
    """Return a drawing and empty axes, from (0, 0) to (width, height) in 100 pixels.

    Raises ValueError where the width does not fit on a projector.
    """
    if width > WIDEST:
        raise ValueError(
            f"the drawing would be {width:.1f} units wide and {WIDEST} fit on a "
            "screen: give fewer or shorter tokens"
        )
    size = matplotlib.rcParams["axes.titlesize"]
    size = size if isinstance(size, float) else 15.0
    letters = int(max(width, 4) * 72 / (0.66 * size))
    lines = textwrap.wrap(title, letters)
    head = len(lines) * size / 55 + 0.2
    whole = (max(width, 4) + 2 * MARGIN, height + head + MARGIN)
    figure = Drawing(figsize=whole, layout="none", facecolor="white")
    figure.alt = title
    place = (MARGIN / whole[0], MARGIN / whole[1])
    axes = figure.add_axes((*place, width / whole[0], height / whole[1]))
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    axes.set_title("\n".join(map(plain, lines)), fontsize=size)
    return figure, axes


def stage(title: str, height: float, x: Point, y: Point) -> tuple[Picture, Axes]:
    """Return a picture and empty axes that reach from x[0] to x[1], y[0] to y[1].

    One unit is as long in both directions. `height`: of the picture, in 100 pixels.
    """
    figure, axes = picture(title, (9.6, height))
    axes.set(xlim=x, ylim=y)
    axes.set_aspect("equal")
    axes.axis("off")
    return figure, axes


def pale(role: str, share: float = 0.25) -> tuple[float, float, float]:
    """Return a role's colour mixed with white: `share` of it is left.

    `role` is one of picture.ROLES or a colour.
    """
    red, green, blue = to_rgb(ROLES.get(role, role))
    return tuple(1 - share * (1 - part) for part in (red, green, blue))


@lru_cache(maxsize=4096)
def extent(text: str, size: float = TEXT) -> float:
    """Return how wide the widest line of a text is, in units of a canvas."""
    font = font_manager.get_font(font_manager.findfont("DejaVu Sans"))
    font.set_size(size, 100)
    known = font.get_charmap()

    def advance(letter: str) -> float:
        if ord(letter) in known and east_asian_width(letter) not in "WF":
            return font.load_char(ord(letter)).linearHoriAdvance / 65536
        return 100 * size / 72 * 1.15  # of another font: as wide as high

    return max(sum(map(advance, line)) for line in text.split("\n")) / 100


def card_width(text: str, size: float = TEXT, least: float = 0.6) -> float:
    """Return how wide the card of a token has to be."""
    return max(least, extent(text, size) + 0.24)


def box(
    axes: Axes,
    x: float,
    y: float,
    text: str,
    color: str | tuple = PALE,
    size: Point = (1.0, 0.6),
) -> Area:
    """Draw a rounded box of a width and a height, with its centre at (x, y)."""
    area = Area(x, y, *size)
    _rounded(axes, area, color, INK)
    write(axes, x, y, text, SMALL)
    return area


def card(
    axes: Axes,
    x: float,
    y: float,
    token: str,
    look: str = "plain",
    width: float | None = None,
) -> Area:
    """Draw a token as a card with its word, as wide as the word needs.

    `look` is "plain" (white), "faded" (there, but not seen) or a role or colour, in
    which the card is lit.
    """
    area = Area(x, y, width or card_width(token), CARD)
    if look == "plain":
        face, edge, ink = "white", INK, INK
    elif look == "faded":
        face, edge, ink = "#f7f7f7", "#cfcfcf", FAINT
    else:
        face, edge, ink = pale(look, 0.35), ROLES.get(look, look), INK
    _rounded(axes, area, face, edge)
    write(axes, x, y, plain(token), TEXT).set_color(ink)
    return area


def layer(
    axes: Axes,
    x: float,
    y: float,
    name: str,
    role: str,
    size: Point = (1.4, 0.5),
) -> Area:
    """Draw a layer of a network as a box in the colour of its role.

    `role`: "attention", "feed-forward", "norm", "embedding", "output", "hidden", or
    any other of picture.ROLES, or a colour.
    """
    area = Area(x, y, *size)
    _rounded(axes, area, pale(role), ROLES.get(role, role), 1.8)
    write(axes, x, y, name, TEXT)
    return area


def _rounded(
    axes: Axes, area: Area, face: str | tuple, edge: str | tuple, line: float = 1.2
) -> None:
    """Draw a rectangle with round corners."""
    shape = FancyBboxPatch(
        (area.x - area.width / 2, area.y - area.height / 2),
        area.width,
        area.height,
        boxstyle="round,pad=0,rounding_size=0.07",
        facecolor=face,
        edgecolor=edge,
        linewidth=line,
    )
    axes.add_patch(shape)


def note(
    axes: Axes, x: float, y: float, text: str, side: str = "center", size: float = SMALL
) -> Text:
    """Write a grey remark whose centre, or whose `side`, is at (x, y)."""
    remark = write(axes, x, y, text, size, side)
    remark.set_color(GREY)
    return remark


def arrow(
    axes: Axes,
    start: Point,
    end: Point,
    label: str = "",
    bend: float = 0.0,
    color: str = INK,
) -> FancyArrowPatch:
    """Draw an arrow between two points; its label stands above it, or right of it.

    `bend` is how far its middle leaves the straight line, as a share of its length:
    above 0 to the right of its direction.
    """
    shape = FancyArrowPatch(
        start,
        end,
        arrowstyle="-|>",
        mutation_scale=13,
        connectionstyle=f"arc3,rad={bend}",
        color=color,
        linewidth=1.4,
        shrinkA=1.5,
        shrinkB=1.5,
    )
    axes.add_patch(shape)
    if label:
        across = end[0] - start[0]
        up = end[1] - start[1]
        x = (start[0] + end[0] + bend * up) / 2
        y = (start[1] + end[1] - bend * across) / 2
        color = DARK_GREY if color == INK else color
        _beside(axes, x, y, label, abs(up) > abs(across)).set_color(color)
    return shape


def _beside(axes: Axes, x: float, y: float, label: str, steep: bool) -> Text:
    """Write a label right of a steep line, or above a flat one."""
    if steep:
        return axes.text(x + 0.07, y, label, fontsize=SMALL, va="center")
    return axes.text(x, y + 0.05, label, fontsize=SMALL, ha="center", va="bottom")


def gradient(
    axes: Axes, start: Point, end: Point, label: str = "", bend: float = 0.0
) -> None:
    """Draw a dashed arrow, the way a gradient goes: backwards, with its size."""
    road = arrow(axes, start, end, label, bend, ROLES["gradient"])
    road.set(linestyle=(0, (4, 2)), linewidth=1.8)


def rise(axes: Axes, x: float, bottom: float, top: float) -> None:
    """Draw an arrow straight up."""
    arrow(axes, (x, bottom), (x, top))
