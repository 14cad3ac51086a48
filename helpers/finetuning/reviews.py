"""Real reviews read by a real BERT, and the bag of words that it has to beat.

Built in notebooks/13_bert_finetuning.ipynb.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
import torch

from helpers import training
from helpers.corpora.treebank import Review
from helpers.finetuning import tuning
from helpers.finetuning.baselines import BagOfWords
from helpers.finetuning.tuning import Batch
from helpers.models.bert import BERT
from helpers.models.layers import masked_mean
from helpers.objectives.batching import pad
from helpers.objectives.masking import Packed
from helpers.probes import senses
from helpers.tokenization.wordpiece import WordPiece

BATCH_SIZE = 32
RIDGE = 10.0
Reviews = Sequence[Review]


class RealBERT(Protocol):
    """What `real_bert.find` returns: a BERT that can read texts."""

    bert: BERT

    def read(self, texts: Sequence[str]) -> Packed:
        """Turn texts into ids, mask and segments."""


@torch.no_grad()
def vectors(real: RealBERT, texts: Sequence[str]) -> np.ndarray:
    """Return one vector per text, the mean of its tokens' last vectors: (n, C)."""
    # Texts of similar length share a batch, so that little is padded.
    order = np.argsort([len(text) for text in texts], kind="stable")
    n_batches = -(-len(texts) // BATCH_SIZE)
    found = np.empty((len(texts), real.bert.size.d_model))
    for rows in np.array_split(order, n_batches):
        packed = real.read([texts[row] for row in rows])
        x = real.bert(packed.ids, packed.mask, packed.segments)  # (B, T, C)
        found[rows] = masked_mean(x, packed.mask).numpy()  # (B, C)
    return found


def read(real: RealBERT, reviews: Reviews) -> tuple[np.ndarray, list[int]]:
    """Return the vectors (n, C) of reviews, and their labels."""
    found = vectors(real, [review.text for review in reviews])
    return found, [review.label for review in reviews]


def by_vectors(real: RealBERT, learned: Reviews, asked: Reviews) -> float:
    """Return the share right of a linear classifier on a frozen BERT's vectors."""
    return read_off(read(real, learned), read(real, asked))


def read_off(known: tuple, asked: tuple) -> float:
    """Return the share right of a linear classifier: both are (vectors, labels)."""
    return senses.linear_probe(known, asked, RIDGE).mean


def by_words(
    wordpiece: WordPiece,
    learned: Reviews,
    asked: Reviews,
    steps: int = 300,
    seed: int = 0,
) -> float:
    """Return the share right of a classifier that counts pieces of words."""
    train = _counted(wordpiece, learned)
    test = _counted(wordpiece, asked)
    n_classes = 1 + int(train.labels.max())
    model = BagOfWords(len(wordpiece), n_classes, whole=True)
    batches = _random_rows(train, torch.Generator().manual_seed(seed))
    settings = training.Settings(steps, lr=1e-2)
    training.train(model, batches, tuning.loss, settings)
    with torch.no_grad():
        found = model(*test.packed).argmax(-1)  # (B,)
    return (found == test.labels).float().mean().item()


def _counted(wordpiece: WordPiece, reviews: Reviews) -> Batch:
    """Return all reviews as one batch, without [CLS] and [SEP]."""
    ids, mask = pad([np.array(wordpiece.encode(review.text)) for review in reviews])
    packed = Packed(ids, mask, segments=torch.zeros_like(ids))
    return Batch(packed, torch.tensor([r.label for r in reviews]), "class")


def _random_rows(whole: Batch, generator: torch.Generator) -> Iterator[Batch]:
    while True:
        rows = torch.randint(len(whole.labels), (64,), generator=generator)
        packed = Packed(*(part[rows] for part in whole.packed))
        yield Batch(packed, whole.labels[rows], whole.kind)
