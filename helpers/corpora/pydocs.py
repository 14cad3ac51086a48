"""Real prose that needs no network: sentences from docstrings of installed packages.

The sources are parsed, never imported. Copyright of each sentence stays with the
authors of its package; only a cache on the learner's own computer holds them.
"""

import ast
import gc
import importlib.metadata
import importlib.util
import inspect
import json
import os
import platform
import sys
import sysconfig
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tqdm import tqdm

from helpers.corpora import prose
from helpers.environment import cache_folder, is_static, sha256, write

STANDARD_LIBRARY = "python"
PACKAGES = (STANDARD_LIBRARY, "torch", "numpy", "matplotlib")
SKIPPED_FOLDERS = frozenset(
    "test tests testing _testing idlelib lib2to3 site-packages dist-packages "
    "turtledemo pydoc_data ensurepip _vendor __pycache__".split()
)
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
ADDERS = frozenset(["add_docstr", "add_docstr_all", "add_newdoc"])


@dataclass(frozen=True)
class PyDocs:
    """Hold sentences, the package of each, and the words of each package.

    sentences and packages run in parallel; counts maps package -> words.
    """

    sentences: tuple[str, ...]
    packages: tuple[str, ...]
    counts: dict[str, int]

    @cached_property
    def text(self) -> str:
        """Return all sentences as one string, one sentence per line."""
        return "\n".join(self.sentences)


def load() -> PyDocs:
    """Return the sentences of the docstrings of PACKAGES, each sentence once.

    The order is package, file, place in the file. The first call reads some 50 MB of
    source (up to half a minute, with a progress bar) and caches the result in the
    folder COURSE_CACHE or the user's own; later calls take under a second. A
    package that is not installed counts 0. Built in notebooks/02_rnn.ipynb.
    """
    key = _key()
    path = cache_folder() / f"pydocs-{sha256(key.encode())[:12]}.txt"
    found = _cached(path, key)
    if found is None:
        found = _extract()
        _write(path, key, found)
    return _joined(found)


def docstrings(source: bytes) -> Iterator[str]:
    """Yield the docstrings in Python source, in order; nothing if it cannot be parsed.

    Strings given to add_docstr and add_newdoc count too, since torch and numpy
    document their compiled functions in this way.
    """
    if b'"""' not in source and b"'''" not in source:
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    yield from _inside(tree)


def _inside(node: ast.AST) -> Iterator[str]:
    """Yield the docstrings of a module, class, function or block and its parts."""
    if isinstance(node, DOCUMENTED):
        doc = ast.get_docstring(node)
        if doc:
            yield doc
    for field in "body", "handlers", "orelse", "finalbody":
        for child in getattr(node, field, []):
            if isinstance(child, ast.Expr):
                yield from _added(child.value)
            else:
                yield from _inside(child)


def _added(call: ast.expr) -> Iterator[str]:
    """Yield the long strings among the arguments of add_docstr and its like."""
    if not isinstance(call, ast.Call):
        return
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if name not in ADDERS:
        return
    for argument in call.args:
        for part in ast.walk(argument):
            text = getattr(part, "value", None)  # of a constant
            if isinstance(text, str) and "\n" in text:
                yield inspect.cleandoc(text)


def _extract() -> dict[str, list[str]]:
    """Return the sentences of each package, read from its source files."""
    collecting = gc.isenabled()
    gc.disable()  # syntax trees hold no cycles; this halves the time
    try:
        return _sentences_by_package()
    finally:
        if collecting:
            gc.enable()


def _sentences_by_package() -> dict[str, list[str]]:
    files = []
    for package in PACKAGES:
        files += [(package, path) for path in _sources(package)]
    found: dict[str, list[str]] = {package: [] for package in PACKAGES}
    seen: set[str] = set()
    bar = tqdm(files, "Reading docstrings", file=sys.stdout, disable=is_static())
    for package, path in bar:
        for sentence in _file_sentences(path):
            if sentence not in seen:
                seen.add(sentence)
                found[package].append(sentence)
    return found


def _file_sentences(path: Path) -> Iterator[str]:
    try:
        source = path.read_bytes()
    except OSError:
        return
    for doc in docstrings(source):
        yield from prose.sentences(doc)


def _root(package: str) -> Path | None:
    """Return the folder of a package's sources without importing it."""
    if package == STANDARD_LIBRARY:
        return Path(sysconfig.get_path("stdlib"))
    spec = importlib.util.find_spec(package)
    places = list(spec.submodule_search_locations or []) if spec else []
    return Path(places[0]) if places else None


def _sources(package: str) -> list[Path]:
    """Return the .py files of a package in a fixed order, without its tests."""
    root = _root(package)
    if root is None:
        return []
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in SKIPPED_FOLDERS]
        found += [Path(folder, name) for name in names if _is_source(name)]
    return sorted(found, key=lambda path: path.relative_to(root).parts)


def _is_source(name: str) -> bool:
    tests = name.startswith(("test_", "conftest")) or name.endswith("_test.py")
    return name.endswith(".py") and not tests


def _key() -> str:
    """Return what the sentences depend on: versions, as one line of JSON."""
    versions = {"extractor": prose.VERSION, STANDARD_LIBRARY: platform.python_version()}
    for package in PACKAGES[1:]:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            versions[package] = "missing"
    return json.dumps(versions, sort_keys=True)


def _joined(found: dict[str, list[str]]) -> PyDocs:
    sentences: list[str] = []
    packages: list[str] = []
    counts = {}
    for package in PACKAGES:
        own = found[package]
        sentences += own
        packages += [package] * len(own)
        counts[package] = sum(len(sentence.split()) for sentence in own)
    return PyDocs(tuple(sentences), tuple(packages), counts)


def _cached(path: Path, key: str) -> dict[str, list[str]] | None:
    """Return what the cache holds; None if it is missing or (one line says) damaged."""
    try:
        checksum, _, rest = path.read_bytes().partition(b"\n")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        print(f"pydocs: the cache cannot be read ({error.strerror}); reading sources.")
        return None
    head, _, body = rest.partition(b"\n")
    if sha256(rest).encode() != checksum or head != key.encode():
        print("pydocs: the cache is damaged; building it again.")
        return None
    return json.loads(body)


def _write(path: Path, key: str, found: dict[str, list[str]]) -> None:
    """Write the cache: a checksum of the rest, the key, the sentences."""
    rest = f"{key}\n{json.dumps(found)}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, f"{sha256(rest.encode())}\n{rest}")
    except OSError as error:
        print(f"pydocs: no cache is kept ({error.strerror}: {path.parent}).")
