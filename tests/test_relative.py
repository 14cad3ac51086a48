"""ALiBi, DeBERTa's products and a bias by distance: values, invariants, both sides."""

import math

import pytest
import torch

from helpers.models import positions, relative
from helpers.models.attention import MultiHeadAttention, attention
from helpers.models.biases import relative_bias


def test_the_slopes_of_eight_heads_are_those_of_the_paper():
    wanted = [2.0**-h for h in range(1, 9)]
    assert relative.alibi_slopes(8).tolist() == wanted
    assert relative.alibi_slopes(4).tolist() == [1 / 4, 1 / 16, 1 / 64, 1 / 256]


def test_alibi_subtracts_the_distance_times_the_slope():
    q = torch.randn(2, 4, 3, 5)
    k = torch.randn(2, 4, 7, 5)  # the queries are the last three of seven
    same_q, same_k, bias = relative.Alibi(4)(q, k)
    assert same_q is q and same_k is k
    assert bias.shape == (4, 3, 7)
    assert bias[0, 0].tolist() == [-1, -0.75, -0.5, -0.25, 0, -0.25, -0.5]
    assert bias[1, 2, 0].item() == pytest.approx(-6 / 16)


def test_three_products_are_summed_as_in_the_equation():
    torch.manual_seed(0)
    inside = relative.Disentangled(6, n_heads=2, farthest=2)
    q = torch.randn(3, 2, 5, 3)
    k = torch.randn(3, 2, 5, 3)
    small_q, same_k, bias = inside(q, k)
    keys = inside.to_key(inside.table).unflatten(-1, (2, 3))  # (K, H, D)
    queries = inside.to_query(inside.table).unflatten(-1, (2, 3))
    _, found = attention(small_q, same_k, k, bias=bias)
    scores = torch.zeros(3, 2, 5, 5)
    for b in range(3):
        for h in range(2):
            for p in range(5):
                for n in range(5):
                    row = max(-2, min(2, n - p)) + 2
                    score = q[b, h, p] @ k[b, h, n] + q[b, h, p] @ keys[row, h]
                    scores[b, h, p, n] = score + k[b, h, n] @ queries[row, h]
    wanted = (scores / math.sqrt(3 * 3)).softmax(-1)
    assert torch.allclose(found, wanted, atol=1e-5)


@pytest.mark.parametrize(
    "make", [relative.Alibi, lambda h: relative.Disentangled(8, h)]
)
def test_a_shuffle_no_longer_moves_along(make):
    torch.manual_seed(1)
    attend = MultiHeadAttention(8, 2, make(2))
    order = torch.tensor([3, 0, 2, 1])
    x = torch.randn(4, 8)
    assert not positions.moves_along(lambda x: attend(x[None])[0], x, order)


def test_without_a_mask_alibi_cannot_tell_left_from_right():
    attend = MultiHeadAttention(8, 2, relative.Alibi(2))
    x = torch.randn(1, 5, 8)
    assert torch.allclose(attend(x).flip(1), attend(x.flip(1)), atol=1e-6)


def test_a_bias_is_looked_up_by_distance_and_clipped():
    numbers = torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0])
    found = relative_bias(numbers, 4)
    assert found.tolist() == [
        [3, 4, 5, 5],
        [2, 3, 4, 5],
        [1, 2, 3, 4],
        [1, 1, 2, 3],
    ]
