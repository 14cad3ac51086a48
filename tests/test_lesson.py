"""The setup cell and what it calls."""

import subprocess
import sys
from pathlib import Path

import matplotlib
import pytest
import torch

from helpers import lesson

ROOT = Path(__file__).parents[1]


def run_setup(folder: Path, times: int = 1):
    cell = lesson.SETUP_CELL.format(notebook="02_rnn") + "\n"
    command = [sys.executable, "-c", cell * times]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_the_setup_cell_works_below_the_repository_and_twice():
    done = run_setup(ROOT / "notebooks", times=2)
    assert done.returncode == 0 and done.stdout == "02_rnn: ready (seed 0)\n" * 2
    assert len([x for x in lesson.SETUP_CELL.split("\n") if x]) <= 8


def test_the_setup_cell_says_what_to_do_far_from_the_repository(tmp_path):
    (tmp_path / "helpers").mkdir()  # another package of that name
    done = run_setup(tmp_path)
    assert "Clone the whole repository first." in done.stdout


def test_setup_seeds_everything():
    lesson.setup("x", seed=3)
    first = torch.rand(2)
    course = lesson.setup("x", seed=3)
    assert torch.equal(torch.rand(2), first)
    again = lesson.setup("x", seed=3)
    assert course.rng.integers(1000) == again.rng.integers(1000)
    pair = [torch.rand(1, generator=c.generator) for c in (course, again)]
    assert torch.equal(*pair) and course.device == "cpu"


def test_the_view_mode_comes_from_the_environment(monkeypatch):
    for mode in ("live", "static"):
        monkeypatch.setenv("COURSE_VIEWS", mode)
        assert lesson.setup("x").mode == mode
    monkeypatch.setenv("COURSE_VIEWS", "loud")
    with pytest.raises(ValueError, match="use 'live' or 'static'"):
        lesson.setup("x")


def test_lecture_size_is_larger_and_can_be_taken_back():
    lesson.lecture(False)
    normal = matplotlib.rcParams["font.size"]
    lesson.lecture()
    lesson.lecture()  # twice does not grow twice
    assert matplotlib.rcParams["font.size"] == pytest.approx(normal * 1.35)
    lesson.lecture(False)
    assert matplotlib.rcParams["font.size"] == normal


def test_the_report_names_what_is_missing(monkeypatch, capsys):
    monkeypatch.setitem(lesson.NEEDED, "no-such-package", "pip install it")
    lesson.report()
    out = capsys.readouterr().out
    assert "torch" in out and "missing" in out and "pip install it" in out


def test_setup_does_not_choose_a_backend(monkeypatch):
    before = matplotlib.get_backend()
    lesson.setup("x")
    assert matplotlib.get_backend() == before
