"""A translator that looks back without choosing: every weight is 1/S.

All else is as in the study `attention`: the layer behind the context, the texts, the
updates, the rates to choose from; one arm takes eight times as many updates.
Built in notebooks/06_attention.ipynb.
"""

import torch
from torch import Tensor

from helpers import training
from helpers.corpora import translation
from helpers.models.seq2seq import Seq2Seq, State
from helpers.objectives import sequence_pairs
from helpers.studies import attention, translating

ARM = "plain mean"
LONG = "plain mean, 8 × as long"
ARMS = (ARM, LONG)
SEEDS = attention.SEEDS
RATES = attention.RATES
TUNED = "loss"
POINTS = {"exact": attention.LENGTHS}
CODE = (*attention.CODE, "helpers.studies.attention")


class PlainMean(Seq2Seq):
    """Give every step the plain mean of the encoder's states as its context."""

    def look(self, hidden: Tensor, state: State) -> Tensor:
        real = state.mask[..., None]  # (B, S, 1), padding left out
        mean = (state.states * real).sum(1, keepdim=True) / real.sum(1, keepdim=True)
        return mean.expand(-1, hidden.shape[1], -1)  # (B, T, N), the same at each step


def trained(arm: str, rate: float, seed: int) -> PlainMean:
    """Train the network of an arm on the texts of `attention`."""
    torch.manual_seed(seed)
    words = translating.task()
    sizes = len(words.sources), len(words.targets)
    # the dot score has no weights of its own, and here it is not used
    model = PlainMean(*sizes, attention.WIDTH, attention.WIDTH, "dot")
    texts = translation.texts(words.train, attention.TEXTS, 1, 3)
    updates = 8 * attention.UPDATES if arm == LONG else attention.UPDATES
    settings = training.Settings(updates, lr=rate, warmup=attention.WARMUP)
    return translating.trained(model, texts, settings, seed)


def measure(arm: str, rate: float, seed: int, part: str) -> dict:
    """Train one network; return its loss, or what it writes exactly by length."""
    model = trained(arm, rate, seed)
    if part == "validation":
        texts = translation.texts(translating.task().validation, 300, 2, 3)
        batch = sequence_pairs.pair_batch(translating.coded(texts))
        with torch.no_grad():
            return {"loss": translating.loss_of(model, batch).item()}
    right = [translating.exact(model, attention.asked(n)) for n in attention.LENGTHS]
    return {"exact": [share.mean() for share in right]}


def about() -> dict:
    """Return how the runs were made."""
    return attention.about()
