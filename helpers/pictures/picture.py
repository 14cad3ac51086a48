"""What every figure is: a picture that shows itself, with a message and a text twin.

One colour per role, the same through the series. Built in
notebooks/00_start_here.ipynb.
"""

import io
import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

# The palette of Okabe and Ito: its colours differ for colour-blind eyes, too.
BLUE = "#0072B2"
VERMILION = "#D55E00"
GREEN = "#009E73"
PURPLE = "#CC79A7"
ORANGE = "#E69F00"
SKY = "#56B4E9"

# One colour per role through the series, each with a second cue.
ROLES = {
    "model": BLUE,
    "floor": VERMILION,
    "baseline": "#8c8c8c",
    "data": GREEN,
    "query": BLUE,
    "key": VERMILION,
    "value": GREEN,
    "hidden": SKY,
    "cell": ORANGE,
    "gate": PURPLE,
}
CYCLE = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)
MARKERS = ("o", "s", "^", "D", "v", "P")
LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))

# Pale colours behind words: the blue, vermilion, ... of the palette, and a grey.
TINTS = ("#cfe4f2", "#f9d9c3", "#cdeee0", "#f3dcea", "#fbeac6", "#dcf0fb", "#e4e4e4")
DARK_GREY = "#444444"
GREY = "#666666"


class Picture(Figure):
    """A figure that shows itself in any notebook, without pyplot or a backend.

    The same input gives the same bytes, because the PNG carries no metadata. `alt` is
    the picture's text twin.
    """

    alt = ""

    def caption(self, text: str, alt: str = "") -> "Picture":
        """Write below the picture what to look for; return the picture."""
        wrapped = "\n".join(textwrap.wrap(text, 105))
        self.supxlabel(wrapped, fontsize=11.5, color=DARK_GREY, x=0.01, ha="left")
        self.alt = alt or f"{self.alt}. {text}"
        return self

    def label(self, x: str = "", y: str = "") -> "Picture":
        """Name the axes; return the picture."""
        self.axes[0].set(xlabel=x, ylabel=y)
        return self

    def zoom(
        self, x: Sequence[float] | None = None, y: Sequence[float] | None = None
    ) -> "Picture":
        """Set the limits (from, to) of the axes; return the picture."""
        self.axes[0].set(xlim=x, ylim=y)  # None leaves an axis as it is
        return self

    def png(self) -> bytes:
        """Return the picture as a PNG: the same figure gives the same bytes."""
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", metadata={"Software": None})
        return buffer.getvalue()

    def _repr_mimebundle_(self, include=None, exclude=None):
        data = {"image/png": self.png(), "text/plain": f"Picture: {self.alt}"}
        return data, {"image/png": {"alt": self.alt}}


def picture(
    title: str, size: tuple[float, float] | None = None
) -> tuple[Picture, Axes]:
    """Return a picture and its axes, with the message on top, in the course's style.

    `size` is the width and the height in units of 100 pixels.
    """
    figure = Picture(figsize=size, layout="constrained")
    axes = figure.add_subplot()
    axes.set_title("\n".join(textwrap.wrap(title, 80)))
    figure.alt = title
    return figure, axes


def write(
    axes: Axes,
    x: float,
    y: float,
    text: str,
    size: float | None = None,
    side: str = "center",
) -> Text:
    """Write a text whose centre, or whose `side`, is at (x, y); return it."""
    return axes.text(x, y, text, fontsize=size, ha=side, va="center")


def plain(text: str) -> str:
    """Return a text that is drawn as it stands: `$` would begin a formula."""
    return text.replace("$", r"\$")


def numbers(name: str, values: Sequence | np.ndarray, dims: int) -> np.ndarray:
    """Return values as an array of floats with `dims` axes.

    Raises ValueError, saying what is wrong, for another shape, for nothing and for NaN.
    """
    array = np.asarray(values, float)
    if array.ndim != dims or not array.size:
        raise ValueError(
            f"{name} has shape {array.shape}; give {dims} axes, none of them empty"
        )
    if np.isnan(array).any():
        raise ValueError(f"{name} has {np.isnan(array).sum()} entries that are NaN")
    return array
