"""A word read by its letters: filters slide over them, and each keeps its maximum.

Built in notebooks/04_elmo.ipynb.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from helpers.pictures.drawings.canvas import TEXT, canvas, short
from helpers.pictures.drawings.shapes import arrow, card, layer, note
from helpers.pictures.drawings.vectors import strip
from helpers.pictures.picture import ROLES, Picture, numbers, write

MOST = 10  # letters, with both marks
CELL = (0.62, 0.4)


def letter_filters(
    letters: Sequence[str],
    responses: Mapping[str, Sequence[float]],
    vector: Sequence[float],
    title: str,
) -> Picture:
    """Draw what filters answer to each window of a word, and what is made of it.

    `responses` maps the name of a filter to its answers, one for each letter at which a
    window begins; the largest is framed and kept. `vector` are some numbers of the
    word's vector. Raises ValueError for more than ten letters, or answers that are not
    as many.

        drawings.letter_filters(list("bat"), {"of 2": [0.1, 0.9, 0.3]}, [0.2], "bat")
    """
    n = len(letters)
    if not 1 <= n <= MOST or not responses:
        raise ValueError(
            f"{n} letters, {len(responses)} filters: 1 to {MOST}, and some"
        )
    left = 1.9
    right = left + CELL[0] * n
    figure, axes = canvas(title, right + 4.2, 1.5 + 0.75 * len(responses))
    for t, letter in enumerate(letters):
        card(axes, left + CELL[0] * (t + 0.5), 0.4, letter, width=0.5)
    write(axes, 0.85, 0.4, "letters", TEXT)
    kept = []
    for row, (name, answers) in enumerate(responses.items()):
        y = 1.25 + 0.75 * row
        values = numbers(f"answers of {name}", answers, 1)
        if len(values) != n:
            raise ValueError(f"{name}: {len(values)} answers to {n} letters: as many")
        write(axes, 0.85, y, name, TEXT)
        kept.append(_answers(axes, (left, y), values))
        arrow(axes, (right + 0.05, y), (right + 0.5, y), color=ROLES["output"])
    _onwards(axes, right, kept, numbers("vector", vector, 1))
    return figure


def _answers(axes: Axes, place: tuple[float, float], values: np.ndarray) -> float:
    """Draw one filter's answers, the largest framed; return it."""
    left, y = place
    middle = left + CELL[0] * len(values) / 2
    strip(axes, middle, y, values, CELL, "across written")
    best = int(values.argmax())
    corner = (left + CELL[0] * best, y - CELL[1] / 2)
    color = ROLES["output"]
    frame = Rectangle(corner, *CELL, fc="none", ec=color, lw=3.5, zorder=4)
    axes.add_patch(frame)
    return float(values[best])


def _onwards(
    axes: Axes, right: float, kept: Sequence[float], vector: np.ndarray
) -> None:
    """Draw the maxima, the highway and the word's vector."""
    for row, value in enumerate(kept):
        number = write(axes, right + 0.8, 1.25 + 0.75 * row, short(value), TEXT)
        number.set_weight("bold")
    middle = 1.25 + 0.75 * (len(kept) - 1) / 2
    note(axes, right + 0.8, 0.75, "maximum")
    box = layer(axes, right + 2.05, middle, "highway,\nmatrix", "embedding", (1.1, 0.8))
    arrow(axes, (right + 1.1, middle), box.left)
    largest = max(1e-9, float(np.abs(vector).max()))
    cells = strip(axes, right + 3.4, middle, vector / largest, (0.3, 0.26), "upright")
    arrow(axes, box.right, cells.left)
    note(axes, cells.x, cells.bottom[1] - 0.17, "token vector")
