"""Film reviews: vectors of a real BERT against counted words.

Built in notebooks/13_bert_finetuning.ipynb.
"""

import itertools
import random
from functools import cache

from helpers.checkpoints import real_bert
from helpers.checkpoints.bert_files import LoadedBERT
from helpers.corpora import treebank
from helpers.finetuning import reviews
from helpers.studies.results import SEEDS, Cell

BAG = "bag of words"
READERS = (BAG, "real BERT, frozen")
SIZES = (100, 300, 1000, 2000, 6920)  # the last: all that are not neutral
read = cache(reviews.read)  # the vectors of all reviews are computed once


@cache
def materials() -> tuple[LoadedBERT, tuple, tuple]:
    """Return a real BERT, the reviews for training and those for the test.

    Raises ValueError if the BERT or the treebank is not here.
    """
    bank = treebank.find()
    real = real_bert.find()
    if bank is None or real is None:
        raise ValueError("the reviews need both the treebank and a real BERT")
    learned = treebank.two_sides(bank.train)
    return real, tuple(learned), tuple(treebank.two_sides(bank.dev))


def measure(reader: str, n: int, seed: int) -> float:
    """Return a reader's share of right answers after n labelled reviews."""
    real, learned, asked = materials()
    rows = random.Random(seed).sample(range(len(learned)), n)
    some = [learned[row] for row in rows]
    if reader == BAG:
        return reviews.by_words(real.wordpiece, some, asked, seed=seed)
    vectors, labels = read(real, learned)  # (all, C)
    known = (vectors[rows], [labels[row] for row in rows])  # (n, C)
    return reviews.read_off(known, read(real, asked))


def cells() -> dict[Cell, tuple]:
    """Return every cell of the table, with the arguments of `measure`."""
    all_three = itertools.product(SIZES, SEEDS, READERS)
    return {Cell(r, f"reviews {n}", seed): (r, n, seed) for n, seed, r in all_three}


def about() -> dict:
    """Return with which weights and which data the table is made."""
    real, _, _ = materials()
    return {
        "weights": real.name,
        "data": "Stanford Sentiment Treebank, two sides, scored on the development set",
    }
