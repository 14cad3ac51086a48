"""Where a decoder with attention looks while it writes, word by word.

Built in notebooks/05_seq2seq.ipynb.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.patches import Rectangle

from helpers.pictures.picture import Picture, picture
from helpers.widgets.shell import View, finite, labels

MOST = 24


def alignment(
    weights,
    source: Sequence[str],
    target: Sequence[str],
    gold: Sequence[int | None] | None = None,
    fixed: Sequence[str] | None = None,
) -> View:
    """Show row t of `weights` (T, S) as lines from the source to target token t.

    Each row sums to 1 (within 1e-3); 2 ≤ T, S ≤ 24. `gold[t]` is the index of the
    source token that t translates, or None; `fixed` is what a model without attention
    wrote. The largest |row sum − 1| stands in the attribute data-rowsum.
    Raises ValueError for NaN, scores in place of weights, or counts that do not fit.
    Source: Bahdanau et al. 2015, eq. 5–6 and fig. 3.
    """
    source = labels("source tokens", source, 2, MOST)
    target = labels("target tokens", target, 2, MOST)
    weights = _rows(weights, target, len(source))
    params = {
        "title": "Where does the decoder look while it writes?",
        "idea": "Guess each word’s source first. Which words are not read in order?",
        "source": source,
        "target": target,
        "gold": _gold(gold, target, len(source)),
        "fixed": fixed if fixed is None else labels("fixed tokens", fixed, 1, MOST),
    }
    rows = [["target", "looks most at", "weight", "gold word"]]
    for t, token in enumerate(target):
        best = int(weights[t].argmax())
        row = [token, source[best], float(weights[t, best])]
        rows.append([*row, _word(source, params["gold"], t)])
    still = _still(weights, source, target, params["gold"])
    return View("alignment", params, {"weights": weights}, still, rows)


def _rows(weights, target: list[str], n_source: int) -> np.ndarray:
    """Return the weights (T, S); refuse rows that are not distributions."""
    weights = finite("weights", weights, (len(target), n_source))
    if weights.min() < 0:
        raise ValueError(
            f"a weight of {weights.min():.3g}; give weights after the softmax"
        )
    off = abs(weights.sum(-1) - 1)
    if off.max() > 1e-3:
        t = int(off.argmax())
        raise ValueError(
            f"row {t} ({target[t]!r}) sums to {weights[t].sum():.4g}, not to 1; give "
            "weights after the softmax, one column per source token, the end sign too"
        )
    return weights


def _gold(gold, target: list[str], n_source: int) -> list[int | None] | None:
    """Return gold as plain integers and None; refuse what points nowhere."""
    if gold is None:
        return None
    gold = [g.item() if hasattr(g, "item") else g for g in gold]
    if len(gold) != len(target):
        raise ValueError(
            f"{len(gold)} gold entries for {len(target)} target tokens; give one per "
            "target token, None where it has no source word"
        )
    for t, g in enumerate(gold):
        if g is not None and not (isinstance(g, int) and 0 <= g < n_source):
            raise ValueError(f"gold[{t}]={g!r}; choose 0 to {n_source - 1}, or None")
    return gold


def _word(source: list[str], gold, t: int) -> str:
    return "–" if gold is None or gold[t] is None else source[gold[t]]


def _still(weights, source: list[str], target: list[str], gold) -> Picture:
    """Draw the rows as a heat map, the gold cells outlined."""
    size = (9, 2.4 + 0.25 * max(6, len(target)))
    figure, axes = picture("Where the decoder looks, word by word", size)
    shown = axes.imshow(weights, cmap="cividis", vmin=0, vmax=1, aspect="auto")
    for name, tokens in (("x", source), ("y", target)):
        short = [t.replace("$", r"\$")[:12] for t in tokens]
        axes.set(**{f"{name}ticks": range(len(tokens)), f"{name}ticklabels": short})
    axes.tick_params(axis="x", rotation=50 if len(source) < 15 else 90)
    axes.set(xlabel="source", ylabel="written →")
    axes.yaxis.set_inverted(True)
    axes.grid(visible=False)
    figure.colorbar(shown, ax=axes, fraction=0.04, label="weight")
    text = "One row per written word; each row sums to 1."
    for t, g in enumerate(gold or []):
        for color, width in (("#000000", 4.5), ("#ffffff", 2)) if g is not None else ():
            box = {"fill": False, "edgecolor": color, "linewidth": width}
            axes.add_patch(Rectangle((g - 0.44, t - 0.44), 0.88, 0.88, **box))
    return figure.caption(text + (" White outline: the gold word." if gold else ""))
