"""Where a decoder looks: weights, distances from gold, and hidden tokens."""

import numpy as np
import pytest
import torch

from helpers.models.seq2seq import Seq2Seq
from helpers.objectives import sequence_pairs
from helpers.probes import alignments

RNG = np.random.default_rng(2)


def some_batch() -> sequence_pairs.Pairs:
    torch.manual_seed(0)
    draw = lambda n: RNG.integers(4, 20, size=n)  # noqa: E731
    return sequence_pairs.pair_batch([(draw(3), draw(2)), (draw(1), draw(5))])


def test_distances_are_counted_from_gold_and_particles_are_left_out():
    weights = torch.zeros(2, 3, 4)
    weights[0, 0, 2] = weights[0, 1, 0] = weights[0, 2, 3] = 1
    weights[1, 0, 1] = 1
    found = alignments.distances(weights, [(2, None, 1), (3,)])
    assert found.tolist() == [0, 2, -2]


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
    assert found == pytest.approx(np.mean(changed)) and 0 < found < 1


def test_hiding_the_only_token_is_refused():
    batch = sequence_pairs.pair_batch([(np.array([], dtype=int), np.array([5]))])
    with pytest.raises(ValueError, match="only token"):
        alignments.hidden_changes(
            Seq2Seq(20, 20, 6, 8, "dot"), batch, torch.zeros(1, 2, dtype=torch.long)
        )
