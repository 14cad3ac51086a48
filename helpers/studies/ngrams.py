"""N-grams of one to six tokens, counted in little, some and much text.

Every n-gram chooses its own discount on validation stories. Its loss is measured on
stories that it was counted from and on the test stories of the series.
Built in notebooks/00_start_here.ipynb.
"""

from functools import lru_cache

import numpy as np

from helpers.corpora import truth, world
from helpers.corpora.grammar import forward_backward, machine
from helpers.models import ngram
from helpers.models.ngram import NGram

SIZES = (1000, 4000, 16000)
LENGTHS = (1, 2, 3, 4, 5, 6)
SEEDS = (101, 102, 103, 104, 105)  # the series' own stories are seeds 1, 2 and 3
RATES = (0.05, 0.2, 0.35, 0.5, 0.65, 0.75, 0.85, 0.9, 0.95, 0.98)  # the discounts
TUNED = "loss"
CODE = (ngram, world, machine, forward_backward)
SAMPLE = 300  # training stories on which the training loss is measured


def name(n: int, stories: int) -> str:
    """Return the arm of an n-gram counted from so many stories."""
    return f"{n}-gram, {stories} stories"


ARMS = tuple(name(n, stories) for stories in SIZES for n in LENGTHS)


def about() -> dict:
    """Return what else makes the results."""
    return {"the rates are": "discounts", "training stories measured": SAMPLE}


def measure(
    arm: str, rate: float | None, seed: int, part: str
) -> dict[str, float | list[float]]:
    """Return losses in nats per token: of one arm, with one discount."""
    length, stories = arm.split("-gram, ")
    texts = _texts(int(stories.split()[0]), seed)
    model = _counted(int(length), texts)
    model.discount = rate
    if part == "validation":
        return {"loss": model.loss(_tokens(world.splits().valid))}
    sample = texts[:SAMPLE]
    return {
        "loss": model.loss(_tokens(world.splits().test)),
        "training": model.loss(sample),
        "training floor": _floor(sample),
    }


@lru_cache(maxsize=1)
def _texts(stories: int, seed: int) -> tuple[tuple[str, ...], ...]:
    """Return stories to count, none of them among those to choose or to test with."""
    splits = world.splits()
    others = {d.tokens for d in (*splits.valid, *splits.test)}
    written = world.documents(stories + stories // 10, seed)
    return tuple([d.tokens for d in written if d.tokens not in others][:stories])


@lru_cache(maxsize=1)
def _counted(n: int, texts: tuple[tuple[str, ...], ...]) -> NGram:
    return NGram(n, world.vocabulary()).fit(texts)


@lru_cache(maxsize=1)
def _floor(texts: tuple[tuple[str, ...], ...]) -> float:
    """Return what the grammar itself pays on some stories."""
    return float(np.mean([x for text in texts for x in truth.surprisals(text)]))


def _tokens(documents: tuple[world.Document, ...]) -> list[tuple[str, ...]]:
    return [d.tokens for d in documents]
