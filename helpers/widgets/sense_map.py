"""Occurrences of ambiguous words, layer by layer, with neighbours in the full space.

Built in notebooks/04_elmo.ipynb.
"""

from collections.abc import Sequence

import numpy as np

from helpers.pictures.picture import Picture, picture
from helpers.widgets.embedding_map import NEIGHBOURS, principal_plane
from helpers.widgets.shell import View, finite, labels

MARKERS = ("o", "s", "^", "D", "v", "P")
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")


def sense_map(
    layers, senses: Sequence[str], texts: Sequence[str], names: Sequence[str]
) -> View:
    """Show n occurrences in each of the `layers`: a flat map, and five neighbours.

    Shapes: layers (L, n, D), L from 1 to 6, n from 8 to 200; one sense (at most 6
    kinds) and one text per occurrence, one name per layer. Neighbours by cosine in all
    D dimensions. Raises ValueError for NaN or counts that do not fit.
    """
    texts = labels("texts", texts, NEIGHBOURS + 3, 200)
    kinds = list(dict.fromkeys(senses))
    layers = finite("layers", layers, (len(names), len(texts), None))
    if len(senses) != len(texts) or len(kinds) > 6 or not 1 <= len(names) <= 6:
        raise ValueError(
            f"{len(names)} layers, {len(senses)} senses of {len(kinds)} kinds, "
            f"{len(texts)} texts; give 1 to 6 layers, one of at most 6 senses per text"
        )
    found = [neighbours(layer) for layer in layers]
    xy = np.stack([principal_plane(layer) for layer in layers])
    groups = [kinds.index(s) for s in senses]
    params = {
        "title": "Senses, layer by layer",
        "idea": "Find an occurrence whose neighbours are wrong below and right above.",
        "texts": texts,
        "senses": kinds,
        "groups": groups,
        "names": list(names),
        "first": 0,
    }
    arrays = {"xy": xy, "near": np.stack([near for near, _ in found])}
    arrays["cosine"] = np.stack([cosine for _, cosine in found])
    rows = [["vectors", "nearest neighbour has the same sense"]]
    for name, (near, _) in zip(names, found, strict=True):
        same = [groups[j] == group for j, group in zip(near[:, 0], groups, strict=True)]
        rows.append([name, float(np.mean(same))])
    return View("sense_map", params, arrays, _still(xy, groups, kinds, names), rows)


def neighbours(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the nearest rows of each row and their cosines, both (n, 5)."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-12)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, -np.inf)
    near = np.argsort(-cosines, axis=1, kind="stable")[:, :NEIGHBOURS]
    return near, np.take_along_axis(cosines, near, 1)


def _still(xy: np.ndarray, groups: list, kinds: list, names: Sequence[str]) -> Picture:
    """Draw all layers beside each other."""
    figure, axes = picture("Senses, layer by layer", (9.6, 3.9))
    figure.delaxes(axes)
    parts = np.atleast_1d(figure.subplots(1, len(names)))
    groups = np.asarray(groups)
    for part, flat, name in zip(parts, xy, names, strict=True):
        for k, kind in enumerate(kinds):
            style = {"color": COLORS[k], "marker": MARKERS[k], "linestyle": ""}
            part.plot(*flat[groups == k].T, label=kind, **style)
        part.set(xticks=[], yticks=[], title=name)
    handles, shown = parts[0].get_legend_handles_labels()
    figure.legend(handles, shown, loc="outside lower right", ncols=len(kinds))
    figure.suptitle(figure.alt)
    return figure.caption("Flat shadows; the nearer, the more alike.")
