"""What does BERT owe to what? Take a part of its pre-training away and measure.

Every variant has the same size, stories and number of steps; then each is fine-tuned on
four tasks of the world. The table is filled by `python -m helpers.make_results`.
Source: Devlin et al. 2019, tables 5 and 8.
Built in notebooks/11_bert_pretraining.ipynb.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers import masking, story_bert, training
from helpers.corpora import tasks
from helpers.masking import NOT_ASKED, PAPER, Packed, Shares, pack
from helpers.models.bert import BERTForPretraining, SentenceHead, TokenHead
from helpers.models.bert_variants import WithBiLSTM, left_to_right
from helpers.objectives import similar
from helpers.wordpiece import SPECIALS

FINE_TUNING = training.Settings(steps=200, lr=2e-3, warmup=0.1)
EXAMPLES, TESTED, BATCH_SIZE = 200, 500, 32
TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")


# ------------------------------------------------------------------- pre-training


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


# -------------------------------------------------------------------------- tasks


class Example(NamedTuple):
    """What is read, ids or a pair (a, b) of ids, and the answer as numbers."""

    read: np.ndarray | tuple[np.ndarray, np.ndarray]
    answer: np.ndarray


class Task(NamedTuple):
    """Its examples and head; how wrong and how often right an answer is.

    `loss(logits, targets, mask)` is a mean in nats, `right` says which are right (B,).
    """

    examples: Callable[[int, int], list[Example]]
    head: Callable[[nn.Module], nn.Module]
    loss: Callable[[Tensor, Tensor, Tensor], Tensor]
    right: Callable[[Tensor, Tensor, Tensor], Tensor]


def _ids(tokens: Sequence[str]) -> np.ndarray:
    ids = story_bert.vocabulary().ids
    return np.array([ids[token] for token in tokens])


def _sentiment(n: int, seed: int) -> list[Example]:
    found = tasks.sentiment(n, seed)
    return [Example(_ids(x.tokens), np.array([x.label > 0])) for x in found]


def _entailment(n: int, seed: int) -> list[Example]:
    return [
        Example(
            (_ids(x.premise), _ids(x.hypothesis)),
            np.array([tasks.ENTAILMENT.index(x.label)]),
        )
        for x in tasks.entailment(n, seed)
    ]


def _questions(n: int, seed: int) -> list[Example]:
    found, longest = [], story_bert.SIZE.longest - 3
    for x in tasks.questions(2 * n, seed):
        first = len(x.question) + 2  # the passage begins after [CLS] question [SEP]
        if len(x.question) + len(x.passage) <= longest:
            place = np.array([first + x.start, first + x.end - 1])
            found.append(Example((_ids(x.question), _ids(x.passage)), place))
    return found[:n]


def _names(n: int, seed: int) -> list[Example]:
    """Each word's tag, and nothing at [CLS] and [SEP]."""
    found = []
    for x in tasks.names(n, seed):
        tags = [TAGS.index(label) for label in x.labels]
        answer = np.array([NOT_ASKED, *tags, NOT_ASKED])
        found.append(Example(_ids(x.tokens), answer))
    return found


def label_loss(logits: Tensor, targets: Tensor, mask: Tensor) -> Tensor:
    """One answer per text: logits (B, n), targets (B, 1)."""
    return F.cross_entropy(logits, targets[:, 0])


def label_right(logits: Tensor, targets: Tensor, mask: Tensor) -> Tensor:
    """Say of each text whether its label is right."""
    return logits.argmax(-1) == targets[:, 0]


def _ends(logits: Tensor, mask: Tensor) -> Tensor:
    """Return the scores of "begins here" and "ends here": (B, T, 2) → (B, 2, T)."""
    return logits.masked_fill(~mask[..., None], -1e9).transpose(1, 2)


def span_loss(logits: Tensor, targets: Tensor, mask: Tensor) -> Tensor:
    """Two places per text: logits (B, T, 2), targets (B, 2)."""
    return F.cross_entropy(_ends(logits, mask).flatten(0, 1), targets.flatten())


def span_right(logits: Tensor, targets: Tensor, mask: Tensor) -> Tensor:
    """Say of each text whether both ends are right."""
    return (_ends(logits, mask).argmax(-1) == targets).all(1)


def tag_loss(logits: Tensor, targets: Tensor, mask: Tensor) -> Tensor:
    """One tag per word: logits (B, T, n), targets (B, T), NOT_ASKED elsewhere."""
    return F.cross_entropy(logits.transpose(1, 2), targets, ignore_index=NOT_ASKED)


def tags_right(logits: Tensor, targets: Tensor, mask: Tensor) -> Tensor:
    """Say of each text whether all its tags are right."""
    return ((logits.argmax(-1) == targets) | (targets == NOT_ASKED)).all(1)


TASKS = {
    "sentiment": Task(
        _sentiment, lambda b: SentenceHead(b, 2), label_loss, label_right
    ),
    "entailment": Task(
        _entailment, lambda b: SentenceHead(b, 3), label_loss, label_right
    ),
    "questions": Task(_questions, lambda b: TokenHead(b, 2), span_loss, span_right),
    "names": Task(_names, lambda b: TokenHead(b, len(TAGS)), tag_loss, tags_right),
}


class Asked(NamedTuple):
    """A packed batch and its answers: (B, 1), (B, 2) or (B, T)."""

    packed: Packed
    targets: Tensor


def batch(examples: Sequence[Example]) -> Asked:
    """Pack examples, and their answers under each other."""
    widest = max(len(x.answer) for x in examples)
    targets = np.full((len(examples), widest), NOT_ASKED)
    for row, x in zip(targets, examples, strict=True):
        row[: len(x.answer)] = x.answer
    return Asked(pack([x.read for x in examples]), torch.from_numpy(targets))


def batches(examples: Sequence[Example], generator: torch.Generator) -> Iterator[Asked]:
    """Yield batches of similar lengths without end."""
    lengths = torch.tensor([_length(x) for x in examples])
    while True:
        for rows in similar(lengths, BATCH_SIZE, generator):
            yield batch([examples[i] for i in rows.tolist()])


def _length(example: Example) -> int:
    read = example.read
    return sum(map(len, read)) if isinstance(read, tuple) else len(read)


def fine_tune(bert: nn.Module, name: str, seed: int) -> float:
    """Train an encoder with a fresh head on a task; return its share of right answers.

    The test examples are the same for every seed; what is learned from is not.
    """
    task = TASKS[name]
    torch.manual_seed(seed)
    model = task.head(bert)
    learned = task.examples(EXAMPLES, 1000 + seed)
    dice = torch.Generator().manual_seed(seed)

    def loss(model: nn.Module, asked: Asked) -> Tensor:
        ids, segments, mask = asked.packed
        return task.loss(model(ids, mask, segments), asked.targets, mask)

    training.train(model, batches(learned, dice), loss, FINE_TUNING)
    return share_right(model, task, task.examples(TESTED, 999))


@torch.no_grad()
def share_right(model: nn.Module, task: Task, examples: Sequence[Example]) -> float:
    """Return the share of texts whose whole answer is right."""
    model.eval()
    (ids, segments, mask), targets = batch(examples)
    right = task.right(model(ids, mask, segments), targets, mask)
    return right.float().mean().item()
