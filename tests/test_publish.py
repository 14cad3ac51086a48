"""Publishing stamps notebooks and README in one go, and can do so again."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import environment
from helpers.publishing import publish, setup_cell, stamping
from helpers.publishing.cells import source_hash
from tests import notebook_rules
from tests.run_notebooks import ROOT

HERE = "some-one/our.course"
PLAIN = setup_cell.fill("00_start_here")


def plain(path: Path) -> str:
    """Return a committed notebook's text without stamps, with today's setup cell."""
    return stamping.notebook(path.read_text("utf-8"), path.name, "")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A small course: one notebook and a README with a table."""
    (tmp_path / "notebooks").mkdir()
    name = "00_start_here.ipynb"
    text = plain(ROOT / "notebooks" / name)
    (tmp_path / "notebooks" / name).write_text(text, encoding="utf-8", newline="\n")
    row = f"| [00 · Start](notebooks/{name}) | why? | 10 |\n"
    (tmp_path / "README.md").write_text(f"see [it](notebooks/{name})\n{row}", "utf-8")
    return tmp_path


def contents(course: Path) -> dict[Path, bytes]:
    """Return all files of a course."""
    return {path: path.read_bytes() for path in course.rglob("*.*") if path.is_file()}


def test_stamps_go_in_and_out_and_can_be_renewed():
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        before = plain(path)
        once = stamping.notebook(before, path.name, HERE)
        assert stamping.stamp_of(once, "x") == HERE
        assert stamping.stamp_of(before, "x") == ""
        assert stamping.notebook(once, path.name, HERE) == once
        other = stamping.notebook(once, path.name, "a/fork")
        assert "some-one" not in other and "a/fork" in other
        assert stamping.notebook(other, path.name, "") == before


def test_the_setup_cell_is_folded_in_colab_and_in_jupyter():
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        nb = json.loads(path.read_text("utf-8"))
        about = notebook_rules.code(nb)[0]["metadata"]
        assert about["cellView"] == "form"
        assert about["jupyter"] == {"source_hidden": True}
        for cell in notebook_rules.code(nb)[1:]:
            assert "cellView" not in cell["metadata"]


def test_a_stamp_changes_one_line_of_the_setup_cell_and_one_of_the_title():
    path = ROOT / "notebooks" / "00_start_here.ipynb"
    before, after = plain(path), stamping.notebook(plain(path), path.name, HERE)
    lines = list(zip(before.split("\n"), after.split("\n"), strict=True))
    changed = [new.strip() for old, new in lines if old != new]
    assert len(changed) == 3
    assert changed[0].startswith('"[Open in Colab](https://colab.research.google.com/')
    assert changed[1].startswith('"HOME = ') and '"source_sha256"' in changed[2]


def test_a_stamped_notebook_keeps_the_rules_of_a_plain_one():
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for published in ("", HERE):
            text = stamping.notebook(path.read_text("utf-8"), path.name, published)
            nb = json.loads(text)
            rules = [*notebook_rules.STRUCTURE]
            rules.remove(notebook_rules.lockstep)
            assert [fault for rule in rules for fault in rule(nb)] == []


def test_stale_outputs_stay_stale():
    path = ROOT / "notebooks" / "00_start_here.ipynb"
    nb = json.loads(plain(path))
    nb["cells"][-1]["source"] = ["changed, not run"]
    after = json.loads(stamping.notebook(json.dumps(nb), path.name, HERE))
    assert after["metadata"] == nb["metadata"]


def test_publishing_twice_changes_nothing_the_second_time(course, capsys):
    assert publish.main(["--repo", "some/one"], course) == 0
    first = contents(course)
    said = capsys.readouterr().out
    assert "notebooks/00_start_here.ipynb\nREADME.md\n2 files changed" in said
    assert "Next: git commit --all && git push" in said
    assert publish.main(["--repo", "some/one"], course) == 0
    assert contents(course) == first
    assert capsys.readouterr().out == "All is as asked.\n"


def test_a_fork_stamps_over_and_unstamping_goes_back(course):
    before = contents(course)
    publish.main(["--repo", "some/one"], course)
    publish.main(["--repo", "a/fork"], course)
    everything = b"".join(contents(course).values())
    assert b"some/one" not in everything and everything.count(b"a/fork") == 3
    publish.main(["--unstamp"], course)
    assert contents(course) == before


def test_badges_and_rows_open_the_branch_main_so_that_none_goes_stale(course):
    publish.main(["--repo", "some/one"], course)
    name = "00_start_here.ipynb"
    where = f"{stamping.COLAB}some/one/blob/main/notebooks/{name}"
    title = json.loads((course / "notebooks" / name).read_text("utf-8"))["cells"][0]
    assert f"[Open in Colab]({where})<br><!-- Colab badge -->" in "".join(
        title["source"]
    )
    row = f"| [00 · Start](notebooks/{name}) · [Colab]({where}) | why? | 10 |"
    assert row in (course / "README.md").read_text("utf-8")


def test_refresh_renews_the_cell_and_keeps_the_stamp(course):
    publish.main(["--repo", "some/one"], course)
    stamped = contents(course)
    path = course / "notebooks" / "00_start_here.ipynb"
    nb = json.loads(path.read_text("utf-8"))
    setup = notebook_rules.code(nb)[0]
    setup["source"] = ["# an older cell\n", *setup["source"]]
    nb["metadata"]["course"]["source_sha256"] = source_hash(nb)
    environment.write(path, json.dumps(nb, indent=1, ensure_ascii=False) + "\n")
    assert publish.main(["--refresh"], course) == 0
    assert contents(course) == stamped


def test_the_cell_that_notebooks_had_before_is_recognised(course):
    path = course / "notebooks" / "00_start_here.ipynb"
    nb = json.loads(path.read_text("utf-8"))
    notebook_rules.code(nb)[0]["source"] = [
        "import sys\n",
        'course = lesson.setup("a")',
    ]
    environment.write(path, json.dumps(nb))
    publish.main(["--refresh"], course)
    nb = json.loads(path.read_text("utf-8"))
    assert "".join(notebook_rules.code(nb)[0]["source"]) == PLAIN


BAD = [
    (["--repo", "name"], "'name' is no repository; write OWNER/NAME"),
    (["--repo", "https://x/o/n"], "is no repository; write OWNER/NAME"),
    (["--repo", "o/n; rm -r x"], "is no repository; write OWNER/NAME"),
    (["--repo", ""], "'' is no repository; write OWNER/NAME"),
    (["--repo", "o/.."], "'o/..' is no repository; write OWNER/NAME"),
    (["--repo", "o/n\n"], "is no repository; write OWNER/NAME"),
    (["--repo", 'o/n"; x = "'], "is no repository; write OWNER/NAME"),
]


@pytest.mark.parametrize("arguments, sentence", BAD, ids=lambda x: str(x[-1]))
def test_a_bad_name_is_one_sentence(course, capsys, arguments, sentence):
    before = contents(course)
    assert publish.main(arguments, course) == 2
    said = capsys.readouterr().err
    assert said.startswith("Nothing was changed: ") and said.count("\n") == 1
    assert sentence in said and contents(course) == before


def test_one_bad_notebook_stops_all(course, capsys):
    shutil.copy(ROOT / "notebooks" / "01_words_as_numbers.ipynb", course / "notebooks")
    path = course / "notebooks" / "02_bare.ipynb"
    path.write_text('{"cells": [], "metadata": {}}')
    before = contents(course)
    assert publish.main(["--repo", "some/one"], course) == 2
    assert "02_bare.ipynb: no line <!-- Colab badge -->" in capsys.readouterr().err
    path.write_text("{half a notebo")
    assert publish.main(["--repo", "some/one"], course) == 2
    assert "Nothing was changed: 02_bare.ipynb" in capsys.readouterr().err
    for text in ("[]", "{}", '{"cells": []}'):
        path.write_text(text)
        for what in (["--unstamp"], ["--refresh"]):
            assert publish.main(what, course) == 2
            assert "02_bare.ipynb is no notebook" in capsys.readouterr().err
    path.unlink()
    del before[path]
    assert contents(course) == before


def test_publishing_needs_the_standard_library_only():
    command = [sys.executable, "-S", "-m", "helpers.publishing.publish", "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0 and "--repo OWNER/NAME" in done.stdout
