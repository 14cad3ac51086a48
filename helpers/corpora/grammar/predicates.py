"""The predicates of the world: verbs, adjectives, settings and names.

As in `phrases`, each function answers for one symbol. Built in
notebooks/00_start_here.ipynb.
"""

from helpers.corpora.grammar import lexicon as lex
from helpers.corpora.grammar import phrases
from helpers.corpora.grammar.morphology import past, progressive, third_person
from helpers.corpora.grammar.phrases import VOWELS, Word, fixed, kind_of, noun_word


def adjective(scene, t, slot, head, start=""):
    """An adjective that fits the type; a slot makes it a predicate."""
    role = "xcomp" if slot else "amod"
    forms = [a for a in lex.ADJECTIVES[t].split() if start != "C" or a[0] not in VOWELS]
    forms = [a for a in forms if start != "V" or a[0] in VOWELS]
    return [(1, [fixed(a, "ADJ", head, role, slot)]) for a in forms]


def very(scene, t, head):
    out = [fixed("very", "ADV", "a", "advmod"), ("ADJ", t, "a", head)]
    return [(1, out)]


def more(scene, t):
    forms = [a for a in lex.ADJECTIVES[kind_of(t)].split() if a in lex.COMPARATIVES]
    return [
        (1, [Word(lex.COMPARATIVES[a], a, "ADJ", "a", "v", "xcomp")]) for a in forms
    ]


def value(scene, t, said):
    side = 0 if said > 0 else 1
    forms = f"{lex.VALUES[''][side]} {lex.VALUES[t][side]}".split()
    return [(1, [Word(f, f, "ADJ", "a", "v", "xcomp", polarity=said)]) for f in forms]


def feeling(scene, said):
    forms = lex.FEELINGS[0 if said > 0 else 1].split()
    return [(1, [Word(f, f, "ADJ", "a", "v", "xcomp", polarity=said)]) for f in forms]


def verbs(scene, lemmas, form, slot, head, role, polarity=0):
    make = {"s": third_person, "d": past, "ing": progressive, "": str}[form]
    if form == "ing":
        lemmas = [v for v in lemmas if v not in lex.NO_PROGRESSIVE]
    return [
        (1, [Word(make(v), v, "VERB", slot, head, role, polarity=polarity)])
        for v in lemmas
    ]


def be(scene, number, form):
    word = {("sg", "s"): "is", ("pl", "s"): "are", ("sg", "d"): "was"}
    form_ = word.get((number, form), "were")
    return [(1, [Word(form_, "be", "AUX", "v", "root", "root")])]


def look(scene, number):
    return verbs(
        scene, ("look", "seem"), "s" if number == "sg" else "", "v", "root", "root"
    )


def does(scene, number):
    form = "does" if number == "sg" else "do"
    return [(1, [Word(form, "do", "AUX", "v", "root", "root")])]


def setting(scene, head):
    *before, last = lex.SETTINGS[scene].split()
    preposition, the, *modifier = before
    out = [fixed(preposition, "ADP", "set", "case"), fixed(the, "DET", "set", "det")]
    out += [fixed(m, "NOUN", "set", "compound") for m in modifier]
    return [
        (1, [*out, noun_word(scene, "near", last, "sg", "set", head, "obl")]),
    ]


def city(scene, preposition, head):
    start = [fixed(preposition, "ADP", "c", "case")] if preposition else []
    role = "obl" if preposition else "obj"
    out = []
    for name in lex.CITIES:
        first, *rest = name.split()
        tokens = [Word(first, first, "PROPN", "c", head, role, entity="B-LOC")]
        tokens += [Word(r, r, "PROPN", "", "c", "flat", entity="I-LOC") for r in rest]
        out.append((1, start + tokens))
    return out


def hero(scene):
    """The first mention: a first name, often with a surname."""
    out = []
    for gender, names in lex.HEROES.items():
        for name in names.split():
            op = ("hero", name, gender)
            word = person(name, "s", "v", "nsubj", op)
            out += [(0.55, [word]), (0.45, [word, ("SURNAME",)])]
    return out


def surname(scene):
    return [
        (1, [Word(n, n, "PROPN", "", "s", "flat", entity="I-PER")])
        for n in lex.SURNAMES.split()
    ]


def person(name, slot, head, role, op):
    return Word(name, name, "PROPN", slot, head, role, None, "B-PER", op)


RULES = {
    "ADJ": adjective,
    "VERY": very,
    "MORE": more,
    "VALUE": value,
    "FEELING": feeling,
    "VERBS": verbs,
    "BE": be,
    "LOOK": look,
    "DOES": does,
    "SETTING": setting,
    "CITY": city,
    "HERO": hero,
    "SURNAME": surname,
    **phrases.RULES,
}
