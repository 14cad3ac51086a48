"""Examples for the exercises on word vectors: pairs, steps, pieces of words.

Built in notebooks/01_words_as_numbers.ipynb.
"""

import numpy as np

from helpers.lesson.examples.words import array

STORY = "the duck watches the old boat".split()
PIECES = {"<du": 0, "duc": 1, "uck": 2, "ck>": 3, "<duck>": 4, "luc": 5, "cky": 6}


def pair(label: float, size: int) -> tuple[np.ndarray, np.ndarray, float, float]:
    """Return a centre, a context, whether they are a real pair, a learning rate."""
    both = array(2, size)
    return both[0], both[1], label, 0.5


EXERCISES = {
    "sliding_pairs": (
        "helpers.models.word_vectors.sliding_pairs",
        [(STORY, 1), (STORY, 2), (["duck"], 3)],
    ),
    "skipgram_step": (
        "helpers.models.word_vectors.skipgram_step",
        [pair(1.0, 3), pair(0.0, 3), pair(1.0, 6)],
    ),
    "unseen_vector": (
        "helpers.models.word_vectors.unseen_vector",
        [("duck", PIECES, array(7, 2)), ("lucky", PIECES, array(7, 3))],
    ),
}
