"""Stacks with parts left out, and the studies of blocks that are made of them."""

import dataclasses

import pytest
import torch
from torch import nn

from helpers import training
from helpers.models.encoder import EncoderSize, TokenEncoder
from helpers.models.stack import KERNEL, Parts, Stack
from helpers.objectives.tagging import Tags
from helpers.studies import block_parts, blocks, deep_stacks, warm_up
from helpers.training.loop import Run

SMALL = {"d_model": 8, "n_heads": 2, "d_ff": 12, "n_layers": 2}


def stack(**parts):
    torch.manual_seed(0)
    return Stack(11, 5, Parts(**(SMALL | parts)))


def padded(n_more=0):
    ids = torch.tensor([[3, 4, 5, 6, 7], [8, 9, 10, 0, 0]])
    ids = nn.functional.pad(ids, (0, n_more))
    return ids, ids > 0


@pytest.mark.parametrize("norm", ["pre", "post"])
def test_a_whole_stack_is_the_encoder(norm):
    ours = stack(norm=norm)
    size = EncoderSize(8, 2, 12, 2, norm)
    theirs = TokenEncoder(11, size)
    theirs.embed.load_state_dict(ours.embed.state_dict())
    if norm == "pre":
        theirs.encoder.norm.load_state_dict(ours.norm.state_dict())
    for i, block in enumerate(theirs.encoder.blocks):
        attend, feed = ours.steps[2 * i], ours.steps[2 * i + 1]
        block.attend.load_state_dict(attend.part.attend.state_dict())
        block.feed.load_state_dict(feed.part.feed.state_dict())
        block.norm_attend.load_state_dict(attend.norm.state_dict())
        block.norm_feed.load_state_dict(feed.norm.state_dict())
    ids, mask = padded()
    wanted = ours.output(theirs(ids, mask))
    torch.testing.assert_close(ours(ids, mask)[mask], wanted[mask])


@pytest.mark.parametrize("mixer", ["attention", "convolution"])
def test_padding_says_nothing_to_real_tokens(mixer):
    model = stack(mixer=mixer)
    ids, mask = padded()
    more, more_mask = padded(n_more=4)
    longer = model(more, more_mask)[:, :5]
    torch.testing.assert_close(model(ids, mask)[mask], longer[mask])


def test_a_convolution_reaches_three_neighbours():
    model = stack(mixer="convolution", feed=False, n_layers=1, positions="none")
    ids = torch.randint(1, 11, (1, 12), generator=torch.Generator().manual_seed(1))
    changed = ids.clone()
    changed[0, 6] = ids[0, 6] % 10 + 1
    moved = (model(ids) - model(changed))[0].abs().amax(-1) > 1e-7
    reach = KERNEL // 2
    assert moved.nonzero().flatten().tolist() == list(range(6 - reach, 7 + reach))


def test_without_attention_each_token_is_alone():
    model = stack(mixer="none")
    ids, _ = padded()
    changed = ids.clone()
    changed[0, 1] = 9
    moved = (model(ids) - model(changed)).abs().amax(-1) > 1e-7
    assert moved.nonzero().tolist() == [[0, 1]]


def test_skips_join_as_they_say():
    x, new = torch.randn(2, 1, 3, 8)
    residual, none = stack().steps[0].join, stack(skip="none").steps[0].join
    torch.testing.assert_close(residual(x, new), x + new)
    torch.testing.assert_close(none(x, new), new)
    highway = stack(skip="highway").steps[0].join
    gate = torch.sigmoid(highway.gate(x))
    torch.testing.assert_close(highway(x, new), gate * new + (1 - gate) * x)
    dense = stack(skip="dense")
    assert [step.gather.in_features for step in dense.steps] == [8, 16, 24, 32]


@pytest.mark.parametrize("wrong", [{"skip": "sum"}, {"norm": "both"}, {"mixer": "mlp"}])
def test_unknown_parts_are_refused(wrong):
    with pytest.raises(ValueError, match="choose one of"):
        Parts(**wrong)


def test_a_fact_is_looked_up_in_the_table():
    texts = blocks.facts(5, torch.Generator().manual_seed(3))
    assert (texts.labels[:, : blocks.AWAY] == blocks.NO_ANSWER).all()
    for ids, labels in zip(texts.ids, texts.labels, strict=True):
        for t in range(blocks.AWAY, blocks.LENGTH):
            assert labels[t] == blocks.table()[ids[t - blocks.AWAY], ids[t]]


def test_test_and_validation_ask_other_texts():
    test, valid = (blocks.asked("facts", part) for part in ("test", "validation"))
    assert not torch.equal(test.ids, valid.ids)


@pytest.mark.parametrize("task", block_parts.TASKS)
def test_rivals_of_the_whole_block_have_at_least_as_many_weights(task):
    def count(kind):
        model = block_parts.make(f"{kind}, {task}", 0)
        return sum(p.numel() for p in model.parameters())

    whole = count(block_parts.WHOLE)
    for rival in ("no feed-forward, wider", block_parts.LSTM):
        assert whole <= count(rival) < 1.12 * whole
    assert count("no feed-forward") < whole


def test_one_run_of_block_parts_is_measured(monkeypatch):
    monkeypatch.setattr(block_parts, "UPDATES", {"senses": 2, "facts": 2})
    arm = "no feed-forward, wider, facts"
    found = block_parts.measure(arm, 1e-2, 0, "test")
    assert set(found) == {"loss", "right", "weights", "seconds"}
    assert set(block_parts.measure(arm, 1e-2, 0, "validation")) == {"loss"}
    assert 0 <= found["right"] <= 1


def few(n=8):
    return Tags(*(part[:n] for part in blocks.asked("senses", "validation")))


def test_spread_is_zero_for_equal_and_one_for_opposite_vectors():
    x = torch.tensor([[[1.0, 2], [1, 2]], [[1, 2], [-1, -2]]])
    assert deep_stacks.spread(x).tolist() == [0.0, 1.0]


def test_gradients_of_blocks_are_those_of_their_steps():
    model = blocks.make("senses", dataclasses.replace(Parts(), **SMALL), 0)
    sizes = deep_stacks.gradients(model, few())
    assert all(p.grad is None for p in model.parameters())
    blocks.loss_of(model, few()).backward()
    for n, size in enumerate(sizes):
        steps = model.steps[2 * n : 2 * n + 2]
        square = sum(p.grad.pow(2).sum() for p in steps.parameters())
        assert size == pytest.approx(square.sqrt().item(), rel=1e-5)


def test_spreads_see_each_block_and_no_padding():
    model = blocks.make("senses", dataclasses.replace(Parts(), **SMALL), 0)
    found = deep_stacks.spreads(model, few())
    assert found.shape == (3,)
    # a longer story beside them changes nothing but the cut
    alone = deep_stacks.spreads(model, Tags(*(x[:1] for x in few())))
    assert alone.shape == (3,)


def test_a_loss_out_of_bounds_ends_a_run_and_scores_as_infinite(monkeypatch):
    model = blocks.make("senses", Parts(), 0)
    with torch.no_grad():
        model.output.weight.fill_(float("nan"))
    settings = training.Settings(2)
    assert blocks.teach(model, "senses", settings, 0, 4) is None
    assert blocks.loss_on(model, few()) == float("inf")


def test_settling_moves_no_weight_and_fills_the_means():
    model = blocks.make("senses", Parts(), 0)
    before = [p.detach().clone() for p in model.parameters()]
    run = Run(model, training.Settings(2, lr=1e-2, warmup=0.0))
    warm_up.settle(run, [few(), few()])
    for old, new in zip(before, model.parameters(), strict=True):
        torch.testing.assert_close(old, new, rtol=0, atol=0)
    state = run.optimizer.state[next(model.parameters())]
    assert state["step"] == 2 and state["exp_avg_sq"].abs().sum() > 0


def test_the_arms_of_warm_up_are_all_pairs():
    assert len(warm_up.ARMS) == 2 * 3 * 3
    assert set(warm_up.BY_NAME.values()) == {
        (order, begin, peak)
        for order in warm_up.ORDERS
        for begin in warm_up.BEGINNINGS
        for peak in warm_up.PEAKS
    }
