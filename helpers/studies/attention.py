"""A translator with and without attention: lengths, where it looks, hidden words.

All arms learn from texts of one to three sentences, one also from four and five; one
arm without attention takes eight times as many updates. Then texts of one to six
sentences are asked, with sentences that were not trained on.
Built in notebooks/06_attention.ipynb.
"""

from functools import lru_cache
from random import Random

import numpy as np
import torch
from torch import nn

from helpers import training
from helpers.corpora import translation
from helpers.corpora.translation import Translation
from helpers.models.seq2seq import Seq2Seq
from helpers.objectives import sequence_pairs
from helpers.studies import longer_texts, looks, translating

LONG = "none, 8 × as long"
MORE = "additive, up to 5 sentences"
ARMS = ("none", LONG, "additive", "dot", "general", MORE)
SEEDS = (0, 1, 2, 3, 4)
RATES = (2e-3, 4e-3, 8e-3, 1.6e-2, 3.2e-2, 6.4e-2)
TUNED = "loss"
UPDATES = 400
WARMUP = 0.1
TEXTS = 20_000
WIDTH = 64
LENGTHS = (1, 2, 3, 4, 5, 6)  # sentences of the texts that are asked
EACH = 100  # texts of every length
LOOKED_INTO = 50  # of one, of two and of three sentences
BY_LENGTH = ("exact", "exact, one by one", "full stops")
POINTS = dict.fromkeys(BY_LENGTH, LENGTHS) | looks.CURVES
POINTS |= dict.fromkeys(longer_texts.CURVES, longer_texts.PLACES)
POINTS[longer_texts.WHERE] = range(longer_texts.SENTENCES**2)
CODE = (
    *translating.CODE,
    "helpers.probes.alignments",
    "helpers.studies.longer_texts",
    "helpers.studies.looks",
)


def make(arm: str) -> Seq2Seq:
    """Return the network of an arm with its first weights."""
    words = translating.task()
    score = None if arm.startswith("none") else arm.partition(",")[0]
    sizes = len(words.sources), len(words.targets)
    return Seq2Seq(*sizes, WIDTH, WIDTH, score)


def trained(arm: str, rate: float, seed: int) -> Seq2Seq:
    """Train the network of an arm on texts of its lengths."""
    torch.manual_seed(seed)
    model = make(arm)
    updates = 8 * UPDATES if arm == LONG else UPDATES
    settings = training.Settings(steps=updates, lr=rate, warmup=WARMUP)
    return translating.trained(model, _texts(_most(arm)), settings, seed)


def _most(arm: str) -> int:
    return 5 if arm == MORE else 3


@lru_cache(2)
def _texts(most: int) -> list[Translation]:
    return translation.texts(translating.task().train, TEXTS, 1, most)


def asked(n: int) -> list[Translation]:
    """Return the texts of n test sentences that are asked."""
    return [translation.join(sentences) for sentences in drawn(n)]


def drawn(n: int) -> list[list[Translation]]:
    """Draw the n test sentences of each text; none comes twice in a text."""
    random = Random(n)
    test = translating.task().test
    return [random.sample(test, n) for _ in range(EACH)]


def measure(arm: str, rate: float, seed: int, part: str) -> dict:
    """Train one network; return its loss, and on the test texts all the rest."""
    model = trained(arm, rate, seed)
    if part == "validation":
        texts = translation.texts(translating.task().validation, 300, 2, _most(arm))
        batch = sequence_pairs.pair_batch(translating.coded(texts))
        with torch.no_grad():
            return {"loss": translating.loss_of(model, batch).item()}
    texts = [text for n in (1, 2, 3) for text in asked(n)[:LOOKED_INTO]]
    found = lengths(model) | looks.looks(model, texts, seed)
    return found | longer_texts.beyond(model, asked(longer_texts.SENTENCES))


def lengths(model: nn.Module) -> dict[str, list]:
    """Return what is exactly right for each number of sentences, and how it ends.

    "one by one": each sentence is read and written as a text of its own.
    """
    ids = translating.task().targets.ids
    test = translating.task().test
    alone = dict(zip(test, translating.exact(model, test), strict=True))
    found: dict[str, list] = {name: [] for name in BY_LENGTH}
    for n in LENGTHS:
        texts = asked(n)
        written = translating.written(model, texts)
        found["exact"].append(translating.exact(model, texts).mean())
        found["full stops"].append(np.mean([row.count(ids["."]) for row in written]))
        single = [all(alone[each] for each in parts) for parts in drawn(n)]
        found["exact, one by one"].append(np.mean(single))
    return found


def about() -> dict:
    """Return how the runs were made."""
    return {
        "updates": UPDATES,
        "warm-up": WARMUP,
        "texts to learn from": TEXTS,
        "width": WIDTH,
        "texts asked of each length": EACH,
        "texts looked into, of 1, 2 and 3 sentences": LOOKED_INTO,
    }
