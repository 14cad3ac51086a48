"""Where a decoder with attention looks while it writes, word by word.

Built in notebooks/06_attention.ipynb.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike

from helpers.pictures.picture import Picture, picture
from helpers.widgets.checks import distributions, index, one_each, slack
from helpers.widgets.shell import View, finite, labels
from helpers.widgets.stills import heat_map, plain_names

MOST = 24  # tokens on each side
# around a white outline, so that it is seen on every colour of the map
BLACK_EDGE = withStroke(linewidth=4.5, foreground="#000000")


def alignment(
    weights: ArrayLike,
    source: Sequence[str],
    target: Sequence[str],
    gold: Sequence[int | None] | None = None,
    fixed: Sequence[str] | None = None,
) -> View:
    """Show row t of `weights` (T, S) as lines from the source to target token t.

    Each row sums to 1 (within 1e-3); 2 ≤ T, S ≤ 24. `gold[t]` is the index of the
    source token that t translates, or None; `fixed` is what a model without attention
    wrote. The largest |row sum − 1| stands in the attribute data-rowsum. Raises
    ValueError for NaN, scores in place of weights, or counts that do not fit. Source:
    Bahdanau et al. 2015, eq. 5–6 and fig. 3.
    """
    source = labels("source tokens", source, 2, MOST)
    target = labels("target tokens", target, 2, MOST)
    off = slack(weights)
    weights = finite("weights", weights, (len(target), len(source)))
    distributions("the row", weights, target, off)
    gold_words = ["–"] * len(target)
    if gold is not None:
        gold = _checked_gold(gold, target, source)
        gold_words = ["–" if j is None else source[j] for j in gold]
    if fixed is not None:
        fixed = labels("fixed tokens", fixed, 1, MOST)
    params = {
        "title": "Where does the decoder look while it writes?",
        "idea": "Guess each word’s source first. Which words are not read in order?",
        "source": source,
        "target": target,
        "gold": gold,
        "fixed": fixed,
    }
    rows = [["target", "looks most at", "weight", "gold word"]]
    for token, row, gold_word in zip(target, weights, gold_words, strict=True):
        rows.append([token, source[row.argmax()], float(row.max()), gold_word])
    arrays = {"weights": weights}
    return View("alignment", params, arrays, _still_picture(params, weights), rows)


def _checked_gold(
    gold: Sequence[int | None],
    target: list[str],
    source: list[str],
) -> list[int | None]:
    """Return gold as plain integers and None; refuse what points nowhere."""
    one_each("gold entries", gold, len(target), "target tokens")
    gold = list(gold)
    for t, position in enumerate(gold):
        if position is not None:
            gold[t] = index(f"gold[{t}]", position, len(source))
    return gold


def _still_picture(params: dict, weights: np.ndarray) -> Picture:
    """Draw the rows as a heat map, the gold cells outlined."""
    source = params["source"]
    target = params["target"]
    gold = params["gold"] or []
    size = (9, 2.4 + 0.25 * max(6, len(target)))
    figure, axes = picture("Where the decoder looks, word by word", size)
    shown = heat_map(axes, weights)
    steep = 50 if len(source) < 15 else 90
    axes.set_xticks(range(len(source)), plain_names(source), rotation=steep)
    axes.set_yticks(range(len(target)), plain_names(target))
    axes.set(xlabel="source", ylabel="written →")
    figure.colorbar(
        shown,
        ax=axes,
        fraction=0.04,
        label="weight",
    )
    text = "One row per written word; each row sums to 1."
    if gold:
        text += " White outline: the gold word."
    for t, position in enumerate(gold):
        if position is not None:
            box = Rectangle((position - 0.44, t - 0.44), 0.88, 0.88, fill=False)
            box.set(edgecolor="#ffffff", linewidth=2, path_effects=[BLACK_EDGE])
            axes.add_patch(box)
    return figure.caption(text)
