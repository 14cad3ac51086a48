"""The statements of the world: how things are, with nouns before their verb.

As in `phrases`, each function answers for one symbol. Built in
notebooks/00_start_here.ipynb.
"""

from helpers.corpora.grammar import lexicon as lex
from helpers.corpora.grammar import phrases, predicates
from helpers.corpora.grammar.morphology import plural
from helpers.corpora.grammar.phrases import fixed, kind_of

STOP_SIGN = fixed(".", "PUNCT", "v", "punct")
NOT = fixed("not", "PART", "v", "neg")
CHAINS = (  # what may stand between a subject and its verb
    (0.40, ()),
    (0.24, ("PP1",)),
    (0.12, ("RC",)),
    (0.09, ("PP1", "PP2")),
    (0.08, ("PP1", "RC")),
    (0.07, ("PP1", "PP2", "RC")),
)


def said(mood):
    """Yield (weight, what the words say, is it negated?); the mood is what is meant."""
    for meant_w, meant in ((0.85, mood), (0.15, -mood)):
        yield meant_w * 0.58, meant, False
        yield meant_w * 0.42, -meant, True


def about(scene, t, number, mood):
    """After the subject: perhaps a chain of nouns, then how it is or its worth."""
    out = []
    for w, chain in CHAINS:
        symbols = attractors(scene, t, number, chain)
        if symbols is not None:
            out.append((w, [*symbols, ("IS", kind_of(t), number)]))
    total = sum(w for w, _ in out)
    for w, value, negated in said(mood):
        not_ = [NOT] if negated else []
        good = [("BE", number, "s"), *not_, ("VALUE", kind_of(t), value), STOP_SIGN]
        out.append((total * 0.35 * w, good))
    return out


def attractors(scene, t, number, chain):
    """Return the symbols between subject and verb, or None where it makes no sense."""
    owners = {"part": lex.OWNERS, "sound": lex.SOURCES}.get(t, {}).get(scene)
    if "PP1" in chain and t in ("event", "sound", "part") and not owners:
        return None
    if "PP2" in chain and kind_of(t) in ("place", "human"):
        return None
    if t == "human" and "RC" in chain:
        return [("WHO", number)] if chain == ("RC",) else None
    out, slot, last = [], "s", t
    for link in chain:
        if link == "PP1" and owners:
            slot, last = "p1", "animal" if "animal" in lex.NOUNS[scene] else "human"
            out.append(("OF", owners))
        elif link == "PP1":
            last = "LANDMARK" if kind_of(t) == "place" else "near"
            out.append(("PP", last, slot, "p1"))
            slot = "p1"
        elif link == "PP2":
            out.append(("PP", "far", slot, "p2"))
            slot, last = "p2", "far"
        elif last in ("LANDMARK", "human"):
            return None
        else:
            out.append(("RC", last, slot, "plain"))
    return out


def is_(scene, t, number):
    """Predicate of a neutral statement, in the present or the past."""
    quality, extreme = ("ADJ", t, "a", "v"), ("VERY", t, "v")
    be, was = ("BE", number, "s"), ("BE", number, "d")
    out = [
        (0.35, [be, quality, STOP_SIGN]),
        (0.10, [be, extreme, STOP_SIGN]),
        (0.08, [be, NOT, quality, STOP_SIGN]),
        (0.10, [was, quality, STOP_SIGN]),
    ]
    if t in lex.INTRANSITIVE:
        out.append((0.4, [("DO", t, number, "s"), STOP_SIGN]))
    if t not in ("sound", "event"):
        out.append((0.15, [("LOOK", number), quality, STOP_SIGN]))
    return out


def there(scene):
    """ "there are two cranes near the mill": the verb agrees with what follows"""
    start, out = fixed("there", "PRON", "v", "expl"), []
    for number in ("sg", "pl"):
        for t in [
            t for t in lex.NOUNS[scene] if t in (*lex.LANDMARKS, "tool", "paper")
        ]:
            op = ("topic", (t, number))
            noun = ("NP", t, number, "s", "v", "nsubj", "there", None, op)
            be = ("BE", number, "s")
            out.append((1, [start, be, noun, ("PP", "far", "v"), STOP_SIGN]))
    return out


def compare(scene):
    """ "the crane is older than the ducks" """
    than, out = fixed("than", "ADP", "n2", "case"), []
    for t in [t for t in lex.NOUNS[scene] if t not in ("near", "far", "part")]:
        for n in ("sg", "pl"):
            one = ("NP", t, n, "s", "v", "nsubj", "first", None, ("topic", None))
            more = [("BE", n, "s"), ("MORE", t), than, ("OTHER", t), STOP_SIGN]
            out.append((1, [one, *more]))
    return out


def other(scene, t):
    return [(1, [("NP", t, n, "n2", "a", "obl", "second")]) for n in ("sg", "pl")]


def kind(scene):
    """ "the crane is a big bird", "the boats are old vehicles" """
    the, out = fixed("the", "DET", "s", "det"), []
    for t in [t for t in lex.NOUNS[scene] if t in lex.HYPERNYMS]:
        for lemma in lex.NOUNS[scene][t].split():
            for n in ("sg", "pl"):
                op = ("topic", None if (t, n) == ("human", "sg") else (t, n))
                end = ("ABOVE", kind_of(t), phrases.hypernym(t, lemma), n)
                place = ("s", "v", "nsubj", op)
                noun = phrases.noun_word(scene, t, lemma, n, *place)
                out.append((1, [the, noun, ("BE", n, "s"), end, STOP_SIGN]))
    return out


def above(scene, t, name, number):
    """What a noun is a kind of."""
    form = name if number == "sg" else plural(name)
    noun = fixed(form, "NOUN", "v", "xcomp", "a")._replace(lemma=name, kind=t)
    if number == "pl":
        return [(1, [("ADJ", t, "", "a"), noun])]
    a, an = (fixed(article, "DET", "a", "det") for article in ("a", "an"))
    out = [(0.8, [a, ("ADJ", t, "", "a", "C"), noun])]
    if phrases.some_vowel(lex.ADJECTIVES[t]):
        out.append((0.2, [an, ("ADJ", t, "", "a", "V"), noun]))
    return out


def do(scene, t, number, form):
    """ "sleeps quietly", "waits near the gate" """
    form = "" if form == "s" and number == "pl" else form
    verb = ("VERBS", tuple(lex.INTRANSITIVE[t].split()), form, "v", "root", "root")
    return [(1, [verb, ("WHERE", t)])]


def where(scene, t):
    manner = lex.MANNER[t].split()
    out = [(1, [fixed(m, "ADV", "v", "advmod")]) for m in manner]
    return out + ([(len(manner), [("PP", "far", "v")])] if t == "human" else [])


RULES = {
    "ABOUT": about,
    "IS": is_,
    "DO": do,
    "WHERE": where,
    "THERE": there,
    "COMPARE": compare,
    "OTHER": other,
    "KIND": kind,
    "ABOVE": above,
    **predicates.RULES,
}
