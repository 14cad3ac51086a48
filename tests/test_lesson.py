"""The setup cell and what it calls."""

import ast
import io
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest
import torch
from PIL import Image

from helpers import lesson
from helpers.lesson import prepare
from helpers.pictures import plots
from helpers.pictures.drawings.examples import EXAMPLES
from helpers.pictures.picture import Picture
from helpers.publishing import setup_cell

ROOT = Path(__file__).parents[1]


def run_setup(folder: Path, times: int = 1):
    cell = setup_cell.fill("02_rnn") + "\n"
    command = [sys.executable, "-c", cell * times]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_the_setup_cell_works_below_the_repository_and_twice():
    done = run_setup(ROOT / "notebooks", times=2)
    assert done.returncode == 0 and done.stdout == "02_rnn: ready (seed 0)\n" * 2


def test_the_setup_cell_is_plain_and_fits_the_page():
    lines = setup_cell.fill("02_rnn", "a/b").split("\n")
    assert lines[0].startswith("# @title ")  # what Colab shows instead of the code
    assert len([line for line in lines if line.strip()]) <= 65
    assert max(map(len, lines)) <= 88
    tree = ast.parse("\n".join(lines))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not names & {"exec", "eval", "subprocess", "compile", "__import__"}


def test_another_seed_moves_every_stream(monkeypatch, capsys):
    def drawn() -> tuple:
        course = lesson.setup("02_rnn")
        numbers = random.random(), np.random.rand(), torch.rand(1).item()
        mine = course.rng.random(), torch.rand(1, generator=course.generator).item()
        return (*numbers, *mine)

    first = drawn()
    assert drawn() == first
    monkeypatch.setenv("COURSE_SEED", "3")
    assert not set(drawn()) & set(first)
    assert capsys.readouterr().out.endswith("02_rnn: ready (seed 3)\n")


@pytest.mark.parametrize("seed", ["x", "-1", "1.5", "", str(2**32)])
def test_a_seed_that_is_none_is_refused(monkeypatch, seed):
    monkeypatch.setenv("COURSE_SEED", seed)
    with pytest.raises(ValueError, match="give a whole number from 0 to"):
        lesson.setup("02_rnn")


def pip(monkeypatch, code: int, said: str = "") -> list[list[str]]:
    """Let nothing be installed, and pip answer this; return the list of its calls."""
    calls = []

    def run(command, **options):
        calls.append(command)
        return subprocess.CompletedProcess(command, code, "", said)

    monkeypatch.setattr(prepare.subprocess, "run", run)
    monkeypatch.setattr(prepare, "_installed", lambda name, advice: ("missing", advice))
    return calls


def test_missing_packages_are_added_alone_with_a_line_for_each(monkeypatch, capsys):
    calls = pip(monkeypatch, 0)
    prepare.add_missing("14_real_bert")
    lines = capsys.readouterr().out.splitlines()
    assert "bertviz: was missing, now installed" in lines
    assert len(lines) == len(calls) == len(prepare.EXTRAS["14_real_bert"])
    assert all("--no-deps" in call and "--upgrade" not in call for call in calls)


def test_added_packages_come_as_the_wheels_that_are_named_by_their_hashes(monkeypatch):
    calls = pip(monkeypatch, 0)
    asked = []
    monkeypatch.setattr(
        prepare.subprocess,
        "run",
        lambda command, **options: (
            asked.append(Path(command[-1]).read_text(encoding="utf-8"))
            or prepare.subprocess.CompletedProcess(calls.append(command), 0)
        ),
    )
    prepare.add_missing("14_real_bert")
    for call, text in zip(calls, asked, strict=True):
        assert {"--require-hashes", "--only-binary=:all:", "-r"} <= set(call)
        assert re.fullmatch(r"[\w-]+==[\d.]+( --hash=sha256:[0-9a-f]{64})+", text)
    assert [text.split("==")[0] for text in asked] == [*prepare.EXTRAS["14_real_bert"]]


def test_a_wheel_with_another_hash_is_not_installed(monkeypatch, capsys, tmp_path):
    wheel = tmp_path / "thing-1.0-py3-none-any.whl"
    wheel.write_bytes(b"not what was pinned")
    pins = tmp_path / "extras.txt"
    pins.write_text(f"thing==1.0 --hash=sha256:{'0' * 64}\n")
    monkeypatch.setattr(prepare, "PINS", pins)
    monkeypatch.setitem(prepare.EXTRAS, "x", {"thing": "its cell fails"})
    for name, value in {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(tmp_path),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_TARGET": str(tmp_path / "there"),
    }.items():
        monkeypatch.setenv(name, value)
    prepare.add_missing("x")
    said = capsys.readouterr().out
    assert said.startswith("thing: not installed, so its cell fails (THESE PACKAGES DO")
    assert not (tmp_path / "there").exists()


def test_without_a_network_it_is_said_which_view_is_missing(monkeypatch, capsys):
    pip(monkeypatch, 1, "WARNING: x\nERROR: no versions\nERROR: No matching thing\n")
    prepare.add_missing("14_real_bert")
    lines = capsys.readouterr().out.splitlines()
    assert (
        "bertviz: not installed, so BertViz's own views stay still pictures "
        "(No matching thing)"
    ) in lines


def test_what_is_installed_is_never_touched(monkeypatch, capsys):
    calls = pip(monkeypatch, 0)
    monkeypatch.setattr(prepare, "_installed", lambda name, advice: ("9.9", "ok"))
    for notebook in [*prepare.EXTRAS, "00_start_here"]:
        prepare.add_missing(notebook)
    assert calls == [] and capsys.readouterr().out == ""


def test_nothing_is_added_in_a_clone(monkeypatch):
    calls = pip(monkeypatch, 0)
    lesson.setup("14_real_bert")
    assert calls == []


def test_extras_are_those_of_the_requirements_and_of_existing_notebooks():
    folder = ROOT / "tests"
    constraints = (folder / "constraints.txt").read_text(encoding="utf-8").splitlines()
    alone = (folder / "models.txt").read_text(encoding="utf-8").splitlines()
    for notebook, extras in prepare.EXTRAS.items():
        assert (ROOT / "notebooks" / f"{notebook}.ipynb").exists()
        for name in extras:
            line = prepare.pinned(name)
            assert line.split(" --hash")[0] in constraints or line in alone


def test_setup_seeds_everything():
    lesson.setup("x", seed=3)
    first = torch.rand(2)
    course = lesson.setup("x", seed=3)
    assert torch.equal(torch.rand(2), first)
    again = lesson.setup("x", seed=3)
    assert course.rng.integers(1000) == again.rng.integers(1000)
    pair = [torch.rand(1, generator=c.generator) for c in (course, again)]
    assert torch.equal(*pair)


def test_the_view_mode_comes_from_the_environment(monkeypatch):
    for mode in ("live", "static"):
        monkeypatch.setenv("COURSE_VIEWS", mode)
        assert lesson.setup("x").mode == mode
    monkeypatch.setenv("COURSE_VIEWS", "loud")
    with pytest.raises(ValueError, match="use 'live' or 'static'"):
        lesson.setup("x")


def width_of(drawn: Picture) -> int:
    return Image.open(io.BytesIO(drawn.png())).width


def test_lecture_size_is_larger_and_can_be_taken_back():
    lesson.lecture(False)
    draws = (lambda: plots.bars(["a"], [1.0], "A bar"), EXAMPLES["unrolled"].drawn)
    normal = [width_of(draw()) for draw in draws]
    lesson.lecture()
    lesson.lecture()  # twice does not grow twice
    for draw, width in zip(draws, normal, strict=True):
        assert width_of(draw()) == pytest.approx(1.35 * width, abs=2)
    lesson.lecture(False)
    assert [width_of(draw()) for draw in draws] == normal


def test_the_report_names_what_is_missing(monkeypatch, capsys):
    monkeypatch.setitem(prepare.NEEDED, "no-such-package", "pip install it")
    lesson.report()
    out = capsys.readouterr().out
    assert "torch" in out and "missing" in out and "pip install it" in out


def test_setup_does_not_choose_a_backend(monkeypatch):
    before = matplotlib.get_backend()
    lesson.setup("x")
    assert matplotlib.get_backend() == before
