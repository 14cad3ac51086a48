"""Each notebook, run anew, gives the outputs that are saved in it."""

from pathlib import Path

import nbformat
import pytest

from tests import lanes
from tests.run_notebooks import ROOT, run

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def saved_notebook(folder: Path, source: str, printed: str) -> Path:
    """Write a notebook of one cell that claims to have printed something."""
    output = nbformat.v4.new_output("stream", name="stdout", text=printed)
    cell = nbformat.v4.new_code_cell(source, execution_count=1, outputs=[output])
    path = folder / "one.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    return path


@pytest.mark.notebooks
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_gives_its_saved_outputs(path, request):
    perturbed = request.config.getoption("--perturbed")
    passed, report = lanes.compare(path, not lanes.untested(), perturbed)
    assert passed, report[-4000:]


def test_what_run_saves_passes_in_the_reference_environment(tmp_path):
    source = (
        "import matplotlib.pyplot as plt, os\nplt.plot([1, 2])\nplt.show()\n"
        "print(os.environ['COURSE_VIEWS'], os.environ['OMP_NUM_THREADS'])"
    )
    path = saved_notebook(tmp_path, source, "not yet run")
    assert run(path, tmp_path / "build", save=True).trouble == ""
    text = path.read_text()
    assert "<Figure size" in text and "static 1" in text
    passed, report = lanes.compare(path, strict=True, perturbed=False)
    assert passed, report


def test_a_stale_output_fails_only_where_outputs_are_compared(tmp_path):
    path = saved_notebook(tmp_path, "print(2 + 2)", "5\n")
    assert not lanes.compare(path, strict=True, perturbed=False)[0]
    assert lanes.compare(path, strict=False, perturbed=False)[0]


@pytest.mark.parametrize(
    "printed, saved, passes",
    [
        ("✓ it is low: loss 0.031", "✓ it is low: loss 0.047", True),
        ("✓ it is low: loss 0.031", "✗ it is low: loss 0.031", False),
        ("✓ it is low: loss 0.031", "✓ it is high: loss 0.031", False),
        ("trigram    2.37   -1.2e-07  37%", "trigram   12.37  4.5e-08  8%", True),
        ("1,234.5 of 4000 stories", "987.6 of 4000 stories", True),
        ("1,234.5 of 4000 stories", "1,234.5 of 4001 stories", False),
        ("loss nan", "loss 0.5", False),
    ],
)
def test_words_marks_and_whole_numbers_are_compared(tmp_path, printed, saved, passes):
    path = saved_notebook(tmp_path, f"print({printed!r})", f"{saved}\n")
    assert lanes.compare(path, strict=True, perturbed=False)[0] == passes


def test_the_perturbed_lane_changes_instructions_and_threads(tmp_path):
    wanted = "e['ATEN_CPU_CAPABILITY'], e['OMP_NUM_THREADS']"
    source = f"from os import environ as e\nprint({wanted})"
    path = saved_notebook(tmp_path, source, "default 2\n")
    passed, report = lanes.compare(path, strict=True, perturbed=True)
    assert passed, report


def test_the_tested_versions_are_those_of_the_tested_python():
    pins = lanes.tested()
    assert {*lanes.DECISIVE, "pytest", "nbval"} <= pins.keys()
    assert lanes.differences({"numpy": "1"}, pins) == [
        f"numpy 1 (tested: {pins['numpy']})"
    ]
    assert lanes.differences({"numpy": pins["numpy"]}, pins) == []
