"""Examples for the exercises on losses, vectors and pieces of words.

Built in notebooks/01_words_as_numbers.ipynb, 02_rnn.ipynb and 11_bert_input.ipynb.
"""

import numpy as np


def array(*shape: int) -> np.ndarray:
    """Return an array of random numbers from a normal."""
    return np.random.default_rng(sum(shape)).normal(size=shape)


def counts(n: int) -> np.ndarray:
    """Return how often n words are neighbours: (n, n), symmetric."""
    half = np.random.default_rng(n).integers(0, 4, size=(n, n))
    return half + half.T + np.eye(n)


KNOWN_PIECES = {
    "un": 0,
    "u": 1,
    "##h": 2,
    "##happ": 3,
    "##y": 4,
    "##n": 5,
    "##appy": 6,
}

EXERCISES = {
    "perplexity": ("helpers.lesson.ladder.perplexity", [(0.0,), (1.5,), (4.7,)]),
    "row_of": (
        "helpers.models.vectors.row_of",
        [(0, array(3, 2)), (4, array(5, 3)), (2, array(3, 4))],
    ),
    "cosine": (
        "helpers.models.vectors.cosine",
        [([1, 0], [1, 1]), (array(5), array(5) * -3), (array(4), [1] * 4)],
    ),
    "pmi": ("helpers.models.vectors.pmi", [(counts(3),), (counts(5),)]),
    "bare": (
        "helpers.tokenization.wordpiece.normalise",
        [("Über Ångström",), ("Café",), ("각",), ("plain",)],
    ),
    "cut": (
        "helpers.tokenization.wordpiece.cut",
        [(w, KNOWN_PIECES) for w in ("un", "unhappy", "unhappier", "unn", "y")],
    ),
}
