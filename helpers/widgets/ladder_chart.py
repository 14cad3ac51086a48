"""The ladder: every language model's loss above the exact floor.

Built in notebooks/00_start_here.ipynb.
"""

from collections.abc import Sequence

import numpy as np

from helpers.pictures.plots import bars
from helpers.widgets.checks import one_each, one_of, within
from helpers.widgets.shell import View, finite, labels

CAPTION = (
    "The ladder. Shorter is better; the dashed line is the floor, the exact score of "
    "the grammar itself. Striped bars were measured in this notebook."
)


def ladder_chart(
    models: Sequence[str],
    losses: Sequence[float],
    floor: float,
    title: str = "The ladder",
    live: Sequence[str] = (),
    costs: Sequence[tuple[int, float]] = (),
) -> View:
    """Show losses in nats per token, worst first, with the floor as a line.

    `costs` are (parameters, training seconds) of each; `live` names those measured
    now. Infinite losses are left out and named below the picture. Whether a loss may
    be so low is for `lesson.ladder.check` to say: it knows the standard error.
    Raises ValueError for NaN, counts that do not fit, or a `live` that is no model.
    """
    models = labels("models", models, 1, 40)
    one_each("losses", losses, len(models), "models")
    for name in live:
        one_of("live", name, models)
    costs = finite("costs", costs or [(0, 0.0)] * len(models), (len(models), 2))
    losses = np.array(losses, float)
    order = np.argsort(-losses, kind="stable")  # worst first
    infinite = np.isinf(losses)
    kept = order[~infinite[order]]
    within(len(kept), 1, 40, "finite losses")
    arrays = {"loss": finite("losses", losses[kept])}
    arrays["parameters"], arrays["seconds"] = costs[kept].T
    idea = "Order by training seconds: does patience pay?"
    if infinite.any():
        endless = [models[i] for i in np.flatnonzero(infinite)]
        idea = f"Infinite, so not drawn: {', '.join(endless)}."
    names = [models[i] for i in kept]
    params = {"title": title, "models": names, "floor": floor, "live": list(live)}
    rows = [["model", "nats per token", "above the floor"]]
    for name, loss in zip(names, losses[kept].tolist(), strict=True):
        rows.append([name, loss, loss - floor])
    still = bars([models[i] for i in order], losses[order], title, floor, live)
    still.caption(CAPTION)
    return View("ladder_chart", params | {"idea": idea}, arrays, still, rows)
