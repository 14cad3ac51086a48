"""Which code made a table? A short hash for each module.

Built in notebooks/02_rnn.ipynb.
"""

import ast
import io
import sys
import tokenize
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from helpers import environment

ROOT = Path(__file__).parents[2]
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def hashes(code: Iterable[ModuleType | str]) -> dict[str, str]:
    """Return {name of a module: hash of what it computes}.

    Comments, docstrings and blank lines are left out, and the line that lists SEEDS: a
    table may get more seeds without being made anew. A package stands for all modules
    in it. Raises ValueError for a module that is not there.
    """
    names = [each if isinstance(each, str) else each.__name__ for each in code]
    return {name: _hash(name) for name in names}


def changed(kept: dict[str, str]) -> list[str]:
    """Return the modules whose code is no longer what `hashes` returned once."""
    found = []
    for name, before in kept.items():
        try:
            now = _hash(name)
        except ValueError:  # it was moved or removed
            now = ""
        if now != before:
            found.append(name)
    return found


def _hash(name: str) -> str:
    texts = [_bare(path.read_text(encoding="utf-8")) for path in _files(name)]
    return environment.sha256("\n".join(texts).encode())[:16]


def _files(name: str) -> list[Path]:
    """Return the files of a module, or of a package; nothing is imported."""
    for folder in (ROOT, *map(Path, sys.path)):
        path = folder.joinpath(*name.split("."))
        if path.with_suffix(".py").is_file():
            return [path.with_suffix(".py")]
        if (path / "__init__.py").is_file():
            return sorted(path.rglob("*.py"))
    raise ValueError(f"no module {name!r} is here; CODE names modules, as 'helpers.x'")


def _bare(source: str) -> str:
    """Return the lines of a source that compute something.

    Lines are taken as they stand, so that all versions of Python agree.
    """
    lines = source.split("\n")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    tree = ast.parse(source)
    left_out = [node for node in tree.body if _lists_seeds(node)]
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None:
            left_out.append(node.body[0])
    for node in left_out:
        for row in range(node.lineno, node.end_lineno + 1):
            lines[row - 1] = ""
    return "\n".join(line.rstrip() for line in lines if line.strip())


def _lists_seeds(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SEEDS"
