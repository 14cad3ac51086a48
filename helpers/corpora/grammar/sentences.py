"""The sentences of the world: plans that lay phrases in a row.

Each public function is a rule, as `words` explains. Decisions are taken as late as
English allows ("Anna" first, then what she does), which keeps the machine small.
Built in notebooks/00_start_here.ipynb.
"""

from collections.abc import Iterator

from helpers.corpora.grammar import lexicon as lex
from helpers.corpora.grammar.feelings import feels
from helpers.corpora.grammar.phrases import (
    noun_phrase,
    prepositional,
)
from helpers.corpora.grammar.predicates import (
    be,
    city,
    hero,
    person,
    setting,
    verbs,
)
from helpers.corpora.grammar.statements import (
    about,
    compare,
    do,
    is_,
    kind_statement,
    there,
    topic_op,
)
from helpers.corpora.grammar.words import (
    END,
    FULL_STOP,
    HERO,
    MAIN_VERB,
    OBJECT,
    SUBJECT,
    VERB,
    Choices,
    Node,
    Word,
    fixed,
    kind_of,
    present,
)

LIVES = Word("lives", "live", "VERB", VERB)
COMES = Word("comes", "come", "VERB", VERB)
TODAY = fixed("today", "ADV", "v", "advmod")
YESTERDAY = fixed("yesterday", "ADV", "v", "advmod")
NOW = fixed("now", "ADV", "v", "advmod")


def maybe(scene: str, stop: float, sentence: tuple) -> Choices:
    """End the document with probability `stop`, or write one more sentence."""
    return [(stop, [Word(END, END, "END")]), (1 - stop, [sentence])]


def intro(scene: str) -> Choices:
    """Write "Anna Baker works at the bank." or "Today Tom is at the zoo."."""
    at_work = [(be, "sg", "s"), (setting,), FULL_STOP]
    return [
        (0.75, [(hero,), (arrives,)]),
        (0.25, [TODAY, (hero,), *at_work]),
    ]


def arrives(scene: str) -> Choices:
    """Write what the hero does in the first sentence."""
    work = (verbs, ("work", "wait"), "s", VERB)
    visit = (verbs, ("visit", "know", "remember"), "s", VERB)
    return [
        (0.5, [work, (setting,), FULL_STOP]),
        (0.25, [LIVES, (city, "in"), FULL_STOP]),
        (0.25, [visit, (city, None), FULL_STOP]),
    ]


def body(scene: str, mood: int, gender: str, topic: tuple | None) -> Choices:
    """Write one sentence: about people, about things, or of a rarer kind."""
    choices: Choices = []
    for weight, actor, number, owner in _actors(gender, topic):
        now = (did, number, owner, "now")
        choices.append((0.36 * weight, [actor, (acts, mood, number, owner)]))
        choices.append((0.07 * weight, [YESTERDAY, actor, (acted, number, owner)]))
        choices.append((0.06 * weight, [NOW, actor, now]))
    for weight, noun_type, number in _subjects(scene):
        op = topic_op(noun_type, number)
        thing = (noun_phrase, noun_type, number, SUBJECT, "bare", None, op)
        choices.append((0.3 * weight, [thing, (about, noun_type, number, mood)]))
    if topic and len(topic) == 2 and topic[0] != "human":
        noun_type, number = topic
        # The topic is forgotten: it is not "it is old. it is new."
        it = _pronoun("it" if number == "sg" else "they")._replace(op=("topic", None))
        choices.append((0.3, [it, (is_, kind_of(noun_type), number)]))
    choices.append((0.05, [(there,)]))
    choices.append((0.05, [(compare,)]))
    choices.append((0.04, [(kind_statement,)]))
    choices.append((0.04, [(meet, gender)]))
    return choices


def _pronoun(form: str) -> Word:
    """Return a pronoun that stands for the topic, as the subject."""
    return Word(form, form, "PRON", SUBJECT, refers="topic")


def _actors(
    gender: str, topic: tuple | None
) -> Iterator[tuple[float, Word | tuple, str, str | None]]:
    """Yield who may do something: (weight, symbol, number, pronoun of an owner)."""
    pronouns = {
        ("hero",): (0.55, gender),
        ("friend",): (0.5, "he" if gender == "she" else "she"),
        ("human", "pl"): (0.45, "they"),
    }
    # With which weight and which pronoun is the last subject taken up again?
    again, pronoun = pronouns.get(topic, (0, None))
    if again:
        number = "pl" if pronoun == "they" else "sg"
        yield again, _pronoun(pronoun), number, pronoun
    by_name = 0.12 if topic == ("hero",) else 0.7 * (1 - again)
    yield by_name, person(HERO, SUBJECT, ("topic", ("hero",))), "sg", gender
    somebody = (1 - again - by_name) / 2  # one person or several who are new
    for number, owner in (("sg", None), ("pl", "they")):
        op = topic_op("human", number)
        people = (noun_phrase, "human", number, SUBJECT, "subject", None, op)
        yield somebody, people, number, owner


def _subjects(scene: str) -> Iterator[tuple[float, str, str]]:
    """Yield what a statement may be about: (weight, type, number); weights sum to 1."""
    types = lex.NOUNS[scene]
    for noun_type in types:
        yield 0.55 / len(types), noun_type, "sg"
        yield 0.45 / len(types), noun_type, "pl"


# ------------------------------------------------------------------- what people do


def acts(scene: str, mood: int, number: str, owner: str | None) -> Choices:
    """Write what somebody does or feels, today."""
    choices: Choices = [
        (0.6, [(did, number, owner, "present")]),
        (0.2, [(do, "human", number, "s"), FULL_STOP]),
    ]
    for weight, symbols in feels(mood, number):
        choices.append((0.2 * weight, symbols))
    return choices


def acted(scene: str, number: str, owner: str | None) -> Choices:
    """Write what somebody did yesterday."""
    return [
        (0.7, [(did, number, owner, "past")]),
        (0.3, [(do, "human", number, "d"), FULL_STOP]),
    ]


def did(scene: str, number: str, owner: str | None, tense: str) -> Choices:
    """Write a verb in the right form, and its object."""
    forms = {"past": "d", "now": "ing", "present": present(number)}
    form = forms[tense]
    weights = {"human": 0.6, "near": 0.8, "far": 0, "part": 0.5}
    choices = []
    for noun_type in lex.NOUNS[scene]:
        first, second = lex.TRANSITIVE[kind_of(noun_type)]
        verb = [(verbs, tuple(first.split()), form, VERB)]
        if tense == "now":
            verb = [(be, number, "s"), (verbs, tuple(first.split()), form, MAIN_VERB)]
        thing = (what, noun_type, tuple(second.split()), owner, form)
        choices.append((weights.get(noun_type, 1), [*verb, thing]))
    return choices


def what(
    scene: str, noun_type: str, second: tuple[str, ...], owner: str | None, form: str
) -> Choices:
    """Write the object, perhaps a place or a second verb: "the safe and empties it"."""
    mode = "second" if noun_type == "human" else "object"
    choices = []
    for number, weight in (("sg", 0.6), ("pl", 0.4)):
        thing = (noun_phrase, noun_type, number, OBJECT, mode, owner)
        rest = (more_to_do, noun_type, second, form, number)
        choices.append((weight, [thing, rest]))
    return choices


def more_to_do(
    scene: str, noun_type: str, second: tuple[str, ...], form: str, number: str
) -> Choices:
    """End the sentence, or add a place or a second verb with the same object."""
    choices = [
        (0.55, [FULL_STOP]),
        (0.25, [(prepositional, "far", "m"), FULL_STOP]),
    ]
    if noun_type != "human":
        and_ = fixed("and", "CCONJ", "m2", "cc")
        verb = (verbs, second, form, Node("m2", "v", "conj"))
        pronoun = fixed("it" if number == "sg" else "them", "PRON", "m2", "obj")
        it = pronoun._replace(refers="object")
        choices.append((0.2, [and_, verb, it, FULL_STOP]))
    return choices


# -------------------------------------------------------------------------- friends


def meet(scene: str, gender: str) -> Choices:
    """Write "her friend Ben waits near the bank" or "his friend Kate lives in Lima"."""
    my = fixed(lex.POSSESSIVES[gender], "PRON", "s", "poss")._replace(refers="hero")
    friend = Word("friend", "friend", "NOUN", SUBJECT)
    node = Node("", "s", "appos")
    choices = []
    for name in lex.FRIENDS["he" if gender == "she" else "she"].split():
        called = person(name, node, ("topic", ("friend",)))
        choices.append((1, [my, friend, called, (friend_does,)]))
    return choices


def friend_does(scene: str) -> Choices:
    """Write what a friend does, or where the friend lives or comes from."""
    return [
        (1, [(do, "human", "sg", "s"), FULL_STOP]),
        (1, [LIVES, (city, "in"), FULL_STOP]),
        (1, [COMES, (city, "from"), FULL_STOP]),
    ]
