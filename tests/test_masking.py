"""Hidden tokens and pairs: the right shares, never specials, padding without effect."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from helpers.models.bert import BERTForPretraining, BERTSize
from helpers.objectives import masking as m
from helpers.tokenization.wordpiece import CLS_ID, MASK_ID, SEP_ID, SPECIALS

VOCAB = 600


def texts(n: int, seed: int = 0) -> list[tuple]:
    dice = np.random.default_rng(seed)
    sizes = dice.integers(3, 40, (n, 2))
    return [tuple(dice.integers(len(SPECIALS), VOCAB, k) for k in two) for two in sizes]


def made(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_a_pair_is_packed_as_in_the_paper():
    packed = m.pack([([7, 8], [9]), ([7], [8, 9, 10]), [6]])
    c, s = CLS_ID, SEP_ID
    assert packed.ids.tolist() == [
        [c, 7, 8, s, 9, s, 0],
        [c, 7, s, 8, 9, 10, s],
        [c, 6, s, 0, 0, 0, 0],
    ]
    assert packed.segments.tolist() == [
        [0, 0, 0, 0, 1, 1, 0],
        [0, 0, 0, 1, 1, 1, 1],
        [0] * 7,
    ]
    assert packed.mask.sum(1).tolist() == [6, 7, 3]


def test_the_shares_are_the_papers_and_specials_are_never_chosen():
    packed = m.pack(texts(3000))
    ordinary = packed.mask & (packed.ids >= len(SPECIALS))
    n = int(ordinary.sum())
    assert n >= 100_000
    ids, targets = m.hide(packed, VOCAB, made(0))
    asked = targets != m.IGNORE_INDEX
    assert abs(asked.sum() / n - 0.15) < 0.003
    assert not (asked & ~ordinary).any()
    assert torch.equal(ids[~asked], packed.ids[~asked])
    assert torch.equal(targets[asked], packed.ids[asked])
    k = asked.sum()
    hidden, same = ids[asked] == MASK_ID, ids[asked] == packed.ids[asked]
    assert abs(hidden.sum() / k - 0.8) < 0.005
    assert abs(same.sum() / k - 0.1) < 0.005  # a random token is itself once in 595
    assert (ids[asked & (ids != MASK_ID)] >= len(SPECIALS)).all()


def test_every_row_gives_its_share():
    packed = m.pack([([9] * 40, [8] * 60)] * 50)
    asked = m.choose(packed, 0.15, made(1)).sum(1)
    assert set(asked.tolist()) == {15}
    few = m.choose(m.pack([[9] * 10] * 400), 0.15, made(2)).sum(1)
    assert set(few.tolist()) == {1, 2} and abs(few.float().mean() - 1.5) < 0.1


def test_whole_words_are_chosen_whole():
    packed = m.pack(texts(200))
    starts = torch.rand(packed.ids.shape, generator=made(3)) < 0.6
    starts |= packed.ids < len(SPECIALS)
    starts |= F.pad(packed.ids < len(SPECIALS), (1, 0))[:, :-1]  # after a special
    chosen = m.choose(packed, 0.15, made(4), starts)
    inside = ~starts & packed.mask
    before = F.pad(chosen, (1, 0))[:, :-1]
    assert torch.equal(chosen[inside], before[inside])
    ordinary = packed.mask & (packed.ids >= len(SPECIALS))
    assert 0.13 < chosen.sum() / ordinary.sum() < 0.19
    assert not (chosen & ~ordinary).any()


def test_the_joint_loss_equals_a_worked_example():
    logits = torch.tensor([[0.0, 0.0], [math.log(3), 0.0]])  # p = 1/2 and 3/4
    pair = torch.tensor([[0.0, math.log(4)]])  # p of class 0 is 1/5
    batch = m.Pretraining(
        torch.tensor([[4, 4]]),
        torch.ones(1, 2, dtype=torch.bool),
        torch.zeros(1, 2, dtype=torch.long),
        torch.tensor([[1, 0]]),
        torch.tensor([0]),
    )
    loss = m.pretraining_loss(lambda *_: (logits, pair), batch)
    wanted = (math.log(2) + math.log(4 / 3)) / 2 + math.log(5)
    assert loss.item() == pytest.approx(wanted, abs=1e-6)
    whole = m.masked_loss(logits[None], batch.targets)
    assert whole.item() == pytest.approx((math.log(2) + math.log(4 / 3)) / 2, abs=1e-6)


def test_the_parts_of_a_batch_stand_in_the_order_of_the_model():
    torch.manual_seed(0)
    model = BERTForPretraining(BERTSize(VOCAB, 16, 2, 32, 1)).eval()
    packed = m.pack(texts(3))
    assert packed._fields == m.Pretraining._fields[:3] == ("ids", "mask", "segments")
    assert packed.mask.dtype == torch.bool
    in_order = model(*packed)
    by_name = model(ids=packed.ids, mask=packed.mask, segments=packed.segments)
    assert all(map(torch.equal, in_order, by_name))


def test_the_loss_of_hidden_tokens_alone_is_the_first_of_both():
    torch.manual_seed(0)
    model = BERTForPretraining(BERTSize(VOCAB, 16, 2, 32, 1)).eval()
    batch = m.pretraining_batch(texts(4), [0, 1, 1, 0], VOCAB, made(5), m.PAPER)
    tokens, pairs = m.pretraining_losses(model, batch)
    assert torch.equal(m.masked_only_loss(model, batch), tokens)
    assert torch.equal(m.pretraining_loss(model, batch), tokens + pairs)


def test_every_ordinary_token_is_hidden_alone():
    packed = m.pack([([7, 8, 9], [6]), [5]])
    copies, targets = m.one_by_one(packed)
    asked = targets != m.IGNORE_INDEX
    assert (asked.sum(1) == 1).all()
    assert targets[asked].tolist() == [7, 8, 9, 6, 5]
    assert (copies.ids[asked] == MASK_ID).all()
    rows = [0, 0, 0, 0, 1]
    assert torch.equal(copies.ids[~asked], packed.ids[rows][~asked])
    assert torch.equal(copies.mask, packed.mask[rows])
    assert torch.equal(copies.segments, packed.segments[rows])


def test_padding_does_not_change_the_loss():
    torch.manual_seed(0)
    model = BERTForPretraining(BERTSize(VOCAB, 16, 2, 32, 1))
    batch = m.pretraining_batch(texts(4), [0, 1, 1, 0], VOCAB, made(5), m.PAPER)
    longer = m.Pretraining(
        F.pad(batch.ids, (0, 5)),
        F.pad(batch.mask, (0, 5)),
        F.pad(batch.segments, (0, 5)),
        F.pad(batch.targets, (0, 5), value=m.IGNORE_INDEX),
        batch.follows,
    )
    torch.testing.assert_close(
        m.pretraining_loss(model, longer), m.pretraining_loss(model, batch)
    )


def test_a_false_b_is_never_its_own():
    halves = [([i], [i + 1000]) for i in range(10, 60)]
    stream = m.pair_up(halves, made(6))
    shares = []
    for _ in range(40):
        pairs, follows = next(stream)
        for (a, b), label in zip(pairs, follows.tolist(), strict=True):
            assert (b[0] == a[0] + 1000) == (label == 0)
        assert sorted(a[0] for a, _ in pairs) == list(range(10, 60))
        shares.append(follows.float().mean())
    assert abs(np.mean(shares) - 0.5) < 0.05


def test_the_same_dice_hide_the_same_tokens():
    packed = m.pack(texts(20))
    one, other = (m.hide(packed, VOCAB, made(7)) for _ in range(2))
    assert torch.equal(one[0], other[0]) and torch.equal(one[1], other[1])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: m.choose(p, 1.5, made(0)), "share=1.5"),
        (lambda p: m.hide(p, VOCAB, made(0), m.Shares(0.15, 0.9, 0.2)), "at most 1"),
        (
            lambda p: m.masked_loss(torch.zeros(0, 5), p.ids * 0 - 100),
            "no token is hidden",
        ),
        (lambda p: next(m.pair_up([([1], [2])], made(0))), "1 documents"),
    ],
)
def test_mistakes_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        change(m.pack(texts(2)))


def test_the_unigram_loss_by_hand_sees_no_context():
    counts = torch.tensor([0.0, 1.0, 2.0])  # with one added: 1, 2 and 3 of 6
    targets = torch.tensor([[2, m.IGNORE_INDEX], [1, 2]])
    wanted = (2 * math.log(2) + math.log(3)) / 3
    assert m.unigram_loss(counts, targets).item() == pytest.approx(wanted)
    moved = m.unigram_loss(counts, targets.flip(0))
    assert moved.item() == pytest.approx(wanted)


def test_a_row_may_begin_with_a_word():
    two, one = torch.tensor([[9, 8]]), torch.ones(1, 2, dtype=torch.bool)
    packed = m.Packed(two, one, torch.zeros_like(two))
    for dice, wanted in (([0.1, 0.9], [True, False]), ([0.9, 0.1], [False, True])):
        chosen = m.chosen_by(torch.tensor([dice]), torch.zeros(1), packed, 0.5, one)
        assert chosen.tolist() == [wanted]


def test_the_dice_decide_what_is_chosen_and_what_becomes_of_it():
    packed = m.pack([[10, 11, 12, 13]])
    dice = torch.tensor([[0.0, 0.7, 0.2, 0.5, 0.4, 0.0]])
    for luck, wanted in ((0.0, [11, 13]), (0.5, [11, 13]), (0.9, [11, 12, 13])):
        chosen = m.chosen_by(dice, torch.tensor([luck]), packed, 0.55, None)
        assert packed.ids[chosen].tolist() == wanted  # 2.2 of 4, rounded by luck
    none = m.chosen_by(dice, torch.tensor([0.1]), packed, 0.1, None)
    assert not none.any()
    chosen = packed.ids >= 10
    dice = torch.tensor([[0.0, 0.79, 0.8, 0.899, 0.9, 0.0]])
    others = torch.full_like(packed.ids, 99)
    ids, targets = m.hidden_by(dice, others, packed, chosen)
    assert ids.tolist() == [[CLS_ID, MASK_ID, 99, 99, 13, SEP_ID]]
    no = m.IGNORE_INDEX
    assert targets.tolist() == [[no, 10, 11, 12, 13, no]]


def test_shares_at_their_bounds_are_allowed():
    packed = m.pack([[9] * 8] * 3)
    ids, targets = m.hide(packed, VOCAB, made(0), m.Shares(0.5, 1.0, 0.0))
    assert (ids[targets != m.IGNORE_INDEX] == MASK_ID).all()
    ids, targets = m.hide(packed, VOCAB, made(0), m.Shares(0.5, 0.0, 1.0))
    assert not (ids == MASK_ID).any() and (targets == 9).sum() == 12
    for share in (0, 1):
        with pytest.raises(ValueError, match=f"share={share}"):
            m.choose(packed, share, made(0))


def test_two_documents_are_enough_for_false_pairs():
    pairs, follows = next(m.pair_up([([1], [2]), ([3], [4])], made(1)))
    for (a, b), label in zip(pairs, follows.tolist(), strict=True):
        assert (b[0] - a[0] == 1) == (label == 0)


def test_every_rotation_of_documents_can_be_drawn():
    halves = [([i], [i]) for i in range(4)]
    stream, shifts = m.pair_up(halves, made(2)), set()
    for _ in range(60):
        pairs, follows = next(stream)
        firsts = [a[0] for a, _ in pairs]
        for i, (_, b) in enumerate(pairs):
            if follows[i]:
                shifts.add((i - firsts.index(b[0])) % 4)
    assert shifts == {1, 2, 3}
