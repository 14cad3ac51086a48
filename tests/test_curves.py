"""Tables of curves: what is complete is drawn, what is missing is measured."""

import pytest

from helpers.studies import heads, label_curves, make_results, reviews


def test_lines_are_means_of_seeds_and_only_complete_sizes():
    cells = {
        f"{way} | names {n} | {s}": n + s
        for way in "ab"
        for n in (10, 100)
        for s in (0, 1)
    }
    cells |= {"a | names 1000 | 0": 1.0, "a | names 1000 | 1": 1.0}  # b is missing
    cells |= {f"{way} | other 10 | 0": 5.0 for way in "ab"}
    sizes, mean, sd = label_curves.lines({"cells": cells}, "names")
    assert sizes == [10, 100]
    assert mean == {"a": [10.5, 100.5], "b": [10.5, 100.5]}
    assert sd["a"] == pytest.approx([0.5**0.5] * 2)


def test_a_table_is_filled_cell_by_cell(empty_results):
    asked = []

    def measure(x):
        asked.append(x)
        return float(x)

    cells = [("a", f"t {n}", 0, (n,)) for n in (1, 2, 3)]
    about = {"command": "c"}
    assert not make_results.fill("label_curves", cells, measure, about, end=0)
    assert make_results.fill("label_curves", cells[:2], measure, about, end=1e18)
    assert make_results.fill("label_curves", cells, measure, about, end=1e18)
    assert asked == [1, 2, 3]  # none twice
    assert make_results.fill("label_curves", cells, measure, {"command": "d"}, end=1e18)
    assert asked == [1, 2, 3, 1, 2, 3]  # made otherwise: all anew


def test_every_cell_has_a_name_of_its_own():
    for cells in (label_curves.cells(), heads.cells(), reviews.cells()):
        assert len({cell[:3] for cell in cells}) == len(cells)


def test_a_head_is_measured_on_examples_that_it_has_not_learned(monkeypatch):
    monkeypatch.setitem(heads.HEADS, "names", (20, 2, 8))
    monkeypatch.setattr(heads, "HEAD_ASKED", 10)
    part = label_curves.examples("names", 20, 10)
    assert not {e.tokens for e in part.learned} & {e.tokens for e in part.asked}
    scores = [heads.measure("names", seed) for seed in (0, 0, 1)]
    assert scores[0] == scores[1] and all(0 <= score <= 1 for score in scores)
