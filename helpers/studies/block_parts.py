"""What is each part of a block for? Two blocks, each without one part, on two tasks.

The tasks: name the senses of words in stories; recall 1,600 facts about pairs of signs.
Built in notebooks/09_transformer_encoder.ipynb.
"""

from dataclasses import replace

import torch
from torch import nn

from helpers import training
from helpers.models.bidirectional import Tagger
from helpers.models.stack import Parts
from helpers.studies import blocks

TASKS = ("senses", "facts")
WHOLE = "whole block"
LSTM = "LSTMs, both ways"
KINDS = {
    WHOLE: Parts(),
    "no skips": Parts(skip="none"),
    "no norms": Parts(norm="none"),
    "no feed-forward": Parts(feed=False),
    "no feed-forward, wider": Parts(feed=False),
    "one head": Parts(n_heads=1),
    "no positions": Parts(positions="none"),
    "no attention": Parts(mixer="none"),
    "convolution": Parts(mixer="convolution"),
    "norm after the sum": Parts(norm="post"),
}
# at least as many weights as the two whole blocks have on this task
WIDER = {"senses": 48, "facts": 56}  # width without a feed-forward part
UNITS = {"senses": 41, "facts": 41}  # of an LSTM, each way
UPDATES = {"senses": 300, "facts": 800}
BATCH = {"senses": 32, "facts": 64}
ARMS = tuple(f"{kind}, {task}" for task in TASKS for kind in (*KINDS, LSTM))
SEEDS = (0, 1, 2, 3, 4)
RATES = (3e-3, 1e-2, 3e-2, 1e-1)
TUNED = "loss"
CODE = (*blocks.CODE, "helpers.studies.blocks")


def make(arm: str, seed: int) -> nn.Module:
    """Return the network of an arm with its first weights."""
    kind, _, task = arm.rpartition(", ")
    if kind == LSTM:
        torch.manual_seed(seed)
        n_signs, n_classes = blocks.sizes(task)
        return Tagger(n_signs, 32, UNITS[task], n_classes, "concat")
    parts = KINDS[kind]
    if kind == "no feed-forward, wider":
        parts = replace(parts, d_model=WIDER[task])
    return blocks.make(task, parts, seed)


def measure(arm: str, rate: float, seed: int, part: str) -> dict:
    """Train one network; return its loss, its right answers, and what it cost."""
    task = arm.rpartition(", ")[2]
    model = make(arm, seed)
    settings = training.Settings(UPDATES[task], lr=rate, warmup=0.1)
    history = blocks.teach(model, task, settings, seed, BATCH[task])
    asked = blocks.asked(task, part)
    found = {"loss": blocks.loss_on(model, asked)}
    if part == "validation" or history is None:
        return found
    weights = sum(p.numel() for p in model.parameters())
    right = blocks.right(model, asked)
    return found | {"right": right, "weights": weights, "seconds": history.seconds}


def about() -> dict:
    """Return how the runs were made."""
    return {"updates": UPDATES, "texts in a batch": BATCH, "texts asked": blocks.ASKED}
