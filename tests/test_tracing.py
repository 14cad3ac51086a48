"""Taps change nothing and are heard only while somebody records."""

import pytest
import torch
from torch import nn

from helpers.tracing import Tap, recording


class Twice(nn.Module):
    def __init__(self):
        super().__init__()
        self.tap = Tap()

    def forward(self, x):
        return self.tap(self.tap(x) * 2) * 2


def test_a_recording_collects_every_passage_and_changes_nothing():
    model, x = Twice(), torch.randn(2, 3)
    with recording(model) as seen:
        y = model(x)
    assert torch.equal(y, model(x)) and torch.equal(y, x * 4)
    assert torch.equal(seen["tap"], torch.stack([x, x * 2]))


def test_hooks_are_gone_after_the_recording_even_after_an_error():
    model = Twice()
    with pytest.raises(RuntimeError), recording(model):
        raise RuntimeError
    assert not model.tap._forward_hooks


def test_a_model_without_taps_is_refused():
    with pytest.raises(ValueError, match="no Tap"), recording(nn.Linear(1, 1)):
        pass
