"""Drawings of the Transformer: the block of its encoder, and BERT with its heads.

Built in notebooks/09_transformer_encoder.ipynb and 13_bert_finetuning.ipynb.
"""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from helpers.pictures.drawings.canvas import (
    INK,
    SMALL,
    TEXT,
    Point,
    canvas,
    extent,
    short,
)
from helpers.pictures.drawings.shapes import (
    arrow,
    card,
    card_width,
    layer,
    note,
    panel,
)
from helpers.pictures.drawings.vectors import plus
from helpers.pictures.picture import ROLES, Picture, numbers, write

FIELD = (4.1, 5.5)  # of one order of the parts
WAY = 1.3  # from a field's left edge to the road of the sums
PART = 3.1  # ... to the parts beside it
BODY = "BERT: each task starts from a copy of these weights"
ROAD = ROLES["floor"]
SUM = {"post": 1.28, "pre": 1.58}  # height of the sum over that of x, or of y
NORM = 1.72  # ... of the norm on the road
STOPS = (0.3, 2.4, 4.5)  # heights of x, y and z
ORDERS = {
    "post": "post-norm: a norm on the road",
    "pre": "pre-norm: the road is free",
}


def encoder_blocks(
    title: str, lengths: Mapping[str, Sequence[float]] | None = None
) -> Picture:
    """Draw one block of a Transformer in both orders, post-norm and pre-norm.

    Upwards runs the road of the sums: x comes in, y is x with what attention adds, z
    is y with what the feed-forward part adds. `lengths` gives the length of a token's
    vector at x, y and z for "post" and for "pre": the road is as wide. Raises
    ValueError for other names, or not three lengths from 0.

        drawings.encoder_blocks("Two orders", {"post": [8, 8, 8], "pre": [8, 10, 13]})
    """
    shown = {order: [] for order in ORDERS}
    if lengths is not None:
        shown = _lengths(lengths)
    most = max([1e-9, *shown["post"], *shown["pre"]])
    figure, axes = canvas(title, 2 * FIELD[0] + 0.3, FIELD[1])
    for i, (order, name) in enumerate(ORDERS.items()):
        left = (FIELD[0] + 0.3) * i
        panel(axes, (left, 0), FIELD, name)
        _road(axes, left + WAY, order, [length / most for length in shown[order]])
        for part, low in zip(("attention", "feed-forward"), STOPS, strict=False):
            _part(axes, (left, low), part, order)
        for j, stop in enumerate(STOPS):
            letter = write(axes, left + WAY - 0.25, stop + 0.1, "xyz"[j], 15, "right")
            letter.set_style("italic")
            if shown[order]:
                said = f"length\n{short(shown[order][j], 3)}"
                note(axes, left + WAY - 0.5, stop + 0.1, said, "right")
    return figure


def _lengths(lengths: Mapping[str, Sequence[float]]) -> dict[str, list[float]]:
    """Return the lengths of x, y and z for both orders, checked."""
    if set(lengths) != set(ORDERS):
        raise ValueError(f"lengths of {list(lengths)}; give those of {list(ORDERS)}")
    shown = {}
    for order, given in lengths.items():
        three = numbers(f"lengths of {order}", given, 1)
        if len(three) != 3 or three.min() < 0:
            raise ValueError(f"{order}: {list(three)}; give three lengths from 0")
        shown[order] = three.tolist()
    return shown


def _road(axes: Axes, x: float, order: str, shares: Sequence[float]) -> None:
    """Draw the road of the sums; `shares`: how wide it is at x, y and z."""
    widths = [max(0.8, 14 * share) for share in shares] or [5.0] * 3
    change = NORM if order == "post" else SUM[order]  # where one width ends
    ends = [0.05, STOPS[0] + change, STOPS[1] + change, STOPS[2] + 0.4]
    for width, low, high in zip(widths, ends, ends[1:], strict=False):
        axes.plot([x, x], [low, high], color=ROAD, lw=width, zorder=0.5)
    half = widths[-1] / 144 + 0.07  # of the arrowhead; a canvas has 72 points a unit
    top = ends[-1]
    axes.fill([x - half, x + half, x], [top, top, top + 1.4 * half], color=ROAD)


def _part(axes: Axes, corner: Point, part: str, order: str) -> None:
    """Draw one half of a block: what leaves the road, the part, the sum, the norm."""
    left, low = corner
    road = left + WAY
    x = left + PART
    middle = low + (0.78 if order == "post" else 1.08)
    own = layer(axes, x, middle, part, part, (1.5, 0.44))
    start = low + 0.18
    axes.plot([road, x], [start, start], color=INK, lw=1.4)
    if order == "pre":
        norm = layer(axes, x, low + 0.54, "norm", "norm", (0.9, 0.34))
        arrow(axes, (x, start), norm.bottom)
        arrow(axes, norm.top, own.bottom)
    else:
        arrow(axes, (x, start), own.bottom)
        layer(axes, road, low + NORM, "norm", "norm", (0.9, 0.34))
    end = low + SUM[order]
    axes.plot([x, x], [own.top[1], end], color=INK, lw=1.4)
    arrow(axes, (x, end), (road + 0.14, end))
    plus(axes, road, end)


def one_body(heads: Mapping[str, str], tokens: Sequence[str], title: str) -> Picture:
    """Draw tokens, one body above them, and a small head for each kind of answer.

    `heads` maps the name of a head to its answer. Raises ValueError without a head or
    a token, and for more of them than fit on a screen.

        drawings.one_body({"tags": "which words are names?"}, ["Emma", "waits"], "BERT")
    """
    if not heads or not len(tokens):
        raise ValueError(f"{len(heads)} heads, {len(tokens)} tokens: one or more each")
    texts = max(extent(text) for pair in heads.items() for text in pair)
    step = max(1.1, texts + 0.25)
    cards = [card_width(token) + 0.16 for token in tokens]
    width = max(step * len(heads), sum(cards), extent(BODY, TEXT) + 0.5)
    lines = max(answer.count("\n") for answer in heads.values())
    figure, axes = canvas(title, width, 3.15 + 0.19 * lines)
    spare = (width - sum(cards)) / len(tokens)  # what is left over, shared out
    x = 0.0
    for token, wide in zip(tokens, cards, strict=True):
        x += (wide + spare) / 2
        arrow(axes, card(axes, x, 0.3, token).top, (x, 0.86))
        x += (wide + spare) / 2
    layer(axes, width / 2, 1.2, BODY, "attention", (width - 0.04, 0.68))
    share = width / len(heads)
    for i, (head, answer) in enumerate(heads.items()):
        x = share * (i + 0.5)
        wide = max(min(2.2, 0.86 * share), extent(head) + 0.2)  # its name fits
        top = layer(axes, x, 2.2, head, "output", (wide, 0.5))
        arrow(axes, (x, 1.54), top.bottom)
        arrow(axes, top.top, (x, 2.8))
        write(axes, x, 2.95 + 0.095 * lines, answer, SMALL)
    return figure
