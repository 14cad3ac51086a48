"""Questions: padding, lanes and losses on random unequal sizes."""

import math

import numpy as np
import pytest
import torch

from helpers import objectives as ob

RNG = np.random.default_rng(1)


def sequences(sizes=(3, 1, 7, 0, 4)):
    return [RNG.integers(4, 50, size=n) for n in sizes]


def test_each_target_is_the_next_token_and_padding_is_masked():
    docs = sequences()
    inputs, targets, mask = ob.next_token_batch(docs)
    assert inputs.shape == targets.shape == mask.shape == (5, 8)
    for row, doc in enumerate(docs):
        assert inputs[row][mask[row]].tolist() == [ob.BOS_ID, *doc]
        assert targets[row][mask[row]].tolist() == [*doc, ob.EOS_ID]
        assert mask[row].sum() == len(doc) + 1


def test_one_epoch_of_batches_holds_every_sequence_once():
    docs = sequences((5,) * 3 + (9,) * 4 + (2,) * 5)
    batches = ob.next_token_batches(docs, 4, torch.Generator().manual_seed(0))
    seen = []
    for _ in range(3):
        batch = next(batches)
        rows = zip(batch.targets, batch.mask, strict=True)
        seen += [tuple(r[m].tolist()[:-1]) for r, m in rows]
    assert sorted(seen) == sorted(tuple(d.tolist()) for d in docs)


def test_lanes_go_on_where_they_stopped():
    ids = np.arange(103)
    batches = list(ob.stream_batches(ids, batch_size=4, seq_len=6))
    lanes = torch.cat([inputs for inputs, _ in batches], 1)
    assert torch.equal(lanes[:, 1:], lanes[:, :-1] + 1)
    for inputs, targets in batches:
        assert torch.equal(targets, inputs + 1)
    with pytest.raises(ValueError, match="at least 241"):
        next(ob.stream_batches(ids, batch_size=40, seq_len=6))


def test_padding_does_not_change_the_loss():
    docs = sequences((4, 9))
    _, targets, mask = ob.next_token_batch(docs)
    logits = torch.randn(*targets.shape, 50)
    wide = torch.cat([logits, torch.randn(2, 5, 50)], 1)
    pad = torch.zeros(2, 5, dtype=torch.long)
    wanted = ob.next_token_loss(logits, targets, mask)
    found = ob.next_token_loss(
        wide, torch.cat([targets, pad], 1), torch.cat([mask, pad > 0], 1)
    )
    assert torch.allclose(found, wanted)


def test_the_loss_of_a_model_that_knows_nothing_is_the_log_of_its_outcomes():
    _, targets, mask = ob.next_token_batch(sequences())
    loss = ob.next_token_loss(torch.zeros(*targets.shape, 50), targets, mask)
    assert loss.item() == pytest.approx(math.log(50), abs=1e-5)


def test_shapes_that_do_not_fit_are_named():
    _, targets, mask = ob.next_token_batch(sequences())
    with pytest.raises(ValueError, match="do not fit"):
        ob.next_token_loss(torch.zeros(2, 3, 5), targets, mask)
    with pytest.raises(ValueError, match="0 sequences"):
        ob.next_token_batch([])
    with pytest.raises(ValueError, match="batch_size=0"):
        next(ob.next_token_batches(sequences(), 0, torch.Generator()))
