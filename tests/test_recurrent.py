"""Recurrent models: equal to torch.nn, blind to padding and to the future."""

import pytest
import torch
from torch import nn

from helpers import tokenization
from helpers.models import reach
from helpers.models import recurrent as rec
from helpers.models.tracing import recording

SIZES = [(1, 1, 2, 3), (4, 7, 5, 6), (3, 12, 8, 2)]  # B, T, C, N


def twin(ours: rec.RNN) -> nn.RNN:
    n, c = ours.W_x.shape
    theirs = nn.RNN(c, n, batch_first=True).to(ours.b.dtype)
    with torch.no_grad():
        theirs.weight_ih_l0.copy_(ours.W_x)
        theirs.weight_hh_l0.copy_(ours.W_h)
        theirs.bias_ih_l0.copy_(ours.b)
        theirs.bias_hh_l0.zero_()
    return theirs


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype, close", [(torch.float32, 1e-5), (torch.float64, 1e-9)])
@pytest.mark.parametrize("path", ["forward", "fast"])
def test_rnn_matches_torch_in_outputs_and_gradients(size, dtype, close, path):
    b, t, c, n = size
    ours = rec.RNN(c, n).to(dtype)
    theirs = twin(ours)
    x, h = torch.randn(b, t, c, dtype=dtype), torch.randn(b, n, dtype=dtype)
    found, (wanted, _) = getattr(ours, path)(x, h), theirs(x, h[None])
    assert torch.allclose(found, wanted, atol=close)
    weights = torch.randn_like(found)
    (found * weights).sum().backward()
    (wanted * weights).sum().backward()
    pairs = [
        (ours.W_x, theirs.weight_ih_l0),
        (ours.W_h, theirs.weight_hh_l0),
        (ours.b, theirs.bias_ih_l0),
    ]
    for mine, other in pairs:
        assert torch.allclose(mine.grad, other.grad, atol=close * 10)


def test_one_step_by_hand():
    x, h = torch.tensor([1.0]), torch.tensor([0.5])
    W_x, W_h, b = torch.tensor([[2.0]]), torch.tensor([[-1.0]]), torch.tensor([0.1])
    assert rec.rnn_step(x, h, W_x, W_h, b).item() == pytest.approx(0.92166855, abs=1e-6)


def test_the_marks_are_those_of_the_tokenizers():
    assert (rec.BOS_ID, rec.EOS_ID) == (tokenization.BOS_ID, tokenization.EOS_ID)


MODELS = [
    lambda: rec.RNNLanguageModel(40, 6, 9),
    lambda: rec.WindowMLP(40, 6, 9, window=3),
]


@pytest.mark.parametrize("make", MODELS)
def test_a_language_model_sees_neither_the_future_nor_padding(make):
    model, ids = make(), torch.randint(4, 40, (3, 8))
    logits = model(ids)
    assert logits.shape == (3, 8, 40)
    changed = ids.clone()
    changed[:, 5:] = 0
    assert torch.allclose(model(changed)[:, :5], logits[:, :5], atol=1e-6)
    assert not torch.allclose(model(changed)[:, 5], logits[:, 5])


def test_a_window_forgets_what_lies_before_it():
    model, ids = MODELS[1](), torch.randint(4, 40, (1, 9))
    changed = ids.clone()
    changed[:, 4] = (ids[:, 4] + 1) % 36 + 4
    same = (model(changed) - model(ids)).abs().amax(-1)[0] < 1e-6
    assert same.tolist() == [True] * 4 + [False] * 3 + [True] * 2


def test_steps_hand_the_state_on():
    model, ids = MODELS[0](), torch.randint(4, 40, (2, 10))
    first, h = model.step(ids[:, :4], model.start(2))
    second, _ = model.step(ids[:, 4:], h)
    assert torch.allclose(torch.cat([first, second], 1), model(ids), atol=1e-6)


def test_the_hidden_state_can_be_recorded():
    model, ids = MODELS[0](), torch.randint(4, 40, (2, 5))
    with recording(model) as seen:
        model(ids)
    assert torch.equal(seen["tap_hidden"], model.features(ids))


def test_samples_repeat_with_the_seed_and_follow_the_temperature():
    model = MODELS[0]()
    draw = lambda seed, t: rec.generate(  # noqa: E731
        model, [2], 30, t, torch.Generator().manual_seed(seed)
    )
    assert draw(1, 1.0) == draw(1, 1.0) != draw(2, 1.0)
    assert draw(1, 1e-7) == draw(2, 1e-7) == draw(3, 0)  # (almost) greedy
    with pytest.raises(ValueError, match="temperature=-1"):
        draw(1, -1)
    with pytest.raises(ValueError, match="empty prompt"):
        rec.generate(model, [], 3, 1.0, torch.Generator())


@pytest.mark.parametrize("radius", [0.5, 1.0, 1.5])
def test_state_gradients_equal_autograd(radius):
    torch.manual_seed(0)
    rnn = rec.RNN(3, 5).double()
    with torch.no_grad():
        rnn.W_h.copy_(reach.with_spectral_radius(torch.randn(5, 5).double(), radius))
    assert torch.linalg.eigvals(rnn.W_h).abs().max().item() == pytest.approx(radius)
    x = torch.randn(7, 3).double() * 0.3
    found = reach.state_gradients(rnn, x)
    states = rnn(x[None])[0]
    for t in range(7):
        h_t = states[t].detach()

        def to_the_end(h, t=t):
            for step in range(t + 1, 7):
                h = rec.rnn_step(x[step], h, rnn.W_x, rnn.W_h, rnn.b)
            return h

        jacobian = torch.autograd.functional.jacobian(to_the_end, h_t)
        wanted = torch.linalg.matrix_norm(jacobian, 2)
        assert found[t].item() == pytest.approx(wanted.item(), rel=1e-5)


def test_bad_sizes_are_refused():
    with pytest.raises(ValueError, match="d_hidden=0"):
        rec.RNN(3, 0)
    with pytest.raises(ValueError, match="window=0"):
        rec.WindowMLP(9, 2, 2, 0)
    with pytest.raises(ValueError, match="radius=-1"):
        reach.with_spectral_radius(torch.eye(2), -1)


def test_writing_stops_each_text_at_its_end_and_all_when_the_last_has_ended():
    class Count(torch.nn.Module):
        """Says that the next id is one more, and counts how often it was asked."""

        asked = 0

        def step(self, ids, state):
            self.asked += 1
            return torch.eye(12)[ids + 1], state  # (B, T, V)

    model, ids = Count(), torch.tensor([[2], [5]])
    texts = rec.write_on(model, ids, None, 9, rec.likeliest, end=7)
    assert texts == [[3, 4, 5, 6], [6]] and model.asked == 5
    assert rec.write_on(model, ids, None, 3, rec.likeliest) == [[3, 4, 5], [6, 7, 8]]
    assert rec.write_on(model, ids, None, 0, rec.likeliest) == [[], []]
    longer = torch.tensor([[9, 2], [9, 5]])  # the last token of each leads on
    assert rec.write_on(model, longer, None, 2, rec.likeliest) == [[3, 4], [6, 7]]


def test_the_smallest_sizes_are_allowed():
    assert rec.RNN(1, 1)(torch.ones(1, 2, 1)).shape == (1, 2, 1)
    for sizes in ((0, 1), (1, 0)):
        with pytest.raises(ValueError, match="use 1 or more"):
            rec.RNN(*sizes)
    model = rec.WindowMLP(9, 3, 4, 1)
    assert model(torch.tensor([[5, 6]])).shape == (1, 2, 9)
    assert not reach.with_spectral_radius(torch.eye(3), 0).any()
    with pytest.raises(ValueError, match="radius=-1"):
        reach.with_spectral_radius(torch.eye(3), -1)


def test_first_weights_keep_the_size_of_what_is_read():
    torch.manual_seed(0)
    rnn = rec.RNN(100, 50)
    assert rnn.W_x.std().item() == pytest.approx(1 / 10, rel=0.05)
    assert torch.allclose(rnn.W_h @ rnn.W_h.T, torch.eye(50), atol=1e-5)
    assert not rnn.b.any()


class Counter(nn.Module):
    """A writer whose token after n is n + 1; it counts how often it is asked."""

    asked = 0

    def step(self, ids, state):
        self.asked += 1
        return nn.functional.one_hot(ids + 1, 20).float(), state


def test_writing_ends_as_soon_as_every_text_has_ended():
    model, ids = Counter(), torch.tensor([[3], [5]])
    assert rec.write_on(model, ids, None, 9, rec.likeliest, 8) == [[4, 5, 6, 7], [6, 7]]
    assert model.asked == 5
    assert rec.write_on(model, ids, None, 2, rec.likeliest, 8) == [[4, 5], [6, 7]]
    assert rec.write_on(model, ids, None, 0, rec.likeliest, 8) == [[], []]
    assert rec.write_on(model, ids, None, 4, rec.likeliest)[1] == [6, 7, 8, 9]
