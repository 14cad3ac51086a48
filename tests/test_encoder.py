"""The encoder equals PyTorch's, treats tokens alike, and ignores padding."""

import itertools

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers.models import encoder as e
from helpers.models.attention import padding_mask
from helpers.models.tracing import recording

TOLERANCE = {torch.float32: 1e-5, torch.float64: 1e-9}


def near(a, b, kind=torch.float32):
    torch.testing.assert_close(a, b, atol=TOLERANCE[kind], rtol=TOLERANCE[kind])


def copy_attention(mine, other):
    parts = (mine.query, mine.key, mine.value)
    other.in_proj_weight.copy_(torch.cat([p.weight for p in parts]))
    other.in_proj_bias.copy_(torch.cat([p.bias for p in parts]))
    other.out_proj.load_state_dict(mine.output.state_dict())


def copied(mine, size, kind, layer=nn.TransformerEncoderLayer):
    """Return PyTorch's layer with our weights."""
    sizes = (size.d_model, size.n_heads, size.d_ff, 0.0, getattr(F, size.activation))
    other = layer(*sizes, batch_first=True, norm_first=size.norm == "pre").to(kind)
    pairs = [(other.linear1, mine.feed.widen), (other.linear2, mine.feed.narrow)]
    norms = [mine.norm_attend, getattr(mine, "norm_cross", None), mine.norm_feed]
    norms = [norm for norm in norms if norm is not None]
    pairs += [(getattr(other, f"norm{i}"), norm) for i, norm in enumerate(norms, 1)]
    with torch.no_grad():
        copy_attention(mine.attend, other.self_attn)
        if layer is nn.TransformerDecoderLayer:
            copy_attention(mine.cross, other.multihead_attn)
        for theirs, ours in pairs:
            theirs.load_state_dict(ours.state_dict())
    return other


def shaken(module, seed=0, sd=0.3):
    """Give every weight a value of its own, biases and scales too."""
    make = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for p in module.parameters():
            p.add_(torch.randn(p.shape, generator=make).to(p.dtype) * sd)
    return module


@pytest.mark.parametrize("kind", TOLERANCE, ids=str)
@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize("norm", ["pre", "post"])
@pytest.mark.parametrize("n", [1, 3])
def test_a_block_equals_pytorch_with_gradients(n, norm, activation, kind):
    size = e.EncoderSize(12, 3, 20, 1, norm, activation)
    mine = shaken(e.EncoderBlock(size).to(kind), n)
    other = copied(mine, size, kind)
    x = torch.randn(n, 4 + n, 12, dtype=kind).requires_grad_()
    y = x.detach().clone().requires_grad_()
    real = torch.arange(4 + n) < torch.arange(2, 2 + n)[:, None]  # (B, T)
    a = mine(x, padding_mask(real))
    b = other(y, src_key_padding_mask=~real)
    near(a, b, kind)
    a.sin().sum().backward()
    b.sin().sum().backward()
    near(x.grad, y.grad, kind)
    near(mine.feed.widen.weight.grad, other.linear1.weight.grad, kind)
    near(mine.norm_feed.weight.grad, other.norm2.weight.grad, kind)


def test_the_other_norm_is_another_function():
    size = e.EncoderSize(12, 3, 20, 1, "pre", "relu")
    mine = shaken(e.EncoderBlock(size))
    wrong = copied(mine, e.EncoderSize(12, 3, 20, 1, "post", "relu"), torch.float32)
    x = torch.randn(2, 5, 12)
    assert not torch.allclose(mine(x), wrong(x), atol=1e-2)


def test_layer_norm_and_gelu_equal_pytorch():
    torch.manual_seed(0)
    x, scale, shift = torch.randn(3, 5, 7) * 4 + 2, torch.randn(7), torch.randn(7)
    near(e.layer_norm(x, scale, shift), F.layer_norm(x, (7,), scale, shift))
    near(e.gelu(x), F.gelu(x))


def test_the_feed_forward_part_sees_one_token_at_a_time():
    feed = shaken(e.FeedForward(e.EncoderSize(8, 2, 16)))
    x = torch.randn(2, 5, 8)
    other = x.clone()
    other[:, 3] += 1
    moved = (feed(x) - feed(other)).abs().amax((0, 2)) > 0
    assert moved.tolist() == [False, False, False, True, False]


def test_attention_lets_tokens_meet():
    block = shaken(e.EncoderBlock(e.EncoderSize(8, 2, 16)))
    x = torch.randn(2, 5, 8)
    other = x.clone()
    other[:, 3] += torch.randn(8)
    assert ((block(x) - block(other)).abs().amax((0, 2)) > 0).all()


@pytest.mark.parametrize(
    ("norm", "positions"), list(itertools.product(("pre", "post"), e.POSITIONS))
)
def test_padding_changes_nothing(norm, positions):
    torch.manual_seed(0)
    size = e.EncoderSize(8, 2, 16, 2, norm, positions=positions)
    model = e.TokenEncoder(30, size)
    ids = torch.randint(4, 30, (2, 5))
    longer = F.pad(ids, (0, 3))
    real = (torch.arange(8) < 5).expand(2, 8)
    near(model(longer, real)[:, :5], model(ids))


@pytest.mark.parametrize("positions", e.POSITIONS)
def test_only_without_positions_does_order_not_matter(positions):
    torch.manual_seed(0)
    model = shaken(e.TokenEncoder(30, e.EncoderSize(8, 2, 16, positions=positions)))
    ids = torch.randint(4, 30, (2, 6))
    shuffle = torch.tensor([3, 0, 5, 1, 4, 2])
    apart = (model(ids)[:, shuffle] - model(ids[:, shuffle])).abs().max()
    assert (apart < 1e-5) == (positions == "none")


def test_all_layers_are_heard():
    size = e.EncoderSize(8, 2, 16, 3)
    model = e.TokenEncoder(30, size)
    ids = torch.randint(4, 30, (2, 6))
    with recording(model) as seen:
        out = model(ids)
    layers = seen["encoder.tap_layers"]
    assert layers.shape == (4, 2, 6, 8)
    near(model.encoder.norm(layers[-1]), out)
    assert seen["encoder.blocks.2.attend.tap_weights"].shape == (2, 2, 6, 6)


@pytest.mark.parametrize("pool", ["first", "mean"])
def test_a_classifier_ignores_padding(pool):
    torch.manual_seed(0)
    model = e.Classifier(30, e.EncoderSize(8, 2, 16), 3, pool)
    ids = torch.randint(4, 30, (2, 5))
    real = (torch.arange(8) < 5).expand(2, 8)
    near(model(F.pad(ids, (0, 3)), real), model(ids))


def test_first_weights_keep_the_size_of_what_passes():
    torch.manual_seed(0)
    feed = e.FeedForward(e.EncoderSize(64, 4, 256, activation="relu"))
    assert 0.5 < feed.widen(torch.randn(500, 64)).std() < 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda: e.TokenEncoder(9, e.EncoderSize(10, 3)), "try one of"),
        (lambda: e.EncoderSize(n_layers=0), "1 or more"),
        (lambda: e.EncoderSize(norm="layer"), "norm='layer'"),
        (lambda: e.EncoderSize(activation="tanh"), "activation='tanh'"),
        (lambda: e.EncoderSize(positions="rope"), "positions='rope'"),
        (lambda: e.Classifier(9, e.EncoderSize(), 2, "last"), "pool='last'"),
    ],
)
def test_mistakes_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        change()


def test_the_feed_forward_of_one_token_is_a_row_of_the_module():
    size = e.EncoderSize(6, 2, 10)
    feed = shaken(e.FeedForward(size))
    x = torch.randn(3, 4, 6)
    weights = (feed.widen.weight, feed.widen.bias, feed.narrow.weight, feed.narrow.bias)
    near(e.feed_forward(x[1, 2], *weights), feed(x)[1, 2])


def test_a_pre_norm_step_is_half_a_block():
    block = shaken(e.EncoderBlock(e.EncoderSize(6, 2, 10)))
    x = torch.randn(2, 5, 6)
    norms = (block.norm_attend, block.norm_feed)
    for part, norm in zip((block.attend, block.feed), norms, strict=True):
        near(e.pre_norm_step(x, part, norm.weight, norm.bias), x + part(norm(x)))


@pytest.mark.parametrize("norm", ["pre", "post"])
@pytest.mark.parametrize("n_layers", [1, 3])
def test_a_few_positions_have_the_vectors_of_all(norm, n_layers):
    torch.manual_seed(0)
    model = shaken(e.Encoder(e.EncoderSize(8, 2, 16, n_layers, norm)))
    x, positions = torch.randn(2, 6, 8), torch.tensor([[4, 0], [5, 5]])
    real = padding_mask(torch.arange(6) < torch.tensor([6, 5])[:, None])
    few = model(x, real, positions=positions)
    near(few, e.vectors_at(model(x, real), positions))
    near(e.vectors_at(x, positions), torch.stack([x[0, [4, 0]], x[1, [5, 5]]]))


def test_the_smallest_sizes_are_allowed():
    size = e.EncoderSize(1, 1, 1, 1, positions="none", longest=1)
    model = e.TokenEncoder(9, size)
    assert model(torch.tensor([[5, 6]])).shape == (1, 2, 1)
    for name in ("d_model", "d_ff", "n_layers", "longest"):
        with pytest.raises(ValueError, match="1 or more"):
            e.EncoderSize(**{name: 0})


def test_dropout_has_its_share_in_training():
    size = e.EncoderSize(8, 2, 16, dropout=0.5)
    shares = {m.p for m in e.Encoder(size).modules() if isinstance(m, nn.Dropout)}
    assert shares == {0.5}
