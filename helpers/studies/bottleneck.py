"""How much fits through a quarter of the vector, and does it only take longer?

The network has 128 units throughout; only the vector between encoder and decoder is
narrowed, by setting all but 32 of its 128 numbers to 0. It is compared with the whole
vector of `free_running`: same network, texts, seeds. The rate is chosen at the fewer
updates. Built in notebooks/05_seq2seq.ipynb.
"""

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from helpers import training
from helpers.corpora import translation
from helpers.models.seq2seq import Seq2Seq
from helpers.studies import free_running, translating

WIDTH = 32
UPDATES = (1000, 2000)  # does the narrow one only need longer?
SETTINGS = {f"{WIDTH} numbers, {updates} updates": updates for updates in UPDATES}
ARMS = tuple(SETTINGS)
SEEDS = (0, 1, 2, 3, 4)
RATES = (5e-3, 1e-2, 2e-2)
TUNED = "loss"
SENTENCES = (1, 2, 3)
POINTS = dict.fromkeys(
    ("right, training sentences", "first right", "ends early", "length"), SENTENCES
)
CODE = (*translating.CODE, "helpers.studies.free_running")


class Narrow(Seq2Seq):
    """A translator of 128 units whose vector keeps `width` of its numbers.

    Half of them are of each direction; the others are 0, in training and after it.
    """

    def __init__(self, width: int):
        words = translating.task()
        d_model, units = free_running.WIDTH, free_running.UNITS
        super().__init__(len(words.sources), len(words.targets), d_model, units)
        half = torch.zeros(units // 2)
        half[: width // 2] = 1.0
        self.kept = torch.cat([half, half])  # (N,)

    def read(self, source: Tensor, source_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return the encoder's states and its vector, (B, N), narrowed."""
        states, vector = super().read(source, source_mask)
        return states, vector * self.kept


def trained(width: int, updates: int, rate: float, seed: int) -> Narrow:
    """Train one network; the rate falls to 0 at the end of these updates."""
    torch.manual_seed(seed)
    settings = training.Settings(updates, lr=rate, warmup=free_running.WARMUP)
    return translating.trained(Narrow(width), free_running.texts(), settings, seed)


@lru_cache(64)
def _validation(rate: float, seed: int) -> float:
    model = trained(WIDTH, UPDATES[0], rate, seed)
    return free_running.loss_of_texts(model, "validation")


def measure(arm: str, rate: float, seed: int, part: str) -> dict:
    """Train one network; return its loss, and on the test set what it writes."""
    if part != "test":
        return {"loss": _validation(rate, seed)}
    model = trained(WIDTH, SETTINGS[arm], rate, seed)
    found = {"loss": free_running.loss_of_texts(model, part)}
    rows = []
    for n in SENTENCES:
        texts = free_running.asked(part, n)
        right = translating.exact(model, texts)
        found[f"right, {n}"] = right.astype(float)
        known = translating.exact(model, joined_anew(n))
        rows.append([known.mean(), *_of_first(model, texts)])
    return found | dict(zip(POINTS, np.transpose(rows), strict=True))


@lru_cache(3)
def joined_anew(n: int) -> list:
    """Return texts of n training sentences; of two or more, hardly one was trained on.

    As many as there are test sentences.
    """
    task = translating.task()
    texts = translation.texts(task.train, 40 * len(task.test), seed=2)
    found = [text for text in texts if text.source.count(".") == n]
    return found[: len(task.test)]


def _of_first(model: Seq2Seq, texts: list) -> tuple[float, float, float]:
    """Return: first sentence right, fewer sentences than wanted, mean length."""
    stop = translating.task().targets.ids["."]
    first, early, lengths = [], [], []
    written = translating.written(model, texts)
    for ids, (_, target) in zip(written, translating.coded(texts), strict=True):
        wanted = target.tolist()
        end = wanted.index(stop) + 1
        first.append(ids[:end] == wanted[:end])
        early.append(ids.count(stop) < wanted.count(stop))
        lengths.append(len(ids))
    return tuple(float(np.mean(values)) for values in (first, early, lengths))


def about() -> dict:
    """Return how the runs were made, and what was asked."""
    made = {"updates": UPDATES, "numbers kept": WIDTH}
    return free_running.about() | made
