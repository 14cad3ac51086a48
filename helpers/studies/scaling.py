"""Larger models and more text: how close do they come to the floor?

A grid of small BERTs, each trained from its beginning to the end of its own schedule.
Only hidden words are asked about, so that there is one loss and one floor. The table is
filled by `python -m helpers.studies scaling`.
Built in notebooks/15_scaling_up.ipynb.
"""

import time
from dataclasses import replace
from functools import cache

import torch

from helpers import training
from helpers.checkpoints import story_bert
from helpers.corpora import world
from helpers.models.bert import BERTSize
from helpers.studies import results
from helpers.studies.ablations import words_only_loss

WIDTHS, STEPS, SEEDS = (16, 32, 64, 128), (250, 500, 1000, 2000), (0, 1, 2)
STORIES, ASKED, BATCH = 20_000, 200, story_bert.BATCH_SIZE
HEAD, PEAK, AT = 16, 6e-3, 96  # width of a head; a learning rate, and for which width


def size(width: int) -> BERTSize:
    """Return one block of this width, 16 numbers per head, feed-forward 4 C."""
    words = story_bert.WORDS
    return BERTSize(words, width, width // HEAD, 4 * width, 1, longest=96, norm="pre")


def rate(width: int) -> float:
    """Return the learning rate: 6e-3 at notebook 12's width 96, and as 1 / √C."""
    return PEAK * (AT / width) ** 0.5


@cache
def texts() -> tuple[list, story_bert.HeldOut, float]:
    """Return stories to learn from, questions about others, and their exact floor."""
    held_out = story_bert.HeldOut(world.splits().test[:ASKED], n_single=1)
    known = {d.tokens for d in held_out.documents}
    stories = [d for d in world.documents(STORIES, seed=14) if d.tokens not in known]
    return stories, held_out, held_out.floor_many()


def tokens_per_step() -> float:
    """Return how many tokens a batch holds on average, [CLS] and [SEP] included."""
    lengths = [len(a) + len(b) + 3 for a, b in story_bert.halves(texts()[0][:2000])]
    return BATCH * sum(lengths) / len(lengths)


def measure(width: int, steps: int, seed: int) -> tuple[float, float]:
    """Train one; return its distance from the floor and its seconds of processor time.

    The distance is in nats per hidden word, 15 % hidden at once.
    """
    stories, held_out, floor = texts()
    torch.manual_seed(seed)
    model = story_bert.new_model(size(width))
    batches = story_bert.batches(stories, torch.Generator().manual_seed(seed))
    settings = replace(story_bert.SETTINGS, steps=steps, lr=rate(width), every=steps)
    start = time.process_time()
    training.train(model, batches, words_only_loss, settings)
    seconds = time.process_time() - start
    return held_out.measure(model).masked - floor, seconds


def cells() -> list[tuple[int, int, int]]:
    """Return (width, steps, seed) of every training, the short ones first."""
    return [(w, n, s) for n in STEPS for s in SEEDS for w in WIDTHS]


def about() -> dict:
    """Return how the table is made; where that changes, it is made anew."""
    return {
        "command": "python -m helpers.studies scaling",
        "seeds": list(SEEDS),
        "stories": STORIES,
        "batch_size": BATCH,
        "peak_rate": f"{PEAK} at width {AT}, as 1 / sqrt(width)",
        "size": "one block, 16 numbers per head, pre-norm",
        "scores": "nats above the floor per hidden word; seconds of one processor",
    }


def means(found: dict, kind: str) -> list[list[tuple[float, float]]]:
    """Return mean and sd over seeds, one row per width, one column per step count.

    `kind` is "nats" or "seconds".
    """
    table = results.table(found)
    return [
        [results.mean_and_sd(table[f"width {w}", f"{n} {kind}"]) for n in STEPS]
        for w in WIDTHS
    ]
