"""The feelings of the world: what people like, and how they are.

Each public function but `feels` is a rule, as `words` explains. Built in
notebooks/00_start_here.ipynb.
"""

from helpers.corpora.grammar import lexicon as lex
from helpers.corpora.grammar.phrases import NUMBERS, noun_phrase, quality
from helpers.corpora.grammar.predicates import be, does, feeling, verbs
from helpers.corpora.grammar.statements import evaluations
from helpers.corpora.grammar.words import (
    FULL_STOP,
    MAIN_VERB,
    NOT,
    OBJECT,
    VERB,
    Choices,
    kind_of,
    present,
)


def feels(mood: int, number: str) -> Choices:
    """Return "likes the bank" and "is not unhappy", as far as the mood allows."""
    choices: Choices = []
    for weight, polarity, negated in evaluations(mood):
        likes = (like, polarity, negated, number)
        is_happy = [(be, number, "s"), (feeling, polarity), FULL_STOP]
        if negated:
            is_happy.insert(1, NOT)
        choices.append((weight / 2, [likes, FULL_STOP]))
        choices.append((weight / 2, is_happy))
    return choices


def like(scene: str, polarity: int, negated: bool, number: str) -> Choices:
    """Write "likes the bank" or "does not hate the bank"."""
    lemmas = tuple(lex.LIKES[0 if polarity > 0 else 1].split())
    if negated:
        verb = (verbs, lemmas, "", MAIN_VERB, polarity)
        return [(1, [(does, number), NOT, verb, (liked, polarity)])]
    verb = (verbs, lemmas, present(number), VERB, polarity)
    return [(1, [verb, (liked, polarity)])]


def liked(scene: str, polarity: int) -> Choices:
    """Write what is liked or hated: things, people, or "the kindness of the guard"."""
    choices: Choices = []
    for noun_type in lex.NOUNS[scene]:
        mode = "second" if noun_type == "human" else "plain"
        for number in NUMBERS:
            choices.append((1, [(noun_phrase, noun_type, number, OBJECT, mode)]))
        if polarity > 0 and kind_of(noun_type) in lex.QUALITIES:
            choices.append((1, [(quality, noun_type)]))
    return choices
