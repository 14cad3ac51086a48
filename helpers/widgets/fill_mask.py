"""One token hidden at a time: what a model guesses, and what may be known at best.

Built in notebooks/12_bert_pretraining.ipynb.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from helpers.pictures.picture import Picture, picture
from helpers.widgets.fill_mask_input import distributions, maskable
from helpers.widgets.shell import View, labels

LEAST = 1e-12  # a smaller probability counts as this one


def fill_mask(
    tokens: Sequence[str],
    probabilities,
    vocabulary: Sequence[str],
    best=None,
    top: int = 6,
    first: int | None = None,
) -> View:
    """Show the `top` guesses for each token, hidden alone; a click hides it.

    `probabilities` (T, V): row t is the model's answer where only token t is hidden;
    rows of special tokens are not read. `best` is the exact distribution, (T, V) or a
    list of T dicts {word: probability} (None for specials). `first` is hidden first.
    Surprise is −ln p(true token), in nats. Raises ValueError for NaN, rows that are no
    distributions, or tokens outside the vocabulary. 2 ≤ T ≤ 64.
    Source: Devlin et al. 2019, sec. 3.1.
    """
    tokens = labels("tokens", tokens, 2, 64)
    known = {str(word): i for i, word in enumerate(vocabulary)}
    asked = maskable(tokens, known, first)
    true = np.array([known.get(token, 0) for token in tokens])
    p = distributions("probabilities", probabilities, known, tokens, asked)
    q = None if best is None else distributions("best", best, known, tokens, asked)
    k = min(max(int(top), 2), len(known), 12)
    columns = [_largest(p, k), *([] if q is None else [_largest(q, k)]), true[:, None]]
    ids = np.concatenate(columns, 1)  # (T, k + 1) or (T, 2k + 1)
    used, places = np.unique(ids, return_inverse=True)
    arrays, names = _numbers(p, q, ids), list(known)
    params = {
        "title": "Hide a token: what does the model guess?",
        "idea": "Where is the model surest? Where can nobody be sure?",
        "tokens": tokens,
        "asked": [int(t) for t in asked],
        "words": [names[i] for i in used],
        "ids": places.reshape(ids.shape).tolist(),
        "top": k,
        "first": int(asked[len(asked) // 2] if first is None else first),
    }
    rows = _table(tokens, asked, names, arrays, ids)
    return View("fill_mask", params, arrays, _still(params, arrays), rows)


def _numbers(p: np.ndarray, q: np.ndarray | None, ids: np.ndarray) -> dict:
    """Return the probabilities of the words shown, and the surprise of the last one."""
    true = ids[:, -1]
    numbers = {"p": np.take_along_axis(p, ids, 1), "surprise": _surprise(p, true)}
    if q is not None:
        numbers |= {"q": np.take_along_axis(q, ids, 1), "least": _surprise(q, true)}
    return numbers


def _largest(rows: np.ndarray, k: int) -> np.ndarray:
    return np.argsort(-rows, axis=1, kind="stable")[:, :k]


def _surprise(rows: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Return −ln of the true token's probability (T,); 0 for specials."""
    p = np.take_along_axis(rows, true[:, None], 1)[:, 0]
    return np.where(rows.sum(1) > 0, -np.log(p.clip(LEAST, 1)), 0.0)


def _table(tokens, asked, names, arrays, ids) -> list:
    rows = [["hidden", "first guess", "its probability", "surprise (nats)"]]
    rows[0] += ["exact best: surprise"] if "q" in arrays else []
    for t in asked:
        row = [tokens[t], names[ids[t, 0]], float(arrays["p"][t, 0])]
        row += [float(arrays[n][t]) for n in ("surprise", "least") if n in arrays]
        rows.append(row)
    return rows


def _still(params: Mapping, arrays: Mapping) -> Picture:
    """Draw the guesses for the token that is hidden first."""
    t, k = params["first"], params["top"]
    ids, true = params["ids"][t], params["tokens"][t].replace("$", r"\$")
    columns = [*range(k), *([] if ids[-1] in ids[:k] else [len(ids) - 1])]
    figure, axes = picture("One token is hidden: what does the model guess?", (9, 4))
    y = np.arange(len(columns))
    parts = [("p", "model", "#0072B2", None), ("q", "exact best", "#D55E00", "//")]
    parts = [part for part in parts if part[0] in arrays]
    height = 0.8 / len(parts)
    for i, (key, label, color, hatch) in enumerate(parts):
        style = {"color": color, "hatch": hatch, "edgecolor": "white", "label": label}
        axes.barh(y + i * height, arrays[key][t, columns], height, **style)
    words = [params["words"][ids[c]].replace("$", r"\$")[:16] for c in columns]
    words = [
        f"{w} (true)" if ids[c] == ids[-1] else w
        for w, c in zip(words, columns, strict=True)
    ]
    axes.set_yticks(y + 0.4 - height / 2, words)
    axes.set(xlim=(0, 1), xlabel="probability")
    axes.yaxis.set_inverted(True)
    axes.grid(axis="y", visible=False)
    if len(parts) > 1:
        axes.legend(loc="lower right")
    text = [w.replace("$", r"\$") for w in params["tokens"]]
    text[t] = "[MASK]"
    return figure.caption(f"{' '.join(text)}  (hidden: {true})")
