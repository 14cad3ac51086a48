"""Who translates? A Transformer with sinusoids, one with rotary positions, two LSTMs.

All learn the same texts of one to three sentences with equally many updates; exact
match is asked on the way. The LSTMs have attention between them.
Built in notebooks/10_decoder_and_gpt.ipynb.
"""

import time
from functools import lru_cache

import numpy as np
import torch
from torch import nn

from helpers import training
from helpers.corpora import translation
from helpers.corpora.translation import Translation
from helpers.models.decoder import TransformerSeq2Seq
from helpers.models.encoder import EncoderSize
from helpers.models.layers import answering
from helpers.models.seq2seq import Seq2Seq
from helpers.objectives import sequence_pairs
from helpers.studies import translating

KINDS = {
    "Transformer, sinusoids": "sinusoidal",
    "Transformer, rotary": "rotary",
    "LSTMs with attention": None,
}
ARMS = tuple(KINDS)
SEEDS = (0, 1, 2, 3, 4)
RATES = (3e-3, 6e-3, 1.2e-2, 2.4e-2, 4.8e-2)
TUNED = "loss"
UPDATES = 600
ASKED_AT = (100, 200, 300, 400, 500, 600)
TEXTS = 20_000
ASKED = 200
UNITS = 84  # of the LSTMs, so that they have at least as many weights
POINTS = {"exact": ASKED_AT, "seconds": ASKED_AT}
CODE = (
    *translating.CODE,
    "helpers.models.attention",
    "helpers.models.decoder",
    "helpers.models.encoder",
    "helpers.models.layers",
    "helpers.models.positions",
)


def make(arm: str, seed: int) -> nn.Module:
    """Return the network of an arm with its first weights."""
    torch.manual_seed(seed)
    words = translating.task()
    sizes = len(words.sources), len(words.targets)
    if KINDS[arm] is None:
        return Seq2Seq(*sizes, 64, UNITS, "general")
    return TransformerSeq2Seq(*sizes, EncoderSize(n_layers=1, positions=KINDS[arm]))


@lru_cache(1)
def lessons() -> list[Translation]:
    """Return the texts to learn from."""
    return translation.texts(translating.task().train, TEXTS, seed=1)


@lru_cache(2)
def asked(part: str) -> list[Translation]:
    """Return texts of one to three sentences that no network has learned."""
    words = translating.task()
    sentences = words.test if part == "test" else words.validation
    return translation.texts(sentences, ASKED, seed=2)


def loss_on(model: nn.Module, texts: list[Translation]) -> float:
    """Return the loss with the right words before each word, in nats."""
    batch = sequence_pairs.pair_batch(translating.coded(texts))
    with answering(model):
        return translating.loss_of(model, batch).item()


def measure(arm: str, rate: float, seed: int, part: str) -> dict:
    """Train one network; return its loss, and exact match and seconds on the way."""
    model = make(arm, seed)
    shares, seconds = [], []
    spent = 0.0  # by asking, which is no training
    begin = time.perf_counter()

    def note(step: int, model: nn.Module) -> None:
        nonlocal spent
        if part == "test" and step in ASKED_AT:
            start = time.perf_counter()
            seconds.append(start - begin - spent)
            with answering(model):
                shares.append(translating.exact(model, asked(part)).mean())
            spent += time.perf_counter() - start

    settings = training.Settings(UPDATES, lr=rate, warmup=0.1)
    translating.trained(model, lessons(), settings, seed, note)
    found = {"loss": loss_on(model, asked(part))}
    if part == "validation":
        return found
    return found | {"exact": np.array(shares), "seconds": np.array(seconds)}


def about() -> dict:
    """Return how the runs were made."""
    return {"updates": UPDATES, "texts": TEXTS, "texts asked": ASKED}
