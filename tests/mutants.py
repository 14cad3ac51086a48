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
import json
import math
import os
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest

from tests.mutations import Mutant, drawn

ROOT = Path(__file__).resolve().parent.parent
PATHS = """
helpers/models helpers/objectives helpers/training helpers/tokenization/wordpiece.py
helpers/lesson/ladder.py helpers/probes/heads.py helpers/finetuning/answers.py
"""
NOT_COPIED = shutil.ignore_patterns(".*", "build", "__pycache__")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "MPLBACKEND": "Agg"}
SLOWEST = 10  # seconds beyond three times what the tests took: a mutant may not end


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
    """A plugin that runs some tests, in the order given, and names one that fails.

    A test that is not `known` runs last: the mutant may have changed its name.
    """

    def __init__(self, order: list[str], known: set[str]):
        self.rank = {test: i for i, test in enumerate(order)}
        self.known = known
        self.killer = ""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items):
        others = self.known - set(self.rank)
        kept = [item for item in items if item.nodeid not in others]
        last = len(kept)
        items[:] = sorted(kept, key=lambda item: self.rank.get(item.nodeid, last))

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.killer = report.nodeid

    def told(self) -> str:
        return self.killer


def in_fork(copy: Path, files: list[str], plugin, limit: float) -> tuple:
    """Run tests in a fork; return (pytest's code, what the plugin tells).

    The code is None when the fork took more than `limit` seconds of a processor, or
    ten times as long asleep.
    """
    report = copy.parent / "report.json"
    report.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        _tests(copy, files, plugin, report, math.ceil(limit))
    end = time.monotonic() + 10 * limit
    done, status = os.waitpid(child, os.WNOHANG)
    while not done:
        if time.monotonic() > end:
            os.killpg(child, signal.SIGKILL)
        time.sleep(0.02)
        done, status = os.waitpid(child, os.WNOHANG)
    if os.WIFSIGNALED(status):
        return None, None
    if status:
        return -1, None
    return tuple(json.loads(report.read_text(encoding="utf-8")))


def _tests(copy: Path, files: list[str], plugin, report: Path, limit: int) -> None:
    done = 1
    try:
        os.setpgid(0, 0)
        spent = math.ceil(time.process_time())
        resource.setrlimit(resource.RLIMIT_CPU, (spent + limit, spent + limit))
        os.chdir(copy)
        log = report.with_suffix(".txt")
        quiet = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
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
        done = 0
    finally:
        os._exit(done)


# All together


def digest(*texts: bytes) -> str:
    return hashlib.sha256(b"\0".join(texts)).hexdigest()[:16]


def measure(copy: Path, own: dict[str, list[str]], kept: Path) -> dict:
    """Return {test: its seconds, its lines, whether it passes} in the sound code.

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
    return found


def chosen(one: Mutant, files: list[str], tests: dict) -> list[list[str]]:
    """Return the tests to meet a mutant, in two groups, each the fastest first.

    The first group are those that run its lines in the file where the fastest is: one
    file is soon loaded. The others of all such files follow, for a fixture may have run
    the lines before.
    """
    spans = [(one.path, n) for n in range(one.first, one.last + 1)]
    sound = [test for test, row in tests.items() if row["passed"]]
    own = [test for test in sound if file_of(test) in files]
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
            code, killer = in_fork(copy, asked, Chosen(group, set(tests)), limit)
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
