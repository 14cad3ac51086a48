"""A single notebook, far from its repository: the setup cell fetches the course."""

import gzip
import hashlib
import re
import subprocess
import tarfile
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from helpers.lesson import prepare
from helpers.publishing import setup_cell
from tests import colab_image, colab_like
from tests.colab_like import Hub, blob, run_cell
from tests.run_notebooks import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
WHO = "07_self_attention"
READY = f"{WHO}: ready (seed 0)\n"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@cache
def whole() -> bytes:
    """Return the course as GitHub packs it."""
    return colab_like.archive()


@pytest.fixture
def hub() -> Iterator[Hub]:
    """What stands for Colab's session server and for GitHub."""
    with colab_like.hub() as served:
        yield served


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """An empty folder with a name that a careless command would split."""
    folder = tmp_path.resolve() / "빈 폴더"
    folder.mkdir()
    return folder


def refused(done: subprocess.CompletedProcess, folder: Path) -> str:
    """Return the one sentence with which a setup cell stopped and left nothing."""
    assert done.returncode == 1 and done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.endswith(".") and "Traceback" not in line
    assert not [path for path in folder.iterdir() if path.name.startswith("helpers.")]
    return line


@pytest.mark.parametrize("ref", ["main", "feature/new/heads", "v1.0", COMMIT, "한글"])
def test_a_notebook_opened_from_github_fetches_that_very_course(hub, empty, ref):
    hub.publish(ref, whole())
    variables = hub.opened(blob(ref), "1-a")
    done = run_cell(hub.cell(WHO, "up/stream"), empty, variables, "1-a")
    assert done.returncode == 0 and done.stderr == "", done.stderr
    digest = hashlib.sha256(whole()).hexdigest()
    assert done.stdout == f"Fetched someone/course ({ref}), SHA-256 {digest}\n{READY}"
    assert [path.name for path in empty.iterdir()] == ["helpers"]
    assert hub.asked == ["/api/sessions", f"/someone/course/archive/{ref}.tar.gz"]


def test_what_is_fetched_is_the_whole_folder_and_says_so(hub, empty):
    hub.publish("main", whole())
    run_cell(hub.cell(WHO, colab_like.REPO), empty, {})
    with tarfile.open(fileobj=BytesIO(whole())) as tar:
        for member in tar:
            fetched = empty / member.name.partition("/")[2]
            assert fetched.read_bytes() == tar.extractfile(member).read()
    assert (empty / "helpers" / ".fetched").exists()


def test_the_second_run_needs_no_network_and_no_session(hub, empty):
    hub.publish("main", whole())
    cell = hub.cell(WHO, colab_like.REPO)
    below = empty / "a" / "b"
    below.mkdir(parents=True)
    twice = run_cell(f"{cell}\n{cell}", empty, {})
    assert twice.returncode == 0 and twice.stdout.endswith(READY * 2)
    asked = len(hub.asked)
    for folder in (empty, below):
        again = run_cell(cell, folder, {})
        assert again.returncode == 0 and again.stdout == READY, again.stderr
    assert len(hub.asked) == asked == 1


ELSEWHERE = {
    "a gist": "https://gist.github.com/someone/0123456789abcdef",
    "a Drive id": "1aBcD_efGh-ijKLmnop",
    "another host": "https://evil.example/?https://github.com/a/b/blob/m/notebooks/x.ipynb",
    "a host that ends alike": "https://evilgithub.com/a/b/blob/main/notebooks/x.ipynb",
    "a user before the host": "https://github.com@evil.example/a/b/blob/m/notebooks/x.ipynb",
    "no https": "http://github.com/a/b/blob/main/notebooks/x.ipynb",
    "dots for the owner": "https://github.com/../b/blob/main/notebooks/x.ipynb",
    "dots for the repository": "https://github.com/a/../blob/main/notebooks/x.ipynb",
    "dots in the branch": "https://github.com/a/b/blob/../../c/d/notebooks/x.ipynb",
    "encoded dots": "https://github.com/a/%2e%2e/blob/%2e%2e/notebooks/x.ipynb",
    "a line end": "https://github.com/a/b/blob/main\nHost: evil/notebooks/x.ipynb",
    "quotes": 'https://github.com/a/b/blob/"; import os; "/notebooks/x.ipynb',
    "a query": "https://github.com/a/b/blob/main?/notebooks/x.ipynb",
    "another folder": "https://github.com/a/b/blob/main/my/x.ipynb",
    "nothing": "",
}


@pytest.mark.parametrize("kind", ELSEWHERE)
def test_an_address_that_is_no_notebook_of_ours_on_github_is_not_followed(
    hub, empty, kind
):
    variables = hub.opened(ELSEWHERE[kind], "k")
    sentence = refused(run_cell(hub.cell(WHO), empty, variables, "k"), empty)
    assert sentence == (
        "This notebook is alone: open it in Colab from GitHub, or in a clone."
    )
    assert hub.asked == ["/api/sessions"]


def test_a_stamp_serves_where_the_address_of_the_notebook_does_not(hub, empty):
    hub.publish("main", whole())
    variables = hub.opened(ELSEWHERE["a gist"], "k")
    done = run_cell(hub.cell(WHO, colab_like.REPO), empty, variables, "k")
    assert done.stdout.startswith("Fetched someone/course (main), "), done.stderr


@pytest.mark.parametrize(
    "sessions", [None, {}, [], [{"path": 3}], [{"kernel": {}, "path": "x"}], "<html>"]
)
def test_a_session_server_that_answers_otherwise_is_passed_over(hub, empty, sessions):
    variables = hub.opened(blob("main"), "k")
    hub.sessions = sessions
    sentence = refused(run_cell(hub.cell(WHO), empty, variables, "k"), empty)
    assert sentence.startswith("This notebook is alone: ")


def test_the_notebook_of_another_kernel_is_not_taken_for_ours(hub, empty):
    hub.publish("main", whole())
    variables = hub.opened(blob("main"), "k")
    sentence = refused(run_cell(hub.cell(WHO), empty, variables, "k2"), empty)
    assert sentence.startswith("This notebook is alone: ")


DRIVE = """\
import sys, types

_message = types.SimpleNamespace()
note = {{"colab": {{"provenance": [{{"file_id": "1aB"}}, {{"file_id": {address!r}}}]}}}}
_message.blocking_request = lambda what, request, timeout_sec: {{
    "ipynb": {{"metadata": note}}
}}
for name in ("google", "google.colab"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["google.colab"]._message = _message
"""


def test_a_copy_in_drive_remembers_the_branch_that_it_was_copied_from(hub, empty):
    hub.publish("feature/x", whole())
    cell = DRIVE.format(address=blob("feature/x")) + hub.cell(WHO)
    done = run_cell(cell, empty, hub.opened("1aBcD", "k"), "k")
    assert done.stdout.startswith("Fetched someone/course (feature/x), "), done.stderr


def test_a_copy_in_drive_that_remembers_nothing_of_use_is_alone(hub, empty):
    cell = DRIVE.format(address="1aBcD") + hub.cell(WHO)
    done = run_cell(cell, empty, hub.opened("1aBcD", "k"), "k")
    assert refused(done, empty).startswith("This notebook is alone: ")


def packed(**files: str) -> bytes:
    """Return an archive that holds these texts, by name."""
    raw = BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            tar.addfile(member, BytesIO(text.encode()))
    return raw.getvalue()


OURS = {"x/helpers/lesson/prepare.py": ""}
SMALL = packed(**OURS)
BROKEN = {
    "cut off": (SMALL[: len(SMALL) // 2], "log in to your network, or connect anew"),
    "one byte wrong": (
        SMALL[:-9] + bytes([SMALL[-9] ^ 1]) + SMALL[-8:],
        "log in to your network, or connect anew",
    ),
    "a login page": (b"<html>Please log in</html>", "log in to your network"),
    "nothing": (b"", "log in to your network"),
    "packed, but no archive": (gzip.compress(b"<html>"), "log in to your network"),
    "another project": (
        packed(**{"x/README.md": "", "x/helpers/__init__.py": ""}),
        "open it from a repository that holds the course",
    ),
    "a way out": (packed(**OURS, **{"x/helpers/../../../evil": "!"}), "outside"),
    "no folder": (packed(a=""), "open it from a repository that holds the course"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_no_whole_archive_of_the_course_is_one_sentence(hub, empty, kind):
    content, advice = BROKEN[kind]
    hub.publish("main", content)
    done = run_cell(hub.cell(WHO, colab_like.REPO), empty, {})
    assert advice in refused(done, empty)
    assert list(empty.iterdir()) == [] and not (empty.parent / "evil").exists()


def test_a_private_or_missing_repository_is_one_sentence(hub, empty):
    done = run_cell(hub.cell(WHO, "no/body"), empty, {})
    assert refused(done, empty) == (
        "no/body (main) cannot be fetched (HTTP Error 404: Not Found): switch the "
        "internet on (Kaggle: Settings), see that no/body is public, then run this "
        "again."
    )


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "http://proxy.example:80a"])
def test_no_network_and_a_wrong_proxy_are_one_sentence(empty, proxy):
    cell = setup_cell.fill(WHO, colab_like.REPO)
    done = run_cell(cell, empty, {"https_proxy": proxy})
    assert "switch the internet on (Kaggle: Settings)" in refused(done, empty)


def test_a_proxy_that_answers_with_its_login_page_is_one_sentence(hub, empty):
    cell = setup_cell.fill(WHO, colab_like.REPO)
    variables = {"https_proxy": f"http://127.0.0.1:{hub.port}"}
    done = run_cell(cell, empty, variables)
    assert "someone/course (main) cannot be fetched (" in refused(done, empty)


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_helpers_of_the_user_s_own_stay_as_they_are(hub, empty, kind):
    hub.publish("main", whole())
    mine = empty / "helpers"
    if kind == "folder":
        mine.mkdir()
        mine = mine / "__init__.py"
    mine.write_text("mine = 1\n")
    done = run_cell(hub.cell(WHO, colab_like.REPO), empty, {})
    assert "rename the `helpers` that is in the way here" in refused(done, empty)
    assert mine.read_text() == "mine = 1\n" and len(list(empty.iterdir())) == 1


def test_a_fetch_that_was_cut_off_is_begun_anew(hub, empty):
    hub.publish("main", whole())
    half = empty / "helpers.part-x1" / "course" / "helpers" / "lesson"
    half.mkdir(parents=True)
    (half / "prepare.py").write_text("half a li")
    done = run_cell(hub.cell(WHO, colab_like.REPO), empty, {})
    assert done.stdout.endswith(READY), done.stderr
    assert (half / "prepare.py").read_text() == "half a li"


def test_the_first_cells_of_a_fetched_notebook_run_in_a_kernel(hub, empty):
    """Self-attention's first cells, in a kernel that Colab's variables surround."""
    hub.publish("feature/x", whole())
    nb = nbformat.read(ROOT / "notebooks" / f"{WHO}.ipynb", as_version=4)
    nb.cells = nb.cells[:8]
    setup = next(cell for cell in nb.cells if cell.cell_type == "code")
    variables = hub.opened(blob("feature/x"), "k")
    setup.source = (
        f"import os, sys\nos.environ.update({variables!r})\n"
        f"sys.argv.append('kernel-k.json')\n{hub.here(setup.source)}"
    )
    NotebookClient(nb, resources={"metadata": {"path": str(empty)}}).execute()
    said = "".join(output.get("text", "") for output in setup.outputs)
    assert said.startswith("Fetched someone/course (feature/x), ")
    assert said.endswith(READY) and (empty / "helpers" / "lesson").is_dir()


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
def test_a_notebook_runs_as_on_colab(path, image, hub, empty):
    before = image.freeze()
    hub.publish("main", colab_like.archive())
    trouble, printed = colab_like.run(path, image, hub, empty)
    after = image.freeze()
    added = {line.split("==")[0] for line in after - before}
    image.forget(added)
    assert trouble == ""
    wanted = set(prepare.EXTRAS.get(path.stem, ()))
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
