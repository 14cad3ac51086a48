"""How far gradients reach back in recurrent cells, on one logarithmic axis.

Built in notebooks/03_lstm.ipynb.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from helpers.pictures.picture import Picture
from helpers.pictures.plots import curves
from helpers.widgets.shell import View, finite, labels


def gradient_reach(
    tokens: Sequence[str],
    reach: Mapping[str, Sequence],
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
    if not 1 <= len(reach) <= 4:
        raise ValueError(f"{len(reach)} cells; this view compares 1 to 4")
    if not 0 <= scale < len(scales):
        raise ValueError(f"scale={scale}; choose an index below {len(scales)}")
    shape = (len(scales), len(tokens))
    norms = np.stack([finite(name, v, shape) for name, v in reach.items()])
    if (norms < 0).any():
        raise ValueError(f"a norm of {norms.min():.3g}; norms are not negative")
    logs = np.log10(np.maximum(norms, 1e-30))  # (cells, S, T)
    params = {
        "title": "How far does the gradient reach?",
        "idea": "Make the recurrent weights larger: which cell explodes first?",
        "tokens": tokens,
        "names": list(reach),
        "scales": [f"{s:g}" for s in scales],
        "scale": scale,
    }
    far = len(tokens) - 1
    rows = [["cell", "1 step back", f"{far} steps back"]]
    rows += [
        [n, float(v[scale, 1]), float(v[scale, far])]
        for n, v in zip(reach, norms, strict=True)
    ]
    shown = {n: v[scale].clip(1e-30) for n, v in zip(reach, norms, strict=True)}
    return View("gradient_reach", params, {"reach": logs}, _still(shown), rows)


def _still(shown: Mapping[str, np.ndarray]) -> Picture:
    length = len(next(iter(shown.values())))
    title = "What is left of the gradient, step by step"
    drawn = curves(np.arange(length), shown, title, log="y")
    drawn.label("steps back", "size of ∂h_T / ∂h_t")
    return drawn.caption("A straight line down: the same factor is lost at every step.")
