"""Seq2seq: stepping is teacher forcing, padding is nothing, greedy is beam of one."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from helpers.models import seq2seq
from helpers.models.scores import SCORES
from helpers.models.tracing import recording
from helpers.objectives import language_modeling, sequence_pairs

KINDS = [None, *SCORES]
RNG = np.random.default_rng(4)


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def pairs(sources=(3, 6, 1, 4), targets=(2, 1, 7, 3)) -> list[tuple]:
    draw = lambda n: RNG.integers(4, 20, size=n)  # noqa: E731
    return [(draw(s), draw(t)) for s, t in zip(sources, targets, strict=True)]


def make(score=None) -> seq2seq.Seq2Seq:
    return seq2seq.Seq2Seq(20, 22, 5, 8, score).double()


def logits_of(model, batch) -> Tensor:
    return model(batch.source, batch.source_mask, batch.inputs)


def models() -> list:
    return [*map(make, KINDS), seq2seq.Autoencoder(22, 5, 8, 3).double()]


@pytest.mark.parametrize("which", range(5))
def test_teacher_forcing_is_stepping_one_token_at_a_time(which):
    model, batch = models()[which], sequence_pairs.pair_batch(pairs())
    at_once = logits_of(model, batch)
    assert at_once.shape == (4, 8, 22)
    state = model.start(batch.source, batch.source_mask)
    for t in range(8):
        one, state = model.step(batch.inputs[:, t : t + 1], state)
        assert torch.allclose(one[:, 0], at_once[:, t], atol=1e-10)


@pytest.mark.parametrize("which", range(5))
def test_padding_changes_nothing(which):
    model, some = models()[which], pairs()
    batch = sequence_pairs.pair_batch(some)
    together = logits_of(model, batch)
    for row, pair in enumerate(some):
        alone = logits_of(model, sequence_pairs.pair_batch([pair]))[0]
        assert torch.allclose(together[row][batch.mask[row]], alone, atol=1e-10)
    source = torch.where(batch.source_mask, batch.source, 7)
    other = model(source, batch.source_mask, batch.inputs)
    assert torch.allclose(other, together, atol=1e-12)


@pytest.mark.parametrize("which", range(5))
def test_the_writer_does_not_see_what_it_has_yet_to_write(which):
    model, batch = models()[which], sequence_pairs.pair_batch(pairs())
    changed = batch.inputs.clone()
    changed[:, 3:] = 9
    a, b = logits_of(model, batch), logits_of(model, batch._replace(inputs=changed))
    assert torch.allclose(a[:, :3], b[:, :3], atol=1e-12)
    assert not torch.allclose(a[:, 4:], b[:, 4:])


def test_without_a_score_all_passes_through_the_summary():
    model, batch = make(), sequence_pairs.pair_batch(pairs())
    model.tap_summary.register_forward_hook(lambda *parts: torch.zeros_like(parts[2]))
    zeroed = logits_of(model, batch._replace(inputs=batch.inputs[:1].expand(4, -1)))
    assert torch.allclose(zeroed, zeroed[:1].expand_as(zeroed))
    with recording(make()) as seen:
        logits_of(make(), batch)
    assert not any("weights" in name for name in seen)


def test_the_summary_is_the_two_last_states():
    model, some = make(), pairs()
    batch = sequence_pairs.pair_batch(some)
    states, summary = model.read(batch.source, batch.source_mask)
    for row, (source, _) in enumerate(some):
        n = len(source)  # the source's EOS stands at n
        wanted = torch.cat([states[row, n, :4], states[row, 0, 4:]])
        assert torch.equal(summary[row], wanted)


@pytest.mark.parametrize("score", SCORES)
def test_weights_are_shares_of_real_tokens_and_made_of_the_score(score):
    model, batch = make(score), sequence_pairs.pair_batch(pairs())
    with recording(model) as seen, torch.no_grad():
        logits_of(model, batch)
    weights = seen["tap_weights"]  # (B, T, S)
    assert weights.shape == (4, 8, 7)
    assert torch.allclose(weights.sum(-1), torch.ones(4, 8).double())
    assert not weights[~batch.source_mask[:, None].expand_as(weights)].any()
    x = model.target_embed(batch.inputs)
    state = model.start(batch.source, batch.source_mask)
    hidden = model.decoder(x, (state.h, state.c))  # the loop, step by step
    scores = model.score(hidden[1], state.states[1])  # no batch
    real = int(batch.source_mask[1].sum())
    wanted = torch.softmax(scores[:, :real], -1)
    assert torch.allclose(weights[1, :, :real], wanted, atol=1e-10)


@pytest.mark.parametrize("score", KINDS)
def test_every_weight_learns(score):
    model, batch = make(score), sequence_pairs.pair_batch(pairs())
    logits = logits_of(model, batch)
    language_modeling.next_token_loss(logits, batch.targets, batch.mask).backward()
    for name, weight in model.named_parameters():
        assert weight.grad is not None and weight.grad.any(), name


def test_a_copy_task_is_learned_by_attention():
    batch = sequence_pairs.pair_batch(
        [(s, s) for s, _ in pairs((3, 4, 2, 5) * 4, [1] * 16)]
    )
    model = seq2seq.Seq2Seq(20, 20, 16, 32, "dot")
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    for _ in range(60):
        optimizer.zero_grad()
        logits = logits_of(model, batch)
        loss = language_modeling.next_token_loss(logits, batch.targets, batch.mask)
        loss.backward()
        optimizer.step()
    assert loss < 0.1
    found = seq2seq.greedy(model, batch.source, batch.source_mask, 9)
    wanted = [row[:-1] for row in map(list, map(_real, batch.targets, batch.mask))]
    assert found == wanted


def _real(row: Tensor, mask: Tensor) -> list[int]:
    return row[mask].tolist()


@pytest.mark.parametrize("which", range(5))
def test_a_beam_of_one_is_greedy_and_no_state_is_mixed_up(which):
    model, batch = models()[which], sequence_pairs.pair_batch(pairs())
    sharpen(model, 4.0)
    greedy = seq2seq.greedy(model, batch.source, batch.source_mask, 12)
    assert seq2seq.beam(model, batch.source, batch.source_mask, 1, 12) == greedy
    assert all(seq2seq.EOS_ID not in out and len(out) <= 12 for out in greedy)


def sharpen(model: nn.Module, factor: float) -> None:
    with torch.no_grad():
        model.output.weight.mul_(factor)


class Bigram(nn.Module):
    """A writer whose next token depends on the last alone; it ignores the source."""

    def __init__(self, p: Tensor):
        super().__init__()
        self.p = p

    def start(self, source, source_mask):
        return [torch.zeros(len(source)), None, 3]

    def step(self, ids, state):
        return self.p[ids].log(), state

    def forward(self, source, source_mask, inputs):
        return self.p[inputs].log()


def source_of(n: int) -> tuple[Tensor, Tensor]:
    return torch.full((n, 2), 5), torch.ones(n, 2, dtype=torch.bool)


def test_a_beam_finds_what_greedy_misses():
    p = torch.full((7, 7), 1e-6)
    p[2, 4], p[2, 5] = 0.6, 0.4  # after BOS
    p[4, 3], p[4, 6] = 0.5, 0.5  # greedy: 0.6 · 0.5
    p[5, 3], p[6, 3] = 1.0, 1.0  # better: 0.4 · 1
    model, source = Bigram(p), source_of(2)
    assert seq2seq.greedy(model, *source, 5) == [[4]] * 2
    assert seq2seq.beam(model, *source, 2, 5) == [[5]] * 2
    found = seq2seq.log_probabilities(model, *source, [[4], [5]])
    wanted = [math.log(0.6 * 0.5), math.log(0.4 * 1)]
    assert found.tolist() == pytest.approx(wanted, abs=1e-3)


def test_the_widest_beam_finds_the_best_and_no_beam_finds_better():
    for trial in range(20):
        make_ = torch.Generator().manual_seed(trial)
        p = torch.softmax(2 * torch.randn(6, 6, generator=make_), -1)
        p[:, :3] = 1e-9  # padding, unknown, begin
        model, source = Bigram(p), source_of(1)
        outputs = [[]] + [[a] for a in (4, 5)]
        outputs += [[a, b] for a in (4, 5) for b in (4, 5)]
        scores = seq2seq.log_probabilities(model, *source_of(len(outputs)), outputs)
        found = seq2seq.beam(model, *source, 200, 30)
        best = seq2seq.log_probabilities(model, *source, found)
        assert best >= scores.max() - 1e-6
        for width in (1, 2, 3):
            narrow = seq2seq.beam(model, *source, width, 30)
            if len(narrow[0]) < 30:
                score = seq2seq.log_probabilities(model, *source, narrow)
                assert score <= best + 1e-6


def test_a_state_of_any_shape_is_picked_row_by_row():
    rows = torch.tensor([1, 1, 0])
    x = torch.arange(6).view(2, 3)
    state = seq2seq.State(x, x + 1, x + 2, x > 2)
    cache = SimpleNamespace(keys=x, values=None)
    found = seq2seq.pick_rows([(cache, None), state, 7], rows)
    assert torch.equal(found[0][0].keys, x[rows]) and found[0][1] is None
    assert torch.equal(cache.keys, x)  # the old one stays as it is
    assert isinstance(found[1], seq2seq.State) and torch.equal(found[1].c, x[rows] + 1)
    assert found[2] == 7


def test_log_probabilities_add_up_what_the_model_says():
    model, some = make("general"), pairs()
    batch = sequence_pairs.pair_batch(some)
    p = torch.log_softmax(logits_of(model, batch), -1)
    said = p.gather(-1, batch.targets[..., None])[..., 0]
    wanted = (said * batch.mask).sum(1)
    found = seq2seq.log_probabilities(
        model, batch.source, batch.source_mask, [list(t) for _, t in some]
    )
    assert torch.allclose(found, wanted)


def test_an_autoencoder_writes_from_its_code_alone():
    model, batch = seq2seq.Autoencoder(20, 5, 8, 3), sequence_pairs.pair_batch(pairs())
    code = model.code(batch.source, batch.source_mask)
    assert code.shape == (4, 3) and code.abs().max() < 1
    from_code = seq2seq.write(model, model.start_from(code), 4, 6)
    assert from_code == seq2seq.greedy(model, batch.source, batch.source_mask, 6)
    logits, _ = model.step(batch.inputs, model.start_from(code))
    assert torch.allclose(logits, logits_of(model, batch))


def test_bad_sizes_and_names_are_refused():
    with pytest.raises(ValueError, match="score='cosine'; choose one of additive"):
        seq2seq.Seq2Seq(9, 9, 4, 8, "cosine")
    with pytest.raises(ValueError, match="d_hidden=7"):
        seq2seq.Seq2Seq(9, 9, 4, 7)
    with pytest.raises(ValueError, match="d_code=0"):
        seq2seq.Autoencoder(9, 4, 8, 0)
    model, source = make(), source_of(1)
    with pytest.raises(ValueError, match="longest=0"):
        seq2seq.greedy(model, *source, 0)
    with pytest.raises(ValueError, match="width=0"):
        seq2seq.beam(model, *source, 0, 5)
    with pytest.raises(ValueError, match="only padding"):
        model.start(source[0], torch.zeros_like(source[1]))


def test_one_token_may_be_written():
    p = torch.full((7, 7), 1e-6)
    p[2, 4], p[2, 3] = 0.6, 0.4  # after BOS
    model, source = Bigram(p), source_of(2)
    assert seq2seq.greedy(model, *source, 1) == [[4]] * 2
    assert seq2seq.beam(model, *source, 1, 1) == [[4]] * 2


def test_the_smallest_reader_has_one_unit_a_direction():
    model = seq2seq.Seq2Seq(20, 22, 1, 2).double()
    assert logits_of(model, sequence_pairs.pair_batch(pairs())).shape == (4, 8, 22)
    assert seq2seq.Autoencoder(9, 4, 2, 1).double() is not None
    with pytest.raises(ValueError, match="d_hidden=0"):
        seq2seq.Seq2Seq(9, 9, 4, 0)


def test_an_autoencoder_has_one_place_with_nothing_to_look_at():
    state = seq2seq.Autoencoder(20, 5, 8, 3).start_from(torch.ones(4, 3))
    assert state.states.shape == (4, 1, 8) and not state.states.any()
    assert state.mask.tolist() == [[True]] * 4
