"""What the ablation takes away from BERT is really away, and nothing else is."""

import pytest
import torch
from torch.nn import functional as F

from helpers.models.bert import BERT, BERTForPretraining, BERTSize
from helpers.models.bert_variants import LeftToRight, WithBiLSTM, left_to_right
from helpers.objectives.masking import pack

SIZE = BERTSize(40, 16, 4, 32, 2, 24)


def packed():
    return pack([([7, 8, 9, 10], [11, 12]), ([13, 14], [15])])


def test_left_to_right_sees_nothing_later_and_all_before():
    bert = LeftToRight(SIZE).eval()
    p = packed()
    changed = p.ids.clone()
    changed[0, 5] = 30
    x, y = (bert(ids, p.mask, p.segments) for ids in (p.ids, changed))
    moved = (x - y).abs().amax(-1)[0] > 1e-6
    # the first place holds the last token's vector; both rows end in padding or not
    assert moved.tolist() == [True, *[False] * 4, *[True] * (p.ids.shape[1] - 5)]
    assert torch.equal(x[1], y[1])


def test_the_first_place_holds_the_last_real_token():
    bert = LeftToRight(SIZE).eval()
    p = packed()
    x = bert(p.ids, p.mask, p.segments)
    for row, n in enumerate(p.mask.sum(1)):
        alone = bert(p.ids[row : row + 1, :n], None, p.segments[row : row + 1, :n])
        assert torch.allclose(x[row, 0], x[row, n - 1])
        assert torch.allclose(x[row, :n], alone[0], atol=1e-6)


def test_masked_positions_give_the_same_logits():
    model = left_to_right(SIZE).eval()
    p = packed()
    asked = p.mask & (p.ids > 4)
    some, _ = model(p.ids, p.mask, p.segments, asked)
    everything, _ = model(p.ids, p.mask, p.segments)
    assert torch.allclose(some, everything[asked], atol=1e-6)


def test_the_variants_have_bert_s_weights_and_the_tied_table():
    model = left_to_right(SIZE)
    assert model.masked.table is model.bert.embeddings.tokens
    plain = BERTForPretraining(SIZE)
    plain.load_state_dict(model.state_dict())
    assert sum(v.numel() for v in plain.parameters()) == sum(
        v.numel() for v in model.parameters()
    )


@pytest.mark.parametrize("encoder", [BERT, LeftToRight])
def test_a_bilstm_on_top_lets_every_token_see_all_but_no_padding(encoder):
    model = WithBiLSTM(encoder(SIZE)).eval()
    p = packed()
    x = model(p.ids, p.mask, p.segments)
    assert x.shape == (*p.ids.shape, 16) and model.pooled(x).shape == (2, 16)
    changed = p.ids.clone()
    changed[0, 5] = 30
    moved = (x - model(changed, p.mask, p.segments)).abs().amax(-1)[0]
    assert (moved > 1e-7).all()
    wider = [F.pad(t, (0, 3)) for t in p]
    again = model(*wider)
    assert torch.allclose(again[:, : x.shape[1]][p.mask], x[p.mask], atol=1e-6)
