"""Checks that several views share; a refusal says what was given and what would work.

`finite` for numbers and `labels` for texts stand in the shell.
"""

from collections.abc import Sequence, Sized

import numpy as np


def within(
    count: int,
    least: int,
    most: int,
    what: str,
) -> None:
    """Refuse a number of things that a view cannot show."""
    if not least <= count <= most:
        raise ValueError(f"{count} {what}; this view shows {least} to {most}")


def one_each(
    name: str,
    given: Sized,
    count: int,
    what: str,
) -> None:
    """Refuse a list that does not hold one entry for each of `count` things."""
    if len(given) != count:
        raise ValueError(f"{len(given)} {name} for {count} {what}; give one each")


def index(
    name: str,
    value: int,
    count: int,
) -> int:
    """Return the index of one of `count` things; refuse what is none."""
    if value not in range(count):
        raise ValueError(f"{name}={value}; choose 0 to {count - 1}")
    return int(value)


def one_of(
    name: str,
    value: object,
    choices: Sequence,
) -> int:
    """Return the index of a value among the choices; refuse any other value."""
    if value not in choices:
        raise ValueError(f"{name}={value!r}; choose one of {choices}")
    return choices.index(value)


def slack(values: object) -> float:
    """Return how far the sum of probabilities may be from 1: half precision rounds."""
    size = getattr(getattr(values, "dtype", None), "itemsize", 8)  # bytes a number
    return 1e-2 if size == 2 else 1e-3


def distributions(
    name: str,
    rows: np.ndarray,
    tokens: Sequence[str],
    slack: float = 1e-3,
) -> None:
    """Refuse rows (n, V) that are not probabilities with the sum 1, within `slack`.

    The message names the token (one per row) whose row is furthest from 1.
    """
    if rows.min() < 0:
        raise ValueError(
            f"{name} holds {rows.min():.3g}; give probabilities, after the softmax"
        )
    sums = rows.sum(-1)
    worst = int(abs(sums - 1).argmax())
    if abs(sums[worst] - 1) > slack:
        raise ValueError(
            f"{name} of {tokens[worst]!r} sums to {sums[worst]:.4g}, not to 1; give "
            "probabilities after the softmax, all columns of them, the end sign too"
        )
