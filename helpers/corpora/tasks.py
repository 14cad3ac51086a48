"""Tasks with known answers, derived from the world's gold labels.

Every task is a list of examples made from `world` documents; the same seed gives the
same examples. `entailment`, `questions` and `translation` are modules of their own.
Built in notebooks/00_start_here.ipynb.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from helpers.corpora.grammar.morphology import third_person
from helpers.corpora.world import Document, first, stream

NO_ANSWER = -100  # PyTorch's ignore_index: cross-entropy leaves such tokens out


class SenseExample(NamedTuple):
    """A document, the position of an ambiguous form, and its sense ("bank/river")."""

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
    plural: bool  # whether the subject is


def senses(n: int, seed: int) -> list[SenseExample]:
    """Return n ambiguous forms in their documents, with the sense of each."""
    return first(n, _senses(seed))


def _senses(seed: int) -> Iterator[SenseExample]:
    for document in stream(seed):
        for position, sense in enumerate(document.senses):
            if sense:
                yield SenseExample(document.tokens, position, sense)


def names(n: int, seed: int) -> list[Tagged]:
    """Return n sentences with a name, tagged B-PER, I-PER, B-LOC, I-LOC or O."""
    return first(n, _names(seed))


def _names(seed: int) -> Iterator[Tagged]:
    for document in stream(seed):
        for start, end in document.sentences:
            labels = document.entities[start:end]
            if set(labels) != {"O"}:
                yield Tagged(document.tokens[start:end], labels)


def sentiment(n: int, seed: int) -> list[Labelled]:
    """Return n evaluations, good (+1) or bad (−1); half of all forms are negated."""
    return first(n, _sentiment(seed))


def _sentiment(seed: int) -> Iterator[Labelled]:
    for document in stream(seed):
        spans = zip(document.sentences, document.sentiments, strict=True)
        for (start, end), label in spans:
            if label:
                yield Labelled(document.tokens[start:end], label)


def heads(documents: Sequence[Document]) -> list[tuple[tuple[str, ...], list[int]]]:
    """Return each sentence with the index of the dependency head of each token."""
    found = []
    for document in documents:
        for start, end in document.sentences:
            inside = [head - start for head in document.heads[start:end]]
            found.append((document.tokens[start:end], inside))
    return found


def links(document: Document) -> dict[str, list[int]]:
    """Return for each kind of link which token each token should find.

    "subject": from a verb to its subject (before or behind it); "verb": from a subject
    to its verb, and "far verb" if more than two tokens away; "antecedent": from a
    pronoun to the noun it stands for; "noun": from an article to its noun. Tokens
    without such a link have NO_ANSWER.
    """
    kinds = ("subject", "verb", "far verb", "antecedent", "noun")
    found = {kind: [NO_ANSWER] * len(document) for kind in kinds}
    for i, head in enumerate(document.heads):
        if document.roles[i] == "nsubj":
            found["subject"][head] = i
            found["verb"][i] = head
            if abs(head - i) > 2:
                found["far verb"][i] = head
        if document.tags[i] == "DET":
            found["noun"][i] = head
        if document.antecedents[i] is not None:
            found["antecedent"][i] = document.antecedents[i]
    return found


# ---------------------------------------------------------------------- agreement


def agreement(n: int, seed: int, n_attractors: int | None = None) -> list[Agreement]:
    """Return n positions where a verb must agree with a subject some nouns before it.

    Only verbs with two present forms; attractors are the nouns in between. With
    `n_attractors` (0 … 3) only such positions. Source: Linzen, Dupoux & Goldberg 2016.
    """
    found = _agreements(seed)
    if n_attractors is not None:
        found = (item for item in found if item.n_attractors == n_attractors)
    return first(n, found)


def _agreements(seed: int) -> Iterator[Agreement]:
    for document in stream(seed):
        for i, word in enumerate(document.words):
            verb = document.heads[i]
            # a noun before the finite verb; of "her friend Ben" the name is nearer
            if word.node.role == "nsubj" and word.tag == "NOUN" and verb > i:
                other = _other_number(document.tokens[verb], document.lemmas[verb])
                finite = document.roles[verb] == "root" and word.form != "friend"
                if finite and other is not None:
                    yield _agreement(document, i, verb, other)


def _agreement(document: Document, subject: int, verb: int, other: str) -> Agreement:
    nouns = [word for word in document.words[subject:verb] if word.tag == "NOUN"]
    singular = [noun.form == noun.lemma for noun in nouns]
    return Agreement(
        prefix=document.tokens[:verb],
        good=document.tokens[verb],
        bad=other,
        n_attractors=len(nouns) - 1,
        n_opposite=singular.count(not singular[0]),
        distance=verb - subject,
        plural=not singular[0],
    )


def _other_number(form: str, lemma: str) -> str | None:
    """Return the form of the other number: is → are; past forms → None."""
    pairs = [("is", "are"), ("was", "were"), ("does", "do")]
    if lemma not in ("be", "do"):
        pairs = [(third_person(lemma), lemma)]
    for singular, plural in pairs:
        if form == singular:
            return plural
        if form == plural:
            return singular
    return None
