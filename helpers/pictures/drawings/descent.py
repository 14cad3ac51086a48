"""Gradient descent on a curve, or on a landscape of two numbers.

Built in notebooks/01_words_as_numbers.ipynb.
"""

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes

from helpers.pictures.drawings.canvas import INK
from helpers.pictures.drawings.shapes import arrow
from helpers.pictures.picture import ROLES, Picture, numbers, picture

SHAPE = 2.3  # width of a map, in heights


def descent(function: Callable[..., np.ndarray], path: Sequence, title: str) -> Picture:
    """Draw the steps of gradient descent: on a curve, or on the map of two numbers.

    `path` holds the places visited, shape (n,) or (n, 2); `function` takes an array of
    numbers, or two arrays, and returns the loss there. Arrows are the steps, short
    lines on a curve its tangents.
    Raises ValueError for a path of another shape or with numbers without an end.

        drawings.descent(lambda x: x**2, [2.0, 1.2, 0.72], "Three places, two steps")
    """
    path = numbers("path", path, np.ndim(path) or 1)
    if path.ndim > 2 or (path.ndim == 2 and path.shape[1] != 2):
        raise ValueError(f"path has shape {path.shape}; give (n,) or (n, 2)")
    figure, axes = picture(title, (9.6, 4.2))
    places = (
        _curve(axes, function, path) if path.ndim == 1 else _map(axes, function, path)
    )
    for before, after in zip(places[:-1], places[1:], strict=True):
        if np.hypot(*(after - before)) > 0:
            arrow(axes, tuple(before), tuple(after), color=ROLES["gradient"])
    axes.plot(*places.T, "o", color=ROLES["gradient"], zorder=4)
    losses = function(*np.atleast_2d(path.T))
    for place, name, loss in ((0, "start", losses[0]), (-1, "end", losses[-1])):
        words = f"{name}: loss {loss:.2f}"
        if len(path) > 1 or name == "start":
            _say(axes, places[place], words, name == "start")
    return figure


def _say(axes: Axes, place: np.ndarray, words: str, above: bool) -> None:
    """Write beside a place what it is: above it, or below."""
    shift = (10, 12) if above else (10, -22)
    box = {"boxstyle": "round,pad=0.15", "fc": "white", "lw": 0, "alpha": 0.85}
    style = {"textcoords": "offset points", "fontsize": 12, "bbox": box, "zorder": 5}
    axes.annotate(words, tuple(place), shift, **style)


def _curve(axes: Axes, function: Callable, path: np.ndarray) -> np.ndarray:
    """Draw a curve around the path; return the places of the path on it."""
    middle = (path.min() + path.max()) / 2
    reach = max(1.0, path.max() - path.min()) * 0.85
    x = np.linspace(middle - reach, middle + reach, 300)
    axes.plot(x, function(x), color=ROLES["model"])
    near = 0.2 * reach
    for at in path[:-1]:  # a piece of the tangent, as steep as the curve there
        slope = (function(at + 1e-4) - function(at - 1e-4)) / 2e-4
        ends = np.array([at - near, at + near])
        heights = function(at) + slope * (ends - at)
        axes.plot(ends, heights, color=INK, zorder=3)
    axes.set(xlabel="the number that is learned", ylabel="loss")
    axes.margins(y=0.15)
    return np.stack([path, function(path)], 1)


def _map(axes: Axes, function: Callable, path: np.ndarray) -> np.ndarray:
    """Draw lines of equal loss around the path; return the places of the path."""
    middle = (path.min(0) + path.max(0)) / 2
    across, up = np.ptp(path, 0) * 0.75
    # one unit is as long in both directions: steps stand upright on lines of equal loss
    up = max(up, across / SHAPE, 0.5)
    reach = np.array([SHAPE * up, up])
    x, y = np.meshgrid(*np.linspace(middle - reach, middle + reach, 150).T)
    axes.set_aspect("equal")
    axes.contourf(x, y, function(x, y), 12, cmap="Blues", alpha=0.6)
    axes.set(xlabel="first number", ylabel="second number")
    axes.grid(visible=False)
    return path
