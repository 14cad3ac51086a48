"""Parts of a batch, put together with the right weights, are the batch."""

import pytest
import torch

from helpers.training import parts


def test_the_mean_of_two_and_six_words_by_hand():
    assert parts.joined_mean([3.0, 1.0], [2, 6]) == 1.5  # not 2


def test_gradients_of_unequal_parts_join_to_that_of_the_whole():
    make = torch.Generator().manual_seed(0)
    x, y = torch.randn(9, 4, generator=make), torch.randn(9, generator=make)
    w = torch.randn(4, generator=make)

    def gradient(rows):
        leaf = w.clone().requires_grad_()
        ((x[rows] @ leaf - y[rows]) ** 2).mean().backward()
        return leaf.grad

    slices = [slice(0, 2), slice(2, 3), slice(3, 9)]
    joined = parts.joined_mean([gradient(p) for p in slices], [2, 1, 6])
    whole = gradient(slice(None))
    assert torch.allclose(joined, whole, atol=1e-6)
    accumulated = parts.accumulated_gradient(w, [(x[p], y[p]) for p in slices])
    assert torch.allclose(accumulated, whole, atol=1e-6)
    plain = sum(gradient(p) for p in slices) / 3
    assert not torch.allclose(plain, whole, atol=1e-2)
    assert w.grad is None  # the caller's tensor is left alone


def test_bad_counts_are_refused():
    for means, counts in (([1.0], [1, 2]), ([1.0], [0]), ([], [])):
        with pytest.raises(ValueError, match="one count per mean"):
            parts.joined_mean(means, counts)


def test_small_steps_vanish_in_bf16():
    gap = torch.finfo(torch.bfloat16).eps  # from 1 to the next number
    assert parts.added_one_by_one(0.4 * gap, 100, torch.bfloat16) == 1.0
    assert parts.added_one_by_one(0.6 * gap, 1, torch.bfloat16) == 1.0 + gap
    exact = parts.added_one_by_one(0.001, 1000, torch.float64)
    assert exact == pytest.approx(2.0)


def test_one_token_alone_has_a_mean():
    assert parts.joined_mean([3.0], [1]) == 3.0
    assert parts.joined_mean([3.0, 5.0], [0, 1]) == 5.0
