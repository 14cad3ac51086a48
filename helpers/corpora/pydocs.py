"""Real English that is already on this machine: the documentation inside packages.

`load()` reads the docstrings of the standard library, PyTorch, NumPy and Matplotlib
from their source files (nothing is imported, nothing downloaded) and keeps the
sentences of prose. Built in notebooks/02_rnn.ipynb.
"""

import ast
import hashlib
import importlib.util
import json
import os
import platform
import re
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("python", "torch", "numpy", "matplotlib")
EXTRACTOR = 1  # raise it when the rules below change: old caches are then rebuilt
SKIPPED = {"test", "tests", "testing", "idlelib", "lib2to3", "site-packages", "_vendor"}
SKIPPED |= {"__pycache__", "turtledemo", "ensurepip", "pydoc_data", "_inductor", "onnx"}
CODE = re.compile(
    r"^\s*(>>>|\.\.\. |\.\. |:\w+|\* |- |\+|\||=|~|#|@|\d+[.)] |\$)|::\s*$"
)
ROLE = re.compile(r":[\w:+.-]+:`~?([^`<]+?)(?:\s*<[^`]*>)?`")
TICKS = re.compile(r"`{1,2}~?([^`]+?)`{1,2}_{0,2}")


@dataclass(frozen=True)
class PyDocs:
    """Sentences and, parallel to them, the packages they come from."""

    sentences: tuple[str, ...]
    packages: tuple[str, ...]

    @cached_property
    def text(self) -> str:
        """All sentences, one a line."""
        return "\n".join(self.sentences)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many words each package gave; 0 for one that is not installed."""
        out = dict.fromkeys(PACKAGES, 0)
        for sentence, package in zip(self.sentences, self.packages, strict=True):
            out[package] += len(sentence.split())
        return out


def load() -> PyDocs:
    """Return the documentation's sentences; slow once, then from a cache.

    The cache lies in the folder that COURSE_CACHE names, else in the user's cache
    folder. A damaged cache is made anew; one that cannot be written costs one line.
    Built in notebooks/02_rnn.ipynb.
    """
    path = _cache_folder() / f"pydocs-{_key()}.json"
    docs = _read(path)
    if docs is None:
        docs = _collect()
        _write(path, docs)
    return docs


def sentences_of(docstring: str) -> Iterator[str]:
    """Yield the sentences of prose in a docstring; no code, lists or tables."""
    for paragraph in re.split(r"\n\s*\n", docstring):
        lines = paragraph.strip("\n").split("\n")
        if any(CODE.search(line) for line in lines) or _indented(lines):
            continue
        prose = " ".join(line.strip() for line in lines)
        prose = TICKS.sub(r"\1", ROLE.sub(r"\1", prose)).replace("**", "")
        for sentence in re.split(r"(?<=[.!?]) +(?=[A-Z])", prose):
            if _is_prose(sentence):
                yield sentence


def _indented(lines: list[str]) -> bool:
    """Say whether a block is indented deeper inside: a list of parameters, code."""
    depths = [len(line) - len(line.lstrip()) for line in lines[1:]]
    return bool(depths) and max(depths) > min(depths)


def _is_prose(sentence: str) -> bool:
    words = sentence.split()
    if not (4 <= len(words) <= 60 and sentence[0].isupper() and sentence[-1] in ".?!"):
        return False
    if not sentence.isascii() or re.search(
        r"[<>{}=\\|_$*~^@#\[\]]|https?:|\.\.", sentence
    ):
        return False
    letters = sum(c.isalpha() or c == " " for c in sentence)
    ends_early = re.search(r"\b(e\.g|i\.e|etc|vs|cf|Fig|Eq|al)\.$", sentence)
    balanced = sentence.count("(") == sentence.count(")")
    return letters / len(sentence) > 0.92 and balanced and not ends_early


def _collect() -> PyDocs:
    """Read every source file once, packages in order and files in order."""
    files = [(p, f) for p in PACKAGES for f in _files(p)]
    seen: dict[str, str] = {}
    for package, file in _progress(files):
        for sentence in _sentences_in(file):
            seen.setdefault(sentence, package)
    return PyDocs(tuple(seen), tuple(seen.values()))


def _progress(files: list) -> Iterator:
    from tqdm import tqdm

    static = os.environ.get("COURSE_VIEWS") == "static"
    label = "reading documentation (once)"
    return iter(tqdm(files, desc=label, file=sys.stdout, disable=static, unit="file"))


def _files(package: str) -> list[Path]:
    """Return the package's source files, in an order that no file system decides."""
    root = _root(package)
    if root is None:
        return []
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(f for f in folders if f not in SKIPPED)
        found += [Path(folder, n) for n in sorted(names) if n.endswith(".py")]
    return found


def _root(package: str) -> Path | None:
    if package == "python":
        return Path(sysconfig.get_path("stdlib"))
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def _sentences_in(file: Path) -> Iterator[str]:
    try:
        source = file.read_text(encoding="utf-8")
        tree = ast.parse(source) if '"""' in source or "'''" in source else None
    except (SyntaxError, ValueError, OSError):  # a template or a broken file
        return
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, documented):
            yield from sentences_of(ast.get_docstring(node) or "")
        elif _added_doc(node):  # torch documents compiled functions by strings
            yield from sentences_of(node.value)


def _added_doc(node: ast.AST) -> bool:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return is_text and len(node.value) > 200 and "\n\n" in node.value


def _cache_folder() -> Path:
    if "COURSE_CACHE" in os.environ:
        return Path(os.environ["COURSE_CACHE"])
    base = os.environ.get("LOCALAPPDATA") or os.environ.get("XDG_CACHE_HOME")
    return Path(base or Path.home() / ".cache") / "from-rnn-to-bert"


def _key() -> str:
    versions = [f"extractor {EXTRACTOR}", f"python {platform.python_version()}"]
    for package in PACKAGES[1:]:
        try:
            versions.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            versions.append(f"{package} missing")
    return hashlib.sha256(", ".join(versions).encode()).hexdigest()[:16]


def _read(path: Path) -> PyDocs | None:
    """Return what the cache holds, None if there is none or it is damaged."""
    try:
        digest, _, body = path.read_text(encoding="utf-8").partition("\n")
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        digest, body = "", ""
    if hashlib.sha256(body.encode()).hexdigest() != digest:
        print("the cached documentation is damaged; it is read anew")
        return None
    rows = json.loads(body)
    return PyDocs(tuple(rows["sentences"]), tuple(rows["packages"]))


def _write(path: Path, docs: PyDocs) -> None:
    body = json.dumps({"sentences": docs.sentences, "packages": docs.packages})
    digest = hashlib.sha256(body.encode()).hexdigest()
    draft = path.with_suffix(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(f"{digest}\n{body}", encoding="utf-8")
        os.replace(draft, path)
    except OSError as error:
        print(f"the documentation could not be cached ({error.strerror}); going on")
