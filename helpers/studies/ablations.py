"""What does BERT owe to what? Take a part of its pre-training away and measure.

Every variant has the same size, stories and number of steps; then each is fine-tuned on
four tasks of the world. The table is filled by `python -m helpers.studies`.
Source: Devlin et al. 2019, tables 5 and 8.
Built in notebooks/12_bert_pretraining.ipynb.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers import finetuning, training
from helpers.checkpoints import story_bert
from helpers.finetuning.tasks import Task, split
from helpers.models.bert import BERTForPretraining
from helpers.models.bert_variants import WithBiLSTM, left_to_right
from helpers.objectives import masking
from helpers.objectives.masking import NOT_ASKED, PAPER, Shares
from helpers.tokenization.wordpiece import SPECIALS

SIZE = story_bert.SIZE
PRETRAINING = replace(story_bert.SETTINGS, steps=4500)
FINE_TUNING = training.Settings(steps=200, lr=2e-3, warmup=0.1)
EXAMPLES, TESTED = 200, 500


class Variant(NamedTuple):
    """One way to pre-train: model, loss, and what becomes of asked tokens."""

    make: Callable
    loss: Callable[[nn.Module, masking.Pretraining], Tensor]
    shares: Shares = PAPER


def words_only_loss(model: nn.Module, batch: masking.Pretraining) -> Tensor:
    """Return the loss of hidden words; the pairs are read, but not asked about."""
    return masking.pretraining_losses(model, batch)[0]


def next_word_loss(model: nn.Module, batch: masking.Pretraining) -> Tensor:
    """Return the loss of each next word, from the second word of a text on.

    Nothing is hidden: the model must look back only. nats per word.
    """
    ids = batch.ids.where(batch.targets == NOT_ASKED, batch.targets)
    words = batch.mask & (ids >= len(SPECIALS))
    asked = F.pad(words[:, 2:], (1, 1))  # (B, T): the places before those words
    targets = F.pad(ids[:, 2:], (1, 1)).masked_fill(~asked, NOT_ASKED)
    logits, _ = model(ids, batch.mask, batch.segments, asked)
    return masking.masked_loss(logits, targets)


VARIANTS = {
    "MLM + NSP": Variant(BERTForPretraining, masking.pretraining_loss),
    "no NSP": Variant(BERTForPretraining, words_only_loss),
    "left to right": Variant(left_to_right, next_word_loss),
    "only [MASK]": Variant(
        BERTForPretraining, masking.pretraining_loss, story_bert.ONLY_MASK
    ),
}
READERS = {  # row of the table → the weights that it starts from
    **{name: name for name in VARIANTS},
    "left to right + BiLSTM": "left to right",
    "MLM + NSP, frozen": "MLM + NSP",
    "only [MASK], frozen": "only [MASK]",
}


def reader(row: str, bert: nn.Module) -> nn.Module:
    """Return what a task's head is put on: the encoder, or with a BiLSTM on top.

    A frozen one keeps its weights: the BiLSTM reads them as features.
    """
    if row.endswith("frozen"):
        bert.requires_grad_(False)
    plain = row in VARIANTS
    return bert if plain else WithBiLSTM(bert)


def fine_tune(bert: nn.Module, task: Task, seed: int) -> float:
    """Train an encoder with a fresh head on a task; return its score in [0, 1].

    The test examples are the same for every seed; what is learned from is not.
    """
    torch.manual_seed(seed)
    words, dice = story_bert.vocabulary(), torch.Generator().manual_seed(seed)
    learned, asked = split(task, EXAMPLES, TESTED, 100 * (seed + 1))
    model = finetuning.with_head(bert, task)
    batches = finetuning.batches(task, learned, words, dice)
    training.train(model, batches, finetuning.loss, FINE_TUNING)
    return finetuning.score(model, task, asked, words)
