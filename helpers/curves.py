"""How much do labels buy? Scores against the number of labelled examples.

Frozen body, fine-tuned, from scratch: each way on each task, for several numbers of
labels and seeds; four heads with as many labels as they need; and real reviews, vectors
against counted words. The tables are filled by `python -m helpers.make_results curves`,
`… heads` and `… reviews`.
Built in notebooks/12_bert_finetuning.ipynb.
"""

import random
from collections.abc import Sequence
from functools import cache

import torch
from torch import nn

from helpers import checkpoints, results, reviews, story_bert, training
from helpers import finetuning as ft
from helpers.four_tasks import (
    ENTAILMENT,
    FOUR,
    NAMES,
    QUESTIONS,
    SENTIMENT,
    Split,
    Task,
    split,
)
from helpers.models.products import available, use_onednn

HEADS = {  # task → labels, steps, batch size; chosen on other examples than are asked
    "sentiment": (6000, 800, 32),
    "entailment": (20_000, 1600, 16),
    "questions": (20_000, 2500, 16),
    "names": (3000, 100, 32),
}
HEAD_ASKED = 1000
WAYS = ("frozen body", "fine-tuned", "from scratch")
STEPS = {10: 60, 100: 120, 1000: 300, 10_000: 600}  # number of labels → steps
RATE, ASKED, SEEDS = 2e-3, 500, (0, 1, 2)
READERS = ("bag of words", "real BERT, frozen")
REVIEWS = (100, 300, 1000, 2000, 6920)  # the last: all that are not neutral


@cache
def examples(name: str, n: int = max(STEPS), n_asked: int = ASKED) -> Split:
    """Return a task's examples, made once."""
    return split(_task(name), n, n_asked)


def _task(name: str) -> Task:
    return next(task for task in FOUR if task.name == name)


def beginning(way: str, task: Task, seed: int) -> nn.Module:
    """Return a new head on pre-trained weights or, from scratch, on random ones."""
    torch.manual_seed(seed)
    start = story_bert.new_model(story_bert.SHIPPED)
    if way != "from scratch":
        checkpoints.load(start, "bert")
    return ft.with_head(start.bert, task)


def measure(way: str, name: str, n: int, seed: int) -> float:
    """Train one way on n examples of a task; return the score on held-out ones."""
    task, part, wordpiece = _task(name), examples(name), story_bert.vocabulary()
    model = beginning(way, task, seed)
    chosen = random.Random(seed).sample(part.learned, n)
    dice = torch.Generator().manual_seed(seed)
    batches = ft.batches(task, chosen, wordpiece, dice)
    settings = training.Settings(STEPS[n], RATE, warmup=0.1, fused=True)
    ft.fine_tune(model, batches, settings, frozen=way == "frozen body")
    return ft.score(model, task, part.asked, wordpiece)


def about() -> dict:
    """Return how the curves are made; where that changes, they are made anew."""
    return {
        "command": "python -m helpers.make_results curves",
        "seeds": list(SEEDS),
        "steps": {str(n): steps for n, steps in STEPS.items()},
        "learning_rate": RATE,
        "asked": ASKED,
        "checkpoint": checkpoints.manifest()["bert"]["sha256"],
    }


def cells() -> list[tuple]:
    """Return (way, "task n", seed, its arguments) of every cell."""
    return [
        (way, f"{task.name} {n}", seed, (way, task.name, n, seed))
        for task in (ENTAILMENT, SENTIMENT, NAMES, QUESTIONS)  # as shown, then others
        for n in STEPS
        for seed in SEEDS
        for way in WAYS
    ]


def lines(found: dict, name: str) -> tuple[list[int], dict, dict]:
    """Return the sizes, and per row of a table its means and standard deviations.

    Only the sizes for which every row has at least two seeds.
    """
    table = results.table(found)
    rows = list(dict.fromkeys(row for row, _ in table))
    columns = {int(c.split()[1]): c for _, c in table if c.split()[0] == name}
    full = [
        n for n in sorted(columns) if all(_seeds(table, r, columns[n]) for r in rows)
    ]
    pairs = {r: [results.mean_and_sd(table[r, columns[n]]) for n in full] for r in rows}
    means = {r: [mean for mean, _ in p] for r, p in pairs.items()}
    return full, means, {r: [sd for _, sd in p] for r, p in pairs.items()}


def _seeds(table: dict, row: str, column: str) -> bool:
    return len(table.get((row, column), ())) > 1


# ------------------------------------------------ four heads, with enough labels


def measure_head(name: str, seed: int) -> float:
    """Fine-tune the shipped BERT for a task; return the score on held-out examples."""
    task, (n, steps, size) = _task(name), HEADS[name]
    part, wordpiece = examples(name, n, HEAD_ASKED), story_bert.vocabulary()
    model = use_onednn(beginning("fine-tuned", task, seed), available())
    dice = torch.Generator().manual_seed(seed)
    batches = ft.batches(task, part.learned, wordpiece, dice, size)
    ft.fine_tune(model, batches, training.Settings(steps, RATE, warmup=0.1, fused=True))
    return ft.score(model, task, part.asked, wordpiece)


def head_cells() -> list[tuple]:
    """Return ("fine-tuned", task, seed, its arguments) of every cell."""
    return [("fine-tuned", name, s, (name, s)) for s in SEEDS for name in HEADS]


def head_about() -> dict:
    """Return how the table of heads is made, with how many labels and steps."""
    return {
        "command": "python -m helpers.make_results heads",
        "seeds": list(SEEDS),
        "labels_steps_batch": {name: list(plan) for name, plan in HEADS.items()},
        "learning_rate": RATE,
        "asked": HEAD_ASKED,
        "checkpoint": checkpoints.manifest()["bert"]["sha256"],
    }


# ------------------------------------------------------------------- real reviews


def review_cells() -> list[tuple]:
    """Return (reader, "reviews n", seed, its arguments) of every cell."""
    return [
        (reader, f"reviews {n}", seed, (reader, n, seed))
        for n in REVIEWS
        for seed in SEEDS
        for reader in READERS
    ]


def review_about(real) -> dict:
    """Return how the table of reviews is made, with which weights."""
    return {
        "command": "python -m helpers.make_results reviews",
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
