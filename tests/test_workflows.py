"""The workflows: pinned actions, few rights, and commands that exist."""

import importlib.util
import re

import pytest

from tests.run_notebooks import ROOT

yaml = pytest.importorskip("yaml")
FOLDER = ROOT / ".github" / "workflows"
NAMES = ["newest.yml", "tests.yml"]
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
    for job in workflow["jobs"].values():
        assert 0 < job["timeout-minutes"] <= 120
        assert "permissions" not in job


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


def test_no_workflow_takes_text_of_strangers_into_a_command():
    for name in NAMES:
        for step in steps(name):
            assert "${{" not in step.get("run", "")
