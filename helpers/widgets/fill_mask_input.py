"""What fill_mask takes, checked: tokens that can be hidden, distributions.

Built in notebooks/12_bert_pretraining.ipynb.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from helpers.widgets.shell import finite

SPECIALS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def maskable(tokens: list[str], known: Mapping, first: int | None) -> list[int]:
    """Return the places that can be hidden; refuse what no model could guess."""
    asked = [t for t, token in enumerate(tokens) if token not in SPECIALS]
    if not asked or len(known) < 2:
        raise ValueError(
            f"{len(asked)} tokens to hide, {len(known)} words to guess; give a text "
            "with a token that is not special, and at least 2 words"
        )
    for t in asked:
        if tokens[t] not in known:
            raise ValueError(
                f"token {t} ({tokens[t]!r}) is not in the vocabulary; give the pieces "
                "as the model reads them"
            )
    if first is not None and first not in asked:
        raise ValueError(f"first={first}; special tokens stay: choose one of {asked}")
    return asked


def distributions(
    name: str, given, known: Mapping, tokens: list, asked: list
) -> np.ndarray:
    """Return distributions (T, V), zeros for specials; refuse what is none."""
    shape = len(tokens), len(known)
    if isinstance(given, Sequence) and any(isinstance(r, Mapping) for r in given):
        given = _from_dicts(given, known, tokens)
    given = given.detach().cpu().numpy() if hasattr(given, "detach") else given
    given = np.array(given, float)
    if given.shape != shape:
        raise ValueError(
            f"{name} has shape {given.shape}; give {shape}: a row per token, a column "
            "per word of the vocabulary"
        )
    rows = np.zeros(shape)
    rows[asked] = finite(name, given[asked])
    off = abs(rows[asked].sum(-1) - 1)
    if rows.min() < 0 or off.max() > 1e-3:
        t = asked[int(off.argmax())]
        raise ValueError(
            f"{name}[{t}] ({tokens[t]!r}) sums to {rows[t].sum():.4g}, its least is "
            f"{rows[t].min():.3g}; give probabilities after the softmax"
        )
    return rows


def _from_dicts(given: Sequence, known: Mapping, tokens: list) -> np.ndarray:
    """Return a list of {word: probability} as (T, V)."""
    rows = np.zeros((len(given), len(known)))
    for t, row in enumerate(given):
        for word, p in (row or {}).items():
            if word not in known:
                raise ValueError(f"best[{t}] holds {word!r}, no word of the vocabulary")
            rows[t, known[word]] = p
    return rows
