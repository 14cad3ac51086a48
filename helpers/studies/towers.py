"""ELMo with Transformers: two GPTs, one on reversed text, in place of the LSTMs.

Both towers share the words and the softmax, as in the biLM. Equal weights, equal
updates; each arm has its own best rate. Built in notebooks/04_elmo.ipynb.
"""

from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor, nn

from helpers import objectives, training
from helpers.corpora import world
from helpers.models.bidirectional import reverse_real
from helpers.models.decoder import GPT
from helpers.models.elmo import BiLM, ELMoSize
from helpers.models.encoder import EncoderSize
from helpers.models.tracing import recording
from helpers.probes.senses import (
    Occurrences,
    nearest_sense,
    occurrences,
    same_or_other,
)
from helpers.studies import sense_choice

LSTMS = "two LSTM stacks"
GPTS = "two GPTs"
ARMS = (LSTMS, GPTS, "random LSTM stacks", "random GPTs")
UNTRAINED = ("random LSTM stacks", "random GPTs")
SEEDS = (0, 1, 2, 3, 4)
RATES = (2e-3, 5e-3, 1e-2, 2e-2, 4e-2)
TUNED = "loss"
STEPS = 250
TUNING_STEPS = 250  # as long as the runs that count
BATCH = 16
LAYERS = 3
FEED = 128  # width of a block's feed-forward part: both arms have one size
POINTS = {"AUC": range(LAYERS), "nearest": range(LAYERS)}
CODE = (
    "helpers.studies.sense_choice",
    "helpers.models.elmo",
    "helpers.models.decoder",
    "helpers.models.encoder",
    "helpers.models.attention",
    "helpers.models.bidirectional",
    "helpers.training.loop",
    "helpers.objectives.language_modeling",
    "helpers.probes.senses",
)


class TwoGPTs(nn.Module):
    """A biLM whose towers are GPTs: one reads the text, one reads it reversed.

    The interface of `BiLM`: ids, mask (B, T) → logits after and before each position,
    and `layers`: (L + 1, B, T, 2C).
    """

    def __init__(self, vocab_size: int, size: EncoderSize):
        super().__init__()
        self.to_right = GPT(vocab_size, size)
        self.to_left = GPT(vocab_size, size)
        self.to_left.embed = self.to_right.embed  # shared, as in the biLM
        self.to_left.output = self.to_right.output

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        before = reverse_real(self.to_left(reverse_real(ids, mask)), mask)
        return self.to_right(ids), before

    def layers(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return what tasks take: (L + 1, B, T, 2C), layer 0 the token vector twice."""
        ahead = _states(self.to_right, ids)
        turned = _states(self.to_left, reverse_real(ids, mask))
        back = torch.stack([reverse_real(h, mask) for h in turned])
        return torch.cat([ahead, back], -1)  # (L + 1, B, T, 2C)


def _states(gpt: GPT, ids: Tensor) -> Tensor:
    """Return the token vectors and the output of each block: (L + 1, B, T, C)."""
    with recording(gpt) as seen:
        gpt(ids)
    states = seen["encoder.tap_layers"].clone()
    states[0] = gpt.embed(ids)  # without the positions
    return states


@lru_cache(1)
def coded(part: str) -> list:
    """Return the ids of the stories of a split."""
    words = sense_choice.vocabulary()
    return [words.encode_array(d.tokens) for d in getattr(world.splits(), part)]


def make(arm: str) -> nn.Module:
    """Return the network of an arm, with its first weights; all have one size."""
    n_words = len(sense_choice.vocabulary())
    if "LSTM" in arm:
        return BiLM(n_words, ELMoSize(d_model=64, d_hidden=64))
    size = EncoderSize(d_model=64, n_heads=4, d_ff=FEED, n_layers=2)
    return TwoGPTs(n_words, size)


def loss_of(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
    """Return the mean loss of both directions, in nats per token."""
    ids, mask = batch
    after, before = model(ids, mask)
    return objectives.both_directions_loss(after, before, ids, mask)


def measure(arm: str, rate: float | None, seed: int, part: str) -> dict:
    """Train one pair of towers; return both losses and what it knows of senses."""
    torch.manual_seed(seed)
    model = make(arm)
    test = part == "test"
    if rate is not None:
        generator = torch.Generator().manual_seed(seed)
        batches = objectives.both_directions_batches(coded("train"), BATCH, generator)
        settings = training.Settings(STEPS if test else TUNING_STEPS, lr=rate)
        training.train(model, batches, loss_of, settings)
    model.eval()
    given = objectives.both_directions_batch(coded("test" if test else "valid"))
    with torch.no_grad():
        sides = objectives.both_directions_losses(*model(*given), *given)
    left, right = (float(side.mean()) for side in sides)
    found = {"loss": (left + right) / 2, "from left": left, "from right": right}
    return found | _senses(model, seed) if test else found


def _senses(model: nn.Module, seed: int) -> dict[str, list[float]]:
    """Return how well each layer knows senses: by the nearest, and by all pairs."""
    known = _read(model, sense_choice.ambiguous(world.splits().train)[:400])
    stories = sense_choice.fresh()[200 * seed : 200 * (seed + 1)]
    fresh = _read(model, stories)
    found: dict[str, list[float]] = {"AUC": [], "nearest": []}
    for layer in range(LAYERS):
        asked = (fresh.vectors[layer], fresh.senses)
        shown = (known.vectors[layer], known.senses)
        found["nearest"].append(nearest_sense(shown, asked).mean)
        areas = same_or_other(fresh.vectors[layer], fresh.senses, fresh.forms)
        found["AUC"].append(sum(areas.values()) / len(areas))
    return found


def _read(model: nn.Module, documents: Sequence) -> Occurrences:
    words = sense_choice.vocabulary()
    sequences = [words.encode_array(d.tokens) for d in documents]
    with torch.no_grad():
        layers = model.layers(*objectives.both_directions_batch(sequences))
    return occurrences(layers[:, :, 1:-1], documents)


def about() -> dict:
    """Return how the runs were made."""
    return {
        "steps": {"test": STEPS, "validation": TUNING_STEPS},
        "stories in a batch": BATCH,
        "stories": len(world.splits().train),
    }
