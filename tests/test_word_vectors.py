"""GloVe, fastText, a step of skip-gram, folding in: against loops, gradients, torch."""

import math
from collections import Counter

import numpy as np
import pytest
import torch

from helpers.models import vectors
from helpers.models import word_vectors as w
from helpers.probes import senses

RNG = np.random.default_rng(3)


def counts(n=6, seed=0):
    half = np.random.default_rng(seed).integers(0, 90, size=(n, n))
    return (half + half.T).astype(float)


def test_sliding_pairs_are_those_of_the_vectorised_helper():
    tokens = [5, 2, 2, 7, 1]
    for window in (1, 2, 9):
        centres, contexts = vectors.skipgram_pairs([np.array(tokens)], window)
        wanted = Counter(zip(centres.tolist(), contexts.tolist(), strict=True))
        assert Counter(w.sliding_pairs(tokens, window)) == wanted
    assert w.sliding_pairs("abc", 1) == [
        ("a", "b"),
        ("b", "a"),
        ("b", "c"),
        ("c", "b"),
    ]
    with pytest.raises(ValueError, match="window=0"):
        w.sliding_pairs("ab", 0)


@pytest.mark.parametrize("label", [0, 1])
def test_a_step_of_skipgram_follows_autograds_gradient(label):
    v, u = torch.randn(2, 5, generator=torch.Generator().manual_seed(label))
    v = v.double().requires_grad_()
    u = u.double().requires_grad_()
    (-torch.nn.functional.logsigmoid((2 * label - 1) * (v @ u))).backward()
    new_v, new_u = w.skipgram_step(v.detach().numpy(), u.detach().numpy(), label, 0.3)
    assert np.allclose(new_v, (v - 0.3 * v.grad).detach().numpy())
    assert np.allclose(new_u, (u - 0.3 * u.grad).detach().numpy())


def test_rows_of_the_table_fold_in_on_their_own_vectors():
    matrix = vectors.pmi(counts(8))
    space = vectors.svd_vectors(matrix, 5)
    assert np.allclose(w.fold_in(matrix, matrix, space), space)
    half = w.fold_in(matrix[:2].mean(0)[None], matrix, space)[0]
    assert np.allclose(half, space[:2].mean(0))  # a mixture lies between


def test_the_table_s_own_rows_have_the_pmi_of_the_table():
    table = counts(7)
    table[2, 5] = table[5, 2] = 0
    assert np.allclose(senses.pmi_of_rows(table, table), vectors.pmi(table))
    assert np.allclose(senses.pmi_of_rows(3 * table[:1], table), vectors.pmi(table)[:1])
    with pytest.raises(ValueError, match="no counts"):
        senses.pmi_of_rows(np.zeros((1, 7)), table)


def test_a_token_never_met_gives_no_nan():
    table = counts(5)
    table[:, 4] = table[4] = 0
    assert np.isfinite(senses.pmi_of_rows(table[:4], table)).all()


def test_the_loss_of_glove_equals_the_loop():
    torch.manual_seed(1)
    model = w.GloVe(4, 3)
    torch.nn.init.normal_(model.centre_bias)
    torch.nn.init.normal_(model.context_bias)
    table = np.array([[0, 1, 150, 7], [1, 0, 3, 0], [150, 3, 2, 99], [7, 0, 99, 100]])
    total, n = 0.0, 0
    for a in range(4):
        for b in range(4):
            x = table[a, b]
            if x:
                v, u = model.centre.weight[a], model.context.weight[b]
                error = v @ u + model.centre_bias[a, 0] + model.context_bias[b]
                f = (x / 100) ** 0.75 if x < 100 else 1.0
                total = total + f * (error - math.log(x)) ** 2
                n += 1
    found = model.loss(torch.tensor(table).float())
    assert torch.allclose(found, total / n, atol=1e-5)


def test_glove_does_not_look_at_pairs_that_never_met():
    torch.manual_seed(0)
    model = w.GloVe(5, 5)
    table = counts(5)
    table[0] = table[:, 0] = 0
    model.loss(torch.from_numpy(table).float()).backward()
    assert not model.centre.weight.grad[0].any()
    assert model.centre.weight.grad[1].any()


def test_training_glove_fits_the_logarithms_of_counts():
    torch.manual_seed(0)
    model = w.GloVe(5, 5)
    table = counts(5, 4) + 1
    losses = w.train_glove(table, model, 400, 0.3)
    assert losses[-1] < 0.01 * losses[0]
    found = model.centre.weight @ model.context.weight.T
    found = found + model.centre_bias + model.context_bias
    assert np.allclose(found.detach().numpy(), np.log(table), atol=0.3)
    both = model.centre.weight + model.context.weight
    assert np.allclose(model.vectors, both.detach().numpy())
    with pytest.raises(ValueError, match="no pair"):
        w.train_glove(np.zeros((5, 5)), model, 1)


def test_a_word_of_fasttext_is_the_mean_of_its_pieces():
    torch.manual_seed(0)
    words = ["duck", "ducks", "a"]
    model = w.FastText(words, 4)
    rows = model.centre.pieces.weight
    for i, word in enumerate(words):
        ids = [model.pieces[piece] for piece in vectors.ngrams_of(word)]
        wanted = rows[ids].mean(0)
        assert torch.allclose(model.centre(torch.tensor([i]))[0], wanted)
        assert np.allclose(model.vector_of(word), wanted.detach().numpy())
    assert model.vectors.shape == (3, 4)


def test_an_unseen_word_is_the_mean_of_its_known_pieces():
    torch.manual_seed(0)
    model = w.FastText(["duck"], 4)
    shared = [x for x in vectors.ngrams_of("ducky") if x in model.pieces]
    assert shared == ["<du", "duc", "uck", "<duc", "duck", "<duck"]
    rows = model.centre.pieces.weight[[model.pieces[x] for x in shared]]
    assert np.allclose(model.vector_of("ducky"), rows.mean(0).detach().numpy())
    with pytest.raises(ValueError, match="no piece of 'zzz'"):
        model.vector_of("zzz")


def test_fasttext_learns_by_the_training_of_skipgram():
    docs = [RNG.integers(0, 3, size=30) * 2 + np.arange(30) % 2 for _ in range(9)]
    torch.manual_seed(1)
    model = w.FastText(["ab", "cd", "abe", "cdf", "xab", "ycd"], 6)
    before = model.centre.pieces.weight.detach().clone()
    generator = torch.Generator().manual_seed(2)
    losses = vectors.train_skipgram(docs, model, 1, 60, generator, 0.05)
    assert np.mean(losses[-10:]) < np.mean(losses[:5])
    assert not torch.equal(before, model.centre.pieces.weight)
