"""Names that mean another thing than their cell believes: left over, or bound anew.

`for name, found in known.items()` leaves `found` behind, the last of them, whatever it
was called for before. A later cell that reads it is mostly wrong, and nothing fails.
"""

import ast
from collections.abc import Iterator

SCOPES = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)


def names_in(node: ast.AST) -> set[str]:
    """Return all names that stand in an expression."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def own_names(scope: ast.AST) -> set[str]:
    """Return the names that a comprehension or a lambda, or one inside it, brings."""
    found = set()
    for node in ast.walk(scope):
        if isinstance(node, ast.comprehension):
            found |= names_in(node.target)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
    return found


def events(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield ("loop" | "set" | "use", name) in the order in which a cell does it.

    What stands in the body of a function is left out: it runs later.
    """
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        yield "set", node.name
    elif isinstance(node, SCOPES):
        for name in sorted(names_in(node) - own_names(node)):
            yield "use", name
    elif isinstance(node, ast.For):
        yield from events(node.iter)
        for name in sorted(names_in(node.target)):
            yield "loop", name
        for child in (*node.body, *node.orelse):
            yield from events(child)
    elif isinstance(node, (ast.Assign, ast.AnnAssign)):
        if node.value is not None:
            yield from events(node.value)
        for target in getattr(node, "targets", None) or [node.target]:
            yield from events(target)
    elif isinstance(node, ast.AugAssign):
        yield from events(node.value)
        for name in sorted(names_in(node.target)):
            yield "use", name
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        for alias in node.names:
            yield "set", (alias.asname or alias.name).split(".")[0]
    elif isinstance(node, ast.Name):
        yield "use" if isinstance(node.ctx, ast.Load) else "set", node.id
    else:
        for child in ast.iter_child_nodes(node):
            yield from events(child)


def leftovers(sources: list[str]) -> list[str]:
    """Return a sentence for each name that a loop of an earlier cell left over."""
    last: dict[str, tuple[str, int]] = {}
    faults = []
    for number, source in enumerate(sources):
        for kind, name in events(ast.parse(source)):
            if kind != "use":
                last[name] = kind, number
            elif name in last and last[name][0] == "loop" and last[name][1] != number:
                faults.append(f"{name} was left over by a loop: {source[:60]!r}")
                last[name] = "set", number  # said once
    return faults


def bound_anew(sources: list[str]) -> list[str]:
    """Return a sentence for each name of an earlier cell that a later cell sets anew.

    Whoever runs the cell between them once more gets another thing, mostly unseen.
    """
    cells = [_parsed(source) for source in sources]
    faults = []
    for number, (_, needed) in enumerate(cells):
        for name in sorted(needed):
            before = any(name in given for given, _ in cells[:number])
            if before and any(name in given for given, _ in cells[number + 1 :]):
                faults.append(f"{name} is set again after {sources[number][:60]!r}")
    return faults


def _parsed(source: str) -> tuple[set[str], set[str]]:
    """Return the names that a cell sets, and those that it uses before it sets them."""
    given: set[str] = set()
    needed: set[str] = set()
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a magic
        return given, needed
    for kind, name in events(tree):
        if kind != "use":
            given.add(name)
        elif name not in given:
            needed.add(name)
    return given, needed
