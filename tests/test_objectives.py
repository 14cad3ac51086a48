"""Questions: padding, lanes and losses on random unequal sizes."""

import math

import numpy as np
import pytest
import torch

from helpers.objectives import batching, language_modeling, sequence_pairs

RNG = np.random.default_rng(1)


def sequences(sizes=(3, 1, 7, 0, 4)):
    return [RNG.integers(4, 50, size=n) for n in sizes]


def test_each_target_is_the_next_token_and_padding_is_masked():
    docs = sequences()
    inputs, targets, mask = language_modeling.next_token_batch(docs)
    assert inputs.shape == targets.shape == mask.shape == (5, 8)
    for row, doc in enumerate(docs):
        assert inputs[row][mask[row]].tolist() == [language_modeling.BOS_ID, *doc]
        assert targets[row][mask[row]].tolist() == [*doc, language_modeling.EOS_ID]
        assert mask[row].sum() == len(doc) + 1


def test_one_epoch_of_batches_holds_every_sequence_once():
    docs = sequences((5,) * 3 + (9,) * 4 + (2,) * 5)
    batches = language_modeling.next_token_batches(
        docs, 4, torch.Generator().manual_seed(0)
    )
    seen = []
    for _ in range(3):
        batch = next(batches)
        rows = zip(batch.targets, batch.mask, strict=True)
        seen += [tuple(r[m].tolist()[:-1]) for r, m in rows]
    assert sorted(seen) == sorted(tuple(d.tolist()) for d in docs)


def test_lanes_go_on_where_they_stopped():
    ids = np.arange(103)
    batches = list(language_modeling.stream_batches(ids, batch_size=4, seq_len=6))
    lanes = torch.cat([inputs for inputs, _ in batches], 1)
    assert torch.equal(lanes[:, 1:], lanes[:, :-1] + 1)
    for inputs, targets in batches:
        assert torch.equal(targets, inputs + 1)
    with pytest.raises(ValueError, match="at least 241"):
        next(language_modeling.stream_batches(ids, batch_size=40, seq_len=6))


def test_padding_does_not_change_the_loss():
    docs = sequences((4, 9))
    _, targets, mask = language_modeling.next_token_batch(docs)
    logits = torch.randn(*targets.shape, 50)
    wide = torch.cat([logits, torch.randn(2, 5, 50)], 1)
    pad = torch.zeros(2, 5, dtype=torch.long)
    wanted = language_modeling.next_token_loss(logits, targets, mask)
    found = language_modeling.next_token_loss(
        wide, torch.cat([targets, pad], 1), torch.cat([mask, pad > 0], 1)
    )
    assert torch.allclose(found, wanted)


def test_the_loss_of_a_model_that_knows_nothing_is_the_log_of_its_outcomes():
    _, targets, mask = language_modeling.next_token_batch(sequences())
    loss = language_modeling.next_token_loss(
        torch.zeros(*targets.shape, 50), targets, mask
    )
    assert loss.item() == pytest.approx(math.log(50), abs=1e-5)


def test_shapes_that_do_not_fit_are_named():
    _, targets, mask = language_modeling.next_token_batch(sequences())
    with pytest.raises(ValueError, match="do not fit"):
        language_modeling.next_token_loss(torch.zeros(2, 3, 5), targets, mask)
    with pytest.raises(ValueError, match="0 sequences"):
        language_modeling.next_token_batch([])
    with pytest.raises(ValueError, match="batch_size=0"):
        next(language_modeling.next_token_batches(sequences(), 0, torch.Generator()))


def test_both_directions_answer_every_token_and_one_mark():
    docs = sequences()
    ids, mask = language_modeling.both_directions_batch(docs)
    assert ids.shape == mask.shape == (5, 9)
    for row, doc in enumerate(docs):
        assert ids[row][mask[row]].tolist() == [
            language_modeling.BOS_ID,
            *doc,
            language_modeling.EOS_ID,
        ]
    logits = torch.randn(*ids.shape, 50)
    losses = language_modeling.both_directions_losses(logits, logits, ids, mask)
    assert [len(each) for each in losses] == [sum(len(d) + 1 for d in docs)] * 2


def test_the_forward_half_is_the_next_token_loss():
    docs = sequences()
    batch, (ids, mask) = (
        language_modeling.next_token_batch(docs),
        language_modeling.both_directions_batch(docs),
    )
    logits, noise = torch.randn(*ids.shape, 50), torch.randn(*ids.shape, 50)
    wanted = language_modeling.token_losses(logits[:, :-1], batch.targets, batch.mask)
    forward, backward = language_modeling.both_directions_losses(
        logits, noise, ids, mask
    )
    assert torch.equal(forward, wanted)
    joint = language_modeling.both_directions_loss(logits, noise, ids, mask)
    mean = (wanted.mean() + backward.mean()) / 2
    assert joint.item() == pytest.approx(mean.item(), abs=1e-6)


def test_the_backward_half_is_the_forward_half_of_reversed_sequences():
    doc = sequences((7,))[0]
    ids, mask = language_modeling.both_directions_batch([doc])
    logits = torch.randn(*ids.shape, 50)
    _, backward = language_modeling.both_directions_losses(logits, logits, ids, mask)
    reversed_ids, reversed_logits = ids.flip(1), logits.flip(1)
    forward, _ = language_modeling.both_directions_losses(
        reversed_logits, reversed_logits, reversed_ids, mask
    )
    assert torch.equal(backward.flip(0), forward)


def test_both_directions_have_the_same_floor():
    """A Markov chain whose reverse is known: both surprises sum to −log P(document)."""
    start = np.array([0.2, 0.5, 0.3])
    step = np.array([[0.1, 0.6, 0.2, 0.1], [0.3, 0.1, 0.1, 0.5], [0.2, 0.3, 0.4, 0.1]])
    visits = np.linalg.solve(np.eye(3) - step[:, :3].T, start)  # expected, per document
    forward, backward = (torch.full((7, 7), -torch.inf) for _ in range(2))
    forward[2, 4:], forward[4:, 4:] = _log(start), _log(step[:, :3])
    forward[4:, 3] = _log(step[:, 3])
    joint = visits[:, None] * step  # how often b follows a
    backward[3, 4:] = _log(joint[:, 3])  # all documents end once
    backward[4:, 4:] = _log(joint[:, :3].T / visits[:, None])
    backward[4:, 2] = _log(start / visits)
    assert torch.allclose(backward[3:].exp().sum(1), torch.ones(4))
    docs = [np.array(d) for d in ([4, 5, 5, 6], [6], [5, 4, 6, 6, 4, 5])]
    for doc in docs:
        ids, mask = language_modeling.both_directions_batch([doc])
        losses = language_modeling.both_directions_losses(
            forward[ids], backward[ids], ids, mask
        )
        sums = [each.sum().item() for each in losses]
        assert sums[0] == pytest.approx(sums[1], abs=1e-5)


def _log(p: np.ndarray) -> torch.Tensor:
    return torch.as_tensor(np.log(p), dtype=torch.float32)


def test_both_directions_batches_hold_every_sequence_once_an_epoch():
    docs = sequences((5,) * 3 + (9,) * 4)
    batches = language_modeling.both_directions_batches(
        docs, 4, torch.Generator().manual_seed(0)
    )
    rows = [row for _ in "ab" for row in zip(*next(batches), strict=True)]
    seen = [tuple(ids[mask].tolist()[1:-1]) for ids, mask in rows]
    assert sorted(seen) == sorted(tuple(d.tolist()) for d in docs)
    with pytest.raises(ValueError, match="batch_size=0"):
        next(language_modeling.both_directions_batches(docs, 0, torch.Generator()))


def test_batches_of_similar_lengths_go_on_epoch_after_epoch():
    docs = sequences(range(1, 41))
    batches = batching.similar_batches(docs, 7, torch.Generator().manual_seed(0))
    epochs = [[next(batches) for _ in range(6)] for _ in range(2)]
    orders = []
    for epoch in epochs:
        lengths = [[len(doc) for doc in batch] for batch in epoch]
        assert sorted(sum(lengths, [])) == list(range(1, 41))
        assert max(max(some) - min(some) for some in lengths) < 7 + 8
        orders.append(lengths)
    assert orders[0] != orders[1]


def test_similar_is_what_the_given_length_says():
    words = ["x" * n for n in (9, 1, 8, 2)]
    generator = torch.Generator().manual_seed(0)
    batches = batching.similar_batches(words, 2, generator, lambda word: 99 * len(word))
    found = [sorted(map(len, next(batches))) for _ in range(2)]
    assert sorted(found) == [[1, 2], [8, 9]]


def test_a_pair_asks_for_its_target_and_ends_its_source():
    sources, targets = sequences((3, 1, 7, 0)), sequences((2, 5, 0, 4))
    batch = sequence_pairs.pair_batch(list(zip(sources, targets, strict=True)))
    assert batch.source.shape == batch.source_mask.shape == (4, 8)
    assert batch.inputs.shape == batch.targets.shape == batch.mask.shape == (4, 6)
    rows = zip(sources, targets, *batch, strict=True)
    for source, target, ids, real, inputs, wanted, mask in rows:
        assert ids[real].tolist() == [*source, language_modeling.EOS_ID]
        assert inputs[mask].tolist() == [language_modeling.BOS_ID, *target]
        assert wanted[mask].tolist() == [*target, language_modeling.EOS_ID]
        assert not ids[~real].any() and not wanted[~mask].any()
    assert batch.source.dtype == batch.targets.dtype == torch.long


def test_one_epoch_of_pair_batches_holds_every_pair_once_and_keeps_them_together():
    sources = sequences((5,) * 3 + (9,) * 4 + (2,) * 5)
    pairs = [(s, s[::-1] + 1) for s in sources]
    batches = sequence_pairs.pair_batches(pairs, 5, torch.Generator().manual_seed(0))
    seen = []
    for _ in range(3):
        batch = next(batches)
        rows = zip(batch.source, batch.source_mask, strict=True)
        found = [r[m].tolist()[:-1] for r, m in rows]
        rows = zip(batch.targets, batch.mask, strict=True)
        wanted = [r[m].tolist()[:-1] for r, m in rows]
        assert wanted == [[i + 1 for i in reversed(f)] for f in found]
        seen += map(tuple, found)
    assert sorted(seen) == sorted(tuple(s.tolist()) for s in sources)


def test_no_pairs_and_no_batch_are_refused():
    with pytest.raises(ValueError, match="0 sequences"):
        sequence_pairs.pair_batch([])
    with pytest.raises(ValueError, match="batch_size=0"):
        next(sequence_pairs.pair_batches([], 0, torch.Generator()))


def test_texts_and_pairs_are_packed_between_marks():
    packed = batching.pack([([7, 8], [9]), [6], ([], [5, 5])], (101, 102))
    assert packed.ids.tolist() == [
        [101, 7, 8, 102, 9, 102],
        [101, 6, 102, 0, 0, 0],
        [101, 102, 5, 5, 102, 0],
    ]
    assert packed.mask.sum(1).tolist() == [6, 3, 5]
    assert packed.segments.tolist() == [
        [0, 0, 0, 0, 1, 1],
        [0, 0, 0, 0, 0, 0],
        [0, 0, 1, 1, 1, 0],
    ]
    assert packed.segments.dtype == packed.ids.dtype == torch.long


def test_empty_texts_still_have_a_column():
    ids, mask = batching.pad([np.array([], int)] * 2, value=9)
    assert ids.tolist() == [[9], [9]] and mask.tolist() == [[False], [False]]


def test_batches_may_hold_one_sequence():
    lengths = torch.tensor([3, 1, 2])
    rows = list(batching.similar_rows(lengths, 1, torch.Generator().manual_seed(0)))
    assert sorted(row.tolist() for row in rows) == [[0], [1], [2]]


def test_lengths_share_a_batch_only_within_eight_tokens():
    def mixed(gap):
        lengths = torch.tensor([10, 10 + gap] * 500)
        batches = batching.similar_rows(lengths, 10, torch.Generator().manual_seed(0))
        return sum(len(lengths[rows].unique()) > 1 for rows in batches)

    assert mixed(8) == 0 < mixed(7)


def test_a_text_of_exactly_one_batch_is_enough():
    ((inputs, targets),) = language_modeling.stream_batches(np.arange(7), 2, 3)
    assert inputs.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert targets.tolist() == [[1, 2, 3], [4, 5, 6]]
    with pytest.raises(ValueError, match="6 ids do not fill"):
        next(language_modeling.stream_batches(np.arange(6), 2, 3))
    for sizes in ((0, 3), (2, 0)):
        with pytest.raises(ValueError, match="use 1 or more"):
            next(language_modeling.stream_batches(np.arange(7), *sizes))
