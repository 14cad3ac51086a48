"""Two directions: equal to torch.nn, blind to padding; a tagger for tokens."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers.models import bidirectional as bi
from helpers.models.gated import GRU, LSTM
from helpers.models.recurrent import RNN
from helpers.models.tracing import recording
from tests.test_gated import CELLS, DTYPES, SIZES, THEIRS, close, packed, padded, stir
from tests.test_gated import pairs as cell_pairs


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def pairs(ours: bi.Bidirectional, theirs: nn.Module) -> list[tuple]:
    ahead = cell_pairs(ours.forward_cell, theirs)
    return ahead + cell_pairs(ours.backward_cell, theirs, "l0_reverse")


def twin(ours: bi.Bidirectional, c: int, n: int) -> nn.Module:
    kind = THEIRS[type(ours.forward_cell)]
    theirs = kind(c, n, batch_first=True, bidirectional=True)
    theirs = theirs.to(next(ours.parameters()).dtype)
    with torch.no_grad():
        theirs.bias_hh_l0.zero_()
        theirs.bias_hh_l0_reverse.zero_()
        for mine, other in pairs(ours, theirs):
            other.copy_(mine)
    return theirs


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("combine", ["concat", "sum", "average"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype, limit", DTYPES)
def test_two_directions_match_torch(cell, combine, size, dtype, limit):
    b, t, c, n = size
    ours = stir(bi.Bidirectional(cell, c, n, combine)).to(dtype)
    theirs, (lengths, mask) = twin(ours, c, n), padded(b, t)
    x = torch.randn(b, t, c, dtype=dtype, requires_grad=True)
    found = ours(x, mask)
    wanted, _ = packed(theirs, x, lengths)
    if combine != "concat":
        wanted = wanted.unflatten(-1, (2, n)).sum(-2) / (1 + (combine == "average"))
    assert found.shape == (b, t, ours.d_out)
    assert close(found, wanted, limit)  # 0 where there is padding, as torch has it

    weights, order = torch.randn_like(wanted), dict(pairs(ours, theirs))
    mine = torch.autograd.grad((found * weights).sum(), [*ours.parameters(), x])
    others = [order[p] for p in ours.parameters()]
    other = torch.autograd.grad((wanted * weights).sum(), [*others, x])
    for a, b in zip(mine, other, strict=True):
        assert close(a, b, limit)


@pytest.mark.parametrize("cell", [RNN, LSTM, GRU])
def test_padding_changes_no_real_state(cell):
    lengths, mask = padded(5, 9)
    model, x = bi.Bidirectional(cell, 3, 4), torch.randn(5, 9, 3)
    states = model(x, mask)
    other = torch.where(mask[..., None], x, 100.0)
    assert torch.equal(model(other, mask), states)
    for row, length in enumerate(lengths):
        alone = model(x[row : row + 1, :length])
        assert close(states[row, :length], alone[0], 1e-6)
        longer = F.pad(x[row : row + 1, :length], (0, 0, 0, 6), value=3.0)
        there = (torch.arange(length + 6) < length)[None]
        assert close(model(longer, there)[0, :length], alone[0], 1e-6)


def test_turning_the_whole_row_round_reads_padding_first():
    lengths, mask = padded(5, 9)
    model, x = bi.Bidirectional(LSTM, 3, 4), torch.randn(5, 9, 3)
    wrong = model.backward_cell.fast(x.flip(1)).flip(1)
    right = model(x, mask)[..., 4:]
    short = lengths < 9
    assert not torch.allclose(wrong[short][:, 0], right[short][:, 0], atol=1e-3)
    assert close(wrong[~short], right[~short], 1e-6)


def test_the_two_cells_have_weights_of_their_own():
    model = bi.Bidirectional(LSTM, 3, 4)
    assert not torch.equal(model.forward_cell.W_x, model.backward_cell.W_x)
    assert sum(p.numel() for p in model.parameters()) == 2 * 4 * (3 * 4 + 4 * 4 + 4)


def test_a_recording_has_both_directions_in_the_order_of_the_text():
    model, x = bi.Bidirectional(GRU, 3, 4), torch.randn(2, 6, 3)
    with recording(model) as seen, torch.no_grad():
        both = model(x)
    assert torch.equal(torch.cat([seen["tap_forward"], seen["tap_backward"]], -1), both)
    last = model.backward_cell(x[:, -1:])[:, 0]  # it reads the last token first
    assert close(seen["tap_backward"][:, -1], last, 1e-6)


def test_reversing_the_real_part_by_hand():
    x = torch.tensor([[1, 2, 3, 0], [4, 5, 6, 7], [8, 0, 0, 0], [0, 0, 0, 0]])
    mask = x > 0
    wanted = [[3, 2, 1, 0], [7, 6, 5, 4], [8, 0, 0, 0], [0, 0, 0, 0]]
    assert bi.reverse_real(x, mask).tolist() == wanted


@pytest.mark.parametrize("axes", [(), (3,), (2, 5)])
def test_reversing_twice_changes_nothing_and_equals_a_loop(axes):
    lengths, mask = padded(6, 8)
    x = torch.randn(6, 8, *axes)
    found = bi.reverse_real(x, mask)
    assert torch.equal(bi.reverse_real(found, mask), x)
    for row, length in enumerate(lengths):
        assert torch.equal(found[row, :length], x[row, :length].flip(0))
        assert torch.equal(found[row, length:], x[row, length:])


def bad_masks() -> list[tuple[Tensor, str]]:
    good = torch.ones(2, 4, dtype=torch.bool)
    hole, left = good.clone(), good.clone()
    hole[1, 2], left[0, 0] = False, False
    return [
        (hole, "row 1 of the mask has padding before a real token; pad on the right"),
        (left, "row 0 of the mask"),
        (good.long(), r"torch.int64; use \(2, 4\), torch.bool"),
        (good[:, :3], r"mask \(2, 3\), torch.bool; use \(2, 4\)"),
    ]


@pytest.mark.parametrize("mask, message", bad_masks())
def test_a_mask_with_holes_or_of_another_kind_is_refused(mask, message):
    with pytest.raises(ValueError, match=message):
        bi.reverse_real(torch.zeros(2, 4, 3), mask)
    with pytest.raises(ValueError, match=message):
        bi.Bidirectional(LSTM, 3, 4)(torch.zeros(2, 4, 3), mask)
    for reader in ["forward", "sum"]:
        with pytest.raises(ValueError, match=message):
            bi.Tagger(9, 3, 4, 2, reader)(torch.zeros(2, 4, dtype=torch.long), mask)


def test_unknown_names_are_refused():
    with pytest.raises(
        ValueError, match="combine='mean'; choose one of concat, sum, av"
    ):
        bi.Bidirectional(LSTM, 3, 4, "mean")
    with pytest.raises(
        ValueError, match="reader='both'; choose one of forward, concat"
    ):
        bi.Tagger(9, 3, 4, 2, "both")


READERS = ["forward", "concat", "sum", "average"]


@pytest.mark.parametrize("reader", READERS)
def test_a_tagger_gives_logits_blind_to_padding(reader):
    model, (_, mask) = bi.Tagger(30, 5, 7, 4, reader), padded(6, 10)
    ids = torch.randint(4, 30, (6, 10))
    logits = model(ids, mask)
    assert logits.shape == (6, 10, 4)
    assert close(model(ids.where(mask, 0), mask)[mask], logits[mask], 1e-6)
    with recording(model) as seen:
        model(ids, mask)
    assert torch.equal(seen["tap_hidden"], model.features(ids, mask))


@pytest.mark.parametrize("reader", READERS)
def test_only_two_directions_see_what_comes_next(reader):
    model, ids = bi.Tagger(30, 5, 7, 4, reader), torch.randint(4, 30, (1, 10))
    changed = ids.clone()
    changed[0, 6] = (ids[0, 6] + 1) % 26 + 4
    moved = (model(changed) - model(ids)).abs().amax(-1)[0] > 1e-7
    assert moved[6:].all()
    assert moved[:6].any() == (reader != "forward")


@pytest.mark.parametrize("reader", READERS)
def test_a_tagger_learns_the_next_token_only_with_two_directions(reader):
    model = bi.Tagger(4, 6, 12, 2, reader)
    ids = torch.randint(2, 4, (64, 9))
    lengths, mask = padded(64, 9)
    tags = torch.cat([ids[:, 1:], ids[:, :1]], 1) - 2  # the tag is what comes next
    place = mask & (torch.arange(9) < lengths[:, None] - 1)  # where a next one is real
    optimizer = torch.optim.Adam(model.parameters(), 0.03)
    for _ in range(80):
        loss = F.cross_entropy(model(ids, mask)[place], tags[place])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    fresh = torch.randint(2, 4, (200, 9))
    right = model(fresh)[:, :-1].argmax(-1) == fresh[:, 1:] - 2
    accuracy = right.float().mean().item()
    assert accuracy < 0.6 if reader == "forward" else accuracy > 0.95


def test_the_last_real_state_is_that_before_the_padding():
    lengths = [4, 1, 6, 3]
    states = torch.randn(4, 6, 2)
    mask = torch.arange(6) < torch.tensor(lengths)[:, None]
    found = bi.last_real(states, mask)
    for row, length in enumerate(lengths):
        assert torch.equal(found[row], states[row, length - 1])
    with pytest.raises(ValueError, match="only padding"):
        bi.last_real(states, torch.zeros(4, 6, dtype=torch.bool))
    with pytest.raises(ValueError, match="pad on the right"):
        bi.last_real(states, ~mask)
