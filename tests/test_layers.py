"""Shared parts: first weights, means of real tokens, and products by oneDNN."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers.models import layers as p
from helpers.models.encoder import EncoderSize, TokenEncoder

needed = pytest.mark.skipif(not p.available(), reason="this PyTorch has no oneDNN")


def close(a, b):
    largest = max(1.0, b.abs().max().item())
    torch.testing.assert_close(a, b, atol=1e-5 * largest, rtol=1e-5)


@needed
@pytest.mark.parametrize("shape", [(p.FEWEST, 24), (5, 77, 32), (2, 3, 64, 7)])
def test_products_and_gradients_are_the_usual_ones(shape):
    torch.manual_seed(0)
    mine = [torch.randn(shape), torch.randn(40, shape[-1]), torch.randn(40)]
    other = [t.clone().requires_grad_() for t in mine]
    mine = [t.requires_grad_() for t in mine]
    a, b = p.product(*mine, fast=True), F.linear(*other)
    assert isinstance(a.grad_fn, p.OneDNN._backward_cls)
    close(a, b)
    upper = torch.randn_like(b)
    a.backward(upper)
    b.backward(upper)
    for ours, theirs in zip(mine, other, strict=True):
        close(ours.grad, theirs.grad)


@needed
def test_gradients_that_arrive_turned_are_read_right():
    x, weight, bias = torch.randn(300, 8), torch.randn(6, 8), torch.randn(6)
    upper = torch.randn(6, 300).T  # not contiguous
    found = []
    for fast in (True, False):
        parts = [t.clone().requires_grad_() for t in (x, weight, bias)]
        p.product(*parts, fast=fast).backward(upper)
        found.append([t.grad for t in parts])
    for ours, theirs in zip(*found, strict=True):
        close(ours, theirs)


@needed
@pytest.mark.parametrize("positions", ["learned", "keys"])
def test_a_model_says_the_same_and_learns_the_same(positions):
    torch.manual_seed(0)
    model = TokenEncoder(50, EncoderSize(16, 4, 32, 2, positions=positions))
    ids = torch.randint(50, (8, 40))
    mask = torch.arange(40) < torch.randint(5, 41, (8, 1))
    found = []
    for on in (False, True):
        p.use_onednn(model, on).zero_grad()
        out = model(ids, mask)
        out.sin().sum().backward()
        found.append([out.detach(), *(w.grad.clone() for w in model.parameters())])
    for usual, fast in zip(*found, strict=True):
        close(fast, usual)


def test_small_and_double_products_stay_as_they_are():
    x, weight, bias = torch.randn(4, 8), torch.randn(6, 8), torch.randn(6)
    assert torch.equal(p.product(x, weight, bias, True), F.linear(x, weight, bias))
    big = [t.double() for t in (torch.randn(999, 8), weight, bias)]
    assert torch.equal(p.product(*big, True), F.linear(*big))


def test_a_model_without_our_layers_is_refused():
    with pytest.raises(ValueError, match="Sequential has no layer"):
        p.use_onednn(nn.Sequential(nn.Linear(3, 3)))


def test_first_weights_have_the_promised_spread():
    torch.manual_seed(0)
    layer, table = p.linear(400, 50), p.embedding(300, 40)
    assert abs(layer.weight.std() * 20 - 1) < 0.03 and not layer.bias.any()
    assert abs(table.weight.std() * 2 - 1) < 0.03 and table.weight.shape == (300, 40)


def test_a_masked_mean_is_that_of_the_real_tokens():
    x, lengths = torch.randn(3, 6, 4), (6, 1, 3)
    mask = torch.arange(6) < torch.tensor(lengths)[:, None]
    found = p.masked_mean(x, mask)
    for row, length in enumerate(lengths):
        close(found[row], x[row, :length].mean(0))
    close(p.masked_mean(x, p.no_padding(x[..., 0])), x.mean(1))
