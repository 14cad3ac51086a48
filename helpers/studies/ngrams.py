"""N-grams of one to six tokens, counted in little, some and much text.

Every n-gram chooses its own discount on validation stories; the long ones choose once
more, a discount for each length of context. The loss is measured on stories that were
counted and on the test stories of the series. Built in notebooks/00_start_here.ipynb.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

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
LONG = (4, 5, 6)  # these choose a discount for each length of context, too
SWEEPS = 3  # so often is each of these discounts chosen anew


def name(n: int, stories: int) -> str:
    """Return the arm of an n-gram counted from so many stories."""
    return f"{n}-gram, {stories} stories"


def many(n: int, stories: int) -> str:
    """Return the arm of an n-gram with a discount for each length of context."""
    return f"{name(n, stories)}, {n} discounts"


ONE = tuple(name(n, stories) for stories in SIZES for n in LENGTHS)
UNTRAINED = tuple(many(n, stories) for stories in SIZES for n in LONG)
ARMS = ONE + UNTRAINED


def about() -> dict:
    """Return what else makes the results."""
    return {
        "the rates are": "discounts",
        "many discounts": f"each seed chooses its own, in {SWEEPS} sweeps",
        "training stories measured": SAMPLE,
    }


class Seen(NamedTuple):
    """What an n-gram knows at each token of some texts: three arrays (n, tokens).

    How often the token came after the last 0, 1, …, n − 1 tokens, how often these were
    counted, and how many different tokens followed them.
    """

    came: np.ndarray
    counted: np.ndarray
    kinds: np.ndarray

    def loss(self, discounts: Sequence[float], outcomes: int) -> float:
        """Return the mean loss with a discount for each length, in nats per token."""
        p = np.full(self.came.shape[1], 1 / outcomes)
        for came, counted, kinds, discount in zip(*self, discounts, strict=True):
            kept = np.maximum(came - discount, 0)
            mixed = (kept + discount * kinds * p) / np.maximum(counted, 1)
            p = np.where(counted, mixed, p)
        return float(-np.log(p).mean())


def look_up(model: NGram, texts: Iterable[Sequence]) -> Seen:
    """Return what a counted model knows at each token of the texts, ends included."""
    rows = []
    for text in texts:
        padded = (ngram.BOS,) * (model.n - 1) + (*text, ngram.EOS)
        for end in range(model.n, len(padded) + 1):
            row = []
            for length, (grams, totals, kinds) in enumerate(model.tables):
                context = padded[end - 1 - length : end - 1]
                gram = padded[end - 1 - length : end]
                row.append((grams[gram], totals[context], kinds[context]))
            rows.append(row)
    return Seen(*np.array(rows).transpose(2, 1, 0))


def chosen(seen: Seen, outcomes: int) -> list[float]:
    """Return the discounts with which these texts cost least, one after the other."""
    discounts = [ngram.DISCOUNT] * len(seen.came)
    for length in [*range(len(discounts))] * SWEEPS:
        losses = {}
        for discount in RATES:
            discounts[length] = discount
            losses[discount] = seen.loss(discounts, outcomes)
        discounts[length] = min(losses, key=losses.get)
    return discounts


def measure(
    arm: str, rate: float | None, seed: int, part: str
) -> dict[str, float | list[float]]:
    """Return losses in nats per token: of one arm, with one discount."""
    length, stories = arm.split("-gram, ")
    n = int(length)
    texts = _texts(int(stories.split()[0]), seed)
    valid, test, sample = _known(n, texts)
    outcomes = len(world.vocabulary()) + 1  # the end of a text is one, too
    discounts = [rate] * n if rate is not None else chosen(valid, outcomes)
    if part == "validation":
        return {"loss": valid.loss(discounts, outcomes)}
    return {
        "loss": test.loss(discounts, outcomes),
        "training": sample.loss(discounts, outcomes),
        "training floor": _floor(texts[:SAMPLE]),
        "discounts": discounts,
    }


@lru_cache(maxsize=1)
def _texts(stories: int, seed: int) -> tuple[tuple[str, ...], ...]:
    """Return stories to count, none of them among those to choose or to test with."""
    splits = world.splits()
    others = {d.tokens for d in (*splits.valid, *splits.test)}
    written = world.documents(stories + stories // 10, seed)
    return tuple([d.tokens for d in written if d.tokens not in others][:stories])


@lru_cache(maxsize=1)
def _known(n: int, texts: tuple[tuple[str, ...], ...]) -> tuple[Seen, Seen, Seen]:
    """Return what is known of validation, test and some training stories."""
    model = NGram(n, world.vocabulary()).fit(texts)
    splits = world.splits()
    asked = (_tokens(splits.valid), _tokens(splits.test), texts[:SAMPLE])
    return tuple(look_up(model, some) for some in asked)


@lru_cache(maxsize=1)
def _floor(texts: tuple[tuple[str, ...], ...]) -> float:
    """Return what the grammar itself pays on some stories."""
    return float(np.mean([x for text in texts for x in truth.surprisals(text)]))


def _tokens(documents: tuple[world.Document, ...]) -> list[tuple[str, ...]]:
    return [d.tokens for d in documents]
