"""Drawings of recurrent networks: the loop, its unrolled copies, the cell of an LSTM.

Built in notebooks/02_rnn.ipynb and 03_lstm.ipynb.
"""

from collections.abc import Sequence

from matplotlib.axes import Axes

from helpers.pictures.drawings.shapes import INK, PALE, arrow, box, rise, stage
from helpers.pictures.picture import DARK_GREY, TINTS, Picture, plain, write


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
    figure, axes = stage(title, 4.6, (-0.6, 9.4), (-0.9, 3.9))
    gates = {
        "f: forget\n(σ)": 1.6,
        "i: input\n(σ)": 3.4,
        "g: candidate\n(tanh)": 5.0,
        "o: output\n(σ)": 7.4,
    }
    for text, x in gates.items():
        tint = TINTS[2] if "tanh" in text else TINTS[0]
        box(axes, x, 1.0, text, tint, (1.35, 0.75))
        rise(axes, x, 0.1, 0.6)
    # The old state and the input go to all four.
    axes.plot([-0.2, 8.0], [0.1, 0.1], color=INK, linewidth=1.4)
    write(axes, -0.3, 0.1, "$h_{t-1}$, $x_t$", 12, "right")
    _sign(axes, 1.6, 3.0, "×")
    _sign(axes, 4.2, 3.0, "+")
    _sign(axes, 4.2, 2.1, "×")
    _sign(axes, 8.4, 2.1, "×")
    # The cell: the forget gate multiplies it, the input gate adds to it.
    arrow(axes, (-0.3, 3.0), (1.35, 3.0), "$c_{t-1}$")
    arrow(axes, (1.85, 3.0), (3.95, 3.0), "what is kept")
    arrow(axes, (4.45, 3.0), (9.2, 3.0), "$c_t$")
    rise(axes, 1.6, 1.42, 2.75)
    arrow(axes, (3.4, 1.42), (4.0, 1.95))
    arrow(axes, (5.0, 1.42), (4.4, 1.95))
    rise(axes, 4.2, 2.35, 2.75)
    # The new state: the output gate shows a part of the cell.
    arrow(axes, (7.4, 1.42), (8.2, 1.95))
    arrow(axes, (8.4, 2.95), (8.4, 2.35))
    axes.text(8.55, 2.6, "tanh", fontsize=10.5, color=DARK_GREY)
    arrow(axes, (8.65, 2.1), (9.2, 2.1), "$h_t$")
    return figure


def _sign(axes: Axes, x: float, y: float, sign: str) -> None:
    box(axes, x, y, sign, "white", (0.42, 0.42))
