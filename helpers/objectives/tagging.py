"""Tagging: one label is predicted for each token of a text."""

from typing import NamedTuple

from torch import Tensor

from helpers.objectives.batching import IGNORE_INDEX


class Tags(NamedTuple):
    """ids (B, T), mask (B, T) True = real, labels (B, T), IGNORE_INDEX = not wanted."""

    ids: Tensor
    mask: Tensor
    labels: Tensor


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
