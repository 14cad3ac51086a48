"""One token hidden at a time: what a model guesses, and what may be known at best.

Built in notebooks/12_bert_pretraining.ipynb.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from helpers.pictures.picture import ROLES, Picture, picture
from helpers.tokenization.wordpiece import in_order
from helpers.widgets.checks import one_of
from helpers.widgets.fill_mask_input import Rows, distributions, maskable
from helpers.widgets.shell import View, labels
from helpers.widgets.stills import plain, plain_names

LEAST = 1e-12  # a smaller probability counts as this one
# the bars of the still picture: name, colour and hatching of the numbers p and q
BARS = {
    "p": ("model", ROLES["model"], None),
    "q": ("exact best", ROLES["floor"], "//"),
}


def fill_mask(
    tokens: Sequence[str],
    probabilities: Rows,
    vocabulary: Sequence[str] | Mapping[str, int],
    best: Rows | None = None,
    top: int = 6,
    first: int | None = None,
) -> View:
    """Show the `top` guesses for each token, hidden alone; a click hides it.

    `probabilities` (T, V): row t is the model's answer where only token t is hidden;
    those of specials are not read. `vocabulary`: V words, or {word: column}. `best` is
    the exact distribution, (T, V) or T dicts {word: probability}, None for specials.
    The tour asks for `first`. Surprise is −ln p(true token), in nats; 2 ≤ T ≤ 64.
    Raises ValueError for unfit rows or tokens. Source: Devlin et al. 2019, sec. 3.1.
    """
    tokens = labels("tokens", tokens, 2, 64)
    ids = {str(word): i for i, word in enumerate(in_order(vocabulary))}
    positions = maskable(tokens, ids)
    first = positions[len(positions) // 2] if first is None else first
    answers = {"p": distributions("probabilities", probabilities, ids, tokens)}
    if best is not None:
        answers["q"] = distributions("best", best, ids, tokens)
    top = int(np.clip(top, 2, min(len(ids), 12)))
    # of each row: the best guesses of the model, those of the exact best, the truth
    columns = [np.argsort(-rows, 1, "stable")[:, :top] for rows in answers.values()]
    columns.append(np.array([[ids.get(token, 0)] for token in tokens]))  # (T, 1)
    shown = np.concatenate(columns, 1)  # (T, top + 1) or (T, 2 top + 1)
    used, indices = np.unique(shown, return_inverse=True)
    params = {
        "title": "Hide a token: what does the model guess?",
        "idea": "Where is the model surest? Where can nobody be sure?",
        "tokens": tokens,
        "asked": positions,
        "words": np.array([*ids], object)[used].tolist(),
        "ids": indices.reshape(shown.shape).tolist(),
        "top": top,
        "first": positions[one_of("first", first, positions)],
    }
    return _view(params, answers, shown)


def _view(
    params: dict,
    answers: dict,
    shown: np.ndarray,
) -> View:
    """Add the probabilities of the words shown, and the surprise at the truth (T,)."""
    positions = params["asked"]
    words = params["words"]
    arrays = {}
    for name, rows in answers.items():
        chances = np.take_along_axis(rows, shown, 1)
        surprise = np.zeros(len(rows))  # that of special tokens
        surprise[positions] = -np.log(chances[positions, -1].clip(LEAST, 1))
        arrays[name] = chances
        arrays["surprise" if name == "p" else "least"] = surprise
    rows = [["hidden", "first guess", "its probability", "surprise (nats)"]]
    if "least" in arrays:
        rows[0].append("exact best: surprise")
    surprises = [arrays[name] for name in ("surprise", "least") if name in arrays]
    for t in positions:
        numbers = [arrays["p"][t, 0]] + [surprise[t] for surprise in surprises]
        guess = words[params["ids"][t][0]]
        rows.append([params["tokens"][t], guess, *map(float, numbers)])
    return View("fill_mask", params, arrays, _still_picture(params, arrays), rows)


def _still_picture(params: dict, arrays: dict) -> Picture:
    """Draw the guesses for the token that is hidden first."""
    t = params["first"]
    ids = params["ids"][t]
    true = ids[-1]
    columns = list(range(params["top"]))
    if true not in ids[: params["top"]]:
        columns.append(len(ids) - 1)
    words = plain_names([params["words"][ids[column]] for column in columns], 16)
    for i, column in enumerate(columns):
        if ids[column] == true:
            words[i] += " (true)"
    figure, axes = picture("One token is hidden: what does the model guess?", (9, 4))
    y = np.arange(len(columns))
    drawn = [name for name in BARS if name in arrays]
    height = 0.8 / len(drawn)
    for i, name in enumerate(drawn):
        label, color, hatch = BARS[name]
        axes.barh(
            y + i * height,
            arrays[name][t, columns],
            height,
            label=label,
            color=color,
            hatch=hatch,
            edgecolor="white",
        )
    axes.set_yticks(y + 0.4 - height / 2, words)
    axes.set(xlim=(0, 1), xlabel="probability")
    axes.yaxis.set_inverted(True)
    axes.grid(axis="y", visible=False)
    if len(drawn) > 1:
        axes.legend(loc="lower right")
    text = plain_names(params["tokens"], 40)
    text[t] = "[MASK]"
    hidden = plain(params["tokens"][t], 40)
    return figure.caption(f"{' '.join(text)}  (hidden: {hidden})")
