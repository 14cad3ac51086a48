"""Gates in pictures: one step of an LSTM, a path at a time, and one step of a GRU.

Built in notebooks/03_lstm.ipynb.
"""

from collections.abc import Mapping
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.patches import Circle

from helpers.pictures.drawings.canvas import INK, TEXT, Point, canvas, short
from helpers.pictures.drawings.shapes import Area, arrow, layer, note
from helpers.pictures.picture import ROLES, Picture, plain, write

WIDE, HIGH = 6.0, 3.6  # of one small picture
ROAD, INNER, GATE, LINE = 2.45, 1.7, 0.95, 0.3  # heights
DIM = "#c4c4c4"  # what is not spoken of
BOX = (0.86, 0.56)
SIGMOID, TANH = "gate", "hidden"  # the two colours

LSTM_PARTS = ("forget", "input", "cell", "output")
LSTM_VALUES = ("c before", "f", "i", "g", "o", "c", "h")
GRU_VALUES = ("h before", "z", "r", "n", "h")


class _Pen(NamedTuple):
    """Draws one small picture: its lower left corner, what is lit, the numbers."""

    axes: Axes
    corner: Point
    lit: frozenset[str] | None  # None: everything
    values: Mapping[str, float]

    def at(self, x: float, y: float) -> Point:
        """Return a place of the small picture on the canvas."""
        return self.corner[0] + x, self.corner[1] + y

    def shines(self, part: str) -> bool:
        """Say whether a part is lit, or one of several parts."""
        return self.lit is None or bool(self.lit & set(part.split()))

    def gate(self, x: float, letter: str, role: str, part: str) -> Area:
        """Draw a gate or a candidate, with its number where there is one."""
        shines = self.shines(part)
        name = letter
        if letter in self.values:
            name = f"{letter}\n{short(self.values[letter])}"
        area = layer(self.axes, *self.at(x, GATE), name, role if shines else DIM, BOX)
        self.way((x, LINE), (x, GATE - BOX[1] / 2), part)
        return area

    def sign(self, x: float, y: float, sign: str, part: str) -> Area:
        """Draw a sign in a circle: × or +."""
        place = self.at(x, y)
        color = INK if self.shines(part) else DIM
        circle = Circle(place, 0.19, fc="white", ec=color, lw=1.4, zorder=3)
        self.axes.add_patch(circle)
        write(self.axes, *place, sign, 15).set(zorder=4, color=color)
        return Area(*place, 0.38, 0.38)

    def way(
        self, start: Point, end: Point, part: str, label: str = "", road: bool = False
    ) -> None:
        """Draw an arrow between two places of the small picture; a road is thick."""
        color = ROLES["cell"] if road else INK
        shines = self.shines(part)
        drawn = arrow(
            self.axes,
            self.at(*start),
            self.at(*end),
            label if shines else "",
            color=color if shines else DIM,
        )
        drawn.set_linewidth(3 if road else 1.4)

    def name(self, x: float, y: float, letter: str, key: str, side: str) -> None:
        """Write the name of a vector, with its number where there is one."""
        text = f"${letter}$"
        if key in self.values:
            text += f" = {short(self.values[key])}"
        note(self.axes, *self.at(x, y), text, side, TEXT)

    def head(self, title: str, says: str) -> None:
        """Write the title of the small picture, and below it an example."""
        left, top = self.at(0.1, HIGH - 0.15)
        write(self.axes, left, top, plain(title), 13, "left").set_weight("bold")
        note(self.axes, left, top - 0.3, plain(says), "left", TEXT).set_color(INK)

    def inputs(self, last: float) -> None:
        """Draw the line of the old state and the token, up to the last gate."""
        xs, ys = zip(self.at(1.0, LINE), self.at(last, LINE), strict=True)
        self.axes.plot(xs, ys, color=INK, linewidth=1.4)
        note(self.axes, *self.at(0.93, LINE), "$h_{t-1}$, $x_t$", "right", TEXT)


def lstm_steps(
    examples: Mapping[str, tuple[str, str]], values: Mapping[str, float], title: str
) -> Picture:
    """Draw one step of an LSTM four times, each time with one path lit.

    `examples` gives each of "forget", "input", "cell", "output" a title and a sentence.
    `values` has the numbers of one unit: "c before", f, i, g, o, c, h; or {}.
    Raises ValueError for other names.

        drawings.lstm_steps({"forget": ("1 Forget", "after *is*: let go"), ...}, {},
                            "One step, four times")
    """
    _require(examples, LSTM_PARTS, "examples")
    if values:
        _require(values, LSTM_VALUES, "values")
    figure, axes = canvas(title, 2 * WIDE + 0.3, 2 * HIGH + 0.2)
    corners = [(0, HIGH + 0.2), (WIDE + 0.3, HIGH + 0.2), (0, 0), (WIDE + 0.3, 0)]
    for part, corner in zip(LSTM_PARTS, corners, strict=True):
        pen = _Pen(axes, corner, frozenset([part]), values)
        pen.head(*examples[part])
        _lstm(pen)
    return figure


def _lstm(pen: _Pen) -> None:
    """Draw the cell of an LSTM; its road lies on top."""
    pen.inputs(4.2)
    pen.gate(1.0, "f", SIGMOID, "forget")
    pen.gate(2.1, "i", SIGMOID, "input")
    pen.gate(3.1, "g", TANH, "input")
    pen.gate(4.2, "o", SIGMOID, "output")
    pen.sign(1.0, ROAD, "×", "forget")
    pen.sign(2.6, ROAD, "+", "cell")
    pen.sign(2.6, INNER, "×", "input")
    pen.sign(5.0, INNER, "×", "output")
    pen.way((0.1, ROAD), (0.81, ROAD), "forget", road=True)
    pen.way((1.19, ROAD), (2.41, ROAD), "forget cell", road=True)
    pen.way((2.79, ROAD), (5.9, ROAD), "cell", road=True)
    pen.way((1.0, GATE + 0.28), (1.0, ROAD - 0.19), "forget")
    pen.way((2.1, GATE + 0.28), (2.47, INNER - 0.14), "input")
    pen.way((3.1, GATE + 0.28), (2.73, INNER - 0.14), "input")
    pen.way((2.6, INNER + 0.19), (2.6, ROAD - 0.19), "input cell")
    pen.way((4.2, GATE + 0.28), (4.85, INNER - 0.12), "output")
    pen.way((5.0, ROAD), (5.0, INNER + 0.19), "output", "tanh")
    pen.way((5.19, INNER), (5.9, INNER), "output")
    pen.name(0.1, ROAD + 0.3, "c_{t-1}", "c before", "left")
    pen.name(5.9, ROAD + 0.22, "c_t", "c", "right")
    pen.name(5.9, INNER - 0.3, "h_t", "h", "right")


def gru_cell(values: Mapping[str, float], title: str) -> Picture:
    """Draw one step of a GRU: its state runs along the top, there is no second vector.

    `values` has the numbers of one unit: "h before", z, r, n, h; or {}.
    Raises ValueError for other names.

        drawings.gru_cell({}, "One step of a GRU")
    """
    if values:
        _require(values, GRU_VALUES, "values")
    figure, axes = canvas(title, WIDE, ROAD + 0.5)
    pen = _Pen(axes, (0, 0), None, values)
    pen.inputs(4.9)
    pen.gate(1.0, "z", SIGMOID, "")
    pen.gate(3.0, "n", TANH, "")
    pen.gate(4.9, "r", SIGMOID, "")
    pen.sign(3.95, GATE, "×", "")  # r acts on what the state gives to n
    pen.way((3.95, LINE), (3.95, GATE - 0.19), "", "$h_{t-1}$")
    pen.sign(1.0, ROAD, "×", "")
    pen.sign(2.6, ROAD, "+", "")
    pen.sign(2.6, INNER, "×", "")
    for start, end in ((0.1, 0.81), (1.19, 2.41), (2.79, 5.9)):
        pen.way((start, ROAD), (end, ROAD), "", road=True)
    pen.way((1.0, GATE + 0.28), (1.0, ROAD - 0.19), "")
    pen.way((1.2, GATE + 0.28), (2.42, INNER), "")
    note(axes, 1.6, INNER + 0.02, "1 − z", "center", TEXT)
    pen.way((3.0, GATE + 0.28), (2.68, INNER - 0.17), "")
    pen.way((2.6, INNER + 0.19), (2.6, ROAD - 0.19), "")
    pen.way((4.9 - BOX[0] / 2, GATE), (4.14, GATE), "")
    pen.way((3.76, GATE), (3.0 + BOX[0] / 2, GATE), "")
    pen.name(0.1, ROAD + 0.3, "h_{t-1}", "h before", "left")
    pen.name(5.9, ROAD + 0.24, "h_t", "h", "right")
    return figure


def _require(given: Mapping[str, object], names: tuple[str, ...], what: str) -> None:
    """Raise ValueError unless a mapping has just these names."""
    if set(given) != set(names):
        raise ValueError(f"{what} has {sorted(given)}; give just {', '.join(names)}")
