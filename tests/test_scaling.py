"""The grid of sizes: what is on file is not measured anew."""

import pytest
import torch

from helpers.models import sizes
from helpers.models.bert import BERTForPretraining
from helpers.studies import make_results, results, scaling


def test_every_training_of_the_grid_has_a_name_of_its_own():
    cells = scaling.cells()
    n = len(scaling.WIDTHS) * len(scaling.STEPS) * len(scaling.SEEDS)
    assert len(set(cells)) == len(cells) == n


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

    def measure(width, steps, seed):
        asked.append((width, steps, seed))
        return 1.0 + seed, 2.0 * steps

    monkeypatch.setattr(scaling, "measure", measure)
    assert not make_results.make_scaling(-1)
    assert asked == []
    assert make_results.make_scaling(1e9) and make_results.make_scaling(1e9)
    assert asked == scaling.cells()  # none twice
    found = results.read("scaling")
    nats, seconds = (scaling.means(found, kind) for kind in ("nats", "seconds"))
    assert nats[0][0] == (2.0, 1.0)
    assert [mean for mean, _ in seconds[-1]] == [2.0 * n for n in scaling.STEPS]


def test_the_committed_grid_is_whole_and_above_the_floor():
    found = results.read("scaling")
    assert {k: v for k, v in found.items() if k != "cells"} == scaling.about()
    assert len(found["cells"]) == 2 * len(scaling.cells())
    assert min(found["cells"].values()) > 0
