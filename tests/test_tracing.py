"""Taps change nothing and are heard only while somebody records."""

import pytest
import torch
from torch import nn

from helpers.models.encoder import EncoderBlock, EncoderSize
from helpers.models.tracing import Tap, recording, tour


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


class Loop(nn.Module):
    def __init__(self):
        super().__init__()
        self.steps = nn.ModuleList(nn.Linear(3, 3) for _ in range(2))
        self.tap = Tap()

    def forward(self, x, scale=None):
        for step in self.steps:  # one after the other
            x = x + step(x)
        return self.tap(x)


def test_a_tour_lists_every_call_with_its_shapes_weights_and_lines():
    block = EncoderBlock(EncoderSize(d_model=12, n_heads=3, d_ff=20))
    parts = tour(block, torch.randn(2, 5, 12))
    modules = dict(block.named_modules())
    assert [p.name for p in parts if p.depth == 0] == [
        "norm_attend",
        "attend",
        "drop",
        "norm_feed",
        "feed",
        "drop",
    ]
    for part in parts:
        module = modules[part.name]
        assert part.kind == type(module).__name__
        assert part.parameters == sum(p.numel() for p in module.parameters())
        assert f"self.{part.name.split('.')[-1]}(" in part.code
    feed = {p.name: p for p in parts if p.name.startswith("feed.")}
    assert feed["feed.widen"].inputs == ((2, 5, 12),)
    assert feed["feed.widen"].output == (2, 5, 20)
    assert (feed["feed.widen"].depth, feed["feed.widen"].source) == (1, "feed")
    assert feed["feed.narrow"].source == "feed.activate"


def test_a_tour_tells_the_loop_around_a_call_and_what_was_computed_between():
    parts = tour(Loop(), torch.randn(2, 3))
    code = "for step in self.steps:\n    x = x + step(x)"
    assert [(p.name, p.code) for p in parts] == [("steps.0", code), ("steps.1", code)]
    assert [p.source for p in parts] == ["", None]  # a sum stands before the second
    assert [p.name for p in tour(Loop(), torch.ones(1, 3), taps=True)][-1] == "tap"


@pytest.mark.parametrize("first", [True, False])
def test_a_tour_of_torchs_own_layer_is_whole_and_leaves_no_hook(first):
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, norm_first=first)
    layer.eval()
    x = torch.randn(2, 3, 8)
    before = layer(x)
    names = [p.name for p in tour(layer, x)]
    assert {"self_attn", "linear1", "linear2", "norm1", "norm2"} <= set(names)
    assert (names.index("norm1") < names.index("self_attn")) == first
    assert torch.allclose(layer(x), before, atol=1e-5)
    hooks = [(m._forward_hooks, m._forward_pre_hooks) for m in layer.modules()]
    assert not any(after or ahead for after, ahead in hooks)


def test_a_tour_takes_each_call_of_a_shared_part_and_any_tensors():
    shared = nn.Linear(4, 4)
    parts = tour(nn.Sequential(shared, nn.LSTM(4, 5), nn.Identity()), torch.ones(2, 4))
    assert [p.output for p in parts] == [(2, 4), (2, 5), (2, 5)]
    assert parts[2].inputs == ((2, 5), (1, 5), (1, 5))  # states, and the last h and c
    twice = tour(nn.Sequential(shared, shared), torch.ones(2, 4))
    assert [p.name for p in twice] == ["0", "0"]


def test_a_model_that_calls_no_part_is_refused_and_hooks_are_gone_after_an_error():
    with pytest.raises(ValueError, match="Linear called no module of its own"):
        tour(nn.Linear(1, 1), torch.ones(1, 1))
    model = nn.Sequential(nn.Linear(2, 2))
    with pytest.raises(RuntimeError):
        tour(model, torch.ones(1, 3))
    assert not model[0]._forward_hooks and not model[0]._forward_pre_hooks


class Nested(nn.Module):
    def __init__(self):
        super().__init__()
        self.step = nn.Linear(3, 3)

    def forward(self, x):
        for _ in range(1):
            for _ in range(2):
                x = self.step(x)
        return x


def test_a_tour_tells_the_innermost_loop():
    parts = tour(Nested(), torch.ones(1, 3))
    assert {p.code for p in parts} == {"for _ in range(2):\n    x = self.step(x)"}
    assert [p.source for p in parts] == ["", "step"]
