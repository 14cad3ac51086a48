"""Scores: equal to loops by hand, worked examples, lookups that are means."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from helpers.models import scores

SHAPES = [(1, 1, 1, 1, 1), (3, 5, 4, 2, 6), (7, 2, 3, 5, 1)]  # T, S, N, M, A


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def test_scores_by_hand():
    q, k = torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, -1.0], [0.0, 1.0]])
    assert scores.dot_scores(q, k).tolist() == [[1.0, 2.0]]
    W = torch.tensor([[0.0, 1.0], [1.0, 0.0]])  # swaps the two numbers of the key
    assert scores.general_scores(q, k, W).tolist() == [[5.0, 1.0]]
    v, one = torch.tensor([2.0]), torch.tensor([[1.0, 0.0]])
    found = scores.additive_scores(q, k, one, one, v)  # 2 tanh(q₁ + k₁)
    assert torch.allclose(found, torch.tensor([[2 * math.tanh(4), 2 * math.tanh(1)]]))


@pytest.mark.parametrize("shape", SHAPES)
def test_scores_equal_loops(shape):
    t, s, n, m, a = shape
    q, k, same = torch.randn(t, n), torch.randn(s, m), torch.randn(s, n)
    W, v = torch.randn(n, m), torch.randn(a)
    left, right = torch.randn(a, n), torch.randn(a, m)
    dot, general = scores.dot_scores(q, same), scores.general_scores(q, k, W)
    additive = scores.additive_scores(q, k, left, right, v)
    for i in range(t):
        for j in range(s):
            assert torch.allclose(dot[i, j], sum(q[i] * same[j]), atol=1e-5)
            assert torch.allclose(general[i, j], q[i] @ W @ k[j], atol=1e-5)
            wanted = v @ torch.tanh(left @ q[i] + right @ k[j])
            assert torch.allclose(additive[i, j], wanted, atol=1e-5)


def test_a_batch_is_scored_row_by_row():
    q, k = torch.randn(4, 3, 5), torch.randn(4, 6, 5)
    W, v = torch.randn(5, 5), torch.randn(5)
    for score, weights in [
        (scores.dot_scores, ()),
        (scores.general_scores, (W,)),
        (scores.additive_scores, (W, W.T, v)),
    ]:
        found = score(q, k, *weights)
        assert found.shape == (4, 3, 6)
        alone = torch.stack([score(a, b, *weights) for a, b in zip(q, k, strict=True)])
        assert torch.allclose(found, alone, atol=1e-5)


def test_general_with_the_identity_is_dot():
    q, k = torch.randn(3, 5), torch.randn(4, 5)
    same = scores.general_scores(q, k, torch.eye(5))
    assert torch.allclose(same, scores.dot_scores(q, k), atol=1e-6)
    assert torch.equal(scores.Score("general", 5)(q, k), same)  # it starts there


@pytest.mark.parametrize("kind", scores.SCORES)
def test_a_module_holds_the_weights_of_its_score(kind):
    module = scores.Score(kind, 6)
    assert (
        sum(p.numel() for p in module.parameters())
        == {
            "additive": 2 * 36 + 6,
            "dot": 0,
            "general": 36,
        }[kind]
    )
    q, k = torch.randn(2, 3, 6), torch.randn(2, 4, 6)
    functions = [scores.additive_scores, scores.dot_scores, scores.general_scores]
    function = functions[list(scores.SCORES).index(kind)]
    assert torch.equal(module(q, k), function(q, k, *module.weights))


def test_a_soft_lookup_is_attention_of_torch():
    q, k, v = torch.randn(2, 3, 4), torch.randn(2, 5, 4), torch.randn(2, 5, 7)
    weights = torch.softmax(scores.dot_scores(q, k) / 2, -1)
    wanted = F.scaled_dot_product_attention(q, k, v)
    assert torch.allclose(scores.soft_lookup(weights, v), wanted, atol=1e-6)


def test_a_soft_lookup_with_one_weight_is_a_lookup():
    values = torch.randn(4, 3)
    assert torch.equal(scores.soft_lookup(torch.eye(4)[[2]], values)[0], values[2])


def test_nadaraya_watson_is_a_mean_of_neighbours():
    xs, ys = torch.tensor([0.0, 1.0]), torch.tensor([10.0, 20.0])
    found = scores.nadaraya_watson(torch.tensor([0.5, 0.0]), xs, ys, 1.0)
    near = 1 / (1 + math.exp(-0.5))
    assert found.tolist() == pytest.approx([15.0, 10 * near + 20 * (1 - near)])
    narrow = scores.nadaraya_watson(xs, xs, ys, 0.01)
    assert torch.allclose(narrow, ys)
    wide = scores.nadaraya_watson(xs, xs, ys, 1e4)
    assert torch.allclose(wide, torch.full((2,), 15.0), atol=1e-4)
    x, known, values = (
        torch.tensor(np.random.default_rng(1).normal(size=n)) for n in (6, 9, 9)
    )
    kernel = torch.exp(-((x[:, None] - known) ** 2) / (2 * 0.7**2))
    wanted = (kernel * values).sum(1) / kernel.sum(1)
    assert torch.allclose(scores.nadaraya_watson(x, known, values, 0.7), wanted)


def test_what_is_no_share_and_no_width_is_refused():
    with pytest.raises(ValueError, match="rows that sum to 2 … 2"):
        scores.soft_lookup(torch.ones(1, 2), torch.ones(2, 3))
    with pytest.raises(ValueError, match="weights from -1"):
        scores.soft_lookup(torch.tensor([[2.0, -1.0]]), torch.ones(2, 3))
    with pytest.raises(ValueError, match="width=0"):
        scores.nadaraya_watson(torch.ones(1), torch.ones(2), torch.ones(2), 0)
    with pytest.raises(ValueError, match="score='concat'; choose one of additive"):
        scores.Score("concat", 4)


def test_the_first_weights_of_a_score_keep_the_size_of_states():
    torch.manual_seed(0)
    for weight in scores.Score("additive", 100).weights:
        assert weight.std().item() == pytest.approx(1 / 10, rel=0.2)
    (identity,) = scores.Score("general", 5).weights
    assert torch.equal(identity, torch.eye(5))
