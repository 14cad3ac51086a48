"""What sentences are made of: words, their nodes in the tree, and choices of symbols.

A **symbol** is something that a sentence still owes: a `Word`, or a tuple (rule,
arguments …). A **rule** is a function of the scene and of these arguments. It returns
its choices: which symbols may stand in its place, each with a weight.
Built in notebooks/00_start_here.ipynb.
"""

from collections.abc import Iterable
from typing import NamedTuple

from helpers.corpora.grammar import lexicon as lex
from helpers.corpora.grammar.morphology import plural

END = "<eos>"  # the token that ends a document
HERO = "<hero>"  # stands for the hero's name, which the frame remembers
VOWELS = tuple("aeiou")

Choices = list[tuple[float, list]]  # (weight, symbols); weights need not sum to 1


class Node(NamedTuple):
    """Where a word stands in the tree of its sentence.

    `slot` is the word's own name in the sentence, "" if no other word depends on it.
    `head` is the slot of its head, and `role` says how it depends on that head.
    """

    slot: str
    head: str
    role: str


VERB = Node("v", "root", "root")  # the finite verb
MAIN_VERB = Node("m", "v", "xcomp")  # the verb after "is" or "does"
SUBJECT = Node("s", "v", "nsubj")
OBJECT = Node("o", "m", "obj")
PREDICATE = Node("a", "v", "xcomp")  # an adjective or a noun after "is"


class Word(NamedTuple):
    """One token with everything known about it."""

    form: str
    lemma: str
    tag: str
    node: Node = Node("", "", "")
    sense: str | None = None
    entity: str = "O"
    op: tuple | None = None  # how the frame changes
    refers: str = ""  # "hero", "topic" or "object": where the antecedent is
    polarity: int = 0  # of evaluations; "not" flips it
    kind: str = ""  # the type of a noun


def fixed(form: str, tag: str, head: str, role: str) -> Word:
    """Return a word that is the same in every scene; no other depends on it."""
    return Word(form, form, tag, Node("", head, role))


FULL_STOP = fixed(".", "PUNCT", "v", "punct")
NOT = fixed("not", "PART", "v", "neg")


def any_of(words: Iterable[Word]) -> Choices:
    """Return the choice of one of the words, all equally likely."""
    return [(1, [word]) for word in words]


def kind_of(noun_type: str) -> str:
    """Return the type whose adjectives and verbs a noun takes."""
    return "place" if noun_type in ("near", "far") else noun_type


def present(number: str) -> str:
    """Return the form of a verb in the present: "s" as in "she waits", or ""."""
    return "s" if number == "sg" else ""


def noun_word(
    scene: str,
    noun_type: str,
    lemma: str,
    number: str,
    node: Node,
    op: tuple | None = None,
) -> Word:
    """Return a noun of the scene, with its sense if the form is ambiguous."""
    form = lemma if number == "sg" else plural(lemma)
    sense = f"{lemma}/{scene}" if lemma in lex.AMBIGUOUS else None
    return Word(form, lemma, "NOUN", node, sense, op=op, kind=noun_type)


def hypernym(noun_type: str, lemma: str) -> str:
    """Return what a noun is a kind of: crane → bird, ferry → vehicle."""
    if noun_type == "animal" and lemma in lex.BIRDS:
        return "bird"
    return lex.HYPERNYMS[noun_type]
