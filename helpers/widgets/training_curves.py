"""The curves of a training: collected, thinned, and as a small SVG.

Built in notebooks/12_bert_pretraining.ipynb.
"""

import html
from collections.abc import Mapping, Sequence

import numpy as np

from helpers.widgets.shell import finite

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MOST = 400  # points of a curve; of more, every n-th is kept
FEW = 160  # the same, while it runs
WIDTH = 430  # of the panels; names and numbers stand to the right of them
OWN = ("learning rate", "gradient norm")  # each has a panel of its own
Curve = Sequence[tuple[int, float]]  # (step, value)


def all_curves(history, curves: Mapping, floors: Mapping) -> dict[str, Curve]:
    """Return every curve by name; refuse none at all, and floors of no curve."""
    if not history.losses:
        raise ValueError("the history has no steps; train for at least 1 step first")
    named = {"loss": list(enumerate(history.losses, 1))}
    given = [list(curve) for curve in curves.values()]
    if history.evaluations and history.evaluations not in given:
        named["evaluation"] = history.evaluations
    named |= {name: curve for name, curve in curves.items() if len(curve)}
    if len(named) > len(COLORS):
        raise ValueError(f"{len(named)} curves; show at most {len(COLORS)}")
    for name in floors:
        if name not in named:
            raise ValueError(f"a floor for {name!r}; there are curves {list(named)}")
    named["learning rate"] = list(enumerate(history.learning_rates, 1))
    norms = enumerate(history.gradient_norms, 1)
    named["gradient norm"] = [point for point in norms if np.isfinite(point[1])]
    return {name: curve for name, curve in named.items() if len(curve)}


def thinned(name: str, curve: Curve, most: int = MOST) -> tuple[np.ndarray, np.ndarray]:
    """Return steps and values (n,), n ≤ most; the first and the last are among them."""
    points = finite(name, list(curve), (None, 2))
    keep = np.unique(np.linspace(0, len(points) - 1, most).round().astype(int))
    return points[keep, 0], points[keep, 1]


def smooth(values: np.ndarray) -> np.ndarray:
    """Return the mean of each value and its neighbours, a fiftieth on each side."""
    reach = len(values) // 50
    total = np.concatenate([[0.0], np.cumsum(values)])
    at = np.arange(len(values))
    low, high = (at - reach).clip(0), (at + reach + 1).clip(max=len(values))
    return (total[high] - total[low]) / (high - low)


def sketch(named: Mapping[str, Curve], floors: Mapping[str, float], steps: int) -> str:
    """Return all curves as an SVG of a few kB, in three panels over 0 … steps."""
    thin = {name: thinned(name, curve, FEW) for name, curve in named.items()}
    groups = [[n for n in thin if n not in OWN], *([n] for n in OWN if n in thin)]
    body, top = [], 0
    for group in groups:
        height = max(190, 44 * len(group)) if group is groups[0] else 50
        curves = {n: thin[n] for n in group}
        body.append(_panel(curves, floors, (top, height, steps)))
        top += height + 12
    return (
        f'<svg role="img" aria-label="Training, step {steps}" width="640" '
        f'height="{top}" font-family="system-ui,sans-serif" font-size="13">'
        f"{''.join(body)}</svg>"
    )


def _panel(curves: Mapping, floors: Mapping, place: tuple[int, int, int]) -> str:
    """Return one panel: its curves, each with name and last value, its floors."""
    top, height, steps = place
    ends = {n: floors[n] for n in curves if n in floors}
    values = [*ends.values(), *(v for _, y in curves.values() for v in y)]
    low, high = min(values), max(values)
    scale = (height - 8) / (high - low or 1)

    def line(xs, ys, color: str, more: str) -> str:
        points = " ".join(
            f"{x / steps * WIDTH:.1f},{top + 4 + (high - y) * scale:.1f}"
            for x, y in zip(xs, ys, strict=True)
        )
        return f'<polyline points="{points}" fill="none" stroke="{color}" {more}/>'

    parts = []
    for i, (name, (x, y)) in enumerate(curves.items()):
        parts.append(line(x, y, COLORS[i], 'stroke-width="2"'))
        note = f"{name} {y[-1]:.4g}"
        if name in ends:
            flat = (0, steps), (ends[name],) * 2
            parts.append(line(*flat, COLORS[i], 'stroke-dasharray="2 4"'))
            note += f" (floor {ends[name]:.4g})"
        at = f'x="{WIDTH + 10}" y="{top + 16 + 20 * i}"'
        mark = f'<tspan fill="{COLORS[i]}">■ </tspan>'
        parts.append(f'<text {at} fill="currentColor">{mark}{html.escape(note)}</text>')
    return "".join(parts)
