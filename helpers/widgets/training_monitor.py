"""How a training went: losses with their floors, learning rate, gradient norm.

Built in notebooks/12_bert_pretraining.ipynb.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from helpers.pictures.picture import LINES, Picture, picture
from helpers.widgets.shell import View
from helpers.widgets.training_curves import COLORS, all_curves, smooth, thinned


def training_monitor(
    history,
    floors: Mapping[str, float] | None = None,
    curves: Mapping[str, Sequence[tuple[int, float]]] | None = None,
    title: str = "How the training went",
) -> View:
    """Show a `training.History`: its losses, and `curves` {name: [(step, value)]}.

    A floor {name: value} is a dashed line; its name is a curve's ("loss" is the
    training loss, "evaluation" the history's own). Curves whose name ends in
    "accuracy" get an axis from 0 to 1; their floor is the best possible. Numbers are
    the history's; of more than 400 points every n-th is kept. Raises
    ValueError for a history without steps, a floor without a curve, or NaN.
    """
    named = all_curves(history, curves or {}, floors or {})
    thin = {name: thinned(name, curve) for name, curve in named.items()}
    panels = [_panel(name) for name in thin]
    params = {
        "title": title,
        "idea": "Where does the loss fall fastest? Where is the learning rate then?",
        "names": list(thin),
        "panels": panels,
        "floors": {name: float(x) for name, x in (floors or {}).items()},
        "steps": len(history.losses),
        "interrupted": bool(history.interrupted),
    }
    arrays = {}
    for i, (steps, values) in enumerate(thin.values()):
        arrays |= {f"x{i}": steps, f"y{i}": values}
    rows = [["curve", "first", "last", "least", "floor"]]
    for name, (_, y) in thin.items():
        row = [name, float(y[0]), float(y[-1]), float(y.min())]
        rows.append([*row, params["floors"].get(name, "–")])
    still = _still(thin, panels, params)
    return View("training_monitor", params, arrays, still, rows)


def _panel(name: str) -> int:
    """Return 0 for losses, 1 for accuracies, 2 for the rate, 3 for the norm."""
    own = {"learning rate": 2, "gradient norm": 3}
    return own.get(name, 1 if name.endswith("accuracy") else 0)


def _still(thin: Mapping, panels: list[int], params: Mapping) -> Picture:
    """Draw one panel below the other, over the steps."""
    shown, floors = sorted(set(panels)), params["floors"]
    figure, axes = picture(params["title"], (9, 2.4 + 0.8 * len(shown)))
    figure.delaxes(axes)
    heights = [3 if p == 0 else 1.5 if p == 1 else 1 for p in shown]
    parts = figure.subplots(len(shown), sharex=True, height_ratios=heights)
    for part, panel in zip(np.atleast_1d(parts), shown, strict=True):
        for i, name in enumerate(thin):
            if panels[i] == panel:
                _curve(part, i, name, thin[name], floors.get(name))
        part.set_ylabel(("nats", "accuracy", "rate", "norm")[panel])
        if panel == 1:
            part.set_ylim(0, 1.02)
        if panel < 2:
            part.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    parts[-1].set_xlabel("step")
    figure.suptitle(params["title"], x=0.01, ha="left", weight="bold", fontsize=15)
    names = [name for i, name in enumerate(thin) if panels[i] < 2]
    text = f"{', '.join(names)} over the steps. "
    text = text[0].upper() + text[1:] + "Pale: the loss of each step; bold: local means"
    return figure.caption(text + ("; dotted: what is best." if floors else "."))


def _curve(axes: Axes, i: int, name: str, points: tuple, floor: float | None) -> None:
    """Draw a curve, pale, its mean over neighbours, and its floor."""
    color, (x, y) = COLORS[i % 6], points
    if i == 0:  # of the others the page shows each value: noise makes a large PNG
        axes.plot(x, y, color=color, alpha=0.3, linewidth=1, antialiased=False)
    mean = y if name == "learning rate" else smooth(y)
    axes.plot(x, mean, color=color, linewidth=2, linestyle=LINES[i % 6], label=name)
    if floor is not None:
        word = "best possible" if name.endswith("accuracy") else "floor of"
        style = {"color": color, "linewidth": 1.5, "linestyle": (0, (2, 4))}
        axes.axhline(floor, label=f"{word} {name}", **style)
