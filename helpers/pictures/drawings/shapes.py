"""What every drawing is made of: cards of tokens, layers, remarks, arrows.

One language for all of them: time goes right, depth goes up, a layer has the colour of
its role, a gradient is dashed and goes backwards. Each shape has its centre at (x, y),
in units of 100 pixels, and returns its `Area`: at its sides arrows begin and end.

    figure, axes = canvas("A word becomes a vector", 4, 2)
    word = card(axes, 2, 0.3, "key")
    table = layer(axes, 2, 1.3, "embedding", "embedding")
    arrow(axes, word.top, table.bottom)
"""

from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.text import Text

from helpers.pictures.drawings.canvas import (
    CARD,
    FAINT,
    INK,
    SMALL,
    TEXT,
    Point,
    extent,
)
from helpers.pictures.picture import DARK_GREY, GREY, ROLES, plain, write


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


def pale(role: str, share: float = 0.25) -> tuple[float, float, float]:
    """Return a role's colour mixed with white: `share` of it is left.

    `role` is one of picture.ROLES or a colour.
    """
    red, green, blue = to_rgb(ROLES.get(role, role))
    return tuple(1 - share * (1 - part) for part in (red, green, blue))


def card_width(text: str, size: float = TEXT, least: float = 0.6) -> float:
    """Return how wide the card of a token has to be."""
    return max(least, extent(text, size) + 0.24)


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


def panel(
    axes: Axes,
    corner: Point,
    size: Point,
    name: str = "",
    role: str = "baseline",
) -> Area:
    """Draw a pale field behind what belongs together, its name at the top left.

    `corner` is its lower left one; everything else lies in front of it.
    """
    left, bottom = corner
    area = Area(left + size[0] / 2, bottom + size[1] / 2, *size)
    _rounded(axes, area, pale(role, 0.12), pale(role, 0.3), 1.0, -2)
    title = write(axes, left + 0.14, bottom + size[1] - 0.2, plain(name), TEXT, "left")
    title.set_weight("bold")
    return area


def _rounded(
    axes: Axes,
    area: Area,
    face: str | tuple,
    edge: str | tuple,
    line: float = 1.2,
    level: float = 1,
) -> None:
    """Draw a rectangle with round corners; what has a higher level hides it."""
    shape = FancyBboxPatch(
        (area.x - area.width / 2, area.y - area.height / 2),
        area.width,
        area.height,
        boxstyle="round,pad=0,rounding_size=0.07",
        facecolor=face,
        edgecolor=edge,
        linewidth=line,
        zorder=level,
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
