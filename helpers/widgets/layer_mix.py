"""ELMo's mix of layers: sliders for w and γ, and the neighbours that follow.

Built in notebooks/04_elmo.ipynb.
"""

from collections.abc import Sequence

import numpy as np

from helpers.pictures.picture import Picture
from helpers.pictures.plots import bars
from helpers.widgets.shell import View, finite, labels


def layer_mix(
    layers, senses: Sequence[str], texts: Sequence[str], first: int = 0
) -> View:
    """Show γ Σ_j softmax(w)_j h_j for occurrences of words, and their neighbours.

    Shapes: layers (L + 1, n, D), 2 to 6 layers, n from 8 to 120; a sense and a text
    (the sentence around it) for each occurrence; `first` is chosen at the start. The
    page mixes itself; data-deviation compares it with our even mix. Raises ValueError
    for NaN or counts that do not fit. Source: Peters et al. 2018, eq. 1.
    """
    senses = labels("senses", senses, 8, 120)
    texts = list(map(str, texts))
    layers = finite("layers", layers, (None, len(senses), None))
    if len(texts) != len(senses) or not 2 <= len(layers) <= 6:
        raise ValueError(
            f"{len(layers)} layers, {len(senses)} senses, {len(texts)} texts; give 2 "
            "to 6 layers and one text per sense"
        )
    if not 0 <= first < len(senses):
        raise ValueError(f"first={first}; choose 0 to {len(senses) - 1}")
    names = ["token layer", *[f"layer {j}" for j in range(1, len(layers))]]
    params = {
        "title": "Mixing the layers",
        "idea": "Find the mix with the most ticks.",
        "senses": senses,
        "texts": texts,
        "names": names,
        "first": first,
    }
    shares = [same_sense_share(layer, senses) for layer in layers]
    rows = [["layer", "nearest neighbour has the same sense"]]
    rows += [[name, share] for name, share in zip(names, shares, strict=True)]
    arrays = {"layers": layers, "uniform": layers.mean(0)}
    return View("layer_mix", params, arrays, _still(names, shares), rows)


def same_sense_share(vectors: np.ndarray, senses: Sequence[str]) -> float:
    """Return the share of rows whose nearest other row (cosine) has the same sense."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-12)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, -np.inf)
    senses = np.asarray(senses)
    return float((senses[cosines.argmax(1)] == senses).mean())


def _still(names: Sequence[str], shares: Sequence[float]) -> Picture:
    title = "How often the nearest neighbour has the same sense"
    return bars(names, shares, title, unit="share").caption(
        "Each layer alone; the view mixes them."
    )
