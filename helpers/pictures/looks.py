"""How curves are told apart: a model keeps its colour through the whole series.

Built in notebooks/00_start_here.ipynb.
"""

import re
from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np
from matplotlib.colors import to_rgb

from helpers.pictures.picture import CYCLE, LINES, MARKERS, MODELS, Look, look


def model_color(name: object) -> str | None:
    """Return the colour of the model that a name begins with; None if it is another."""
    for model, color in MODELS.items():
        if re.match(rf"{model}\b", str(name)):
            return color
    return None


def looks(
    names: Sequence[object], what: str, taken: Collection[str] = ()
) -> list[Look]:
    """Return the look of each curve: a model has its colour, no two are alike.

    Curves of other names take the colours that are left, but none that is `taken`,
    as that of the floor.
    """
    colors = [model_color(name) for name in names]
    used = {*colors, *taken}
    free = [color for color in CYCLE if color not in used] or CYCLE
    others = 0
    for i, color in enumerate(colors):
        if color is None:
            colors[i] = free[others % len(free)]
            others += 1
    if max(Counter(colors).values(), default=0) > len(LINES):  # too many of one colour
        return [look(i, what) for i in range(len(names))]
    found = []
    places = list(MODELS.values())  # the second cue of a model stays, too
    for i, color in enumerate(colors):
        own = places.index(color) if model_color(names[i]) else CYCLE.index(color)
        second = (own + colors[:i].count(color)) % len(LINES)
        found.append(Look(color, LINES[second], MARKERS[second]))
    return found


def ink(color: str) -> tuple[float, float, float]:
    """Return a colour dark enough for letters on white: contrast 4.5 or more."""
    rgb = np.array(to_rgb(color))
    while _contrast(rgb) < 4.5:
        rgb = rgb * 0.95
    return tuple(rgb)


def _contrast(rgb: np.ndarray) -> float:
    """Return the contrast with white, from 1 to 21 (WCAG 2.1, relative luminance)."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05)
