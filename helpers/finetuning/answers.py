"""From scores to answers, and how right answers are: spans and entities.

Built in notebooks/13_bert_finetuning.ipynb.
"""

from collections import Counter
from collections.abc import Sequence

import torch
from torch import Tensor

MARKS = ("B", "I", "E", "L", "S", "U")  # of a name: first, inside, last (2), alone (2)


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
    if not starts.shape == ends.shape == allowed.shape or allowed.dtype != torch.bool:
        shapes = [tuple(part.shape) for part in (starts, ends, allowed)]
        raise ValueError(
            f"shapes {shapes}, {allowed.dtype}; use three times (T,), bool"
        )
    if not allowed.any() or longest < 1:
        raise ValueError(
            f"no token may be in the answer, or longest={longest} is below 1; give a "
            "passage, and let an answer be that long"
        )
    total = starts[:, None] + ends  # (T, T): row = first, column = last
    ordered = torch.ones_like(total).triu().tril(longest - 1).bool()
    legal = ordered & allowed[:, None] & allowed  # (T, T)
    best = total.masked_fill(~legal, -torch.inf).argmax().item()
    first, last = divmod(best, len(ends))
    return first, last + 1


def exact(found: Sequence, wanted: Sequence) -> float:
    """Return the share of answers that are equal to the wanted one."""
    _check_lengths(found, wanted)
    if not len(found):
        raise ValueError("0 answers have no share of right ones; give at least one")
    right = sum(a == b for a, b in zip(found, wanted, strict=True))
    return right / len(found)


def _check_lengths(found: Sequence, wanted: Sequence) -> None:
    if len(found) != len(wanted):
        raise ValueError(
            f"{len(found)} answers, {len(wanted)} wanted; give one for each"
        )


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
    begins one. E- or L- are the last of a name, S- or U- one alone. Raises ValueError
    for another tag. Built in notebooks/13_bert_finetuning.ipynb.
    """
    found = set()
    start, kind = 0, ""  # of the name that is open; "" if none is
    for position, label in enumerate([*labels, "O"]):
        mark, now = _mark_and_kind(label)
        goes_on = mark in "IEL" and now == kind
        if kind and not goes_on:
            found.add((start, position, kind))
        if not goes_on:
            start, kind = position, now
        if mark in "ELSU":
            found.add((start, position + 1, kind))
            kind = ""
    return found


def _mark_and_kind(label: str) -> tuple[str, str]:
    mark, _, kind = str(label).partition("-")
    if label != "O" and not (kind and mark in MARKS):
        raise ValueError(
            f"the tag {label!r}; give O, or one of {', '.join(MARKS)} and a kind: B-PER"
        )
    return mark, kind


def entity_f1(found: Sequence[Sequence[str]], wanted: Sequence[Sequence[str]]) -> float:
    """Return the F1 of whole names over all texts.

    A name counts if its borders and its kind are right.
    Source: Tjong Kim Sang & De Meulder 2003.
    """
    _check_lengths(found, wanted)
    n_right = n_found = n_wanted = 0
    for mine, gold in zip(found, wanted, strict=True):
        names, right_names = entities(mine), entities(gold)
        n_right += len(names & right_names)
        n_found += len(names)
        n_wanted += len(right_names)
    return f1(n_right, n_found, n_wanted)
