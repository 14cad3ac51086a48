"""Positions: closed forms, distances alone, and what each encoding refuses."""

import math

import pytest
import torch

from helpers.models import positions as p
from helpers.models.attention import MultiHeadAttention
from helpers.models.tracing import recording


def test_sinusoids_equal_the_closed_form():
    table = p.sinusoids(50, 6, 100.0)
    for place in (0, 1, 17, 49):
        for i in range(3):
            angle = place / 100 ** (2 * i / 6)
            assert math.isclose(table[place, 2 * i], math.sin(angle), abs_tol=1e-5)
            assert math.isclose(table[place, 2 * i + 1], math.cos(angle), abs_tol=1e-5)


def test_a_shift_of_sinusoids_is_a_rotation():
    table = p.sinusoids(40, 16).double()
    angles = 7 * p.frequencies(16)[None]
    # (sin, cos) turns the other way round than (cos, sin): by −angle
    torch.testing.assert_close(
        p.rotate(table[:-7], -angles), table[7:], atol=1e-6, rtol=0
    )


def test_dot_products_of_sinusoids_depend_on_distance_alone():
    torch.set_default_dtype(torch.float64)
    try:
        table = p.sinusoids(60, 32)
    finally:
        torch.set_default_dtype(torch.float32)
    dots = table @ table.T
    for away in (1, 5, 20):
        assert dots.diagonal(away).std() < 1e-12


def test_rotary_equals_the_complex_form():
    torch.manual_seed(0)
    for kind, tolerance in ((torch.float32, 1e-5), (torch.float64, 1e-9)):
        q, k = torch.randn(2, 3, 9, 8, dtype=kind), torch.randn(2, 3, 9, 8, dtype=kind)
        turned, _, bias = p.Rotary(8)(q, k)
        pairs = torch.view_as_complex(q.unflatten(-1, (4, 2)).contiguous())
        angles = torch.arange(9)[:, None] * p.frequencies(8)
        wanted = torch.view_as_real(pairs * torch.polar(angles * 0 + 1, angles))
        wanted = wanted.flatten(-2).to(kind)
        torch.testing.assert_close(turned, wanted, atol=tolerance, rtol=tolerance)
        assert bias is None


def test_rotary_scores_depend_on_distance_alone():
    torch.manual_seed(0)
    one, other = torch.randn(2, 8, dtype=torch.float64)
    q, k = one.expand(1, 1, 20, 8), other.expand(1, 1, 20, 8)
    turned_q, turned_k, _ = p.Rotary(8)(q, k)
    scores = (turned_q @ turned_k.mT)[0, 0]
    for away in (-6, 0, 11):
        assert scores.diagonal(away).std() < 1e-9
    assert scores.diagonal(1).mean() != pytest.approx(scores.diagonal(-1).mean())


def test_relative_keys_equal_a_loop():
    torch.manual_seed(0)
    relative = p.RelativeKeys(4, farthest=2)
    q, k = torch.randn(1, 2, 3, 4), torch.randn(1, 2, 5, 4)
    bias = relative(q, k)[2]
    for i in range(3):
        for j in range(5):
            away = max(-2, min(2, j - (i + 2)))  # queries are the last three
            wanted = q[0, 1, i] @ relative.table[away + 2] / 2
            torch.testing.assert_close(bias[0, 1, i, j], wanted)


def test_buckets_are_exact_nearby_and_wider_far_away():
    found = p.bucket(torch.tensor([0, -1, -7, 1, 7]), 32, 128).tolist()
    assert found == [0, 1, 7, 17, 23]
    far = p.bucket(-torch.arange(8, 400), 32, 128)
    assert (far.diff() >= 0).all() and far.max() == 15 and far[0] == 8
    assert p.bucket(torch.tensor([10_000])).item() == 31


def test_buckets_equal_those_of_transformers():
    t5 = pytest.importorskip("transformers.models.t5.modeling_t5")
    away = torch.arange(-300, 300)
    wanted = t5.T5Attention._relative_position_bucket(away, True, 32, 128)
    assert torch.equal(p.bucket(away, 32, 128), wanted)


@pytest.mark.parametrize(
    "make", [lambda: p.RelativeBias(2), lambda: p.RelativeKeys(4), lambda: p.Rotary(4)]
)
def test_attention_depends_on_distance_alone(make):
    torch.manual_seed(0)
    module = MultiHeadAttention(8, 2, make()).double()
    for parameter in module.relative.parameters():
        torch.nn.init.normal_(parameter)
    x = torch.randn(1, 1, 8, dtype=torch.float64).expand(1, 12, 8)  # one word, 12 times
    with recording(module) as seen:
        module(x)
    scores = seen["tap_weights"].log()[0]  # up to one number per row
    steps = scores[:, :, 1:] - scores[:, :, :-1]
    for away in (-4, 1, 5):
        assert steps.diagonal(away, 1, 2).std(-1).max() < 1e-9
    assert steps.abs().max() > 1e-3  # and it does depend on it


@pytest.mark.parametrize("kind", [p.Sinusoidal(8), p.Learned(300, 8)])
def test_added_positions_can_start_later(kind):
    x = torch.randn(2, 70, 8)
    whole = kind(x)
    torch.testing.assert_close(kind(x[:, 65:], start=65), whole[:, 65:])
    assert not torch.allclose(kind(x[:, :5]), kind(x[:, :5], start=5))


def test_no_positions_change_nothing():
    x = torch.randn(2, 3, 4)
    assert p.NoPositions()(x, 5) is x


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda: p.sinusoids(5, 7), "even width"),
        (lambda: p.Learned(4, 8)(torch.zeros(1, 5, 8)), "learned for 4"),
        (lambda: p.RelativeBias(2, n_buckets=2), "at least 4 buckets"),
        (lambda: p.Rotary(3), "even width"),
    ],
)
def test_mistakes_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        change()


def test_one_entry_is_the_table_s():
    for width, base in ((6, 100.0), (14, 10_000.0)):
        table = p.sinusoids(23, width, base)
        for place in (0, 1, 22):
            for dimension in range(width):
                wanted = table[place, dimension].item()
                found = p.sinusoid(place, dimension, width, base)
                assert math.isclose(found, wanted, abs_tol=1e-6)


def test_attention_moves_along_with_its_words_and_a_mask_or_positions_stop_that():
    torch.manual_seed(0)
    x, order = torch.randn(9, 8).double(), torch.randperm(9)
    attend, ones = MultiHeadAttention(8, 2).double(), torch.ones(9, 9)
    mask = ones.tril().bool()
    assert p.moves_along(lambda x: attend(x[None])[0], x, order)
    assert not p.moves_along(lambda x: attend(x[None], mask=mask)[0], x, order)
    added = p.Sinusoidal(8).double()
    assert not p.moves_along(lambda x: attend(added(x[None]))[0], x, order)
    for relative in (p.Rotary(4), p.RelativeKeys(4)):
        near = MultiHeadAttention(8, 2, relative).double()
        assert not p.moves_along(lambda x, near=near: near(x[None])[0], x, order)


def test_the_smallest_sizes_are_allowed():
    assert p.frequencies(2).tolist() == [1.0]
    with pytest.raises(ValueError, match="d_model=0"):
        p.frequencies(0)
    assert p.Learned(4, 8)(torch.zeros(1, 4, 8)).shape == (1, 4, 8)
    assert p.RelativeBias(2, 4, 2)(torch.ones(1, 2, 3, 4), torch.ones(1, 2, 3, 4))
    with pytest.raises(ValueError, match="farthest=1"):
        p.RelativeBias(2, 4, 1)
    with pytest.raises(ValueError, match="n_buckets=3"):
        p.RelativeBias(2, 3, 9)


def test_what_is_computed_is_not_kept_with_the_weights():
    assert not p.Sinusoidal(8).state_dict() and not p.Rotary(8).state_dict()
    assert set(MultiHeadAttention(8, 2, p.Rotary(4)).state_dict()) == {
        f"{part}.{kind}"
        for part in ("query", "key", "value", "output")
        for kind in ("weight", "bias")
    }


def test_a_table_of_sinusoids_grows_and_keeps_its_base():
    layer, x = p.Sinusoidal(6, 100.0), torch.zeros(1, 200, 6)
    assert len(layer.table) == 64
    torch.testing.assert_close(layer(x)[0], p.sinusoids(200, 6, 100.0))
    assert len(layer.table) == 400  # twice as long as asked: it seldom has to grow
    start = p.Sinusoidal(6)(x[:, :60], start=4)[0]
    torch.testing.assert_close(start, p.sinusoids(64, 6)[4:])


def test_positions_in_attention_begin_as_promised():
    torch.manual_seed(0)
    assert not p.RelativeBias(3).bias.any() and p.RelativeBias(3).bias.shape == (3, 32)
    table = p.RelativeKeys(64, 200).table
    assert table.shape == (401, 64)
    assert table.std().item() == pytest.approx(1 / 8, rel=0.02)
    assert p.Learned(300, 64).table.weight.std().item() == pytest.approx(0.1, rel=0.03)


def test_a_gap_of_the_tolerance_is_too_much():
    x, order = torch.tensor([[0.0], [1.0]]), torch.tensor([1, 0])
    ramp = torch.tensor([[0.0], [0.5]])  # shuffled inputs differ by 0.5 each
    assert not p.moves_along(lambda y: y + ramp, x, order, 0.5)
    assert p.moves_along(lambda y: y + ramp, x, order, 0.51)


def test_the_place_of_the_queries_is_read_from_the_axis_before_the_last():
    torch.manual_seed(0)
    q, k = torch.randn(3, 4), torch.randn(5, 4)  # one head, one text
    for relative in (p.RelativeKeys(4, 2), p.Rotary(4)):
        alone, batched = relative(q, k), relative(q[None, None], k[None, None])
        for found, wanted in zip(alone, batched, strict=True):
            assert found is wanted is None or torch.equal(found, wanted[0, 0])
    relative = p.RelativeBias(2, 8, 9)
    torch.nn.init.normal_(relative.bias)
    assert torch.equal(relative(q, k)[2], relative(q[None, None], k[None, None])[2])


def test_each_kind_of_positions_has_its_place_and_size():
    assert isinstance(p.input_positions("sinusoidal", 8, 20), p.Sinusoidal)
    assert p.input_positions("learned", 8, 20).table.weight.shape == (20, 8)
    for kind in ("bias", "keys", "rotary", "none"):
        assert isinstance(p.input_positions(kind, 8, 20), p.NoPositions)
    assert p.attention_positions("bias", 8, 2).bias.shape == (2, 32)
    assert p.attention_positions("keys", 8, 2).table.shape == (33, 4)
    assert torch.equal(p.attention_positions("rotary", 8, 2).steps, p.frequencies(4))
    for kind in ("sinusoidal", "learned", "none"):
        assert p.attention_positions(kind, 8, 2) is None


def test_buckets_of_another_number_and_reach_equal_those_of_transformers():
    t5 = pytest.importorskip("transformers.models.t5.modeling_t5")
    away = torch.arange(-40, 40)
    for n, farthest in ((8, 20), (16, 9), (6, 30)):
        wanted = t5.T5Attention._relative_position_bucket(away, True, n, farthest)
        assert torch.equal(p.bucket(away, n, farthest), wanted)
