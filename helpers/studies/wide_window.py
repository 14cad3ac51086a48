"""A window of twelve tokens on the world: what the study `agreement` asks of a window.

It sees every subject that is asked for there, and it has the size of the networks of
that study, the same stories, rates and lengths to choose from. Built in
notebooks/02_rnn.ipynb.
"""

import numpy as np
import torch
from torch import nn

from helpers.corpora import world
from helpers.models.recurrent import WindowMLP
from helpers.studies import agreement, cells

ARM = "MLP, window 12"
ARMS = (ARM,)
SEEDS = agreement.SEEDS
RATES = agreement.RATES
TUNED = "loss"
POINTS = {"validation": agreement.LENGTHS}
CODE = (*agreement.CODE, "helpers.studies.agreement", "helpers.studies.cells")


def make() -> nn.Module:
    """Return the window with its first weights; it has as many as the RNN, nearly."""
    n_words = len(agreement.vocabulary())
    return WindowMLP(n_words, d_model=64, d_hidden=75, window=12)


def measure(arm: str, rate: float, seed: int, part: str) -> dict:
    """Train one window for each length; return the best one's loss, verbs and names."""
    splits = world.splits()
    test = part == "test"
    lengths = agreement.LENGTHS if test else (agreement.TUNING_LENGTH,)
    tried, losses = [], []
    for updates in lengths:
        torch.manual_seed(seed)
        model = make()
        tried.append(cells.trained(model, rate, seed, updates))
        losses.append(cells.loss_on(model, splits.valid))
    best = int(np.argmin(losses))
    if not test:
        return {"loss": losses[best]}
    found = {"loss": cells.loss_on(tried[best], splits.test), "validation": losses}
    found["updates"] = lengths[best]
    return found | cells.verbs(tried[best]) | cells.names_of(tried[best])


def about() -> dict:
    """Return how the runs were made, and what was read and asked."""
    return agreement.about()
