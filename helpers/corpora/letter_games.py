"""Letter games: small tasks whose right attention map is known.

Each game makes n texts of 12 signs; at every place, the answer is the letter that
stands at another, known place. Built in notebooks/07_self_attention.ipynb.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

LENGTH, N_LETTERS, N_BRACKETS, N_MARKS = 12, 16, 6, 8
OPENING, CLOSING = "([{<«‹", ")]}>»›"


class Game(NamedTuple):
    """ids (n, T), the places to look at (n, T), the answers found there (n, T)."""

    ids: Tensor
    places: Tensor
    answers: Tensor


def _letters(n: int, places: Tensor, generator: torch.Generator) -> Game:
    ids = torch.randint(N_LETTERS, (n, LENGTH), generator=generator)
    places = places.expand(n, LENGTH)
    return Game(ids, places, ids.gather(1, places))


def before(n: int, generator: torch.Generator) -> Game:
    """Ask for the letter before each letter; the first one answers itself."""
    return _letters(n, (torch.arange(LENGTH) - 1).clamp(min=0), generator)


def reverse(n: int, generator: torch.Generator) -> Game:
    """Ask for the letters from the last to the first."""
    return _letters(n, torch.arange(LENGTH).flip(0), generator)


def brackets(n: int, generator: torch.Generator) -> Game:
    """Ask for the mark on each bracket's partner.

    Six pairs of brackets, each kind once, properly nested; each bracket carries one of
    eight marks. id = 8 · bracket + mark, opening brackets 0 … 5, closing 6 … 11.
    """
    orders = torch.rand(n, N_BRACKETS, generator=generator).argsort(1).tolist()
    coins = torch.rand(n, LENGTH, generator=generator).tolist()
    made = [_nested(o, c) for o, c in zip(orders, coins, strict=True)]
    kinds, places = (torch.tensor(part) for part in zip(*made, strict=True))
    marks = torch.randint(N_MARKS, (n, LENGTH), generator=generator)
    return Game(kinds * N_MARKS + marks, places, marks.gather(1, places))


def _nested(order: list[int], coins: Sequence[float]) -> tuple[list[int], list[int]]:
    """Open the kinds in this order; a coin says whether to open or to close."""
    row, partner, waiting = [], [0] * LENGTH, []
    for coin in coins:
        if order and (not waiting or coin < 0.5):
            waiting.append((order.pop(), len(row)))
            row.append(waiting[-1][0])
        else:
            kind, at = waiting.pop()
            partner[at], here = len(row), len(row)
            partner[here] = at
            row.append(kind + N_BRACKETS)
    return row, partner


def three_jobs(n: int, generator: torch.Generator) -> Game:
    """Ask for three letters at once: the one before, the one after, the mirrored one.

    Shapes: ids (n, T), places (3, T), answers (n, T, 3).
    """
    ids = torch.randint(N_LETTERS, (n, LENGTH), generator=generator)
    here = torch.arange(LENGTH)
    sides = (here - 1).clamp(min=0), (here + 1).clamp(max=LENGTH - 1)
    places = torch.stack([*sides, here.flip(0)])
    return Game(ids, places, ids[:, places].transpose(1, 2))


def signs(ids: Tensor) -> list[str]:
    """Return the brackets of one text as signs: the bracket, then its mark."""
    marks = "abcdefgh"
    both = OPENING + CLOSING
    return [both[i // N_MARKS] + marks[i % N_MARKS] for i in ids.tolist()]
