"""What each model sees of a sentence when it predicts one word, and what it believes.

Built in notebooks/00_start_here.ipynb.
"""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch
from matplotlib.path import Path

from helpers.pictures.drawings.canvas import (
    BOLD,
    CARD,
    INK,
    SMALL,
    TEXT,
    canvas,
    extent,
)
from helpers.pictures.drawings.shapes import card, card_width, note, pale
from helpers.pictures.picture import ROLES, Picture, numbers, plain, write

GAP = 0.12  # between two cards
ROW = 0.82  # height of a model's row
LINE = 0.29  # of a word with its bar
MOST = 6  # words of a model that are drawn
SEEN = "attention"
WAYS = {
    "state": "all before, step by step",
    "two states": "both sides, each by itself",
    "before": "all before, each directly",
    "both": "both sides, each directly",
}


def what_each_model_sees(
    sentence: Sequence[str],
    focus: int,
    models: Mapping[str, int | str],
    title: str,
) -> Picture:
    """Draw a sentence, and a row per model: which tokens it sees to predict one.

    `focus` is the index of the token to predict. `models` maps a name to what it sees:
    n, the last n tokens; "state", all before, handed on from step to step; "two
    states", that from both sides; "before", all before, each directly; "both", all
    others, each directly. Coloured cards are seen, faded ones are not.
    Raises ValueError for no sentence, no model, or none of these.

        drawings.what_each_model_sees(["the", "keys", "are"], 2, {"RNN": "state"}, "t")
    """
    n = len(sentence)
    if not n or not models:
        raise ValueError(f"{n} tokens and {len(models)} models: give one or more each")
    if not 0 <= focus < n:
        raise ValueError(f"focus={focus} is none of {n} tokens, 0 the first")
    widths = [card_width(token) for token in sentence]
    left = _left(models)
    xs = [left + sum(widths[:i]) + GAP * i + widths[i] / 2 for i in range(n)]
    height = ROW * len(models) + 0.6
    figure, axes = canvas(title, max(9.3, xs[-1] + widths[-1] / 2 + 0.05), height)
    for i, token in enumerate(sentence):
        card(axes, xs[i], height - 0.3, token, "output" if i == focus else "plain")
    note(axes, 0.05, height - 0.3, "the sentence", "left", TEXT)
    for row, (name, way) in enumerate(models.items()):
        y = height - 0.6 - ROW * (row + 1) + 0.24
        write(axes, 0.05, y + 0.12, plain(name), TEXT, "left").set_weight("bold")
        note(axes, 0.05, y - 0.12, _said(way), "left")
        seen = _seen(way, focus, n)
        card(axes, xs[focus], y, "?", "output", widths[focus])
        for i, token in enumerate(sentence):
            if i != focus:
                card(axes, xs[i], y, token, SEEN if i in seen else "faded")
        _look(axes, [(x, y + CARD / 2) for x in xs], focus, seen, way)
    return figure


def _left(models: Mapping[str, int | str]) -> float:
    """Return where the tokens begin: right of the models' names."""
    names = [BOLD * extent(name, TEXT) for name in models]
    remarks = [extent(_said(way), SMALL) for way in models.values()]
    return max(names + remarks) + 0.25


def _said(way: int | str) -> str:
    """Return in words what a model sees."""
    if isinstance(way, str):
        if way not in WAYS:
            raise ValueError(f"{way!r} is no way to see: a number or {list(WAYS)}")
        return WAYS[way]
    if way < 0:
        raise ValueError(f"a model cannot see {way} tokens; give 0 or more")
    words = {0: "no token at all", 1: "one token before"}
    return words.get(way, f"the {way} tokens before")


def _seen(way: int | str, focus: int, n: int) -> list[int]:
    """Return the indices of the tokens that a model sees."""
    if way in ("two states", "both"):
        return [i for i in range(n) if i != focus]
    first = 0 if isinstance(way, str) else max(0, focus - way)
    return list(range(first, focus))


def _look(
    axes: Axes, tops: Sequence, focus: int, seen: Sequence[int], way: int | str
) -> None:
    """Draw how what is seen comes to the focus: in hops, or each token by itself."""
    by_hops = way in ("state", "two states")
    for i in seen:
        if by_hops:
            j = i + 1 if i < focus else i - 1
            _arc(axes, tops[i], tops[j], 0.17, INK)
        else:
            share = abs(i - focus) / max(focus, len(tops) - focus - 1)
            _arc(axes, tops[i], tops[focus], 0.14 + 0.2 * share, ROLES[SEEN])


def _arc(axes: Axes, start: tuple, end: tuple, high: float, color: str) -> None:
    """Draw an arrow from the top of a card over the others to the top of another."""
    level = start[1] + 1.33 * high
    inward = 0.06 if end[0] > start[0] else -0.06
    points = [
        (start[0] + inward, start[1]),
        (start[0] + inward, level),
        (end[0] - inward, level),
        (end[0] - inward, end[1]),
    ]
    codes = [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]
    arrow = FancyArrowPatch(path=Path(points, codes), arrowstyle="-|>", lw=1.3)
    arrow.set(color=color, mutation_scale=10)
    axes.add_patch(arrow)


def what_each_model_believes(
    beliefs: Mapping[str, Mapping[str, float]], allowed: Sequence[str], title: str
) -> Picture:
    """Draw beside each other which words some models expect in the same gap.

    `beliefs` maps a model to {word: probability}; its six most probable words are
    drawn, the first on top. Those that are `allowed` are coloured, and below stands
    what all allowed words have together. Raises ValueError for no model, no allowed
    word, and probabilities outside 0 to 1.

        drawings.what_each_model_believes({"bigram": {"bank": 0.2, "cat": 0.8}},
                                          ["bank"], "One gap")
    """
    if not beliefs or not allowed:
        raise ValueError(
            f"{len(beliefs)} models, {len(allowed)} allowed words: give one or more"
        )
    shares = numbers(
        "beliefs", [p for row in beliefs.values() for p in row.values()], 1
    )
    if shares.min() < 0 or shares.max() > 1:
        raise ValueError(f"probabilities from {shares.min():g} to {shares.max():g}")
    best = {name: _best(row) for name, row in beliefs.items()}
    most = max(p for row in best.values() for p in row.values())
    wide = max(extent(word) for row in best.values() for word in row)
    column = max(1.9, wide + 1.1)
    height = LINE * MOST + 0.95
    figure, axes = canvas(title, column * len(beliefs), height)
    for i, (name, row) in enumerate(best.items()):
        left = column * i + 0.05
        _beliefs_of(axes, (left, wide, most), name, row, allowed)
        together = sum(beliefs[name].get(word, 0.0) for word in allowed)
        note(axes, left, 0.15, f"allowed: {together:.0%}", "left").set_color(INK)
    return figure


def _beliefs_of(
    axes: Axes,
    place: tuple[float, float, float],
    name: str,
    row: Mapping[str, float],
    allowed: Sequence[str],
) -> None:
    """Draw one model's words as bars. `place`: left, width of words, longest bar."""
    left, wide, most = place
    top = LINE * MOST + 0.95
    write(axes, left, top - 0.2, plain(name), TEXT, "left").set_weight("bold")
    for line, (word, p) in enumerate(row.items()):
        y = top - 0.55 - LINE * line
        color = ROLES["model"] if word in allowed else "#c9c9c9"
        write(axes, left + wide, y, plain(word), TEXT, "right")
        length = 0.5 * p / most
        bar = axes.barh(y, length, 0.17, left=left + wide + 0.08)
        bar[0].set_color(pale(color, 0.85))
        note(axes, left + wide + 0.12 + length, y, f"{p:.2f}", "left")


def _best(row: Mapping[str, float]) -> dict[str, float]:
    """Return the most probable words, the first on top."""
    words = sorted(row, key=lambda word: -row[word])[:MOST]
    return {word: row[word] for word in words}
