"""Texts in which a token has to find a word, or its own sense; how a looker learns it.

The answer is the word or the sense, never a place. Built in
notebooks/07_self_attention.ipynb.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers import objectives, training
from helpers.corpora import tasks
from helpers.corpora.tasks import NO_ANSWER
from helpers.corpora.world import Document
from helpers.models.attention import padding_mask
from helpers.models.looker import N_POSITIONS
from helpers.tokenization import Words

PERSONS = ("he", "she", "his", "her")
BATCH = 64


class Linked(NamedTuple):
    """A text, and for each token the place where its answer stands, or NO_ANSWER."""

    tokens: tuple[str, ...]
    places: list[int]


class Ambiguous(NamedTuple):
    """A text and the sense of each ambiguous token in it, "bank/river", else ""."""

    tokens: tuple[str, ...]
    senses: list[str]


class Batch(NamedTuple):
    """ids (B, T), which are real (B, T), places (B, T) and answers (B, T)."""

    ids: Tensor
    real: Tensor
    places: Tensor
    answers: Tensor


def governors(documents: Sequence[Document]) -> list[Linked]:
    """Return sentences whose tokens have to find the word that they depend on."""
    return [Linked(*each) for each in tasks.heads(documents)]


def pronouns(documents: Sequence[Document]) -> list[Linked]:
    """Return texts whose last sentence has a pronoun for a person: find the name.

    As many whole sentences before as a looker can read; the name is among them.
    """
    found = []
    for document in documents:
        antecedents = tasks.links(document)["antecedent"]
        for start, end in document.sentences:
            begin = _first(document, start, end)
            asked = [
                antecedents[i] - begin
                if i >= start
                and document.tokens[i] in PERSONS
                and antecedents[i] >= begin
                else NO_ANSWER
                for i in range(begin, end)
            ]
            if max(asked, default=NO_ANSWER) != NO_ANSWER:
                found.append(Linked(document.tokens[begin:end], asked))
    return found


def senses(documents: Sequence[Document]) -> list[Ambiguous]:
    """Return texts whose last sentence has ambiguous tokens: their senses are asked."""
    found = []
    for document in documents:
        for start, end in document.sentences:
            begin = _first(document, start, end)
            before = [""] * (start - begin)
            named = before + [sense or "" for sense in document.senses[start:end]]
            if any(named):
                found.append(Ambiguous(document.tokens[begin:end], named))
    return found


def _first(document: Document, start: int, end: int) -> int:
    """Return where the text begins that ends with a sentence and is short enough."""
    begins = [b for b, _ in document.sentences if b <= start and end - b <= N_POSITIONS]
    return min(begins, default=end)


def sense_batch(
    items: Sequence[Ambiguous], words: Words, known: Mapping[str, int]
) -> Batch:
    """Return the texts as one batch; an answer is the number of a sense in `known`."""
    ids, real = objectives.pad([words.encode_array(item.tokens) for item in items])
    answers = torch.full(ids.shape, NO_ANSWER)  # (B, T)
    for row, item in zip(answers, items, strict=True):
        numbers = [known.get(sense, NO_ANSWER) for sense in item.senses]
        row[: len(numbers)] = torch.tensor(numbers)
    here = torch.arange(ids.shape[1]).expand_as(ids)
    return Batch(ids, real, here.masked_fill(answers < 0, NO_ANSWER), answers)


def batch(items: Sequence[Linked], words: Words) -> Batch:
    """Return the texts as one batch; the answers are the words at the places."""
    ids, real = objectives.pad([words.encode_array(item.tokens) for item in items])
    places = torch.full(ids.shape, NO_ANSWER)  # (B, T)
    for row, item in zip(places, items, strict=True):
        row[: len(item.places)] = torch.tensor(item.places)
    there = ids.gather(1, places.clamp(min=0))  # (B, T)
    return Batch(ids, real, places, there.masked_fill(places < 0, NO_ANSWER))


def loss_of(model: nn.Module, batch: Batch) -> Tensor:
    """Return the mean loss in nats per asked token."""
    logits = model(batch.ids, padding_mask(batch.real))  # (B, T, answers)
    return F.cross_entropy(
        logits.transpose(1, 2), batch.answers, ignore_index=NO_ANSWER
    )


def in_groups(
    items: Sequence[Linked | Ambiguous],
    make: Callable[[Sequence[Linked | Ambiguous]], Batch],
) -> list[Batch]:
    """Return batches, each of texts of nearly one length."""
    by_length = sorted(items, key=lambda item: len(item.tokens))
    return [make(by_length[i : i + BATCH]) for i in range(0, len(items), BATCH)]


def teach(
    model: nn.Module, groups: Sequence[Batch], rate: float, seed: int, steps: int
) -> training.History:
    """Train on batches that are drawn again and again."""
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randint(len(groups), (steps,), generator=generator)
    batches = (groups[i] for i in drawn.tolist())
    settings = training.Settings(steps, lr=rate)
    return training.train(model, batches, loss_of, settings)


def right(model: nn.Module, batch: Batch) -> float:
    """Return the share of asked tokens whose answer is right."""
    with torch.no_grad():
        logits = model(batch.ids, padding_mask(batch.real))
    asked = batch.answers != NO_ANSWER
    return (logits.argmax(-1) == batch.answers)[asked].float().mean().item()


def seen_together(items: Sequence[Linked]) -> dict[str, frozenset[str]]:
    """Return for each pronoun the names that it stands for in some texts."""
    found = {pronoun: set() for pronoun in PERSONS}
    for tokens, places in items:
        for token, place in zip(tokens, places, strict=True):
            if place != NO_ANSWER:
                found[token].add(tokens[place])
    return {pronoun: frozenset(names) for pronoun, names in found.items()}


def nearest_name(
    items: Sequence[Linked], fitting: Mapping[str, frozenset[str]]
) -> Tensor:
    """Say for each pronoun whether the nearest name before it is right: (n,) bool.

    `fitting` says which names a pronoun may stand for.
    """
    hits = []
    for tokens, places in items:
        for i, place in enumerate(places):
            if place != NO_ANSWER:
                before = [j for j in range(i) if tokens[j] in fitting[tokens[i]]]
                hits.append(bool(before) and tokens[before[-1]] == tokens[place])
    return torch.tensor(hits)
