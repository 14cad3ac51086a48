"""Publishing stamps notebooks and README in one go, and can do so again."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import environment
from helpers.publishing import publish, setup_cell, stamping
from helpers.publishing.cells import source_hash
from tests import colab_like, notebook_rules
from tests.run_notebooks import ROOT

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="no git here")
TREE = "0123456789" * 4
HERE = {"repo": "some-one/our.course", "tag": "v1", "tree": TREE}
PLAIN = setup_cell.fill("00_start_here")


def plain(path: Path) -> str:
    """Return a committed notebook's text without stamps, with today's setup cell."""
    return stamping.notebook(path.read_text("utf-8"), path.name, None)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A small repository: one notebook, its helpers, a README with a table."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "helpers").mkdir()
    name = "00_start_here.ipynb"
    text = plain(ROOT / "notebooks" / name)
    (tmp_path / "notebooks" / name).write_text(text, encoding="utf-8", newline="\n")
    (tmp_path / "helpers" / "environment.py").write_text("x = 1\n")
    row = f"| [00 · Start](notebooks/{name}) | why? | 10 |\n"
    (tmp_path / "README.md").write_text(f"see [it](notebooks/{name})\n{row}", "utf-8")
    for step in ("init -q", "add .", "commit -q -m course"):
        colab_like.git(tmp_path, *step.split())
    return tmp_path


def contents(course: Path) -> dict[Path, bytes]:
    """Return all files of a course but git's."""
    paths = [p for p in course.rglob("*.*") if ".git" not in p.parts and p.is_file()]
    return {path: path.read_bytes() for path in paths}


def test_stamps_go_in_and_out_and_can_be_renewed():
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        before = plain(path)
        once = stamping.notebook(before, path.name, HERE)
        assert stamping.stamp_of(once) == HERE and stamping.stamp_of(before) is None
        assert stamping.notebook(once, path.name, HERE) == once
        other = stamping.notebook(once, path.name, HERE | {"repo": "a/fork"})
        assert "some-one" not in other and "a/fork" in other
        assert stamping.notebook(other, path.name, None) == before


def test_a_stamp_changes_one_line_of_the_setup_cell_and_one_of_the_title():
    path = ROOT / "notebooks" / "00_start_here.ipynb"
    before, after = plain(path), stamping.notebook(plain(path), path.name, HERE)
    lines = list(zip(before.split("\n"), after.split("\n"), strict=True))
    changed = [new.strip() for old, new in lines if old != new]
    assert len(changed) == 3
    assert changed[0].startswith('"[Open in Colab](https://colab.research.google.com/')
    assert changed[1].startswith('"fetch = ') and '"source_sha256"' in changed[2]


def test_a_stamped_notebook_keeps_the_rules_of_a_plain_one():
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for published in (None, HERE):
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
    assert "Next: git commit --all && git tag course-" in said
    assert publish.main(["--repo", "some/one"], course) == 0
    assert contents(course) == first
    assert capsys.readouterr().out == "All is as asked.\n"


def test_a_fork_stamps_over_and_unstamping_goes_back(course):
    before = contents(course)
    publish.main(["--repo", "some/one", "--tag", "v1.0"], course)
    publish.main(["--repo", "a/fork"], course)
    everything = b"".join(contents(course).values())
    assert b"some/one" not in everything and everything.count(b"a/fork") == 3
    publish.main(["--unstamp"], course)
    assert contents(course) == before


def test_the_stamped_tree_is_the_one_that_a_commit_gives(course):
    (course / "helpers" / "environment.py").write_text("x = 2\n")  # not committed yet
    (course / "helpers" / "notes.txt").write_text("never added to git")
    publish.main(["--repo", "some/one"], course)
    stamp = colab_like.published_stamp(course)
    colab_like.git(course, "commit", "-q", "--all", "-m", "stamped")
    assert colab_like.git(course, "rev-parse", "HEAD:helpers") == stamp["tree"]


def test_the_tag_that_is_made_changes_with_what_is_published(course):
    path, tags = course / "notebooks" / "00_start_here.ipynb", set()
    for repo, text in (("a/b", "minutes"), ("a/c", "minutes"), ("a/c", "hours")):
        environment.write(path, publish.read(path).replace("minutes", text))
        publish.main(["--repo", repo], course)
        tags.add(colab_like.published_stamp(course)["tag"])
    assert len(tags) == 3 and all(re.fullmatch(r"course-\w{12}", tag) for tag in tags)


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
    (["--repo", "o/n", "--tag", "a b"], "'a b' is no tag"),
    (["--repo", "o/n", "--tag=-f"], "'-f' is no tag"),
    (["--repo", "o/n", "--tag", "a..b"], "'a..b' is no tag"),
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
    path.unlink()
    del before[path]
    assert contents(course) == before


def test_a_folder_without_git_is_told_so(tmp_path, capsys, monkeypatch):
    assert publish.main(["--repo", "some/one"], tmp_path) == 2
    assert "not a git repository" in capsys.readouterr().err
    monkeypatch.setenv("PATH", str(tmp_path))
    assert publish.main(["--repo", "some/one"], tmp_path) == 2
    assert "git is not installed here" in capsys.readouterr().err


def test_publishing_needs_the_standard_library_only():
    command = [sys.executable, "-S", "-m", "helpers.publishing.publish", "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0 and "--repo OWNER/NAME" in done.stdout
