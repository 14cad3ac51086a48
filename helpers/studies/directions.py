"""Name the senses of words like *bank*: one direction, or two, at equal size.

Each reader names the sense of every ambiguous word in new stories. Equal in units: 64,
or 32 each way. Equal in weights: 64, or 42 each way, joined in three manners.
Built in notebooks/03_lstm.ipynb.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from helpers import objectives, training
from helpers.corpora import world
from helpers.models.bidirectional import Tagger
from helpers.models.layers import answering
from helpers.studies import agreement

# name of an arm: how it reads, and the units of each direction
READERS = {
    "one way, 64": ("forward", 64),
    "both ways, 2 × 32": ("concat", 32),
    "both ways, 2 × 42": ("concat", 42),
    "2 × 42, summed": ("sum", 42),
    "2 × 42, averaged": ("average", 42),
}
ARMS = tuple(READERS)
SEEDS = (0, 1, 2, 3, 4)
RATES = (1e-2, 2e-2, 4e-2, 8e-2)
TUNED = "loss"
UPDATES = 250
ASKED = 800  # new stories
NO_SENSE = -100  # PyTorch's mark for a place without an answer
CODE = (
    "helpers.models.bidirectional",
    "helpers.models.gated",
    "helpers.models.recurrent",
    "helpers.training.loop",
    "helpers.objectives.batching",
    "helpers.studies.agreement",
)


class Tagged(NamedTuple):
    """Stories with the number of a sense at each place: all (B, T)."""

    ids: Tensor
    mask: Tensor
    senses: Tensor


@lru_cache(1)
def senses() -> dict[str, int]:
    """Return the number of each sense in the training stories."""
    found = {sense for story in world.splits().train for sense in story.senses}
    return {sense: n for n, sense in enumerate(sorted(found - {None, ""}))}


def tagged(stories: Sequence) -> Tagged:
    """Return stories as a batch; places without a sense have NO_SENSE."""
    ids, mask = objectives.pad(agreement.coded(stories))
    wanted = torch.full(ids.shape, NO_SENSE)
    for row, story in enumerate(stories):
        numbers = [senses().get(sense, NO_SENSE) for sense in story.senses]
        wanted[row, : len(numbers)] = torch.tensor(numbers)
    return Tagged(ids, mask, wanted)


def make(arm: str) -> Tagger:
    """Return a reader with its first weights."""
    reader, width = READERS[arm]
    return Tagger(len(agreement.vocabulary()), 32, width, len(senses()), reader)


def loss_of(model: nn.Module, batch: Tagged) -> Tensor:
    """Return the mean loss at the places that have a sense, in nats."""
    logits = model(batch.ids, batch.mask)  # (B, T, senses)
    return nn.functional.cross_entropy(logits.flatten(0, 1), batch.senses.flatten())


def batches(seed: int) -> Iterator[Tagged]:
    """Draw batches of 32 training stories for ever."""
    stories = world.splits().train
    random = np.random.default_rng(seed)
    while True:
        chosen = random.integers(len(stories), size=32)
        yield tagged([stories[i] for i in chosen])


def trained(arm: str, rate: float, seed: int) -> Tagger:
    """Train one reader."""
    torch.manual_seed(seed)
    model = make(arm)
    settings = training.Settings(steps=UPDATES, lr=rate)
    training.train(model, batches(seed), loss_of, settings)
    return model


def asked() -> list:
    """Return the new stories in which senses are asked for."""
    return list(world.documents(ASKED, seed=31))


def right(model: Tagger, batch: Tagged) -> np.ndarray:
    """Say for each place that has a sense whether it is named; places in row order."""
    with answering(model):
        named = model(batch.ids, batch.mask).argmax(-1)  # (B, T)
    places = batch.senses >= 0
    return (named == batch.senses)[places].numpy()


def measure(arm: str, rate: float, seed: int, part: str) -> dict:
    """Train one reader; return its loss, and on new stories each right answer."""
    model = trained(arm, rate, seed)
    stories = asked() if part == "test" else world.splits().valid
    batch = tagged(stories)
    with answering(model):
        found = {"loss": float(loss_of(model, batch))}
    if part == "test":
        found["right"] = right(model, batch).astype(float)
    return found


def about() -> dict:
    """Return how the runs were made, and how much was asked."""
    return {
        "updates": UPDATES,
        "stories in a batch": 32,
        "new stories": ASKED,
        "senses": len(senses()),
        "places": int((tagged(asked()).senses >= 0).sum()),
    }
