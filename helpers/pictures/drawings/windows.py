"""A network with a window of fixed size, and the shapes of tasks that a loop can do.

Built in notebooks/02_rnn.ipynb.
"""

import math
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from helpers.pictures.drawings.canvas import BOLD, TEXT, Point, canvas, extent
from helpers.pictures.drawings.shapes import arrow, card, card_width, layer, note
from helpers.pictures.drawings.vectors import grid
from helpers.pictures.picture import Picture, plain, write

GAP = 0.15
SPACE = 0.6  # between two tasks
TALL = 2.4  # height of a task
WIDE = 9.6  # of a row of tasks
SHOWN = 6  # cells of a vector whose numbers are not shown


def window_network(
    tokens: Sequence[str], size: int, widths: tuple[int, int, int], title: str
) -> Picture:
    """Draw a window MLP from below to above: tokens, vectors, hidden layer, softmax.

    Only the last `size` tokens are seen. `widths` are those of a token's vector (C),
    of the hidden layer (N) and of the vocabulary (V); they are written at the layers.
    Raises ValueError if there are not so many tokens, or for a width below 1.

        drawings.window_network(["the", "key", "is"], 2, (64, 112, 636), "A window")
    """
    n = len(tokens)
    if not 1 <= size <= n:
        raise ValueError(f"a window of {size} does not fit into {n} tokens")
    if min(widths) < 1:
        raise ValueError(f"a layer has a width of {min(widths)}; give 1 or more")
    places = [max(1.1, card_width(token)) + GAP for token in tokens]
    left = max(0.0, (9.3 - 1.6 - sum(places)) / 2)
    xs = [left + sum(places[:i]) + places[i] / 2 for i in range(n)]
    figure, axes = canvas(title, max(9.3, sum(places) + 2.3), 4.15)
    for i, token in enumerate(tokens):
        _token(axes, xs[i], token, i >= n - size)
    if size < n:
        note(axes, (xs[0] + xs[n - size - 1]) / 2, 0.6, "not seen")
    c, width, v = widths
    middle = (xs[n - size] + xs[-1]) / 2
    wide = max(1.9, xs[-1] - xs[n - size] + 1.1)
    rows = [
        (1.86, "laid side by side", "embedding", wide, f"{size}·C = {size * c}"),
        (2.86, "hidden layer, tanh", "hidden", max(2.0, 0.65 * wide), f"N = {width}"),
        (3.86, "softmax: the next token", "output", max(2.4, wide), f"V = {v}"),
    ]
    note(axes, xs[-1] + 0.75, 1.15, f"C = {c} each", "left", TEXT)
    for y, name, role, long, shape in rows:
        layer(axes, middle, y, name, role, (long, 0.4))
        note(axes, max(xs[-1] + 0.75, middle + long / 2 + 0.12), y, shape, "left", TEXT)
    for y, weights in ((2.36, f"W: {width} × {size * c}"), (3.36, f"W: {v} × {width}")):
        arrow(axes, (middle, y - 0.29), (middle, y + 0.29), weights)
    return figure


def _token(axes: Axes, x: float, token: str, seen: bool) -> None:
    """Draw a token and, if it is seen, its vector."""
    word = card(axes, x, 0.25, token, "plain" if seen else "faded")
    if seen:
        vector = grid(axes, x, 1.15, (1, SHOWN), role="embedding")
        arrow(axes, word.top, vector.bottom)
        arrow(axes, vector.top, (x, 1.65))


def shape_zoo(
    shapes: Mapping[str, tuple[Sequence[str], Sequence[str]]], title: str
) -> Picture:
    """Draw the shapes of tasks: what goes into a loop at each step, and what comes out.

    `shapes` maps a name to (inputs, outputs), as many of each; "" is a step without.
    Raises ValueError for no shapes, or where inputs and outputs are not as many.

        drawings.shape_zoo({"many to one": (["a", "bad", "film"], ["", "", "−"])},
                           "A judge")
    """
    if not shapes:
        raise ValueError("there are no shapes; give a name, inputs and outputs")
    whole = sum(_width(name, task) + SPACE for name, task in shapes.items())
    n_rows = math.ceil(whole / WIDE)
    per_row = math.ceil(len(shapes) / n_rows)
    names = list(shapes)
    rows = [names[i : i + per_row] for i in range(0, len(names), per_row)]
    sizes = [sum(_width(name, shapes[name]) + SPACE for name in row) for row in rows]
    figure, axes = canvas(title, max(sizes), TALL * len(rows))
    for r, row in enumerate(rows):
        left = (max(sizes) - sizes[r]) / 2 + SPACE / 2
        bottom = TALL * (len(rows) - 1 - r)
        for name in row:
            wide = _width(name, shapes[name])
            said = write(axes, left + wide / 2, bottom + 2.14, plain(name), TEXT)
            said.set_weight("bold")
            _task(axes, (left + wide / 2, bottom), shapes[name])
            left += wide + SPACE
    return figure


def _width(name: str, task: tuple[Sequence[str], Sequence[str]]) -> float:
    """Return how wide a task's loop is, or its name. Raises ValueError if it is odd."""
    inputs, outputs = task
    if not inputs or len(inputs) != len(outputs):
        raise ValueError(
            f"{name!r} has {len(inputs)} inputs and {len(outputs)} outputs; "
            'give as many, with "" where nothing goes in or comes out'
        )
    return max(len(inputs) * _step(task), BOLD * extent(name))


def _step(task: tuple[Sequence[str], Sequence[str]]) -> float:
    """Return how far two copies of a cell stand apart."""
    inputs, outputs = task
    return max(map(card_width, [*inputs, *outputs])) + 0.25


def _task(axes: Axes, place: Point, task: tuple[Sequence[str], Sequence[str]]) -> None:
    """Draw one loop, unrolled: a state a step, cards where something goes in or out.

    `place` is the middle of its lower side.
    """
    middle, bottom = place
    step = _step(task)
    left = middle - step * len(task[0]) / 2
    for t, (token, answer) in enumerate(zip(*task, strict=True)):
        x = left + step * (t + 0.5)
        state = layer(axes, x, bottom + 1.0, "", "hidden", (0.42, 0.5))
        if t:
            arrow(axes, (x - step + 0.21, bottom + 1.0), state.left)
        if token:
            word = card(axes, x, bottom + 0.26, token)
            arrow(axes, word.top, state.bottom)
        if answer:
            above = card(axes, x, bottom + 1.74, answer, "output")
            arrow(axes, state.top, above.bottom)
