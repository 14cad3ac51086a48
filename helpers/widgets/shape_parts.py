"""What `shape_tour` makes of its parts: checked, related, with the sums in the code.

Built in notebooks/09_transformer_encoder.ipynb.
"""

import ast
import re
from collections.abc import Mapping, Sequence

FIELDS = ("name", "kind", "inputs", "output", "parameters", "code", "depth", "source")
ADVICE = "give what helpers.models.tracing.tour(model, *inputs) returns"


def checked(part, i: int) -> dict:
    """Return a part as a dictionary; say what is wrong with it."""
    if hasattr(part, "_asdict"):
        part = part._asdict()
    if not isinstance(part, Mapping):
        if isinstance(part, str) or not isinstance(part, Sequence):
            raise ValueError(f"part {i} is {part!r}; {ADVICE}")
        part = dict(zip(FIELDS, part, strict=False))
    missing = [name for name in FIELDS[:-1] if name not in part]
    if missing:
        raise ValueError(f"part {i} has no {', '.join(missing)}; {ADVICE}")
    where = f"part {i} ({part['name']})"
    counts = {name: part[name] for name in ("parameters", "depth")}
    for name, n in counts.items():
        if not is_count(n):
            raise ValueError(f"{where} has {name}={n!r}; give a whole number from 0")
    source = part.get("source")
    return counts | {
        "name": str(part["name"]),
        "kind": str(part["kind"]),
        "code": str(part["code"]),
        "inputs": [_shape(shape, where) for shape in part["inputs"]],
        "output": _shape(part["output"], where),
        "source": None if source is None else str(source),
    }


def is_count(n) -> bool:
    """Tell whether n is a whole number from 0."""
    return isinstance(n, int) and not isinstance(n, bool) and n >= 0


def _shape(shape, where: str) -> list[int]:
    fits = isinstance(shape, Sequence) and not isinstance(shape, str)
    if not fits or len(shape) > 6 or not all(map(is_count, shape)):
        raise ValueError(
            f"{where} has the shape {shape!r}; give up to 6 sizes, such as (2, 7, 64)"
        )
    return list(shape)


def relate(parts: list[dict]) -> None:
    """Give each part the index of the part around it, and of the one that feeds it."""
    unknown = all(part["source"] is None for part in parts)
    open_parts: list[int] = []
    for i, part in enumerate(parts):
        while open_parts and parts[open_parts[-1]]["depth"] >= part["depth"]:
            open_parts.pop()
        part["inside"] = open_parts[-1] if open_parts else -1
        part["level"] = len(open_parts)
        open_parts.append(i)
        beside = [j for j in range(i) if parts[j]["inside"] == part["inside"]]
        named = [j for j in beside if parts[j]["name"] == part["source"]]
        around = parts[part["inside"]]["name"] if part["inside"] >= 0 else ""
        part["from"] = named[-1] if named else -1
        part["passed"] = part["source"] == around
        if unknown:  # then each part follows the one before it
            part["from"] = beside[-1] if beside else -1
            part["passed"] = not beside


def sum_of(parts: list[dict], i: int) -> int:
    """Return where the way around starts whose sum ends at part i; −1: no sum there.

    The sum is the code's: x + part(…), whatever stands inside the brackets.
    """
    part = parts[i]
    for node in ast.walk(_tree(part["code"])):
        if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)):
            continue
        for way, other in ((node.right, node.left), (node.left, node.right)):
            if _calls(way, part["name"]) and not _has_call(other):
                return _start(parts, i, _names(way) - _names(other))
    return -1


def _start(parts: list[dict], i: int, names: set[str]) -> int:
    """Follow what feeds part i back, within its statement and those it names."""
    while parts[i]["from"] >= 0:
        before = parts[parts[i]["from"]]
        same = before["code"] == parts[i]["code"]
        assigned = re.match(r"\s*(\w+) = ", before["code"])
        if not same and not (assigned and assigned[1] in names):
            break
        i = parts[i]["from"]
    return i


def _tree(code: str) -> ast.AST:
    """Parse one statement; what is no Python gives an empty tree."""
    for text in (code, code + "\n    pass"):
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError):
            continue
    return ast.Module([], [])


def _calls(node: ast.AST, name: str) -> bool:
    """Tell whether the outermost call, taps aside, is of the part with this path."""
    while isinstance(node, ast.Call) and node.args:
        called = getattr(node.func, "attr", None) or getattr(node.func, "id", "")
        last = name.split(".")[-1]
        if called == last or (last.isdigit() and isinstance(node.func, ast.Name)):
            return True
        if not called.startswith("tap"):
            return False
        node = node.args[0]
    return False


def _has_call(node: ast.AST) -> bool:
    return any(isinstance(inner, ast.Call) for inner in ast.walk(node))


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def shape_text(shape: Sequence[int]) -> str:
    """Return a shape as Python writes it: (2, 7, 64)."""
    return "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"
