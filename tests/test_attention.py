"""Attention equals PyTorch's, forbids what is masked, and its parts undo each other."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from helpers.models.attention import (
    Cache,
    MultiHeadAttention,
    attention,
    causal_mask,
    masked_softmax,
    merge_heads,
    padding_mask,
    split_heads,
)
from helpers.models.tracing import recording

TOLERANCE = {torch.float32: 1e-5, torch.float64: 1e-9}
KINDS = pytest.mark.parametrize("kind", TOLERANCE, ids=str)


def near(a, b, kind=torch.float32):
    torch.testing.assert_close(a, b, atol=TOLERANCE[kind], rtol=TOLERANCE[kind])


def some_mask(*shape, seed=0):
    """Return a random mask whose rows all hold at least one True."""
    make = torch.Generator().manual_seed(seed)
    mask = torch.rand(*shape, generator=make) < 0.5
    mask[..., 0] = True
    return mask


def draw(*shape, kind=torch.float32, seed=0):
    make = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=make, dtype=kind).requires_grad_()


def test_worked_example():
    q, k = torch.tensor([[1.0, 0.0]]), torch.tensor([[2.0, 0.0], [0.0, 2.0]])
    v = torch.tensor([[10.0], [20.0]])
    averages, weights = attention(q, k, v)
    share = torch.sigmoid(torch.tensor(2 / 2**0.5))
    near(weights[0, 0], share)
    near(averages[0, 0], 10 * share + 20 * (1 - share))


@KINDS
@settings(max_examples=15, deadline=None)
@given(st.integers(1, 3), st.integers(1, 7), st.integers(1, 9), st.integers(0, 99))
def test_attention_equals_pytorch_with_gradients(kind, n, t, s, seed):
    shapes = ((n, 2, t, 5), (n, 2, s, 5), (n, 2, s, 3))
    mine = [draw(*x, kind=kind, seed=seed + i) for i, x in enumerate(shapes)]
    other = [x.detach().clone().requires_grad_() for x in mine]
    mask = some_mask(n, 1, t, s, seed=seed)
    averages, weights = attention(*mine, mask)
    wanted = F.scaled_dot_product_attention(*other, attn_mask=mask)
    near(averages, wanted, kind)
    near(weights.sum(-1), torch.ones_like(weights[..., 0]), kind)
    assert (weights.masked_select(~mask.expand_as(weights)) == 0).all()
    averages.sin().sum().backward()
    wanted.sin().sum().backward()
    for a, b in zip(mine, other, strict=True):
        near(a.grad, b.grad, kind)


def test_planted_mistakes_are_seen():
    q, k, v = (draw(2, 4, 6, seed=i) for i in range(3))
    mask = causal_mask(4)
    right = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    unscaled = masked_softmax(q @ k.mT, mask) @ v
    turned = masked_softmax(q @ k.mT / 6**0.5, ~mask | torch.eye(4).bool()) @ v
    zeroed = torch.softmax((q @ k.mT / 6**0.5) * mask, -1) @ v
    for wrong in (unscaled, turned, zeroed):
        assert not torch.allclose(right, wrong, atol=1e-3)


def copied(mine: MultiHeadAttention, d_model: int) -> nn.MultiheadAttention:
    """Return PyTorch's module with our weights."""
    kind = mine.query.weight.dtype
    other = nn.MultiheadAttention(d_model, mine.n_heads, batch_first=True, dtype=kind)
    parts = (mine.query, mine.key, mine.value)
    with torch.no_grad():
        other.in_proj_weight.copy_(torch.cat([p.weight for p in parts]))
        other.in_proj_bias.copy_(torch.cat([p.bias for p in parts]))
        other.out_proj.weight.copy_(mine.output.weight)
        other.out_proj.bias.copy_(mine.output.bias)
    return other


@KINDS
@settings(max_examples=15, deadline=None)
@given(
    st.integers(1, 3), st.integers(2, 7), st.sampled_from([1, 2, 3]), st.integers(0, 9)
)
def test_multi_head_attention_equals_pytorch(kind, n, t, n_heads, seed):
    torch.manual_seed(seed)
    d_model, s = 6, t + seed % 4
    mine = MultiHeadAttention(d_model, n_heads).to(kind)
    for part in (mine.query, mine.key, mine.value, mine.output):
        nn.init.normal_(part.bias)
    other = copied(mine, d_model)
    x, memory = draw(n, t, d_model, kind=kind), draw(n, s, d_model, kind=kind)
    real = torch.arange(s) < torch.randint(1, s + 1, (n, 1))  # (B, S)
    for source in (None, memory):
        fits = real if source is not None else real[:, :t].clone()
        fits[:, 0] = True
        keys = x if source is None else source
        with recording(mine) as seen:
            heard = mine(x, source, padding_mask(fits))
        wanted, weights = other(
            x, keys, keys, key_padding_mask=~fits, average_attn_weights=False
        )
        near(mine(x, source, padding_mask(fits)), wanted, kind)
        near(heard, wanted, kind)
        near(seen["tap_weights"], weights, kind)


@KINDS
def test_multi_head_gradients_equal_pytorch(kind):
    torch.manual_seed(3)
    mine = MultiHeadAttention(8, 2).to(kind)
    other = copied(mine, 8)
    x = draw(3, 5, 8, kind=kind)
    y = x.detach().clone().requires_grad_()
    mask = causal_mask(5)
    mine(x, mask=mask).sin().sum().backward()
    other(y, y, y, attn_mask=~mask)[0].sin().sum().backward()
    near(x.grad, y.grad, kind)
    parts = (mine.query, mine.key, mine.value)
    near(torch.cat([p.weight.grad for p in parts]), other.in_proj_weight.grad, kind)
    near(mine.output.weight.grad, other.out_proj.weight.grad, kind)


def test_padding_changes_nothing_for_real_tokens():
    torch.manual_seed(0)
    module, x = MultiHeadAttention(8, 2), torch.randn(2, 4, 8)
    longer = torch.cat([x, torch.randn(2, 3, 8) * 9], 1)
    real = torch.arange(7) < 4
    padded = module(longer, mask=padding_mask(real.expand(2, 7)))[:, :4]
    near(padded, module(x))


def test_a_pruned_head_says_nothing():
    torch.manual_seed(0)
    module, x = MultiHeadAttention(8, 2), torch.randn(1, 4, 8)
    module.keep[1] = 0
    with recording(module) as seen:
        out = module(x)
    heads = seen["tap_heads"].clone()
    near(heads[:, 1], torch.zeros_like(heads[:, 1]))
    near(out, module.output(merge_heads(heads)))


def test_a_cache_gives_what_one_pass_gives():
    torch.manual_seed(1)
    module, x, cache = MultiHeadAttention(8, 2), torch.randn(2, 6, 8), Cache()
    whole = module(x, mask=causal_mask(6))
    parts = [x[:, :3], x[:, 3:4], x[:, 4:]]
    pieces = [
        module(part, mask=causal_mask(part.shape[1], end), cache=cache)
        for part, end in zip(parts, (3, 4, 6), strict=True)
    ]
    near(torch.cat(pieces, 1), whole)


def test_splitting_and_merging_heads_undo_each_other():
    x = torch.arange(2 * 3 * 8.0).view(2, 3, 8)
    heads = split_heads(x, 4)
    assert heads.shape == (2, 4, 3, 2)
    assert heads[1, 2, 0].tolist() == x[1, 0, 4:6].tolist()
    assert torch.equal(merge_heads(heads), x)


def test_causal_mask_of_the_last_queries():
    assert causal_mask(2, 4).int().tolist() == [[1, 1, 1, 0], [1, 1, 1, 1]]
    assert torch.equal(causal_mask(3), torch.ones(3, 3).tril().bool())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda q, k, v: attention(q[..., :2], k, v), "width 2"),
        (lambda q, k, v: attention(q, k, v[:2]), "one value"),
        (lambda q, k, v: attention(q, k, v, torch.zeros(3, 3)), "bool"),
        (lambda q, k, v: attention(q, k, v, torch.eye(3).bool() & False), "nowhere"),
        (lambda q, k, v: MultiHeadAttention(10, 3), "d_model=10 does not split"),
        (lambda q, k, v: causal_mask(4, 2), "4 queries, 2 keys"),
    ],
)
def test_mistakes_are_named(change, message):
    q, k, v = torch.randn(3, 3, 4)
    with pytest.raises(ValueError, match=message):
        change(q, k, v)


def test_one_query_looks_at_all_keys_before_it():
    assert causal_mask(1).tolist() == [[True]]
    assert causal_mask(1, 3).tolist() == [[True] * 3]
    assert causal_mask(2, 2).tolist() == [[True, False], [True, True]]
    for n, m in ((0, 3), (4, 3)):
        with pytest.raises(ValueError, match=f"{n} queries, {m} keys"):
            causal_mask(n, m)


def test_a_cache_grows_along_the_axis_of_tokens():
    cache, (k, v) = Cache(), (draw(2, 3, 5, 4, seed=i) for i in range(2))
    for part in (slice(0, 2), slice(2, 3), slice(3, 5)):
        keys, values = cache.extend(k[:, :, part], v[:, :, part])
        assert len(cache) == part.stop
        assert torch.equal(keys, k[:, :, : part.stop])
        assert torch.equal(values, v[:, :, : part.stop])
    assert cache.keys is keys and cache.values is values and len(Cache()) == 0
