"""A GPT by its positions, its stories, its output table: loss, verbs behind attractors.

Each reads 1,500 batches of stories. One arm has the course's 4,000 stories only, one
shares its output table with the embedding.
Built in notebooks/10_decoder_and_gpt.ipynb.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch

from helpers import objectives, training
from helpers.corpora import tasks, truth, world
from helpers.corpora.tasks import Agreement
from helpers.models.decoder import GPT
from helpers.models.encoder import EncoderSize
from helpers.models.layers import answering
from helpers.probes.agreement import verb_choices
from helpers.studies import agreement

FRESH = 26_000  # stories that the grammar writes anew
UPDATES = 1500
BATCH = 16
N_ATTRACTORS = 4  # none, one, two, three nouns of the other number
EACH = 200  # verbs of a kind, half of them plural
SEEDS = (0, 1, 2, 3, 4)
RATES = (3e-3, 7.5e-3, 1.5e-2)
TUNED = "loss"
CODE = (
    *agreement.CODE,
    "helpers.models.attention",
    "helpers.models.decoder",
    "helpers.models.encoder",
    "helpers.models.layers",
    "helpers.models.positions",
    "helpers.studies.agreement",
)


class Plan(NamedTuple):
    """A GPT and what it reads."""

    positions: str = "sinusoidal"
    fresh: bool = True
    tied: bool = False


PLANS = {
    "sinusoids": Plan(),
    "learned positions": Plan("learned"),
    "rotary": Plan("rotary"),
    "sinusoids, 4,000 stories": Plan(fresh=False),
    "sinusoids, tied": Plan(tied=True),
}
ARMS = tuple(PLANS)


def make(arm: str, seed: int) -> GPT:
    """Return the GPT of an arm with its first weights."""
    torch.manual_seed(seed)
    plan = PLANS[arm]
    size = EncoderSize(positions=plan.positions, longest=128)
    model = GPT(len(agreement.vocabulary()), size)
    if plan.tied:
        model.embed.weight = model.output.weight  # (V, C), one table for both
    return model


@lru_cache(2)
def stories(fresh: bool) -> list[np.ndarray]:
    """Return the ids of the stories to learn from, none of which is asked later."""
    if not fresh:
        return agreement.coded(world.splits().train)
    kept_back = {story.tokens for part in world.splits()[1:] for story in part}
    written = world.documents(FRESH, seed=9)
    return agreement.coded([s for s in written if s.tokens not in kept_back])


@lru_cache(1)
def verbs() -> list[list[Agreement]]:
    """Return sentences by their number of attractors; all nouns between are some."""
    found = []
    for n in range(N_ATTRACTORS):
        asked = tasks.agreement(4000, 9, n)
        some = [item for item in asked if item.n_opposite == n]
        halves = [[i for i in some if i.plural == p][: EACH // 2] for p in (0, 1)]
        found.append(halves[0] + halves[1])
    return found


def trained(arm: str, rate: float, seed: int) -> GPT:
    """Train the GPT of an arm."""
    model = make(arm, seed)
    dice = torch.Generator().manual_seed(seed)
    ids = stories(PLANS[arm].fresh)
    batches = objectives.next_token_batches(ids, BATCH, dice)
    settings = training.Settings(UPDATES, lr=rate)
    training.train(model, batches, agreement.loss_of, settings)
    return model


def loss_on(model: GPT, documents: Sequence) -> float:
    """Return the loss on some stories, in nats per token."""
    batch = objectives.next_token_batch(agreement.coded(documents))
    with answering(model):
        return agreement.loss_of(model, batch).item()


def measure(arm: str, rate: float, seed: int, part: str) -> dict:
    """Train one GPT; return its loss above the floor, and its verbs."""
    model = trained(arm, rate, seed)
    if part == "validation":
        return {"loss": loss_on(model, world.splits().valid)}
    test = world.splits().test
    loss = loss_on(model, test)
    found = {"loss": loss, "above the floor": loss - float(np.mean(truth.losses(test)))}
    ids = agreement.vocabulary().ids
    for n, items in enumerate(verbs()):
        found[f"verbs, {n} attractors"] = verb_choices(model, ids, items).astype(float)
    return found


def about() -> dict:
    """Return how the runs were made."""
    return {"updates": UPDATES, "stories in a batch": BATCH, "fresh stories": FRESH}
