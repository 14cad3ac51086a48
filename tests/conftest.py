"""What all tests share: the environment of the outputs, and the notebooks' lanes."""

import json
import os
import time

import pytest
from hypothesis import settings

from tests.lanes import describe
from tests.run_notebooks import REFERENCE

# Before anything imports torch or matplotlib: one thread, static views, no windows.
os.environ.update(REFERENCE | {"MPLBACKEND": "Agg"})
os.environ.pop("COURSE_LADDER", None)

settings.register_profile("course", deadline=None, derandomize=True, database=None)
settings.load_profile("course")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--perturbed",
        action="store_true",
        help="only the notebooks, on plain CPU instructions and two threads",
    )
    parser.addoption(
        "--colab-like",
        action="store_true",
        help="only the notebooks, each alone, with the versions that Colab has",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Let a whole run use two cores: a notebook, or a file of tests, at a time."""
    if whole(config) and hasattr(config.option, "loadscopereorder"):
        config.option.numprocesses = 2
        config.option.dist = "loadgroup"
        config.option.loadscopereorder = False  # keep our order: the longest first


def whole(config: pytest.Config) -> bool:
    """Return whether this is the run of all tests, not a part of one."""
    return not config.invocation_params.args and not hasattr(config, "workerinput")


def pytest_report_header() -> str:
    return describe()


def seconds(item: pytest.Item) -> int:
    """Return what a notebook took when it was saved; 0 for any other test."""
    if not item.get_closest_marker("notebooks"):
        return 0
    saved = json.loads(item.callspec.params["path"].read_text(encoding="utf-8"))
    return saved["metadata"].get("course", {}).get("seconds", 0)


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    items.sort(key=seconds, reverse=True)
    for item in items:
        group = item.name if item.get_closest_marker("notebooks") else item.path.name
        item.add_marker(pytest.mark.xdist_group(group))
    for option, mark in (("--perturbed", "notebooks"), ("--colab-like", "colab")):
        chosen = [item for item in items if item.get_closest_marker(mark)]
        others = [item for item in items if not item.get_closest_marker(mark)]
        if config.getoption(option):
            break
    else:  # no lane was chosen: all but the last one's tests
        chosen, others = others, chosen
    config.hook.pytest_deselected(items=others)
    items[:] = chosen


def pytest_sessionstart(session: pytest.Session) -> None:
    session.begun = time.perf_counter()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Keep the seconds of a whole run that passed, for `tests/benchmarks`."""
    if exitstatus == 0 and whole(session.config):
        seconds = time.perf_counter() - session.begun
        session.config.cache.set("course/seconds", round(seconds))


@pytest.fixture
def empty_results(tmp_path, monkeypatch) -> None:
    """Let tables of long experiments be read from and kept in an empty folder."""
    from helpers.studies import results

    monkeypatch.setattr(results, "FOLDER", tmp_path)
