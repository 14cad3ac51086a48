"""Larger models and more text: how close do they come to the floor?

A grid of small BERTs, each trained from its beginning to the end of its own schedule.
Only hidden words are predicted, so that there is one loss and one floor.
Built in notebooks/15_scaling_up.ipynb.
"""

import itertools
import time
from dataclasses import replace
from functools import cache

import torch

from helpers import training
from helpers.checkpoints import story_bert
from helpers.corpora import world
from helpers.models.bert import BERTSize
from helpers.objectives.masking import masked_only_loss
from helpers.studies import results
from helpers.studies.results import SEEDS, Cell

WIDTHS = (16, 32, 64, 128)
STEPS = (250, 500, 1000, 2000)
KINDS = ("nats", "seconds")  # what is noted of each training
STORIES = 20_000
TESTED = 200
D_HEAD = 16
PEAK_RATE = 6e-3  # at notebook 12's width
PEAK_WIDTH = 96


def size(width: int) -> BERTSize:
    """Return one block of this width, 16 numbers per head, feed-forward 4 C."""
    words, heads = story_bert.WORDS, width // D_HEAD
    return BERTSize(words, width, heads, 4 * width, 1, longest=96, norm="pre")


def rate(width: int) -> float:
    """Return the learning rate: 6e-3 at width 96, and proportional to 1 / √C."""
    return PEAK_RATE * (PEAK_WIDTH / width) ** 0.5


@cache
def texts() -> tuple[list[world.Document], story_bert.HeldOut, float]:
    """Return stories to learn from, questions about others, and their exact floor."""
    held_out = story_bert.HeldOut(world.splits().test[:TESTED], n_single=1)
    known = {d.tokens for d in held_out.documents}
    stories = [d for d in world.documents(STORIES, seed=14) if d.tokens not in known]
    return stories, held_out, held_out.floor_many()


def tokens_per_step() -> float:
    """Return how many tokens a batch holds on average, [CLS] and [SEP] included."""
    stories, _, _ = texts()
    lengths = [len(a) + len(b) + 3 for a, b in story_bert.halves(stories[:2000])]
    return story_bert.BATCH_SIZE * sum(lengths) / len(lengths)


@cache
def trained(width: int, steps: int, seed: int) -> dict[str, float]:
    """Train one; return its distance from the floor and its seconds of processor time.

    The distance is in nats per hidden word, 15 % hidden at once.
    """
    stories, held_out, floor = texts()
    torch.manual_seed(seed)
    model = story_bert.new_model(size(width))
    batches = story_bert.batches(stories, torch.Generator().manual_seed(seed))
    settings = replace(story_bert.SETTINGS, steps=steps, lr=rate(width), every=steps)
    start = time.process_time()
    results.finished(training.train(model, batches, masked_only_loss, settings))
    seconds = time.process_time() - start
    return {"nats": held_out.measure(model).masked - floor, "seconds": seconds}


def measure(width: int, steps: int, seed: int, kind: str = "nats") -> float:
    """Return a training's nats above the floor, or its seconds; it runs only once."""
    return trained(width, steps, seed)[kind]


def cells() -> dict[Cell, tuple]:
    """Return every cell, with the arguments of `measure`; short trainings first."""
    found = {}
    for steps, seed, width, kind in itertools.product(STEPS, SEEDS, WIDTHS, KINDS):
        cell = Cell(f"width {width}", f"{steps} {kind}", seed)
        found[cell] = (width, steps, seed, kind)
    return found


def about() -> dict:
    """Return how the table is made; if that changes, it is made anew."""
    return {
        "stories": STORIES,
        "batch_size": story_bert.BATCH_SIZE,
        "peak_rate": f"{PEAK_RATE} at width {PEAK_WIDTH}, as 1 / sqrt(width)",
        "size": "one block, 16 numbers per head, pre-norm",
        "scores": "nats above the floor per hidden word; seconds of one processor",
    }


def means(found: dict, kind: str) -> list[list[tuple[float, float]]]:
    """Return mean and sd over seeds, one row per width, one column per step count.

    `kind` is "nats" or "seconds".
    """
    lacking = len(cells().keys() - found["cells"].keys())
    if lacking:
        raise ValueError(
            f"{lacking} cells are not on file; python -m helpers.studies scaling "
            "measures them"
        )
    table = results.table(found)
    rows = []
    for width in WIDTHS:
        scores = [table[f"width {width}", f"{steps} {kind}"] for steps in STEPS]
        rows.append([results.mean_and_sd(each) for each in scores])
    return rows
