"""The cell of an LSTM.

Built in notebooks/03_lstm.ipynb.
"""

from matplotlib.axes import Axes
from matplotlib.patches import Circle

from helpers.pictures.drawings.canvas import INK, TEXT, canvas
from helpers.pictures.drawings.shapes import Area, arrow, layer, note
from helpers.pictures.picture import ROLES, Picture, write

GATES = {
    "f: forget\n(σ)": (2.0, "gate"),
    "i: input\n(σ)": (3.7, "gate"),
    "g: candidate\n(tanh)": (5.4, "hidden"),
    "o: output\n(σ)": (7.1, "gate"),
}


def lstm_cell(title: str) -> Picture:
    """Draw one step of an LSTM: the cell runs along the top, the gates lie below it."""
    figure, axes = canvas(title, 9.6, 3.75)
    road, line, below = 3.2, 0.25, 2.25  # heights: of c, of h and x, of the products
    axes.plot([1.0, 7.1], [line, line], color=INK, linewidth=1.4)
    note(axes, 0.92, line, "$h_{t-1}$, $x_t$", "right", TEXT)
    gates = {}
    for name, (x, role) in GATES.items():
        gates[name[0]] = layer(axes, x, 1.15, name, role, (1.4, 0.62))
        arrow(axes, (x, line), gates[name[0]].bottom)
    forget = _sign(axes, 2.0, road, "×")
    add = _sign(axes, 4.55, road, "+")
    write_in = _sign(axes, 4.55, below, "×")
    show = _sign(axes, 8.1, below, "×")
    # The cell: the forget gate multiplies it, the input gate adds to it.
    color = ROLES["cell"]
    ways = [((0.1, road), forget.left), (forget.right, add.left)]
    for start, end in [*ways, (add.right, (9.5, road))]:
        arrow(axes, start, end, color=color).set_linewidth(3)
    for x, said in ((0.6, "$c_{t-1}$"), (3.25, "what is kept"), (8.9, "$c_t$")):
        note(axes, x, road + 0.22, said, size=TEXT)
    arrow(axes, gates["f"].top, forget.bottom)
    arrow(axes, gates["i"].top, write_in.left)
    arrow(axes, gates["g"].top, write_in.right)
    arrow(axes, write_in.top, add.bottom)
    note(axes, 4.65, 2.72, "what is new", "left")
    # The new state: the output gate shows a part of the cell.
    arrow(axes, gates["o"].top, show.left)
    arrow(axes, (8.1, road), show.top, "tanh")
    arrow(axes, show.right, (9.5, below), "$h_t$")
    return figure


def _sign(axes: Axes, x: float, y: float, sign: str) -> Area:
    axes.add_patch(Circle((x, y), 0.2, fc="white", ec=INK, lw=1.4, zorder=3))
    write(axes, x, y, sign, 15).set_zorder(4)
    return Area(x, y, 0.4, 0.4)
