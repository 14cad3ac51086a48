"""Norm before or after the sum, with and without warm-up, at three learning rates.

A third way to begin parts the norms from AdamW: its running means are settled by 50
batches at rate 0, then the full rate comes at once.
Built in notebooks/09_transformer_encoder.ipynb.
"""

from itertools import islice, product

import numpy as np
from torch import nn

from helpers import training
from helpers.models.stack import Parts
from helpers.objectives.tagging import Tags
from helpers.studies import blocks, deep_stacks
from helpers.training.loop import Run, clip_gradients, go_on

ORDERS = {"pre-norm": "pre", "post-norm": "post"}
NONE, WARM, SETTLED = "no warm-up", "warm-up", "settled means"
BEGINNINGS = {NONE: 0.0, WARM: 0.3, SETTLED: 0.0}  # share of the updates on the rise
PEAKS = (1e-3, 3e-3, 1e-2)
BY_NAME = {
    f"{order}, {begin}, rate {rate:g}": (order, begin, rate)
    for order, begin, rate in product(ORDERS, BEGINNINGS, PEAKS)
}
ARMS = tuple(BY_NAME)
SEEDS = (0, 1, 2, 3, 4)
RATES = ()  # each arm has its own
TUNED = "loss"
UPDATES = 200
SETTLING = 50  # batches at rate 0
BATCH = 16
N_POINTS = 20
WATCHED = range(0, UPDATES + 1, UPDATES // N_POINTS)
POINTS = {
    "training loss": range(UPDATES // N_POINTS // 2, UPDATES, UPDATES // N_POINTS),
    "spread": WATCHED,
}
CODE = (
    *blocks.CODE,
    "helpers.studies.blocks",
    "helpers.studies.deep_stacks",
)


def settle(run: Run, batches: list[Tags]) -> None:
    """Let AdamW take means over some gradients; the weights stay where they are."""
    for group in run.optimizer.param_groups:
        group["lr"] = 0.0
    for batch in batches:
        run.gradients(blocks.loss_of, batch)
        clip_gradients(run.model.parameters(), run.settings.clip)
        run.optimizer.step()


def measure(arm: str, rate: None, seed: int, part: str) -> dict:
    """Train six blocks at the rate of the arm; watch how far their tokens lie apart."""
    order, begin, rate = BY_NAME[arm]
    model = blocks.make("senses", Parts(norm=ORDERS[order], n_layers=6), seed)
    asked = blocks.asked("senses", part)
    few = Tags(*(x[:16] for x in asked))
    seen = [deep_stacks.spreads(model, few)[-1]]

    def watch(step: int, model: nn.Module) -> None:
        if step in WATCHED:
            seen.append(deep_stacks.spreads(model, few)[-1])

    settings = training.Settings(UPDATES, lr=rate, warmup=BEGINNINGS[begin])
    run = Run(model, settings)
    batches = blocks.stories(seed, BATCH)
    if begin == SETTLED:
        settle(run, list(islice(blocks.stories(100 + seed, BATCH), SETTLING)))
    history = go_on(run, batches, blocks.loss_of, None, watch)
    losses = np.array(history.losses).reshape(N_POINTS, -1).mean(1)
    return {
        "loss": blocks.loss_on(model, asked),
        "right": blocks.right(model, asked),
        "training loss": losses,
        "spread": np.array(seen),
    }


def about() -> dict:
    """Return how the runs were made."""
    return {"updates": UPDATES, "stories in a batch": BATCH, "settling": SETTLING}
