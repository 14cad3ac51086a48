"""Tasks with known answers, derived from the world's gold labels.

Every task is a list of examples made from `world` documents; the same seed gives the
same examples. Entailment, questions and translation have modules of their own and are
exported from here.
Built in notebooks/00_start_here.ipynb.
"""

from collections.abc import Iterator
from typing import NamedTuple

from helpers.corpora.entailment import ENTAILMENT, Pair, entailment
from helpers.corpora.grammar.morphology import past, third_person
from helpers.corpora.questions import Question, questions
from helpers.corpora.translation import Translation, translations
from helpers.corpora.world import Document, first, stream

__all__ = [
    "ENTAILMENT",
    "Agreement",
    "Labelled",
    "Pair",
    "Question",
    "SenseExample",
    "Tagged",
    "Translation",
    "agreement",
    "entailment",
    "heads",
    "links",
    "names",
    "questions",
    "senses",
    "sentiment",
    "translations",
]
FOLLOWS = {"is": "are", "was": "were", "does": "do"}


class SenseExample(NamedTuple):
    """A document, the place of an ambiguous form, and its sense ("bank/river")."""

    tokens: tuple[str, ...]
    position: int
    sense: str


class Tagged(NamedTuple):
    """Tokens and one label each."""

    tokens: tuple[str, ...]
    labels: tuple[str, ...]


class Labelled(NamedTuple):
    """A sentence and its label: +1 or −1."""

    tokens: tuple[str, ...]
    label: int


class Agreement(NamedTuple):
    """A text up to a verb, its right and its wrong form, and the nouns between."""

    prefix: tuple[str, ...]
    good: str
    bad: str
    n_attractors: int
    n_opposite: int  # of them, those whose number is not the subject's
    distance: int  # tokens from the subject's noun to the verb


def senses(n: int, seed: int) -> list[SenseExample]:
    """Return n ambiguous forms in their documents, with the sense of each."""
    found = (
        SenseExample(d.tokens, i, sense)
        for d in stream(seed)
        for i, sense in enumerate(d.senses)
        if sense
    )
    return first(n, found)


def names(n: int, seed: int) -> list[Tagged]:
    """Return n sentences with a name, tagged B-PER, I-PER, B-LOC, I-LOC or O."""
    found = (
        Tagged(d.tokens[start:end], d.entities[start:end])
        for d in stream(seed)
        for start, end in d.sentences
        if any(label != "O" for label in d.entities[start:end])
    )
    return first(n, found)


def heads(documents: list[Document]) -> list[tuple[tuple[str, ...], list[int]]]:
    """Return each sentence with the index of the token that each token hangs on."""
    cuts = [(d, start, end) for d in documents for start, end in d.sentences]
    return [(d.tokens[a:b], [h - a for h in d.heads[a:b]]) for d, a, b in cuts]


def links(document: Document) -> dict[str, list[int]]:
    """Return which token each token should find: {kind: place per token, −1 for none}.

    "subject": from a verb to its subject (before or behind it); "verb": from a subject
    to its verb, and "far verb" if more than two tokens away; "antecedent": from a
    pronoun to the noun it stands for; "noun": from an article to its noun.
    """
    heads, subject = document.heads, [-1] * len(document)
    verb = [
        h if role == "nsubj" else -1
        for role, h in zip(document.roles, heads, strict=True)
    ]
    for i, found in enumerate(verb):
        if found >= 0:
            subject[found] = i
    return {
        "subject": subject,
        "verb": verb,
        "far verb": [v if abs(v - i) > 2 else -1 for i, v in enumerate(verb)],
        "antecedent": [-1 if a is None else a for a in document.antecedents],
        "noun": [
            h if tag == "DET" else -1
            for tag, h in zip(document.tags, heads, strict=True)
        ],
    }


def sentiment(n: int, seed: int) -> list[Labelled]:
    """Return n evaluations, good (+1) or bad (−1); half of all forms are negated."""
    found = (
        Labelled(d.tokens[start:end], label)
        for d in stream(seed)
        for (start, end), label in zip(d.sentences, d.sentiments, strict=True)
        if label
    )
    return first(n, found)


# ---------------------------------------------------------------------- agreement


def agreement(n: int, seed: int, n_attractors: int | None = None) -> list[Agreement]:
    """Return n places where a verb must agree with a subject some nouns before it.

    Only verbs with two present forms; attractors are the nouns in between. With
    `n_attractors` (0 … 3) only such places. Source: Linzen, Dupoux & Goldberg 2016.
    """
    found = (
        item
        for d in stream(seed)
        for item in _agreements(d)
        if n_attractors in (None, item.n_attractors)
    )
    return first(n, found)


def _agreements(d: Document) -> Iterator[Agreement]:
    for start, end in d.sentences:
        for i in range(start, end):
            subject, verb = d.words[i], d.heads[i]
            if subject.role != "nsubj" or subject.tag != "NOUN" or verb <= i:
                continue
            other = other_number(d.tokens[verb], d.lemmas[verb])
            if d.roles[verb] != "root" or other is None or subject.form == "friend":
                continue
            own = subject.form == subject.lemma
            between = [w for w in d.words[i + 1 : verb] if w.tag == "NOUN"]
            opposite = sum((w.form == w.lemma) != own for w in between)
            yield Agreement(
                d.tokens[:verb], d.tokens[verb], other, len(between), opposite, verb - i
            )


def other_number(form: str, lemma: str) -> str | None:
    """Return the form of the other number: is → are; past forms → None."""
    regular = {} if lemma in ("be", "do") else {third_person(lemma): lemma}
    pairs = {**FOLLOWS, **regular}
    both = {**pairs, **{b: a for a, b in pairs.items()}}
    if form == past(lemma) and form not in both:
        return None
    return both.get(form)
