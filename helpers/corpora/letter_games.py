"""Letter games: small tasks whose right attention map is known.

Each game makes n texts of 12 signs. The answer at every position is the letter that
stands at another, known position. Built in notebooks/07_self_attention.ipynb.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

LENGTH = 12  # signs in a text
N_LETTERS = 16
N_BRACKETS = 6
N_MARKS = 8
OPENING = "([{<«‹"
CLOSING = ")]}>»›"
MARKS = "abcdefgh"


class Game(NamedTuple):
    """ids (n, T), the places to look at (n, T), the answers found there (n, T)."""

    ids: Tensor
    places: Tensor
    answers: Tensor


def before(n: int, generator: torch.Generator) -> Game:
    """Ask for the letter before each letter; the first one answers itself."""
    return _letters(n, (torch.arange(LENGTH) - 1).clamp(min=0), generator)


def reverse(n: int, generator: torch.Generator) -> Game:
    """Ask for the letters from the last to the first."""
    return _letters(n, torch.arange(LENGTH).flip(0), generator)


def _letters(n: int, places: Tensor, generator: torch.Generator) -> Game:
    ids = torch.randint(N_LETTERS, (n, LENGTH), generator=generator)  # (n, T)
    places = places.expand(n, LENGTH)  # (n, T)
    return Game(ids, places, ids.gather(1, places))


def three_jobs(n: int, generator: torch.Generator) -> Game:
    """Ask for three letters at once: the one before, the one after, the mirrored one.

    Shapes: ids (n, T), places (3, T), answers (n, T, 3).
    """
    ids = torch.randint(N_LETTERS, (n, LENGTH), generator=generator)  # (n, T)
    here = torch.arange(LENGTH)
    left = (here - 1).clamp(min=0)
    right = (here + 1).clamp(max=LENGTH - 1)
    places = torch.stack([left, right, here.flip(0)])  # (3, T)
    answers = ids[:, places]  # (n, 3, T)
    return Game(ids, places, answers.transpose(1, 2))


def brackets(n: int, generator: torch.Generator) -> Game:
    """Ask for the mark on each bracket's partner.

    Six pairs of brackets, each kind once, properly nested; each bracket carries one of
    eight marks. id = 8 · bracket + mark, opening brackets 0 … 5, closing 6 … 11.
    """
    orders = torch.rand(n, N_BRACKETS, generator=generator).argsort(1).tolist()
    coins = torch.rand(n, LENGTH, generator=generator).tolist()
    kinds = []
    partners = []
    for order, row in zip(orders, coins, strict=True):
        kind, partner = _nested(order, row)
        kinds.append(kind)
        partners.append(partner)
    marks = torch.randint(N_MARKS, (n, LENGTH), generator=generator)  # (n, T)
    ids = torch.tensor(kinds) * N_MARKS + marks  # (n, T)
    places = torch.tensor(partners)  # (n, T)
    return Game(ids, places, marks.gather(1, places))


def _nested(order: list[int], coins: Sequence[float]) -> tuple[list[int], list[int]]:
    """Open the kinds in this order; a coin says whether to open or to close.

    Returns the kind of each bracket, and the position of its partner.
    """
    kinds: list[int] = []
    partners = [0] * LENGTH
    waiting: list[int] = []  # the positions of the brackets that are still open
    for here, coin in enumerate(coins):
        if order and (not waiting or coin < 0.5):
            kinds.append(order.pop())
            waiting.append(here)
        else:
            opened = waiting.pop()
            kinds.append(kinds[opened] + N_BRACKETS)
            partners[opened] = here
            partners[here] = opened
    return kinds, partners


def signs(ids: Tensor) -> list[str]:
    """Return the brackets of one text as signs: the bracket, then its mark."""
    brackets = OPENING + CLOSING
    return [brackets[i // N_MARKS] + MARKS[i % N_MARKS] for i in ids.tolist()]
