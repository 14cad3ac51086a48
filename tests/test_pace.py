"""The notebooks keep the pace of the series."""

import copy
import json
from pathlib import Path

import pytest

from tests import notebook_rules as rules

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


def load(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_keeps_the_pace(path):
    assert rules.too_fast_or_slow(load(path)) == []


def change(nb: dict, name: str) -> dict:
    """Spoil one figure of a good notebook."""
    nb = copy.deepcopy(nb)
    cells, code = nb["cells"], rules.code(nb)
    texts = [c for c in cells if c["cell_type"] == "markdown"]
    if name == "median code lines":
        for cell in code:
            cell["source"] = "x = 1\n" * 7
    elif name == "90 % code lines":
        for cell in code[: len(code) // 5]:
            cell["source"] = "x = 1\n" * 16
    elif name == "longest code cell":
        code[0]["source"] = "x = 1\n" * 26
    elif name == "code lines":
        nb["cells"] = [c for c in cells if c not in code[::2]]
    elif name == "median words":
        for cell in texts[: len(texts) * 2 // 3]:
            cell["source"] = "few words"
    elif name == "longest text":
        texts[0]["source"] = "word " * 151
    elif name in ("words", "words per code line"):
        for cell in texts:
            cell["source"] = "one two three"
    elif name == "code cells in a row":
        nb["cells"] = [*cells, code[0], code[0], code[0]]
    elif name == "pictures":
        for cell in code:
            cell["outputs"] = []
    return nb


@pytest.mark.parametrize("name", rules.LIMITS)
def test_every_limit_can_be_broken(name):
    broken = rules.too_fast_or_slow(change(load(NOTEBOOKS[0]), name))
    assert any(fault.startswith(f"{name}:") for fault in broken), broken
