"""Film reviews: vectors of a real BERT against counted words."""

import random
from collections.abc import Sequence

from helpers.finetuning import reviews
from helpers.studies.label_curves import SEEDS

READERS = ("bag of words", "real BERT, frozen")


REVIEWS = (100, 300, 1000, 2000, 6920)  # the last: all that are not neutral


def cells() -> list[tuple]:
    """Return (reader, "reviews n", seed, its arguments) of every cell."""
    return [
        (reader, f"reviews {n}", seed, (reader, n, seed))
        for n in REVIEWS
        for seed in SEEDS
        for reader in READERS
    ]


def about(real) -> dict:
    """Return how the table of reviews is made, with which weights."""
    return {
        "command": "python -m helpers.studies reviews",
        "seeds": list(SEEDS),
        "weights": real.name,
        "data": "Stanford Sentiment Treebank, two sides, scored on the development set",
    }


class Readers:
    """Two readers of reviews, compared on the same sentences."""

    def __init__(self, real, bank):
        from helpers.corpora import treebank

        self.real, (self.learned, self.asked) = real, map(treebank.two_sides, bank)
        parts = (self.learned, self.asked)
        self.vectors = [reviews.vectors(real, [r.text for r in p]) for p in parts]

    def measure(self, reader: str, n: int, seed: int) -> float:
        """Return a reader's share right after n labelled reviews."""
        rows = random.Random(seed).sample(range(len(self.learned)), n)
        learned = [self.learned[i] for i in rows]
        if reader == "bag of words":
            return reviews.by_words(self.real.wordpiece, learned, self.asked, seed=seed)
        known = self.vectors[0][rows], _labels(learned)
        return reviews.read_off(known, (self.vectors[1], _labels(self.asked)))


def _labels(part: Sequence) -> list[int]:
    return [r.label for r in part]
