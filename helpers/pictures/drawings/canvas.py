"""The canvas of every drawing: where one unit is 100 pixels, and what texts take.

On it no text outgrows its shape when the picture grows, and a caption makes the picture
higher, not its shapes smaller.
"""

import textwrap
from functools import lru_cache
from unicodedata import east_asian_width

import matplotlib
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.layout_engine import PlaceHolderLayoutEngine

from helpers.pictures.picture import DARK_GREY, Picture, plain

INK = "#222222"
FAINT = "#858585"  # what a model does not see
TEXT = 12.0  # points; nothing is smaller than SMALL
SMALL = 11.0
CARD = 0.42  # height of a token's card
WIDEST = 12.5  # of a canvas: the screen of a projector, less its margins
MARGIN = 0.15
AS_PLACED = PlaceHolderLayoutEngine(adjust_compatible=False, colorbar_gridspec=False)
BOLD = 1.16  # how much wider bold letters are

Point = tuple[float, float]


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
    lines = fold(title, max(width, 4) / BOLD, size)
    head = len(lines) * size / 55 + 0.2
    whole = (max(width, 4) + 2 * MARGIN, height + head + MARGIN)
    figure = Drawing(figsize=whole, layout=AS_PLACED, facecolor="white")
    figure.alt = title
    place = (MARGIN / whole[0], MARGIN / whole[1])
    axes = figure.add_axes((*place, width / whole[0], height / whole[1]))
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    axes.set_title("\n".join(map(plain, lines)), fontsize=size)
    return figure, axes


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


def fold(text: str, width: float, size: float = SMALL) -> list[str]:
    """Return the lines of a text that is at most `width` wide on a canvas.

    A word that is too long for a line is broken.
    """
    lines = [""]
    for word in str(text).split():
        longer = f"{lines[-1]} {word}".strip()
        if extent(longer, size) <= width:
            lines[-1] = longer
            continue
        lines += [""] if lines[-1] else []
        for letter in word:
            if lines[-1] and extent(lines[-1] + letter, size) > width:
                lines.append("")
            lines[-1] += letter
    return lines


def short(value: float, digits: int = 2) -> str:
    """Return a number with so many digits that count, and a minus sign as it should be.

    Whole numbers keep all of theirs: −0.04, 0.012, 1300.
    """
    text = f"{value:.0f}" if value == round(value) else f"{value:.{digits}g}"
    return text.replace("-", "−")


def tenths(value: float) -> str:
    """Return a number as it stands in a cell: with one decimal, whole ones without."""
    text = f"{value:.0f}" if value == round(value) else f"{value:.1f}"
    return text.replace("-", "−")
