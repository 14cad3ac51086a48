"""Twelve blocks with and without skips and norms; other skips; attention alone.

Each stack names the senses of words. Before the training we note the gradient of each
block and how far the tokens of a text lie apart after it.
Built in notebooks/09_transformer_encoder.ipynb.
"""

import numpy as np
import torch

from helpers import training
from helpers.models.layers import answering
from helpers.models.stack import Parts, Stack
from helpers.models.tracing import recording
from helpers.objectives.tagging import Tags
from helpers.studies import blocks

DEEP = 12
ALONE = "attention alone, {} layer(s)"
KINDS = {
    "skips and norms": Parts(n_layers=DEEP),
    "skips, no norms": Parts(n_layers=DEEP, norm="none"),
    "norms, no skips": Parts(n_layers=DEEP, skip="none"),
    "neither": Parts(n_layers=DEEP, skip="none", norm="none"),
    "norm after the sum": Parts(n_layers=DEEP, norm="post"),
    "highway": Parts(n_layers=DEEP, skip="highway"),
    "dense": Parts(n_layers=DEEP, skip="dense"),
}
for n in (1, 2, 6):
    KINDS[ALONE.format(n)] = Parts("none", "none", feed=False, n_layers=n)
ARMS = tuple(KINDS)
SEEDS = (0, 1, 2, 3, 4)
RATES = (3e-4, 1e-3, 3e-3, 1e-2, 3e-2)
TUNED = "loss"
UPDATES = 300
BATCH = 16
POINTS = {
    "gradient": range(1, DEEP + 1),
    "spread before": range(DEEP + 1),
    "spread after": range(DEEP + 1),
}
CODE = (*blocks.CODE, "helpers.studies.blocks")


def spread(x: torch.Tensor) -> torch.Tensor:
    """Return how far the tokens' vectors lie from their mean, 0 to 1: (B, T, C) → (B,).

    0 if all are one and the same vector. Shape of x: (B, T, C), no padding.
    """
    away = x - x.mean(-2, keepdim=True)
    return away.norm(dim=(-2, -1)) / x.norm(dim=(-2, -1))


def spreads(model: Stack, batch: Tags) -> np.ndarray:
    """Return the spread before the first block and after each, mean over texts."""
    n = int(batch.mask.sum(1).min())  # so that no padding is in there
    with answering(model), recording(model) as seen:
        model(batch.ids[:, :n])
    after_blocks = seen["tap_steps"][:: model.n_parts]  # (L + 1, B, T, C)
    return np.array([spread(x).mean().item() for x in after_blocks])


def gradients(model: Stack, batch: Tags) -> np.ndarray:
    """Return the size of the gradient of each block's weights, before any update."""
    model.zero_grad()
    blocks.loss_of(model, batch).backward()
    squares = [sum(p.grad.pow(2).sum() for p in s.parameters()) for s in model.steps]
    model.zero_grad()
    by_block = torch.stack(squares).unflatten(0, (-1, model.n_parts))  # (L, parts)
    return by_block.sum(1).sqrt().numpy()


def measure(arm: str, rate: float, seed: int, part: str) -> dict:
    """Train one stack; return its loss and right answers, and what it was before."""
    model = blocks.make("senses", KINDS[arm], seed)
    asked = blocks.asked("senses", part)
    found = {}
    if part == "test" and KINDS[arm].n_layers == DEEP:
        found["gradient"] = gradients(model, Tags(*(x[:64] for x in asked)))
        found["spread before"] = spreads(model, Tags(*(x[:64] for x in asked)))
    settings = training.Settings(UPDATES, lr=rate, warmup=0.1)
    blocks.teach(model, "senses", settings, seed, BATCH)
    loss = blocks.loss_on(model, asked)
    if part == "validation":
        return {"loss": loss}
    if "gradient" in found:
        found["spread after"] = spreads(model, Tags(*(x[:64] for x in asked)))
    return {"loss": loss, "right": blocks.right(model, asked)} | found


def about() -> dict:
    """Return how the runs were made."""
    return {"updates": UPDATES, "stories in a batch": BATCH, "blocks": DEEP}
