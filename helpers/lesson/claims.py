"""Claims: a sentence, whether it holds in this run, and the numbers that say so.

Built in notebooks/00_start_here.ipynb.
"""

import json
import math
import os
from typing import Any

RECORD = "COURSE_CLAIMS"  # a variable: the file that takes a line for each claim


def claim(sentence: str, holds: bool, **numbers: float) -> None:
    """Print a claim with ✓ or ✗ and its numbers; a claim that fails stops nothing.

    `claim("the loss is low", loss < 0.5, loss=loss)` prints
    "✓ the loss is low: loss 0.03". The condition may compare only numbers that are
    shown, so that a reader can judge it; `start.py claims` runs all of them with other
    seeds. Raises TypeError for a condition that is not true or false, and ValueError
    for a claim without a sentence or without numbers.
    """
    if not isinstance(sentence, str) or not sentence.strip() or "\n" in sentence:
        raise ValueError(f"{sentence!r} is no claim; give a sentence of one line")
    if type(holds).__name__ not in ("bool", "bool_"):  # numpy's own, too
        raise TypeError(
            f"the condition of {sentence!r} is {holds!r}; give a comparison of numbers"
        )
    if not numbers:
        raise ValueError(
            f"{sentence!r} shows no number; name those that the condition compares, "
            "as in claim(…, loss < 0.5, loss=loss)"
        )
    values = {name: _number(name, value) for name, value in numbers.items()}
    said = [f"{name.replace('_', ' ')} {_said(v)}" for name, v in values.items()]
    print(f"{'✓' if holds else '✗'} {sentence}: {' · '.join(said)}")
    if os.environ.get(RECORD):
        _record(os.environ[RECORD], sentence, bool(holds), values)


def _number(name: str, value: Any) -> float:
    """Return a number, or a tensor or an array of one, as a number of Python's."""
    try:
        number = value.item() if hasattr(value, "item") else value
        if isinstance(number, str):
            raise TypeError(number)
        return number if type(number) is int else float(number)
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(f"{name}={value!r} is not one number") from None


def _said(value: float) -> str:
    """Return a number with as many digits as a reader needs: 12,000 · 0.031 · 2.0e-07.

    What is no whole number carries a point, also when it is round: 2.00.
    """
    if isinstance(value, int) or not math.isfinite(value):
        return f"{value:,}"
    size = abs(value)
    if size >= 100:
        return f"{value:,.1f}"
    if size >= 0.1 or value == 0:
        return f"{value:.2f}"
    return f"{value:.3f}" if size >= 0.01 else f"{value:.1e}"


def _record(path: str, sentence: str, holds: bool, numbers: dict[str, float]) -> None:
    line = {"claim": sentence, "holds": holds, "numbers": numbers}
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
