"""Three tasks on random words, for which only positions help.

Every word is drawn by chance, so that no word says anything about its neighbours. The
answer at each position is a word of the text. Built in notebooks/08_positions.ipynb.
"""

from typing import NamedTuple

import torch
from torch import Tensor

WORDS = tuple(
    "dog man cat bird fish horse the a bites sees feeds finds old young big small and "
    "but near .".split()
)
ANIMALS = 6  # the first words: those that "last animal" asks for, man among them
TASKS = ("two back", "third word", "last animal")
FIRST = 2  # the first position that has an answer


class Texts(NamedTuple):
    """ids (n, T); the answer at each position (n, T), −100 where nothing is asked."""

    ids: Tensor
    answers: Tensor


def draw(n: int, length: int, generator: torch.Generator) -> Tensor:
    """Return the ids of n texts of random words: (n, T)."""
    return torch.randint(len(WORDS), (n, length), generator=generator)


def ask(task: str, ids: Tensor) -> Texts:
    """Return texts with their answers at all positions from the third on.

    "two back": the word two positions before. "third word": the third of the text.
    "last animal": the last animal so far, where there was one. Raises ValueError for
    another task.
    """
    if task not in TASKS:
        raise ValueError(f"no task {task!r}; there are {', '.join(TASKS)}")
    answers = torch.full_like(ids, -100)  # cross_entropy leaves −100 out
    if task == "two back":
        answers[:, FIRST:] = ids[:, :-FIRST]
    elif task == "third word":
        answers[:, FIRST:] = ids[:, [2]]
    else:
        here = torch.arange(ids.shape[1]).expand_as(ids)
        places = torch.where(ids < ANIMALS, here, -1).cummax(1).values  # (n, T)
        found = ids.gather(1, places.clamp(min=0)).masked_fill(places < 0, -100)
        answers[:, FIRST:] = found[:, FIRST:]
    return Texts(ids, answers)
