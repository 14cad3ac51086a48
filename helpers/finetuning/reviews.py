"""Real reviews read by a real BERT, and the bag of words that it has to beat.

Built in notebooks/13_bert_finetuning.ipynb.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch.nn import functional as F

from helpers import training
from helpers.finetuning.baselines import BagOfWords
from helpers.probes import senses

BATCH_SIZE = 32


@torch.no_grad()
def vectors(real, texts: Sequence[str]) -> np.ndarray:
    """Return one vector per text, the mean of its tokens' last vectors: (n, C).

    `real` is what `real_bert.find` returns. Texts of like length share a batch.
    """
    order = np.argsort([len(text) for text in texts], kind="stable")
    found = np.empty((len(texts), real.bert.size.d_model))
    for rows in np.array_split(order, -(-len(texts) // BATCH_SIZE)):
        packed = real.read([texts[i] for i in rows])
        states = real.bert(packed.ids, packed.mask, packed.segments)  # (B, T, C)
        found[rows] = mean(states, packed.mask).numpy()
    return found


def mean(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return the mean over the real tokens: (B, T, C), mask (B, T) → (B, C)."""
    real = mask[..., None]
    return (states * real).sum(1) / real.sum(1)


def by_vectors(real, learned: Sequence, asked: Sequence, ridge: float = 10.0) -> float:
    """Return the share right of a linear classifier on a frozen BERT's vectors."""
    parts = [
        (vectors(real, [r.text for r in part]), [r.label for r in part])
        for part in (learned, asked)
    ]
    return read_off(*parts, ridge)


def read_off(known: tuple, asked: tuple, ridge: float = 10.0) -> float:
    """Return the share right of a linear classifier: both are (vectors, labels)."""
    return senses.linear_probe(known, asked, ridge).mean


def by_words(
    wordpiece, learned: Sequence, asked: Sequence, steps: int = 300, seed: int = 0
) -> float:
    """Return the share right of a classifier that counts pieces of words."""
    batches = [_counted(wordpiece, part) for part in (learned, asked)]
    n_classes = 1 + max(r.label for r in learned)
    model = BagOfWords(len(wordpiece), n_classes, whole=True)
    dice = torch.Generator().manual_seed(seed)

    def draw():
        ids, mask, labels = batches[0]
        while True:
            rows = torch.randint(len(ids), (64,), generator=dice)
            yield ids[rows], mask[rows], labels[rows]

    settings = training.Settings(steps, lr=1e-2)
    training.train(model, draw(), _loss, settings)
    ids, mask, labels = batches[1]
    with torch.no_grad():
        found = model(ids, mask, torch.zeros_like(ids)).argmax(-1)
    return (found == labels).float().mean().item()


def _counted(wordpiece, part: Sequence) -> tuple:
    from helpers.objectives.batching import pad

    ids, mask = pad([np.array(wordpiece.encode(r.text)) for r in part])
    return ids, mask, torch.tensor([r.label for r in part])


def _loss(model: BagOfWords, batch: tuple) -> torch.Tensor:
    ids, mask, labels = batch
    return F.cross_entropy(model(ids, mask, torch.zeros_like(ids)), labels)
