"""From scores to answers, and how right answers are: spans and entities.

Built in notebooks/13_bert_finetuning.ipynb.
"""

from collections import Counter
from collections.abc import Sequence

import torch
from torch import Tensor


def best_span(
    starts: Tensor, ends: Tensor, may: Tensor | None = None, longest: int = 8
) -> tuple[int, int]:
    """Return (first, last + 1) of the legal span with the highest sum of scores.

    Legal: the last token is not before the first, both `may` (T) be in an answer, and
    it has at most `longest` tokens. starts, ends (T,). Raises ValueError where no token
    may be in an answer. Source: Devlin et al. 2019, sec. 4.2.
    Built in notebooks/13_bert_finetuning.ipynb.
    """
    if may is not None and not may.any():
        raise ValueError("no token may be in the answer; give a passage")
    total = starts[:, None] + ends[None, :]  # (T, T): row = first, column = last
    legal = torch.ones_like(total, dtype=torch.bool).triu().tril(longest - 1)
    if may is not None:
        legal &= may[:, None] & may[None, :]
    best = total.masked_fill(~legal, -torch.inf).argmax().item()
    first, last = divmod(best, len(ends))
    return first, last + 1


def exact(found: Sequence, wanted: Sequence) -> float:
    """Return the share of answers that are equal to the wanted one."""
    pairs = list(zip(found, wanted, strict=True))
    return sum(a == b for a, b in pairs) / len(pairs)


def f1(n_right: int, n_found: int, n_wanted: int) -> float:
    """Return the harmonic mean of precision and recall: 2 right / (found + wanted).

    Nothing found where nothing is wanted is right: 1.
    """
    return 2 * n_right / (n_found + n_wanted) if n_found + n_wanted else 1.0


def token_f1(found: Sequence, wanted: Sequence) -> float:
    """Return how far two answers share their words, in [0, 1]; order does not count.

    Source: Rajpurkar et al. 2016, sec. 6.1. Built in
    notebooks/13_bert_finetuning.ipynb.
    """
    common = Counter(found) & Counter(wanted)
    return f1(common.total(), len(found), len(wanted))


def entities(labels: Sequence[str]) -> set[tuple[int, int, str]]:
    """Return the names in a row of tags as (start, end, kind).

    B-PER begins a person, I-PER goes on with it; an I- without such a name before it
    begins one. Built in notebooks/13_bert_finetuning.ipynb.
    """
    found, start, kind = set(), 0, ""
    for place, label in enumerate([*labels, "O"]):
        begins, _, now = label.partition("-")
        if kind and (begins != "I" or now != kind):
            found.add((start, place, kind))
            kind = ""
        if now and not kind:
            start, kind = place, now
    return found


def entity_f1(found: Sequence[Sequence], wanted: Sequence[Sequence]) -> float:
    """Return the F1 of whole names over all texts: a name counts if its border and
    its kind are right. Source: Tjong Kim Sang & De Meulder 2003.
    """
    sums = [0, 0, 0]
    for mine, gold in zip(found, wanted, strict=True):
        a, b = entities(mine), entities(gold)
        sums = [x + len(y) for x, y in zip(sums, (a & b, a, b), strict=True)]
    return f1(*sums)
