"""Exercises that check themselves: compare a learner's function with ours, kindly.

The answer key of an exercise is the helper's own function; no solution stands here. A
check prints "right" or the first difference and never raises, so that a notebook with
unsolved exercises runs to its end. Built in notebooks/00_start_here.ipynb.
"""

import importlib
import inspect
import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from helpers.lesson import examples_00, examples_05, examples_10

ROOT = Path(__file__).resolve().parents[1]
SOURCES = (examples_00, examples_05, examples_10)
EXERCISES = {k: v for source in SOURCES for k, v in source.EXERCISES.items()}


def check(name: str, function: Callable) -> None:
    """Print whether a learner's function does what the exercise asks; never raise."""
    print(verdict(name, function)[1])


def verdict(name: str, function: Callable) -> tuple[bool, str]:
    """Return (is it right?, what to say to the learner)."""
    if name not in EXERCISES:
        return (
            False,
            f"there is no exercise {name!r}; there are: {', '.join(EXERCISES)}",
        )
    path, examples = EXERCISES[name]
    module, _, attribute = path.rpartition(".")
    answer = getattr(importlib.import_module(module), attribute)
    for inputs in examples():
        right, says = _compare(name, function, inputs, answer(*inputs))
        if not right:
            return False, says
    return True, f"right: {name} agrees with {path} on all examples"


def _compare(name: str, function: Callable, inputs: tuple, wanted) -> tuple[bool, str]:
    shown = ", ".join(_short(x) for x in inputs)
    try:
        found = function(*inputs)
    except NotImplementedError:
        found = None
    except Exception as error:  # the learner's own mistake: shown, not raised
        return False, f"{name}({shown}) stopped: {type(error).__name__}: {error}"
    if found is None or found is Ellipsis:
        return False, f"not yet: {name} returns nothing; write its body and run again"
    difference = next(_differences(found, wanted), None)
    if difference:
        return False, f"not quite: for {name}({shown})\n  {difference}"
    return True, ""


def _differences(found, wanted, where: str = "") -> Iterator[str]:
    """Yield what differs, the first place first."""
    if isinstance(wanted, Mapping):
        if not isinstance(found, Mapping):
            yield f"yours is a {type(found).__name__}, expected a dictionary"
            return
        for key in [*wanted, *(k for k in found if k not in wanted)]:
            if found.get(key, 0) != wanted.get(key, 0):
                yield f"at {key!r}: yours {found.get(key)}, expected {wanted.get(key)}"
        return
    found, wanted = _plain(found), _plain(wanted)
    if isinstance(wanted, list):
        if not isinstance(found, list) or len(found) != len(wanted):
            yield f"yours{where} is {_short(found)}: not the shape of {_short(wanted)}"
            return
        for i, (a, b) in enumerate(zip(found, wanted, strict=True)):
            yield from _differences(a, b, f"{where}[{i}]")
    elif isinstance(wanted, str):
        if found != wanted:
            yield f"yours{where} is {_short(found)!r}, expected {wanted!r}"
    elif not isinstance(found, (int, float)) or not _close(found, wanted):
        yield f"yours{where} is {_short(found)}, expected {_short(wanted)}"


def _plain(value):
    if isinstance(value, tuple):
        return list(value)
    return value.tolist() if hasattr(value, "tolist") else value


def _close(a: float, b: float) -> bool:
    return a == b or math.isclose(a, b, rel_tol=1e-5, abs_tol=1e-7)


def _short(value) -> str:
    value = _plain(value)
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def show_source(thing: Callable) -> None:
    """Print the real source of one of our functions or classes, with its place."""
    try:
        lines, start = inspect.getsourcelines(thing)
        path = Path(inspect.getsourcefile(thing)).resolve()
    except (TypeError, OSError):
        raise ValueError(
            f"{thing!r} has no source; give a function or a class"
        ) from None
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name
    print(f"# {shown}, line {start}".replace("\\", "/"))
    print("".join(lines).rstrip())
