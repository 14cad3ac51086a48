"""What a fine-tuned model must beat: the usual answer, and words without context.

Built in notebooks/13_bert_finetuning.ipynb.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn


class BagOfWords(nn.Module):
    """A model that reads words one by one, without order and without neighbours.

    Each word has one score per class: ids, mask, segments (B, T) → (B, T, n_classes),
    or, with `whole`, their sum over the text, plus a bias: (B, n_classes). A word in
    the second text has other scores than in the first. All start at 0.
    Built in notebooks/13_bert_finetuning.ipynb.
    """

    def __init__(self, vocab_size: int, n_classes: int, whole: bool):
        super().__init__()
        self.table = nn.Embedding(2 * vocab_size, n_classes)
        self.bias = nn.Parameter(torch.zeros(n_classes))
        self.vocab_size, self.whole = vocab_size, whole
        nn.init.zeros_(self.table.weight)

    def forward(self, ids: Tensor, mask: Tensor, segments: Tensor) -> Tensor:
        scores = self.table(ids + self.vocab_size * segments)  # (B, T, classes)
        if not self.whole:
            return scores + self.bias
        return (scores * mask[..., None]).sum(1) + self.bias  # (B, classes)


def usual(answers: Sequence[Hashable]) -> Hashable:
    """Return the most frequent answer; of equally frequent ones, the first seen."""
    counts = Counter(answers)
    if not counts:
        raise ValueError("0 answers have no usual one; give at least one")
    return max(counts, key=counts.get)


class Best(NamedTuple):
    """The best possible share right, and the share of texts that came twice or more."""

    share: float
    repeated: float


def best_possible(texts: Sequence, answers: Sequence) -> Best:
    """Return how often a reader could be right who has seen all texts and answers.

    The same text with two answers cannot be right both times: each text gets its most
    frequent answer. That is an upper bound; a text that comes once can show nothing.
    """
    if not len(texts) == len(answers) > 0:
        raise ValueError(
            f"{len(texts)} texts, {len(answers)} answers; give one each, at least 1"
        )
    counts = defaultdict(Counter)  # text → how often it has each answer
    for text, answer in zip(texts, answers, strict=True):
        counts[text][answer] += 1
    right = repeated = 0
    for found in counts.values():
        right += max(found.values())
        if found.total() > 1:
            repeated += found.total()
    return Best(right / len(texts), repeated / len(texts))
