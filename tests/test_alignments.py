"""Where a decoder looks: weights, gold links, rivals, and hidden tokens."""

import numpy as np
import pytest
import torch

from helpers.corpora.translation import Translation
from helpers.models.seq2seq import Seq2Seq
from helpers.objectives import sequence_pairs
from helpers.probes import alignments

RNG = np.random.default_rng(2)


def some_batch() -> sequence_pairs.Pairs:
    torch.manual_seed(0)
    draw = lambda n: RNG.integers(4, 20, size=n)  # noqa: E731
    return sequence_pairs.pair_batch([(draw(3), draw(2)), (draw(1), draw(5))])


TEXTS = [
    # "he stands again ." with the adverb first and a particle behind the pronoun
    Translation(tuple("abc."), ("c", "a", "ga", "b", "."), (2, 0, None, 1, 3)),
    Translation(tuple("d."), ("d", "."), (0, 1)),
]


def test_links_tell_gold_kinds_and_what_is_near():
    found = alignments.links(TEXTS)
    assert found.gold.tolist() == [[2, 0, -1, 1, 3, -1], [0, 1, -1, -1, -1, -1]]
    assert found.kinds.tolist() == [[0, 0, 1, 0, 2, 3], [0, 2, 3, -1, -1, -1]]
    assert found.own[0].tolist() == [2, 0, 0, 1, 3, 3]  # the word before a particle
    assert found.following[0].tolist() == [0, 1, 1, 3, -1, -1]
    assert found.of(alignments.PARTICLE).sum() == 1


def test_the_error_rate_counts_particles_against_the_one_who_points():
    right = alignments.links(TEXTS)
    perfect = right.gold.clone()
    # 6 gold links, 7 tokens point somewhere: at best 1 − 2 · 6 / 13
    assert alignments.error_rate(perfect, right) == pytest.approx(1 / 13)
    perfect[0, 0] = 0  # one miss
    assert alignments.error_rate(perfect, right) == pytest.approx(3 / 13)
    perfect[1, 2] = 0  # EOS is not asked
    assert alignments.error_rate(perfect, right) == pytest.approx(3 / 13)


def test_the_diagonal_goes_from_the_first_token_to_the_last():
    ids = [np.arange(4, 4 + n) for n in (4, 5, 2, 2)]
    batch = sequence_pairs.pair_batch([(ids[0], ids[1]), (ids[2], ids[3])])
    found = alignments.diagonal(batch)
    assert found[0, :5].tolist() == [0, 1, 2, 2, 3]
    assert found[1, :2].tolist() == [0, 1]


def test_looking_gives_the_weights_of_the_model():
    batch = some_batch()
    weights = alignments.looked_at(Seq2Seq(20, 20, 6, 8, "general"), batch)
    assert weights.shape == (2, 6, 4)
    assert torch.allclose(weights.sum(-1), torch.ones(2, 6))
    with pytest.raises(ValueError, match="score=None"):
        alignments.looked_at(Seq2Seq(20, 20, 6, 8), batch)


def test_hidden_changes_equal_hiding_tokens_one_by_one():
    batch, changed = some_batch(), []
    model = Seq2Seq(20, 20, 6, 8, "dot")
    with torch.no_grad():
        model.join.weight.mul_(9)  # let the context matter
    places = alignments.looked_at(model, batch).argmax(-1)
    state = model.start(batch.source, batch.source_mask)
    said = model.step(batch.inputs, state)[0].argmax(-1)
    for row, t in batch.mask.nonzero().tolist():
        mask = state.mask.clone()
        mask[row, places[row, t]] = False
        now, _ = model.step(batch.inputs, state._replace(mask=mask))
        changed.append(float(now[row, t].argmax() != said[row, t]))
    found = alignments.hidden_changes(model, batch, places)
    assert found[batch.mask].float().tolist() == changed
    assert not found[~batch.mask].any()
    assert 0 < np.mean(changed) < 1


def test_hiding_the_only_token_is_refused():
    batch = sequence_pairs.pair_batch([(np.array([], dtype=int), np.array([5]))])
    with pytest.raises(ValueError, match="only token"):
        alignments.hidden_changes(
            Seq2Seq(20, 20, 6, 8, "dot"), batch, torch.zeros(1, 2, dtype=torch.long)
        )
