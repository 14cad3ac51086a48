"""One BERT, four kinds of task: examples → batches → losses → a fine-tuned copy.

Each task says how its texts are packed, what its label is, and which head reads the
vectors. Built in notebooks/13_bert_finetuning.ipynb.
"""

import copy
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers import training
from helpers.finetuning import answers
from helpers.finetuning.tasks import Task
from helpers.models.bert import BERT, SentenceHead, TokenHead
from helpers.objectives.batching import pad, similar
from helpers.objectives.masking import NOT_ASKED, Packed, pack
from helpers.tokenization.wordpiece import WordPiece


class Batch(NamedTuple):
    """A packed batch and its labels.

    `labels` are (B,) numbers of classes; (B, 2) places of the first and the last token
    of a span; or (B, T) numbers of classes, NOT_ASKED at specials, at padding and at
    all pieces of a word but its first.
    """

    packed: Packed
    labels: Tensor


def cut_words(words: Sequence[str], wordpiece: WordPiece) -> tuple[list[int], list]:
    """Return the ids of the words' pieces, and where each word begins among them."""
    pieces = [_pieces(word, wordpiece) for word in words]
    begins = np.cumsum([0, *map(len, pieces)])[:-1]
    return [i for part in pieces for i in part], begins.tolist()


@lru_cache(100_000)
def _pieces(word: str, wordpiece: WordPiece) -> tuple[int, ...]:
    return tuple(wordpiece.encode(word))


def first_pieces(labels: Sequence[int], begins: Sequence[int], n: int) -> list[int]:
    """Give each word's label to its first piece; NOT_ASKED to its other pieces.

    `begins` are the words' first places among n pieces → n labels.
    Source: Devlin et al. 2019, sec. 5.3. Built in notebooks/13_bert_finetuning.ipynb.
    """
    spread = [NOT_ASKED] * n
    for label, place in zip(labels, begins, strict=True):
        spread[place] = label
    return spread


def make_batch(task: Task, examples: Sequence, wordpiece: WordPiece) -> Batch:
    """Pack examples of a task and lay their labels beside them."""
    texts = [task.text(e) for e in examples]
    if task.kind == "span" or isinstance(texts[0][0], tuple):
        cuts = [[cut_words(part, wordpiece) for part in text] for text in texts]
        packed = pack([(a[0], b[0]) for a, b in cuts])
    else:
        cuts = [[cut_words(text, wordpiece)] for text in texts]
        packed = pack([text[0] for (text,) in cuts])
    wanted = [task.answer(e) for e in examples]
    if task.kind == "class":
        return Batch(packed, torch.tensor([task.classes.index(w) for w in wanted]))
    if task.kind == "span":
        rows = [_places(cut, w) for cut, w in zip(cuts, wanted, strict=True)]
        return Batch(packed, torch.tensor(rows))
    rows = [_tags(task, cut[0], w) for cut, w in zip(cuts, wanted, strict=True)]
    return Batch(packed, pad(rows, NOT_ASKED)[0])


def _places(cut: Sequence[tuple], span: tuple[int, int]) -> list[int]:
    """Return where passage[start:end] begins and ends, in [CLS] question [SEP] …"""
    (question, _), (passage, begins) = cut
    borders = [*begins, len(passage)]
    before = len(question) + 2
    return [before + borders[span[0]], before + borders[span[1]] - 1]


def _tags(task: Task, cut: tuple, labels: Sequence[str]) -> np.ndarray:
    ids, begins = cut
    numbers = [task.classes.index(label) for label in labels]
    spread = first_pieces(numbers, begins, len(ids))
    return np.array([NOT_ASKED, *spread, NOT_ASKED])


def batches(
    task: Task, examples: Sequence, wordpiece: WordPiece, generator, size: int = 32
) -> Iterator[Batch]:
    """Yield batches without end, each of similar lengths, in random order."""
    if not examples:
        raise ValueError("0 examples; fine-tuning needs at least 1")
    lengths = torch.tensor([_length(task, e) for e in examples])
    while True:
        for rows in similar(lengths, size, generator):
            yield make_batch(task, [examples[i] for i in rows], wordpiece)


def _length(task: Task, example) -> int:
    text = task.text(example)
    return sum(map(len, text)) if isinstance(text[0], tuple) else len(text)


def span_loss(logits: Tensor, labels: Tensor, mask: Tensor) -> Tensor:
    """Return the mean surprise of two choices of a token: where it starts, and ends.

    Each is a softmax over the tokens of a row: logits (B, T, 2), labels (B, 2),
    mask (B, T) True = real. Source: Devlin et al. 2019, sec. 4.2.
    Built in notebooks/13_bert_finetuning.ipynb.
    """
    scores = logits.masked_fill(~mask[..., None], -torch.inf)  # (B, T, 2)
    return F.cross_entropy(scores, labels)  # over T, for each of the two


def loss(model: nn.Module, batch: Batch) -> Tensor:
    """Return the loss of a model with a head, in nats per answer."""
    logits = model(batch.packed.ids, batch.packed.mask, batch.packed.segments)
    if logits.dim() == 2:  # (B, classes)
        return F.cross_entropy(logits, batch.labels)
    if batch.labels.shape[1:] == (2,) and logits.shape[-1] == 2:
        return span_loss(logits, batch.labels, batch.packed.mask)
    return F.cross_entropy(logits.transpose(1, 2), batch.labels)  # skips NOT_ASKED


def with_head(bert: BERT, task: Task) -> nn.Module:
    """Return a copy of a BERT with a new head; the BERT itself is left alone."""
    head = SentenceHead if task.kind == "class" else TokenHead
    return head(copy.deepcopy(bert), len(task.classes))


def fine_tune(
    model: nn.Module, batches: Iterator, settings: training.Settings, frozen=False
) -> training.History:
    """Train a model with a head, in place; with `frozen` only its last matrix moves.

    What was frozen can be trained again afterwards.
    """
    model.bert.requires_grad_(not frozen)
    history = training.train(model, batches, loss, settings)
    model.bert.requires_grad_(True)
    return history


@torch.no_grad()
def guesses(model: nn.Module, task: Task, batch: Batch) -> list:
    """Return a model's answers in the form of `task.answer`, but spans in tokens.

    A span is (first, last + 1) in the packed row, inside the second text.
    """
    packed = batch.packed
    logits = model(packed.ids, packed.mask, packed.segments)
    if task.kind == "class":
        return [task.classes[i] for i in logits.argmax(-1).tolist()]
    if task.kind == "span":
        starts, ends = logits.unbind(-1)
        may = passage_mask(packed)
        triples = zip(starts, ends, may, strict=True)
        return [answers.best_span(*three) for three in triples]
    found, asked = logits.argmax(-1), batch.labels != NOT_ASKED
    rows = zip(found, asked, strict=True)
    return [tuple(task.classes[i] for i in row[on].tolist()) for row, on in rows]


def passage_mask(packed: Packed) -> Tensor:
    """Return which tokens may be in an answer: the second text's, without its [SEP]."""
    after = packed.mask.long().flip(1).cumsum(1).flip(1)  # real tokens from here on
    return (packed.segments == 1) & (after > 1)


def score(model: nn.Module, task: Task, examples: Sequence, wordpiece) -> float:
    """Return a share in [0, 1]: right classes, exact spans, or the F1 of entities."""
    batch = make_batch(task, examples, wordpiece)
    was_training = model.training
    model.eval()
    found = guesses(model, task, batch)
    model.train(was_training)
    return judge(task, examples, found, batch)


def judge(task: Task, examples: Sequence, found: Sequence, batch: Batch) -> float:
    """Compare answers, as `guesses` returns them, with the right ones."""
    if task.kind == "tags":
        return answers.entity_f1(found, [task.answer(e) for e in examples])
    if task.kind == "class":
        return answers.exact(found, [task.answer(e) for e in examples])
    texts = [row.tolist() for row in batch.packed.ids]
    wanted = [(a, b + 1) for a, b in batch.labels.tolist()]
    read = [
        ([t[slice(*f)] for t, f in zip(texts, spans, strict=True)])
        for spans in (found, wanted)
    ]
    return answers.exact(*read)
