"""What the studies of translation share: the sentences, a training, exact match.

The sentences are those of notebooks/05_seq2seq.ipynb and 06_attention.ipynb, and the
test sentences are the same; a tenth more is kept for choosing learning rates.
"""

from collections.abc import Sequence
from functools import lru_cache
from random import Random
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from helpers import objectives, training
from helpers.corpora import translation
from helpers.corpora.translation import Translation
from helpers.models.seq2seq import greedy
from helpers.objectives import sequence_pairs
from helpers.objectives.sequence_pairs import Pairs
from helpers.studies.results import finished
from helpers.tokenization import Words
from helpers.training.loop import OnStep

BATCH = 32
LONGEST = 100  # tokens that a model may write
CODE = (
    "helpers.corpora.translation",
    "helpers.models.seq2seq",
    "helpers.models.scores",
    "helpers.models.bidirectional",
    "helpers.models.gated",
    "helpers.objectives.sequence_pairs",
    "helpers.training.loop",
    "helpers.studies.translating",
)


class Task(NamedTuple):
    """Sentences for training, validation and test, and the words of both languages."""

    train: list[Translation]
    validation: list[Translation]
    test: list[Translation]
    sources: Words
    targets: Words


@lru_cache(1)
def task() -> Task:
    """Return the sentences of the notebooks: a tenth for the test, a tenth to tune."""
    found = translation.translations(12000, seed=1, longest=20)
    sentences = translation.frequent(found, 100)
    sources = Words.from_tokens([pair.source for pair in sentences])
    targets = Words.from_tokens([pair.target for pair in sentences])
    Random(0).shuffle(sentences)
    n = len(sentences) // 10
    test, validation, train = sentences[:n], sentences[n : 2 * n], sentences[2 * n :]
    return Task(train, validation, test, sources, targets)


def coded(pairs: Sequence[Translation]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the ids of sources and of targets."""
    words = task()
    return [
        (
            words.sources.encode_array(pair.source),
            words.targets.encode_array(pair.target),
        )
        for pair in pairs
    ]


def loss_of(model: nn.Module, batch: Pairs) -> Tensor:
    """Return the mean loss of a target token with the right words before it, nats."""
    logits = model(batch.source, batch.source_mask, batch.inputs)  # (B, T, V)
    return objectives.next_token_loss(logits, batch.targets, batch.mask)


def trained(
    model: nn.Module,
    pairs: Sequence[Translation],
    settings: training.Settings,
    seed: int,
    on_step: OnStep | None = None,
) -> nn.Module:
    """Train a model in place; the seed draws the batches; `on_step` sees every step.

    Raises KeyboardInterrupt if the training was stopped.
    """
    order = torch.Generator().manual_seed(seed)
    batches = sequence_pairs.pair_batches(coded(pairs), BATCH, order)
    finished(training.train(model, batches, loss_of, settings, on_step=on_step))
    return model


def written(model: nn.Module, pairs: Sequence[Translation]) -> list[list[int]]:
    """Return the ids that a model writes for each source, greedily, without EOS."""
    batch = sequence_pairs.pair_batch(coded(pairs))
    return greedy(model, batch.source, batch.source_mask, LONGEST)


def exact(model: nn.Module, pairs: Sequence[Translation]) -> np.ndarray:
    """Return for each pair whether all of its target is written and nothing more."""
    wanted = [target.tolist() for _, target in coded(pairs)]
    return np.array(
        [a == b for a, b in zip(written(model, pairs), wanted, strict=True)]
    )
