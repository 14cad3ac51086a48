"""Examples for the exercises on recurrent networks, from the RNN to ELMo.

Sizes: C of an input, N of a state. Built in notebooks/02_rnn.ipynb, 03_lstm.ipynb and
04_elmo.ipynb.
"""

import torch

from helpers.lesson.examples.tensors import draw, seeded


def rnn(seed: int) -> tuple:
    """Return x (C), h (N), W_x (N, C), W_h (N, N) and b (N)."""
    c = 2 + seed
    n = 3 + seed
    return draw(seed, (c,), (n,), (n, c), (n, n), (n,))


def lstm(seed: int) -> tuple:
    """Return x (C), h and c (N), W (4N, C), U (4N, N) and b (4N)."""
    c = 2 + seed
    n = 3 + seed
    return draw(seed, (c,), (n,), (n,), (4 * n, c), (4 * n, n), (4 * n,))


def gru(seed: int) -> tuple:
    """Return x (C), h (N), W (3N, C), U (3N, N) and two biases (3N)."""
    c = 2 + seed
    n = 3 + seed
    return draw(seed, (c,), (n,), (3 * n, c), (3 * n, n), (3 * n,), (3 * n,))


def padded(seed: int) -> tuple:
    """Return states (3, 5, 2) of three texts, and which of them are real (3, 5)."""
    (states,) = draw(seed, (3, 5, 2))
    lengths = torch.tensor([5, 2, 1 + seed])
    return states, torch.arange(5) < lengths[:, None]


def layers(seed: int) -> tuple:
    """Return layers, each (3, N), a score for each of them, and a scale."""
    n = 2 + seed
    shapes = [(3, 2 + n)] * n
    *layers, scores = draw(seed, *shapes, (n,))
    return layers, scores, 0.5 + seed


def highway(seed: int) -> tuple:
    """Return x (N), and W (N, N) and b (N) of the new part and of the gate."""
    n = 2 + seed
    return draw(seed, (n,), (n, n), (n,), (n, n), (n,))


def gradients(seed: int) -> tuple:
    """Return gradients of three shapes, and a norm: too long for it only at times."""
    sizes = draw(seed, (3, 2), (4,), (1, 5))
    return sizes, 2.0 if seed else 100.0


EXERCISES = {
    "rnn_step": (
        "helpers.models.recurrent.rnn_step",
        seeded(rnn, 0, 1, 4),
    ),
    "bptt_shares": (
        "helpers.models.reach.bptt_shares",
        [([0.5, -0.3, 0.8], 0.9), ([1.2], 0.5), ([0.1, 0.7, -0.4, 0.2, 0.6], -1.5)],
    ),
    "clip_by_norm": (
        "helpers.training.clipping.clip_by_norm",
        seeded(gradients, 0, 1, 4),
    ),
    "lstm_step": (
        "helpers.models.gated.lstm_step",
        seeded(lstm, 0, 1, 3),
    ),
    "gru_step": (
        "helpers.models.gated.gru_step",
        seeded(gru, 0, 1, 3),
    ),
    "last_real": (
        "helpers.models.bidirectional.last_real",
        seeded(padded, 0, 1, 3),
    ),
    "reverse_real": (
        "helpers.models.bidirectional.reverse_real",
        seeded(padded, 0, 1, 3),
    ),
    "scalar_mix": (
        "helpers.models.elmo_tasks.scalar_mix",
        seeded(layers, 0, 1, 2),
    ),
    "highway": (
        "helpers.models.characters.highway",
        seeded(highway, 0, 1, 3),
    ),
}
