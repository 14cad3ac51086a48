"""Decoders equal PyTorch's, never see the future, and write the same with a cache."""

import itertools

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers.models import decoder as d
from helpers.models.attention import causal_mask, padding_mask
from helpers.models.encoder import POSITIONS, EncoderSize
from helpers.models.recurrent import draw, generate
from tests.test_encoder import TOLERANCE, copied, near, shaken

SMALL = EncoderSize(8, 2, 16, 2)


@pytest.mark.parametrize("kind", TOLERANCE, ids=str)
@pytest.mark.parametrize("norm", ["pre", "post"])
@pytest.mark.parametrize("n", [1, 3])
def test_a_block_equals_pytorch_with_gradients(n, norm, kind):
    size = EncoderSize(12, 3, 20, 1, norm, "relu")
    mine = shaken(d.DecoderBlock(size).to(kind), n)
    other = copied(mine, size, kind, nn.TransformerDecoderLayer)
    t, s = 3 + n, 5
    both = [torch.randn(n, m, 12, dtype=kind).requires_grad_() for m in (t, s)]
    twins = [x.detach().clone().requires_grad_() for x in both]
    real = torch.arange(s) < torch.arange(2, 2 + n)[:, None]  # (B, S)
    a = mine(*both, causal_mask(t), padding_mask(real))
    b = other(*twins, tgt_mask=~causal_mask(t), memory_key_padding_mask=~real)
    near(a, b, kind)
    a.sin().sum().backward()
    b.sin().sum().backward()
    for x, y in zip(both, twins, strict=True):
        near(x.grad, y.grad, kind)
    near(
        mine.cross.value.weight.grad,
        other.multihead_attn.in_proj_weight.grad[24:],
        kind,
    )


@pytest.mark.parametrize(
    ("norm", "positions"), list(itertools.product(("pre", "post"), POSITIONS))
)
def test_no_output_depends_on_the_future(norm, positions):
    torch.manual_seed(0)
    size = EncoderSize(8, 2, 16, 2, norm, positions=positions)
    model = shaken(d.GPT(30, size))
    vectors = torch.randn(1, 7, 8, requires_grad=True)
    model.embed = nn.Identity()
    logits = model(vectors)
    for t in (0, 3, 5):
        (gradient,) = torch.autograd.grad(
            logits[0, t].sum(), vectors, retain_graph=True
        )
        assert (gradient[0, t + 1 :] == 0).all()
        assert (gradient[0, : t + 1].abs().amax(-1) > 0).all()


@pytest.mark.parametrize("positions", POSITIONS)
def test_reading_piece_by_piece_equals_reading_at_once(positions):
    torch.manual_seed(0)
    model = shaken(d.GPT(30, EncoderSize(8, 2, 16, positions=positions)))
    ids = torch.randint(4, 30, (2, 9))
    state, pieces = model.start(2), []
    for part in ids.split([4, 1, 3, 1], 1):
        logits, state = model.step(part, state)
        pieces.append(logits)
    near(torch.cat(pieces, 1), model(ids))


def test_a_state_can_be_used_twice():
    model = shaken(d.GPT(30, SMALL))
    _, state = model.step(torch.tensor([[2, 5]]), model.start(1))
    first = model.step(torch.tensor([[7]]), state)[0]
    model.step(torch.tensor([[9, 9, 9]]), state)
    near(model.step(torch.tensor([[7]]), state)[0], first)


def test_padding_on_the_right_changes_nothing():
    model = shaken(d.GPT(30, SMALL))
    ids = torch.randint(4, 30, (2, 5))
    near(model(F.pad(ids, (0, 3)))[:, :5], model(ids))


@pytest.mark.parametrize("norm", ["pre", "post"])
def test_every_norm_adds_the_eps_of_its_size(norm):
    size = EncoderSize(8, 2, 16, 2, norm, eps=0.25)
    model = d.TransformerSeq2Seq(20, 30, size)
    norms = [m for m in model.modules() if isinstance(m, nn.LayerNorm)]
    assert len(norms) == 2 * 2 + 2 * 3 + 2 * (norm == "pre")
    assert all(m.eps == 0.25 for m in norms)


def test_a_translator_steps_as_it_is_taught():
    torch.manual_seed(0)
    model = shaken(d.TransformerSeq2Seq(20, 30, SMALL))
    source, inputs = torch.randint(4, 20, (2, 6)), torch.randint(4, 30, (2, 5))
    real = torch.arange(6) < torch.tensor([6, 3])[:, None]
    taught = model(source, real, inputs)
    state, pieces = model.start(source, real), []
    for part in inputs.split([2, 1, 2], 1):
        logits, state = model.step(part, state)
        pieces.append(logits)
    near(torch.cat(pieces, 1), taught)
    alone = model(source[1:, :3], real[1:, :3], inputs[1:])
    near(alone, taught[1:])


def test_top_k_and_nucleus_keep_what_they_promise():
    logits = torch.log(torch.tensor([0.5, 0.1, 0.25, 0.15]))
    kept = d.keep_top_k(logits, 2).isfinite()
    assert kept.tolist() == [True, False, True, False]
    for p, n in ((0.4, 1), (0.6, 2), (0.85, 3), (0.95, 4), (1.0, 4)):
        assert d.keep_nucleus(logits, p).isfinite().sum() == n
    both = torch.stack([logits, logits.flip(0)])
    rows = d.keep_nucleus(both, 0.6).isfinite()
    assert rows[0].tolist() == rows[1].flip(0).tolist()


def test_temperature_is_a_power_of_the_probabilities():
    p = torch.softmax(torch.randn(3, 7), -1)
    for temperature in (0.5, 1.0, 2.5):
        powers = p ** (1 / temperature)
        near(d.tempered(p.log(), temperature), powers / powers.sum(-1, keepdim=True))


def test_a_batch_is_drawn_row_by_row():
    logits = torch.full((4, 9), -30.0)
    logits[range(4), [3, 1, 8, 1]] = 30.0
    for temperature in (0, 1.0):
        ids = draw(logits, temperature, torch.Generator().manual_seed(1))
        assert ids.tolist() == [[3], [1], [8], [1]]


def test_writing_follows_the_probabilities():
    torch.manual_seed(0)
    model, make = shaken(d.GPT(6, SMALL)), torch.Generator().manual_seed(0)
    first = [generate(model, [2], 1, 1.0, make)[0] for _ in range(600)]
    shares = torch.bincount(torch.tensor(first), minlength=6) / 600
    wanted = torch.softmax(model(torch.tensor([[2]]))[0, -1], -1)
    assert (shares - wanted).abs().max() < 0.08
    best = generate(model, [2], 5, 0, make)
    assert best == generate(model, [2], 5, 1.0, make, lambda x: d.keep_top_k(x, 1))


def test_texts_written_side_by_side_are_those_written_alone_up_to_their_ends():
    torch.manual_seed(3)
    model = shaken(d.GPT(5, SMALL))
    best = generate(model, [2], 9, 0, None)
    ended = best[: best.index(3)] if 3 in best else best
    assert d.write_texts(model, 3, 9, 0, None) == [ended] * 3
    drawn = d.write_texts(model, 40, 9, 1.0, torch.Generator().manual_seed(0))
    assert len({len(text) for text in drawn}) > 3
    assert all(3 not in text for text in drawn)
    assert drawn == d.write_texts(model, 40, 9, 1.0, torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: d.keep_top_k(torch.zeros(4), 5), "k=5"),
        (lambda m: d.keep_nucleus(torch.zeros(4), 0), "p=0"),
        (lambda m: d.tempered(torch.zeros(4), 0), "temperature=0"),
        (lambda m: generate(m, [], 3, 1.0, None), "empty prompt"),
        (lambda m: generate(m, [2], 3, -1.0, None), "temperature=-1"),
    ],
)
def test_mistakes_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        change(d.GPT(9, SMALL))


def test_all_tokens_or_one_may_be_kept():
    logits = torch.log(torch.tensor([0.5, 0.1, 0.25, 0.15]))
    assert d.keep_top_k(logits, 1).isfinite().tolist() == [True, False, False, False]
    assert torch.equal(d.keep_top_k(logits, 4), logits)
    for k in (0, 5):
        with pytest.raises(ValueError, match=f"k={k}"):
            d.keep_top_k(logits, k)


def test_nothing_and_exactly_n_tokens_are_written():
    model = shaken(d.GPT(9, SMALL))
    assert generate(model, [2, 5], 0, 0, None) == []
    best = generate(model, [2, 5], 6, 0, None)
    assert len(best) == 6
    for n in range(6):  # each token is the likeliest after all those before it
        logits = model(torch.tensor([[2, 5, *best[:n]]]))[0, -1]
        assert best[n] == logits.argmax()


def test_a_nucleus_is_found_row_by_row_along_the_last_axis():
    torch.manual_seed(0)
    logits = torch.randn(3, 4, 7)
    for p in (0.3, 0.7, 1.0):
        for row, kept in zip(
            logits.reshape(12, 7), d.keep_nucleus(logits, p).reshape(12, 7), strict=True
        ):
            order = row.argsort(descending=True).tolist()
            shares = torch.softmax(row, -1)
            wanted, total = set(), 0.0
            for token in order:
                if total < p:
                    wanted.add(token)
                total += shares[token].item()
            assert set(kept.isfinite().nonzero()[:, 0].tolist()) == wanted
    assert torch.equal(d.keep_nucleus(logits, 1.0), logits)
    for p in (0.0, 1.1):
        with pytest.raises(ValueError, match=f"p={p}"):
            d.keep_nucleus(logits, p)


def test_a_translator_of_one_block_steps_as_it_is_taught():
    torch.manual_seed(0)
    model = shaken(d.TransformerSeq2Seq(20, 30, EncoderSize(8, 2, 16, 1)))
    source, inputs = torch.randint(4, 20, (2, 6)), torch.randint(4, 30, (2, 3))
    real = torch.ones(2, 6, dtype=torch.bool)
    state, pieces = model.start(source, real), []
    for part in inputs.split(1, 1):
        logits, state = model.step(part, state)
        pieces.append(logits)
    near(torch.cat(pieces, 1), model(source, real, inputs))
