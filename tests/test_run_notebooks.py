"""Notebooks are executed in fresh kernels and saved in one committed form."""

import json
from pathlib import Path

import nbformat
import pytest

from tests import run_notebooks


def notebook(folder: Path, name: str, *sources: str) -> Path:
    """Write an unexecuted notebook with these code cells."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    path = folder / "notebooks" / f"{name}.ipynb"
    path.parent.mkdir(exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def saved(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def text_of(cell: dict) -> str:
    return "".join(cell["outputs"][0]["text"])


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(run_notebooks, "ROOT", tmp_path)
    row = "| [0 · One](notebooks/00_one.ipynb) | Which? | 99 |\n"
    (tmp_path / "README.md").write_text("One\n\n" + row, encoding="utf-8")
    return tmp_path


def test_source_hash_sees_sources_and_types_and_nothing_else():
    cells = [
        {"cell_type": "code", "source": "a\nb"},
        {"cell_type": "raw", "source": ""},
    ]
    whole = run_notebooks.source_hash({"cells": cells})
    lines = [cells[0] | {"source": ["a\n", "b"], "outputs": [1], "id": "x"}, cells[1]]
    assert run_notebooks.source_hash({"cells": lines}) == whole
    for changed in ({"source": "a\nB"}, {"cell_type": "markdown"}):
        other = {"cells": [cells[0] | changed, cells[1]]}
        assert run_notebooks.source_hash(other) != whole
    assert run_notebooks.source_hash({"cells": cells[::-1]}) != whole


def test_names_find_notebooks_by_how_they_start(tmp_path):
    for name in ("02_rnn", "00_start_here", "01_words"):
        notebook(tmp_path, name)
    folder = tmp_path / "notebooks"

    def found(*names):
        return [path.stem for path in run_notebooks.find(names, folder)]

    assert found() == ["00_start_here", "01_words", "02_rnn"]
    assert found("02", "notebooks/00_start_here.ipynb") == ["00_start_here", "02_rnn"]
    with pytest.raises(ValueError, match="'nope'; there are: 00_start_here, 01_words"):
        found("02", "nope")


def test_an_unknown_notebook_is_one_sentence(course, capsys):
    notebook(course, "00_start_here")
    assert run_notebooks.main(["99"]) == 2
    assert capsys.readouterr().err == (
        "No notebook is called '99'; there are: 00_start_here.\n"
    )


def test_run_saves_the_committed_form(course, capsys):
    path = notebook(
        course,
        "00_one",
        "import os\nprint(os.path.basename(os.getcwd()), os.environ['COURSE_VIEWS'])",
        "print(os.environ['COURSE_LADDER'].replace(os.sep, '/')[-12:])",
    )
    before = [cell["id"] for cell in saved(path)["cells"]]
    assert run_notebooks.main(["00", "--save"]) == 0
    after = saved(path)
    first, second = after["cells"]
    assert [first["execution_count"], second["execution_count"]] == [1, 2]
    assert text_of(first) == "notebooks static\n"
    assert text_of(second) == "build/ladder\n"
    assert [cell["id"] for cell in after["cells"]] == before
    slides = [{"slideshow": {"slide_type": kind}} for kind in ("slide", "-")]
    assert [first["metadata"], second["metadata"]] == slides
    assert after["metadata"].keys() == {"course", "kernelspec", "language_info"}
    assert after["metadata"]["kernelspec"]["name"] == "python3"
    course_notes = after["metadata"]["course"]
    assert course_notes["source_sha256"] == run_notebooks.source_hash(after)
    assert isinstance(course_notes["seconds"], int) and course_notes["seconds"] >= 1
    assert saved(course / "build" / "00_one.ipynb") == after
    row = f"| [0 · One](notebooks/00_one.ipynb) | Which? | {course_notes['seconds']} |"
    assert (course / "README.md").read_text("utf-8") == f"One\n\n{row}\n"
    assert not list(course.glob("**/*.tmp"))
    printed = capsys.readouterr().out
    assert printed.startswith("[1/1] 00_one ... ")
    assert printed.splitlines()[-1].endswith("yes")


def test_a_failing_cell_is_named_and_nothing_is_saved(course, capsys):
    path = notebook(course, "00_bad", "1 + 1", "raise ValueError('try 2\\nor 5')")
    notebook(course, "01_good", "x = 1")
    before = path.read_bytes()
    assert run_notebooks.main(["--save"]) == 1
    assert path.read_bytes() == before
    bad, good = capsys.readouterr().out.splitlines()[-2:]
    assert bad.endswith("no: code cell 2: ValueError: try 2")
    assert good.split()[0] == "01_good" and good.endswith("yes")
    assert saved(course / "build" / "00_bad.ipynb")["cells"][1]["outputs"]


def test_stderr_is_refused_when_outputs_are_to_be_saved(course, capsys):
    source = "import sys\nprint('careful', file=sys.stderr)"
    path = notebook(course, "00_loud", source)
    before = path.read_bytes()
    assert run_notebooks.main([]) == 0
    assert run_notebooks.main(["--save"]) == 1
    assert "no: code cell 1 wrote to stderr: careful" in capsys.readouterr().out
    assert path.read_bytes() == before


def test_cells_without_ids_get_the_same_ids_every_time(course):
    path = notebook(course, "00_old", "x = 1", "x = 2")
    old = saved(path) | {"nbformat_minor": 4}
    for cell in old["cells"]:
        del cell["id"]
    path.write_text(json.dumps(old), encoding="utf-8")
    first, second = (run_notebooks.load(path).cells for _ in range(2))
    assert [cell.id for cell in first] == [cell.id for cell in second]
    assert first[0].id != first[1].id


def test_the_ladder_takes_only_what_this_run_measured(course, monkeypatch):
    merged = []

    def note(folder):
        merged.extend(path.name for path in folder.glob("*.json"))

    monkeypatch.setattr(run_notebooks, "merge_ladder", note)
    stale = course / "build" / "ladder" / "99_stale.json"
    stale.parent.mkdir(parents=True)
    stale.write_text("{}")
    source = (
        "import os, pathlib\nfolder = pathlib.Path(os.environ['COURSE_LADDER'])\n"
        "folder.mkdir(exist_ok=True)\n_ = (folder / '00_one.json').write_text('{}')"
    )
    notebook(course, "00_one", source)
    assert run_notebooks.main([]) == 0
    assert merged == ["00_one.json"]
