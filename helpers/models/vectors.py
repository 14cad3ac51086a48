"""Words as numbers: look-up, counts, PMI, skip-gram, pieces of words.

Built in notebooks/01_words_as_numbers.ipynb.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

N_NEGATIVES = 5  # for each real pair, as in the paper


def row_of(index: int, matrix: np.ndarray) -> np.ndarray:
    """Return one-hot(index) @ matrix, which is the row of that index.

    Shapes: matrix (V, C) → (C,). Raises ValueError for an index outside 0 … V − 1.
    Built in notebooks/01_words_as_numbers.ipynb.
    """
    _check_row(index, matrix)
    one_hot = np.zeros(len(matrix))  # (V,)
    one_hot[index] = 1
    return one_hot @ matrix


def _check_row(index: int, matrix: np.ndarray) -> None:
    if not 0 <= index < len(matrix):
        raise ValueError(f"index {index} is not one of the {len(matrix)} rows")


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    """Return a·b / (‖a‖ ‖b‖), between −1 and 1.

    Raises ValueError for a vector of length 0, which has no direction.
    Built in notebooks/01_words_as_numbers.ipynb.
    """
    a = np.asarray(a, float)
    b = np.asarray(b, float)
    length = np.linalg.norm(a) * np.linalg.norm(b)
    if length == 0:
        raise ValueError("a vector of zeros has no direction; give non-zero vectors")
    return float(a @ b / length)


def cosines(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the cosine of every row of a with every row of b; 0 for rows of zeros.

    Shapes: a (n, C), b (m, C) → (n, m).
    """
    return unit_rows(a) @ unit_rows(b).T


def unit_rows(matrix: np.ndarray) -> np.ndarray:
    """Divide each row by its length: (n, C) → (n, C); rows of zeros stay zeros."""
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)  # (n, 1)
    return matrix / lengths.clip(1e-12)


def cooccurrence(ids: Sequence[np.ndarray], window: int, vocab_size: int) -> np.ndarray:
    """Count how often two tokens stand at most `window` positions apart.

    `ids` is a list of documents (1-d arrays); no window leaves its document. Returns a
    symmetric (V, V) array. Built in notebooks/01_words_as_numbers.ipynb.
    """
    centres, contexts = skipgram_pairs(ids, window)
    if len(centres) and centres.max() >= vocab_size:  # it would fall into another cell
        raise ValueError(f"id {centres.max()}; vocab_size={vocab_size} has none such")
    cells = centres * vocab_size + contexts  # (P,): one number for each pair
    counts = np.bincount(cells, minlength=vocab_size**2)
    return counts.reshape(vocab_size, vocab_size).astype(float)


def skipgram_pairs(
    ids: Sequence[np.ndarray], window: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return (centres, contexts): every token with every neighbour in its window.

    Shapes: two arrays (P,). Source: Mikolov et al. 2013 (arXiv:1301.3781), sec. 3.2.
    """
    if window < 1:
        raise ValueError(f"window={window}; a window reaches at least 1 token far")
    gap = np.full(window, -1)  # after each document: no window reaches across it
    parts = []
    for document in ids:
        parts += [document, gap]
    if not parts:
        raise ValueError("0 documents have no pairs; give at least one")
    line = np.concatenate(parts)
    pairs = []
    for distance in range(1, window + 1):
        pair = np.stack([line[:-distance], line[distance:]])  # (2, ·): left, right
        pairs.append(pair[:, (pair >= 0).all(0)])
    left, right = np.concatenate(pairs, 1)
    centres = np.concatenate([left, right])  # each token of a pair is a centre once
    contexts = np.concatenate([right, left])
    return centres, contexts


def pmi(counts: np.ndarray, positive: bool = True) -> np.ndarray:
    """Return log( P(a, b) / (P(a) P(b)) ), the surprise of meeting, in nats.

    Shape (V, V) → (V, V). Pairs never seen give 0 where `positive` (then all negative
    values are 0 too: PPMI), else −inf. Source: Church & Hanks 1990; Levy & Goldberg
    2014, eq. 10. Built in notebooks/01_words_as_numbers.ipynb.
    """
    counts = np.asarray(counts, float)
    if counts.shape != (len(counts), len(counts)) or counts.min() < 0:
        raise ValueError(f"counts must be a square table ≥ 0, not {counts.shape}")
    if not counts.sum():
        raise ValueError("no pair was ever seen; count some text first")
    joint = counts / counts.sum()
    rows = joint.sum(1, keepdims=True)  # (V, 1)
    columns = joint.sum(0, keepdims=True)  # (1, V)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.log(joint / (rows * columns))
    found[joint == 0] = -np.inf  # also where a token was never seen: 0 / 0
    return np.maximum(found, 0) if positive else found


def svd_vectors(matrix: np.ndarray, d_model: int) -> np.ndarray:
    """Return the best d_model-dimensional picture of the rows: U √S, shape (V, C)."""
    if not 1 <= d_model <= len(matrix):
        raise ValueError(f"d_model={d_model}; use 1 … {len(matrix)} for this matrix")
    u, s, _ = np.linalg.svd(matrix)  # (V, V), (V,)
    return u[:, :d_model] * np.sqrt(s[:d_model])


class SkipGram(nn.Module):
    """Two vectors a token: one as a centre (`vectors`), one as a context.

    Source: Mikolov et al. 2013 (arXiv:1310.4546), eq. 4: negative sampling.
    Built in notebooks/01_words_as_numbers.ipynb.
    """

    def __init__(self, vocab_size: int, d_model: int):
        super().__init__()
        self.centre = nn.Embedding(vocab_size, d_model)
        self.context = nn.Embedding(vocab_size, d_model)
        nn.init.normal_(self.centre.weight, std=d_model**-0.5)
        nn.init.zeros_(self.context.weight)

    def loss(self, centres: Tensor, contexts: Tensor, negatives: Tensor) -> Tensor:
        """Return −log σ(v·u) − Σ log σ(−v·u'), the mean over pairs, in nats.

        Shapes: centres (P,), contexts (P,), negatives (K,) shared by all pairs; the
        sum over negatives is rescaled to `N_NEGATIVES` of them a pair.
        """
        v = self.centre(centres)  # (P, C)
        u = self.context(contexts)  # (P, C)
        others = self.context(negatives)  # (K, C)
        real = F.logsigmoid((v * u).sum(-1))  # (P,)
        false = F.logsigmoid(-v @ others.T).mean(-1)  # (P,)
        return -(real + N_NEGATIVES * false).mean()

    @property
    def vectors(self) -> np.ndarray:
        """The centre vectors, (V, C)."""
        return self.centre.weight.detach().numpy()


def train_skipgram(
    ids: Sequence[np.ndarray],
    model: SkipGram,
    window: int,
    steps: int,
    generator: torch.Generator,
    lr: float = 0.01,
) -> list[float]:
    """Train a skip-gram model on documents; return the loss of every step.

    Negatives are drawn from the token frequencies to the power 3/4, 64 a step, shared
    by the whole batch. Built in notebooks/01_words_as_numbers.ipynb.
    """
    centres, contexts = map(torch.from_numpy, skipgram_pairs(ids, window))  # (P,)
    if not len(centres):
        raise ValueError("no document has two tokens near each other; give longer ones")
    frequencies = torch.bincount(centres, minlength=model.centre.num_embeddings)
    weights = frequencies.double() ** 0.75  # rare words are drawn more often than met
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for step in range(steps):
        rows = torch.randint(len(centres), (2048,), generator=generator)
        negatives = torch.multinomial(weights, 64, True, generator=generator)
        loss = model.loss(centres[rows], contexts[rows], negatives)
        optimizer.zero_grad()
        loss.backward()
        optimizer.param_groups[0]["lr"] = lr * (1 - step / steps)  # falls to 0
        optimizer.step()
        losses.append(loss.item())
    return losses


def neighbours(vectors: np.ndarray, index: int, k: int = 5) -> list[tuple[int, float]]:
    """Return the k rows with the largest cosine to row `index`, itself left out.

    Computed in the full space, never in a two-dimensional picture of it.
    """
    _check_row(index, vectors)
    return nearest(vectors, vectors[index], k, {index})


def nearest(
    vectors: np.ndarray,
    query: np.ndarray,
    k: int,
    without: Iterable[int] = (),
) -> list[tuple[int, float]]:
    """Return the k rows with the largest cosine to a query vector; fewer of fewer."""
    scores = cosines(vectors, query[None])[:, 0]  # (V,)
    order = np.argsort(-scores, kind="stable")
    order = order[~np.isin(order, list(without))]
    return [(int(i), float(scores[i])) for i in order[:k]]


def analogy(
    vectors: np.ndarray,
    a: int,
    b: int,
    c: int,
    k: int = 1,
) -> list[tuple[int, float]]:
    """Return the k rows nearest to b − a + c ("a is to b as c is to …").

    The three themselves are left out. Source: Mikolov, Yih & Zweig 2013 (NAACL).
    Built in notebooks/01_words_as_numbers.ipynb.
    """
    for index in (a, b, c):
        _check_row(index, vectors)
    unit = unit_rows(vectors)
    query = unit[b] - unit[a] + unit[c]
    return nearest(unit, query, k, {a, b, c})


def ngrams_of(word: str, low: int = 3, high: int = 6) -> list[str]:
    """Return the character n-grams of <word>, the whole of it last.

    Source: Bojanowski et al. 2017 (fastText), sec. 3.2. Built in
    notebooks/01_words_as_numbers.ipynb.
    """
    marked = f"<{word}>"
    pieces = []
    for n in range(low, high + 1):
        pieces += [marked[i : i + n] for i in range(len(marked) - n + 1)]
    return pieces if marked in pieces else [*pieces, marked]
