"""What the code of helpers must be like: measures and rules over its sources.

Each takes sources, not paths, so that planted bad ones show that every rule can fail.
`test_code` applies them. `python -m tests.code_rules` prints the measures a room.
"""

import ast
import io
import re
import sys
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

HELPERS = Path(__file__).parents[1] / "helpers"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DOCUMENTED = (ast.Module, ast.ClassDef, *FUNCTIONS)
LAYOUT = {
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.COMMENT,
    tokenize.ENDMARKER,
}
# Decorators that wrap a function; any other takes it into a table, so it is used.
WRAPPERS = {"cache", "lru_cache", "contextmanager", "no_grad", "dataclass", "total"}
RUN = 6  # so many equal lines in a row are one thing written twice


class Density(NamedTuple):
    """Code tokens, lines that hold some, and comments; docstrings are none of them."""

    tokens: int
    lines: int
    comments: int

    @property
    def per_line(self) -> float:
        """Tokens a code line: nanoGPT and LLMs-from-scratch have 8.1 to 8.4."""
        return self.tokens / max(1, self.lines)

    @property
    def per_hundred(self) -> float:
        """Comments per 100 code lines."""
        return 100 * self.comments / max(1, self.lines)


def docstring_lines(source: str) -> set[int]:
    """Return the numbers of the lines that docstrings take."""
    lines: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None:
            lines.update(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return lines


def import_lines(source: str) -> set[int]:
    """Return the numbers of the lines that imports take."""
    lines: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            lines.update(range(node.lineno, node.end_lineno + 1))
    return lines


def density(source: str) -> Density:
    """Measure one source."""
    prose, lines = docstring_lines(source), set()
    tokens = comments = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        comments += token.type == tokenize.COMMENT
        if token.type not in LAYOUT and token.start[0] not in prose:
            tokens += 1
            lines.update(range(token.start[0], token.end[0] + 1))
    return Density(tokens, len(lines), comments)


def joined(parts: Iterable[Density]) -> Density:
    """Return the density of several sources together."""
    return Density(*map(sum, zip(*parts, strict=True)))


def room_of(path: Path) -> str:
    """Return the room of a module: the first part of its path below helpers."""
    parts = path.relative_to(HELPERS).parts
    return parts[0] if len(parts) > 1 else "."


def rooms() -> dict[str, Density]:
    """Return the density of each room."""
    found: dict[str, list[Density]] = {}
    for path in sorted(HELPERS.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        found.setdefault(room_of(path), []).append(density(source))
    return {room: joined(parts) for room, parts in found.items()}


def public_functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield the public functions of a module, and the public methods of its classes."""
    for node in tree.body:
        if isinstance(node, FUNCTIONS) and not node.name.startswith("_"):
            yield node.name, node
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for method in node.body:
                if isinstance(method, FUNCTIONS) and not method.name.startswith("_"):
                    yield f"{node.name}.{method.name}", method


def without_hints(source: str) -> list[str]:
    """Return the public functions of which a parameter or the result has no hint."""
    faults = []
    for name, function in public_functions(ast.parse(source)):
        given = function.args
        names = [*given.posonlyargs, *given.args, *given.kwonlyargs]
        names += [extra for extra in (given.vararg, given.kwarg) if extra]
        bare = [a.arg for a in names if not a.annotation]
        bare = [arg for arg in bare if arg not in ("self", "cls")]
        if function.returns is None:
            bare.append("the result")
        if bare:
            faults.append(f"{name}: {', '.join(bare)}")
    return faults


def words_in(tree: ast.AST) -> Counter:
    """Count the names that some code uses, or that its texts tell a learner to call."""
    used: Counter = Counter()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            used[node.id] += 1
        elif isinstance(node, ast.Attribute):
            used[node.attr] += 1
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.fullmatch(r"helpers(\.\w+)+", node.value):  # an exercise's answer
                used.update(node.value.split("."))
            used.update(re.findall(r"\b\w+\.(\w+)\(\)", node.value))  # printed advice
    return used


def defined(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield functions and classes of a module, and the methods of its classes.

    Left out: what a decorator takes (all but those that only wrap), and the methods
    of a Markdown renderer, which its library calls by the names of what they render.
    """
    for node in tree.body:
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and not is_taken(node):
            yield node
        if isinstance(node, ast.ClassDef):
            bases = [ast.unparse(base) for base in node.bases]
            if not any(base.endswith("Renderer") for base in bases):
                yield from (x for x in node.body if isinstance(x, FUNCTIONS))


def is_taken(node: ast.AST) -> bool:
    """Return whether a decorator keeps a function in some table of its own."""
    names = [ast.unparse(d).partition("(")[0] for d in node.decorator_list]
    return any(name.rpartition(".")[2] not in WRAPPERS for name in names)


def uncalled(sources: dict[str, str], users: Iterable[str]) -> list[str]:
    """Return what `sources` define and neither they nor `users` ever name.

    A name inside its own definition does not count; methods that Python, PyTorch or
    Jupyter call by themselves (`__init__`, `forward`, `_repr_…`) are left out.
    """
    trees = {name: ast.parse(source) for name, source in sources.items()}
    used: Counter = Counter()
    for tree in [*trees.values(), *map(ast.parse, users)]:
        used.update(words_in(tree))
    faults = []
    for name, tree in trees.items():
        for node in defined(tree):
            own = words_in(node)[node.name]
            by_others = re.match(r"__\w+__$|_repr_|forward$", node.name)
            if used[node.name] <= own and not by_others:
                faults.append(f"{name}: {node.name}")
    return faults


def repeated(sources: dict[str, str]) -> list[str]:
    """Return where a run of six equal code lines stands a second time.

    Blank lines, comments, imports and lone brackets are passed over.
    """
    seen: dict[tuple[str, ...], str] = {}
    faults = []
    for name, source in sources.items():
        left_out = docstring_lines(source) | import_lines(source)
        lines = [
            (number, line.strip())
            for number, line in enumerate(source.split("\n"), start=1)
            if number not in left_out and counts(line.strip())
        ]
        for first in range(len(lines) - RUN + 1):
            run = lines[first : first + RUN]
            here = f"{name}:{run[0][0]}"
            there = seen.setdefault(tuple(text for _, text in run), here)
            if there != here:
                faults.append(f"{here} = {there}")
    return faults


def counts(line: str) -> bool:
    """Return whether a line says something of its own."""
    return bool(re.search(r"\w", line)) and not line.startswith("#")


def main() -> None:
    """Print the measures, a line a room."""
    found = rooms()
    for room, size in [*sorted(found.items()), ("all", joined(found.values()))]:
        print(
            f"{room:13} {size.tokens:7} tokens {size.lines:6} lines "
            f"{size.per_line:6.2f} tokens a line {size.per_hundred:5.1f} comments/100"
        )


if __name__ == "__main__":
    sys.exit(main())
