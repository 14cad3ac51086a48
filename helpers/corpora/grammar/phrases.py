"""The phrases of the world: noun phrases, predicates and what hangs on them.

Each function answers for one symbol: given the scene and the symbol's arguments, which
sequences of symbols may it become, and how probable is each (weights, normalised by the
caller)? A `Word` ends the expansion: it is a token. Its `slot` is its own name in the
sentence and its `head` the slot it hangs on, so a dependency tree comes for free.
Built in notebooks/00_start_here.ipynb.
"""

from typing import NamedTuple

from helpers.corpora.grammar import lexicon as lex
from helpers.corpora.grammar.morphology import plural

END = "<eos>"
HERO = "<hero>"  # stands for the hero's name, once a frame knows it
VOWELS = tuple("aeiou")


class Word(NamedTuple):
    """One token with everything known about it."""

    form: str
    lemma: str
    tag: str
    slot: str = ""
    head: str = ""
    role: str = ""
    sense: str | None = None
    entity: str = "O"
    op: tuple | None = None  # how the frame changes
    refers: str = ""  # "hero", "topic" or "object": where the antecedent is
    polarity: int = 0  # of evaluations; "not" flips it
    kind: str = ""  # the type of a noun


Choices = list[tuple[float, list]]


def fixed(form: str, tag: str, head: str, role: str, slot: str = "") -> Word:
    """Return a word that is the same in every scene."""
    return Word(form, form, tag, slot, head, role)


def kind_of(noun_type: str) -> str:
    """Return the type whose adjectives and verbs a noun takes."""
    return "place" if noun_type in ("near", "far") else noun_type


def nouns(scene: str, t: str, mode: str) -> list[str]:
    """Return the scene's nouns of a type; "first" and "second" are its two halves."""
    all_ = lex.NOUNS[scene][t].split()
    half = (len(all_) + 1) // 2
    return {"first": all_[:half], "second": all_[half:] or all_}.get(mode, all_)


def noun_phrase(scene, t, number, slot, head, role, mode, owner=None, op=None):
    """Determiner, perhaps an adjective, noun."""
    the, noun = fixed("the", "DET", slot, "det"), ("N", t, number, slot, head, role, op)
    if mode in ("plain", "first", "second"):
        return [(1, [the, (*noun, mode)])]
    noun = (*noun, "first") if mode == "subject" else noun
    adj = ("ADJ", kind_of(t), "", slot)
    counted = noun if mode == "subject" else (*noun, "counted")
    if mode == "bare":  # what is said of it is still to come
        many_ = [(0.15, [("MANY", slot), counted])] if number == "pl" else []
        return [(0.85, [the, noun]), *many_]
    out = [(0.6, [the, noun]), (0.25, [the, adj, noun])]
    if number == "pl":
        out += [
            (0.1, [("MANY", slot), counted]),
            (0.06, [("MANY", slot), adj, counted]),
        ]
    elif mode == "subject":
        every = fixed("every", "DET", slot, "det")
        out += [(0.06, [every, counted]), (0.03, [every, adj, counted])]
    else:
        out += [(0.25, [("A", kind_of(t), slot, counted)])]
    if mode == "there":
        return out[2:]
    if owner and t in lex.OWNED:
        form = lex.POSSESSIVES[owner]
        her = Word(form, form, "PRON", "", slot, "poss", refers="topic")
        out += [(0.3, [her, noun]), (0.1, [her, adj, noun])]
    return out


def a_or_an(scene, t, slot, noun):
    """The indefinite article and what fits it: "a crane", "a big …", "an old …"."""
    a, an = fixed("a", "DET", slot, "det"), fixed("an", "DET", slot, "det")
    out = [(0.5, [a, (*noun, "C")]), (0.35, [a, ("ADJ", t, "", slot, "C"), noun])]
    if some_vowel(lex.ADJECTIVES[t]):
        out.append((0.15, [an, ("ADJ", t, "", slot, "V"), noun]))
    return out


def some_vowel(words: str) -> bool:
    """Say whether one of the words takes "an"."""
    return any(word.startswith(VOWELS) for word in words.split())


def hypernym(t: str, lemma: str) -> str:
    """Return what a noun is a kind of: crane (animal) → bird, bank → place."""
    bird = t == "animal" and lemma in lex.BIRDS
    return "bird" if bird else lex.HYPERNYMS[kind_of(t)]


def many(scene, slot):
    numbers = [(1, [fixed(w, "NUM", slot, "nummod")]) for w in ("two", "three")]
    return numbers + [(1, [fixed(w, "DET", slot, "det")]) for w in ("some", "many")]


def noun(scene, t, number, slot, head, role, op=None, mode="", start=""):
    """One of the scene's nouns, with its sense if the form is ambiguous."""
    out = []
    for lemma in nouns(scene, t, mode):
        uncounted = (scene, lemma) in lex.UNCOUNTED
        if uncounted and (mode == "counted" or number == "pl"):
            continue
        if start == "C" and lemma.startswith(VOWELS):
            continue
        out.append((1, [noun_word(scene, t, lemma, number, slot, head, role, op)]))
    return out


def noun_word(scene, t, lemma, number, slot, head, role, op=None):
    form = lemma if number == "sg" else plural(lemma)
    sense = f"{lemma}/{scene}" if lemma in lex.AMBIGUOUS else None
    return Word(form, lemma, "NOUN", slot, head, role, sense, op=op, kind=t)


def quality(scene, t, head):
    """ "the kindness of the guards" """
    the, of = fixed("the", "DET", "o", "det"), fixed("of", "ADP", "q", "case")
    forms = lex.QUALITIES[kind_of(t)].split()
    owners = [("NP", t, number, "q", "o", "nmod", "plain") for number in ("sg", "pl")]
    words = [fixed(form, "NOUN", head, "obj", "o") for form in forms]
    return [(1, [the, word, of, owner]) for word in words for owner in owners]


def place(scene, t, head, slot="p"):
    """ "near the bridge", "behind the boats" """
    types = [t]
    if t == "LANDMARK":
        types = [x for x in (*lex.LANDMARKS, "human") if x in lex.NOUNS[scene]]
    out = []
    for preposition in lex.PREPOSITIONS:
        case = fixed(preposition, "ADP", slot, "case")
        for kind in types:
            for number, w in (("sg", 0.65), ("pl", 0.35)):
                np = ("NP", kind, number, slot, head, "nmod", "plain")
                out.append((w, [case, np]))
    return out


def belonging(scene, owners):
    """ "of the monkeys": whose part it is, who makes the sound"""
    of, the = fixed("of", "ADP", "p1", "case"), fixed("the", "DET", "p1", "det")
    t = "animal" if "animal" in lex.NOUNS[scene] else "human"
    return [
        (1, [of, the, noun_word(scene, t, lemma, number, "p1", "s", "nmod")])
        for lemma in owners.split()
        for number in ("sg", "pl")
    ]


def clause(scene, t, head, mode):
    """ "that the workers paint": a relative clause with its own subject"""
    that = fixed("that", "PRON", "rv", "obj")
    verbs = tuple(lex.TRANSITIVE[kind_of(t)][0].split())
    out = []
    for number, form in (("sg", "s"), ("pl", "")):
        who = ("NP", "human", number, "rs", "rv", "nsubj", mode)
        out.append((1, [that, who, ("VERBS", verbs, form, "rv", head, "relcl")]))
    return out


def who_clause(scene, number):
    """ "who carries the bowls": the clause's verb agrees with the noun before it"""
    who, form = fixed("who", "PRON", "rv", "nsubj"), "s" if number == "sg" else ""
    out = []
    for t in lex.NOUNS[scene]:
        if t == "human":
            continue
        verbs = tuple(lex.TRANSITIVE[kind_of(t)][0].split())
        for count in ("sg", "pl"):
            obj = ("NP", t, count, "ro", "rv", "obj", "plain")
            out.append((1, [who, ("VERBS", verbs, form, "rv", "s", "relcl"), obj]))
    return out


RULES = {
    "NP": noun_phrase,
    "N": noun,
    "A": a_or_an,
    "MANY": many,
    "QUALITY": quality,
    "PP": place,
    "OF": belonging,
    "RC": clause,
    "WHO": who_clause,
}
