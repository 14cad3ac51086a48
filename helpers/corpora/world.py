"""The world: documents written by a grammar that we own, with everything known of them.

`documents(n, seed)` writes; each `Document` carries gold labels for every token. What a
document's words are *worth* — every probability — is in `helpers.corpora.truth`.
Built in notebooks/00_start_here.ipynb.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from random import Random
from typing import NamedTuple

from helpers.corpora.grammar.english import English
from helpers.corpora.grammar.machine import Machine
from helpers.corpora.grammar.phrases import END, Word

TASK_WORDS = ("?", "did", "does", "no", "what", "where", "who")


@dataclass(frozen=True)
class Document:
    """A document and its gold labels, one entry per token.

    `tokens` are forms (lower case but for names, "." is a token); `tags` their parts of
    speech; `senses` "bank/river" for ambiguous forms, else None; `heads` the index of
    the token each token hangs on (a sentence's finite verb: itself) and `roles` how;
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
        named = zip(self.words, self.tokens, strict=True)
        return tuple(t if w.tag == "PROPN" else w.lemma for w, t in named)

    @cached_property
    def senses(self) -> tuple[str | None, ...]:
        return tuple(word.sense for word in self.words)

    @cached_property
    def entities(self) -> tuple[str, ...]:
        return tuple(word.entity for word in self.words)

    @cached_property
    def roles(self) -> tuple[str, ...]:
        return tuple(word.role for word in self.words)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        return tuple(word.kind for word in self.words)

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        ends = [i + 1 for i, token in enumerate(self.tokens) if token == "."]
        return tuple(zip([0, *ends[:-1]], ends, strict=True))

    @cached_property
    def heads(self) -> tuple[int, ...]:
        return tuple(h for span in self.sentences for h in self._heads(*span))

    def _heads(self, start: int, end: int) -> list[int]:
        slots = {
            w.slot: i for i, w in enumerate(self.words[start:end], start) if w.slot
        }
        slots.setdefault("m", slots["v"])  # without a helper verb, the verb is both
        slots["root"] = slots["v"]
        return [slots[word.head] for word in self.words[start:end]]

    @cached_property
    def antecedents(self) -> tuple[int | None, ...]:
        """Follow the writer's memory: who was named, who was the last subject."""
        hero = topic = thing = None
        out: list[int | None] = []
        for i, word in enumerate(self.words):
            where = {"hero": hero, "topic": topic, "object": thing}
            out.append(where.get(word.refers))
            if word.op and (word.op[0] == "hero" or word.op[1] == ("hero",)):
                hero = topic = i
            elif word.op:
                topic = i if word.op[1] else None
            if word.slot == "o":
                thing = i
        return tuple(out)

    @cached_property
    def sentiments(self) -> tuple[int, ...]:
        return tuple(self._sentiment(*span) for span in self.sentences)

    def _sentiment(self, start: int, end: int) -> int:
        said = sum(word.polarity for word in self.words[start:end])
        return -said if "not" in self.tokens[start:end] else said

    @cached_property
    def text(self) -> str:
        """The document as one would print it."""
        spans = [self.tokens[start : end - 1] for start, end in self.sentences]
        return " ".join(f"{s[0][:1].upper()}{' '.join(s)[1:]}." for s in spans)

    @cached_property
    def hero(self) -> str:
        """The first name of the person the document is about."""
        return self.tokens[self.roles.index("nsubj")]


class Splits(NamedTuple):
    """Documents to learn from, to choose with, and to report on."""

    train: list[Document]
    valid: list[Document]
    test: list[Document]


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
    random, walk = Random(seed), machine().walk
    return [_document(walk(random)) for _ in range(n)]


def _document(walked) -> Document:
    scene, pairs = walked
    words, tokens = zip(*pairs, strict=True)
    return Document(words, tokens, scene)


def splits(train: int = 4000, valid: int = 200, test: int = 200) -> Splits:
    """Write three sets that share no document, always the same."""
    seen: set[tuple[str, ...]] = set()
    parts = []
    for n, seed in ((test, 3), (valid, 2), (train, 1)):
        fresh = [d for d in documents(n + n // 10 + 5, seed) if d.tokens not in seen]
        seen.update(d.tokens for d in fresh)
        parts.append(fresh[:n])
    return Splits(*reversed(parts))


@cache
def vocabulary() -> tuple[str, ...]:
    """Return every form the world and its tasks can use, sorted; END is not one."""
    return tuple(sorted({*TASK_WORDS, *English().forms()}))


def first(n: int, found: Iterator) -> list:
    """Take n examples; a negative n is the caller's mistake."""
    if n < 0:
        raise ValueError(f"n={n} examples cannot be made; give 0 or more")
    return [example for example, _ in zip(found, range(n), strict=False)]


def stream(seed: int) -> Iterator[Document]:
    """Write documents without end."""
    random = Random(seed)
    while True:
        yield from documents(50, random.getrandbits(32))
