"""Plant small faults in the code, one at a time, and see which the tests let pass.

python -m tests.mutants [PATHS] [--count 300] [--seed 0] [--project FOLDER]

A mutant is a module with one operator, comparison, condition, number, truth value or
bound of a slice changed; what only builds error messages is left alone. It is written
into a copy of the project and meets the module's own tests, those that import it: first
the ones that run the line, the fastest first. Exits with 1 if some mutant survives.
Verdicts are kept in build/mutants.jsonl, and made anew when the module, or for a
survivor its tests, have changed. Uses one core: tests run in forks of this process,
which has imported torch and the like.
"""

import argparse
import ast
import gc
import hashlib
import importlib
import itertools
import json
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PATHS = """
helpers/models helpers/objectives helpers/training helpers/tokenization/wordpiece.py
helpers/lesson/ladder.py helpers/probes/heads.py helpers/finetuning/answers.py
"""
REPLACED = {
    **{ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/")},
    **{ast.Div: ("/", "*"), ast.FloorDiv: ("//", "*"), ast.Mod: ("%", "*")},
    **{ast.Pow: ("**", "*"), ast.BitAnd: ("&", "|"), ast.BitOr: ("|", "&")},
    **{ast.Lt: ("<", "<=", ">="), ast.LtE: ("<=", "<", ">"), ast.Eq: ("==", "!=")},
    **{ast.Gt: (">", ">=", "<="), ast.GtE: (">=", ">", "<"), ast.NotEq: ("!=", "==")},
    **{ast.Is: (r"is", "is not"), ast.IsNot: (r"is\s+not", "is")},
    **{ast.In: (r"in", "not in"), ast.NotIn: (r"not\s+in", "in")},
    **{ast.And: ("and", "or"), ast.Or: ("or", "and")},
}
NOT_COPIED = shutil.ignore_patterns(".*", "build", "__pycache__")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "MPLBACKEND": "Agg"}
SLOWEST = 10  # seconds beyond three times what the tests took: a mutant may not end


@dataclass(frozen=True)
class Mutant:
    """One change of one module: the bytes from `start` to `end` become `new`.

    Tests that run a line from `first` to `last` meet it; with 0, all that import it.
    """

    path: str
    line: int
    start: int
    end: int
    old: str
    new: str
    first: int
    last: int

    def apply(self, source: bytes) -> bytes:
        return source[: self.start] + self.new.encode() + source[self.end :]

    def __str__(self) -> str:
        old = re.sub(r"\s+", " ", self.old)
        return f"{self.path}:{self.line}  {old} -> {self.new or 'nothing'}"


def used(node: ast.AST) -> set[str]:
    """Return the names that are read, but for what is read in order to be raised."""
    if isinstance(node, ast.Raise):
        return set()
    name = getattr(node, "id", None) or getattr(node, "attr", None)
    own = {name} if isinstance(getattr(node, "ctx", None), ast.Load) else set()
    return own.union(*(used(child) for child in ast.iter_child_nodes(node)))


def speaks(node: ast.AST, read: set[str]) -> bool:
    """Return whether a part only makes a text, or guards what was checked before."""
    if isinstance(node, ast.FunctionDef):
        return re.match("_[a-z]", node.name) is not None and node.name not in read
    if isinstance(node, ast.Assign):
        targets = [x for target in node.targets for x in ast.walk(target)]
        names = {x.id for x in targets if isinstance(x, ast.Name)}
        return not any(isinstance(x, ast.Attribute) for x in targets) and not (
            names & read
        )
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id == "print"
    guards = isinstance(node, ast.keyword) and node.arg == "strict"  # of zip
    return guards or isinstance(node, (ast.Raise, ast.JoinedStr))


def places(
    node: ast.AST, read: set[str], home: ast.stmt | None = None, inside: bool = False
) -> Iterator[tuple[ast.AST, ast.stmt | None]]:
    """Yield what may change, each with its statement in a function, or with None."""
    if isinstance(node, ast.FunctionDef):
        inside = True
    if speaks(node, read) and (inside or not isinstance(node, ast.Assign)):
        return
    if isinstance(node, ast.stmt):  # what a `def` leaves out was run at its import
        home = node if inside and not isinstance(node, ast.FunctionDef) else None
    yield node, home
    hints = (getattr(node, "annotation", None), getattr(node, "returns", None))
    for child in ast.iter_child_nodes(node):
        if child not in hints:
            yield from places(child, read, home, inside)


def changes(node: ast.AST, source: bytes, at: list[int]) -> Iterator[tuple]:
    """Yield (start, end, new text) for each change of one node."""

    def bounds(x: ast.AST) -> tuple[int, int]:
        return at[x.lineno] + x.col_offset, at[x.end_lineno] + x.end_col_offset

    def between(left: ast.AST, right: ast.AST, operator: ast.AST) -> Iterator[tuple]:
        start, end = bounds(left)[1], bounds(right)[0]
        old, *new = REPLACED.get(type(operator), ("",))
        if new:
            old = old if old[0].isalpha() else re.escape(old)
            found = re.search(old.encode(), source[start:end])
            for text in new:
                yield start + found.start(), start + found.end(), text

    if isinstance(node, ast.BinOp):
        yield from between(node.left, node.right, node.op)
    elif isinstance(node, ast.BoolOp):
        for left, right in zip(node.values, node.values[1:], strict=False):
            yield from between(left, right, node.op)
    elif isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        for i, operator in enumerate(node.ops):
            yield from between(sides[i], sides[i + 1], operator)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
        yield bounds(node)[0], bounds(node.operand)[0], ""
    elif isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        for value in other_numbers(node.value):
            yield *bounds(node), repr(value)
    elif isinstance(node, ast.Slice):
        for bound in filter(None, (node.lower, node.upper)):
            yield *bounds(bound), ""
            yield *bounds(bound), f"({source[slice(*bounds(bound))].decode()}) + 1"
    elif isinstance(node, (ast.If, ast.IfExp, ast.While)):
        known = isinstance(node.test, (ast.Compare, ast.UnaryOp))
        if not known and getattr(node.test, "id", "") != "TYPE_CHECKING":
            start, end = bounds(node.test)
            yield start, end, f"not ({source[start:end].decode()})"


def other_numbers(value: bool | int | float) -> list:
    """Return what a number, or a truth value, is changed into."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1] + [value - 1] * (value > 0)
    return [value * 2 or 1.0]


def mutants(path: str, source: bytes) -> list[Mutant]:
    """Return every mutant of one module; a few may be no program, or the same."""
    tree = ast.parse(source)
    at = [0, 0]  # where each line begins, counted from 1
    for line in source.splitlines(keepends=True):
        at.append(at[-1] + len(line))
    found = []
    for node, home in places(tree, used(tree)):
        first = last = 0
        if home is not None:
            head = getattr(home, "body", None)
            first = home.lineno
            last = home.end_lineno if head is None else max(first, head[0].lineno - 1)
        for start, end, new in changes(node, source, at):
            line = source.count(b"\n", 0, start) + 1
            old = source[start:end].decode()
            one = Mutant(path, line, start, end, old, new, first, last)
            found.append(one)
    return found


def differs(one: Mutant, source: bytes) -> bool:
    """Return whether a changed source is a program, and another one."""
    try:
        changed = ast.parse(one.apply(source))
    except SyntaxError:
        return False
    return ast.dump(changed) != ast.dump(ast.parse(source))


def drawn(project: Path, paths: list[str], count: int, seed: int) -> list[Mutant]:
    """Draw mutants; a change elsewhere in a module hardly changes what is drawn."""
    found = []
    for path in paths:
        source = (project / path).read_bytes()
        lines = source.splitlines()
        for i, one in enumerate(mutants(path, source)):
            column = one.start - source.rfind(b"\n", 0, one.start)
            key = (seed, path, lines[one.line - 1], column, one.new)
            rank = hashlib.sha256(repr(key).encode()).hexdigest()
            found.append((rank, path, i, one))
    ranked = (one for *_, one in sorted(found, key=lambda x: x[:3]))
    sound = (one for one in ranked if differs(one, (project / one.path).read_bytes()))
    return list(itertools.islice(sound, count))


# Which tests are a module's own


def imports(path: Path, project: Path) -> set[str]:
    """Return the dotted names that a file imports, also by the face of a room."""
    names = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            face = project / node.module.replace(".", "/") / "__init__.py"
            shown = face_names(face)
            for alias in node.names:
                names.add(f"{node.module}.{alias.name}")
                names.add(shown.get(alias.name, node.module))
    return names


@cache
def face_names(face: Path) -> dict[str, str]:
    """Return {name: module it comes from} of what a room's `__init__` imports."""
    body = ast.parse(face.read_bytes()).body if face.exists() else []
    rows = [node for node in body if isinstance(node, ast.ImportFrom)]
    return {alias.name: row.module for row in rows for alias in row.names}


def own_tests(project: Path, path: str) -> list[str]:
    """Return the test files that import a module, or have its name."""
    module = path.removesuffix(".py").replace("/", ".")
    named = f"test_{Path(path).stem}"
    files = sorted((project / "tests").glob("test_*.py"))
    own = [f for f in files if f.stem == named or module in imports(f, project)]
    return [f"tests/{file.name}" for file in own]


# Runs in a fork


class Tracer:
    """A plugin that times each test and lists the lines of the modules that it runs."""

    def __init__(self, project: Path, paths: list[str]):
        self.wanted = {str(project / path): path for path in paths}
        self.tests: dict[str, dict] = {}
        self.lines: set[tuple[str, int]] = set()

    def _call(self, frame, event, arg):
        return self._line if frame.f_code.co_filename in self.wanted else None

    def _line(self, frame, event, arg):
        self.lines.add((self.wanted[frame.f_code.co_filename], frame.f_lineno))
        return self._line

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item):
        self.lines = set()
        begun = time.perf_counter()
        sys.settrace(self._call)
        yield
        sys.settrace(None)
        row = {"seconds": time.perf_counter() - begun, "lines": sorted(self.lines)}
        self.tests[item.nodeid] = row | {"passed": False}

    def pytest_runtest_logreport(self, report):
        if report.when == "teardown":  # the protocol has not ended yet
            return
        self.failed = getattr(self, "failed", set())
        if not report.passed:
            self.failed.add(report.nodeid)

    def told(self) -> dict:
        failed = getattr(self, "failed", set())
        return {k: v | {"passed": k not in failed} for k, v in self.tests.items()}


class Chosen:
    """A plugin that runs some tests, in the order given, and names one that fails."""

    def __init__(self, order: list[str]):
        self.rank = {test: i for i, test in enumerate(order)}
        self.killer = ""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items):
        kept = [item for item in items if item.nodeid in self.rank]
        items[:] = sorted(kept, key=lambda item: self.rank[item.nodeid])

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.killer = report.nodeid

    def told(self) -> str:
        return self.killer


def in_fork(copy: Path, files: list[str], plugin, limit: float) -> tuple:
    """Run tests in a fork; return (pytest's code, what the plugin tells).

    The code is None when the fork had to be ended, after `limit` seconds.
    """
    report = copy.parent / "report.json"
    report.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        _tests(copy, files, plugin, report)
    end = time.monotonic() + limit
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > end:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return None, None
        time.sleep(0.02)
    if not report.exists():
        return -1, None
    return tuple(json.loads(report.read_text(encoding="utf-8")))


def _tests(copy: Path, files: list[str], plugin, report: Path) -> None:
    code = -1
    try:
        os.setpgid(0, 0)
        os.chdir(copy)
        quiet = os.open(
            report.with_suffix(".txt"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        )
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        sys.path[:] = [str(copy), *sys.path[1:]]
        for name in [x for x in sys.modules if re.match(r"(helpers|tests)(\.|$)", x)]:
            del sys.modules[name]
        sys.dont_write_bytecode = isinstance(plugin, Chosen)
        options = ["-q", "-p", "no:cacheprovider", f"--basetemp={copy.parent}/made"]
        if isinstance(plugin, Chosen):
            options.append("-x")
        code = pytest.main([*files, *options], plugins=[plugin])
        report.write_text(json.dumps([int(code), plugin.told()]), encoding="utf-8")
    finally:
        os._exit(0)


# All together


def digest(*texts: bytes) -> str:
    return hashlib.sha256(b"\0".join(texts)).hexdigest()[:16]


def measure(copy: Path, own: dict[str, list[str]], kept: Path) -> dict:
    """Return {test: its seconds and lines} of the tests that pass in the sound code.

    `own` holds the test files of each module.
    """
    known = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    files = sorted({file for some in own.values() for file in some})
    found = {}
    for i, file in enumerate(files, start=1):
        paths = [path for path, some in own.items() if file in some]
        key = digest(*((copy / path).read_bytes() for path in [file, *paths]))
        if key not in known:
            say(f"{i}/{len(files)} measure {file}")
            known[key] = in_fork(copy, [file], Tracer(copy, paths), 900)[1] or {}
            kept.write_text(json.dumps(known), encoding="utf-8")
        for test, row in known[key].items():
            found[test] = row | {"lines": {(path, n) for path, n in row["lines"]}}
    for test in [test for test, row in found.items() if not row["passed"]]:
        say(f"left out, it does not pass in the sound code: {test}")
        del found[test]
    return found


def chosen(one: Mutant, files: list[str], tests: dict) -> list[list[str]]:
    """Return the tests to meet a mutant, in two groups, each the fastest first.

    The first group are those that run its lines in the file where the fastest is: one
    file is soon loaded. The others of all such files follow, for a fixture may have run
    the lines before.
    """
    spans = [(one.path, n) for n in range(one.first, one.last + 1)]
    own = [test for test in tests if file_of(test) in files]
    met = [
        t for t in own if not one.first or any(x in tests[t]["lines"] for x in spans)
    ]
    near = {file_of(test) for test in met}
    order = sorted(met, key=lambda test: tests[test]["seconds"])
    first = [test for test in order if file_of(test) == file_of(order[0])]
    later = [test for test in own if file_of(test) in near and test not in first]
    return [first, sorted(later, key=lambda t: (t not in met, tests[t]["seconds"]))]


def file_of(test: str) -> str:
    return test.split("::")[0]


def verdict(copy: Path, one: Mutant, files: list[str], tests: dict) -> str:
    """Return the test that fails in a mutant, another end that it came to, or ""."""
    module = copy / one.path
    source, stat = module.read_bytes(), module.stat()
    module.write_bytes(one.apply(source))
    try:
        for group in filter(None, chosen(one, files, tests)):
            limit = SLOWEST + 3 * sum(tests[test]["seconds"] for test in group)
            asked = sorted(set(map(file_of, group)))
            code, killer = in_fork(copy, asked, Chosen(group), limit)
            if code != 0:
                return killer or ("no end" if code is None else f"no start: {code}")
    finally:
        module.write_bytes(source)
        os.utime(module, (stat.st_atime, stat.st_mtime))  # its compiled code is valid
    return ""


def say(text: str) -> None:
    print(text, flush=True)


def load_libraries(project: Path, files: list[str], paths: list[str]) -> None:
    """Import what is not of the project once, before all forks."""
    os.environ.update(ONE_THREAD)
    if not os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
        for plugin in metadata.entry_points(group="pytest11"):
            plugin.load()
    for file in [*files, *paths]:
        for name in sorted(imports(project / file, project)):
            if name.split(".")[0] not in ("helpers", "tests"):
                try:
                    importlib.import_module(name)
                except (ImportError, AttributeError):
                    continue  # a name in a module, or a library that is not there
    gc.freeze()


def judge(project: Path, paths: list[str], count: int, seed: int) -> list[tuple]:
    """Return (mutant, what killed it or "") for `count` mutants drawn by a seed."""
    build = project / "build"
    build.mkdir(exist_ok=True)
    kept = build / "mutants.jsonl"
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    known = dict(json.loads(line) for line in lines)
    own = {path: own_tests(project, path) for path in paths}
    files = sorted({file for some in own.values() for file in some})
    load_libraries(project, files, paths)
    done = []
    with tempfile.TemporaryDirectory(prefix="mutants") as folder:
        copy = Path(folder).resolve() / "project"
        shutil.copytree(project, copy, ignore=NOT_COPIED)
        tests = measure(copy, own, build / "mutants_tests.json")
        chosen_ones = drawn(copy, paths, count, seed)
        begun, run = time.monotonic(), 0
        for i, one in enumerate(chosen_ones):
            text = one.apply((copy / one.path).read_bytes())
            fault = digest(one.path.encode(), text)
            asked = digest(
                fault.encode(), *((copy / f).read_bytes() for f in own[one.path])
            )
            killer = known.get(fault) or known.get(asked)
            if killer is None:
                killer = verdict(copy, one, own[one.path], tests)
                run += 1
                row = json.dumps([fault if killer else asked, killer])
                with kept.open("a", encoding="utf-8") as stream:
                    stream.write(row + "\n")
            done.append((one, killer))
            left = len(chosen_ones) - i - 1
            rest = (time.monotonic() - begun) / max(run, 1) * left
            word = "killed  " if killer else "SURVIVED"
            say(f"{word}  {one}  {killer}  [{left} left, {rest:.0f} s]")
    return done


def summary(done: list[tuple]) -> str:
    """Return killed of all, module by module, and the survivors."""
    rows = []
    for path in sorted({one.path for one, _ in done}):
        killers = [killer for one, killer in done if one.path == path]
        rows.append(f"{sum(map(bool, killers)):4} of {len(killers):4} killed  {path}")
    killed = sum(bool(killer) for _, killer in done)
    rows.append(f"{killed:4} of {len(done):4} killed, {killed / max(len(done), 1):.1%}")
    rows += [f"survived: {one}" for one, killer in done if not killer]
    return "\n".join(rows)


def modules(project: Path, names: list[str]) -> list[str]:
    """Return the paths of modules, in folders, too; the faces of rooms are left out."""
    found = []
    for name in names:
        path = project / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            if file.name != "__init__.py":
                found.append(str(file.relative_to(project)))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("paths", nargs="*", default=PATHS.split())
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--project", type=Path, default=ROOT)
    asked = parser.parse_args()
    project = asked.project.resolve()
    done = judge(project, modules(project, asked.paths), asked.count, asked.seed)
    say(summary(done))
    return int(any(not killer for _, killer in done))


if __name__ == "__main__":
    sys.exit(main())
