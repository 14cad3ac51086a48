"""Exercises that check themselves: compare a learner's function with ours, kindly.

The answer key of an exercise is the helper's own function; no solution stands here. A
check prints "right" or the first difference and never raises, so that a notebook with
unsolved exercises runs to its end. Built in notebooks/00_start_here.ipynb.
"""

import importlib
import inspect
import math
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def check(name: str, function: Callable) -> None:
    """Print whether a learner's function does what the exercise asks; never raise."""
    _, message = verdict(name, function)
    print(message)


def verdict(name: str, function: Callable) -> tuple[bool, str]:
    """Return (is it right?, what to say to the learner)."""
    from helpers.lesson.examples import EXERCISES  # only here: it needs torch

    if name not in EXERCISES:
        known = ", ".join(EXERCISES)
        return False, f"there is no exercise {name!r}; there are: {known}"
    path, examples = EXERCISES[name]
    answer = _named(path)
    for inputs in deepcopy(examples):  # a learner's function may change its inputs
        complaint = _complaint(name, function, inputs, answer(*inputs))
        if complaint:
            return False, complaint
    return True, f"right: {name} agrees with {path} on all examples"


def use(name: str, function: Callable) -> Callable:
    """Return a learner's function if it is right, else the course's own; say which.

    So a cell below an exercise runs with what the learner built. Raises ValueError for
    an unknown exercise.
    """
    right, message = verdict(name, function)
    path = _answer_path(name, message)
    if right:
        print(f"from here on, {name} is your own")
        return function
    print(f"from here on, {name} is the course's: yours is not right yet")
    return _named(path)


def _answer_path(name: str, message: str) -> str:
    from helpers.lesson.examples import EXERCISES  # only here: it needs torch

    if name not in EXERCISES:
        raise ValueError(message)
    return EXERCISES[name][0]


def _named(path: str) -> Callable:
    """Return the function at a path such as helpers.models.recurrent.rnn_step."""
    module, _, attribute = path.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


def _complaint(name: str, function: Callable, inputs: tuple, wanted: Any) -> str:
    """Return what is wrong with a learner's function on one example, or ""."""
    shown = ", ".join(_short(value) for value in inputs)
    try:
        found = function(*inputs)
    except NotImplementedError:
        found = None
    except Exception as error:  # the learner's own mistake: shown, not raised
        return f"{name}({shown}) stopped: {type(error).__name__}: {error}"
    if found is None or found is Ellipsis:
        return f"not yet: {name} returns nothing; write its body and run again"
    difference = _difference(found, wanted)
    return f"not quite: for {name}({shown})\n  {difference}" if difference else ""


def _difference(found: Any, wanted: Any, where: str = "") -> str:
    """Return the first difference, at the index `where`, or ""."""
    if isinstance(wanted, Mapping):
        return _difference_of_counts(found, wanted)
    found = _plain(found)
    wanted = _plain(wanted)
    if isinstance(wanted, list):
        if not isinstance(found, list) or len(found) != len(wanted):
            return f"yours{where} is {_short(found)}: not the shape of {_short(wanted)}"
        for i, (a, b) in enumerate(zip(found, wanted, strict=True)):
            difference = _difference(a, b, f"{where}[{i}]")
            if difference:
                return difference
        return ""
    if isinstance(wanted, str):
        same = found == wanted
        return "" if same else f"yours{where} is {_short(found)!r}, expected {wanted!r}"
    same = isinstance(found, (int, float)) and _close(found, wanted)
    return "" if same else f"yours{where} is {_short(found)}, expected {_short(wanted)}"


def _difference_of_counts(found: Any, wanted: Mapping) -> str:
    """Compare two dictionaries of numbers; a missing key counts as 0."""
    if not isinstance(found, Mapping):
        return f"yours is a {type(found).__name__}, expected a dictionary"
    for key in [*wanted, *found]:
        if _difference(found.get(key, 0), wanted.get(key, 0)):
            return f"at {key!r}: yours {found.get(key)}, expected {wanted.get(key)}"
    return ""


def _plain(value: Any) -> Any:
    """Return arrays, tensors and tuples as lists, anything else as it is."""
    if isinstance(value, tuple):
        return list(value)
    return value.tolist() if hasattr(value, "tolist") else value


def _close(a: float, b: float) -> bool:
    if isinstance(a, bool) != isinstance(b, bool):  # Python has True == 1
        return False
    return a == b or math.isclose(a, b, rel_tol=1e-5, abs_tol=1e-7)


def _short(value: Any) -> str:
    value = _plain(value)
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def show_source(thing: Callable) -> None:
    """Print the real source of one of our functions or classes, with its place.

    Raises ValueError for a thing that has no source.
    """
    try:
        lines, start = inspect.getsourcelines(thing)
        path = Path(inspect.getsourcefile(thing)).resolve()
    except (TypeError, OSError):
        raise ValueError(
            f"{thing!r} has no source; give a function or a class"
        ) from None
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else Path(path.name)
    print(f"# {shown.as_posix()}, line {start}")
    print("".join(lines).rstrip())
