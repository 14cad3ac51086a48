"""An RNN that learns to write documentation: a million characters once, or four times.

Each run keeps its loss on text that it never read, and 300 characters that it wrote.
Built in notebooks/02_rnn.ipynb.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor, nn

from helpers import objectives, training
from helpers.corpora import pydocs
from helpers.models.recurrent import RNNLanguageModel, generate
from helpers.tokenization import Characters
from helpers.tokenization.words import SPECIALS

PASSES = {"one pass": 1, "four passes": 4}
ARMS = tuple(PASSES)
SEEDS = (0, 1, 2, 3, 4)
RATES = (4e-3, 8e-3, 1.6e-2, 3.2e-2)
TUNED = "loss"
LENGTH = 1_000_000  # characters, of all three parts
TRAINED = 0.95  # share of them that is learned from; half of the rest is the test
LANES = 32
STEPS = 64
CODE = (
    "helpers.models.recurrent",
    "helpers.training.loop",
    "helpers.objectives.language_modeling",
)


@lru_cache(1)
def parts() -> tuple[Characters, np.ndarray, np.ndarray, np.ndarray]:
    """Return the characters, and the ids of training, validation and test text."""
    lines = pydocs.load().text.split("\n")
    np.random.default_rng(0).shuffle(lines)
    text = "\n".join(lines)[:LENGTH]
    letters = Characters.from_text(text)
    ids = letters.encode_array(text)
    ends = [int(TRAINED * len(ids)), int((1 + TRAINED) / 2 * len(ids))]
    return letters, *np.split(ids, ends)


def measure(arm: str, rate: float, seed: int, part: str) -> dict:
    """Train one network; return its loss in nats per character, and what it writes.

    Rates are chosen after one pass, for both arms.
    """
    letters, _, _, test = parts()
    if part == "validation":
        return {"loss": _after_one_pass(rate, seed)}
    model = _trained(rate, seed, PASSES[arm])
    written = [ord(letter) for letter in _written(model, letters, seed)]
    return {"loss": held_out_loss(model, test), "written": written}


@lru_cache
def _after_one_pass(rate: float, seed: int) -> float:
    return held_out_loss(_trained(rate, seed, 1), parts()[2])


def _trained(rate: float, seed: int, passes: int) -> RNNLanguageModel:
    letters, train, _, _ = parts()
    torch.manual_seed(seed)
    model = RNNLanguageModel(len(letters), d_model=32, d_hidden=192)
    _fit(model, train, rate, passes)
    return model


def _fit(model: nn.Module, ids: np.ndarray, rate: float, passes: int) -> None:
    """Train by truncated back-propagation through time, as the notebook does."""
    optimizer = torch.optim.AdamW(model.parameters())
    updates = passes * ((len(ids) - 1) // LANES // STEPS)
    done = 0
    for _ in range(passes):
        state = model.start(LANES)
        for inputs, targets in objectives.stream_batches(ids, LANES, STEPS):
            now = training.learning_rate(done, updates, rate, 0.05)
            optimizer.param_groups[0]["lr"] = now
            logits, state = model.step(inputs, state.detach())
            loss = nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
            optimizer.zero_grad()
            loss.backward()
            training.clip_gradients(model.parameters(), 1.0)
            optimizer.step()
            done += 1


def held_out_loss(model: nn.Module, ids: np.ndarray) -> float:
    """Return the mean loss on a text that is read in one go, in nats per character."""
    text = torch.from_numpy(ids)[None]  # (1, T)
    with torch.no_grad():
        logits = model(text[:, :-1])  # (1, T − 1, V)
    return float(nn.functional.cross_entropy(logits[0], text[0, 1:]))


def without_marks(logits: Tensor) -> Tensor:
    """Return logits (B, V) with which no padding, begin or end mark is ever drawn."""
    logits = logits.clone()
    logits[:, : len(SPECIALS)] = -torch.inf
    return logits


def _written(model: nn.Module, letters: Characters, seed: int, n: int = 300) -> str:
    generator = torch.Generator().manual_seed(seed)
    begin = letters.encode("\n")
    ids = generate(model, begin, n, 0.7, generator, without_marks)
    return letters.decode(ids)


def text_of(codes: Sequence[float]) -> str:
    """Return what was written; a file of results holds numbers, so code points."""
    return "".join(chr(int(code)) for code in codes)


def about() -> dict:
    """Return how the runs were made."""
    return {
        "characters": LENGTH,
        "learned from": TRAINED,
        "lanes": LANES,
        "steps": STEPS,
    }
