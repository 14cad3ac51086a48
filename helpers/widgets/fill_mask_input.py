"""What fill_mask takes, checked: tokens that can be hidden, distributions.

Built in notebooks/12_bert_pretraining.ipynb.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from helpers.tokenization.wordpiece import SPECIALS
from helpers.widgets import checks
from helpers.widgets.shell import finite

Rows = ArrayLike | Sequence[Mapping[str, float] | None]  # one row per token


def maskable(tokens: Sequence[str], ids: Mapping[str, int]) -> list[int]:
    """Return the positions that can be hidden; refuse what no model could guess."""
    positions = [t for t, token in enumerate(tokens) if token not in SPECIALS]
    if not positions or len(ids) < 2:
        raise ValueError(
            f"{len(positions)} tokens to hide, {len(ids)} words to guess; give a text "
            "with a token that is not special, and at least 2 words"
        )
    for t in positions:
        if tokens[t] not in ids:
            raise ValueError(
                f"token {t} ({tokens[t]!r}) is not in the vocabulary; give the pieces "
                "as the model reads them"
            )
    return positions


def distributions(
    name: str,
    given: Rows,
    ids: Mapping[str, int],
    tokens: Sequence[str],
) -> np.ndarray:
    """Return the rows as an array (T, V), zeros for special tokens.

    A row is an array (V,) or a dict {word: probability}; that of a special token is
    not read. Raises ValueError for rows that are no distributions.
    """
    checks.one_each(name, given, len(tokens), "tokens")
    rows = np.zeros((len(tokens), len(ids)))
    for t, token in enumerate(tokens):
        if token not in SPECIALS:
            row = given[t]
            where = f"{name}[{t}]"
            if isinstance(row, Mapping):
                row = _row_of(where, row, ids)
            rows[t] = finite(where, row, (len(ids),))
            off = checks.slack(row)
            checks.distributions(where, rows[t : t + 1], [token], off)
    return rows


def _row_of(
    name: str,
    chances: Mapping,
    ids: Mapping,
) -> np.ndarray:
    """Return a dict {word: probability} as a row (V,)."""
    row = np.zeros(len(ids))
    for word, chance in chances.items():
        if word not in ids:
            raise ValueError(f"{name} holds {word!r}, no word of the vocabulary")
        row[ids[word]] = chance
    return row
