"""What notebook 03 measures with: number units, an open LSTM, its three studies."""

import numpy as np
import pytest
import torch
from torch import nn

from helpers.corpora import world
from helpers.models.gated import GRU, LSTM, GatedLanguageModel, OpenLSTM
from helpers.probes import number_units
from helpers.studies import agreement, cells, directions, gates
from helpers.studies.cells import WIDTHS

IDS = {"a": 4, "b": 5, "c": 6, "x": 7, "y": 8}


class Item:
    """An agreement item with the parts that the probe reads."""

    def __init__(self, prefix: tuple[str, ...], plural: bool):
        self.prefix = prefix
        self.plural = plural
        self.good, self.bad = ("y", "x") if plural else ("x", "y")


def counting(kind: str = "lstm") -> GatedLanguageModel:
    """Return a network with 9 tokens and 3 units whose weights are random."""
    torch.manual_seed(0)
    return GatedLanguageModel(9, 4, 3, kind)


def obeying() -> GatedLanguageModel:
    """Return an LSTM whose unit 1 alone decides: above 0 it says y, below it x."""
    model = counting()
    with torch.no_grad():
        model.output.weight.zero_()
        model.output.bias.zero_()
        model.output.weight[IDS["y"], 1] = 1.0
        model.output.weight[IDS["x"], 1] = -1.0
    return model


# ---------------------------------------------------------------------- number units


def test_units_tell_the_number_by_the_distance_of_their_means():
    plural = np.array([True, True, False, False])
    held = np.array([[3.0, 0, 1], [5.0, 1, 1], [0.0, 0, 1], [2.0, 1, 1]])
    tells = number_units.tells(held, plural)
    assert tells[0] == pytest.approx(3 / 1, abs=1e-4)  # means 4 and 1, both spreads 1
    assert tells[1:] == pytest.approx([0, 0], abs=1e-4)
    assert number_units.tells(-held, plural)[0] == pytest.approx(-3, abs=1e-4)


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_memories_are_what_the_network_hands_on(kind):
    model = counting(kind)
    texts = [("a", "b", "c"), ("c",)]
    read = number_units.memories(model, IDS, texts)
    assert [some.shape for some in read] == [(4, 3), (2, 3)]
    ids = torch.tensor([[2, 4, 5, 6]])
    with torch.no_grad():
        _, state = model.cell.read(model.embed(ids))
    last = state[1] if kind == "lstm" else state  # c of an LSTM, h of a GRU
    assert read[0][-1] == pytest.approx(last[0].numpy(), abs=1e-5)


def test_before_verbs_is_the_last_row_of_each_text():
    model = counting()
    items = [Item(("a", "b"), False), Item(("c",), True)]
    read = number_units.memories(model, IDS, [item.prefix for item in items])
    found = number_units.before_verbs(model, IDS, items)
    assert np.array_equal(found, np.stack([read[0][-1], read[1][-1]]))


@pytest.mark.parametrize("value, says_plural", [(2.0, True), (-2.0, False)])
def test_a_held_unit_decides_the_verb(value, says_plural):
    model = obeying()
    items = [Item(("a", "b"), False), Item(("c", "a", "b"), True)]
    right = number_units.held_choices(model, IDS, items, [1], np.array([value]))
    assert right.tolist() == [not says_plural, says_plural]


def test_a_unit_is_held_at_every_step_and_let_go_afterwards():
    model = counting()
    before = number_units.memories(model, IDS, [("a", "b")])[0]
    with number_units.holding(number_units.memory_tap(model), [2], np.array([0.25])):
        held = number_units.memories(model, IDS, [("a", "b")])[0]
    assert held[1:, 2] == pytest.approx([0.25] * 2)
    assert not np.allclose(held[-1, :2], before[-1, :2])  # h has changed for all gates
    after = number_units.memories(model, IDS, [("a", "b")])[0]
    assert np.array_equal(after, before)


# ------------------------------------------------------------------------ an open LSTM


def test_an_open_lstm_shows_the_cell_without_a_tanh():
    closed, opened = LSTM(3, 4), OpenLSTM(3, 4)
    opened.load_state_dict(closed.state_dict())
    x = torch.randn(2, 1, 3)  # one step: c is the same in both
    assert torch.allclose(closed(x), closed.shown(*_o_and_c(closed, x)))
    assert torch.allclose(opened(x), torch.mul(*_o_and_c(closed, x)))
    assert torch.equal(opened.fast(x), opened(x))
    assert torch.allclose(closed.fast(x), closed(x), atol=1e-6)


def _o_and_c(cell: LSTM, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    i, f, g, o = (x[:, :1] @ cell.W_x.T + cell.b).chunk(4, -1)
    return torch.sigmoid(o), torch.sigmoid(i) * torch.tanh(g)


# ------------------------------------------------------------------------- the studies


def weights(model: nn.Module) -> int:
    return sum(p.numel() for p in model.parameters())


def test_the_three_networks_are_equally_large():
    sizes = [weights(cells.make(arm, 633)) for arm in WIDTHS]
    assert max(sizes) / min(sizes) < 1.01
    assert weights(cells.make(cells.LONG, 633)) == sizes[1]


def test_the_changed_lstms_differ_only_in_what_their_names_say():
    zero, opened = (gates.make(arm) for arm in gates.ARMS)
    width = WIDTHS["LSTM"]
    assert zero.cell.b[width : 2 * width].tolist() == [0.0] * width
    assert opened.cell.b[width : 2 * width].tolist() == [1.0] * width
    assert isinstance(opened.cell, OpenLSTM) and not isinstance(zero.cell, OpenLSTM)


def test_units_are_found_on_other_verbs_than_those_asked(monkeypatch):
    items = {agreement.Kind(4, 0): [1], agreement.Kind(5, 1): [2]}
    items |= {agreement.Kind(7, 0): [3], agreement.Kind(7, 2): [4]}
    monkeypatch.setattr(agreement, "verbs", lambda: items)
    assert cells.near_and_far() == ([1, 2], [4])


def test_readers_are_equal_in_units_or_in_weights():
    size = {arm: weights(directions.make(arm).reader) for arm in directions.ARMS}
    one, units, same, *joined = size.values()
    assert abs(same / one - 1) < 0.02  # as many weights
    assert units < 0.7 * one  # as many units, fewer weights
    assert set(joined) == {same}
    assert directions.READERS["both ways, 2 × 32"][1] * 2 == 64


def test_every_labelled_place_and_no_other_is_asked():
    stories = list(world.documents(6, seed=3))
    batch = directions.tagged(stories)
    wanted = sum(bool(sense) for story in stories for sense in story.senses)
    assert int((batch.senses >= 0).sum()) == wanted
    assert not (batch.senses[~batch.mask] >= 0).any()
    model = directions.make("one way, 64")
    with torch.no_grad():  # a reader that always says 0
        model.output.weight.zero_()
        model.output.bias.zero_()
        model.output.bias[0] = 1.0
    right = directions.right(model, batch)
    assert right.tolist() == (batch.senses[batch.senses >= 0] == 0).tolist()


def test_a_gru_has_one_memory():
    model = counting("gru")
    assert isinstance(model.cell, GRU)
    assert number_units.memory_tap(model) is model.cell.tap_state
