"""Word vectors: against brute force, torch and hand-worked numbers."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from helpers.models import vectors as v

RNG = np.random.default_rng(0)


def documents(vocab_size=7):
    return [RNG.integers(0, vocab_size, size=n) for n in (1, 9, 4, 13)]


def test_one_hot_times_a_matrix_is_a_row_and_is_what_embedding_does():
    matrix = RNG.normal(size=(5, 3))
    table = nn.Embedding.from_pretrained(torch.from_numpy(matrix))
    for i in range(5):
        assert np.allclose(v.row_of(i, matrix), matrix[i])
        assert np.allclose(v.row_of(i, matrix), table(torch.tensor(i)).numpy())
    with pytest.raises(ValueError, match="index 5"):
        v.row_of(5, matrix)


def test_cosine_by_hand():
    assert v.cosine([1, 0], [1, 1]) == pytest.approx(1 / math.sqrt(2))
    assert v.cosine([1, 2], [-2, -4]) == pytest.approx(-1)
    with pytest.raises(ValueError, match="no direction"):
        v.cosine([0, 0], [1, 1])


@pytest.mark.parametrize("window", [1, 2, 5])
def test_cooccurrence_equals_the_double_loop(window):
    docs = documents()
    wanted = np.zeros((7, 7))
    for doc in docs:
        for i in range(len(doc)):
            for j in range(len(doc)):
                if i != j and abs(i - j) <= window:
                    wanted[doc[i], doc[j]] += 1
    assert np.array_equal(v.cooccurrence(docs, window, 7), wanted)
    centres, contexts = v.skipgram_pairs(docs, window)
    assert len(centres) == len(contexts) == wanted.sum()


def test_pmi_by_hand():
    counts = np.array([[0, 2], [2, 4]])
    found = v.pmi(counts)
    assert found[0, 0] == 0  # never seen
    assert found[0, 1] == pytest.approx(math.log((2 / 8) / (2 / 8 * 6 / 8)))
    assert v.pmi(counts, positive=False)[0, 0] == -math.inf
    with pytest.raises(ValueError, match="square"):
        v.pmi(np.ones((2, 3)))


def test_svd_vectors_rebuild_a_low_rank_matrix():
    half = RNG.normal(size=(6, 2))
    matrix = half @ half.T
    found = v.svd_vectors(matrix, 2)
    assert np.allclose(found @ found.T, matrix)
    with pytest.raises(ValueError, match="use 1"):
        v.svd_vectors(matrix, 7)


def test_skipgram_loss_equals_the_formula():
    model = v.SkipGram(9, 4)
    nn.init.normal_(model.context.weight)
    c, u, k = (torch.tensor(x) for x in ([1, 2], [3, 4], [5, 6, 7]))
    V, U = model.centre.weight, model.context.weight
    wanted = 0.0
    for a, b in zip(c, u, strict=True):
        wanted -= torch.sigmoid(V[a] @ U[b]).log() / 2
        for n in k:
            share = v.N_NEGATIVES / 3 / 2
            wanted -= share * torch.sigmoid(-V[a] @ U[n]).log()
    assert torch.allclose(model.loss(c, u, k), wanted)


def test_training_a_skipgram_lowers_its_loss_and_is_repeatable():
    docs = [RNG.integers(0, 4, size=40) * 2 + np.arange(40) % 2 for _ in range(9)]
    runs = []
    for _ in range(2):
        torch.manual_seed(1)
        model = v.SkipGram(8, 6)
        generator = torch.Generator().manual_seed(2)
        runs.append(v.train_skipgram(docs, model, 1, 60, generator))
    assert runs[0] == runs[1]
    assert np.mean(runs[0][-10:]) < np.mean(runs[0][:5])


def test_neighbours_and_analogy_in_a_space_laid_out_by_hand():
    space = np.array([[1, 0], [1, 0.1], [-1, 0], [0, 1], [2.1, 1.0]], float)
    assert v.neighbours(space, 0, 1)[0][0] == 1
    assert [i for i, _ in v.neighbours(space, 2, 4)][-1] == 0
    assert all(i != 0 for i, _ in v.neighbours(space, 0, 4))
    assert v.analogy(space, 2, 3, 0)[0][0] == 4


def test_cosines_are_those_of_all_pairs_of_rows():
    a, b = RNG.normal(size=(3, 5)), RNG.normal(size=(4, 5))
    wanted = [[v.cosine(x, y) for y in b] for x in a]
    assert np.allclose(v.cosines(a, b), wanted)
    assert not v.cosines(np.zeros((2, 5)), b).any()


def test_ngrams_of_a_word():
    assert v.ngrams_of("cat", 3, 4) == ["<ca", "cat", "at>", "<cat", "cat>", "<cat>"]
    assert v.ngrams_of("a") == ["<a>"]
    assert set(v.ngrams_of("banks", 3, 4)) & set(v.ngrams_of("bank", 3, 4))


def test_a_skipgram_begins_with_centres_of_length_one_and_contexts_of_zero():
    torch.manual_seed(0)
    model = v.SkipGram(500, 100)
    assert model.centre.weight.std().item() == pytest.approx(1 / 10, rel=0.02)
    assert not model.context.weight.any()


def test_training_a_skipgram_takes_adams_steps_at_a_rate_that_falls_to_zero():
    docs = documents()
    torch.manual_seed(0)
    ours, theirs = v.SkipGram(7, 3), v.SkipGram(7, 3)
    theirs.load_state_dict(ours.state_dict())
    found = v.train_skipgram(docs, ours, 2, 4, torch.Generator().manual_seed(1), 0.1)
    centres, contexts = map(torch.from_numpy, v.skipgram_pairs(docs, 2))
    weights = torch.tensor([(centres == i).sum() for i in range(7)]).double() ** 0.75
    make, wanted = torch.Generator().manual_seed(1), []
    optimizer = torch.optim.Adam(theirs.parameters(), lr=9.0)  # each step sets it
    for rate in (0.1, 0.075, 0.05, 0.025):
        rows = torch.randint(len(centres), (2048,), generator=make)
        negatives = torch.multinomial(weights, 64, True, generator=make)
        loss = theirs.loss(centres[rows], contexts[rows], negatives)
        wanted.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.param_groups[0]["lr"] = rate
        optimizer.step()
    assert found == pytest.approx(wanted, abs=1e-6)
    assert torch.allclose(ours.centre.weight, theirs.centre.weight, atol=1e-6)


def test_what_is_just_allowed_is_allowed():
    assert v.svd_vectors(np.eye(3), 3).shape == (3, 3)
    assert v.svd_vectors(np.eye(3), 1).shape == (3, 1)
    assert len(v.skipgram_pairs([np.array([1, 2])], 1)[0]) == 2
    with pytest.raises(ValueError, match="window=0"):
        v.skipgram_pairs([np.array([1, 2])], 0)
    with pytest.raises(ValueError, match="d_model=0"):
        v.svd_vectors(np.eye(3), 0)
    with pytest.raises(ValueError, match="square"):
        v.pmi(np.array([[1, -1], [1, 1]]))
    with pytest.raises(ValueError, match="index -1"):
        v.row_of(-1, np.eye(3))


def test_an_analogy_is_the_row_nearest_to_the_sum_of_directions():
    space = np.random.default_rng(5).normal(size=(12, 4))
    unit = space / np.linalg.norm(space, axis=1, keepdims=True)
    for a, b, c in ((0, 1, 2), (5, 3, 9)):
        target = unit[b] - unit[a] + unit[c]
        found = {i: v.cosine(unit[i], target) for i in range(12) if i not in (a, b, c)}
        wanted = sorted(found.items(), key=lambda pair: -pair[1])[:3]
        answers = v.analogy(space, a, b, c, 3)
        assert [i for i, _ in answers] == [i for i, _ in wanted]
        assert [s for _, s in answers] == pytest.approx([s for _, s in wanted])
