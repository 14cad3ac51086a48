"""Drawings of self-attention: one text makes Q, K, V; many heads beside each other.

Built in notebooks/07_self_attention.ipynb.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from helpers.pictures.drawings.canvas import SMALL, TEXT, Point, canvas, extent, tenths
from helpers.pictures.drawings.shapes import (
    Area,
    arrow,
    card,
    card_width,
    layer,
    note,
    pale,
    panel,
)
from helpers.pictures.drawings.vectors import bracket, table
from helpers.pictures.picture import ROLES, Picture, numbers, write

HIGH = 0.34  # of a written cell
NAMES = ("query", "key", "value")
LETTERS = "QKV"
MAP = 1.25  # side of a head's map


def projections(
    tokens: Sequence[str],
    x: np.ndarray,
    matrices: Sequence[np.ndarray],
    title: str,
) -> Picture:
    """Draw how one matrix X becomes Q, K and V: a row per token, all numbers written.

    `x` (T, C); `matrices` are W_Q, W_K and W_V, each (·, C): Q = X W_Qᵀ and so on.
    Raises ValueError for other shapes.

        drawings.projections(["a", "b"], [[1, 0], [0, 2]], [np.eye(2)] * 3, "Views")
    """
    x, turned = _checked(tokens, x, matrices)
    results = [x @ matrix for matrix in turned]
    wide = _cell([x, *turned, *results])
    names = max(map(card_width, tokens))
    row = HIGH * max(len(x), x.shape[1]) + 0.75
    left = names + 0.5 + wide * x.shape[1]  # where X ends
    between = left + 0.95 + wide * max(m.shape[1] for m in turned) / 2
    end = between + wide * max(m.shape[1] for m in turned) + 1.15
    figure, axes = canvas(title, end + 0.5, 3 * row)
    start = _rows(axes, (names, left), 1.5 * row, (tokens, x), wide)
    for i, (matrix, result) in enumerate(zip(turned, results, strict=True)):
        y = (2.5 - i) * row - 0.1
        arrow(axes, (start.right[0] + 0.05, start.y), (between - 0.9, y))
        _matrix(axes, (between, y), matrix, wide, f"W$_{LETTERS[i]}$ᵀ", NAMES[i])
        write(axes, between + wide * matrix.shape[1] / 2 + 0.25, y, "=", TEXT)
        _matrix(axes, (end, y), result, wide, f"{LETTERS[i]}: {_plural(i)}", NAMES[i])
    return figure


def _checked(
    tokens: Sequence[str], x: np.ndarray, matrices: Sequence[np.ndarray]
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return X, and the three matrices turned round: (C, ·) each."""
    x = numbers("x", x, 2)
    if len(matrices) != 3 or len(tokens) != len(x):
        raise ValueError(
            f"{len(tokens)} tokens, {len(x)} rows of x, {len(matrices)} matrices; give "
            "a row for each token, and W_Q, W_K, W_V"
        )
    turned = []
    for name, matrix in zip(NAMES, matrices, strict=True):
        matrix = numbers(f"the {name} matrix", matrix, 2)
        if matrix.shape[1] != x.shape[1]:
            raise ValueError(
                f"a {name} matrix {matrix.shape} for vectors of {x.shape[1]} numbers; "
                f"give one of {x.shape[1]} columns"
            )
        turned.append(matrix.T)  # (C, ·)
    return x, turned


def _plural(i: int) -> str:
    return ("queries", "keys", "values")[i]


def _cell(tables: Sequence[np.ndarray]) -> float:
    """Return how wide a cell has to be for the longest number."""
    widest = max(extent(tenths(v), SMALL) for each in tables for v in each.flat)
    return max(0.44, widest + 0.12)


def _rows(
    axes: Axes,
    span: Point,
    y: float,
    given: tuple[Sequence[str], np.ndarray],
    wide: float,
) -> Area:
    """Draw X with its tokens at the left; `span`: where its names and it end."""
    tokens, x = given
    names, right = span
    middle = right - wide * x.shape[1] / 2
    area = table(axes, middle, y, x, (wide, HIGH), True)
    write(axes, middle, area.top[1] + 0.2, "X: one row a token", SMALL)
    for i, token in enumerate(tokens):
        level = area.top[1] - HIGH * (i + 0.5)
        write(axes, names + 0.25, level, token, TEXT, "right")
    return area


def _matrix(
    axes: Axes, place: Point, values: np.ndarray, wide: float, name: str, role: str
) -> None:
    """Draw a matrix with its numbers, its name above in the colour of its role."""
    x, y = place
    area = table(axes, x, y, values, (wide, HIGH), True)
    said = write(axes, x, area.top[1] + 0.2, name, TEXT)
    said.set(color=ROLES[role], weight="bold")


def many_heads(
    tokens: Sequence[str],
    weights: np.ndarray,
    title: str,
    width: int,
) -> Picture:
    """Draw multi-head attention: project, attend in each head, lay side by side, mix.

    `weights` (H, T, T): the map of each head, drawn in it, the darker the larger. A
    token has `width` numbers, a head width / H. Raises ValueError for other shapes, or
    a width that does not split.

        drawings.many_heads(["a", "b"], np.full((2, 2, 2), 0.5), "Two heads", 4)
    """
    weights = numbers("weights", weights, 3)
    n_heads, n = weights.shape[:2]
    if weights.shape != (n_heads, len(tokens), len(tokens)):
        raise ValueError(f"weights {weights.shape} for {len(tokens)} tokens")
    if width % n_heads:
        raise ValueError(f"{width} numbers do not split into {n_heads} heads")
    step = max(MAP + 0.75, 1.15 * extent("softmax(Q Kᵀ / √D) V"))
    whole = max(step * n_heads, sum(card_width(t) + 0.1 for t in tokens))
    figure, axes = canvas(title, whole + 1.5, 5.75)
    middle = whole / 2
    _tokens(axes, middle, tokens)
    note(axes, whole + 0.1, 0.3, f"X ({n}, {width})", "left")
    parts = width // n_heads
    for h in range(n_heads):
        _head(axes, step * (h + 0.5) + (whole - step * n_heads) / 2, weights[h], h)
    note(axes, whole + 0.1, 1.45, f"each ({parts}, {width})", "left")
    note(axes, whole + 0.1, 2.75, f"a map each,\n({n}, {n})", "left")
    note(axes, whole + 0.1, 3.95, f"each ({n}, {parts})", "left")
    _side_by_side(axes, middle, n_heads)
    note(axes, whole + 0.1, 4.43, f"({n}, {width})", "left")
    mix = layer(axes, middle, 5.4, "W$_O$: mixes the heads", "output", (2.4, 0.4))
    arrow(axes, (middle, 4.98), mix.bottom)
    note(axes, whole + 0.1, 5.4, f"({n}, {width})", "left")
    return figure


def _tokens(axes: Axes, middle: float, tokens: Sequence[str]) -> None:
    """Draw the tokens as cards around the middle."""
    cards = [card_width(token) + 0.1 for token in tokens]
    x = middle - sum(cards) / 2
    for token, wide in zip(tokens, cards, strict=True):
        card(axes, x + wide / 2, 0.3, token)
        x += wide


def _side_by_side(axes: Axes, middle: float, n_heads: int) -> None:
    """Draw what the heads hand on, laid side by side."""
    wide = 0.9 * n_heads
    for h in range(n_heads):
        place = middle - wide / 2 + 0.9 * (h + 0.5)
        box = Rectangle((place - 0.45, 4.3), 0.9, 0.26, fc=_tint(h), ec="#777777")
        axes.add_patch(box)
    bracket(axes, middle - wide / 2, middle + wide / 2, 4.66, "side by side", -0.06)


def _tint(h: int) -> tuple[float, float, float]:
    """Return the colour of a head."""
    roles = ("query", "key", "value", "gate", "output", "hidden")
    return pale(roles[h % len(roles)], 0.45)


def _head(axes: Axes, x: float, weights: np.ndarray, h: int) -> None:
    """Draw one head: its three matrices, its map, what it hands on."""
    field = panel(axes, (x - MAP / 2 - 0.3, 0.85), (MAP + 0.6, 2.95), f"head {h + 1}")
    arrow(axes, (x, 0.53), (x, field.bottom[1] + 0.3))
    for i, role in enumerate(NAMES):
        place = x + (i - 1) * 0.56
        layer(axes, place, 1.42, f"W$_{LETTERS[i]}$", role, (0.5, 0.36))
    note(axes, x, 1.77, "softmax(QKᵀ / √D)")
    n = len(weights)
    side = MAP / n
    corner = (x - MAP / 2, 1.95)
    for (i, j), weight in np.ndenumerate(weights):
        place = (corner[0] + side * j, corner[1] + MAP - side * (i + 1))
        cell = Rectangle(place, side, side, fc=pale("query", weight), ec="#c8c8c8")
        cell.set_linewidth(0.5)
        axes.add_patch(cell)
    out = Rectangle((x - 0.45, 3.95), 0.9, 0.26, fc=_tint(h), ec="#777777")
    axes.add_patch(out)
    arrow(axes, (x, 3.8), (x, 3.95))
