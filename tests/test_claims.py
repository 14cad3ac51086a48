"""A claim prints its numbers, holds or not, and can be judged from its source."""

import ast
import json
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch

from helpers.lesson import claim
from helpers.lesson.claims import RECORD
from helpers.publishing.notebooks import load
from tests import claims as registry
from tests import notebook_rules as rules
from tests.run_notebooks import ROOT


def said(capsys) -> str:
    return capsys.readouterr().out


def test_a_claim_prints_a_mark_its_sentence_and_its_numbers(capsys):
    claim(
        "the loss is low", 0.031 < 0.5, loss=0.0312, above_floor=1.504, n_words=12_000
    )
    claim("the loss is lower still", 0.031 < 0.01, loss=2e-7)
    assert said(capsys) == (
        "✓ the loss is low: loss 0.031 · above floor 1.50 · n words 12,000\n"
        "✗ the loss is lower still: loss 2.0e-07\n"
    )


def test_numbers_of_numpy_and_torch_are_numbers(capsys):
    claim("both", np.bool_(True), a=np.float32(0.5), b=torch.tensor(3), c=np.int64(4))
    assert said(capsys) == "✓ both: a 0.50 · b 3 · c 4\n"


def test_a_number_that_is_not_whole_never_looks_whole(capsys):
    claim("round", True, share=2.0, many=1234.0, none=0.0, bad=float("nan"))
    assert said(capsys) == "✓ round: share 2.00 · many 1,234.0 · none 0.00 · bad nan\n"


@pytest.mark.parametrize(
    "arguments, numbers, error, says",
    [
        (("", True), {"a": 1}, ValueError, "'' is no claim"),
        (("two\nlines", True), {"a": 1}, ValueError, "of one line"),
        (("no number", True), {}, ValueError, "'no number' shows no number"),
        (("a number", 0.4), {"a": 1}, TypeError, "is 0.4; give a comparison"),
        (("a tensor", torch.tensor(True)), {"a": 1}, TypeError, "give a comparison"),
        (("many", True), {"a": torch.zeros(2)}, TypeError, "is not one number"),
        (("a text", True), {"a": "1"}, TypeError, "a='1' is not one number"),
        (("nothing", True), {"a": None}, TypeError, "a=None is not one number"),
    ],
)
def test_what_is_no_claim_is_refused(arguments, numbers, error, says):
    with pytest.raises(error, match=says):
        claim(*arguments, **numbers)


def test_claims_are_recorded_where_a_variable_says(tmp_path, monkeypatch, capsys):
    path = tmp_path / "claims.jsonl"
    monkeypatch.setenv(RECORD, str(path))
    claim("it holds", 1 < 2, one=1)
    claim("it fails", 2.5 < 2, x=2.5)
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert lines == [
        {"claim": "it holds", "holds": True, "numbers": {"one": 1}},
        {"claim": "it fails", "holds": False, "numbers": {"x": 2.5}},
    ]
    said(capsys)


# ------------------------------------------------------------------------- registry

NOTEBOOKS = {p.stem: p for p in sorted((ROOT / "notebooks").glob("*.ipynb"))}
CLAIMING = [n for n, p in NOTEBOOKS.items() if rules.claims_of(load(p))]
FOUND = registry.read()


def condition(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("loss < 0.5", 0.2),
        ("loss <= 0.5 and gap.low > 0.1", -0.05),
        ("0 < gap.low < loss", 0.05),
        ("loss - gap.low > 2 * gap.low", 0.15),
        ("n == 3", 0),
        ("n == 4", -1),
        ("-loss > -n / 2", 1.2),
    ],
)
def test_the_margin_is_that_of_the_worst_comparison(text, wanted):
    shown = {"loss": 0.3, "gap.low": 0.05, "n": 3}
    assert registry.margin(condition(text), shown) == pytest.approx(wanted)


@pytest.mark.parametrize("text", ["loss < other", "loss", "not n < 3", "n != 3"])
def test_a_condition_of_what_is_not_shown_is_refused(text):
    with pytest.raises(ValueError, match="does not show|no comparison|by size"):
        registry.margin(condition(text), {"loss": 0.3, "n": 3})


def notebook(folder: Path, *sources: str) -> Path:
    """Write a notebook that sets the course up and then runs some cells."""
    start = (
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom helpers import lesson\n"
        "from helpers.lesson import claim\ncourse = lesson.setup('toy')"
    )
    cells = [nbformat.v4.new_code_cell(source) for source in (start, *sources)]
    path = folder / "toy.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def test_runs_are_kept_one_by_one_and_not_done_twice(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(registry, "FILE", tmp_path / "claims.json")
    source = "claim('the seed is below two', course.seed < 2, seed=course.seed)"
    path = notebook(tmp_path, source)
    todo = list(registry.left([path], (1, 2)))
    assert [job.key for job in todo][:2] == ["seed 1, 1 threads", "seed 2, 1 threads"]
    assert registry.work(todo[:2]) == []
    assert [job.threads for job in registry.left([path], (1, 2))] == [2, 2]
    one = registry.read()["toy"]["claims"]["the seed is below two"]
    assert one == {
        "condition": "course.seed < 2",
        "held": 1,
        "of": 2,
        "least_margin": 0,
    }
    notebook(tmp_path, source, "print('other code')")
    assert len(list(registry.left([path], (1, 2)))) == 4
    capsys.readouterr()


def test_a_run_that_fails_is_told_and_kept_out(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(registry, "FILE", tmp_path / "claims.json")
    path = notebook(tmp_path, "1 / 0")
    (failed,) = registry.work(list(registry.left([path], (1,)))[:1])
    assert "code cell 2: ZeroDivisionError" in failed
    assert registry.read() == {}
    capsys.readouterr()


def test_a_record_that_contradicts_its_numbers_is_refused():
    written = [rules.Claim("it is low", condition("x < 1"), {"x": "x"})]
    lie = {"run": [{"claim": "it is low", "holds": True, "numbers": {"x": 2.0}}]}
    with pytest.raises(ValueError, match="its numbers say another thing"):
        registry.summary(written, lie)


@pytest.mark.parametrize("name", CLAIMING)
def test_every_claim_of_a_notebook_held_in_every_run_on_file(name):
    assert name in FOUND, f"python3 start.py claims {name}"
    runs = len(registry.SEEDS) * len(registry.THREADS)
    on_file = FOUND[name]["claims"]
    for one in rules.claims_of(load(NOTEBOOKS[name])):
        assert one.sentence in on_file, f"{one.sentence}: start.py claims {name}"
        kept = on_file[one.sentence]
        assert kept["condition"] == ast.unparse(one.condition), one.sentence
        assert kept["held"] == kept["of"] == runs, one.sentence


def test_no_claim_is_on_file_that_no_notebook_makes():
    for name, entry in FOUND.items():
        made = {one.sentence for one in rules.claims_of(load(NOTEBOOKS[name]))}
        assert set(entry["claims"]) == made, f"python3 start.py claims {name}"


def test_readme_says_how_many_claims_held():
    n, held, tried = registry.totals(FOUND)
    said = f"{n} claims, held in {held} of {tried} runs"
    assert said in (ROOT / "README.md").read_text("utf-8")
