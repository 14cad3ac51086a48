"""CoVe once more, with more text: the translators of `cove`, on ELMo's stories.

The stories that senses are asked about are taken out. Labels, classifier and questions
are those of `cove`. Built in notebooks/06_attention.ipynb.
"""

from functools import lru_cache

import numpy as np
import torch

from helpers import training
from helpers.checkpoints import story_bert
from helpers.corpora import world
from helpers.models.seq2seq import Seq2Seq
from helpers.objectives import sequence_pairs
from helpers.studies import cove, sense_choice, sense_heads, translating, weights
from helpers.studies.results import finished

ARMS = (cove.ONE, cove.TWO)
SEEDS = cove.SEEDS
RATES = (4e-3, 8e-3, 1.6e-2)
TUNED = "loss"
UPDATES = 2500
POINTS = cove.POINTS
CODE = (*cove.CODE, "helpers.studies.cove")


@lru_cache(1)
def _stories() -> list:
    """Return the stories that ELMo has read, but for those that are asked about."""
    asked = {story.tokens for story in sense_choice.fresh()}
    written = story_bert.unseen(world.documents(weights.STORIES, weights.SEED))
    return [story for story in written if story.tokens not in asked]


@lru_cache(2)
def coded(two: bool) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the translated stories, three sentences a text, as ids."""
    source, target = sense_choice.vocabulary(), cove.targets(two)
    return [
        (source.encode_array(text.source), target.encode_array(text.target))
        for text in cove.translated(_stories(), two)
    ]


@lru_cache(1)
def translator(two: bool, rate: float, seed: int) -> Seq2Seq:
    """Train a translator on the stories, with one word for two senses or with two."""
    model = cove.make(two, seed)
    order = torch.Generator().manual_seed(seed)
    batches = sequence_pairs.pair_batches(coded(two), translating.BATCH, order)
    settings = training.Settings(steps=UPDATES, lr=rate, warmup=0.1)
    finished(training.train(model, batches, translating.loss_of, settings))
    return model


def measure(arm: str, rate: float, seed: int, part: str) -> dict:
    """Train a translator; return its loss, and on the test what its states tell."""
    model = translator(arm == cove.TWO, rate, seed)
    found = cove.judged(model, arm == cove.TWO)
    if part == "validation":
        return {"loss": found["loss"]}
    read = cove.read_by(model)
    # stories to learn from, to choose with, to be asked about
    known, kept, asked = [cove.stories(each, read) for each in cove.documents(seed)]
    shares = {
        r: sense_heads.right_of(known, kept, cove.TUNING, r, seed)
        for r in cove.HEAD_RATES
    }
    best = max(shares, key=shares.__getitem__)
    right = [sense_heads.right_of(known, asked, n, best, seed) for n in cove.LABELS]
    return found | {"right": right, "rate of the classifier": best}


def about() -> dict:
    """Return how the runs were made."""
    return {"updates": UPDATES, "texts to translate": len(coded(False))}
