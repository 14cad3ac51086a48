"""What every figure is: a picture that shows itself, with a message and a text twin.

One colour per role, the same through the series. Built in
notebooks/00_start_here.ipynb.
"""

import io
import textwrap

import numpy as np
from matplotlib.figure import Figure

# One colour per role through the series (Okabe–Ito), each with a second cue.
ROLES = {
    "model": "#0072B2",
    "floor": "#D55E00",
    "baseline": "#8c8c8c",
    "data": "#009E73",
    "query": "#0072B2",
    "key": "#D55E00",
    "value": "#009E73",
    "hidden": "#56B4E9",
    "cell": "#E69F00",
    "gate": "#CC79A7",
}
CYCLE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS = ("o", "s", "^", "D", "v", "P")
LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))


class Picture(Figure):
    """A figure that shows itself in any notebook, without pyplot or a backend.

    Same input, same bytes: the PNG carries no metadata. `alt` is its text twin.
    """

    alt = ""

    def caption(self, text: str, alt: str = "") -> "Picture":
        """Write what to look for below the picture; return the picture."""
        wrapped = "\n".join(textwrap.wrap(text, 105))
        self.supxlabel(wrapped, fontsize=11.5, color="#444444", x=0.01, ha="left")
        self.alt = alt or f"{self.alt}. {text}"
        return self

    def label(self, x: str = "", y: str = "") -> "Picture":
        """Name the axes; return the picture."""
        self.axes[0].set(xlabel=x, ylabel=y)
        return self

    def zoom(self, x=None, y=None) -> "Picture":
        """Set the limits of the axes; return the picture."""
        self.axes[0].set(**{k: v for k, v in (("xlim", x), ("ylim", y)) if v})
        return self

    def png(self) -> bytes:
        """Return the picture as a PNG; same figure, same bytes."""
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", metadata={"Software": None})
        return buffer.getvalue()

    def _repr_mimebundle_(self, include=None, exclude=None):
        data = {"image/png": self.png(), "text/plain": f"Picture: {self.alt}"}
        return data, {"image/png": {"alt": self.alt}}


def picture(title: str, size: tuple[float, float] | None = None) -> tuple:
    """Return (picture, axes) with the message on top, in the course's style."""
    figure = Picture(figsize=size, layout="constrained")
    axes = figure.add_subplot()
    axes.set_title("\n".join(textwrap.wrap(title, 80)))
    figure.alt = title
    return figure, axes


def numbers(name: str, values, dims: int) -> np.ndarray:
    """Return values as an array of floats; say what is wrong with them otherwise."""
    array = np.asarray(values, float)
    if array.ndim != dims or not array.size:
        raise ValueError(
            f"{name} has shape {array.shape}; give {dims} axes, none of them empty"
        )
    if np.isnan(array).any():
        raise ValueError(f"{name} has {np.isnan(array).sum()} entries that are NaN")
    return array
