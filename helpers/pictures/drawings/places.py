"""Drawings of positions: added to words, as hands of clocks, and where they act.

Built in notebooks/08_positions.ipynb.
"""

from collections.abc import Mapping, Sequence
from math import cos, sin

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle

from helpers.pictures.drawings.canvas import INK, TEXT, Point, canvas, extent
from helpers.pictures.drawings.shapes import arrow, card, card_width, layer, note, panel
from helpers.pictures.drawings.vectors import plus, strip
from helpers.pictures.picture import GREY, ROLES, Picture, numbers, write

RADIUS = 0.34
HANDS = ("query", "key", "value")  # the roles of a dial's hands, in their order


def word_and_position(
    tokens: Sequence[str], words: np.ndarray, places: np.ndarray, title: str
) -> Picture:
    """Draw word vector + position vector = input, one column for each token.

    `words` and `places` (T, C) are strips of cells, coloured by value. Raises
    ValueError where they have other shapes.
    """
    words = numbers("words", words, 2)
    places = numbers("places", places, 2)
    if words.shape != places.shape or len(words) != len(tokens):
        raise ValueError(
            f"words {words.shape} and places {places.shape} for {len(tokens)} tokens; "
            "give each token one vector of both, equally wide"
        )
    rows = {"word": (1.0, words), "position": (2.0, places), "input": (3.0, None)}
    wide = max(1.5, 0.2 * words.shape[1], *map(card_width, tokens)) + 0.4
    left = 1.1
    figure, axes = canvas(title, left + wide * len(tokens), 3.5)
    for name, (y, _) in rows.items():
        write(axes, 0.02, y, name, TEXT, "left").set_weight("bold")
    most = np.abs(words + places).max()
    for i, token in enumerate(tokens):
        x = left + wide * (i + 0.5)
        lower = card(axes, x, 0.3, token)
        for name, (y, values) in rows.items():
            values = words + places if values is None else values
            area = strip(axes, x, y, values[i] / most)
            if name == "word":
                arrow(axes, lower.top, area.bottom)
        plus(axes, x, 1.5)
        arrow(axes, (x, 2.2), (x, 2.8))
        note(axes, x + 0.12, 2.36, f"position {i}", "left")
    return figure


def dials(
    angles: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    title: str,
    below: Sequence[str] = (),
) -> Picture:
    """Draw clocks whose hands stand at given angles, counter-clockwise from the right.

    `angles` (rows, columns) in radians, or (rows, columns, hands) where a clock has
    more than one: the first has the colour of queries, the second that of keys. Each
    column may have a remark `below`. Raises ValueError for other shapes.
    """
    angles = np.asarray(angles, float)
    if angles.ndim == 2:
        angles = angles[..., None]
    if angles.ndim != 3 or angles.shape[:2] != (len(rows), len(columns)):
        raise ValueError(
            f"angles {angles.shape} for {len(rows)} rows and {len(columns)} columns; "
            "give each clock an angle, or one for each of its hands"
        )
    columns = [str(name) for name in columns]
    left = max(map(extent, rows)) + 0.25
    wide = max(2 * RADIUS + 0.24, *[extent(name) + 0.2 for name in (*columns, *below)])
    foot = 0.35 if below else 0.05
    high = 2 * RADIUS + 0.16
    top = foot + high * len(rows)
    figure, axes = canvas(title, left + wide * len(columns), top + 0.35)
    for i, row in enumerate(rows):
        y = top - high * (i + 0.5)
        write(axes, 0.02, y, row, TEXT, "left")
        for j in range(len(columns)):
            _dial(axes, (left + wide * (j + 0.5), y), angles[i, j])
    for j, name in enumerate(columns):
        write(axes, left + wide * (j + 0.5), top + 0.14, name, TEXT)
    for j, remark in enumerate(below):
        note(axes, left + wide * (j + 0.5), 0.12, remark).set_color(INK)
    return figure


def _dial(axes: Axes, centre: Point, hands: Sequence[float]) -> None:
    """Draw one clock."""
    x, y = centre
    axes.add_patch(Circle(centre, RADIUS, fc="white", ec=GREY, lw=1.2))
    axes.plot([x, x + RADIUS], [y, y], color="#cccccc", lw=1)  # where an angle is 0
    for angle, role in zip(hands, HANDS, strict=False):
        tip = (x + RADIUS * cos(angle), y + RADIUS * sin(angle))
        color = ROLES[role]
        axes.plot([x, tip[0]], [y, tip[1]], color=color, lw=2.4)
        axes.plot(*tip, "o", color=color, ms=5)


def where_they_act(methods: Mapping[str, Mapping[str, str]], title: str) -> Picture:
    """Draw attention from the words up, and where each method puts positions in.

    `methods` maps "input", "query and key" and "score" to {method: what it does}.
    Raises ValueError for another part.
    """
    parts = {"input": 0.2, "query and key": 1.75, "score": 3.3}
    strange = set(methods) - set(parts)
    if strange:
        raise ValueError(f"{sorted(strange)}: methods act on {', '.join(parts)}")
    colors = {"input": "embedding", "query and key": "query", "score": "attention"}
    lines = [f"{n}: {t}" for part in methods.values() for n, t in part.items()]
    wide = 3.6 + max(map(extent, lines)) + 0.5
    figure, axes = canvas(title, wide, 5.6)
    x = 1.6
    for part, bottom in parts.items():
        panel(axes, (0, bottom), (wide, 1.4), "", colors[part])
        write(axes, 3.4, bottom + 1.16, f"on the {part}", TEXT, "left").set_weight(
            "bold"
        )
        for i, (name, text) in enumerate(methods.get(part, {}).items()):
            note(
                axes, 3.4, bottom + 0.88 - 0.25 * i, f"{name}: {text}", "left"
            ).set_color(INK)
    word = layer(axes, x, 0.5, "word vector", "embedding", (1.5, 0.4))
    plus(axes, x, 1.2)
    arrow(axes, word.top, (x, 1.05))
    for side, name in ((-0.75, "query"), (0.75, "key")):
        box = layer(axes, x + side, 2.1, name, name, (0.9, 0.4))
        arrow(axes, (x, 1.35), box.bottom)
        _turn(axes, (x + side, 2.75))
        arrow(axes, box.top, (x + side, 2.58))
        arrow(axes, (x + side, 2.92), (x + side / 3, 3.4))
    product = layer(axes, x, 3.6, "q · k / √D", "attention", (1.5, 0.4))
    plus(axes, x, 4.35)
    arrow(axes, product.top, (x, 4.2))
    final = layer(axes, x, 5.2, "softmax: weights", "attention", (1.9, 0.4))
    arrow(axes, (x, 4.5), final.bottom)
    return figure


def _turn(axes: Axes, centre: Point) -> None:
    """Draw the sign of a rotation: a small clock with an arc around its hand."""
    axes.add_patch(Circle(centre, 0.16, fc="white", ec=INK, lw=1.4, zorder=3))
    arc = np.linspace(0.3, 5.2, 30)
    xs = centre[0] + 0.09 * np.cos(arc)
    ys = centre[1] + 0.09 * np.sin(arc)
    axes.plot(xs, ys, color=INK, lw=1.4, zorder=4)
    axes.plot(xs[-1], ys[-1], ">", color=INK, ms=4, zorder=4)
