"""Drawings of recurrent networks: the loop, its unrolled copies, the cell of an LSTM.

Built in notebooks/02_rnn.ipynb and 03_lstm.ipynb.
"""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Circle

from helpers.pictures.drawings.canvas import INK, PALE, TEXT, canvas, stage
from helpers.pictures.drawings.shapes import Area, arrow, box, layer, note, rise
from helpers.pictures.picture import ROLES, TINTS, Picture, plain, write

GATES = {
    "f: forget\n(σ)": (2.0, "gate"),
    "i: input\n(σ)": (3.7, "gate"),
    "g: candidate\n(tanh)": (5.4, "hidden"),
    "o: output\n(σ)": (7.1, "gate"),
}


def folded_and_unfolded(tokens: Sequence[str], title: str) -> Picture:
    """Draw a recurrent network as a loop and, beside it, unrolled over the tokens.

    Raises ValueError for no tokens.
    """
    if not len(tokens):
        raise ValueError(
            "there are no tokens to unroll the loop over; give one or more"
        )
    width = 2.9 + 1.7 * len(tokens)
    figure, axes = stage(title, 3.9, (-0.9, width), (-1.45, 1.75))
    _step(axes, 0.3, "$x_t$", "$h_t$", "$y_t$")
    arrow(axes, (0.8, 0.15), (0.8, -0.15), bend=-2.2)
    write(axes, 1.35, 0, "$W_h$", 12, "left")
    write(axes, 2.05, 0, "=", 22)
    for t, token in enumerate(tokens):
        x = 3.3 + 1.7 * t
        _step(axes, x, plain(token), f"$h_{t + 1}$", f"$y_{t + 1}$")
        if t == 0:
            arrow(axes, (x - 0.95, 0), (x - 0.52, 0), "$h_0$")
        else:
            arrow(axes, (x - 1.2, 0), (x - 0.52, 0), "$W_h$")
    return figure


def _step(axes: Axes, x: float, below: str, state: str, above: str) -> None:
    """Draw one step: the input below, the state, the output above."""
    box(axes, x, 0, state, TINTS[5])
    box(axes, x, -1.15, below, PALE, (1.25, 0.5))
    box(axes, x, 1.3, above, TINTS[0], (1.0, 0.5))
    rise(axes, x, -0.88, -0.32)
    rise(axes, x, 0.32, 1.03)
    write(axes, x + 0.1, -0.6, "$W_x$", 11, "left")
    write(axes, x + 0.1, 0.66, "$W_y$", 11, "left")


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
