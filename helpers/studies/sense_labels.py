"""How many labels does it take to tell two senses apart, with ELMo and without?

Every run draws stories to learn from and stories to be asked about, the same for all
arms. Built in notebooks/04_elmo.ipynb.
"""

from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import nn

from helpers.corpora import world
from helpers.models.elmo_tasks import TaskModel, TaskSize
from helpers.studies import sense_choice
from helpers.studies.sense_choice import Bag, LinearOnLayers, Story

USUAL = "usual sense"
TOKENS = "BiLSTM + token layer"  # vectors from much text, and no context in them
ARMS = (
    USUAL,
    "bag, 4 words each side",
    "bag, whole story",
    "BiLSTM",
    TOKENS,
    "BiLSTM + ELMo",
    "linear on random biLM",
    "linear on ELMo",
)
UNTRAINED = (USUAL,)
SEEDS = (0, 1, 2, 3, 4)
RATES = (3e-3, 1e-2, 3e-2, 1e-1, 3e-1)
TUNED = "error"
STEPS = {10: 60, 50: 80, 200: 120, 800: 160, 3000: 240}
TUNING_LABELS = 200
POINTS = {"right": tuple(STEPS)}
ASKED = 200  # stories
CODE = (
    "helpers.studies.sense_choice",
    "helpers.models.elmo_tasks",
    "helpers.models.elmo",
    "helpers.models.characters",
    "helpers.training.loop",
)


def make(arm: str) -> nn.Module:
    """Return the network of an arm, with its first weights."""
    n_labels = len(sense_choice.senses())
    n_words = len(sense_choice.vocabulary())
    if arm.startswith("bag"):
        window = 4 if "4 words" in arm else 10_000
        return Bag(n_words, n_labels, window)
    if arm.startswith("linear"):
        return LinearOnLayers(n_labels)
    where = "none" if arm == "BiLSTM" else "input"
    size = TaskSize(n_labels, where=where, n_layers=1 if arm == TOKENS else 3)
    return TaskModel(n_words, size)


def measure(arm: str, rate: float | None, seed: int, part: str) -> dict:
    """Learn from more and more labels; return the share right after each number."""
    random = "random" in arm
    learned = _fitting(arm, _learned(random, seed))
    if part == "validation":
        model = _fitted(arm, learned, TUNING_LABELS, rate, seed)
        asked = _fitting(arm, _validation(random, seed))
        right, _ = sense_choice.score(model, asked)
        return {"error": 1 - right.mean().item()}
    asked = _fitting(arm, _asked(random, seed))
    if arm == USUAL:
        return {"right": [usual(learned, asked, n) for n in STEPS]}
    found = []
    for n in STEPS:
        model = _fitted(arm, learned, n, rate, seed)
        right, _ = sense_choice.score(model, asked)
        found.append(right.mean().item())
    return {"right": found}


def _fitting(arm: str, stories: Sequence[Story]) -> Sequence[Story]:
    """Keep only the labelled words, or the first layer, where an arm uses no other."""
    if arm == TOKENS:
        return [story._replace(layers=story.layers[:1]) for story in stories]
    if arm.partition(" ")[0] not in ("usual", "linear"):
        return stories
    found = []
    for ids, layers, wanted in stories:
        at = wanted != sense_choice.UNLABELLED
        found.append(Story(ids[at], layers[:, at], wanted[at]))
    return found


def usual(learned: Sequence[Story], asked: Sequence[Story], n_labels: int) -> float:
    """Name the sense that has more labels; without labels, or as many, toss a coin."""
    some = sense_choice.labelled(learned, n_labels)
    seen = torch.bincount(_labels(some), minlength=len(sense_choice.senses()))
    wanted = _labels(asked)
    own = seen[wanted]
    other = seen[wanted ^ 1]  # the other sense of the same word
    return ((own > other).float() + (own == other).float() / 2).mean().item()


def _labels(stories: Sequence[Story]) -> torch.Tensor:
    wanted = torch.cat([story.wanted for story in stories])
    return wanted[wanted != sense_choice.UNLABELLED]


def _fitted(
    arm: str, learned: Sequence[Story], n_labels: int, rate: float, seed: int
) -> nn.Module:
    torch.manual_seed(seed)
    model = make(arm)
    some = sense_choice.labelled(learned, n_labels)
    sense_choice.fit(model, some, STEPS[n_labels], rate, seed)
    return model


@lru_cache(2)
def _learned(random: bool, seed: int) -> list[Story]:
    """Return training stories in an order of the seed, with 3,000 labels or more."""
    stories = sense_choice.ambiguous(world.splits().train)
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(stories), generator=generator)[:1800]
    return sense_choice.frozen([stories[i] for i in order], _reader(random, seed))


@lru_cache(2)
def _asked(random: bool, seed: int) -> list[Story]:
    start = seed * ASKED
    stories = sense_choice.fresh()[start : start + ASKED]
    return sense_choice.frozen(stories, _reader(random, seed))


@lru_cache(2)
def _validation(random: bool, seed: int) -> list[Story]:
    stories = sense_choice.fresh()[len(SEEDS) * ASKED :]
    return sense_choice.frozen(stories, _reader(random, seed))


def _reader(random: bool, seed: int) -> nn.Module:
    return sense_choice.untrained(seed) if random else sense_choice.trained()


def about() -> dict:
    """Return how the runs were made."""
    return {
        "updates": {str(n): steps for n, steps in STEPS.items()},
        "stories in a batch": sense_choice.STORIES_AT_ONCE,
        "stories asked about": ASKED,
        "labels when the rate was chosen": TUNING_LABELS,
    }
