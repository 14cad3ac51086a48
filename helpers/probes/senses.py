"""Questions about what a model knows, with the answer known.

Built in notebooks/01_words_as_numbers.ipynb, 02_rnn.ipynb, 04_elmo.ipynb,
07_self_attention.ipynb, 09_transformer_encoder.ipynb and 12_bert_pretraining.ipynb.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch

from helpers.probes.shares import Share, share


class Threshold(NamedTuple):
    """The best cut of a score, its accuracy, and what always guessing one side gets."""

    threshold: float
    accuracy: float
    majority: float


def best_threshold(scores: Sequence[float], gold: Sequence[bool]) -> Threshold:
    """Find the threshold that best tells gold True (score above it) from False.

    Shapes: (n,), (n,). Raises ValueError if the lengths differ or are 0.
    Built in notebooks/01_words_as_numbers.ipynb.
    """
    scores, gold = np.asarray(scores, float), np.asarray(gold, bool)
    if scores.shape != gold.shape or not len(scores):
        raise ValueError(f"{scores.shape} scores and {gold.shape} answers do not match")
    cuts = np.concatenate([[-np.inf], np.unique(scores)])
    right = ((scores[None] > cuts[:, None]) == gold).mean(1)
    best = int(right.argmax())
    return Threshold(
        cuts[best], float(right[best]), float(max(gold.mean(), 1 - gold.mean()))
    )


class Occurrences(NamedTuple):
    """Ambiguous words in their texts: vectors (L, n, C), senses and short texts."""

    vectors: np.ndarray
    senses: list[str]
    texts: list[str]


def occurrences(layers: torch.Tensor, documents: Sequence) -> Occurrences:
    """Collect the vectors of all ambiguous words, with their gold senses.

    `layers` (L, B, T, C) are in line with the documents' tokens. Texts are the four
    tokens before and after. Built in notebooks/04_elmo.ipynb.
    """
    places = [(r, t) for r, d in enumerate(documents) for t in range(len(d))]
    places = [(r, t) for r, t in places if documents[r].senses[t]]
    rows, columns = (list(part) for part in zip(*places, strict=True))
    texts = [" ".join(documents[r].tokens[max(0, t - 4) : t + 5]) for r, t in places]
    senses = [documents[r].senses[t] for r, t in places]
    return Occurrences(layers[:, rows, columns].numpy(), senses, texts)


def nearest_sense(known: tuple, asked: tuple) -> Share:
    """Name the sense of each asked occurrence by its nearest known one.

    Both are (vectors (n, C), senses "form/scene"); neighbours by cosine, among known
    occurrences of the same form. Source: Peters et al. 2018, sec. 5.3 (there: nearest
    mean of a sense). Built in notebooks/04_elmo.ipynb.
    """
    (a, known_senses), (b, senses) = known, asked
    a, b = (v / np.linalg.norm(v, axis=1, keepdims=True).clip(1e-12) for v in (a, b))
    forms = np.array([s.split("/")[0] for s in known_senses])
    alike = b @ a.T  # (asked, known)
    alike[np.array([s.split("/")[0] for s in senses])[:, None] != forms] = -np.inf
    found = np.array(known_senses)[alike.argmax(1)]
    return share(found == np.array(senses))


def linear_probe(known: tuple, asked: tuple, ridge: float = 1.0) -> Share:
    """Fit labels by ridge regression on vectors; return the share right on others.

    Both are (vectors (n, C), labels). What a linear map can read off a layer.
    Source: Alain & Bengio 2016. Built in notebooks/04_elmo.ipynb.
    """
    (a, labels), (b, wanted) = known, asked
    kinds = sorted(set(labels))
    targets = np.array([[label == kind for kind in kinds] for label in labels]) * 1.0
    a, b = (np.c_[v, np.ones(len(v))] for v in (a, b))
    W = np.linalg.solve(a.T @ a + ridge * np.eye(a.shape[1]), a.T @ targets)
    found = [kinds[i] for i in (b @ W).argmax(1)]
    return share([f == w for f, w in zip(found, wanted, strict=True)])


def usual_sense(known: Sequence, fresh: Sequence) -> float:
    """Return how often the most frequent sense of a form is right: the simplest rule.

    `known` and `fresh` are documents of the world; senses are counted in the first and
    named in the second. A share in [0, 1].
    Built in notebooks/04_elmo.ipynb.
    """
    counts = Counter(s for d in known for s in d.senses if s)
    usual = {s.split("/")[0]: s for s, _ in reversed(counts.most_common())}
    asked = [s for d in fresh for s in d.senses if s]
    return sum(usual.get(s.split("/")[0]) == s for s in asked) / len(asked)
