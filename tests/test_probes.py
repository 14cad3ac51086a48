"""Probes: by brute force and on a toy model whose answers are known."""

import time
from typing import NamedTuple

import numpy as np
import pytest
import torch
from torch import nn

from helpers.corpora import world
from helpers.models.bert import BERTForPretraining, BERTSize
from helpers.objectives.masking import pack
from helpers.probes import agreement, cloze, heads, senses, shares, speed
from helpers.probes.senses import linear_probe, nearest_sense
from helpers.tokenization.wordpiece import CLS_ID, MASK_ID


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
    right = agreement.verb_choices(LastToken(), ids, items)
    assert right.tolist() == [True, True, False, False]
    found = shares.share(right)
    assert found.mean == 0.5 and found.count == 4
    assert found.standard_error == pytest.approx((0.25 / 4) ** 0.5)


def test_padding_does_not_matter_for_the_choice():
    ids = {"a": 5, "is": 6, "are": 8}
    long = Item(("a",) * 9, "is", "are", 0)
    alone = agreement.verb_choices(LastToken(), ids, [long])
    both = agreement.verb_choices(
        LastToken(), ids, [long, Item(("a",), "is", "are", 0)]
    )
    assert alone[0] == both[0] == both[1]
    assert torch.is_grad_enabled()


def two_senses(n: int, apart: float):
    """n occurrences of two forms with two senses each, `apart` from each other."""
    rng = np.random.default_rng(n)
    senses = [f"{form}/{k}" for form in ("bank", "bat") for k in "ab"] * (n // 4)
    centres = {s: apart * rng.normal(size=5) for s in sorted(set(senses))}
    return np.array([centres[s] for s in senses]) + rng.normal(size=(n, 5)), senses


def test_senses_that_lie_apart_are_found_by_their_neighbours():
    vectors, senses = two_senses(80, 9.0)
    known, asked = (vectors[:40], senses[:40]), (vectors[40:], senses[40:])
    assert nearest_sense(known, asked).mean > 0.95
    assert linear_probe(known, asked).mean > 0.95


def test_senses_that_lie_together_are_not_found():
    vectors, senses = two_senses(400, 0.0)
    known, asked = (vectors[:200], senses[:200]), (vectors[200:], senses[200:])
    assert nearest_sense(known, asked).mean < 0.65  # a coin between two
    assert linear_probe(known, asked).mean < 0.45  # one of four


def test_a_neighbour_of_another_form_is_never_taken():
    known = np.array([[1.0, 0.0], [0.0, 1.0]]), ["bat/zoo", "bank/river"]
    asked = np.array([[1.0, 0.1]]), ["bank/river"]
    assert nearest_sense(known, asked).mean == 1.0


def test_occurrences_are_the_ambiguous_words_in_their_texts():
    documents = world.documents(6, seed=4)
    longest = max(map(len, documents))
    layers = torch.zeros(2, 6, longest, 3)
    for r, d in enumerate(documents):
        for t in range(len(d)):
            layers[:, r, t] = torch.tensor([r, t, 1.0])
    found = senses.occurrences(layers, documents)
    gold = [s for d in documents for s in d.senses if s]
    assert found.senses == gold and found.vectors.shape == (2, len(gold), 3)
    for (r, t, _), sense, text in zip(
        found.vectors[1].astype(int), found.senses, found.texts, strict=True
    ):
        assert documents[r].senses[t] == sense
        assert documents[r].tokens[t] in text.split()


def test_the_usual_sense_is_counted_in_one_set_and_named_in_another():
    class Story(NamedTuple):
        senses: tuple

    known = [Story(("bat/zoo", None, "bat/zoo")), Story(("bat/game", "bank/river"))]
    fresh = [Story(("bat/zoo", "bat/game", None, "bank/river", "seal/zoo"))]
    assert senses.usual_sense(known, fresh) == 0.5  # a form never seen is not right


def test_the_longest_chain_counts_what_must_wait():
    x = torch.ones(3, requires_grad=True)
    leaf = 1  # where the gradient of x is collected
    assert speed.longest_chain((x * 2).relu().sum()) == 3 + leaf
    side_by_side = torch.stack([x.sin() for _ in range(9)])
    assert speed.longest_chain(side_by_side) == 2 + leaf
    y = x
    for _ in range(5000):  # deeper than Python's own stack
        y = y.sin()
    assert speed.longest_chain(y) == 5000 + leaf


def test_the_shortest_run_counts():
    pauses = iter([0.02, 0.0, 0.02])
    asked = []

    def action():
        asked.append(1)
        time.sleep(next(pauses))

    assert 0 <= speed.milliseconds(action, 3) < 20 and len(asked) == 3


def test_pruning_takes_the_idle_head_first_and_restores_all():
    keep = torch.ones(3)
    worth = torch.tensor([0.5, 0.1, 0.4])
    found = heads.prune(keep, lambda: np.array([float((keep * worth).sum())]))
    assert np.allclose(np.ravel(found), [1.0, 0.9, 0.5, 0.0])
    assert keep.tolist() == [1, 1, 1]


def test_all_single_masks_at_once_are_those_of_a_loop():
    torch.manual_seed(0)
    model = BERTForPretraining(BERTSize(vocab_size=30)).eval()
    packed = pack([([7, 8, 9], [10, 7])])  # [CLS] 7 8 9 [SEP] 10 7 [SEP]
    found = cloze.fill_masks(model, packed)
    assert found.shape == (8, 30)
    for t in range(8):
        if t in (0, 4, 7):
            assert (found[t] == 0).all()
            continue
        ids = packed.ids.clone()
        ids[0, t] = MASK_ID
        with torch.no_grad():
            logits, _ = model(ids, packed.mask, packed.segments)
        assert torch.allclose(found[t], logits[0, t].softmax(-1), atol=1e-6)
    seen = cloze.fill_masks(model, packed._replace(segments=packed.segments * 0))
    assert not torch.allclose(found, seen, atol=1e-4)  # the segments do count


def test_masks_of_several_texts_or_of_none_are_refused():
    with pytest.raises(ValueError, match="2 texts; give one row"):
        cloze.fill_masks(nn.Identity(), pack([[7], [8]]))
    with pytest.raises(ValueError, match="only special tokens"):
        cloze.fill_masks(nn.Identity(), pack([[CLS_ID]]))
