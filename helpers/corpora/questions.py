"""Questions about a passage, each with exactly one answer in it.

Built in notebooks/13_bert_finetuning.ipynb.
"""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from helpers.corpora.grammar.morphology import third_person
from helpers.corpora.world import Document, first, stream


class Question(NamedTuple):
    """A question, a passage and the answer: passage[start:end]."""

    question: tuple[str, ...]
    passage: tuple[str, ...]
    start: int
    end: int


def questions(n: int, seed: int) -> list[Question]:
    """Return n questions about documents, each with exactly one answer in its passage.

    "who opens the safe ?" → the person (their name, where a pronoun stood), "what does
    Anna open ?" → the thing, "where does Anna wait ?" → the place.
    """
    random = Random(seed)
    found = (q for d in stream(seed) for q in _questions(d, random))
    return first(n, found)


def _questions(d: Document, random: Random) -> Iterator[Question]:
    """Yield at most one question a document, so that passages do not repeat."""
    made = [q for q in (*_who(d), *_what(d), *_where(d)) if _asked_once(q, d)]
    if made:
        yield random.choice(made)


def _asked_once(question: Question, d: Document) -> bool:
    same = [q for q in (*_who(d), *_what(d), *_where(d)) if q[0] == question[0]]
    return len({(q.start, q.end) for q in same}) == 1


def _actions(d: Document) -> Iterator[tuple[int, int, int | None]]:
    """Yield (subject, verb, object) of sentences with a simple verb in the present."""
    for start, end in d.sentences:
        verb = d.heads[start]
        while d.roles[verb] != "root":
            verb = d.heads[verb]
        subject = [i for i in range(start, verb) if d.heads[i] == verb != i]
        subject = [i for i in subject if d.roles[i] == "nsubj"]
        objects = [i for i in range(verb, end) if d.roles[i] == "obj"]
        objects = [i for i in objects if d.heads[i] == verb and d.tags[i] == "NOUN"]
        if subject and d.tags[verb] == "VERB" and d.tokens[start] != "yesterday":
            yield subject[0], verb, objects[0] if objects else None


def _person(d: Document, i: int) -> int | None:
    """Return the index of the name that a subject stands for, if it is a name."""
    named = d.antecedents[i] if d.tags[i] == "PRON" else i
    return named if named is not None and d.entities[named] == "B-PER" else None


def _span(d: Document, i: int) -> tuple[int, int]:
    """Return the span of a noun with its determiner, adjective or surname."""
    own = [j for j in range(max(0, i - 3), min(len(d), i + 2)) if d.heads[j] == i != j]
    own = [j for j in own if d.roles[j] in ("det", "amod", "nummod", "poss", "flat")]
    return min([i, *own]), max([i, *own]) + 1


def _who(d: Document) -> Iterator[Question]:
    for subject, verb, thing in _actions(d):
        who = _person(d, subject)
        if who is not None and thing is not None:
            start, end = _span(d, thing)
            form = third_person(d.lemmas[verb])
            question = ("who", form, *d.tokens[start:end], "?")
            yield Question(question, d.tokens, *_span(d, who))


def _what(d: Document) -> Iterator[Question]:
    for subject, verb, thing in _actions(d):
        who = _person(d, subject)
        if who is not None and thing is not None:
            question = ("what", "does", d.tokens[who], d.lemmas[verb], "?")
            yield Question(question, d.tokens, *_span(d, thing))


def _where(d: Document) -> Iterator[Question]:
    for subject, verb, thing in _actions(d):
        who = _person(d, subject)
        places = [i for i in range(verb, len(d)) if d.heads[i] == verb]
        places = [i for i in places if d.roles[i] == "nmod"]
        if who is not None and thing is None and places:
            question = ("where", "does", d.tokens[who], d.lemmas[verb], "?")
            start, end = _span(d, places[0])
            yield Question(question, d.tokens, start - 1, end)
