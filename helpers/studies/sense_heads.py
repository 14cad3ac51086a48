"""A linear classifier on frozen states: which of its two senses has a word?

Built in notebooks/06_attention.ipynb.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from helpers.models.elmo_tasks import ScalarMix
from helpers.studies import sense_choice, sense_labels
from helpers.studies.sense_choice import Story


class Linear(nn.Module):
    """A learned mix of frozen layers, and one matrix."""

    def __init__(self, n_layers: int, width: int):
        super().__init__()
        self.mix = ScalarMix(n_layers)
        self.head = nn.Linear(width, len(sense_choice.senses()))

    def forward(self, ids: Tensor, mask: Tensor, layers: Tensor) -> Tensor:
        return self.head(self.mix(layers))


def right_of(
    learned: Sequence[Story], asked: Sequence[Story], n: int, rate: float, seed: int
) -> float:
    """Learn a linear classifier from n labels; return the share of right senses."""
    torch.manual_seed(seed)
    n_layers, _, width = learned[0].layers.shape
    model = Linear(n_layers, width)
    some = sense_choice.labelled(learned, n)
    sense_choice.fit(model, some, sense_labels.STEPS[n], rate, seed)
    right, _ = sense_choice.score(model, asked)
    return right.mean().item()
