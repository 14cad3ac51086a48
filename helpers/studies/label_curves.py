"""How much do labels buy? Scores against the number of labelled examples.

Frozen body, fine-tuned, from scratch: each way on each task, for several numbers of
labels and seeds; four heads with as many labels as they need; and real reviews, vectors
against counted words. The tables are filled by `python -m helpers.studies label_curves`,
`… heads` and `… reviews`.
Built in notebooks/13_bert_finetuning.ipynb.
"""

import random
from functools import cache

import torch
from torch import nn

from helpers import checkpoints, training
from helpers import finetuning as ft
from helpers.checkpoints import story_bert
from helpers.finetuning.tasks import (
    ENTAILMENT,
    FOUR,
    NAMES,
    QUESTIONS,
    SENTIMENT,
    Split,
    Task,
    split,
)
from helpers.studies import results

WAYS = ("frozen body", "fine-tuned", "from scratch")
STEPS = {10: 60, 100: 120, 1000: 300, 10_000: 600}  # number of labels → steps
RATE, ASKED, SEEDS = 2e-3, 500, (0, 1, 2)


@cache
def examples(name: str, n: int = max(STEPS), n_asked: int = ASKED) -> Split:
    """Return a task's examples, made once."""
    return split(task_of(name), n, n_asked)


def task_of(name: str) -> Task:
    """Return the task of this name."""
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
    task, part, wordpiece = task_of(name), examples(name), story_bert.vocabulary()
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
        "command": "python -m helpers.studies label_curves",
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


# ------------------------------------------------------------------- real reviews
