"""The search for faults that the tests let pass finds one in a weak test."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import mutations

ROOT = Path(__file__).parents[1]

SHARE = '''
"""Shares: 1 of 2."""


def share(right: int, total: int = 4) -> float:
    """Return right / total, 0 to 1."""
    given = 100 * total
    if total < 1:
        raise ValueError(f"{total + 1} of {given - 2}")
    return right / total
'''
WEAK = """
import pytest
from helpers.shares import share

def test_all():
    assert share(1, 1) == 1

def test_none():
    with pytest.raises(ValueError):
        share(0, 0)
"""
STRONG = WEAK + "\n\ndef test_a_quarter():\n    assert share(1) == 1 / 4\n"


def test_numbers_and_operators_change_but_no_text_and_no_hint():
    source = SHARE.encode()
    found = {
        (one.old, one.new): one.apply(source).decode()
        for one in mutations.mutants("helpers/shares.py", source)
    }
    assert set(found) == {
        *{("4", "5"), ("4", "3"), ("<", "<="), ("<", ">="), ("1", "2"), ("1", "0")},
        ("/", "*"),
    }
    assert found["/", "*"] == SHARE.replace("return right /", "return right *")
    assert found["<", ">="] == SHARE.replace("total <", "total >=")


def test_each_kind_of_change_is_made_where_it_stands():
    source = "def f(x, é):\n    return x[1:é] if x and not é else -x is not é\n"
    texts = [
        one.apply(source.encode()).decode()
        for one in mutations.mutants("f.py", source.encode())
    ]
    lines = {text.splitlines()[1].strip() for text in texts}
    assert lines >= {
        "return x[:é] if x and not é else -x is not é",
        "return x[1:] if x and not é else -x is not é",
        "return x[1:(é) + 1] if x and not é else -x is not é",
        "return x[1:é] if x or not é else -x is not é",
        "return x[1:é] if x and é else -x is not é",
        "return x[1:é] if not (x and not é) else -x is not é",
        "return x[1:é] if x and not é else x is not é",
        "return x[1:é] if x and not é else -x is é",
    }  # fmt: skip


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows cannot fork")
def test_a_weak_test_lets_a_mutant_pass_until_it_is_mended(tmp_path):
    for name, text in (("helpers/shares.py", SHARE), ("tests/test_shares.py", WEAK)):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "tests.mutants", "helpers", "--project", tmp_path]

    few = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

    def run():
        options = {"capture_output": True, "text": True, "env": few}
        done = subprocess.run(command, cwd=ROOT, **options)
        assert (tmp_path / "helpers/shares.py").read_text(encoding="utf-8") == SHARE
        return done.returncode, done.stdout.splitlines()

    code, lines = run()
    survivors = [line for line in lines if line.startswith("survived: ")]
    assert code == 1
    assert "   4 of    7 killed  helpers/shares.py" in lines
    assert "survived: helpers/shares.py:10  / -> *" in survivors
    assert all(":5  4 -> " in line for line in survivors if "/ ->" not in line)
    (tmp_path / "tests/test_shares.py").write_text(STRONG, encoding="utf-8")
    code, lines = run()
    assert code == 0
    assert "   7 of    7 killed, 100.0%" in lines
