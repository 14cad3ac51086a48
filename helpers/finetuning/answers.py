"""From scores to answers, and how right answers are: spans and entities.

Built in notebooks/13_bert_finetuning.ipynb.
"""

from collections import Counter
from collections.abc import Sequence

import torch
from torch import Tensor


def best_span(
    starts: Tensor, ends: Tensor, allowed: Tensor | None = None, longest: int = 8
) -> tuple[int, int]:
    """Return (first, last + 1) of the legal span with the highest sum of scores.

    Legal: the last token is not before the first, both are `allowed` (T,) in an answer,
    and it has at most `longest` tokens. starts, ends (T,). Raises ValueError where no
    token is allowed. Source: Devlin et al. 2019, sec. 4.2.
    Built in notebooks/13_bert_finetuning.ipynb.
    """
    if allowed is None:
        allowed = torch.ones_like(starts, dtype=torch.bool)
    if not allowed.any():
        raise ValueError("no token may be in the answer; give a passage")
    total = starts[:, None] + ends  # (T, T): row = first, column = last
    ordered = torch.ones_like(total).triu().tril(longest - 1).bool()
    legal = ordered & allowed[:, None] & allowed  # (T, T)
    best = total.masked_fill(~legal, -torch.inf).argmax().item()
    first, last = divmod(best, len(ends))
    return first, last + 1


def exact(found: Sequence, wanted: Sequence) -> float:
    """Return the share of answers that are equal to the wanted one."""
    right = sum(a == b for a, b in zip(found, wanted, strict=True))
    return right / len(found)


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
    found = set()
    start, kind = 0, ""  # of the name that is open; "" if none is
    for position, label in enumerate([*labels, "O"]):
        mark, _, now = label.partition("-")
        goes_on = mark == "I" and now == kind
        if kind and not goes_on:
            found.add((start, position, kind))
        if not goes_on:
            start, kind = position, now
    return found


def entity_f1(found: Sequence[Sequence[str]], wanted: Sequence[Sequence[str]]) -> float:
    """Return the F1 of whole names over all texts.

    A name counts if its borders and its kind are right.
    Source: Tjong Kim Sang & De Meulder 2003.
    """
    n_right = n_found = n_wanted = 0
    for mine, gold in zip(found, wanted, strict=True):
        names, right_names = entities(mine), entities(gold)
        n_right += len(names & right_names)
        n_found += len(names)
        n_wanted += len(right_names)
    return f1(n_right, n_found, n_wanted)
