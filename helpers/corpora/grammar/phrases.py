"""The phrases of the world: noun phrases and what depends on a noun.

Each public function is a rule, as `words` explains. Built in
notebooks/00_start_here.ipynb.
"""

from helpers.corpora.grammar import lexicon as lex
from helpers.corpora.grammar.predicates import attribute, verbs
from helpers.corpora.grammar.words import (
    OBJECT,
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

NUMBERS = ("sg", "pl")

# --------------------------------------------------------------------- noun phrases


def noun_phrase(
    scene: str,
    noun_type: str,
    number: str,
    node: Node,
    mode: str,
    owner: str | None = None,
    op: tuple | None = None,
) -> Choices:
    """Write a determiner, perhaps an adjective, and a noun.

    With `mode` "plain", "first" or "second" only "the" stands before it (the last two
    use half of the scene's nouns each); "bare" has no adjective, since a statement
    follows; "there" has nothing definite; "subject" and "object" have everything.
    `owner` is the pronoun of whoever may own an object.
    """
    slot = node.slot
    the = fixed("the", "DET", slot, "det")
    if mode in ("plain", "first", "second"):
        return [(1, [the, (noun, noun_type, number, node, op, mode)])]
    half = "first" if mode == "subject" else ""
    name = (noun, noun_type, number, node, op, half)
    counted = (noun, noun_type, number, node, op, half or "counted")
    if mode == "bare":
        some = [(0.15, [(quantity, slot), counted])] if number == "pl" else []
        return [(0.85, [the, name]), *some]
    adjective = (attribute, kind_of(noun_type), slot)
    definite = [(0.6, [the, name]), (0.25, [the, adjective, name])]
    if number == "pl":
        some = (quantity, slot)
        indefinite = [(0.1, [some, counted]), (0.06, [some, adjective, counted])]
    elif mode == "subject":
        every = fixed("every", "DET", slot, "det")
        indefinite = [(0.06, [every, counted]), (0.03, [every, adjective, counted])]
    else:
        indefinite = [(0.25, [(a_or_an, kind_of(noun_type), slot, counted)])]
    if mode == "there":
        return indefinite
    return definite + indefinite + _owned(noun_type, slot, owner, [adjective, name])


def _owned(
    noun_type: str, slot: str, owner: str | None, symbols: list[tuple]
) -> Choices:
    """Return "her key" and "her old key", if such a thing has an owner."""
    if not owner or noun_type not in lex.OWNED:
        return []
    form = lex.POSSESSIVES[owner]
    her = Word(form, form, "PRON", Node("", slot, "poss"), refers="topic")
    return [(0.3, [her, symbols[-1]]), (0.1, [her, *symbols])]


def a_or_an(scene: str, kind: str, slot: str, noun_symbol: tuple) -> Choices:
    """Write "a crane", "a big crane" or "an old crane"."""
    a = fixed("a", "DET", slot, "det")
    an = fixed("an", "DET", slot, "det")
    consonant = (attribute, kind, slot, "C")
    vowel = (attribute, kind, slot, "V")
    choices = [
        (0.5, [a, noun_symbol + ("C",)]),  # the noun's own start
        (0.35, [a, consonant, noun_symbol]),
    ]
    if some_vowel(kind):
        choices.append((0.15, [an, vowel, noun_symbol]))
    return choices


def some_vowel(kind: str) -> bool:
    """Say whether one of the adjectives of a type takes "an"."""
    return any(word.startswith(VOWELS) for word in lex.ADJECTIVES[kind].split())


def quantity(scene: str, slot: str) -> Choices:
    """Choose "two", "three", "some" or "many"."""
    words = [fixed(form, "NUM", slot, "nummod") for form in ("two", "three")]
    words += [fixed(form, "DET", slot, "det") for form in ("some", "many")]
    return any_of(words)


def noun(
    scene: str,
    noun_type: str,
    number: str,
    node: Node,
    op: tuple | None,
    mode: str,
    start: str = "",
) -> Choices:
    """Choose one of the scene's nouns; `start` "C" asks for a consonant."""
    words = []
    for lemma in _nouns(scene, noun_type, mode):
        uncounted = (scene, lemma) in lex.UNCOUNTED
        if uncounted and (mode == "counted" or number == "pl"):
            continue
        if start == "C" and lemma.startswith(VOWELS):
            continue
        words.append(noun_word(scene, noun_type, lemma, number, node, op))
    return any_of(words)


def _nouns(scene: str, noun_type: str, mode: str) -> list[str]:
    """Return the scene's nouns of a type; "first" and "second" are its two halves."""
    nouns = lex.NOUNS[scene][noun_type].split()
    half = (len(nouns) + 1) // 2
    if mode == "first":
        return nouns[:half]
    if mode == "second":
        return nouns[half:] or nouns
    return nouns


def quality(scene: str, noun_type: str) -> Choices:
    """Write "the kindness of the guards"."""
    the = fixed("the", "DET", "o", "det")
    of = fixed("of", "ADP", "q", "case")
    choices = []
    for form in lex.QUALITIES[kind_of(noun_type)].split():
        word = Word(form, form, "NOUN", OBJECT)
        for number in NUMBERS:
            owner = Node("q", "o", "nmod")
            owners = (noun_phrase, noun_type, number, owner, "plain")
            choices.append((1, [the, word, of, owners]))
    return choices


# ------------------------------------------------------- what stands behind the noun


def prepositional(scene: str, noun_type: str, head: str, slot: str = "p") -> Choices:
    """Write "near the bridge" or "behind the boats"."""
    types = [noun_type]
    if noun_type == "LANDMARK":
        landmarks = (*lex.LANDMARKS, "human")
        types = [landmark for landmark in landmarks if landmark in lex.NOUNS[scene]]
    node = Node(slot, head, "nmod")
    choices = []
    for preposition in lex.PREPOSITIONS:
        case = fixed(preposition, "ADP", slot, "case")
        for one in types:
            choices.append((0.65, [case, (noun_phrase, one, "sg", node, "plain")]))
            choices.append((0.35, [case, (noun_phrase, one, "pl", node, "plain")]))
    return choices


def owner_type(scene: str) -> str:
    """Return the type of those to whom parts and sounds belong."""
    return "animal" if "animal" in lex.NOUNS[scene] else "human"


def belonging(scene: str, owners: str) -> Choices:
    """Write "of the monkeys": whose part it is, or who makes the sound."""
    of = fixed("of", "ADP", "p1", "case")
    the = fixed("the", "DET", "p1", "det")
    node = Node("p1", "s", "nmod")
    choices = []
    for lemma in owners.split():
        for number in NUMBERS:
            word = noun_word(scene, owner_type(scene), lemma, number, node)
            choices.append((1, [of, the, word]))
    return choices


def relative_clause(scene: str, noun_type: str, head: str) -> Choices:
    """Write "that the workers paint": a clause with its own subject."""
    that = fixed("that", "PRON", "rv", "obj")
    choices = []
    for number in NUMBERS:
        subject = (noun_phrase, "human", number, Node("rs", "rv", "nsubj"), "plain")
        verb = clause_verb(noun_type, number, head)
        choices.append((1, [that, subject, verb]))
    return choices


def who_clause(scene: str, number: str) -> Choices:
    """Write "who carries the bowls"; the verb agrees with the noun before "who"."""
    who = fixed("who", "PRON", "rv", "nsubj")
    node = Node("ro", "rv", "obj")
    choices = []
    for noun_type in lex.NOUNS[scene]:
        if noun_type != "human":
            verb = clause_verb(noun_type, number, "s")
            for count in NUMBERS:
                thing = (noun_phrase, noun_type, count, node, "plain")
                choices.append((1, [who, verb, thing]))
    return choices


def clause_verb(noun_type: str, number: str, head: str) -> tuple:
    """Return the verb of a clause about the noun `head`, for this type of object."""
    lemmas = tuple(lex.TRANSITIVE[kind_of(noun_type)][0].split())
    return (verbs, lemmas, present(number), Node("rv", head, "relcl"))
