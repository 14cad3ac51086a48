"""How a training went: losses with their floors, learning rate, gradient norm.

Built in notebooks/12_bert_pretraining.ipynb.
"""

from collections.abc import Mapping

from matplotlib.axes import Axes

from helpers.pictures.picture import CYCLE, LINES, Picture
from helpers.widgets.checks import one_of
from helpers.widgets.shell import View, finite
from helpers.widgets.stills import panels
from helpers.widgets.training_curves import (
    Curve,
    History,
    Points,
    all_curves,
    smooth,
    thinned,
)

# the panels, in the order of UNITS and of HEIGHTS
LOSS, ACCURACY, RATE, NORM = range(4)
UNITS = ("nats", "accuracy", "rate", "norm")
HEIGHTS = (3, 1.5, 1, 1)


def training_monitor(
    history: History,
    floors: Mapping[str, float] | None = None,
    curves: Mapping[str, Curve] | None = None,
    title: str = "How the training went",
) -> View:
    """Show a `training.History`: its losses, and `curves` {name: [(step, value)]}.

    A floor {name: value} is a dashed line; its name is a curve's ("loss" is the
    training loss, "evaluation" the history's own). Curves whose name ends in
    "accuracy" get an axis from 0 to 1; their floor is the best possible. Numbers are
    the history's; of more than 400 points every n-th is kept. Raises
    ValueError for a history without steps, a floor without a curve, or NaN.
    """
    named = all_curves(history, curves or {})
    floors = {name: float(value) for name, value in (floors or {}).items()}
    for name in floors:
        one_of("floor", name, list(named))
        finite(f"the floor of {name}", floors[name])
    thin = {name: thinned(name, curve) for name, curve in named.items()}
    params = {
        "title": title,
        "idea": "Where does the loss fall fastest? Where is the learning rate then?",
        "names": list(thin),
        "panels": [_panel_of(name) for name in thin],
        "floors": floors,
        "steps": len(history.losses),
        "interrupted": bool(history.interrupted),
    }
    arrays = {}
    rows = [["curve", "first", "last", "least", "floor"]]
    for i, (name, (steps, values)) in enumerate(thin.items()):
        arrays[f"x{i}"] = steps
        arrays[f"y{i}"] = values
        numbers = [float(x) for x in (values[0], values[-1], values.min())]
        rows.append([name, *numbers, floors.get(name, "–")])
    still = _still_picture(thin, params)
    return View("training_monitor", params, arrays, still, rows)


def _panel_of(name: str) -> int:
    own = {"learning rate": RATE, "gradient norm": NORM}
    return own.get(name, ACCURACY if name.endswith("accuracy") else LOSS)


def _still_picture(thin: dict[str, Points], params: dict) -> Picture:
    """Draw one panel below the other, over the steps."""
    shown = sorted(set(params["panels"]))
    heights = [HEIGHTS[panel] for panel in shown]
    size = (9, 2.4 + 0.8 * len(shown))
    figure, axes = panels(params["title"], size, heights, sharex=True)
    figure.suptitle(
        params["title"],
        x=0.01,
        ha="left",
        weight="bold",
        fontsize=15,
    )
    axes_of = dict(zip(shown, axes, strict=True))
    names = []  # of losses and accuracies
    for i, (name, panel) in enumerate(zip(thin, params["panels"], strict=True)):
        _draw(axes_of[panel], i, name, thin[name], params["floors"].get(name))
        axes_of[panel].set_ylabel(UNITS[panel])
        if panel in (LOSS, ACCURACY):
            names.append(name)
            axes_of[panel].legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
        if panel == ACCURACY:
            axes_of[panel].set_ylim(0, 1.02)
    axes[-1].set_xlabel("step")
    text = f"{', '.join(names)} over the steps. "
    text = text[0].upper() + text[1:] + "Pale: the loss of each step; bold: local means"
    return figure.caption(
        text + ("; dotted: what is best." if params["floors"] else ".")
    )


def _draw(
    axes: Axes,
    i: int,
    name: str,
    points: Points,
    floor: float | None,
) -> None:
    """Draw a curve, pale, its mean over neighbours, and its floor."""
    x, y = points
    color = CYCLE[i % len(CYCLE)]
    line = LINES[i % len(LINES)]
    if i == 0:  # of the others the page shows each value: noise makes a large PNG
        axes.plot(
            x,
            y,
            color=color,
            alpha=0.3,
            linewidth=1,
            antialiased=False,
        )
    mean = y if name == "learning rate" else smooth(y)
    axes.plot(
        x,
        mean,
        color=color,
        linewidth=2,
        linestyle=line,
        label=name,
    )
    if floor is not None:
        word = "best possible" if name.endswith("accuracy") else "floor of"
        axes.axhline(
            floor,
            label=f"{word} {name}",
            color=color,
            linewidth=1.5,
            linestyle=(0, (2, 4)),  # points: on, off
        )
