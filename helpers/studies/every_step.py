"""A translator that gets its one vector again at every step, and nothing else.

All else is as in `plain_mean`, with eight times as many updates as in `attention`: what
is a short way from the source worth, if it is only the encoder's last states?
Built in notebooks/06_attention.ipynb.
"""

import torch
from torch import Tensor

from helpers import training
from helpers.corpora import translation
from helpers.models.bidirectional import last_real
from helpers.models.seq2seq import Seq2Seq, State
from helpers.objectives import sequence_pairs
from helpers.studies import attention, translating

ARM = "one vector at every step, 8 × as long"
ARMS = (ARM,)
SEEDS = attention.SEEDS
RATES = (4e-3, 8e-3, 1.6e-2, 3.2e-2)
TUNED = "loss"
POINTS = {"exact": attention.LENGTHS}
CODE = (*attention.CODE, "helpers.studies.attention")


class EveryStep(Seq2Seq):
    """A `Seq2Seq` whose context is the vector that the decoder starts from."""

    def look(self, hidden: Tensor, state: State) -> Tensor:
        """Return the vector for each step: (B, T, N) → (B, T, N)."""
        half = state.states.shape[-1] // 2
        ahead = last_real(state.states, state.mask)[:, :half]  # (B, N/2)
        back = state.states[:, 0, half:]  # this direction ends at the first token
        vector = torch.cat([ahead, back], -1)  # (B, N)
        return vector[:, None].expand_as(hidden)


def trained(rate: float, seed: int) -> EveryStep:
    """Train the network on the texts of `attention`."""
    torch.manual_seed(seed)
    words = translating.task()
    sizes = len(words.sources), len(words.targets)
    # the dot score has no weights of its own, and here it is not used
    model = EveryStep(*sizes, attention.WIDTH, attention.WIDTH, "dot")
    texts = translation.texts(words.train, attention.TEXTS, 1, 3)
    settings = training.Settings(8 * attention.UPDATES, rate, warmup=attention.WARMUP)
    return translating.trained(model, texts, settings, seed)


def measure(arm: str, rate: float, seed: int, part: str) -> dict:
    """Train one network; return its loss, or what it writes exactly by length."""
    model = trained(rate, seed)
    if part == "validation":
        texts = translation.texts(translating.task().validation, 300, 2, 3)
        batch = sequence_pairs.pair_batch(translating.coded(texts))
        with torch.no_grad():
            return {"loss": float(translating.loss_of(model, batch))}
    right = [translating.exact(model, attention.asked(n)) for n in attention.LENGTHS]
    return {"exact": [float(share.mean()) for share in right]}


def about() -> dict:
    """Return how the runs were made."""
    return {"updates": 8 * attention.UPDATES, "width": attention.WIDTH}
