"""Numbers along an axis, as one would write them: 0.1, 1, 10, 1,000.

Built in notebooks/02_rnn.ipynb.
"""

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedLocator, Formatter, LogLocator, NullLocator

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
SMALLEST, LARGEST = 1e-4, 1e6  # beyond these, zeros cannot be counted any more
MANY = 2  # so many powers of ten are enough ticks
GAP = 6  # pixels between two ticks' numbers


def plain_number(value: float) -> str:
    """Return a number without an exponent: 1e3 is "1,000", 1e-3 is "0.001"."""
    if not value or not math.isfinite(value):
        return f"{value:g}"
    if not SMALLEST <= abs(value) <= LARGEST:
        return _with_power(value)
    digits = max(0, 5 - math.floor(math.log10(abs(value))))  # six of them
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain_numbers(values: Sequence[float]) -> list[str]:
    """Return numbers as texts: without exponents, unless one of them needs its own."""
    sizes = [abs(value) for value in values if value]
    if sizes and not SMALLEST <= min(sizes) <= max(sizes) <= LARGEST:
        return [_with_power(value) if value else "0" for value in values]
    return [plain_number(value) for value in values]


def _with_power(value: float) -> str:
    power = math.floor(math.log10(abs(value)) + 1e-9)
    first = value / 10**power
    raised = f"10{str(power).translate(RAISED)}"
    if math.isclose(first, 1, rel_tol=1e-6):
        return raised
    return f"{first:.3g}·{raised}"


class PlainNumbers(Formatter):
    """Write the numbers of a logarithmic axis; all with powers if some need them."""

    def __call__(self, value: float, position: int | None = None) -> str:
        """Return the text of a tick."""
        low, high = sorted(self.axis.get_view_interval())
        if low < SMALLEST / 10 or high > 10 * LARGEST:
            return _with_power(value)
        return plain_number(value)


def make_plain(axes: Axes) -> None:
    """Write the numbers of logarithmic axes plainly; those set by hand stay."""
    for axis in (axes.xaxis, axes.yaxis):
        if axis.get_scale() == "log" and isinstance(axis.major.locator, LogLocator):
            _make_plain(axis)


def _make_plain(axis: Axis) -> None:
    low, high = sorted(axis.get_view_interval())
    few = math.log10(high / low) < MANY
    axis.set_major_locator(LogLocator(10, subs=(1, 2, 5) if few else (1,)))
    axis.set_major_formatter(PlainNumbers())
    axis.set_minor_locator(NullLocator())


def thin_out(axes: Axes) -> None:
    """Leave out numbers along x that would lie on the one before them."""
    if not isinstance(axes.xaxis.major.locator, FixedLocator):
        return
    labels = axes.get_xticklabels()
    if any(label.get_rotation() for label in labels):  # these stand beside each other
        return
    places, texts = [], []
    end = -math.inf
    for place, label in zip(axes.get_xticks(), labels, strict=True):
        width = label.get_window_extent().width
        middle = axes.transData.transform((place, 0))[0]
        if middle - width / 2 > end:
            places.append(place)
            texts.append(label.get_text())
            end = middle + width / 2 + GAP
    if len(places) < len(labels):
        axes.set_xticks(places, texts)
