"""Two changes to the LSTM, each trained: forget bias 0, and no outer tanh.

Everything else is as in the study `cells`, whose LSTM is what they are compared with:
the same updates, rates to choose from, and questions. Built in notebooks/03_lstm.ipynb.
"""

import numpy as np
import torch
from torch import nn

from helpers.corpora import world
from helpers.models.gated import LSTM, GatedLanguageModel, OpenLSTM
from helpers.probes import number_units
from helpers.studies import agreement, cells

ARMS = ("LSTM, forget bias 0", "LSTM, no outer tanh")
SEEDS = cells.SEEDS
RATES = cells.RATES
TUNED = "loss"
READ = 40  # test stories in which the largest values are looked for
CODE = (*cells.CODE, "helpers.studies.cells")


def make(arm: str) -> GatedLanguageModel:
    """Return a language model with the changed LSTM; no weight more or less."""
    model = cells.make("LSTM", len(agreement.vocabulary()))
    width = cells.WIDTHS["LSTM"]
    if arm == "LSTM, forget bias 0":
        model.cell = LSTM(64, width, forget_bias=0.0)
    else:
        model.cell = OpenLSTM(64, width)
    return model


def measure(arm: str, rate: float, seed: int, part: str) -> dict:
    """Train one network; return its loss, verbs and names, and how large c grows."""
    torch.manual_seed(seed)
    model = cells.trained(make(arm), rate, seed, cells.UPDATES)
    if part != "test":
        return {"loss": cells.loss_on(model, world.splits().valid)}
    found = {"loss": cells.loss_on(model, world.splits().test)}
    found |= cells.verbs(model) | cells.names_of(model)
    return found | {"largest c": largest(model)}


def largest(model: nn.Module) -> float:
    """Return the largest size that a number in c has on some test stories."""
    stories = [story.tokens for story in world.splits().test[:READ]]
    held = number_units.memories(model, agreement.vocabulary().ids, stories)
    return float(max(np.abs(some).max() for some in held))


def about() -> dict:
    """Return how the runs were made, and what was read and asked."""
    return cells.about()
