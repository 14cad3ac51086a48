"""Word vectors on a flat map, with the neighbours computed in the full space.

Built in notebooks/01_words_as_numbers.ipynb.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from helpers.pictures.picture import Picture
from helpers.pictures.plots import scatter_words
from helpers.widgets.checks import one_each, one_of, within
from helpers.widgets.shell import View, finite, labels
from helpers.widgets.stills import plain_names

NEIGHBOURS = 5
MOST_DRAWN = 60  # words in the still picture, roughly


def embedding_map(
    vectors: ArrayLike,
    words: Sequence[str],
    groups: Sequence[str],
    first: str | None = None,
) -> View:
    """Show words by their first two principal components, neighbours by cosine.

    Shapes: vectors (n, d), n from 8 to 400, d ≥ 2; one word and one group per row, at
    most 6 groups. `first` is the word chosen at the start.
    Raises ValueError for NaN, a vector of zeros, or counts that do not fit.
    """
    words = labels("words", words, 8, 400)
    vectors = _checked(vectors, len(words))
    groups = [str(group) for group in groups]
    one_each("groups", groups, len(words), "words")
    names = list(dict.fromkeys(groups))
    within(len(names), 1, 6, "kinds of groups")
    near, cosine = neighbours(vectors)
    xy = principal_plane(vectors)
    params = {
        "title": "A map of word vectors",
        "idea": "Find two words that touch on the map and are not neighbours.",
        "words": words,
        "names": names,
        "groups": [names.index(group) for group in groups],
        "first": 0 if first is None else one_of("first", first, words),
        "d": vectors.shape[1],
    }
    arrays = {
        "xy": xy,
        "near": near,
        "cosine": cosine,
    }
    rows = [["word", "nearest words, by cosine"]]
    for word, closest in zip(words[:20], near, strict=False):
        rows.append([word, ", ".join(words[j] for j in closest)])
    still = _still_picture(xy, words, groups)
    return View("embedding_map", params, arrays, still, rows)


def _checked(vectors: ArrayLike, n: int) -> np.ndarray:
    """Return the vectors (n, d); refuse what has no direction or no plane."""
    vectors = finite("vectors", vectors, (n, None))
    n_zeros = n - np.count_nonzero(vectors.any(1))
    if n_zeros or vectors.shape[1] < 2:
        raise ValueError(
            f"vectors {vectors.shape} with {n_zeros} rows of zeros; give 2 or more "
            "dimensions and no row of zeros"
        )
    return vectors


def neighbours(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the nearest other rows of each row and their cosines, both (n, 5)."""
    from helpers.models.vectors import cosines  # only here: it brings torch along

    table = cosines(vectors, vectors)  # (n, n)
    np.fill_diagonal(table, -np.inf)  # nobody is a neighbour of itself
    near = np.argsort(-table, 1, "stable")[:, :NEIGHBOURS]
    return near, np.take_along_axis(table, near, 1)


def principal_plane(vectors: np.ndarray) -> np.ndarray:
    """Return the first two principal components (n, 2), signs fixed."""
    centred = vectors - vectors.mean(0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    xy = centred @ axes[:2].T  # (n, 2)
    furthest = np.abs(xy).argmax(0)[None]  # (1, 2): its two numbers become positive
    return xy * np.sign(np.take_along_axis(xy, furthest, 0))


def _still_picture(
    xy: np.ndarray,
    words: Sequence[str],
    groups: Sequence[str],
) -> Picture:
    step = max(1, len(words) // MOST_DRAWN)
    names = plain_names(words[::step], 40)
    kinds = plain_names(groups[::step], 40)
    drawn = scatter_words(xy[::step], names, kinds, "A map of word vectors")
    return drawn.caption(
        "Similar words lie together; the map is flat, the vectors are not."
    )
