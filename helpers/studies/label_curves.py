"""How much do labels buy? Scores against the number of labelled examples.

A frozen body, a fine-tuned one and one from scratch: each on four tasks, for several
numbers of labels and seeds. On file are two of the tasks: all of entailment, and
sentiment up to 1,000 labels; the command fills in the others.
Built in notebooks/13_bert_finetuning.ipynb.
"""

import itertools
import random
from collections import Counter, defaultdict
from functools import cache

import torch
from torch import nn

from helpers import checkpoints, finetuning
from helpers.checkpoints import story_bert
from helpers.finetuning import tasks
from helpers.finetuning.tasks import Split, Task, split
from helpers.studies import results
from helpers.studies.results import SEEDS, Cell
from helpers.studies.tuned import tuned_score
from helpers.training import Settings

# Those that the notebook shows come first.
TASKS = (tasks.ENTAILMENT, tasks.SENTIMENT, tasks.NAMES, tasks.QUESTIONS)
WAYS = ("frozen body", "fine-tuned", "from scratch")
STEPS = {10: 60, 100: 120, 1000: 300, 10_000: 600}  # number of labels → steps
RATE = 2e-3
BATCH_SIZE = 32
TESTED = 500
examples = cache(split)  # they are the same for many cells


def beginning(way: str, task: Task, seed: int) -> nn.Module:
    """Return a model with a new head, on the shipped weights or on random ones."""
    torch.manual_seed(seed)
    start = story_bert.new_model(story_bert.SHIPPED)
    if way != "from scratch":
        checkpoints.load(start, "bert")
    model = finetuning.with_head(start.bert, task)
    model.bert.requires_grad_(way != "frozen body")
    return model


def settings(steps: int) -> Settings:
    """Return how every model is fine-tuned, in so many steps."""
    return Settings(steps, RATE, warmup=0.1, fused=True)


def measure(way: str, task: Task, n: int, seed: int) -> float:
    """Train in one way on n examples of a task; return the score on held-out ones."""
    most = examples(task, max(STEPS), TESTED)
    part = Split(random.Random(seed).sample(most.learned, n), most.asked)
    model = beginning(way, task, seed)
    return tuned_score(model, task, part, settings(STEPS[n]), BATCH_SIZE, seed)


def cells() -> dict[Cell, tuple]:
    """Return every cell of the table, with the arguments of `measure`."""
    found = {}
    for task, n, seed, way in itertools.product(TASKS, STEPS, SEEDS, WAYS):
        found[Cell(way, f"{task.name} {n}", seed)] = (way, task, n, seed)
    return found


def about() -> dict:
    """Return how the table is made; if that changes, it is made anew."""
    return {
        "steps": {str(n): steps for n, steps in STEPS.items()},
        "learning_rate": RATE,
        "asked": TESTED,
        "checkpoint": checkpoints.manifest()["bert"]["sha256"],
    }


def lines(found: dict, name: str) -> tuple[list[int], dict, dict]:
    """Return the sizes, and for each row of a table its means and standard deviations.

    `name` is a task; its columns are called "name size". A size is left out unless
    every row has two seeds of it on file; one printed line names those left out.
    Raises ValueError for a task without any score on file.
    """
    means = defaultdict(dict)  # row → size → number
    deviations = defaultdict(dict)
    rows_done = Counter()  # size → how many rows have two seeds
    for (row, column), scores in results.table(found).items():
        task, size = column.split()
        if task == name:
            n = int(size)
            means[row][n], deviations[row][n] = results.mean_and_sd(scores)
            rows_done[n] += len(scores) > 1
    if not rows_done:
        raise ValueError(
            f"no scores of {name!r} on file; python -m helpers.studies label_curves "
            "measures them"
        )
    sizes = [n for n in sorted(rows_done) if rows_done[n] == len(means)]
    left_out = sorted(set(rows_done) - set(sizes))
    if left_out:
        print(f"{name}: too few seeds on file for {left_out} labels, so not drawn")
    return sizes, _only(sizes, means), _only(sizes, deviations)


def _only(sizes: list[int], numbers: dict) -> dict[str, list[float]]:
    return {row: [by_size[n] for n in sizes] for row, by_size in numbers.items()}
