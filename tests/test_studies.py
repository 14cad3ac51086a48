"""Studies: fair tuning, no run lost, tables that are whole and made by this code."""

import sys
from types import ModuleType

import pytest

from helpers import studies
from helpers.studies import registry
from helpers.studies.table import Table

TOY = '''
"""A toy: two arms and a line of numbers."""

ARMS = ("gated", "plain", "counts")
SEEDS = (0, 1, 2)
RATES = (0.01, 0.1, 1.0)
TUNED = "loss"
UNTRAINED = ("counts",)
POINTS = {"share": (0, 5)}
CODE = ("toy_model",)
asked = []


def about():
    return {"stories": 10}


def measure(arm, rate, seed, part):
    asked.append((arm, rate, seed, part))
    if part == "validation":
        best = {"gated": 0.1, "plain": 1.0}[arm]
        return {"loss": abs(rate - best), "share": [0.0, 0.0]}
    loss = 1 + seed + (arm == "plain")
    right = [1, 0, 1, seed % 2] if arm == "gated" else [0, 0, 1, 1]
    return {"loss": loss, "right": right, "share": [0.5 + seed, 1.0]}
'''
MODEL = '''
"""What the toy trains."""


def step(x):
    """Double."""
    return 2 * x  # twice
'''


@pytest.fixture
def toy(tmp_path, empty_results, monkeypatch) -> ModuleType:
    """A study with a module of its own, in a folder of its own."""
    for name in ("toy", "toy_model"):
        sys.modules.pop(name, None)
    (tmp_path / "toy.py").write_text(TOY)
    (tmp_path / "toy_model.py").write_text(MODEL)
    monkeypatch.syspath_prepend(tmp_path)
    found = ModuleType("toy")
    exec(TOY, found.__dict__)
    return found


# -------------------------------------------------------------- tables on file


@pytest.mark.parametrize("name", registry.names())
def test_a_table_on_file_is_whole_and_made_by_this_code(name):
    module, found = registry.load(name), studies.read(name)
    registry.require(module)
    assert faults(module, found) == []
    assert len(module.SEEDS) >= 5


def faults(module: ModuleType, found: studies.reading.Results) -> list[str]:
    """Return what is wrong with a table: runs that lack, code that is another."""
    header = Table(module).header
    of_today = header.keys() - {"versions"}
    other = [part for part in of_today if header[part] != found.about[part]]
    return [*found.incomplete, *found.stale, *other]
