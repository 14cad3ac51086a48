"""Word vectors made in six ways, asked for plurals and verb forms, with controls.

"crane is to cranes as boat is to …" by arithmetic, by the nearest neighbour of the
third word alone, and with the words of the question allowed as answers; plurals also
by the mean step of other nouns, by a random step, and by the nearest plural alone.
Built in notebooks/01_words_as_numbers.ipynb.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch

from helpers.corpora import world
from helpers.corpora.grammar import lexicon, morphology
from helpers.models import vectors, word_vectors
from helpers.models.word_vectors import FastText, GloVe
from helpers.probes import nearness

ARMS = (
    "PMI and SVD",
    "skip-gram",
    "GloVe",
    "GloVe, all pairs",
    "fastText",
    "letters, untrained",
)
WAYS = ("arithmetic", "no arithmetic", "question words allowed")
UNTRAINED = ("PMI and SVD", "letters, untrained")
SEEDS = (0, 1, 2, 3, 4)
RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
TUNED = "error"
WINDOW = 4
D_MODEL = 48
STEPS = 800  # of skip-gram and fastText
GLOVE_STEPS = 100  # each sees all pairs
ASKED = 300  # questions of each kind
STORIES = 4000
FIRST_TEXT = 200  # seed s writes its own stories, number 200 + s
CODE = (vectors, word_vectors, nearness, world, lexicon, morphology)


class Analogy(NamedTuple):
    """The words of "a is to b as c is to d"."""

    a: str
    b: str
    c: str
    d: str


def pairs() -> dict[str, list[tuple[str, str]]]:
    """Return the world's nouns with their plurals, and verbs with the form of "she"."""
    known = set(world.vocabulary())
    nouns = sorted({n for types in lexicon.NOUNS.values() for n in _words(types)})
    verbs = sorted({v for v in _words(lexicon.TRANSITIVE)})
    two = {
        "plural": [(noun, morphology.plural(noun)) for noun in nouns],
        "verb": [(verb, morphology.third_person(verb)) for verb in verbs],
    }
    return {
        kind: [(a, b) for a, b in some if {a, b} <= known and a != b]
        for kind, some in two.items()
    }


def _words(table: dict) -> list[str]:
    """Return all words in the values of a table: texts, or tuples of texts."""
    found = []
    for value in table.values():
        texts = [value] if isinstance(value, str) else value
        found += " ".join(texts).split()
    return found


def questions(kind: str, n: int, seed: int) -> list[Analogy]:
    """Return n questions of a kind, each made of two different random pairs."""
    rng = np.random.default_rng(seed)
    known = pairs()[kind]
    found = []
    for _ in range(n):
        first, second = rng.choice(len(known), 2, replace=False)
        found.append(Analogy(*known[first], *known[second]))
    return found


def answers(space: np.ndarray, asked: list[Analogy]) -> dict[str, np.ndarray]:
    """Return which questions are answered rightly in three ways, each (n,) of 0 and 1.

    `space` has a row for each word of the world's vocabulary, (V, C).
    """
    row = {word: i for i, word in enumerate(world.vocabulary())}
    unit = vectors.unit_rows(space)
    found: dict[str, list[bool]] = {way: [] for way in WAYS}
    for question in asked:
        a, b, c, d = (row[word] for word in question)
        target = unit[b] - unit[a] + unit[c]
        tries = {
            "arithmetic": vectors.nearest(unit, target, 1, {a, b, c}),
            "no arithmetic": vectors.nearest(unit, unit[c], 1, {a, b, c}),
            "question words allowed": vectors.nearest(unit, target, 1),
        }
        for way, nearest in tries.items():
            found[way].append(nearest[0][0] == d)
    return {way: np.array(right, float) for way, right in found.items()}


def made(arm: str, rate: float | None, seed: int) -> np.ndarray:
    """Return the vectors that a method makes of a seed's own stories, (V, C)."""
    ids, counts = _text(seed)
    words = world.vocabulary()
    torch.manual_seed(seed)
    if arm == "PMI and SVD":
        return vectors.svd_vectors(vectors.pmi(counts), D_MODEL)
    if arm.startswith("GloVe"):
        model = GloVe(len(words), D_MODEL)
        met = counts + 1 if arm == "GloVe, all pairs" else counts
        word_vectors.train_glove(met, model, GLOVE_STEPS, rate)
        return model.vectors
    if arm == "skip-gram":
        model = vectors.SkipGram(len(words), D_MODEL)
    else:
        model = FastText(words, D_MODEL)
    if arm != "letters, untrained":
        generator = torch.Generator().manual_seed(seed)
        vectors.train_skipgram(ids, model, WINDOW, STEPS, generator, rate)
    return model.vectors


@lru_cache(1)
def _text(seed: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Return the ids of a seed's stories, and how often tokens are neighbours."""
    row = {word: i for i, word in enumerate(world.vocabulary())}
    stories = world.documents(STORIES, FIRST_TEXT + seed)
    ids = [np.array([row[token] for token in story.tokens]) for story in stories]
    return ids, vectors.cooccurrence(ids, WINDOW, len(row))


def measure(arm: str, rate: float | None, seed: int, part: str) -> dict:
    """Return the share of wrong answers, and which answers were right, in three ways.

    Rates are chosen on other questions (another seed) than the ones of the test, which
    also asks for the shares of right plurals by `nearness.analogy_rivals`.
    """
    space = made(arm, rate, seed)
    asked_with = 1 if part == "test" else 2
    scores = {}
    for kind in ("plural", "verb"):
        found = answers(space, questions(kind, ASKED, asked_with))
        scores |= {f"{kind}, {way}": right for way, right in found.items()}
    error = float(1 - scores["plural, arithmetic"].mean())
    if part == "validation":
        return {"error": error}
    return {"error": error, **scores, **_rivals(space, seed)}


def _rivals(space: np.ndarray, seed: int) -> dict[str, float]:
    """Return how many plurals are right in other ways, by the same questions."""
    row = {word: i for i, word in enumerate(world.vocabulary())}
    asked = questions("plural", ASKED, 1)
    rng = np.random.default_rng(seed)
    found = nearness.analogy_rivals(space, row, pairs()["plural"], asked, rng)
    return {f"plural, {way}": share for way, share in found.items()}


def about() -> dict:
    """Return what else makes the results."""
    return {
        "stories": STORIES,
        "texts": f"seeds {FIRST_TEXT} and up, one for each run",
        "window": WINDOW,
        "dimensions": D_MODEL,
        "steps": {"skip-gram, fastText": STEPS, "GloVe": GLOVE_STEPS},
        "questions of a kind": ASKED,
    }
