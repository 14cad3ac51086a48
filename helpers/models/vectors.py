"""Words as numbers: look-up, counts, PMI, skip-gram, pieces of words.

Built in notebooks/01_words_as_numbers.ipynb.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F


def row_of(index: int, matrix: np.ndarray) -> np.ndarray:
    """Return one-hot(index) @ matrix, which is the row of that index.

    Shapes: matrix (V, C) → (C,). Raises ValueError for an index outside 0 … V − 1.
    Built in notebooks/01_words_as_numbers.ipynb.
    """
    if not 0 <= index < len(matrix):
        raise ValueError(f"index {index} is not one of the {len(matrix)} rows")
    one_hot = np.zeros(len(matrix))
    one_hot[index] = 1
    return one_hot @ matrix


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    """Return a·b / (‖a‖ ‖b‖), between −1 and 1.

    Raises ValueError for a vector of length 0, which has no direction.
    Built in notebooks/01_words_as_numbers.ipynb.
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    length = np.linalg.norm(a) * np.linalg.norm(b)
    if length == 0:
        raise ValueError("a vector of zeros has no direction; give non-zero vectors")
    return float(a @ b / length)


def cooccurrence(ids: Sequence[np.ndarray], window: int, vocab_size: int) -> np.ndarray:
    """Count how often two tokens stand at most `window` places apart.

    `ids` is a list of documents (1-d arrays); no window leaves its document. Returns a
    symmetric (V, V) array. Built in notebooks/01_words_as_numbers.ipynb.
    """
    centres, contexts = skipgram_pairs(ids, window)
    flat = np.bincount(centres * vocab_size + contexts, minlength=vocab_size**2)
    return flat.reshape(vocab_size, vocab_size).astype(float)


def skipgram_pairs(ids: Sequence[np.ndarray], window: int) -> tuple[np.ndarray, ...]:
    """Return (centres, contexts): every token with every neighbour in its window.

    Shapes: two arrays (P,). Source: Mikolov et al. 2013 (arXiv:1301.3781), sec. 3.2.
    """
    if window < 1:
        raise ValueError(f"window={window}; a window reaches at least 1 token far")
    gap = np.full(window, -1)
    line = np.concatenate([np.concatenate([doc, gap]) for doc in ids])
    lefts, rights = [], []
    for distance in range(1, window + 1):
        left, right = line[:-distance], line[distance:]
        real = (left >= 0) & (right >= 0)
        lefts.append(left[real])
        rights.append(right[real])
    left, right = np.concatenate(lefts), np.concatenate(rights)
    return np.concatenate([left, right]), np.concatenate([right, left])


def pmi(counts: np.ndarray, positive: bool = True) -> np.ndarray:
    """Return log( P(a, b) / (P(a) P(b)) ), the surprise of meeting, in nats.

    Shape (V, V) → (V, V). Pairs never seen give 0 where `positive` (then all negative
    values are 0 too: PPMI), else −inf. Source: Church & Hanks 1990; Levy & Goldberg
    2014, eq. 10. Built in notebooks/01_words_as_numbers.ipynb.
    """
    counts = np.asarray(counts, float)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or counts.min() < 0:
        raise ValueError(f"counts must be a square table ≥ 0, not {counts.shape}")
    joint = counts / counts.sum()
    apart = joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        out = np.log(joint / apart)
    out[joint == 0] = -np.inf
    return np.maximum(out, 0) if positive else out


def svd_vectors(matrix: np.ndarray, d_model: int) -> np.ndarray:
    """Return the best d_model-dimensional picture of the rows: U √S, shape (V, C)."""
    if not 1 <= d_model <= len(matrix):
        raise ValueError(f"d_model={d_model}; use 1 … {len(matrix)} for this matrix")
    u, s, _ = np.linalg.svd(matrix)
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
        sum over negatives is rescaled to `SHARED` of them a pair.
        """
        v, u = self.centre(centres), self.context(contexts)  # (P, C)
        others = self.context(negatives)  # (K, C)
        real = F.logsigmoid((v * u).sum(-1))  # (P,)
        false = F.logsigmoid(-v @ others.T).mean(-1)  # (P,)
        return -(real + N_NEGATIVES * false).mean()

    @property
    def vectors(self) -> np.ndarray:
        """The centre vectors, (V, C)."""
        return self.centre.weight.detach().numpy()


N_NEGATIVES = 5


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
    centres, contexts = (torch.from_numpy(x) for x in skipgram_pairs(ids, window))
    frequencies = torch.bincount(centres, minlength=model.centre.num_embeddings)
    weights = frequencies.double() ** 0.75
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for step in range(steps):
        pick = torch.randint(len(centres), (2048,), generator=generator)
        false = torch.multinomial(weights, 64, replacement=True, generator=generator)
        loss = model.loss(centres[pick], contexts[pick], false)
        optimizer.zero_grad()
        loss.backward()
        for group in optimizer.param_groups:
            group["lr"] = lr * (1 - step / steps)
        optimizer.step()
        losses.append(loss.item())
    return losses


def neighbours(vectors: np.ndarray, index: int, k: int = 5) -> list[tuple[int, float]]:
    """Return the k rows with the largest cosine to row `index`, itself left out.

    Computed in the full space, never in a two-dimensional picture of it.
    """
    return nearest(vectors, vectors[index], k, {index})


def nearest(
    vectors: np.ndarray, query: np.ndarray, k: int, without: Iterable[int] = ()
) -> list[tuple[int, float]]:
    """Return the k rows with the largest cosine to a query vector."""
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(query)
    scores = vectors @ query / np.maximum(lengths, 1e-12)
    scores[list(without)] = -np.inf
    best = np.argsort(-scores, kind="stable")[:k]
    return [(int(i), float(scores[i])) for i in best]


def analogy(vectors: np.ndarray, a: int, b: int, c: int, k: int = 1):
    """Return the k rows nearest to b − a + c ("a is to b as c is to …").

    The three themselves are left out.

    Source: Mikolov, Yih & Zweig 2013 (NAACL). Built in
    notebooks/01_words_as_numbers.ipynb.
    """
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-12)
    return nearest(unit, unit[b] - unit[a] + unit[c], k, {a, b, c})


def ngrams_of(word: str, low: int = 3, high: int = 6) -> list[str]:
    """Return the character n-grams of <word>, the whole of it last.

    Source: Bojanowski et al. 2017 (fastText), sec. 3.2. Built in
    notebooks/01_words_as_numbers.ipynb.
    """
    marked = f"<{word}>"
    spans = range(low, min(high, len(marked)) + 1)
    out = [marked[i : i + n] for n in spans for i in range(len(marked) - n + 1)]
    return out if marked in out else [*out, marked]
