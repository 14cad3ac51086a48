"""Right and wrong verbs by the distance to their subjects: on file, or asked for now.

Reads what the study `agreement` has kept. Built in notebooks/02_rnn.ipynb.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from helpers.corpora.tasks import Agreement
from helpers.studies.agreement import Kind
from helpers.studies.reading import Results

# Tokens from the subject to its verb: how many nouns stand in between.
NOUNS = {1: 0, 4: 1, 5: 1, 7: 2, 8: 2, 11: 3}


def likelier(
    prob: Callable[[Sequence[str], str], float], items: Sequence[Agreement]
) -> np.ndarray:
    """Say for each item whether prob(text before, right form) is the larger; (n,)."""
    found = []
    for item in items:
        found.append(prob(item.prefix, item.good) > prob(item.prefix, item.bad))
    return np.array(found)


def on_file(race: Results, arm: str, attractors: bool) -> np.ndarray:
    """Return the shares right of an arm, (seeds, distances), in the order of NOUNS.

    With `attractors` all nouns in between have the other number, else none of them.
    """
    scores = [str(kind) for kind in _kinds(attractors)]
    return np.stack([race.curve(score)[arm].mean(1) for score in scores], 1)


def asked(
    choices: Callable[[Sequence[Agreement]], np.ndarray],
    groups: Mapping[Kind, Sequence[Agreement]],
    attractors: bool,
) -> np.ndarray:
    """Return the shares right, (distances,), of items that are asked for now.

    `choices(items)` says which are right; NaN where there are no such items.
    """
    found = []
    for kind in _kinds(attractors):
        items = groups.get(kind)
        found.append(choices(items).mean() if items else np.nan)
    return np.array(found)


def _kinds(attractors: bool) -> list[Kind]:
    return [Kind(distance, n if attractors else 0) for distance, n in NOUNS.items()]
