"""The world: documents written by a grammar that we own, with everything known of them.

`documents(n, seed)` writes; each `Document` carries gold labels for every token. What a
document's words are *worth* — every probability — is in `helpers.corpora.truth`.
Built in notebooks/00_start_here.ipynb.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from random import Random
from typing import NamedTuple

from helpers.corpora.grammar.english import English
from helpers.corpora.grammar.machine import Machine
from helpers.corpora.grammar.words import END, Word

TASK_WORDS = ("?", "did", "does", "no", "what", "where", "who")


@dataclass(frozen=True)
class Document:
    """A document and its gold labels, one entry per token.

    `tokens` are forms (lower case but for names, "." is a token); `tags` their parts of
    speech; `senses` "bank/river" for ambiguous forms, else None; `heads` the index of
    each token's head (a sentence's finite verb: itself) and `roles` the relation to it;
    `entities` "B-PER", "I-LOC", "O" …; `antecedents` the index of the noun that a
    pronoun stands for, else None; `lemmas` dictionary forms; `kinds` types of nouns.
    Per sentence: `sentences` (start, end) and `sentiments` (+1, −1, or 0 for neutral).
    """

    words: tuple[Word, ...]
    tokens: tuple[str, ...]
    scene: str

    def __len__(self) -> int:
        return len(self.tokens)

    def __str__(self) -> str:
        return " ".join(self.tokens)

    def __repr__(self) -> str:
        return f"Document({self.scene}: {self.text!r})"

    @cached_property
    def tags(self) -> tuple[str, ...]:
        return tuple(word.tag for word in self.words)

    @cached_property
    def lemmas(self) -> tuple[str, ...]:
        lemmas = []
        for word, token in zip(self.words, self.tokens, strict=True):
            # The hero's word says only that it is the hero's name.
            lemmas.append(token if word.tag == "PROPN" else word.lemma)
        return tuple(lemmas)

    @cached_property
    def senses(self) -> tuple[str | None, ...]:
        return tuple(word.sense for word in self.words)

    @cached_property
    def entities(self) -> tuple[str, ...]:
        return tuple(word.entity for word in self.words)

    @cached_property
    def roles(self) -> tuple[str, ...]:
        return tuple(word.node.role for word in self.words)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        return tuple(word.kind for word in self.words)

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        spans = []
        start = 0
        for i, token in enumerate(self.tokens):
            if token == ".":
                spans.append((start, i + 1))
                start = i + 1
        return tuple(spans)

    @cached_property
    def heads(self) -> tuple[int, ...]:
        heads = []
        for start, end in self.sentences:
            nodes = [word.node for word in self.words[start:end]]
            slots = {node.slot: i for i, node in enumerate(nodes, start)}
            slots["root"] = slots["v"]
            # Without a helper verb, the finite verb is the main verb, too.
            slots.setdefault("m", slots["v"])
            heads += [slots[node.head] for node in nodes]
        return tuple(heads)

    @cached_property
    def antecedents(self) -> tuple[int | None, ...]:
        """Follow the writer's memory: who was named, who was the last subject."""
        last: dict[str, int | None] = {}
        antecedents = []
        for i, word in enumerate(self.words):
            antecedents.append(last.get(word.refers))  # most words refer to nothing
            if word.op:
                last["topic"] = i if word.op[1] else None
                if word.op[0] == "hero" or word.op[1] == ("hero",):
                    last["hero"] = i
            if word.node.slot == "o":
                last["object"] = i
        return tuple(antecedents)

    @cached_property
    def sentiments(self) -> tuple[int, ...]:
        return tuple(self._sentiment(start, end) for start, end in self.sentences)

    def _sentiment(self, start: int, end: int) -> int:
        polarity = sum(word.polarity for word in self.words[start:end])
        return -polarity if "not" in self.tokens[start:end] else polarity

    @cached_property
    def text(self) -> str:
        """The document as one would print it."""
        printed = []
        for start, end in self.sentences:
            sentence = " ".join(self.tokens[start : end - 1])
            printed.append(f"{sentence[:1].upper()}{sentence[1:]}.")
        return " ".join(printed)


class Splits(NamedTuple):
    """Documents to learn from, to choose with, and to report on."""

    train: tuple[Document, ...]
    valid: tuple[Document, ...]
    test: tuple[Document, ...]


@cache
def machine() -> Machine:
    """Return the world's machine (made once)."""
    return Machine(English(), END)


def documents(n: int, seed: int) -> list[Document]:
    """Write n documents; the same seed gives the same bytes on every machine.

    Raises ValueError for a negative n. Built in notebooks/00_start_here.ipynb.
    """
    if n < 0:
        raise ValueError(f"n={n} documents cannot be written; give 0 or more")
    random = Random(seed)
    return [_document(random) for _ in range(n)]


def _document(random: Random) -> Document:
    scene, pairs = machine().walk(random)
    words, tokens = zip(*pairs, strict=True)
    return Document(words, tokens, scene)


@cache
def splits(train: int = 4000, valid: int = 200, test: int = 200) -> Splits:
    """Write three sets that share no document, always the same (made once)."""
    seen: set[tuple[str, ...]] = set()
    parts = []
    for n, seed in ((test, 3), (valid, 2), (train, 1)):
        # Some more are written, since those that were seen before are left out.
        fresh = [d for d in documents(n + n // 10 + 5, seed) if d.tokens not in seen]
        seen.update(d.tokens for d in fresh)
        parts.append(tuple(fresh[:n]))
    return Splits(train=parts[2], valid=parts[1], test=parts[0])


@cache
def vocabulary() -> tuple[str, ...]:
    """Return every form the world and its tasks can use, sorted; END is not one."""
    return tuple(sorted(English().forms().union(TASK_WORDS)))


def first(n: int, found: Iterable) -> list:
    """Return the first n examples. Raises ValueError for a negative n."""
    if n < 0:
        raise ValueError(f"n={n} examples cannot be made; give 0 or more")
    return list(islice(found, n))


def stream(seed: int) -> Iterator[Document]:
    """Write documents without end."""
    random = Random(seed)
    while True:
        yield from documents(50, random.getrandbits(32))
