"""The question of a tagger: one label for each token."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from torch import Tensor
from torch.nn import functional as F

from helpers.objectives.batching import pad


class Tags(NamedTuple):
    """ids (B, T), mask (B, T) True = real, wanted (B, T) labels, −1 = not asked."""

    ids: Tensor
    mask: Tensor
    wanted: Tensor


def tag_batch(sequences: Sequence[np.ndarray], labels: Sequence[Sequence[int]]) -> Tags:
    """Ask for a label of each token; −1 marks a token that is not asked.

    Raises ValueError where a row of labels is not as long as its sequence.
    """
    for row, (ids, wanted) in enumerate(zip(sequences, labels, strict=True)):
        if len(ids) != len(wanted):
            raise ValueError(
                f"row {row} has {len(ids)} tokens and {len(wanted)} labels; give one "
                "label to each token, −1 where nothing is asked"
            )
    wanted, _ = pad([np.asarray(row) for row in labels], -1)
    return Tags(*pad(sequences), wanted)


def tag_loss(logits: Tensor, wanted: Tensor) -> Tensor:
    """Return the mean cross-entropy in nats over the tokens that are asked.

    Shapes: logits (B, T, classes), wanted (B, T), −1 = not asked.
    """
    return F.cross_entropy(logits[wanted >= 0], wanted[wanted >= 0])
