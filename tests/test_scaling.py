"""The grid of sizes: what is on file is not measured anew."""

import math
from functools import cache

import pytest
import torch

from helpers.models import sizes
from helpers.models.bert import BERTForPretraining
from helpers.studies import results, scaling


def test_sizes_grow_and_rates_fall_with_the_width():
    counts = []
    for width in scaling.WIDTHS:
        with torch.device("meta"):
            model = BERTForPretraining(scaling.size(width))
        counts.append(sum(p.numel() for p in model.parameters()))
        formula = sizes.parameters(scaling.size(width), heads=True)
        assert counts[-1] == sum(formula.values())
    assert counts == sorted(counts)
    assert scaling.rate(96) == 6e-3
    assert scaling.rate(24) == pytest.approx(12e-3)


def test_the_grid_goes_on_where_it_stopped(empty_results, monkeypatch):
    asked = []

    def trained(width, steps, seed):
        asked.append((width, steps, seed))
        return {"nats": 1.0 + seed, "seconds": 2.0 * steps}

    monkeypatch.setattr(scaling, "trained", cache(trained))
    with pytest.raises(KeyboardInterrupt):
        results.fill("scaling", scaling, -1)
    assert asked == []
    for _ in range(2):
        results.fill("scaling", scaling, math.inf)
    n = len(scaling.WIDTHS) * len(scaling.STEPS) * len(scaling.SEEDS)
    assert len(set(asked)) == len(asked) == n  # none twice
    assert asked[0] == (16, 250, 0) and asked[-1] == (128, 2000, 2)
    found = results.read("scaling")
    nats, seconds = (scaling.means(found, kind) for kind in ("nats", "seconds"))
    assert nats[0][0] == (2.0, 1.0)
    assert [mean for mean, _ in seconds[-1]] == [2.0 * n for n in scaling.STEPS]


def test_the_committed_grid_is_whole_and_above_the_floor():
    found = results.read("scaling")
    assert found["cells"].keys() == scaling.cells().keys()
    assert min(found["cells"].values()) > 0


def test_a_step_reads_a_batch_of_pairs_with_their_three_marks(monkeypatch):
    pairs = [("ab", "cde"), ("abcd", "efghi")]  # 5 and 9 tokens
    monkeypatch.setattr(scaling, "texts", lambda: (["x"] * 3000, [], 0.0))
    asked = []

    def halves(stories):
        asked.append(len(stories))
        return pairs

    monkeypatch.setattr(scaling.story_bert, "halves", halves)
    mean = (5 + 3 + 9 + 3) / 2  # [CLS] … [SEP] … [SEP]
    assert scaling.tokens_per_step() == scaling.story_bert.BATCH_SIZE * mean
    assert asked == [2000]
