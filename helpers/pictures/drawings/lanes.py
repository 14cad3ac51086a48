"""One text cut into lanes that are read side by side, a few steps at a time.

Built in notebooks/02_rnn.ipynb.
"""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from helpers.pictures.drawings.canvas import INK, SMALL, canvas, extent
from helpers.pictures.drawings.shapes import arrow, gradient, note, pale
from helpers.pictures.drawings.vectors import bracket
from helpers.pictures.picture import CYCLE, ROLES, Picture, plain, write

HIGH = 0.34  # of a token's cell
LANE = 0.5  # from one lane to the next
GAP = 0.8  # between two batches
LEFT = 0.95


def lanes(text: Sequence[str], n_lanes: int, steps: int, title: str) -> Picture:
    """Draw truncated back-propagation: a text, its lanes, and batches of some steps.

    Above, the text in one line; below, cut into `n_lanes` lanes of equal length, which
    are read side by side, `steps` tokens a batch. The state goes on to the next batch;
    the gradient stops. `text` is tokens, or a string of characters. A rest that fills
    no lane is left out. Raises ValueError for a text that fills no batch.

        drawings.lanes("the keys to the cabinet ", 3, 4, "Three lanes, two batches")
    """
    length = len(text) // n_lanes if n_lanes > 0 else 0
    if steps < 1 or length < steps:
        raise ValueError(
            f"{len(text)} tokens in {n_lanes} lanes fill no batch of {steps} steps"
        )
    tokens = [_seen(token) for token in text[: length * n_lanes]]
    narrow = max(0.24, *(extent(token, SMALL) + 0.1 for token in tokens))
    batches = -(-length // steps)
    line = narrow * len(tokens)
    gaps = GAP * (batches - 1)
    wide = max(narrow, min(0.6, (max(line, 9.0) - LEFT - gaps) / length))
    height = LANE * n_lanes + 1.95
    figure, axes = canvas(title, max(line, LEFT + wide * length + gaps) + 0.1, height)
    note(axes, 0.05, height - 0.1, "the text", "left")
    for i, token in enumerate(tokens):
        _cell(axes, 0.05 + narrow * i, height - 0.4, narrow, token, i // length)
    for lane in range(n_lanes):
        y = height - 1.42 - LANE * lane
        note(axes, LEFT - 0.1, y, f"lane {lane + 1}", "right")
        for j in range(length):
            x = LEFT + wide * j + GAP * (j // steps)
            _cell(axes, x, y, wide, tokens[lane * length + j], lane)
        for b in range(1, batches):
            x = LEFT + wide * steps * b + GAP * (b - 1)
            word = "state" if lane == 0 else ""
            arrow(axes, (x + 0.02, y), (x + GAP - 0.02, y), word)
    _batches(axes, height, (n_lanes, length, steps), wide)
    return figure


def _batches(
    axes: Axes, height: float, shape: tuple[int, int, int], wide: float
) -> None:
    """Name the batches above the lanes, and draw below how far gradients reach."""
    n_lanes, length, steps = shape
    low = height - 1.42 - LANE * (n_lanes - 1) - HIGH / 2 - 0.3
    for b, first in enumerate(range(0, length, steps)):
        x = LEFT + wide * first + GAP * b
        end = x + wide * min(steps, length - first)
        bracket(axes, x, end, height - 1.1, f"batch {b + 1}", -0.08)
        stop = x - GAP / 2 + 0.03 if b else x
        gradient(axes, (end, low), (stop, low), "gradient")
        if b:
            middle = x - GAP / 2
            color = ROLES["gradient"]
            axes.plot([middle, middle], [low - 0.1, low + 0.1], color=color, lw=3)
            note(axes, middle, low - 0.22, "detach").set_color(color)


def _seen(token: str) -> str:
    """Return a token that can be seen: a space and a new line have signs."""
    return token.replace(" ", "␣").replace("\n", "⏎")


def _cell(
    axes: Axes, left: float, y: float, wide: float, token: str, lane: int
) -> None:
    """Draw one token in the colour of its lane."""
    face = pale(CYCLE[lane % len(CYCLE)], 0.3)
    corner = (left, y - HIGH / 2)
    axes.add_patch(Rectangle(corner, wide, HIGH, fc=face, ec="#777777", lw=0.7))
    write(axes, left + wide / 2, y, plain(token), SMALL).set_color(INK)
