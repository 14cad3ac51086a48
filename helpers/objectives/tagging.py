"""Tagging: one label is predicted for each token of a text."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from helpers.objectives.batching import IGNORE_INDEX, pad


class Tags(NamedTuple):
    """ids (B, T), mask (B, T) True = real, labels (B, T), IGNORE_INDEX = not wanted."""

    ids: Tensor
    mask: Tensor
    labels: Tensor


def tag_batch(sequences: Sequence[np.ndarray], labels: Sequence[Sequence[int]]) -> Tags:
    """Ask for a label of each token; IGNORE_INDEX (−100) asks for none.

    Raises ValueError where a row of labels is not as long as its sequence.
    """
    ids, mask = pad(sequences)  # (B, T)
    # Padding gets the same sign: no label is wanted there either.
    padded, label_mask = pad(labels, IGNORE_INDEX)  # (B, T)
    if not torch.equal(mask, label_mask):
        raise ValueError(
            f"rows have {mask.sum(1).tolist()} tokens and {label_mask.sum(1).tolist()} "
            f"labels; give each token a label, {IGNORE_INDEX} where none is wanted"
        )
    return Tags(ids, mask, padded)


def labelled(labels: Tensor) -> Tensor:
    """Return where a label is wanted: (B, T) bool.

    Raises ValueError where none is: there is no mean loss of nothing.
    """
    found = labels != IGNORE_INDEX
    if not found.any():
        raise ValueError(
            "no token is hidden or labelled, so there is no loss; hide a larger share, "
            "or give more text or labels"
        )
    return found


def tag_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the mean cross-entropy in nats over the tokens that have a label.

    Shapes: logits (B, T, classes), labels (B, T), IGNORE_INDEX = no label is wanted.
    Raises ValueError where no token has one.
    """
    asked = labelled(labels)  # (B, T)
    return F.cross_entropy(logits[asked], labels[asked])
