"""Probes: by brute force and on a toy model whose answers are known."""

from typing import NamedTuple

import numpy as np
import pytest
import torch
from torch import nn

from helpers import probes


def test_the_best_threshold_is_found_by_trying_all():
    rng = np.random.default_rng(0)
    for n in (1, 2, 17, 60):
        scores, gold = rng.integers(0, 9, n) / 2, rng.random(n) < 0.4
        found = probes.best_threshold(scores, gold)
        tries = [((scores > cut) == gold).mean() for cut in np.arange(-1, 6, 0.25)]
        assert found.accuracy == pytest.approx(max(tries))
        assert ((scores > found.threshold) == gold).mean() == pytest.approx(
            found.accuracy
        )
        assert found.majority == max(gold.mean(), 1 - gold.mean())


def test_equal_scores_give_the_majority():
    found = probes.best_threshold([1.0] * 5, [True, True, True, False, False])
    assert found.accuracy == found.majority == 0.6
    with pytest.raises(ValueError, match="do not match"):
        probes.best_threshold([1.0], [True, False])


class Item(NamedTuple):
    prefix: tuple
    good: str
    bad: str
    far: int


class LastToken(nn.Module):
    """Prefer the id that is one above the last token's."""

    def forward(self, ids, mask=None):
        return nn.functional.one_hot(ids + 1, 12).float()


def test_verbs_are_chosen_at_the_end_of_each_prefix():
    ids = {"a": 5, "b": 7, "is": 6, "are": 8}
    items = [
        Item(("a",), "is", "are", 0),
        Item(("b", "a"), "is", "are", 1),
        Item(("a", "a", "b"), "is", "are", 1),
        Item((), "is", "are", 0),  # nothing prefers either: not right
    ]
    right = probes.verb_choices(LastToken(), ids, items)
    assert right.tolist() == [True, True, False, False]
    found = probes.share_by(right, items, lambda item: item.far)
    assert found[0].mean == found[1].mean == 0.5 and found[1].count == 2
    assert found[0].standard_error == pytest.approx((0.25 / 2) ** 0.5)


def test_padding_does_not_matter_for_the_choice():
    ids = {"a": 5, "is": 6, "are": 8}
    long = Item(("a",) * 9, "is", "are", 0)
    alone = probes.verb_choices(LastToken(), ids, [long])
    both = probes.verb_choices(LastToken(), ids, [long, Item(("a",), "is", "are", 0)])
    assert alone[0] == both[0] == both[1]
    assert torch.is_grad_enabled()
