"""Teach a stack of blocks the senses of words, or a table of facts, and ask it.

Built in notebooks/09_transformer_encoder.ipynb.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers import training
from helpers.corpora import world
from helpers.models.layers import answering
from helpers.models.stack import Parts, Stack
from helpers.objectives.tagging import Tags
from helpers.studies import agreement, directions

N_SIGNS = 40  # of the game: the table has 40 · 40 = 1,600 facts
AWAY = 2  # the first sign of a fact stands two positions before the second
LENGTH = 12  # signs in a text
ASKED = 400  # texts of a test, stories of a test
TABLE_SEED, TEST_SEED, VALIDATION_SEED = 7, 99, 98
NO_ANSWER = directions.NO_SENSE
CODE = (
    *directions.CODE,
    "helpers.models.attention",
    "helpers.models.encoder",
    "helpers.models.layers",
    "helpers.models.positions",
    "helpers.models.stack",
    "helpers.studies.directions",
)


@lru_cache(1)
def table() -> Tensor:
    """Return the facts, drawn by chance: what signs a and b give, (40, 40)."""
    dice = torch.Generator().manual_seed(TABLE_SEED)
    return torch.randint(N_SIGNS, (N_SIGNS, N_SIGNS), generator=dice)


def facts(n: int, dice: torch.Generator) -> Tags:
    """Return n texts of the game: at each position, the fact of two signs."""
    ids = torch.randint(N_SIGNS, (n, LENGTH), generator=dice)  # (B, T)
    answers = torch.full_like(ids, NO_ANSWER)
    answers[:, AWAY:] = table()[ids[:, :-AWAY], ids[:, AWAY:]]
    return Tags(ids, torch.ones_like(ids, dtype=torch.bool), answers)


def stories(seed: int, size: int) -> Iterator[Tags]:
    """Draw batches of training stories for ever, with the senses of their words."""
    train = world.splits().train
    random = np.random.default_rng(seed)
    while True:
        chosen = random.integers(len(train), size=size)
        yield Tags(*directions.tagged([train[i] for i in chosen]))


def games(seed: int, size: int) -> Iterator[Tags]:
    """Draw batches of the game for ever."""
    dice = torch.Generator().manual_seed(seed)
    while True:
        yield facts(size, dice)


@lru_cache(2)
def asked(task: str, part: str) -> Tags:
    """Return what is asked at the end, the same for all stacks."""
    if task == "facts":
        seed = TEST_SEED if part == "test" else VALIDATION_SEED
        return facts(ASKED, torch.Generator().manual_seed(seed))
    found = directions.asked()[:ASKED] if part == "test" else world.splits().valid
    return Tags(*directions.tagged(found))


def sizes(task: str) -> tuple[int, int]:
    """Return how many signs a task has, and how many classes."""
    if task == "facts":
        return N_SIGNS, N_SIGNS
    return len(agreement.vocabulary()), len(directions.senses())


def make(task: str, parts: Parts, seed: int) -> Stack:
    """Return a stack with its first weights."""
    torch.manual_seed(seed)
    return Stack(*sizes(task), parts)


def loss_of(model: nn.Module, batch: Tags) -> Tensor:
    """Return the mean loss where something is asked, in nats."""
    logits = model(batch.ids, batch.mask)  # (B, T, classes)
    return F.cross_entropy(logits.flatten(0, 1), batch.labels.flatten())


def teach(
    model: nn.Module, task: str, settings: training.Settings, seed: int, size: int
) -> training.History | None:
    """Train on a task; return what happened, None if the loss went out of bounds."""
    batches = games(seed, size) if task == "facts" else stories(seed, size)
    try:
        return training.train(model, batches, loss_of, settings)
    except FloatingPointError:
        return None


def loss_on(model: nn.Module, batch: Tags) -> float:
    """Return the loss on what is asked; infinite if it is not a number."""
    with answering(model):
        loss = loss_of(model, batch).item()
    return loss if np.isfinite(loss) else float("inf")


def right(model: nn.Module, batch: Tags) -> float:
    """Return the share of right answers."""
    with answering(model):
        said = model(batch.ids, batch.mask).argmax(-1)  # (B, T)
    here = batch.labels >= 0
    return (said == batch.labels)[here].double().mean().item()
