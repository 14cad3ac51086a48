"""The workflows: pinned actions, few rights, and commands that exist."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import colab_like
from tests.run_notebooks import ROOT

yaml = pytest.importorskip("yaml")
FOLDER = ROOT / ".github" / "workflows"
NAMES = ["newest.yml", "stamp.yml", "tests.yml"]
VERBS = ("test", "run", "slides", "handout", "publish")


def text_of(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def load(name: str) -> dict:
    return yaml.safe_load(text_of(name))


def steps(name: str) -> list[dict]:
    return [step for job in load(name)["jobs"].values() for step in job["steps"]]


def unpinned(text: str) -> list[str]:
    """Return the actions that are not pinned by commit, with the release beside it."""
    lines = re.findall(r"uses:.*", text)
    pinned = r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+"
    return [line for line in lines if not re.fullmatch(pinned, line)]


def missing(command: str) -> list[str]:
    """Return what a step's command calls and this repository does not have."""
    files = r"\B(\.\w[\w/.-]*/[\w.-]+)", r"-r (\S+)", r"python (\S+\.py)"
    wanted = [found for kind in files for found in re.findall(kind, command)]
    made = (".venv/",)  # by an earlier step
    faults = [x for x in wanted if not (x.startswith(made) or (ROOT / x).exists())]
    modules = re.findall(r"python -m ([\w.]+)", command)
    faults += [m for m in modules if importlib.util.find_spec(m) is None]
    verbs = re.findall(r"start\.py (\w+)", command)
    return faults + [verb for verb in verbs if verb not in VERBS]


def test_there_are_these_workflows():
    assert sorted(path.name for path in FOLDER.iterdir()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_action_is_pinned_by_its_commit(name):
    assert unpinned(text_of(name)) == [] and "uses:" in text_of(name)


@pytest.mark.parametrize("action", ["a/b@v4", "a/b@" + "0" * 39, "a/b@" + "0" * 40])
def test_an_unpinned_action_is_found(action):
    assert unpinned(f"- uses: {action}\n") != []


@pytest.mark.parametrize("name", NAMES)
def test_every_command_exists(name):
    for step in steps(name):
        assert missing(step.get("run", "")) == []


@pytest.mark.parametrize(
    "command",
    [".ci/walk", "python stop.py test", "python -m helpers.nothing", "x start.py fly"],
)
def test_a_command_that_does_not_exist_is_found(command):
    assert missing(command) != []


@pytest.mark.parametrize("name", NAMES)
def test_jobs_end_in_time_and_may_only_read(name):
    workflow = load(name)
    assert workflow["permissions"] == {"contents": "read"} and workflow["concurrency"]
    for job_name, job in workflow["jobs"].items():
        assert 0 < job["timeout-minutes"] <= 120
        allowed = {"contents": "write"} if job_name == "stamp" else {}
        assert job.get("permissions", {}) == allowed


def test_all_systems_and_pythons_are_tested():
    jobs = load("tests.yml")["jobs"]
    matrix = jobs["lax"]["strategy"]["matrix"]
    assert {name.partition("-")[0] for name in matrix["os"]} == {
        "ubuntu",
        "macos",
        "windows",
    }
    assert matrix["python"] == ["3.10", "3.11", "3.12", "3.13"]
    assert {"reference", "colab-like"} <= jobs.keys()


def test_only_a_fork_that_is_not_stamped_is_stamped():
    (job,) = load("stamp.yml")["jobs"].values()
    assert "github.event.repository.fork" in job["if"]
    script = job["steps"][-1]["run"]
    assert script.index("exit 0") < script.index("publish --repo")


def test_no_workflow_takes_text_of_strangers_into_a_command():
    for name in NAMES:
        for step in steps(name):
            assert "${{" not in step.get("run", "")


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash here")
def test_the_stamping_script_stamps_once_and_pushes_a_tag(tmp_path):
    fork = colab_like.REPO
    colab_like.published(tmp_path / "up", "00*.ipynb")
    course, remote = tmp_path / "up" / fork, tmp_path / "remote.git"
    readme = "| [00](notebooks/00_start_here.ipynb) | why? | 10 |\n"
    (course / "README.md").write_text(readme, encoding="utf-8")
    colab_like.git(course, "add", "README.md")
    colab_like.git(course, "commit", "-q", "-m", "read me")
    colab_like.git(course, "clone", "-q", "--bare", ".", str(remote))
    colab_like.git(course, "remote", "add", "origin", str(remote))
    (job,) = load("stamp.yml")["jobs"].values()
    here = {"GITHUB_REPOSITORY": "a/fork", "GITHUB_REF_NAME": "main"}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = ["bash", "-euo", "pipefail", "-c", job["steps"][-1]["run"]]
    for _ in range(2):
        env = os.environ | here | {"PATH": path, "HOME": str(tmp_path)}
        done = subprocess.run(
            command, cwd=course, env=env, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    assert done.stdout == "Stamped before.\n"
    tag = colab_like.published_stamp(course)["tag"]
    refs = colab_like.git(remote, "for-each-ref", "--format=%(refname:short)")
    assert tag in refs.split()
    logs = [colab_like.git(where, "log", "--format=%s") for where in (course, remote)]
    assert logs[0] == logs[1] and logs[0].count("Stamp notebooks for a/fork") == 1
