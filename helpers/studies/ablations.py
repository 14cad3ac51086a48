"""What does BERT owe to what? Take a part of its pre-training away and measure.

Every variant has the same size, stories and number of steps. Then each is fine-tuned on
four tasks of the world. Source: Devlin et al. 2019, tables 5 and 8.
Built in notebooks/12_bert_pretraining.ipynb.
"""

import itertools
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers import environment, finetuning, training
from helpers.checkpoints import story_bert
from helpers.corpora import world
from helpers.finetuning.tasks import FOUR, Task, split
from helpers.models.bert import BERTForPretraining, BERTSize
from helpers.models.bert_variants import WithBiLSTM, left_to_right
from helpers.models.layers import available, use_onednn
from helpers.objectives import masking
from helpers.objectives.batching import IGNORE_INDEX
from helpers.objectives.masking import PAPER, Pretraining, Shares
from helpers.studies.results import SEEDS, Cell, finished
from helpers.studies.tuned import tuned_score
from helpers.tokenization.wordpiece import SPECIALS
from helpers.training import resume

SIZE = story_bert.SIZE
STORIES = 60_000
PRETRAINING = replace(story_bert.SETTINGS, steps=4500)
FINE_TUNING = training.Settings(steps=200, lr=2e-3, warmup=0.1)
BATCH_SIZE = 32  # in fine-tuning
EXAMPLES = 200  # of each task, to learn from
TESTED = 500


class Variant(NamedTuple):
    """One way to pre-train: the model, its loss, what becomes of chosen tokens."""

    make: Callable[[BERTSize], nn.Module]
    loss: Callable[[nn.Module, Pretraining], Tensor]
    shares: Shares = PAPER


def next_word_loss(model: nn.Module, batch: Pretraining) -> Tensor:
    """Return the loss of each next word, from the second word of a text on.

    Nothing is hidden, so the model must look back only. The unit is nats per word.
    """
    visible = batch.targets == IGNORE_INDEX
    ids = batch.ids.where(visible, batch.targets)  # (B, T): no [MASK] any more
    words = batch.mask & (ids >= len(SPECIALS))  # (B, T)
    # The position before a word predicts it; the first word has only [CLS] before it.
    predicts = F.pad(words[:, 2:], (1, 1))  # (B, T)
    following = F.pad(ids[:, 2:], (1, 1))  # (B, T)
    logits, _ = model(ids, batch.mask, batch.segments, predicts)
    return masking.masked_loss(logits, following.masked_fill(~predicts, IGNORE_INDEX))


VARIANTS = {
    "MLM + NSP": Variant(BERTForPretraining, masking.pretraining_loss),
    "no NSP": Variant(BERTForPretraining, masking.masked_only_loss),
    "left to right": Variant(left_to_right, next_word_loss),
    "only [MASK]": Variant(
        BERTForPretraining, masking.pretraining_loss, story_bert.ONLY_MASK
    ),
}
READERS = {name: name for name in VARIANTS}  # row of the table → its variant
READERS |= {
    "left to right + BiLSTM": "left to right",
    "MLM + NSP, frozen": "MLM + NSP",
    "only [MASK], frozen": "only [MASK]",
}


@lru_cache(1)
def pretrained(name: str, seed: int) -> nn.Module:
    """Return a variant that is pre-trained; a stopped training goes on from its file.

    Raises KeyboardInterrupt if it is stopped now.
    """
    variant = VARIANTS[name]
    torch.manual_seed(seed)
    model = use_onednn(variant.make(SIZE), available())
    stories = world.documents(STORIES, seed=1000 + seed)
    generator = torch.Generator().manual_seed(seed)
    batches = story_bert.batches(stories, generator, variant.shares)
    state = environment.cache_folder() / "ablations" / f"{name} {seed}.safetensors"
    run = training.Run(model, PRETRAINING)
    finished(resume.train(run, batches, variant.loss, state, every=200))
    return model


def measure(row: str, task: Task, seed: int) -> float:
    """Fine-tune the encoder of one row of the table; return its score on a task.

    A frozen encoder keeps its weights, and a BiLSTM reads its vectors as features. The
    test examples are the same for every seed; the training examples are not.
    """
    bert = pretrained(READERS[row], seed).bert
    encoder = bert if row in VARIANTS else WithBiLSTM(bert)
    torch.manual_seed(seed)
    model = finetuning.with_head(encoder, task)  # a copy: `bert` is read again
    if row.endswith("frozen"):
        model.bert.bert.requires_grad_(False)
    part = split(task, EXAMPLES, TESTED, 100 * (seed + 1))
    return tuned_score(model, task, part, FINE_TUNING, BATCH_SIZE, seed)


def cells() -> dict[Cell, tuple]:
    """Return every cell of the table, with the arguments of `measure`."""
    all_three = itertools.product(SEEDS, READERS, FOUR)
    return {Cell(row, task.name, s): (row, task, s) for s, row, task in all_three}


def about() -> dict:
    """Return how the table is made; if that changes, it is made anew."""
    tasks = {"examples": EXAMPLES, "tested": TESTED}
    return {
        "pretraining": asdict(PRETRAINING) | {"stories": STORIES},
        "size": asdict(SIZE),
        "fine_tuning": asdict(FINE_TUNING) | tasks,
        "scores": "right classes, exact spans, F1 of names; in [0, 1]",
    }
