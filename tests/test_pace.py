"""The notebooks keep the pace of the series, or owe no more than is written down."""

import copy
import json
from pathlib import Path

import pytest

from tests import notebook_rules as rules

NOTEBOOKS = rules.load_all()
DEBTS = json.loads(Path(__file__).with_name("pace_debts.json").read_text("utf-8"))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_keeps_the_pace(name):
    assert rules.too_fast_or_slow(NOTEBOOKS[name], DEBTS.get(name)) == []


def test_debts_are_those_of_notebooks_that_are_there():
    assert set(DEBTS) <= set(NOTEBOOKS)
    for name, owed in DEBTS.items():
        for figure, value in owed.items():
            low, high = rules.LIMITS[figure]
            assert not low <= value <= high, f"{name} owes nothing for {figure}"


def change(nb: dict, name: str) -> dict:
    """Spoil one figure of a notebook."""
    nb = copy.deepcopy(nb)
    cells, code = nb["cells"], rules.code(nb)
    texts = [c for c in cells if c["cell_type"] == "markdown"]
    spoilt = {
        "median code lines": "x = 1\n" * 7,
        "tokens a line": "x = f(a, b)[c - d](e + g)\n",
        "comments per 100 lines": "x = 1\n",
    }
    if name in spoilt:
        for cell in code:
            cell["source"] = spoilt[name]
    elif name == "longest code cell":
        code[0]["source"] = "x = 1\n" * 26
    elif name == "lines over 88 columns":
        code[0]["source"] = "x = " + "1 + " * 30 + "1"
    elif name == "bare True or False":
        code[0]["outputs"] = [{"output_type": "stream", "text": ["equal: True\n"]}]
    elif name == "median words":
        for cell in texts[: len(texts) * 2 // 3]:
            cell["source"] = "few words"
    elif name == "names bound anew":
        for cell, source in zip(code, ("x = 1", "print(x)", "x = 2"), strict=False):
            cell["source"] = source
    elif name == "longest text":
        texts[0]["source"] = "word " * 151
    elif name == "code cells in a row":
        nb["cells"] = [*cells, code[0], code[0], code[0]]
    elif name == "pictures":
        for cell in code:
            cell["outputs"] = []
    return nb


@pytest.mark.parametrize("name", rules.LIMITS)
def test_every_limit_can_be_broken(name):
    broken = rules.too_fast_or_slow(change(NOTEBOOKS["00_start_here"], name))
    assert any(fault.startswith(f"{name}: ") for fault in broken), broken


def test_a_debt_may_only_shrink():
    nb = NOTEBOOKS["00_start_here"]
    real = rules.pace(nb)["pictures"]
    assert rules.too_fast_or_slow(nb, {"pictures": real + 1}) != []
    assert not [
        fault
        for fault in rules.too_fast_or_slow(nb, {"pictures": real})
        if fault.startswith("pictures")
    ]
