"""ELMo's mix of layers: sliders for w and γ, and the neighbours that follow.

Built in notebooks/04_elmo.ipynb.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from helpers.pictures.plots import bars
from helpers.widgets.checks import index, one_each, within
from helpers.widgets.embedding_map import neighbours
from helpers.widgets.shell import View, finite, labels


def layer_mix(
    layers: ArrayLike,
    senses: Sequence[str],
    texts: Sequence[str],
    first: int = 0,
) -> View:
    """Show γ Σ_j softmax(w)_j h_j for occurrences of words, and their neighbours.

    Shapes: layers (L + 1, n, D), 2 to 6 layers, n from 8 to 120; a sense and a text
    (the sentence around it) for each occurrence; `first` is chosen at the start. The
    page mixes itself; data-deviation compares it with our even mix. Raises ValueError
    for NaN or counts that do not fit. Source: Peters et al. 2018, eq. 1.
    """
    senses = labels("senses", senses, 8, 120)
    one_each("texts", texts, len(senses), "senses")
    layers = finite("layers", layers, (None, len(senses), None))
    within(len(layers), 2, 6, "layers")
    names = ["token layer", *[f"layer {j}" for j in range(1, len(layers))]]
    params = {
        "title": "Mixing the layers",
        "idea": "Find the mix with the most ticks.",
        "senses": senses,
        "texts": list(map(str, texts)),
        "names": names,
        "first": index("first", first, len(senses)),
    }
    shares = [same_sense_share(layer, senses) for layer in layers]
    title = "nearest neighbour has the same sense"
    rows = [["layer", title], *zip(names, shares, strict=True)]
    arrays = {"layers": layers, "uniform": layers.mean(0)}
    still = bars(names, shares, f"How often the {title}", unit="share")
    still.caption("Each layer alone; the view mixes them.")
    return View("layer_mix", params, arrays, still, rows)


def same_sense_share(vectors: np.ndarray, senses: Sequence[str]) -> float:
    """Return the share of rows whose nearest other row (cosine) has the same sense."""
    near, _ = neighbours(vectors)  # (n, 5)
    senses = np.asarray(senses)
    return float((senses[near[:, 0]] == senses).mean())
