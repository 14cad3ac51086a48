"""Heads are scored against known answers, and beat the best fixed distance or not."""

import pytest
import torch

from helpers.objectives.batching import IGNORE_INDEX
from helpers.probes import heads


def sample(n_layers=3, batch_size=4, n_heads=2, seq_len=7):
    """Return random weights whose rows sum to 1, and gold for some of the tokens."""
    dice = torch.Generator().manual_seed(1)
    shape = (n_layers, batch_size, n_heads, seq_len, seq_len)
    weights = torch.rand(shape, generator=dice).softmax(-1)
    gold = torch.randint(-1, seq_len, (batch_size, seq_len), generator=dice)
    return weights, gold.masked_fill(gold < 0, IGNORE_INDEX)


def plainly(weights, gold, mask) -> list[list[float]]:
    """Count with loops."""
    shares = []
    for layer in weights:
        row = []
        for h in range(layer.shape[1]):
            right = n = 0
            for b, answers in enumerate(gold.tolist()):
                for t, answer in enumerate(answers):
                    if answer >= 0:
                        places = [k for k in range(len(answers)) if k != t]
                        places = [k for k in places if mask[b, k]]
                        best = max(places, key=lambda k: layer[b, h, t, k].item())
                        right, n = right + (best == answer), n + 1
            row.append(right / n)
        shares.append(row)
    return shares


@pytest.mark.parametrize("closed", [0, 2])
def test_shares_are_those_of_plain_counting(closed):
    weights, gold = sample()
    mask = torch.ones(gold.shape, dtype=torch.bool)
    mask[:, :closed] = False
    found = heads.head_shares(weights, gold, mask)
    assert found.shape == (3, 2)
    assert torch.allclose(found, torch.tensor(plainly(weights, gold, mask)))
    if not closed:
        assert torch.equal(found, heads.head_shares(weights, gold))


def test_a_head_that_looks_at_the_answers_is_always_right():
    weights, gold = sample()
    own = gold == torch.arange(gold.shape[1])
    gold = gold.masked_fill(own, IGNORE_INDEX)
    right = torch.eye(gold.shape[1])[gold.clamp(min=0)]  # (B, T, T)
    weights[1, :, 0] = right
    shares = heads.head_shares(weights, gold)
    assert shares[1, 0] == 1 and (shares.flatten().sort().values[:-1] < 1).all()
    assert heads.best_head(shares) == (1, 0)


def test_the_weight_on_a_token_itself_does_not_count():
    weights = torch.tensor([[0.8, 0.2], [0.3, 0.7]]).view(1, 1, 1, 2, 2)
    assert heads.head_shares(weights, torch.tensor([[1, 0]])).item() == 1


def test_the_best_offset_is_found_among_all():
    none = IGNORE_INDEX
    gold = torch.tensor([[none, 0, 0, 2, 1], [1, none, none, 2, none]])
    # distances: −1, −2, −1, −3 and +1, −1
    assert heads.best_offset(gold) == heads.Offset(-1, 0.5)
    weights = torch.zeros(1, 2, 1, 5, 5)
    weights[..., range(1, 5), range(4)] = 1  # a head that looks one back
    weights[..., 0, 4] = 1  # the first token has nothing before it
    assert heads.head_shares(weights, gold).item() == 0.5


def test_weight_on_targets_is_a_mean_over_the_asked_queries():
    weights, gold = sample()
    everything = torch.ones(4, 7, 7, dtype=torch.bool)
    asked = gold != IGNORE_INDEX
    whole = heads.weight_on(weights, everything, asked)
    assert torch.allclose(whole, torch.ones(3, 2))
    own = torch.eye(7, dtype=torch.bool).expand(4, 7, 7)
    wanted = weights.diagonal(dim1=-2, dim2=-1).transpose(2, 3)[:, asked].mean(1)
    assert torch.allclose(heads.weight_on(weights, own, asked), wanted)


def test_of_equally_good_offsets_the_nearest_is_taken():
    assert heads.best_offset(torch.tensor([[2, IGNORE_INDEX, 1]])).offset == -1


def test_padding_changes_nothing():
    weights, gold = sample()
    longer = torch.nn.functional.pad(weights, (0, 3, 0, 3))
    more = torch.nn.functional.pad(gold, (0, 3), value=IGNORE_INDEX)
    wanted = heads.head_shares(weights, gold)
    assert torch.equal(heads.head_shares(longer, more), wanted)
    assert heads.best_offset(more) == heads.best_offset(gold)


@pytest.mark.parametrize(
    ("weights", "gold", "message"),
    [
        (torch.zeros(1, 2, 1, 3, 3), torch.zeros(2, 4).long(), "give"),
        (torch.zeros(2, 1, 3, 3), torch.zeros(2, 3).long(), "give"),
        (torch.zeros(1, 2, 1, 3, 3), torch.full((2, 3), -100), "no token has"),
        (torch.zeros(1, 2, 1, 3, 3), torch.full((2, 3), 3), "positions 0 to 2"),
        (torch.zeros(1, 2, 1, 3, 3), torch.full((2, 3), -1), "positions -1 to -1"),
    ],
)
def test_mistakes_are_named(weights, gold, message):
    with pytest.raises(ValueError, match=message):
        heads.head_shares(weights, gold)
    if "no token" in message:
        with pytest.raises(ValueError, match=message):
            heads.best_offset(gold)
