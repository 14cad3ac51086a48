"""ELMo's layers: which of them, and where do they join? 100 labels, 18 words.

Asked is the sense of a given word, in the course's test stories.
Built in notebooks/04_elmo.ipynb.
"""

from functools import lru_cache
from typing import NamedTuple

import torch
from torch import nn

from helpers.corpora import world
from helpers.models.elmo_tasks import ScalarMix, TaskModel, TaskSize
from helpers.studies import sense_choice
from helpers.studies.sense_choice import Story


class Variant(NamedTuple):
    """Where ELMo joins the task network, and how its layers are weighted."""

    where: str
    mix: str = "learned"


VARIANTS = {
    "no ELMo": Variant("none"),
    "random biLM, input": Variant("input"),
    "input, top layer": Variant("input", "top"),
    "input, equal": Variant("input", "uniform"),
    "input, learned": Variant("input"),
    "output, top layer": Variant("output", "top"),
    "output, equal": Variant("output", "uniform"),
    "output, learned": Variant("output"),
    "both, top layer": Variant("both", "top"),
    "both, equal": Variant("both", "uniform"),
    "both, learned": Variant("both"),
}
ARMS = tuple(VARIANTS)
SEEDS = (0, 1, 2, 3, 4)
RATES = (1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
TUNED = "error"
LABELS = 100
STEPS = 100
CODE = (
    "helpers.studies.sense_choice",
    "helpers.models.elmo_tasks",
    "helpers.models.elmo",
    "helpers.models.characters",
    "helpers.training.loop",  # the rate falls to 0
)


def make(arm: str) -> TaskModel:
    """Return the task network of an arm, with its first weights."""
    variant = VARIANTS[arm]
    size = TaskSize(len(sense_choice.senses()), where=variant.where, mix=variant.mix)
    return TaskModel(len(sense_choice.vocabulary()), size)


def measure(arm: str, rate: float, seed: int, part: str) -> dict:
    """Learn from 100 labels; return each right or wrong choice, and the mix learned."""
    random = "random" in arm
    torch.manual_seed(seed)
    model = make(arm)
    sense_choice.fit(model, learned(seed, random), STEPS, rate, seed)
    right, loss = sense_choice.score(model, _asked(part, seed if random else None))
    if part == "validation":
        return {"error": 1 - right.mean().item()}
    found = {"right": right, "loss": loss}
    for place in ("input", "output"):
        mix = getattr(model, f"mix_{place}", None)
        there = isinstance(mix, ScalarMix)
        nothing = torch.full((3,), torch.nan)  # an arm without a mix at this place
        found[f"s, {place}"] = mix.shares.detach() if there else nothing
        found[f"gamma, {place}"] = mix.gamma.item() if there else torch.nan
    return found


def learned(seed: int, random: bool = False) -> list[Story]:
    """Return the stories with the labels of a seed, read by a frozen biLM."""
    stories = sense_choice.ambiguous(world.splits().train)
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(stories), generator=generator)[:LABELS]
    model = _reader(seed if random else None)
    found = sense_choice.frozen([stories[i] for i in order], model)
    return sense_choice.labelled(found, LABELS)


@lru_cache(3)
def _asked(part: str, random: int | None) -> list[Story]:
    stories = sense_choice.fresh()[-500:]  # rates are chosen on these
    if part == "test":
        stories = sense_choice.ambiguous(world.splits().test)
    return sense_choice.frozen(stories, _reader(random))


def _reader(random: int | None) -> nn.Module:
    if random is None:
        return sense_choice.trained()
    return sense_choice.untrained(random)


def about() -> dict:
    """Return how the runs were made."""
    return {
        "labels": LABELS,
        "updates": STEPS,
        "stories in a batch": sense_choice.STORIES_AT_ONCE,
    }
