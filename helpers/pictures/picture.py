"""What every figure is: a picture that shows itself, with a message and a text twin.

One colour per role, the same through the series. Built in
notebooks/00_start_here.ipynb.
"""

import io
import textwrap
import warnings
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from helpers.pictures import letters, ticks
from helpers.pictures.few_colors import in_few_colors

# The palette of Okabe and Ito: its colours differ for colour-blind eyes, too.
BLUE = "#0072B2"
VERMILION = "#D55E00"
GREEN = "#009E73"
PURPLE = "#CC79A7"
ORANGE = "#E69F00"
SKY = "#56B4E9"
VIOLET = "#9B72C8"
SAND = "#B59A6A"

# One colour per role through the series, each with a second cue. Charts, drawings and
# still pictures of views take their colours here; layers of a network come last.
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
    "gradient": VERMILION,
    "attention": BLUE,
    "feed-forward": GREEN,
    "norm": SAND,
    "embedding": VIOLET,
    "output": ORANGE,
}
WINE = "#882255"  # of the palette of Paul Tol; vermilion is the floor's

# One colour per model through the series: those that read word by word are warm.
MODELS = {
    "RNN": ORANGE,
    "LSTM": WINE,
    "GRU": PURPLE,
    "biLM": GREEN,
    "GPT": SKY,
    "BERT": BLUE,
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
    the picture's text twin. `note` is what a chart says of itself below, as whether a
    band is over seeds; `late` are the steps that need to know where everything stands.
    """

    alt = ""
    note = ""
    late: tuple[Callable[["Picture"], None], ...] = ()
    left: tuple[Axes, ...] = ()  # of panels: those that carry the name of y, of x
    bottom: tuple[Axes, ...] = ()

    def caption(self, text: str, alt: str = "") -> "Picture":
        """Write below the picture what to look for; return the picture."""
        self._write_below(f"{text} {self.note}".strip())
        self.alt = alt or f"{self.alt}. {text}"
        return self

    def explain(self, note: str) -> "Picture":
        """Write below the picture how it was made; a caption comes before it."""
        self.note = note
        self._write_below(note)
        self.alt = f"{self.alt}. {note}"
        return self

    def _write_below(self, text: str) -> None:
        wrapped = "\n".join(textwrap.wrap(text, 105))
        self.supxlabel(wrapped, fontsize=11.5, color=DARK_GREY, x=0.01, ha="left")

    def label(self, x: str = "", y: str = "") -> "Picture":
        """Name the axes; return the picture. An axis without a name keeps its own."""
        for axes in self.bottom or self.axes[:1]:
            axes.set_xlabel(x or axes.get_xlabel())
        for axes in self.left or self.axes[:1]:
            axes.set_ylabel(y or axes.get_ylabel())
        return self

    def zoom(
        self, x: Sequence[float] | None = None, y: Sequence[float] | None = None
    ) -> "Picture":
        """Set the limits (from, to) of the axes; return the picture."""
        self.axes[0].set(xlim=x, ylim=y)  # None leaves an axis as it is
        return self

    def png(self) -> bytes:
        """Return the picture as a PNG: the same figure gives the same bytes.

        Numbers stand for letters that no font has; what they mean is printed.
        """
        meanings = [f"{mark} is {said!r}" for mark, said in letters.fit(self).items()]
        if meanings:
            said = ", ".join(meanings)
            self.alt = f"{self.alt} ({said})"
            print(f"No font here has these letters, so {said}. Install Noto Sans CJK.")
        for _ in range(4):
            with warnings.catch_warnings():
                warnings.filterwarnings("error", "constrained_layout not applied")
                try:
                    return self._drawn()
                except UserWarning:  # long texts left no room for the axes
                    letters.cut(self)
                    self.set_size_inches(1.3 * self.get_size_inches())
        return self._drawn()

    def _drawn(self) -> bytes:
        for axes in self.axes:
            ticks.make_plain(axes)
        for step in self.late:
            step(self)
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", metadata={"Software": None})
        drawn = Image.open(buffer).convert("RGB")
        small = io.BytesIO()
        in_few_colors(drawn).save(small, "PNG", optimize=True)
        return small.getvalue()

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
    set_title(figure, axes, title)
    return figure, axes


def set_title(figure: Picture, axes: Axes, title: str) -> None:
    """Write the message of a picture above its axes."""
    axes.set_title("\n".join(textwrap.wrap(title, 80)))
    figure.alt = title


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


class Plain(str):
    """A text that is drawn as it stands."""


def plain(text: object) -> Plain:
    """Return a text that is drawn as it stands: `$` would begin a formula."""
    if isinstance(text, Plain):
        return text
    return Plain(str(text).replace("$", r"\$"))


def in_legend(name: object) -> str:
    """Return a name for a legend, which leaves out names that begin with a `_`."""
    blank = "\u200b"  # of no width
    return f"{blank}{name}" if str(name).startswith("_") else str(name)


class Look(NamedTuple):
    """How one of several curves or groups is drawn."""

    color: str
    line: object
    marker: str


def look(i: int, what: str) -> Look:
    """Return the look of curve or group `i`: no two of the first 36 are alike.

    Raises ValueError, saying `what` cannot be told apart, for more.
    """
    turn, first = divmod(i, 6)
    if turn > 5:
        raise ValueError(f"no more than 36 {what} can be told apart in a picture")
    second = (first + turn) % 6  # the second cue tells equal colours apart
    return Look(CYCLE[first], LINES[second], MARKERS[second])


def numbers(
    name: str, values: Sequence | np.ndarray, dims: int, infinite: bool = False
) -> np.ndarray:
    """Return values as an array of floats with `dims` axes.

    Raises ValueError, saying what is wrong, for another shape, for nothing, for NaN
    and, unless `infinite`, for numbers without an end.
    """
    if hasattr(values, "detach"):
        values = values.detach().cpu()  # a tensor of a model
    try:
        array = np.asarray(values, float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} has entries that are no numbers: {error}") from None
    if array.ndim != dims or not array.size:
        raise ValueError(
            f"{name} has shape {array.shape}; give {dims} axes, none of them empty"
        )
    if np.isnan(array).any():
        raise ValueError(f"{name} has {np.isnan(array).sum()} entries that are NaN")
    if not infinite and np.isinf(array).any():
        raise ValueError(f"{name} has {np.isinf(array).sum()} infinite entries")
    return array
