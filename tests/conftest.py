"""What all tests share: the environment of the outputs, and the notebooks' lanes."""

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


def pytest_report_header() -> str:
    return describe()


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    if not config.getoption("--perturbed"):
        return
    others = [item for item in items if not item.get_closest_marker("notebooks")]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item.get_closest_marker("notebooks")]


def pytest_sessionstart(session: pytest.Session) -> None:
    session.begun = time.perf_counter()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Keep the seconds of a whole run that passed, for `tests/benchmarks`."""
    if exitstatus == 0 and not session.config.invocation_params.args:
        seconds = time.perf_counter() - session.begun
        session.config.cache.set("course/seconds", round(seconds))
