"""The ladder: every language model's loss above the exact floor.

Built in notebooks/00_start_here.ipynb.
"""

from collections.abc import Sequence

import numpy as np

from helpers.pictures.plots import bars
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
    now. Infinite losses are left out and named below the picture.
    Raises ValueError for NaN, counts that do not fit, or a loss far below the floor.
    """
    models = labels("models", models, 1, 40)
    losses = np.asarray(losses, float)
    costs = np.asarray(list(costs) or np.zeros((len(models), 2)), float)
    if losses.shape != (len(models),) or costs.shape != (len(models), 2):
        raise ValueError(f"{len(models)} models, {losses.shape} losses; give one each")
    endless = [m for m, x in zip(models, losses, strict=True) if np.isinf(x)]
    kept = [i for i in np.argsort(-losses, kind="stable") if not np.isinf(losses[i])]
    if not kept:
        raise ValueError("every loss is infinite; give at least one finite loss")
    loss = finite("losses", losses[kept])
    if loss.min() < floor - 0.2:
        raise ValueError(
            f"a loss of {loss.min():.3f} lies below the floor of {floor:.3f}: that "
            "model has seen its answers"
        )
    names = [models[i] for i in kept]
    params = {"title": title, "models": names, "floor": floor, "live": list(live)}
    params["idea"] = "Order by training seconds: does patience pay?"
    if endless:
        params["idea"] = f"Infinite, so not drawn: {', '.join(endless)}."
    arrays = {"loss": loss, "parameters": costs[kept, 0], "seconds": costs[kept, 1]}
    rows = [["model", "nats per token", "above the floor"]]
    rows += [[m, float(x), float(x) - floor] for m, x in zip(names, loss, strict=True)]
    order = np.argsort(-losses, kind="stable")
    drawn = bars([models[i] for i in order], losses[order], title, floor, live)
    return View("ladder_chart", params, arrays, drawn.caption(CAPTION), rows)
