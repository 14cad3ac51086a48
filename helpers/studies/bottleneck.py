"""How much fits through a narrow vector: width, number of sentences, updates.

The network has 128 units throughout; only the vector between encoder and decoder is
narrowed: all but some of its 128 numbers are 0, and these are larger, so that the whole
vector keeps its length. Each width and each length of training has a rate of its own.
Built in notebooks/05_seq2seq.ipynb.
"""

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from helpers import training
from helpers.corpora import translation
from helpers.models.seq2seq import Seq2Seq
from helpers.studies import free_running, translating

WIDTHS = (32, 64, 128)
UPDATES = (1000, 3000)


def name(width: int, updates: int) -> str:
    """Return the arm of a width and a length of training."""
    return f"{width} numbers, {updates} updates"


SETTINGS = {name(w, updates): (w, updates) for updates in UPDATES for w in WIDTHS}
ARMS = tuple(SETTINGS)
SEEDS = (0, 1, 2, 3, 4)
RATES = (2.5e-3, 5e-3, 1e-2, 2e-2)
TUNED = "loss"
SENTENCES = (1, 2, 3)
POINTS = dict.fromkeys(
    ("right, training sentences", "first right", "last right"), SENTENCES
)
CODE = (*translating.CODE, "helpers.studies.free_running")


class Narrow(Seq2Seq):
    """A translator of 128 units whose vector keeps `width` of its numbers.

    Half of them are of each direction; the others are 0, in training and after it.
    What is kept is scaled by √(128 / width), or the decoder would also hear it less.
    """

    def __init__(self, width: int):
        words = translating.task()
        d_model, units = free_running.WIDTH, free_running.UNITS
        super().__init__(len(words.sources), len(words.targets), d_model, units)
        half = torch.zeros(units // 2)
        half[: width // 2] = (units / width) ** 0.5
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


def measure(arm: str, rate: float, seed: int, part: str) -> dict:
    """Train one network; return its loss, and on the test set what it writes."""
    model = trained(*SETTINGS[arm], rate, seed)
    found = {"loss": free_running.loss_of_texts(model, part)}
    if part != "test":
        return found
    rows = []
    for n in SENTENCES:
        texts = free_running.asked(part, n)
        right = translating.exact(model, texts)
        found[f"right, {n}"] = right.astype(float)
        known = translating.exact(model, joined_anew(n))
        rows.append([known.mean(), *_of_parts(model, texts)])
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


def _of_parts(model: Seq2Seq, texts: list) -> tuple[float, float]:
    """Return how often the first, and how often the last sentence is right."""
    first, last = [], []
    written = translating.written(model, texts)
    for ids, (_, target) in zip(written, translating.coded(texts), strict=True):
        wanted, found = _sentences(target.tolist()), _sentences(ids)
        first.append(found[:1] == wanted[:1])
        last.append(found[len(wanted) - 1 :] == wanted[-1:])
    return float(np.mean(first)), float(np.mean(last))


def _sentences(ids: list[int]) -> list[list[int]]:
    """Cut a text behind each full stop; what follows the last one counts, too."""
    stop = translating.task().targets.ids["."]
    found: list[list[int]] = [[]]
    for token in ids:
        found[-1].append(token)
        if token == stop:
            found.append([])
    return [sentence for sentence in found if sentence]


def about() -> dict:
    """Return how the runs were made, and what was asked."""
    made = {"updates": UPDATES, "numbers kept": WIDTHS}
    return free_running.about() | made
