"""Questions about a passage, each with exactly one answer in it.

Built in notebooks/13_bert_finetuning.ipynb.
"""

from collections import defaultdict
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from helpers.corpora.grammar.morphology import third_person
from helpers.corpora.world import Document, first, stream

NOUN_PARTS = ("det", "amod", "nummod", "poss", "flat")


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
    return first(n, _one_a_document(seed))


def _one_a_document(seed: int) -> Iterator[Question]:
    """Yield at most one question a document, so that passages do not repeat."""
    random = Random(seed)
    for document in stream(seed):
        found = _questions(document)
        answers = defaultdict(set)
        for question in found:
            answers[question.question].add((question.start, question.end))
        clear = [one for one in found if len(answers[one.question]) == 1]
        if clear:
            yield random.choice(clear)


def _questions(d: Document) -> list[Question]:
    """Return all questions: first those for a person, then for a thing, a place."""
    who = []
    what = []
    where = []
    for start, end in d.sentences:
        verb = d.roles.index("root", start)
        # Only a simple verb in the present has the form that a question needs.
        if d.tags[verb] != "VERB" or d.tokens[start] == "yesterday":
            continue
        sentence = range(start, end)
        name = _name(d, sentence, verb)
        if name is None:
            continue
        lemma = d.lemmas[verb]
        does = ("does", d.tokens[name], lemma, "?")
        things = _dependents(d, sentence, verb, "obj")
        places = _dependents(d, sentence, verb, "nmod")
        if things and d.tags[things[0]] == "NOUN":
            start, end = _span(d, things[0])
            words = ("who", third_person(lemma), *d.tokens[start:end], "?")
            who.append(Question(words, d.tokens, *_span(d, name)))
            what.append(Question(("what", *does), d.tokens, start, end))
        elif places:
            start, end = _span(d, places[0])
            # The answer begins with the preposition.
            where.append(Question(("where", *does), d.tokens, start - 1, end))
    return who + what + where


def _dependents(d: Document, sentence: range, head: int, role: str) -> list[int]:
    """Return the tokens of a sentence that depend on a head in this role."""
    return [i for i in sentence if d.heads[i] == head and d.roles[i] == role]


def _name(d: Document, sentence: range, verb: int) -> int | None:
    """Return the index of the name that the subject is or stands for, if any."""
    for subject in _dependents(d, sentence, verb, "nsubj"):
        name = d.antecedents[subject] if d.tags[subject] == "PRON" else subject
        if name is not None and d.entities[name] == "B-PER":
            return name
    return None


def _span(d: Document, noun: int) -> tuple[int, int]:
    """Return the span of a noun with its determiner, adjective or surname."""
    span = [noun]
    for i in range(max(0, noun - 3), min(len(d), noun + 2)):
        if d.heads[i] == noun and d.roles[i] in NOUN_PARTS:
            span.append(i)
    return min(span), max(span) + 1
