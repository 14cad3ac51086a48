"""The curves of a training: collected, thinned, and as a small SVG.

The SVG is for the time while a training runs: it takes a few milliseconds, a picture
of matplotlib some hundred. Built in notebooks/12_bert_pretraining.ipynb.
"""

import html
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from helpers.pictures.picture import CYCLE
from helpers.widgets.checks import within
from helpers.widgets.shell import finite

MOST = 400  # points of a curve; of more, every n-th is kept
FEW = 160  # the same, while it runs
WIDTH = 430  # of the panels; names and numbers stand to the right of them
GAP = 12  # between the panels
OWN = ("learning rate", "gradient norm")  # each has a panel of its own
Curve = Sequence[tuple[int, float]]  # (step, value)
Points = tuple[np.ndarray, np.ndarray]  # steps and values, both (n,)


class History(Protocol):
    """What is read of a `training.History`: one number per step, (step, value)s."""

    losses: Sequence[float]
    learning_rates: Sequence[float]
    gradient_norms: Sequence[float]
    evaluations: Curve
    interrupted: bool


def all_curves(history: History, curves: Mapping[str, Curve]) -> dict[str, Curve]:
    """Return every curve by name, the history's own among them; refuse none at all."""
    if not len(getattr(history, "losses", ())):
        raise ValueError("the history has no steps; train for at least 1 step first")
    named = {"loss": list(enumerate(history.losses, 1))}
    evaluations = list(history.evaluations)
    if not any(np.array_equal(evaluations, list(c)) for c in curves.values()):
        named["evaluation"] = evaluations
    named |= curves
    norms = enumerate(history.gradient_norms, 1)
    named["learning rate"] = list(enumerate(history.learning_rates, 1))
    named["gradient norm"] = [(step, norm) for step, norm in norms if np.isfinite(norm)]
    named = {name: curve for name, curve in named.items() if len(curve)}
    within(len([name for name in named if name not in OWN]), 1, len(CYCLE), "curves")
    return named


def thinned(
    name: str,
    curve: Curve,
    most: int = MOST,
) -> Points:
    """Return steps and values (n,), n ≤ most; the first and the last are among them."""
    points = finite(name, list(curve), (None, 2))
    if (np.diff(points[:, 0]) < 0).any():
        raise ValueError(f"the steps of {name} go back; give them in rising order")
    keep = np.unique(np.linspace(0, len(points) - 1, most).round().astype(int))
    return points[keep, 0], points[keep, 1]


def smooth(values: np.ndarray) -> np.ndarray:
    """Return the mean of each value and its neighbours, a fiftieth on each side."""
    window = np.ones(2 * (len(values) // 50) + 1)
    counts = np.convolve(np.ones(len(values)), window, "same")  # fewer at both ends
    return np.convolve(values, window, "same") / counts


def sketch(
    named: Mapping[str, Curve],
    floors: Mapping[str, float],
    steps: int,
) -> str:
    """Return all curves as an SVG of a few kB, in three panels over 0 … steps."""
    thin = {name: thinned(name, curve, FEW) for name, curve in named.items()}
    main = {name: points for name, points in thin.items() if name not in OWN}
    height = max(190, 44 * len(main))
    drawn = _panel(main, floors, steps, height)
    for name in OWN:
        if name in thin:
            panel = _panel({name: thin[name]}, floors, steps, 50)
            drawn += f'<g transform="translate(0 {height + GAP})">{panel}</g>'
            height += GAP + 50
    return (
        f'<svg role="img" aria-label="Training, step {steps}" width="640" '
        f'height="{height}" font-family="system-ui,sans-serif" font-size="13">'
        f"{drawn}</svg>"
    )


def _panel(
    curves: Mapping[str, Points],
    floors: Mapping[str, float],
    steps: int,
    height: int,
) -> str:
    """Return one panel: its curves, each with name and last value, its floors."""
    lines = []  # (steps, values, colour, style)
    parts = []
    for i, (name, (x, y)) in enumerate(curves.items()):
        lines.append((x, y, CYCLE[i], 'stroke-width="2"'))
        note = f"{name} {y[-1]:.4g}"
        if name in floors:
            flat = np.full(2, floors[name])
            lines.append(
                (np.array([0, steps]), flat, CYCLE[i], 'stroke-dasharray="2 4"')
            )
            note += f" (floor {floors[name]:.4g})"
        parts.append(
            f'<text x="{WIDTH + 10}" y="{16 + 20 * i}" fill="currentColor">'
            f'<tspan fill="{CYCLE[i]}">■ </tspan>{html.escape(note)}</text>'
        )
    high = max(y.max() for _, y, _, _ in lines)
    low = min(y.min() for _, y, _, _ in lines)
    for x, y, color, style in lines:
        right = x / steps * WIDTH
        down = 4 + (high - y) / (high - low or 1) * (height - 8)
        pairs = zip(right, down, strict=True)
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in pairs)
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{color}" {style}/>'
        )
    return "".join(parts)
