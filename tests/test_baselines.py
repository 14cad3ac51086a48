"""Baselines: a bag knows no order; the best possible score by hand."""

import torch

from helpers.finetuning.baselines import BagOfWords, best_possible, usual


def bag(n_classes=3, whole=True):
    torch.manual_seed(0)
    model = BagOfWords(9, n_classes, whole)
    torch.nn.init.normal_(model.table.weight)
    return model


def test_a_bag_does_not_know_the_order_and_not_the_padding():
    ids = torch.tensor([[1, 2, 3, 0], [3, 1, 2, 7]])
    mask = torch.tensor([[True, True, True, False]] * 2)
    logits = bag()(ids, mask, torch.zeros_like(ids))
    assert torch.allclose(logits[0], logits[1])


def test_a_bag_tells_the_two_texts_apart():
    ids, mask = torch.tensor([[1, 2]]), torch.ones(1, 2, dtype=torch.bool)
    model = bag()
    one, other = (model(ids, mask, torch.tensor([s])) for s in ([0, 1], [1, 0]))
    assert not torch.allclose(one, other)


def test_a_word_alone_is_judged_the_same_everywhere():
    ids = torch.tensor([[4, 2, 4]])
    logits = bag(2, whole=False)(ids, ids > 0, torch.zeros_like(ids))
    assert logits.shape == (1, 3, 2) and torch.equal(logits[0, 0], logits[0, 2])


def test_the_usual_answer_is_the_most_frequent_one():
    assert usual(["b", "a", "a", "b", "c"]) == "b" and usual([(1, 2)]) == (1, 2)


def test_a_text_with_two_answers_cannot_be_right_both_times():
    best = best_possible(["x", "x", "x", "y"], [1, 1, 0, 0])
    assert best.share == 0.75 and best.repeated == 0.75
    assert best_possible(["x", "y"], [1, 0]) == (1.0, 0.0)
