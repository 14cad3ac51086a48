"""The batched beam: it is the plain one at alpha 0, and alpha makes it write longer."""

import pytest
import torch
from torch import Tensor, nn

from helpers.models import beams, seq2seq
from helpers.objectives import sequence_pairs
from tests.test_seq2seq import Bigram, models, pairs, sharpen, source_of


@pytest.mark.parametrize("which", range(5))
@pytest.mark.parametrize("width", [1, 2, 5])
def test_without_a_length_it_is_the_plain_beam(which, width):
    torch.manual_seed(which)
    model, batch = models()[which], sequence_pairs.pair_batch(pairs())
    sharpen(model, 4.0)
    source = batch.source, batch.source_mask
    assert beams.search(model, *source, width, 9) == seq2seq.beam(
        model, *source, width, 9
    )


def test_a_beam_of_one_is_greedy_whatever_the_length_counts():
    torch.manual_seed(0)
    model, batch = models()[0], sequence_pairs.pair_batch(pairs())
    sharpen(model, 4.0)
    source = batch.source, batch.source_mask
    for alpha in (0.0, 0.6, 1.0):
        found = beams.search(model, *source, 1, 9, alpha)
        assert found == seq2seq.greedy(model, *source, 9)


def stops_or_goes_on() -> nn.Module:
    """A writer that stops with P 0.4, or writes 4, 5, 6 and stops with P 0.6 · 0.6."""
    p = torch.full((7, 7), 1e-9)
    p[2, 3], p[2, 4] = 0.4, 0.6
    p[4, 5], p[4, 6] = 0.6, 0.4
    p[5, 6], p[6, 3] = 1.0, 1.0
    return Bigram(p)


@pytest.mark.parametrize(
    ("alpha", "wanted"),
    [(0.0, []), (0.05, []), (0.1, [4, 5, 6]), (1.0, [4, 5, 6])],
)
def test_division_by_the_length_prefers_the_longer_text(alpha, wanted):
    # log 0.4 = −0.916 of one token against log 0.36 = −1.022 of four: equal at 0.079
    found = beams.search(stops_or_goes_on(), *source_of(2), 3, 8, alpha)
    assert found == [wanted] * 2


def test_sources_do_not_mix():
    torch.manual_seed(1)
    model, batch = models()[0], sequence_pairs.pair_batch(pairs())
    sharpen(model, 4.0)

    def alone(row: int) -> list[int]:
        ids: Tensor = batch.source[row][batch.source_mask[row]][None]
        return beams.search(model, ids, torch.ones_like(ids).bool(), 3, 9, 0.7)[0]

    together = beams.search(model, batch.source, batch.source_mask, 3, 9, 0.7)
    assert together == [alone(row) for row in range(4)]


def test_bad_numbers_are_refused():
    model, source = stops_or_goes_on(), source_of(1)
    for width, longest, alpha in ((0, 5, 0.0), (1, 0, 0.0), (1, 5, -0.1)):
        with pytest.raises(ValueError, match=f"width={width}, longest={longest}"):
            beams.search(model, *source, width, longest, alpha)
