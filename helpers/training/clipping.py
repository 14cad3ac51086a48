"""Shorten a gradient that is too long: all its numbers by the same factor.

Built in notebooks/02_rnn.ipynb.
"""

import math
from collections.abc import Sequence

from torch import Tensor

from helpers.training.loop import clip_factor


def clip_by_norm(gradients: Sequence[Tensor], max_norm: float) -> list[Tensor]:
    """Return all gradients times one factor, so that their joint norm is ≤ max_norm.

    The norm is the root of the sum of all squares; the direction stays. Any shapes.
    Source: Pascanu, Mikolov & Bengio 2013, algorithm 1. Built in 02_rnn.ipynb.
    """
    norm = math.sqrt(sum(float(g.pow(2).sum()) for g in gradients))
    factor = clip_factor(norm, max_norm)
    return [gradient * factor for gradient in gradients]
