"""What `shape_tour` makes of its parts: checked, related, with the sums in the code.

Built in notebooks/09_transformer_encoder.ipynb.
"""

import ast
import re
from collections.abc import Mapping, Sequence

FIELDS = ("name", "kind", "inputs", "output", "parameters", "code", "depth", "source")
ADVICE = "give what helpers.models.tracing.tour(model, *inputs) returns"


def checked(part: tuple | Mapping, i: int) -> dict:
    """Return a part (a named or plain tuple, or a mapping) as a dictionary.

    The last of the FIELDS, the source, may be missing or None: not known. Raises
    ValueError for anything else, naming the part.
    """
    if hasattr(part, "_asdict"):
        part = part._asdict()
    if isinstance(part, (tuple, list)):
        if len(part) > len(FIELDS):
            raise ValueError(f"part {i} has {len(part)} fields; {ADVICE}")
        part = dict(zip(FIELDS, part, strict=False))
    if not isinstance(part, Mapping):
        raise ValueError(f"part {i} is {part!r}; {ADVICE}")
    missing = [name for name in FIELDS[:-1] if name not in part]
    if missing:
        raise ValueError(f"part {i} has no {', '.join(missing)}; {ADVICE}")
    where = f"part {i} ({part['name']})"
    for name in ("parameters", "depth"):
        if not is_count(part[name]):
            raise ValueError(
                f"{where} has {name}={part[name]!r}; give a whole number from 0"
            )
    named = {name: part.get(name) for name in FIELDS}
    named["inputs"] = [_shape(shape, where) for shape in part["inputs"]]
    named["output"] = _shape(part["output"], where)
    return named


def is_count(n: object) -> bool:
    """Tell whether n is a whole number from 0."""
    return isinstance(n, int) and not isinstance(n, bool) and n >= 0


def _shape(shape: object, where: str) -> list[int]:
    fits = isinstance(shape, (tuple, list)) and len(shape) <= 6
    if not fits or not all(map(is_count, shape)):
        raise ValueError(
            f"{where} has the shape {shape!r}; give up to 6 sizes, such as (2, 7, 64)"
        )
    return list(shape)


def relate(parts: list[dict]) -> None:
    """Tell each part which part is around it (`inside`), and which feeds it (`from`).

    Both are indices of parts, −1 for none; `level` is the number of parts around it,
    `passed` tells whether the part around it hands on its own input. Where no source
    is known, each part follows the one before it.
    """
    unknown = all(part["source"] is None for part in parts)
    around: list[int] = []  # the parts that are still open, the innermost last
    for i, part in enumerate(parts):
        while around and parts[around[-1]]["depth"] >= part["depth"]:
            around.pop()
        part["inside"] = around[-1] if around else -1
        part["level"] = len(around)
        beside = [j for j in range(i) if parts[j]["inside"] == part["inside"]]
        feeds = [j for j in beside if parts[j]["name"] == part["source"]]
        part["from"] = feeds[-1] if feeds else -1
        part["passed"] = part["source"] == (parts[around[-1]]["name"] if around else "")
        if unknown:
            part["from"] = beside[-1] if beside else -1
            part["passed"] = not beside
        around.append(i)


def sum_of(parts: list[dict], i: int) -> int:
    """Return where the way around starts whose sum ends at part i; −1: no sum there.

    The sum is the code's: x + part(…), whatever stands inside the brackets.
    """
    part = parts[i]
    for node in ast.walk(_parsed(part["code"])):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            for way, other in ((node.right, node.left), (node.left, node.right)):
                if _calls(way, part["name"]) and not _all_of(ast.Call, other):
                    assigned = {name.id for name in _all_of(ast.Name, way)}
                    added = {name.id for name in _all_of(ast.Name, other)}
                    return _start(parts, i, assigned - added)
    return -1


def _start(
    parts: list[dict],
    i: int,
    names: set[str],
) -> int:
    """Follow what feeds part i back, within its statement and those it names."""
    while parts[i]["from"] >= 0:
        before = parts[parts[i]["from"]]
        assigned = re.match(r"\s*(\w+) = ", before["code"])
        is_named = assigned is not None and assigned[1] in names
        if before["code"] != parts[i]["code"] and not is_named:
            break
        i = parts[i]["from"]
    return i


def _parsed(code: str) -> ast.AST:
    """Parse one statement; what is no Python gives an empty tree."""
    for text in (code, code + "\n    pass"):  # the head of a loop has no body
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError):
            continue
    return ast.Module([], [])


def _calls(node: ast.AST, path: str) -> bool:
    """Tell whether the outermost call, taps aside, is of the part with this path."""
    last = path.split(".")[-1]
    while isinstance(node, ast.Call) and node.args:
        function = node.func
        is_variable = isinstance(function, ast.Name)
        called = function.id if is_variable else getattr(function, "attr", "")
        # a part of a list has a number for its name, and is called by a variable
        if called == last or (last.isdigit() and is_variable):
            return True
        if not called.startswith("tap"):
            return False
        node = node.args[0]
    return False


def _all_of(kind: type, node: ast.AST) -> list[ast.AST]:
    return [inner for inner in ast.walk(node) if isinstance(inner, kind)]


def shape_text(shape: Sequence[int]) -> str:
    """Return a shape as Python writes it: (2, 7, 64)."""
    return str(tuple(shape))
