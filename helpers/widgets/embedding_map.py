"""Word vectors on a flat map, with the neighbours computed in the full space.

Built in notebooks/01_words_as_numbers.ipynb.
"""

from collections.abc import Sequence

import numpy as np

from helpers.pictures.picture import Picture
from helpers.pictures.plots import scatter_words
from helpers.widgets.shell import View, finite, labels

NEIGHBOURS = 5


def embedding_map(
    vectors, words: Sequence[str], groups: Sequence[str], first: str | None = None
) -> View:
    """Show words by their first two principal components, neighbours by cosine.

    Shapes: vectors (n, d), n from 8 to 400, d ≥ 2; one word and one group per row, at
    most 6 groups. `first` is the word chosen at the start.
    Raises ValueError for NaN, a vector of zeros, or counts that do not fit.
    """
    words = labels("words", words, 8, 400)
    names = list(dict.fromkeys(groups))
    if len(groups) != len(words) or len(names) > 6:
        raise ValueError(
            f"{len(groups)} groups of {len(names)} kinds for {len(words)} words; give "
            "one per word, of at most 6 kinds"
        )
    vectors, cosines = _cosines(vectors, words)
    first = words[0] if first is None else first
    if first not in words:
        raise ValueError(f"first={first!r} is not among the {len(words)} words")
    near = np.argsort(-cosines, axis=1, kind="stable")[:, :NEIGHBOURS]
    xy = principal_plane(vectors)
    params = {
        "title": "A map of word vectors",
        "idea": "Find two words that touch on the map and are not neighbours.",
        "words": words,
        "names": names,
        "groups": [names.index(g) for g in groups],
        "first": words.index(first),
        "d": vectors.shape[1],
    }
    arrays = {"xy": xy, "near": near, "cosine": np.take_along_axis(cosines, near, 1)}
    rows = [["word", "nearest words, by cosine"]]
    for i in range(min(20, len(words))):
        rows.append([words[i], ", ".join(words[j] for j in near[i])])
    return View("embedding_map", params, arrays, _still(xy, words, groups), rows)


def _cosines(vectors, words: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the checked vectors (n, d) and all cosines (n, n), −∞ with itself."""
    vectors = finite("vectors", vectors, (len(words), None))
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if vectors.shape[1] < 2 or not lengths.all():
        raise ValueError(
            f"vectors {vectors.shape} with {int((lengths == 0).sum())} rows of zeros; "
            "give 2 or more dimensions and no row of zeros"
        )
    cosines = (vectors / lengths) @ (vectors / lengths).T
    np.fill_diagonal(cosines, -np.inf)
    return vectors, cosines


def _still(xy: np.ndarray, words: Sequence[str], groups: Sequence[str]) -> Picture:
    """Draw about 60 of the words."""
    some = range(0, len(words), max(1, len(words) // 60))
    named = [words[i].replace("$", r"\$") for i in some]
    kinds = [groups[i].replace("$", r"\$") for i in some]
    drawn = scatter_words(xy[list(some)], named, kinds, "A map of word vectors")
    return drawn.caption(
        "Similar words lie together; the map is flat, the vectors are not."
    )


def principal_plane(vectors: np.ndarray) -> np.ndarray:
    """Return the first two principal components (n, 2), signs fixed."""
    centred = vectors - vectors.mean(0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    xy = centred @ axes[:2].T
    return xy * np.sign(xy[np.abs(xy).argmax(0), [0, 1]])
