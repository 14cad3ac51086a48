"""What are near words alike in: the slot that they fill, or the topic?

The world knows both of each noun. Built in notebooks/01_words_as_numbers.ipynb.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from helpers.corpora.grammar import lexicon, morphology
from helpers.models.vectors import cosines, nearest, unit_rows

NEAREST = 5


class Noun(NamedTuple):
    """A noun of one meaning: its slot, as "tool, plural", its topic, its singular."""

    slot: str
    topic: str
    singular: str


class Shared(NamedTuple):
    """Shares of the nearest nouns with the same slot or topic, and those by chance."""

    slot: float
    topic: float
    slot_by_chance: float
    topic_by_chance: float


class Unseen(NamedTuple):
    """How often a plural's singular is nearest; shares of the nearest other nouns."""

    singular_first: float
    topic: float
    topic_by_chance: float


def pure_nouns(known: Iterable[str]) -> dict[str, Noun]:
    """Return the known nouns, singular and plural, that have one meaning and slot."""
    found: dict[str, set[Noun]] = {}
    for topic, types in lexicon.NOUNS.items():
        for kind, nouns in types.items():
            kind = "place" if kind in ("near", "far") else kind
            for noun in nouns.split():
                plural = morphology.plural(noun)
                found.setdefault(noun, set()).add(Noun(kind, topic, noun))
                slot = f"{kind}, plural"
                found.setdefault(plural, set()).add(Noun(slot, topic, noun))
    known = set(known)
    one = {word: uses for word, uses in found.items() if len(uses) == 1}
    return {word: use for word, [use] in one.items() if word in known}


def shared_with_nearest(
    space: np.ndarray, row: Mapping[str, int], nouns: Mapping[str, Noun]
) -> Shared:
    """Measure what each noun shares with the five nouns nearest to it.

    Shape: space (V, C); `row` maps a word to its row. Nearness is the cosine, in all
    C dimensions. Raises ValueError for too few nouns.
    """
    names = list(nouns)
    if len(names) <= NEAREST:
        raise ValueError(f"{len(names)} nouns; {NEAREST + 1} are the fewest")
    rows = space[[row[name] for name in names]]
    alike = cosines(rows, rows)  # (n, n)
    np.fill_diagonal(alike, -np.inf)  # nobody is its own neighbour
    nearest = np.argsort(-alike, 1, "stable")[:, :NEAREST]
    others = ~np.eye(len(names), dtype=bool)
    same_slot = _same([nouns[name].slot for name in names])
    same_topic = _same([nouns[name].topic for name in names])
    return Shared(
        slot=float(np.take_along_axis(same_slot, nearest, 1).mean()),
        topic=float(np.take_along_axis(same_topic, nearest, 1).mean()),
        slot_by_chance=float(same_slot[others].mean()),
        topic_by_chance=float(same_topic[others].mean()),
    )


def analogy_rivals(
    space: np.ndarray,
    row: Mapping[str, int],
    pairs: Sequence[tuple[str, str]],
    asked: Sequence[tuple[str, str, str, str]],
    rng: np.random.Generator,
) -> dict[str, float]:
    """Return how often "a is to b as c is to d" is answered rightly in other ways.

    `pairs` are (singular, plural); c of each question is one of the singulars. From c
    goes no step, a step between two random singulars, the step from a to b, or the mean
    step of all other pairs. Last, no step, and only plurals may be answers.
    """
    unit = unit_rows(space)
    two_rows = np.array([[row[one], row[many]] for one, many in pairs])
    singular, plural = unit[two_rows.T]  # each (pairs, C)
    no_plural = set(row.values()) - {row[many] for _, many in pairs}
    place = {one: i for i, (one, _) in enumerate(pairs)}
    found: dict[str, list[bool]] = {}
    for question in asked:
        a, b, c, d = (row[word] for word in question)
        others = np.arange(len(pairs)) != place[question[2]]
        two = singular[rng.choice(len(pairs), 2, replace=False)]
        steps = {
            "no step": 0 * unit[c],
            "random step": two[1] - two[0],
            "step of a pair": unit[b] - unit[a],
            "mean step": (plural - singular)[others].mean(0),
        }
        tries = {way: (unit[c] + step, set()) for way, step in steps.items()}
        tries["only plurals"] = (unit[c], no_plural)
        for way, (target, left_out) in tries.items():
            [answer] = nearest(unit, target, 1, {a, b, c} | left_out)
            found.setdefault(way, []).append(answer[0] == d)
    return {way: float(np.mean(right)) for way, right in found.items()}


def unseen_words(
    space: np.ndarray,
    row: Mapping[str, int],
    nouns: Mapping[str, Noun],
    hidden: Sequence[str],
) -> Unseen:
    """Measure where plurals lie that were hidden in training.

    Is the nearest word that was not hidden the singular? Of the five nearest other
    nouns that were not hidden: how many share the topic? Shape: space (V, C).
    Raises ValueError without a hidden word.
    """
    if not hidden:
        raise ValueError("no word is hidden; name at least one")
    words = [word for word in row if word not in hidden]
    seen = [word for word in nouns if word not in hidden]
    first, topics, by_chance = [], [], []
    for word in hidden:
        noun = nouns[word]
        first.append(_nearest(space, row, word, words)[0] == noun.singular)
        others = [name for name in seen if name != noun.singular]
        near = _nearest(space, row, word, others)[:NEAREST]
        topics.append(np.mean([nouns[name].topic == noun.topic for name in near]))
        by_chance.append(np.mean([nouns[x].topic == noun.topic for x in others]))
    means = [float(np.mean(some)) for some in (first, topics, by_chance)]
    return Unseen(*means)


def _nearest(
    space: np.ndarray, row: Mapping[str, int], word: str, others: Sequence[str]
) -> list[str]:
    """Return other words, the nearest first."""
    rows = space[[row[name] for name in others]]
    alike = cosines(rows, space[row[word]][None])[:, 0]
    return [others[i] for i in np.argsort(-alike, kind="stable")]


def _same(labels: Sequence[str]) -> np.ndarray:
    """Return which pairs of labels are equal, (n, n)."""
    labels = np.array(labels)
    return labels[:, None] == labels
