"""Reviews: means of real tokens only, and readers that learn what can be learned."""

import random

import numpy as np
import pytest
import torch

from helpers.checkpoints.bert_files import LoadedBERT
from helpers.corpora.treebank import Review
from helpers.finetuning import reviews
from helpers.models.bert import BERT, BERTSize
from helpers.models.layers import masked_mean
from helpers.tokenization.wordpiece import SPECIALS, WordPiece

WORDS = "good bad film the a plot was very".split()


def real():
    torch.manual_seed(0)
    pieces = WordPiece([*SPECIALS, *WORDS])
    bert = BERT(BERTSize(len(pieces), 16, 2, 32, 1)).eval()
    return LoadedBERT("tiny", bert, pieces, None, (), None)


def texts(n, seed=0):
    dice = random.Random(seed)
    return [" ".join(dice.choices(WORDS, k=dice.randint(1, 12))) for _ in range(n)]


def test_a_mean_leaves_padding_out():
    states = torch.arange(12.0).reshape(1, 4, 3)
    mask = torch.tensor([[True, True, False, False]])
    assert masked_mean(states, mask).tolist() == [[1.5, 2.5, 3.5]]


def test_vectors_come_in_the_order_of_the_texts():
    model, some = real(), texts(70)
    together = reviews.vectors(model, some)
    alone = np.concatenate([reviews.vectors(model, [text]) for text in some])
    assert np.allclose(together, alone, atol=1e-5)


def labelled(n, seed):
    return [Review(t, int("good" in t.split())) for t in texts(n, seed)]


def test_both_readers_find_a_word_that_decides():
    learned, asked = labelled(300, 1), labelled(200, 2)
    usual = max(
        np.mean([r.label for r in asked]), 1 - np.mean([r.label for r in asked])
    )
    model = real()
    assert reviews.by_words(model.wordpiece, learned, asked) > max(0.9, usual)
    assert reviews.by_vectors(model, learned, asked) > usual + 0.05


def test_the_bag_cannot_know_the_order():
    def order(n, seed):
        dice = random.Random(seed)
        pairs = [dice.sample(["good", "bad"], 2) for _ in range(n)]
        return [Review(" ".join(p), int(p[0] == "good")) for p in pairs]

    found = reviews.by_words(real().wordpiece, order(200, 1), order(400, 2))
    assert found == pytest.approx(0.5, abs=0.1)
