"""What each exercise is compared with: whose answer is right, what to try it on.

The answer is always a helper's own function; no solution stands here.
Built in notebooks/00_start_here.ipynb.
"""

import random
from collections.abc import Callable


def _shares(n: int, seed: int) -> list[float]:
    values = [random.Random(seed + i).random() + 0.05 for i in range(n)]
    return [v / sum(values) for v in values]


def draw(seed: int, *shapes: tuple[int, ...]) -> tuple:
    """Return tensors of these shapes, drawn one after the other from a normal."""
    import torch

    make = torch.Generator().manual_seed(seed)
    return tuple(torch.randn(*shape, generator=make) for shape in shapes)


def _tensors(seed: int):
    c, n = 2 + seed, 3 + seed
    return draw(seed, (c,), (n,), (n, c), (n, n), (n,))


def _gated(n_gates: int, seed: int, n_states: int):
    """x, the states, W, U and the biases of one gated step."""
    c, n = 2 + seed, 3 + seed
    shapes = [(c,), *[(n,)] * n_states, (n_gates * n, c), (n_gates * n, n)]
    return draw(seed, *shapes, *[(n_gates * n,)] * (3 - n_states))


def _padded(seed: int):
    import torch

    mask = torch.arange(5) < torch.tensor([5, 2, 1 + seed])[:, None]
    return *draw(seed, (3, 5, 2)), mask


def _layers(seed: int):
    n = 2 + seed
    *layers, scores = draw(seed, *[(3, 2 + n)] * n, (n,))
    return layers, scores, 0.5 + seed


def _highway(seed: int):
    n = 2 + seed
    return draw(seed, (n,), (n, n), (n,), (n, n), (n,))


def _array(*shape: int):
    import numpy as np

    return np.random.default_rng(sum(shape)).normal(size=shape)


def _table(n: int):
    import numpy as np

    half = np.random.default_rng(n).integers(0, 4, size=(n, n))
    return half + half.T + np.eye(n)


# name: (whose answer is right, what to try it on)
EXERCISES: dict[str, tuple[str, Callable[[], list[tuple]]]] = {
    "entropy": (
        "helpers.corpora.truth.entropy",
        lambda: [([0.5, 0.5],), ([1.0, 0.0],), (_shares(6, 1),)],
    ),
    "cross_entropy": (
        "helpers.corpora.truth.cross_entropy",
        lambda: [([0.5, 0.5], [0.9, 0.1]), (_shares(4, 2), _shares(4, 9))],
    ),
    "bigram_counts": (
        "helpers.models.ngram.bigram_counts",
        lambda: [("the bank the bank is".split(),), (list("abracadabra"),), (["a"],)],
    ),
    "row_of": (
        "helpers.models.vectors.row_of",
        lambda: [(0, _array(3, 2)), (4, _array(5, 3)), (2, _array(3, 4))],
    ),
    "cosine": (
        "helpers.models.vectors.cosine",
        lambda: [([1, 0], [1, 1]), (_array(5), _array(5) * -3), (_array(4), [1] * 4)],
    ),
    "pmi": ("helpers.models.vectors.pmi", lambda: [(_table(3),), (_table(5),)]),
    "rnn_step": (
        "helpers.models.recurrent.rnn_step",
        lambda: [_tensors(0), _tensors(1), _tensors(4)],
    ),
    "lstm_step": (
        "helpers.models.gated.lstm_step",
        lambda: [_gated(4, 0, 2), _gated(4, 1, 2), _gated(4, 3, 2)],
    ),
    "gru_step": (
        "helpers.models.gated.gru_step",
        lambda: [_gated(3, 0, 1), _gated(3, 1, 1), _gated(3, 3, 1)],
    ),
    "last_real": (
        "helpers.models.bidirectional.last_real",
        lambda: [_padded(0), _padded(1), _padded(3)],
    ),
    "scalar_mix": (
        "helpers.models.elmo_tasks.scalar_mix",
        lambda: [_layers(0), _layers(1), _layers(2)],
    ),
    "highway": (
        "helpers.models.characters.highway",
        lambda: [_highway(0), _highway(1), _highway(3)],
    ),
    "reverse_real": (
        "helpers.models.bidirectional.reverse_real",
        lambda: [_padded(0), _padded(1), _padded(3)],
    ),
    "clip_factor": (
        "helpers.training.loop.clip_factor",
        lambda: [(4.0, 1.0), (0.5, 1.0), (3.0, 2.0)],
    ),
    "perplexity": (
        "helpers.lesson.ladder.perplexity",
        lambda: [(0.0,), (1.5,), (4.7,)],
    ),
}
