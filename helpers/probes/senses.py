"""Questions about what a model knows, with the answer known.

Built in notebooks/01_words_as_numbers.ipynb, 02_rnn.ipynb, 04_elmo.ipynb,
07_self_attention.ipynb, 09_transformer_encoder.ipynb and 12_bert_pretraining.ipynb.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from torch import Tensor

from helpers.models.vectors import cooccurrence, cosines
from helpers.probes.shares import Share, share

Labelled = tuple[np.ndarray, Sequence]  # vectors (n, C) and their n labels


def sense_counts(
    documents: Sequence,
    row: Mapping[str, int],
    window: int,
    shuffled: np.random.Generator | None = None,
) -> dict[str, np.ndarray]:
    """Return how often each token is a neighbour of each sense: {sense: (V,)}.

    `row` maps each of V tokens to its row. With `shuffled`, the senses of a form are
    dealt anew to its uses: the control. The rows of the senses of a form add up to the
    form's own row in `cooccurrence`. Built in notebooks/01_words_as_numbers.ipynb.
    """
    marked = [_senses_of_forms(document) for document in documents]
    dealt = _dealt([list(places.values()) for places in marked], shuffled)
    names = sorted({sense for some in dealt for sense in some})
    ids = {name: len(row) + i for i, name in enumerate(names)}  # behind the tokens
    tagged = []
    for document, places, senses in zip(documents, marked, dealt, strict=True):
        line = np.array([row[token] for token in document.tokens])
        line[list(places)] = [ids[sense] for sense in senses]
        tagged.append(line)
    table = cooccurrence(tagged, window, len(row) + len(names))
    columns = np.eye(len(row), dtype=float)
    forms = columns[[row[form_of(name)] for name in names]]  # senses count as forms
    merged = table[len(row) :] @ np.vstack([columns, forms])  # (senses, V)
    return dict(zip(names, merged, strict=True))


def pmi_of_rows(rows: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the positive PMI of new rows of counts with a table's columns.

    Shapes: rows (n, V), counts (V, V) → (n, V). The rows of the table itself get what
    `pmi` gives them. Raises ValueError for a row without a count.
    Built in notebooks/01_words_as_numbers.ipynb.
    """
    sums = rows.sum(1, keepdims=True)  # (n, 1)
    if not sums.all():
        raise ValueError("a row has no counts; leave it out")
    shares = counts.sum(0) / counts.sum()  # (V,): P(b)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.log(rows / sums / shares)  # log P(b given a) / P(b)
    found[rows == 0] = 0
    return np.maximum(found, 0)


def _senses_of_forms(document: Any) -> dict[int, str]:
    """Return {position: sense} of ambiguous forms; "banks" is a form of its own."""
    found = {}
    for i, (token, sense) in enumerate(
        zip(document.tokens, document.senses, strict=True)
    ):
        if sense and form_of(sense) == token:
            found[i] = sense
    return found


def _dealt(
    senses: list[list[str]], random: np.random.Generator | None
) -> list[list[str]]:
    """Return the senses of each document; with `random`, dealt anew within a form."""
    if random is None:
        return senses
    flat = np.array([sense for some in senses for sense in some])
    forms = np.array([form_of(sense) for sense in flat])
    for form in np.unique(forms):
        of_form = np.flatnonzero(forms == form)
        flat[of_form] = flat[random.permutation(of_form)]
    ends = np.cumsum([len(some) for some in senses])[:-1]
    return [part.tolist() for part in np.split(flat, ends)]


class Occurrences(NamedTuple):
    """Ambiguous words in their texts: vectors (L, n, C), senses and short texts.

    `forms` are the words as they are written: "bank" and "banks" are two.
    """

    vectors: np.ndarray
    senses: list[str]
    texts: list[str]
    forms: list[str]


def occurrences(layers: Tensor, documents: Sequence) -> Occurrences:
    """Collect the vectors of all ambiguous words, with their gold senses.

    `layers` (L, B, T, C) are in line with the documents' tokens. Texts are the four
    tokens before and after. Built in notebooks/04_elmo.ipynb.
    """
    vectors, senses, texts, forms = [], [], [], []
    for row, document in enumerate(documents):
        for t, sense in enumerate(document.senses):
            if sense:
                near = document.tokens[max(0, t - 4) : t + 5]
                vectors.append(layers[:, row, t])  # (L, C)
                senses.append(sense)
                texts.append(" ".join(near))
                forms.append(document.tokens[t])
    if not senses:
        raise ValueError(f"{len(documents)} documents without an ambiguous word")
    return Occurrences(np.stack(vectors, 1), senses, texts, forms)


def form_of(sense: str) -> str:
    """Return the word of a sense "form/scene"."""
    return sense.partition("/")[0]


def nearest_sense(known: Labelled, fresh: Labelled) -> Share:
    """Name the sense of each fresh occurrence by its nearest known one.

    Both are (vectors (n, C), senses "form/scene"); neighbours by cosine, among known
    occurrences of the same form. Source: Peters et al. 2018, sec. 5.3 (there: nearest
    mean of a sense). Built in notebooks/04_elmo.ipynb.
    """
    known_vectors, known_senses = known
    vectors, senses = fresh
    alike = cosines(vectors, known_vectors)  # (fresh, known)
    known_forms = np.array([form_of(sense) for sense in known_senses])
    forms = np.array([form_of(sense) for sense in senses])
    alike[forms[:, None] != known_forms] = -np.inf
    found = np.array(known_senses)[alike.argmax(1)]
    return share(found == np.array(senses))


def same_or_other(
    vectors: np.ndarray, senses: Sequence[str], forms: Sequence[str]
) -> dict[str, float]:
    """Return for each written form how well the cosine tells the senses apart.

    A pair of one sense is compared with a pair of two senses, both of the same form:
    how often has the first the larger cosine? This is the area under the ROC curve
    (AUC), in [0, 1]; ties count half, and 0.5 is chance. Shapes: vectors (n, C). Forms
    without pairs of both kinds are left out. Built in notebooks/04_elmo.ipynb.
    """
    alike = cosines(vectors, vectors)  # (n, n)
    senses = np.asarray(senses)
    found = {}
    for form in sorted(set(forms)):
        rows = np.flatnonzero(np.asarray(forms) == form)
        one, two = np.triu_indices(len(rows), 1)  # each pair once
        values = alike[rows[one], rows[two]]
        same = senses[rows[one]] == senses[rows[two]]
        if same.any() and not same.all():
            found[form] = _area(values[same], values[~same])
    return found


def _area(larger: np.ndarray, smaller: np.ndarray) -> float:
    """Return how often a number of the first set exceeds one of the second."""
    ordered = np.sort(smaller)
    below = np.searchsorted(ordered, larger - 1e-6)  # ties by rounding are ties
    up_to = np.searchsorted(ordered, larger + 1e-6)
    return float((below + up_to).mean() / 2 / len(ordered))


def linear_probe(known: Labelled, fresh: Labelled, ridge: float = 1.0) -> Share:
    """Fit labels by ridge regression on vectors; return the share right on others.

    Both are (vectors (n, C), labels). What a linear map can read off a layer.
    Source: Alain & Bengio 2016. Built in notebooks/04_elmo.ipynb.
    """
    kinds, numbers = np.unique(known[1], return_inverse=True)
    targets = np.eye(len(kinds))[numbers]  # (n, kinds), one-hot
    X = _with_ones(known[0])  # (n, C + 1)
    penalty = ridge * np.eye(X.shape[1])  # keeps the weights small
    W = np.linalg.solve(X.T @ X + penalty, X.T @ targets)  # (C + 1, kinds)
    scores = _with_ones(fresh[0]) @ W  # (m, kinds)
    found = kinds[scores.argmax(1)]
    return share(found == np.array(fresh[1]))


def _with_ones(vectors: np.ndarray) -> np.ndarray:
    """Add a column of ones, whose weight is the bias: (n, C) → (n, C + 1)."""
    return np.column_stack([vectors, np.ones(len(vectors))])


def usual_sense(known: Sequence, fresh: Sequence) -> float:
    """Return how often the most frequent sense of a form is right: the simplest rule.

    `known` and `fresh` are documents of the world; senses are counted in the first and
    named in the second. A share in [0, 1].
    Built in notebooks/04_elmo.ipynb.
    """
    usual: dict[str, str] = {}
    for sense, _ in Counter(_senses(known)).most_common():
        usual.setdefault(form_of(sense), sense)  # the first is the most frequent
    right = [usual.get(form_of(sense)) == sense for sense in _senses(fresh)]
    return share(right).mean


def _senses(documents: Sequence) -> list[str]:
    """List the senses of all ambiguous words."""
    found = []
    for document in documents:
        found += filter(None, document.senses)
    return found
