"""An RNN that learns to write documentation: a million characters once, or four times.

One pass is read in 32 lanes, or in 8: then it has four times as many updates, each from
a quarter of the text, and a rate of its own. Each run keeps its loss on text that it
never read, and 300 characters that it wrote. Built in notebooks/02_rnn.ipynb.
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

LANES = {"one pass": 32, "one pass, 8 lanes": 8, "four passes": 32}
ARMS = tuple(LANES)
SEEDS = (0, 1, 2, 3, 4)
RATES = (2e-3, 4e-3, 8e-3, 1.6e-2, 3.2e-2)
TUNED = "loss"
LENGTH = 1_000_000  # characters, of all three parts
TRAINED = 0.95  # share of them that is learned from; half of the rest is the test
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

    The rate of four passes is the one that is best after one.
    """
    letters, _, _, test = parts()
    if part == "validation":
        return {"loss": _after_one_pass(LANES[arm], rate, seed)}
    passes = 4 if arm == "four passes" else 1
    model = _trained(LANES[arm], rate, seed, passes)
    written = [ord(letter) for letter in _written(model, letters, seed)]
    return {"loss": held_out_loss(model, test), "written": written}


@lru_cache
def _after_one_pass(lanes: int, rate: float, seed: int) -> float:
    return held_out_loss(_trained(lanes, rate, seed, 1), parts()[2])


def updates(lanes: int) -> int:
    """Return how many updates one pass has."""
    return (len(parts()[1]) - 1) // lanes // STEPS


def _trained(lanes: int, rate: float, seed: int, passes: int) -> RNNLanguageModel:
    """Train by truncated back-propagation through time, as the notebook does."""
    letters, ids, _, _ = parts()
    torch.manual_seed(seed)
    model = RNNLanguageModel(len(letters), d_model=32, d_hidden=192)
    optimizer = torch.optim.AdamW(model.parameters())
    done = 0
    for _ in range(passes):
        state = model.start(lanes)
        for inputs, targets in objectives.stream_batches(ids, lanes, STEPS):
            now = training.learning_rate(done, passes * updates(lanes), rate, 0.05)
            optimizer.param_groups[0]["lr"] = now
            state = _update(model, optimizer, inputs, targets, state)
            done += 1
    return model


def _update(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    inputs: Tensor,
    targets: Tensor,
    state: Tensor,
) -> Tensor:
    """Take one step of descent; return the state after the batch."""
    logits, state = model.step(inputs, state.detach())
    loss = nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    training.clip_gradients(model.parameters(), 1.0)
    optimizer.step()
    return state


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
        "updates of a pass": {arm: updates(lanes) for arm, lanes in LANES.items()},
        "steps": STEPS,
    }
