"""One BERT, four kinds of task: examples → batches → losses → a fine-tuned copy.

Each task says how its texts are packed, what its label is, and which head reads the
vectors. Built in notebooks/13_bert_finetuning.ipynb.
"""

import copy
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers import training
from helpers.finetuning import answers
from helpers.finetuning.cutting import Cut, cut_words
from helpers.finetuning.tasks import Task
from helpers.models.bert import BERT, SentenceHead, TokenHead
from helpers.models.layers import answering, check_choice, check_mask
from helpers.objectives.batching import IGNORE_INDEX, pad, similar_batches
from helpers.objectives.masking import Packed, pack
from helpers.objectives.tagging import labelled
from helpers.tokenization.wordpiece import WordPiece


class _Parts(NamedTuple):
    """What a batch holds, see `Batch`."""

    packed: Packed
    labels: Tensor
    kind: str


class Batch(_Parts):
    """A packed batch and its labels, which depend on the `kind` of the task.

    "class": (B,) numbers of classes. "span": (B, 2) positions of the first and the last
    token of the answer. "tags": (B, T) numbers of classes, IGNORE_INDEX at specials, at
    padding and at all pieces of a word but its first. Raises ValueError for tags where
    no token has a label.
    """

    def __new__(cls, packed: Packed, labels: Tensor, kind: str):
        if kind == "tags":
            labelled(labels)
        return super().__new__(cls, packed, labels, kind)


def first_pieces(labels: Sequence[int], begins: Sequence[int], n: int) -> list[int]:
    """Give each word's label to its first piece; IGNORE_INDEX to its other pieces.

    `begins` are the positions of the words' first pieces among n pieces → n labels.
    Source: Devlin et al. 2019, sec. 5.3. Built in notebooks/13_bert_finetuning.ipynb.
    """
    if len(labels) != len(begins) or not all(0 <= i < n for i in begins):
        raise ValueError(
            f"{len(labels)} labels for words that begin at {[*begins][:9]} of {n} "
            "pieces; give one label for each word, and positions below the last piece"
        )
    spread = [IGNORE_INDEX] * n
    for label, position in zip(labels, begins, strict=True):
        spread[position] = label
    return spread


def make_batch(task: Task, examples: Sequence, wordpiece: WordPiece) -> Batch:
    """Pack examples of a task and lay their labels beside them.

    Raises ValueError for an answer that the task does not have.
    """
    texts, labels = [], []
    for example in examples:
        cuts = [cut_words(words, wordpiece) for words in task.texts(example)]
        ids = tuple(cut.ids for cut in cuts)
        texts.append(ids if task.pair else ids[0])
        labels.append(_label(task, task.answer(example), cuts))
    packed = pack(texts)
    if task.kind == "tags":
        padded, _ = pad(labels, IGNORE_INDEX)  # (B, T)
        return Batch(packed, padded, task.kind)
    return Batch(packed, torch.tensor(labels), task.kind)


def _label(task: Task, answer: object, cuts: Sequence[Cut]) -> int | list[int]:
    """Return what stands for an answer in a batch, see `Batch`."""
    if task.kind == "class":
        return _number(task, answer)
    if task.kind == "span":
        return _positions(answer, *cuts)
    # One label for each word goes to one piece of each word.
    [cut] = cuts
    numbers = [_number(task, label) for label in answer]
    spread = first_pieces(numbers, cut.begins, len(cut.ids))
    return [IGNORE_INDEX, *spread, IGNORE_INDEX]  # [CLS] … [SEP]


def _number(task: Task, label: object) -> int:
    check_choice(f"the label of {task.name}", label, task.classes)
    return task.classes.index(label)


def _positions(span: tuple[int, int], question: Cut, passage: Cut) -> list[int]:
    """Return where passage[start:end] begins and ends, in [CLS] question [SEP] …"""
    # Words are counted from 0, and the end is not in the span.
    start, end = span
    if not 0 <= start < end <= len(passage.begins):
        raise ValueError(
            f"a span from word {start} to {end} of {len(passage.begins)}; give "
            "(first, last + 1) inside the passage"
        )
    before = len(question.ids) + 2
    borders = [*passage.begins, len(passage.ids)]  # where a word begins or ends
    return [before + borders[start], before + borders[end] - 1]


def batches(
    task: Task,
    examples: Sequence,
    wordpiece: WordPiece,
    generator: torch.Generator,
    size: int = 32,
) -> Iterator[Batch]:
    """Yield batches without end, each of similar lengths, in random order.

    Raises ValueError for no examples.
    """
    if not examples:
        raise ValueError("0 examples; fine-tuning needs at least 1")

    def n_words(example: NamedTuple) -> int:
        return sum(len(words) for words in task.texts(example))

    for some in similar_batches(examples, size, generator, n_words):
        yield make_batch(task, some, wordpiece)


def loss(model: nn.Module, batch: Batch) -> Tensor:
    """Return the loss of a model with a head, in nats per answer."""
    logits = _logits(model, batch.packed)
    if batch.kind == "class":  # (B, classes)
        return F.cross_entropy(logits, batch.labels)
    if batch.kind == "span":  # (B, T, 2)
        return span_loss(logits, batch.labels, batch.packed.mask)
    by_class = logits.transpose(1, 2)  # (B, classes, T)
    return F.cross_entropy(by_class, batch.labels)  # skips IGNORE_INDEX


def span_loss(logits: Tensor, labels: Tensor, mask: Tensor) -> Tensor:
    """Return the mean surprise of two choices of a token: where it starts, and ends.

    Each is a softmax over the tokens of a row: logits (B, T, 2), labels (B, 2),
    mask (B, T) bool, True = real. Raises ValueError for a label at padding.
    Source: Devlin et al. 2019, sec. 4.2.
    Built in notebooks/13_bert_finetuning.ipynb.
    """
    check_mask(mask, logits.shape[:2])
    if (
        labels.min() < 0
        or labels.max() >= mask.shape[1]
        or not mask.gather(1, labels).all()
    ):
        raise ValueError(f"labels {labels.tolist()} are no positions of real tokens")
    scores = logits.masked_fill(~mask[..., None], -torch.inf)  # (B, T, 2)
    return F.cross_entropy(scores, labels)  # over T, for each of the two


def _logits(model: nn.Module, packed: Packed) -> Tensor:
    return model(packed.ids, packed.mask, packed.segments)


def with_head(bert: BERT, task: Task) -> nn.Module:
    """Return a copy of a BERT with a new head; the BERT itself is left alone."""
    head = SentenceHead if task.kind == "class" else TokenHead
    return head(copy.deepcopy(bert), len(task.classes))


def fine_tune(
    model: nn.Module,
    batches: Iterator[Batch],
    settings: training.Settings,
    frozen: bool = False,
) -> training.History:
    """Train a model with a head, in place; with `frozen` only its last matrix moves.

    What was frozen can be trained again afterwards.
    """
    model.bert.requires_grad_(not frozen)
    try:
        return training.train(model, batches, loss, settings)
    finally:  # also where the training stops with an error
        model.bert.requires_grad_(True)


@torch.no_grad()
def guesses(model: nn.Module, task: Task, batch: Batch) -> list:
    """Return a model's answers in the form of `task.answer`, but spans in tokens.

    A span is (first, last + 1) in the packed row, inside the second text.
    """
    logits = _logits(model, batch.packed)
    if task.kind == "span":
        starts, ends = logits.unbind(-1)  # (B, T) each
        rows = zip(starts, ends, passage_mask(batch.packed), strict=True)
        return [answers.best_span(*row) for row in rows]
    best = logits.argmax(-1)  # (B,) or (B, T)
    if task.kind == "class":
        return [task.classes[i] for i in best.tolist()]
    found = []
    for row, labels in zip(best, batch.labels, strict=True):
        numbers = row[labels != IGNORE_INDEX]  # one per word
        found.append(tuple(task.classes[i] for i in numbers.tolist()))
    return found


def passage_mask(packed: Packed) -> Tensor:
    """Return which tokens may be in an answer: the second text's, without its [SEP]."""
    # How many real tokens stand from each position on: at the last [SEP] it is one.
    after = packed.mask.long().flip(1).cumsum(1).flip(1)  # (B, T)
    return (packed.segments == 1) & (after > 1)


def score(
    model: nn.Module, task: Task, examples: Sequence, wordpiece: WordPiece
) -> float:
    """Return a share in [0, 1]: right classes, exact spans, or the F1 of entities."""
    batch = make_batch(task, examples, wordpiece)
    with answering(model):
        found = guesses(model, task, batch)
    return judge(task, examples, found, batch)


def judge(task: Task, examples: Sequence, found: Sequence, batch: Batch) -> float:
    """Compare answers, as `guesses` returns them, with the right ones."""
    if task.kind != "span":
        measure = answers.entity_f1 if task.kind == "tags" else answers.exact
        return measure(found, [task.answer(example) for example in examples])
    # Spans are compared by their tokens: the same words may stand in two positions.
    read, wanted = [], []
    rows = zip(batch.packed.ids.tolist(), found, batch.labels.tolist(), strict=True)
    for ids, (start, end), (first, last) in rows:
        read.append(ids[start:end])
        wanted.append(ids[first : last + 1])
    return answers.exact(read, wanted)
