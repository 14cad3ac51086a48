"""Small faults in a module's code, each planted alone: what `mutants` plants.

An operator, a comparison, a condition, a number, a truth value or the bound of a slice
is changed. Hints, texts and what only builds error messages are left alone.
"""

import ast
import hashlib
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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
