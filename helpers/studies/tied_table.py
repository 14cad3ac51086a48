"""A GPT whose one table of words is scaled as in the paper: does tying cost anything?

Words go in as rows of the output table times √C. All else is as in the study `writers`.
Built in notebooks/10_decoder_and_gpt.ipynb.
"""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers import objectives, training
from helpers.corpora import truth, world
from helpers.models.decoder import GPT
from helpers.studies import agreement, writers

SCALED = "sinusoids, tied and scaled"
ARMS = (SCALED,)
SEEDS = writers.SEEDS
RATES = writers.RATES
TUNED = "loss"
CODE = (*writers.CODE, "helpers.studies.writers")


class Scaled(nn.Module):
    """Look up rows of a table that another layer owns, times √C: (…) → (…, C).

    Source: Vaswani et al. 2017, sec. 3.4.
    """

    def __init__(self, weight: nn.Parameter):
        super().__init__()
        self.weight = weight

    def forward(self, ids: Tensor) -> Tensor:
        return F.embedding(ids, self.weight) * self.weight.shape[1] ** 0.5


def make(seed: int) -> GPT:
    """Return the GPT with its first weights."""
    model = writers.make("sinusoids", seed)
    model.embed = Scaled(model.output.weight)
    return model


def measure(arm: str, rate: float, seed: int, part: str) -> dict:
    """Train one GPT; return its loss, and how far it is above the floor."""
    model = make(seed)
    dice = torch.Generator().manual_seed(seed)
    stories = writers.stories(fresh=True)
    batches = objectives.next_token_batches(stories, writers.BATCH, dice)
    settings = training.Settings(writers.UPDATES, lr=rate)
    training.train(model, batches, agreement.loss_of, settings)
    if part == "validation":
        return {"loss": writers.loss_on(model, world.splits().valid)}
    test = world.splits().test
    loss = writers.loss_on(model, test)
    return {"loss": loss, "above the floor": loss - float(np.mean(truth.losses(test)))}


def about() -> dict:
    """Return how the runs were made."""
    return writers.about()
