"""The sentences of the world: plans that lay phrases in a row.

As in `phrases`, each function answers for one symbol. Decisions are taken as late as
English allows ("Anna" first, then what she does), which keeps the machine small.
Built in notebooks/00_start_here.ipynb.
"""

from helpers.corpora.grammar import lexicon as lex
from helpers.corpora.grammar import statements
from helpers.corpora.grammar.phrases import END, HERO, Word, fixed, kind_of
from helpers.corpora.grammar.predicates import person
from helpers.corpora.grammar.statements import NOT, STOP_SIGN, said


def maybe(scene, stop, body):
    """The end of the document, or one more sentence."""
    return [(stop, [Word(END, END, "END")]), (1 - stop, [body])]


def intro(scene):
    """ "Anna Baker works at the bank." "Today Tom is at the zoo." """
    who, today = ("HERO",), fixed("today", "ADV", "v", "advmod")
    at_work = [("BE", "sg", "s"), ("SETTING", "v"), STOP_SIGN]
    return [(0.75, [who, ("ARRIVES",)]), (0.25, [today, who, *at_work])]


def arrives(scene):
    work = ("VERBS", ("work", "wait"), "s", "v", "root", "root")
    visit = ("VERBS", ("visit", "know", "remember"), "s", "v", "root", "root")
    lives = Word("lives", "live", "VERB", "v", "root", "root")
    return [
        (0.5, [work, ("SETTING", "v"), STOP_SIGN]),
        (0.25, [lives, ("CITY", "in", "v"), STOP_SIGN]),
        (0.25, [visit, ("CITY", None, "v"), STOP_SIGN]),
    ]


def body(scene, mood, gender, topic):
    """One sentence: about people, about things, or of a rarer kind."""
    out = []
    for w, actor, number, owner in actors(scene, gender, topic):
        yesterday = fixed("yesterday", "ADV", "v", "advmod")
        now = fixed("now", "ADV", "v", "advmod")
        out += [
            (0.36 * w, [actor, ("ACTS", mood, number, owner)]),
            (0.07 * w, [yesterday, actor, ("ACTED", number, owner)]),
            (0.06 * w, [now, actor, ("DID", number, owner, "now")]),
        ]
    for w, t, number in subjects(scene):
        out.append((0.3 * w, thing(t, number, mood)))
    if topic and len(topic) == 2 and topic[0] != "human":
        form = "it" if topic[1] == "sg" else "they"
        it = Word(form, form, "PRON", "s", "v", "nsubj", refers="topic")
        it = it._replace(op=("topic", None))  # said once: not "it is old. it is new."
        out.append((0.3, [it, ("IS", kind_of(topic[0]), topic[1])]))
    return out + [
        (0.05, [("THERE",)]),
        (0.05, [("COMPARE",)]),
        (0.04, [("KIND",)]),
        (0.04, [("MEET", gender)]),
    ]


def actors(scene, gender, topic):
    """Yield the people who may do something: (weight, symbols, number, owner)."""
    other = "he" if gender == "she" else "she"
    again = {("hero",): (0.55, gender), ("friend",): (0.5, other)}
    again[("human", "pl")] = (0.45, "they")
    weight, pronoun = again.get(topic, (0, None))
    if weight:
        it = Word(pronoun, pronoun, "PRON", "s", "v", "nsubj", refers="topic")
        yield weight, it, "pl" if pronoun == "they" else "sg", pronoun
    name = 0.12 if topic == ("hero",) else 0.7 * (1 - weight)
    op = ("topic", ("hero",))
    yield name, person(HERO, "s", "v", "nsubj", op), "sg", gender
    rest = (1 - weight - name) / 2
    for number, owner, seen in (("sg", None, None), ("pl", "they", ("human", "pl"))):
        op = ("topic", seen)
        role = ("NP", "human", number, "s", "v", "nsubj", "subject", None, op)
        yield rest, role, number, owner


def subjects(scene):
    """Yield what a statement may be about: (weight, type, number); weights sum to 1."""
    types = list(lex.NOUNS[scene])
    for t in types:
        for number, w in (("sg", 0.55), ("pl", 0.45)):
            yield w / len(types), t, number


def thing(t, number, mood):
    seen = None if (t, number) == ("human", "sg") else (t, number)
    noun = ("NP", t, number, "s", "v", "nsubj", "bare", None, ("topic", seen))
    return [noun, ("ABOUT", t, number, mood)]


# ------------------------------------------------------------------- what people do


def acts(scene, mood, number, owner):
    """What somebody does or feels, today."""
    feel = [(0.2 * w, symbols) for w, symbols in feels(scene, mood, number)]
    do = [("DO", "human", number, "s"), STOP_SIGN]
    return [(0.6, [("DID", number, owner, "present")]), (0.2, do), *feel]


def acted(scene, number, owner):
    past = [("DO", "human", number, "d"), STOP_SIGN]
    return [(0.7, [("DID", number, owner, "past")]), (0.3, past)]


def did(scene, number, owner, tense):
    """The verb, in the right form for a type of object."""
    weights = {"human": 0.6, "near": 0.8, "far": 0, "part": 0.5}
    form = {"past": "d", "now": "ing"}.get(tense, "s" * (number == "sg"))
    out = []
    for t in lex.NOUNS[scene]:
        first, second = (tuple(v.split()) for v in lex.TRANSITIVE[kind_of(t)])
        verb = [("VERBS", first, form, "v", "root", "root")]
        if tense == "now":
            verb = [("BE", number, "s"), ("VERBS", first, form, "m", "v", "xcomp")]
        out.append((weights.get(t, 1), [*verb, ("WHAT", t, second, owner, form)]))
    return out


def what(scene, t, second, owner, form):
    """The object, perhaps a place or a second verb: "the safe and empties it"."""
    out, mode = [], "second" if t == "human" else "object"
    for count, w in (("sg", 0.6), ("pl", 0.4)):
        obj = ("NP", t, count, "o", "m", "obj", mode, owner)
        more = ("MORE_TO_DO", t, second, form, count)
        out.append((w, [obj, more]))
    return out


def more_to_do(scene, t, second, form, count):
    out = [(0.55, [STOP_SIGN]), (0.25, [("PP", "far", "m"), STOP_SIGN])]
    if t != "human":
        pronoun = "it" if count == "sg" else "them"
        verb = ("VERBS", second, form, "m2", "v", "conj")
        it = Word(pronoun, pronoun, "PRON", "", "m2", "obj", refers="object")
        out.append((0.2, [fixed("and", "CCONJ", "m2", "cc"), verb, it, STOP_SIGN]))
    return out


# ---------------------------------------------------------------------- evaluations


def feels(scene, mood, number):
    """Yield "likes the bank", "is not unhappy", as far as the mood allows."""
    for w, value, negated in said(mood):
        yield w / 2, [("LIKE", value, negated, number), STOP_SIGN]
        glad = [("FEELING", value), STOP_SIGN]
        yield w / 2, [("BE", number, "s"), *([NOT] if negated else []), *glad]


def like(scene, value, negated, number):
    lemmas = tuple(lex.LIKES[0 if value > 0 else 1].split())
    if negated:
        verb = ("VERBS", lemmas, "", "m", "v", "xcomp", value)
        return [(1, [("DOES", number), NOT, verb, ("LIKED", value)])]
    form = "s" if number == "sg" else ""
    verb = ("VERBS", lemmas, form, "v", "root", "root", value)
    return [(1, [verb, ("LIKED", value)])]


def liked(scene, value):
    out = []
    for t in lex.NOUNS[scene]:
        mode = "second" if t == "human" else "plain"
        for count in ("sg", "pl"):
            out.append((1, [("NP", t, count, "o", "m", "obj", mode)]))
        if value > 0 and kind_of(t) in lex.QUALITIES:
            out.append((1, [("QUALITY", t, "m")]))
    return out


def meet(scene, gender):
    """ "her friend Ben waits near the bank", "his friend Kate lives in Lima" """
    mine = lex.POSSESSIVES[gender]
    my = Word(mine, mine, "PRON", "", "s", "poss", refers="hero")
    friend, op = fixed("friend", "NOUN", "v", "nsubj", "s"), ("topic", ("friend",))
    names = lex.FRIENDS["he" if gender == "she" else "she"].split()
    called = [person(name, "", "s", "appos", op) for name in names]
    return [(1, [my, friend, name, ("FRIEND_DOES",)]) for name in called]


def friend_does(scene):
    lives = Word("lives", "live", "VERB", "v", "root", "root")
    comes = Word("comes", "come", "VERB", "v", "root", "root")
    return [
        (1, [("DO", "human", "sg", "s"), STOP_SIGN]),
        (1, [lives, ("CITY", "in", "v"), STOP_SIGN]),
        (1, [comes, ("CITY", "from", "v"), STOP_SIGN]),
    ]


RULES = {
    "MAYBE": maybe,
    "INTRO": intro,
    "ARRIVES": arrives,
    "BODY": body,
    "ACTS": acts,
    "ACTED": acted,
    "DID": did,
    "WHAT": what,
    "MORE_TO_DO": more_to_do,
    "LIKE": like,
    "LIKED": liked,
    "MEET": meet,
    "FRIEND_DOES": friend_does,
    **statements.RULES,
}
