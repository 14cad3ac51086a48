"""A single notebook, far from its repository: the setup cell fetches the helpers."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from helpers.lesson import prepare
from helpers.publishing import setup_cell
from tests import colab_image, colab_like
from tests.run_notebooks import ROOT

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="no git here")
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
WHO = "02_rnn"
SHOW = """
here = lesson.prepare.HELPERS.relative_to(here.parent)
print(here.as_posix(), len(sys.path))
"""


@pytest.fixture(scope="module")
def hub(tmp_path_factory) -> Path:
    """A folder that stands for GitHub, with the course published in it."""
    folder = tmp_path_factory.mktemp("hub").resolve()
    colab_like.published(folder, "00*.ipynb")
    return folder


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """An empty folder with a name that a careless command would split."""
    folder = tmp_path.resolve() / "빈 폴더"
    folder.mkdir()
    return folder


def cell_of(hub: Path, **changes: str) -> str:
    """Return the setup cell that was stamped, perhaps with something else in it."""
    stamp = colab_like.published_stamp(hub / colab_like.REPO)
    return setup_cell.fill(WHO, setup_cell.stamp(**stamp | changes))


def refused(done, first: str = "The helpers cannot be fetched") -> str:
    """Return what a setup cell said that stopped: a sentence, never a traceback."""
    assert done.returncode == 1 and "Traceback" not in done.stderr
    last = done.stderr.splitlines()[-1].strip()
    assert last == f"{first}: clone the course, open it there."
    return done.stderr


def test_a_stamped_cell_fetches_what_was_stamped_once_and_runs_twice(hub, empty):
    cell, course = cell_of(hub), hub / colab_like.REPO
    done = colab_like.run_cell(cell + SHOW + cell, empty, colab_like.where(hub))
    assert done.returncode == 0 and done.stderr == "", done.stderr
    ready = f"{WHO}: ready (seed 0)\n"
    assert done.stdout.startswith(ready + "helpers ") and done.stdout.endswith(ready)
    assert [path.name for path in empty.iterdir()] == ["helpers"]
    tree = colab_like.git(course, "rev-parse", "HEAD:helpers")
    assert colab_like.published_stamp(course)["tree"] == tree
    for path in (course / "helpers").rglob("*.*"):
        if "__pycache__" not in path.parts:
            fetched = empty / path.relative_to(course)
            assert fetched.read_bytes() == path.read_bytes(), path
    again = colab_like.run_cell(cell, empty, colab_like.where(hub / "gone"))
    assert again.returncode == 0, "the second time it needs no network"


def test_helpers_that_were_changed_after_the_stamp_are_refused(hub, empty):
    cell = cell_of(hub, tree="0" * 40)
    said = refused(colab_like.run_cell(cell, empty, colab_like.where(hub)))
    assert "not a tree" in said
    assert not (empty / "helpers" / "lesson").exists()


def test_an_address_out_of_reach_is_named(hub, empty):
    cell = cell_of(hub, repo="no/body")
    said = refused(colab_like.run_cell(cell, empty, colab_like.where(hub)))
    assert "no/body" in said and list(empty.iterdir()) == []


def test_a_tag_that_was_never_pushed_is_named(hub, empty):
    cell = cell_of(hub, tag="v9")
    said = refused(colab_like.run_cell(cell, empty, colab_like.where(hub)))
    assert "Remote branch v9 not found" in said


def test_a_machine_without_git_is_told_so(hub, empty, tmp_path):
    done = colab_like.run_cell(cell_of(hub), empty, {"PATH": str(tmp_path)})
    assert "git" in refused(done)


def test_an_unstamped_copy_says_what_to_do(empty):
    (empty / "helpers").mkdir()  # another package of that name
    done = colab_like.run_cell(setup_cell.fill(WHO), empty, {})
    said = refused(done, "This copy was never published")
    assert said.count("\n") == 1


def test_a_fetch_that_was_cut_off_is_named(hub, empty):
    (empty / "helpers" / ".git").mkdir(parents=True)
    said = refused(colab_like.run_cell(cell_of(hub), empty, colab_like.where(hub)))
    assert "'helpers' already exists" in said


def test_half_a_course_is_one_sentence(hub, empty):
    whole = hub / colab_like.REPO / "helpers"
    shutil.copytree(whole / "lesson", empty / "helpers" / "lesson")
    for name in ("__init__.py", "environment.py"):
        shutil.copy(whole / name, empty / "helpers")
    done = colab_like.run_cell(cell_of(hub), empty, colab_like.where(hub))
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert done.stderr.startswith("Half of the course is missing: delete ")


@pytest.fixture(scope="module")
def whole_hub(tmp_path_factory) -> Path:
    """The same with all notebooks."""
    folder = tmp_path_factory.mktemp("whole_hub").resolve()
    colab_like.published(folder)
    return folder


@pytest.fixture(scope="module")
def image(request) -> colab_image.Image:
    """The environment with Colab's versions; says which it has."""
    made = colab_image.make(ROOT / "build" / "colab-like")
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(f"\ncolab-like: {made.note.read_text(encoding='utf-8')}")
    return made


@pytest.mark.colab
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_as_on_colab(path, image, whole_hub, empty):
    before = image.freeze()
    stamped = whole_hub / colab_like.REPO / "notebooks" / path.name
    trouble, printed = colab_like.run(stamped, image, whole_hub, empty)
    after = image.freeze()
    added = {line.split("==")[0] for line in after - before}
    image.forget(added)
    assert trouble == ""
    wanted = {name for name, _, _ in prepare.EXTRAS.get(path.stem, ())}
    had = {line.split("==")[0] for line in before}
    announced = re.findall(r"^(\S+): was missing, now installed$", printed, re.M)
    assert before - after == set(), "what was installed stays as it was"
    assert added == wanted - had == set(announced)


@pytest.mark.colab
def test_the_kernel_has_no_network_and_lacks_what_colab_lacks(image):
    names = {line.split("==")[0] for line in image.freeze()}
    assert not names & {"bertviz", "nbval", "jupyterlab", "boto3"}
    code = "from urllib.request import urlopen; urlopen('http://example.org')"
    command = [str(image.python), "-c", code]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "no network in this test" in done.stderr
