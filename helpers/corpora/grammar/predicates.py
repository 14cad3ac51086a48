"""The predicates of the world: verbs, adjectives, settings and names.

Each public function is a rule, as `words` explains. Built in
notebooks/00_start_here.ipynb.
"""

from helpers.corpora.grammar import lexicon as lex
from helpers.corpora.grammar.morphology import (
    comparative,
    past,
    progressive,
    third_person,
)
from helpers.corpora.grammar.words import (
    PREDICATE,
    SUBJECT,
    VERB,
    VOWELS,
    Choices,
    Node,
    Word,
    any_of,
    fixed,
    kind_of,
    noun_word,
    present,
)

INFLECTIONS = {"": str, "s": third_person, "d": past, "ing": progressive}

# ----------------------------------------------------------------------- adjectives


def attribute(scene: str, kind: str, head: str, start: str = "") -> Choices:
    """Choose an adjective before a noun: "big" in "a big crane".

    `start` "C" asks for a consonant, so that "a" fits, and "V" for a vowel.
    """
    forms = lex.ADJECTIVES[kind].split()
    if start:
        forms = [form for form in forms if form.startswith(VOWELS) == (start == "V")]
    return any_of(fixed(form, "ADJ", head, "amod") for form in forms)


def predicate_adjective(scene: str, kind: str) -> Choices:
    """Choose an adjective after the verb: "big" in "the crane is big"."""
    forms = lex.ADJECTIVES[kind].split()
    return any_of(Word(form, form, "ADJ", PREDICATE) for form in forms)


def very(scene: str, kind: str) -> Choices:
    """Write "very big"."""
    return [(1, [fixed("very", "ADV", "a", "advmod"), (predicate_adjective, kind)])]


def more(scene: str, noun_type: str) -> Choices:
    """Choose a comparative: "bigger"."""
    adjectives = lex.ADJECTIVES[kind_of(noun_type)].split()
    return any_of(
        Word(comparative(adjective), adjective, "ADJ", PREDICATE)
        for adjective in adjectives
        if adjective in lex.COMPARED
    )


def value(scene: str, kind: str, polarity: int) -> Choices:
    """Choose an evaluation of the right polarity: "good", "safe"."""
    side = 0 if polarity > 0 else 1
    forms = lex.VALUES[""][side].split() + lex.VALUES[kind][side].split()
    return _evaluations(forms, polarity)


def feeling(scene: str, polarity: int) -> Choices:
    """Choose a feeling of the right polarity: "happy", "sad"."""
    forms = lex.FEELINGS[0 if polarity > 0 else 1].split()
    return _evaluations(forms, polarity)


def _evaluations(forms: list[str], polarity: int) -> Choices:
    return any_of(
        Word(form, form, "ADJ", PREDICATE, polarity=polarity) for form in forms
    )


# ---------------------------------------------------------------------------- verbs


def verbs(
    scene: str, lemmas: tuple[str, ...], form: str, node: Node, polarity: int = 0
) -> Choices:
    """Choose a verb in the given form: "", "s", "d" (the past) or "ing"."""
    inflect = INFLECTIONS[form]
    return any_of(
        Word(inflect(lemma), lemma, "VERB", node, polarity=polarity)
        for lemma in lemmas
        if form != "ing" or lemma not in lex.NO_PROGRESSIVE
    )


def be(scene: str, number: str, form: str) -> Choices:
    """Write "is", "are", "was" or "were"."""
    singular, plural = ("is", "are") if form == "s" else ("was", "were")
    word = singular if number == "sg" else plural
    return any_of([Word(word, "be", "AUX", VERB)])


def look(scene: str, number: str) -> Choices:
    """Choose "looks" or "seems"."""
    return verbs(scene, ("look", "seem"), present(number), VERB)


def does(scene: str, number: str) -> Choices:
    """Write "does" or "do"."""
    form = "does" if number == "sg" else "do"
    return any_of([Word(form, "do", "AUX", VERB)])


# --------------------------------------------------------------- settings and names


def setting(scene: str) -> Choices:
    """Write where the scene happens: "at the building site"."""
    # the first word is a preposition, the second an article, the last the noun
    words = lex.SETTINGS[scene].split()
    symbols = [fixed(words[0], "ADP", "set", "case")]
    symbols.append(fixed(words[1], "DET", "set", "det"))
    symbols += [fixed(word, "NOUN", "set", "compound") for word in words[2:-1]]
    symbols.append(noun_word(scene, "near", words[-1], "sg", Node("set", "v", "obl")))
    return [(1, symbols)]


def city(scene: str, preposition: str | None) -> Choices:
    """Choose a city, after a preposition if one is given: "in New York"."""
    before = [fixed(preposition, "ADP", "c", "case")] if preposition else []
    node = Node("c", "v", "obl" if preposition else "obj")
    choices = []
    for name in lex.CITIES:
        words = name.split()
        symbols = [Word(words[0], words[0], "PROPN", node, entity="B-LOC")]
        # a second word of the name depends on the first
        for word in words[1:]:
            symbols.append(fixed(word, "PROPN", "c", "flat")._replace(entity="I-LOC"))
        choices.append((1, before + symbols))
    return choices


def hero(scene: str) -> Choices:
    """Name the hero for the first time: a first name, often with a surname."""
    choices = []
    for gender, names in lex.HEROES.items():
        for name in names.split():
            word = person(name, SUBJECT, ("hero", name, gender))
            choices.append((0.55, [word]))
            choices.append((0.45, [word, (surname,)]))
    return choices


def surname(scene: str) -> Choices:
    """Choose a surname."""
    return any_of(
        fixed(name, "PROPN", "s", "flat")._replace(entity="I-PER")
        for name in lex.SURNAMES.split()
    )


def person(name: str, node: Node, op: tuple) -> Word:
    """Return a first name; `op` says what the writer remembers of it."""
    return Word(name, name, "PROPN", node, entity="B-PER", op=op)
