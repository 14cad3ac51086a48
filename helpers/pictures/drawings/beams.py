"""A beam search as a tree: which beginnings are kept at every step, and which are not.

Built in notebooks/05_seq2seq.ipynb.
"""

from collections.abc import Sequence
from math import exp
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from helpers.pictures.drawings.canvas import FAINT, SMALL, WIDEST, canvas, extent
from helpers.pictures.drawings.shapes import Area, card, card_width, note
from helpers.pictures.picture import GREY, ROLES, Picture, write

ROW = 0.78  # from one beginning to the next
GAPS = (0.55, 0.45, 0.35)  # between two steps: the widest that fits
FOOT = 0.6  # below the tree: how to read it
KEPT = "model"
BEST = "output"
COLORS = {KEPT: ROLES[KEPT], BEST: ROLES[BEST], "faded": "#cfcfcf"}
ENDS = ("EOS", "<eos>")
LEGEND = (
    "number: log P so far, in nats · orange: the likeliest end · grey: dropped",
    "line: the wider, the likelier the word after what stands before it",
)

Beginning = tuple[str, ...]


class Node(NamedTuple):
    """One beginning in the tree."""

    tokens: Beginning
    log_p: float
    parent: Beginning
    share: float  # P(last token | parent)
    kept: bool


def beam_tree(
    steps: Sequence[Sequence[tuple[float, Sequence[str]]]], width: int, title: str
) -> Picture:
    """Draw a beam search: at each step the `width` likeliest beginnings are kept.

    `steps`: for each step its candidates, as pairs of log P (nats, at most 0) and the
    tokens so far. Each goes on from a beginning that was kept one step before; one
    that ends in EOS may stand there again as it is. The best end and the way to it
    are lit, what is dropped is grey. Raises ValueError for a beam below 1, no step,
    a candidate that goes on from none that was kept, or one that gains probability.

        drawings.beam_tree([[(-0.4, ["a"]), (-1.2, ["b"])],
                            [(-1.5, ["a", "c"]), (-1.6, ["b", "c"])]], 1, "A beam")
    """
    levels = _levels(steps, width)
    way = _way_back(levels)
    lefts, columns = _columns(levels)
    high = ROW * max(map(len, levels))
    right = max(lefts[-1] + columns[-1], *map(extent, LEGEND))
    figure, axes = canvas(title, right + 0.1, FOOT + high + 0.35)
    middle = FOOT + high / 2
    before = {(): card(axes, lefts[0] + columns[0] / 2, middle, "BOS")}
    for i, level in enumerate(levels, start=1):
        x = lefts[i] + columns[i] / 2
        note(axes, x, FOOT + high + 0.18, f"step {i}")
        top = middle + ROW * (len(level) - 1) / 2 + 0.1
        drawn = {}
        for row, node in enumerate(level):
            look = _look(node, way)
            end = card(axes, x, top - ROW * row, _mark(node.tokens[-1]), look)
            log_p = write(axes, x, end.bottom[1] - 0.12, _nats(node.log_p), SMALL)
            log_p.set_color(GREY if node.kept else FAINT)
            _branch(axes, before[node.parent], end, node.share, COLORS[look])
            drawn[node.tokens] = end
        before = drawn
    for i, text in enumerate(LEGEND):
        note(axes, 0.1, 0.32 - 0.21 * i, text, "left")
    return figure


def _levels(steps: Sequence, width: int) -> list[list[Node]]:
    """Return the candidates of each step, those of one beginning side by side."""
    if width < 1 or not len(steps):
        raise ValueError(f"a beam of {width}, {len(steps)} steps: one or more each")
    kept = [Node((), 0.0, (), 1.0, True)]
    levels = []
    for i, candidates in enumerate(steps, start=1):
        if not len(candidates):
            raise ValueError(f"step {i} has no candidates; give one or more")
        ranked = sorted(candidates, key=lambda pair: -pair[0])
        level = []
        for rank, (log_p, tokens) in enumerate(ranked):
            level.append(_node(float(log_p), tuple(tokens), kept, rank < width))
        if len({node.tokens for node in level}) < len(level):
            raise ValueError(f"step {i} has a beginning twice; give each once")
        order = [node.tokens for node in kept]
        level.sort(key=lambda node: order.index(node.parent))
        kept = [node for node in level if node.kept]
        levels.append(level)
    return levels


def _node(log_p: float, tokens: Beginning, kept: list[Node], stays: bool) -> Node:
    """Return a candidate with what it goes on from."""
    before = {node.tokens: node for node in kept}
    finished = tokens in before and tokens and tokens[-1] in ENDS
    parent = tokens if finished else tokens[:-1]
    said = " ".join(tokens)
    if not tokens or parent not in before:
        raise ValueError(f"“{said}” goes on from no beginning that was kept")
    gain = log_p - before[parent].log_p
    if not gain <= 1e-6:
        raise ValueError(
            f"“{said}” has log P {log_p:.3g}, more than what it goes on from"
        )
    return Node(tokens, log_p, parent, exp(gain), stays)


def _way_back(levels: list[list[Node]]) -> set[Beginning]:
    """Return the likeliest end and all beginnings on the way to it."""
    best = max(levels[-1], key=lambda node: node.log_p)
    return {best.tokens[:n] for n in range(1, len(best.tokens) + 1)}


def _columns(levels: list[list[Node]]) -> tuple[list[float], list[float]]:
    """Return where the columns begin and how wide they are; gaps shrink to fit."""
    columns = [card_width("BOS")]
    for level in levels:
        columns.append(max(card_width(_mark(node.tokens[-1])) for node in level))
    for gap in GAPS:
        lefts = [0.1 + sum(columns[:i]) + gap * i for i in range(len(columns))]
        if lefts[-1] + columns[-1] + 0.2 <= WIDEST:
            break
    return lefts, columns


def _look(node: Node, way: set[Beginning]) -> str:
    """Return how a node looks: on the best way, kept, or dropped."""
    if node.tokens in way and node.kept:
        return BEST
    return KEPT if node.kept else "faded"


def _mark(token: str) -> str:
    return "EOS" if token in ENDS else token


def _nats(log_p: float) -> str:
    return f"{log_p:.2f}".replace("-", "−")


def _branch(axes: Axes, start: Area, end: Area, share: float, color: str) -> None:
    """Draw the way from a beginning to one that is a token longer."""
    (left, low), (right, high) = start.right, end.left
    middle = (left + right) / 2
    points = [(left, low), (middle, low), (middle, high), (right, high)]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3]
    way = PathPatch(Path(points, codes), fc="none", ec=color, zorder=0.5)
    way.set(linewidth=max(0.8, 9 * share), capstyle="butt")
    axes.add_patch(way)
