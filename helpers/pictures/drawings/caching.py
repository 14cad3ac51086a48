"""A drawing of the KV cache: what is computed at each step, and what is kept.

Built in notebooks/10_decoder_and_gpt.ipynb.
"""

from collections.abc import Sequence

from matplotlib.axes import Axes

from helpers.pictures.drawings.canvas import canvas, extent
from helpers.pictures.drawings.shapes import arrow, card, card_width, layer, note
from helpers.pictures.picture import Picture

CELL = (0.34, 0.34)
STEP = 0.4  # from one cell to the next
ROW = 1.12
MOST = 8  # steps that fit on a screen
ROLES = {"keys": "key", "values": "value"}


def kv_cache(tokens: Sequence[str], title: str) -> Picture:
    """Draw a row for each step: one new token, its key and value, and those kept.

    Cells in colour are computed at this step, pale ones were kept from steps before.
    Raises ValueError for no token, and for more than eight.

        drawings.kv_cache(["<bos>", "the", "key", "is"], "Each step computes one token")
    """
    if not 1 <= len(tokens) <= MOST:
        raise ValueError(f"{len(tokens)} tokens; give one to {MOST}")
    cards = max(map(card_width, tokens))
    first = cards + 1.75  # the middle of the first cell
    says = [_said(n) for n in range(1, len(tokens) + 1)]
    beside = first + STEP * len(tokens) + 0.1
    wide = beside + max(map(extent, says)) + 0.2
    figure, axes = canvas(title, wide, ROW * len(tokens) + 0.15)
    for n, token in enumerate(tokens, start=1):
        y = ROW * (len(tokens) - n) + 0.6
        own = card(axes, cards / 2 + 0.1, y, token, "query")
        arrow(axes, own.right, (first - 1.05, y))
        note(axes, beside, y, says[n - 1], "left")
        _cells(axes, first, y, n)
    return figure


def _said(n: int) -> str:
    """Return what a step costs."""
    return f"1 query, {n} {'score' if n == 1 else 'scores'}"


def _cells(axes: Axes, first: float, y: float, n: int) -> None:
    """Draw the keys and the values of a step, the new ones in colour."""
    for way, (name, role) in zip((0.22, -0.22), ROLES.items(), strict=True):
        note(axes, first - 0.28, y + way, name, "right")
        for i in range(n):
            lit = role if i == n - 1 else "baseline"
            layer(axes, first + STEP * i, y + way, "", lit, CELL)
