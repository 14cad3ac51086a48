"""Four heads on one BERT, with as many labels and steps as each of them needs.

Built in notebooks/13_bert_finetuning.ipynb.
"""

import itertools
from typing import NamedTuple

from helpers import checkpoints
from helpers.finetuning import tasks
from helpers.models.layers import available, use_onednn
from helpers.studies.label_curves import RATE, beginning, examples, settings
from helpers.studies.results import SEEDS, Cell
from helpers.studies.tuned import tuned_score

TESTED = 1000
WAY = "fine-tuned"


class Plan(NamedTuple):
    """How one head is trained."""

    labels: int
    steps: int
    batch_size: int


PLANS = {  # chosen on other examples than those of the test
    tasks.SENTIMENT: Plan(6000, 800, 32),
    tasks.ENTAILMENT: Plan(20_000, 1600, 16),
    tasks.QUESTIONS: Plan(20_000, 2500, 16),
    tasks.NAMES: Plan(3000, 100, 32),
}


def measure(task: tasks.Task, seed: int) -> float:
    """Fine-tune the shipped BERT for a task; return the score on held-out examples."""
    plan = PLANS[task]
    part = examples(task, plan.labels, TESTED)
    model = use_onednn(beginning(WAY, task, seed), available())
    how = settings(plan.steps)
    return tuned_score(model, task, part, how, plan.batch_size, seed)


def cells() -> dict[Cell, tuple]:
    """Return every cell of the table, with the arguments of `measure`."""
    both = itertools.product(SEEDS, PLANS)
    return {Cell(WAY, task.name, seed): (task, seed) for seed, task in both}


def about() -> dict:
    """Return how the table is made; if that changes, it is made anew."""
    return {
        "labels_steps_batch": {task.name: list(plan) for task, plan in PLANS.items()},
        "learning_rate": RATE,
        "asked": TESTED,
        "checkpoint": checkpoints.manifest()["bert"]["sha256"],
    }
