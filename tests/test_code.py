"""The code of helpers is calm, hinted, used, and written once; ruff agrees."""

import ast
import re
import subprocess
import sys

import pytest

from tests import code_rules as rules
from tests.notebook_rules import code, load_all, prose, text_of

ROOT = rules.HELPERS.parent
SOURCES = {
    str(path.relative_to(rules.HELPERS)): path.read_text(encoding="utf-8")
    for path in sorted(rules.HELPERS.rglob("*.py"))
}
# May only shrink: less code, in more and calmer lines. Drawings and studies grow with
# the notebooks, each by what it draws or measures, so they have a limit of their own.
GROWING = ("pictures", "studies")
MOST_TOKENS = {"all else": 133_500, "pictures": 58_500, "studies": 43_500}
MOST_PER_LINE = 9.5  # outside corpora, whose lines are words of a grammar
COMMENTED = ("models", "training", "objectives")  # what lessons show
FEWEST_COMMENTS = 8


def users() -> list[str]:
    """Return the sources outside helpers and tests: notebooks, programs, benchmarks.

    What a notebook's text offers its reader `in such marks` counts as a use.
    """
    paths = [ROOT / "start.py", ROOT / "tests" / "run_notebooks.py"]
    paths += sorted((ROOT / "tests" / "benchmarks").glob("*.py"))
    sources = [path.read_text(encoding="utf-8") for path in paths]
    for nb in load_all().values():
        sources += [text_of(cell) for cell in code(nb)]
        offered = re.findall(r"`([a-z_.]+\(.*?\))`", "\n".join(prose(nb)))
        sources += [text for text in offered if parses(text)]
    return sources


def parses(text: str) -> bool:
    """Return whether a text is Python."""
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=" ".join)
def test_ruff_has_nothing_to_say(command):
    tool = [sys.executable, "-m", "ruff", *command, "."]
    done = subprocess.run(tool, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_is_no_more_code_than_needed():
    rooms = rules.rooms()
    others = [size for room, size in rooms.items() if room not in GROWING]
    found = {"all else": rules.joined(others).tokens}
    found |= {room: rooms[room].tokens for room in GROWING}
    assert {name: n for name, n in found.items() if n > MOST_TOKENS[name]} == {}


def test_lines_are_calm():
    others = [size for room, size in rules.rooms().items() if room != "corpora"]
    assert rules.joined(others).per_line <= MOST_PER_LINE


@pytest.mark.parametrize("room", COMMENTED)
def test_what_lessons_show_has_comments(room):
    assert rules.rooms()[room].per_hundred >= FEWEST_COMMENTS


def test_density_is_measured_without_docstrings_and_layout():
    source = '"""One two three."""\n\nx = 1  # why\ny = [\n    2,\n]\n'
    assert rules.density(source) == rules.Density(tokens=9, lines=4, comments=1)


def test_every_public_function_is_hinted():
    found = {name: rules.without_hints(source) for name, source in SOURCES.items()}
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_a_missing_hint_is_found():
    source = "class A:\n    def b(self, c, *d: int) -> int:\n        return c\n"
    assert rules.without_hints(source) == ["A.b: c"]
    assert rules.without_hints("def f(x: int):\n    pass") == ["f: the result"]
    assert rules.without_hints("def _f(x):\n    pass") == []


def test_every_function_is_called_outside_the_tests():
    assert rules.uncalled(SOURCES, users()) == []


def test_an_uncalled_function_is_found():
    sources = {"a.py": "def f():\n    return f()\n", "b.py": "def g():\n    pass\n"}
    assert rules.uncalled(sources, ["a.g()"]) == ["a.py: f"]
    assert rules.uncalled(sources, ["a.g()", "x = 'helpers.a.f'"]) == []
    taken = {"a.py": "@example('f')\ndef f():\n    pass\n"}
    assert rules.uncalled(taken, []) == []
    assert rules.uncalled({"a.py": taken["a.py"].replace("example('f')", "cache")}, [])


def test_no_six_lines_stand_twice():
    assert rules.repeated(SOURCES) == []


def test_six_equal_lines_are_found():
    body = "".join(f"    x{i} = {i}\n" for i in range(6))
    sources = {"a.py": f"def f():\n{body}", "b.py": f"def g():\n\n{body}"}
    assert rules.repeated(sources) == ["b.py:3 = a.py:2"]
    sources["b.py"] = sources["b.py"].replace("x3", "y3")
    assert rules.repeated(sources) == []
