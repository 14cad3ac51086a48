"""Sentence pairs: does the first say the second, deny it, or leave it open?

Built in notebooks/13_bert_finetuning.ipynb.
"""

from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple

from helpers.corpora.grammar import lexicon as lex
from helpers.corpora.grammar.morphology import plural
from helpers.corpora.grammar.words import Word, hypernym
from helpers.corpora.world import first, stream

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
    return first(n, _pairs(seed))


def _pairs(seed: int) -> Iterator[Pair]:
    """Yield one pair for each sentence that the rules can change."""
    random = Random(seed)
    for document in stream(seed):
        for start, end in document.sentences:
            words = document.words[start:end]
            tokens = list(document.tokens[start:end])
            rules = _there_rules if tokens[0] == "there" else _is_rules
            hypotheses = rules(words, tokens, random)
            if hypotheses:
                label = ENTAILMENT[random.randrange(3)]
                yield Pair(tuple(tokens), tuple(hypotheses[label]), label)


def _is_rules(
    words: Sequence[Word], tokens: list[str], random: Random
) -> dict[str, list[str]] | None:
    """Return a hypothesis per label for "the crane (near the boats) is (not) big"."""
    roles = [word.node.role for word in words]
    verb = roles.index("root")
    if "nsubj" not in roles or tokens[verb] not in ("is", "are", "was", "were"):
        return None
    subject = roles.index("nsubj")
    noun = words[subject]
    if noun.kind not in lex.HYPERNYMS or tokens[0] not in ("the", "every"):
        return None
    if words[-2].tag != "ADJ" or "than" in tokens:
        return None
    said = tokens[:-2]  # the sentence without its adjective and its full stop
    # The order of the draws decides which examples a seed gives.
    opposites = _opposites([words[-2].form])
    if "not" in tokens:
        contradiction = [token for token in tokens if token != "not"]
    elif opposites and random.random() < 0.5:
        contradiction = [*said, random.choice(opposites), "."]
    else:
        contradiction = [*tokens[: verb + 1], "not", *tokens[verb + 1 :]]
    return {
        "entailment": ["the", _above(noun), *tokens[subject + 1 :]],
        "neutral": [*said, random.choice(_unsaid(noun, tokens)), "."],
        "contradiction": contradiction,
    }


def _there_rules(
    words: Sequence[Word], tokens: list[str], random: Random
) -> dict[str, list[str]] | None:
    """Return a hypothesis per label for "there are two (big) cranes near the mill"."""
    subject = [word.node.role for word in words].index("nsubj")
    noun = words[subject]
    if tokens[2] not in ("two", "three") or noun.kind not in lex.HYPERNYMS:
        return None
    rest = tokens[subject + 1 :]
    above = _above(noun)
    denied = random.choice([above, noun.form])
    adjective = random.choice(_unsaid(noun, tokens))
    return {
        "entailment": ["there", "are", "some", above, *rest],
        "neutral": [*tokens[:3], adjective, noun.form, *rest],
        "contradiction": ["there", "are", "no", denied, *rest],
    }


def _opposites(tokens: Sequence[str]) -> list[str]:
    """Return the adjectives that cannot be true if these tokens are."""
    opposites = []
    for pair in lex.OPPOSITES:
        one, other = pair.split()
        if one in tokens:
            opposites.append(other)
        if other in tokens:
            opposites.append(one)
    return opposites


def _unsaid(noun: Word, tokens: Sequence[str]) -> list[str]:
    """Return adjectives that fit the noun and are neither said nor excluded."""
    known = {*tokens, *_opposites(tokens)}
    return [a for a in lex.ADJECTIVES[noun.kind].split() if a not in known]


def _above(noun: Word) -> str:
    """Return what the noun is a kind of, in the same number."""
    name = hypernym(noun.kind, noun.lemma)
    return name if noun.form == noun.lemma else plural(name)
