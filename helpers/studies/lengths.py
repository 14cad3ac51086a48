"""Loss and verbs of an RNN and a window of twelve, after 225 to 1,800 updates.

Both have the size, the stories and the verbs of the studies `agreement` and
`wide_window`, and the rates that were chosen there, for 450 updates. Each length is a
training of its own, with a rate that falls to 0. Built in notebooks/02_rnn.ipynb.
"""

import numpy as np
import torch
from torch import nn

from helpers.corpora import world
from helpers.studies import agreement, cells, verbs, wide_window
from helpers.studies.reading import read

RATE_OF = {"RNN": "agreement", wide_window.ARM: "wide_window"}
ARMS = tuple(RATE_OF)
SEEDS = agreement.SEEDS
RATES = ()  # none is tried: each arm has the rate of its own study
UNTRAINED = ARMS
TUNED = "loss"
LENGTHS = (225, 450, 900, 1800)
SCORES = ("loss", "right, attractors", "right, same number")
POINTS = dict.fromkeys(SCORES, LENGTHS)
CODE = (*wide_window.CODE, "helpers.studies.wide_window", "helpers.studies.verbs")


def measure(arm: str, rate: float | None, seed: int, part: str) -> dict:
    """Train one network for each length; return its loss in nats and its verbs.

    The shares of right verbs are means over all distances with nouns in between.
    """
    chosen = read(RATE_OF[arm]).rate(arm)
    found: dict[str, list[float]] = {score: [] for score in SCORES}
    for updates in LENGTHS:
        torch.manual_seed(seed)
        model = cells.trained(_made(arm), chosen, seed, updates)
        found["loss"].append(cells.loss_on(model, world.splits().test))
        right = cells.verbs(model)
        found["right, attractors"].append(_mean(right, attractors=True))
        found["right, same number"].append(_mean(right, attractors=False))
    return found


def _made(arm: str) -> nn.Module:
    if arm == wide_window.ARM:
        return wide_window.make()
    return agreement.make(arm, len(agreement.vocabulary()))


def _mean(right: dict[str, np.ndarray], attractors: bool) -> float:
    """Return the mean share over the distances at which nouns stand in between."""
    far = [(d, n) for d, n in verbs.NOUNS.items() if n]
    kinds = [agreement.Kind(d, n if attractors else 0) for d, n in far]
    return float(np.mean([right[str(kind)].mean() for kind in kinds]))


def about() -> dict:
    """Return how the runs were made, and what was read and asked."""
    return agreement.about() | {"updates": list(LENGTHS)}
