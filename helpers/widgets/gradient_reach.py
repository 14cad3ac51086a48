"""How far gradients reach back in recurrent cells, on one logarithmic axis.

Built in notebooks/03_lstm.ipynb.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from helpers.pictures.picture import Picture
from helpers.pictures.plots import curves
from helpers.widgets.checks import index, within
from helpers.widgets.shell import View, finite, labels

LEAST = 1e-30  # a smaller norm counts as this one


def gradient_reach(
    tokens: Sequence[str],
    reach: Mapping[str, ArrayLike],
    scales: Sequence[float] = (1.0,),
    scale: int = 0,
) -> View:
    """Show ‖∂h_T / ∂h_{T−k}‖ over k for each cell, and on the tokens of a text.

    `reach[name]` (S, T) holds the norms for each of the S `scales` of the recurrent
    weights, index k = steps back (k = 0 is 1); T = number of tokens, 2 ≤ T ≤ 64, up to
    4 cells. `scale` is the index shown first. Values below 1e-30 count as 1e-30.
    Raises ValueError for NaN, negative norms or shapes that do not fit.
    """
    tokens = labels("tokens", tokens, 2, 64)
    within(len(reach), 1, 4, "cells")
    scale = index("scale", scale, len(scales))
    far = len(tokens) - 1
    logs = []
    shown = {}
    rows = [["cell", "1 step back", f"{far} steps back"]]
    for name, norms in reach.items():
        norms = finite(name, norms, (len(scales), len(tokens)))  # (S, T)
        if norms.min() < 0:
            raise ValueError(f"a norm of {norms.min():.3g}; norms are not negative")
        rows.append([name, float(norms[scale, 1]), float(norms[scale, far])])
        norms = norms.clip(LEAST)
        logs.append(np.log10(norms))
        shown[name] = norms[scale]  # (T,)
    params = {
        "title": "How far does the gradient reach?",
        "idea": "Make the recurrent weights larger: which cell explodes first?",
        "tokens": tokens,
        "names": list(reach),
        "scales": [f"{s:g}" for s in scales],
        "scale": scale,
    }
    arrays = {"reach": np.stack(logs)}  # (cells, S, T)
    still = _still_picture(shown, len(tokens))
    return View("gradient_reach", params, arrays, still, rows)


def _still_picture(shown: Mapping[str, np.ndarray], n_steps: int) -> Picture:
    title = "How strongly a state acts on a later one"
    drawn = curves(np.arange(n_steps), shown, title, log="y")
    drawn.label("steps back", "size of the product")
    return drawn.caption("A straight line: the same factor at every step.")
