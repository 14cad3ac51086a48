"""Sentence pairs: does the first say the second, deny it, or leave it open?

Built in notebooks/13_bert_finetuning.ipynb.
"""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from helpers.corpora.grammar import lexicon as lex
from helpers.corpora.grammar.morphology import plural
from helpers.corpora.grammar.phrases import hypernym
from helpers.corpora.world import Document, first, stream

ENTAILMENT = ("entailment", "neutral", "contradiction")


class Pair(NamedTuple):
    """Two sentences and what the first says about the second."""

    premise: tuple[str, ...]
    hypothesis: tuple[str, ...]
    label: str


def entailment(n: int, seed: int) -> list[Pair]:
    """Return n sentence pairs, a third of each label, by the world's own rules.

    Entailed: a noun becomes what it is a kind of ("the crane" → "the bird"), or a
    number becomes "some". Contradicted: "not" goes in or out, an adjective becomes its
    opposite, "no" replaces a number. Neutral: something the first does not say.
    """
    random = Random(seed)
    found = (
        pair
        for d in stream(seed)
        for start, end in d.sentences
        for pair in _pairs(d, start, end, random)
    )
    return first(n, found)


def _pairs(d: Document, start: int, end: int, random: Random) -> Iterator[Pair]:
    """Yield one pair for a sentence that the rules can change."""
    words, tokens = d.words[start:end], list(d.tokens[start:end])
    rules = _there_rules if tokens[0] == "there" else _is_rules
    found = rules(words, tokens, random)
    if found:
        label = ENTAILMENT[random.randrange(3)]
        yield Pair(tuple(tokens), tuple(found[label]), label)


def _is_rules(words, tokens: list[str], random: Random) -> dict | None:
    """Rules for "the crane (near the boats) is (not) big"."""
    verb = next(i for i, w in enumerate(words) if w.role == "root")
    subject = next((i for i, w in enumerate(words) if w.role == "nsubj"), None)
    last = words[-2]
    if tokens[verb] not in ("is", "are", "was", "were") or subject is None:
        return None
    if words[subject].kind not in lex.HYPERNYMS or tokens[0] not in ("the", "every"):
        return None
    if last.tag != "ADJ" or "than" in tokens:
        return None
    above = _above(words[subject])
    opposites = _opposites([last.form])
    other = _unsaid(words[subject], tokens)
    if "not" in tokens:
        opposite = [t for t in tokens if t != "not"]
    elif opposites and random.random() < 0.5:
        opposite = [*tokens[:-2], random.choice(opposites), "."]
    else:
        opposite = [*tokens[: verb + 1], "not", *tokens[verb + 1 :]]
    up = ["the", above, *tokens[subject + 1 :]]
    unsaid = [*tokens[:-2], random.choice(other), "."]
    return dict(zip(ENTAILMENT, (up, unsaid, opposite), strict=True))


def _there_rules(words, tokens: list[str], random: Random) -> dict | None:
    """Rules for "there are two (big) cranes near the mill"."""
    noun = next(i for i, w in enumerate(words) if w.role == "nsubj")
    if tokens[2] not in ("two", "three") or words[noun].kind not in lex.HYPERNYMS:
        return None
    rest = tokens[noun + 1 :]
    above = _above(words[noun])
    other = _unsaid(words[noun], tokens)
    fewer = [*tokens[:2], "some", above, *rest]
    none = [*tokens[:2], "no", random.choice([above, tokens[noun]]), *rest]
    unsaid = [*tokens[:3], random.choice(other), tokens[noun], *rest]
    return dict(zip(ENTAILMENT, (fewer, unsaid, none), strict=True))


def _opposites(tokens: list[str]) -> list[str]:
    pairs = [pair.split() for pair in lex.OPPOSITES]
    return [b for pair in pairs for a, b in (pair, pair[::-1]) if a in tokens]


def _unsaid(word, tokens: list[str]) -> list[str]:
    """Return adjectives that fit the noun and are neither said nor excluded."""
    known = {*tokens, *_opposites(tokens)}
    return [a for a in lex.ADJECTIVES[word.kind].split() if a not in known]


def _above(word) -> str:
    name = hypernym(word.kind, word.lemma)
    return name if word.form == word.lemma else plural(name)
