"""The statements of the world: how things are, with nouns before their verb.

Each public function is a rule, as `words` explains. Built in
notebooks/00_start_here.ipynb.
"""

from collections.abc import Iterator

from helpers.corpora.grammar import lexicon as lex
from helpers.corpora.grammar import phrases
from helpers.corpora.grammar.morphology import plural
from helpers.corpora.grammar.phrases import NUMBERS, noun_phrase, prepositional
from helpers.corpora.grammar.predicates import (
    attribute,
    be,
    look,
    more,
    predicate_adjective,
    value,
    verbs,
    very,
)
from helpers.corpora.grammar.words import (
    FULL_STOP,
    NOT,
    PREDICATE,
    SUBJECT,
    VERB,
    Choices,
    Node,
    Word,
    any_of,
    fixed,
    hypernym,
    kind_of,
    noun_word,
)

CHAINS = (  # what may stand between a subject and its verb, and how often
    (0.40, ()),
    (0.24, ("PP1",)),
    (0.12, ("RC",)),
    (0.09, ("PP1", "PP2")),
    (0.08, ("PP1", "RC")),
    (0.07, ("PP1", "PP2", "RC")),
)


def evaluations(mood: int) -> Iterator[tuple[float, int, bool]]:
    """Yield (weight, polarity of the words, are they negated?) for a mood.

    Of 100 evaluations 85 fit the mood, and 42 of 100 are said with "not".
    """
    for weight, meant in ((0.85, mood), (0.15, -mood)):
        yield weight * 0.58, meant, False
        yield weight * 0.42, -meant, True


def topic_op(noun_type: str, number: str) -> tuple:
    """Return the op of a subject that "it" or "they" may take up; not one person."""
    one_person = (noun_type, number) == ("human", "sg")
    return ("topic", None if one_person else (noun_type, number))


# ---------------------------------------------------------- how it is, what it is worth


def about(scene: str, noun_type: str, number: str, mood: int) -> Choices:
    """Write what follows a subject: nouns between, then how it is or its worth."""
    kind = kind_of(noun_type)
    choices = []
    for weight, chain in CHAINS:
        symbols = _attractors(scene, noun_type, number, chain)
        if symbols is not None:
            choices.append((weight, [*symbols, (is_, kind, number)]))
    total = sum(weight for weight, _ in choices)
    for weight, polarity, negated in evaluations(mood):
        symbols = [(be, number, "s"), (value, kind, polarity), FULL_STOP]
        if negated:
            symbols.insert(1, NOT)
        choices.append((total * 0.35 * weight, symbols))
    return choices


def _attractors(
    scene: str, noun_type: str, number: str, chain: tuple[str, ...]
) -> list[tuple] | None:
    """Return the symbols between subject and verb, or None where they make no sense."""
    kind = kind_of(noun_type)
    owners = lex.OWNERS.get((scene, noun_type))
    if "PP1" in chain and noun_type in ("event", "sound", "part") and not owners:
        return None
    if "PP2" in chain and kind in ("place", "human"):
        return None
    if noun_type == "human" and "RC" in chain:
        return [(phrases.who_clause, number)] if chain == ("RC",) else None
    symbols: list[tuple] = []
    # the slot and the type of the noun to which the next link belongs
    slot = "s"
    last = noun_type
    if "PP1" in chain and owners:
        last = phrases.owner_type(scene)
        symbols.append((phrases.belonging, owners))
    elif "PP1" in chain:
        last = "LANDMARK" if kind == "place" else "near"
        symbols.append((prepositional, last, slot, "p1"))
    if "PP1" in chain:
        slot = "p1"
    if "PP2" in chain:
        symbols.append((prepositional, "far", slot, "p2"))
        slot = "p2"
        last = "far"
    if "RC" in chain:
        if last in ("LANDMARK", "human"):
            return None
        symbols.append((phrases.relative_clause, last, slot))
    return symbols


def is_(scene: str, kind: str, number: str) -> Choices:
    """Write the predicate of a neutral statement, in the present or the past."""
    adjective = (predicate_adjective, kind)
    present = (be, number, "s")
    past = (be, number, "d")
    choices = [
        (0.35, [present, adjective, FULL_STOP]),
        (0.10, [present, (very, kind), FULL_STOP]),
        (0.08, [present, NOT, adjective, FULL_STOP]),
        (0.10, [past, adjective, FULL_STOP]),
    ]
    if kind in lex.INTRANSITIVE:
        choices.append((0.4, [(do, kind, number, "s"), FULL_STOP]))
    if kind not in ("sound", "event"):
        choices.append((0.15, [(look, number), adjective, FULL_STOP]))
    return choices


def do(scene: str, kind: str, number: str, form: str) -> Choices:
    """Write "sleeps quietly" or "waits near the gate"."""
    if form == "s" and number == "pl":
        form = ""
    lemmas = tuple(lex.INTRANSITIVE[kind].split())
    return [(1, [(verbs, lemmas, form, VERB), (where, kind)])]


def where(scene: str, kind: str) -> Choices:
    """Write how or where something is done: "quietly", "near the gate"."""
    adverbs = lex.MANNER[kind].split()
    choices = any_of(fixed(adverb, "ADV", "v", "advmod") for adverb in adverbs)
    if kind == "human":
        choices.append((len(adverbs), [(prepositional, "far", "v")]))
    return choices


# ---------------------------------------------------------------- rarer statements


def there(scene: str) -> Choices:
    """Write "there are two cranes near the mill"; the verb agrees with the noun."""
    start = fixed("there", "PRON", "v", "expl")
    place = (prepositional, "far", "v")
    choices = []
    for number in NUMBERS:
        for noun_type in lex.NOUNS[scene]:
            if noun_type in (*lex.LANDMARKS, "tool", "paper"):
                op = ("topic", (noun_type, number))
                some = (noun_phrase, noun_type, number, SUBJECT, "there", None, op)
                symbols = [start, (be, number, "s"), some, place, FULL_STOP]
                choices.append((1, symbols))
    return choices


def compare(scene: str) -> Choices:
    """Write "the crane is older than the ducks"."""
    than = fixed("than", "ADP", "n2", "case")
    op = ("topic", None)
    choices = []
    for noun_type in lex.NOUNS[scene]:
        if noun_type not in ("near", "far", "part"):
            rest = [(more, noun_type), than, (other, noun_type), FULL_STOP]
            for number in NUMBERS:
                one = (noun_phrase, noun_type, number, SUBJECT, "first", None, op)
                choices.append((1, [one, (be, number, "s"), *rest]))
    return choices


def other(scene: str, noun_type: str) -> Choices:
    """Write what a thing is compared with: "the ducks"."""
    node = Node("n2", "a", "obl")
    return [
        (1, [(noun_phrase, noun_type, number, node, "second")]) for number in NUMBERS
    ]


def kind_statement(scene: str) -> Choices:
    """Write "the crane is a big bird" or "the boats are old vehicles"."""
    the = fixed("the", "DET", "s", "det")
    choices = []
    for noun_type, lemmas in lex.NOUNS[scene].items():
        if noun_type not in lex.HYPERNYMS:
            continue
        for lemma in lemmas.split():
            for number in NUMBERS:
                op = topic_op(noun_type, number)
                noun = noun_word(scene, noun_type, lemma, number, SUBJECT, op)
                kind = (above, noun_type, hypernym(noun_type, lemma), number)
                symbols = [the, noun, (be, number, "s"), kind, FULL_STOP]
                choices.append((1, symbols))
    return choices


def above(scene: str, kind: str, name: str, number: str) -> Choices:
    """Write what a noun is a kind of: "a big bird"."""
    form = name if number == "sg" else plural(name)
    noun = Word(form, name, "NOUN", PREDICATE, kind=kind)
    if number == "pl":
        return [(1, [(attribute, kind, "a"), noun])]
    a = fixed("a", "DET", "a", "det")
    an = fixed("an", "DET", "a", "det")
    choices = [(0.8, [a, (attribute, kind, "a", "C"), noun])]
    if phrases.some_vowel(kind):
        choices.append((0.2, [an, (attribute, kind, "a", "V"), noun]))
    return choices
