"""LSTM and GRU: equal to torch.nn; gates that hold; how far the state reaches."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from helpers.models import gated
from helpers.models.reach import state_gradients, state_reach
from helpers.models.recurrent import RNN, generate
from helpers.models.tracing import recording

SIZES = [(1, 1, 2, 3), (4, 7, 5, 6), (3, 12, 8, 2)]  # B, T, C, N
DTYPES = [(torch.float32, 1e-5), (torch.float64, 1e-9)]
CELLS = [gated.LSTM, gated.GRU]
THEIRS = {gated.LSTM: nn.LSTM, gated.GRU: nn.GRU}


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def close(found: Tensor, wanted: Tensor, limit: float) -> bool:
    """Is no number further off than the limit, of the largest number or of 1?"""
    scale = max(1.0, wanted.abs().max().item())
    return found.shape == wanted.shape and (found - wanted).abs().max() < limit * scale


def pairs(ours: nn.Module, theirs: nn.Module, end: str = "l0") -> list[tuple]:
    """Name what must be equal: (our weight, theirs)."""
    names = {"W_x": "weight_ih", "W_h": "weight_hh"}
    two = {"b_x": "bias_ih", "b_h": "bias_hh"}
    names |= two if isinstance(ours, gated.GRU) else {"b": "bias_ih"}
    return [(getattr(ours, a), getattr(theirs, f"{b}_{end}")) for a, b in names.items()]


def stir(ours: nn.Module) -> nn.Module:
    """Give every weight, and so every bias, some number of its own."""
    with torch.no_grad():
        for weight in ours.parameters():
            weight.add_(torch.randn_like(weight) * 0.3)
    return ours


def twin(ours: nn.Module) -> nn.Module:
    c, n = ours.W_x.shape[1], ours.W_h.shape[1]
    theirs = THEIRS[type(ours)](c, n, batch_first=True).to(ours.W_x.dtype)
    with torch.no_grad():
        theirs.bias_hh_l0.zero_()
        for mine, other in pairs(ours, theirs):
            other.copy_(mine)
    return theirs


def padded(b: int, t: int) -> tuple[Tensor, Tensor]:
    """Return unequal lengths, the longest T, and their mask."""
    lengths = torch.randint(1, t + 1, (b,))
    lengths[-1] = t
    return lengths, torch.arange(t) < lengths[:, None]


def start(cell: nn.Module, b: int, requires_grad: bool = False):
    h = [torch.randn_like(h, requires_grad=requires_grad) for h in _flat(cell.start(b))]
    return tuple(h) if isinstance(cell, gated.LSTM) else h[0]


def _flat(state) -> tuple:
    return state if isinstance(state, tuple) else (state,)


def boxed(state):
    """Add the axis of layers that torch.nn wants."""
    return tuple(h[None] for h in state) if isinstance(state, tuple) else state[None]


def packed(theirs: nn.Module, x: Tensor, lengths: Tensor, state=None):
    pack = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    out, last = theirs(pack, state)
    return pad_packed_sequence(out, batch_first=True, total_length=x.shape[1])[0], last


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype, limit", DTYPES)
@pytest.mark.parametrize("path", ["forward", "fast"])
def test_a_cell_matches_torch_in_states_and_gradients(cell, size, dtype, limit, path):
    b, t, c, n = size
    ours = stir(cell(c, n)).to(dtype)
    theirs, (lengths, mask) = twin(ours), padded(b, t)
    x = torch.randn(b, t, c, dtype=dtype, requires_grad=True)
    state = start(ours, b, requires_grad=True)
    weights = torch.randn(b, t, n, dtype=dtype) * mask[..., None]
    inputs = [x, *_flat(state)]

    found = getattr(ours, path)(x, state)
    wanted, _ = packed(theirs, x, lengths, boxed(state))
    assert close(found[mask], wanted[mask], limit)
    mine = torch.autograd.grad((found * weights).sum(), [*ours.parameters(), *inputs])
    order = dict(pairs(ours, theirs))
    others = [order[p] for p in ours.parameters()]
    other = torch.autograd.grad((wanted * weights).sum(), [*others, *inputs])
    for a, b in zip(mine, other, strict=True):
        assert close(a, b, limit)


@pytest.mark.parametrize("cell", CELLS)
def test_read_hands_the_state_on(cell):
    ours, x = stir(cell(4, 5)), torch.randn(3, 9, 4)
    first, state = ours.read(x[:, :4])
    second, last = ours.read(x[:, 4:], state)
    assert close(torch.cat([first, second], 1), ours(x), 1e-6)
    wanted = twin(ours)(x)[1]
    for a, b in zip(_flat(last), _flat(wanted), strict=True):
        assert close(a, b[0], 1e-6)
    assert close(ours(x[:, 4:], state), second, 1e-6)


@pytest.mark.parametrize("cell", CELLS)
def test_steps_match_the_cells_of_torch(cell):
    ours = stir(cell(3, 4)).double()
    kind = {gated.LSTM: nn.LSTMCell, gated.GRU: nn.GRUCell}[cell]
    theirs, x = kind(3, 4).double(), torch.randn(6, 3).double()
    theirs.load_state_dict(
        {k.removesuffix("_l0"): v for k, v in twin(ours).state_dict().items()}
    )
    state = start(ours, 6)
    step = gated.lstm_step if cell is gated.LSTM else gated.gru_step
    found = step(x, *_flat(state), *ours.parameters())
    for a, b in zip(_flat(found), _flat(theirs(x, state)), strict=True):
        assert close(a, b, 1e-12)
    one = step(x[0], *(h[0] for h in _flat(state)), *ours.parameters())  # no batch
    many = step(
        x.view(2, 3, 3), *(h.view(2, 3, 4) for h in _flat(state)), *ours.parameters()
    )
    assert close(_flat(one)[0], _flat(found)[0][0], 1e-12)
    assert close(_flat(many)[0].flatten(0, 1), _flat(found)[0], 1e-12)


def test_one_step_by_hand():
    x, h, c = torch.tensor([1.0]), torch.tensor([0.5]), torch.tensor([-2.0])
    W, U = torch.tensor([[1.0], [2.0], [3.0], [-1.0]]), torch.zeros(4, 1)
    b = torch.tensor([0.0, -2.0, -3.0, 1.0])  # i = σ(1), f = σ(0), g = 0, o = σ(0)
    h, c = gated.lstm_step(x, h, c, W, U, b)
    assert c.item() == -1.0
    assert h.item() == pytest.approx(-0.38079708, abs=1e-6)  # tanh(−1) / 2
    W, U, h = torch.tensor([[1.0], [2.0], [0.0]]), torch.zeros(3, 1), torch.ones(1)
    b_x, b_h = torch.tensor([-1.0, -2.0, 0.0]), torch.tensor([0.0, 0.0, 4.0])
    h = gated.gru_step(x, h, W, U, b_x, b_h)  # r = z = σ(0), n = tanh(4 r)
    assert h.item() == pytest.approx((0.96402758 + 1) / 2, abs=1e-6)


@pytest.mark.parametrize("cell, gates", [(gated.LSTM, 4), (gated.GRU, 3)])
def test_recurrent_weights_start_orthogonal_gate_by_gate(cell, gates):
    ours = cell(7, 5)
    assert ours.W_x.shape == (gates * 5, 7)
    for square in ours.W_h.split(5):
        assert close(square @ square.T, torch.eye(5), 1e-5)


def test_only_the_forget_gate_starts_with_a_bias():
    for found, wanted in [(gated.LSTM(2, 3), 1.0), (gated.LSTM(2, 3, -2.5), -2.5)]:
        assert found.b.tolist() == [0.0] * 3 + [wanted] * 3 + [0.0] * 6


def test_keeping_all_and_writing_nothing_keeps_the_cell_exactly():
    ours, x = stir(gated.LSTM(4, 6)), torch.randn(3, 11, 4)
    h, c = start(ours, 3)
    with recording(ours) as seen, torch.no_grad():
        states = ours(x, (h, c), clamp={"forget": 1.0, "input": 0.0})
    assert torch.equal(seen["tap_cell"], c.expand(11, 3, 6))
    assert seen["tap_forget"].unique().tolist() == [1.0]
    assert seen["tap_input"].unique().tolist() == [0.0]
    assert torch.equal(
        states.transpose(0, 1), seen["tap_output"] * seen["tap_cell"].tanh()
    )


def test_clamps_do_what_they_say_and_nothing_more():
    ours, x = stir(gated.LSTM(4, 6)), torch.randn(3, 11, 4)
    assert torch.equal(ours(x, clamp={}), ours(x))
    assert not ours(x, clamp={"output": 0}).any()
    with recording(ours) as seen:
        half = ours(x, clamp={"forget": 0.0, "input": 1.0, "output": 0.5})
    assert torch.equal(seen["tap_cell"], seen["tap_candidate"])
    assert torch.equal(half, (seen["tap_candidate"].tanh() / 2).transpose(0, 1))


@pytest.mark.parametrize(
    "clamp", [{"candidate": 0.5}, {"cell": 1.0}, {"forget": 1.1}, {"input": -0.1}]
)
def test_a_clamp_of_another_name_or_size_is_refused(clamp):
    with pytest.raises(ValueError, match=f"clamp={{'{next(iter(clamp))}'"):
        gated.LSTM(2, 3)(torch.zeros(1, 2, 2), clamp=clamp)
    with pytest.raises(ValueError, match="forget"):
        gated.LSTM(2, 3)(torch.zeros(1, 2, 2), clamp={"forget": float("nan")})


def test_a_recording_has_the_numbers_of_the_equations():
    x = torch.randn(2, 8, 3)
    ours = stir(gated.LSTM(3, 5))
    with recording(ours) as seen, torch.no_grad():
        states = ours(x)
    i, f, g, o, c, h = (
        seen[f"tap_{name}"]
        for name in ["input", "forget", "candidate", "output", "cell", "state"]
    )
    assert torch.equal(h.transpose(0, 1), states)
    assert close(f[1:] * c[:-1] + i[1:] * g[1:], c[1:], 1e-6)
    assert close(o * c.tanh(), h, 1e-6)
    ours = stir(gated.GRU(3, 5))
    with recording(ours) as seen, torch.no_grad():
        states = ours(x)
    z, n, h = (seen[f"tap_{name}"] for name in ["update", "candidate", "state"])
    assert torch.equal(h.transpose(0, 1), states)
    assert close((1 - z[1:]) * n[1:] + z[1:] * h[:-1], h[1:], 1e-6)
    r, _, _ = gated.gru_gates(x[:, 1], h[0], *ours.parameters())
    assert close(seen["tap_reset"][1], r, 1e-6)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_language_model_sees_neither_the_future_nor_padding(cell):
    model = gated.GatedLanguageModel(40, 6, 9, cell)
    ids = torch.randint(4, 40, (3, 8))
    logits = model(ids)
    assert logits.shape == (3, 8, 40)
    changed = ids.clone()
    changed[:, 5:] = 0
    assert close(model(changed)[:, :5], logits[:, :5], 1e-6)
    assert not torch.allclose(model(changed)[:, 5], logits[:, 5])


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_language_model_steps_and_writes(cell):
    model = gated.GatedLanguageModel(40, 6, 9, cell)
    ids = torch.randint(4, 40, (2, 10))
    first, state = model.step(ids[:, :4], model.start(2))
    second, _ = model.step(ids[:, 4:], state)
    with recording(model) as seen:
        assert close(torch.cat([first, second], 1), model(ids), 1e-6)
    assert torch.equal(seen["tap_hidden"], model.features(ids))
    draw = lambda seed: generate(  # noqa: E731
        model, [2], 30, 1.0, torch.Generator().manual_seed(seed)
    )
    assert draw(1) == draw(1) != draw(2)


def test_the_reach_of_an_rnn_is_the_product_of_its_factors():
    rnn, x = RNN(3, 5), torch.randn(17, 3) * 0.5
    found = state_reach(rnn, x)
    assert torch.allclose(found, state_gradients(rnn, x), rtol=1e-4, atol=0)


@pytest.mark.parametrize("cell", CELLS)
def test_the_reach_equals_autograd_through_torch(cell):
    t, ours = 9, stir(cell(3, 4)).double()
    theirs, x = twin(ours), torch.randn(9, 3).double()
    found = state_reach(ours, x)
    assert found[-1].item() == pytest.approx(1.0)
    for k in range(1, t):  # after k steps
        _, state = theirs(x[None, :k])

        def last(*state, k=k):
            state = state if len(state) > 1 else state[0]
            return theirs(x[None, k:], state)[0][0, -1]

        parts = torch.autograd.functional.jacobian(last, _flat(state))
        wanted = torch.linalg.matrix_norm(torch.cat(parts, -1).flatten(1), 2)
        assert found[k - 1].item() == pytest.approx(wanted.item(), rel=1e-8)


def test_a_cell_that_forgets_nothing_reaches_further():
    x = torch.randn(30, 3) * 0.3
    torch.manual_seed(1)
    keeps, forgets = gated.LSTM(3, 8, 6.0), gated.LSTM(3, 8, -6.0)
    assert state_reach(keeps, x)[0] > 100 * state_reach(forgets, x)[0]


def test_reach_leaves_no_gradient_behind_and_takes_one_step():
    cell = gated.LSTM(2, 3)
    assert state_reach(cell, torch.randn(1, 2)).tolist() == [1.0]
    assert not state_reach(cell, torch.randn(4, 2)).requires_grad
    assert all(p.grad is None for p in cell.parameters())


def test_bad_sizes_and_names_are_refused():
    for cell in CELLS:
        with pytest.raises(ValueError, match="d_hidden=0"):
            cell(3, 0)
        with pytest.raises(ValueError, match="d_model=0"):
            cell(0, 3)
    with pytest.raises(ValueError, match="cell='rnn'; choose one of lstm, gru"):
        gated.GatedLanguageModel(9, 2, 2, "rnn")
    with pytest.raises(ValueError, match=r"inputs \(1, 5, 2\)"):
        state_reach(gated.GRU(2, 3), torch.zeros(1, 5, 2))
    with pytest.raises(ValueError, match="use our RNN, LSTM or GRU"):
        state_reach(nn.LSTM(2, 3), torch.zeros(5, 2))
