"""Occurrences of ambiguous words, layer by layer, with neighbours in the full space.

Built in notebooks/04_elmo.ipynb.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from helpers.pictures.picture import CYCLE, MARKERS, Picture
from helpers.widgets.checks import one_each, within
from helpers.widgets.embedding_map import NEIGHBOURS, neighbours, principal_plane
from helpers.widgets.layer_mix import same_sense_share
from helpers.widgets.shell import View, finite, labels
from helpers.widgets.stills import panels


def sense_map(
    layers: ArrayLike,
    senses: Sequence[str],
    texts: Sequence[str],
    names: Sequence[str],
) -> View:
    """Show n occurrences in each of the `layers`: a flat map, and five neighbours.

    Shapes: layers (L, n, D), L from 1 to 6, n from 8 to 200; one sense (at most 6
    kinds) and one text per occurrence, one name per layer. Neighbours by cosine in all
    D dimensions. Raises ValueError for NaN or counts that do not fit.
    """
    texts = labels("texts", texts, NEIGHBOURS + 3, 200)
    senses = [str(sense) for sense in senses]
    one_each("senses", senses, len(texts), "texts")
    kinds = list(dict.fromkeys(senses))
    within(len(kinds), 1, 6, "kinds of senses")
    within(len(names), 1, 6, "layers")
    layers = finite("layers", layers, (len(names), len(texts), None))
    if layers.shape[2] < 2:
        raise ValueError(f"layers {layers.shape}; give vectors of 2 or more dimensions")
    near, cosine = zip(*map(neighbours, layers), strict=True)  # L times (n, 5)
    xy = np.stack([principal_plane(layer) for layer in layers])  # (L, n, 2)
    groups = [kinds.index(sense) for sense in senses]
    params = {
        "title": "Senses, layer by layer",
        "idea": "Find an occurrence whose neighbours are wrong below and right above.",
        "texts": texts,
        "senses": kinds,
        "groups": groups,
        "names": [str(name) for name in names],
        "first": 0,
    }
    arrays = {"xy": xy, "near": np.stack(near), "cosine": np.stack(cosine)}
    shares = [same_sense_share(layer, groups) for layer in layers]
    rows = [["vectors", "nearest neighbour has the same sense"]]
    rows += zip(names, shares, strict=True)
    return View("sense_map", params, arrays, _still_picture(xy, params), rows)


def _still_picture(xy: np.ndarray, params: dict) -> Picture:
    """Draw all layers beside each other."""
    names = params["names"]
    kinds = params["senses"]
    figure, parts = panels(params["title"], (9.6, 3.9), n_columns=len(names))
    groups = np.array(params["groups"])
    for part, flat, name in zip(parts, xy, names, strict=True):
        for k, kind in enumerate(kinds):
            x, y = flat[groups == k].T
            part.plot(x, y, MARKERS[k], color=CYCLE[k], label=kind)
        part.set(
            xticks=[],
            yticks=[],
            title=name,
        )
    handles, shown = part.get_legend_handles_labels()
    figure.legend(handles, shown, loc="outside lower right", ncols=len(kinds))
    return figure.caption("Flat shadows; the nearer, the more alike.")
