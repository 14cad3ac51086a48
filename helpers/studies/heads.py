"""Four heads on one BERT, with as many labels and steps as each needs."""

import torch

from helpers import checkpoints, training
from helpers import finetuning as ft
from helpers.checkpoints import story_bert
from helpers.models.layers import available, use_onednn
from helpers.studies.label_curves import RATE, SEEDS, beginning, examples, task_of

HEADS = {  # task → labels, steps, batch size; chosen on other examples than are asked
    "sentiment": (6000, 800, 32),
    "entailment": (20_000, 1600, 16),
    "questions": (20_000, 2500, 16),
    "names": (3000, 100, 32),
}


HEAD_ASKED = 1000


def measure(name: str, seed: int) -> float:
    """Fine-tune the shipped BERT for a task; return the score on held-out examples."""
    task, (n, steps, size) = task_of(name), HEADS[name]
    part, wordpiece = examples(name, n, HEAD_ASKED), story_bert.vocabulary()
    model = use_onednn(beginning("fine-tuned", task, seed), available())
    dice = torch.Generator().manual_seed(seed)
    batches = ft.batches(task, part.learned, wordpiece, dice, size)
    ft.fine_tune(model, batches, training.Settings(steps, RATE, warmup=0.1, fused=True))
    return ft.score(model, task, part.asked, wordpiece)


def cells() -> list[tuple]:
    """Return ("fine-tuned", task, seed, its arguments) of every cell."""
    return [("fine-tuned", name, s, (name, s)) for s in SEEDS for name in HEADS]


def about() -> dict:
    """Return how the table of heads is made, with how many labels and steps."""
    return {
        "command": "python -m helpers.studies heads",
        "seeds": list(SEEDS),
        "labels_steps_batch": {name: list(plan) for name, plan in HEADS.items()},
        "learning_rate": RATE,
        "asked": HEAD_ASKED,
        "checkpoint": checkpoints.manifest()["bert"]["sha256"],
    }
