"""Three more ways to word vectors: GloVe, fastText, and words folded into a space.

Built in notebooks/01_words_as_numbers.ipynb.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from helpers.models.vectors import SkipGram, ngrams_of

MOST_COUNTED = 100.0  # x_max of GloVe: a pair met so often has the full weight
POWER = 0.75  # of GloVe's weights


def sliding_pairs(tokens: Sequence[str], window: int) -> list[tuple[str, str]]:
    """Return (centre, neighbour) for each token and all that stand near it.

    Pairs come centre by centre, each one's neighbours from left to right. Raises
    ValueError for a window below 1. Built in notebooks/01_words_as_numbers.ipynb.
    """
    if window < 1:
        raise ValueError(f"window={window}; a window reaches at least 1 token far")
    pairs = []
    for i, centre in enumerate(tokens):
        first = max(0, i - window)
        for j in range(first, min(len(tokens), i + window + 1)):
            if j != i:  # no token is its own neighbour
                pairs.append((centre, tokens[j]))
    return pairs


def skipgram_step(
    v: np.ndarray, u: np.ndarray, label: float, lr: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return a centre and a context vector after one step of gradient descent.

    The loss is −log σ(v·u) for a real pair (label 1) and −log σ(−v·u) for a random one
    (label 0). Shapes: v, u (C,). Source: Mikolov et al. 2013 (arXiv:1310.4546), eq. 4.
    Built in notebooks/01_words_as_numbers.ipynb.
    """
    share = 1 / (1 + np.exp(-v @ u))  # σ(v·u): how sure we are that the pair is real
    slope = share - label  # derivative of the loss with respect to v·u
    return v - lr * slope * u, u - lr * slope * v


def fold_in(rows: np.ndarray, matrix: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Return where new rows of a table lie in the space made of it by `svd_vectors`.

    Shapes: rows (n, V), matrix (V, V), vectors U √S (V, C) → (n, C). A row of the
    matrix itself lands on its own vector. Source: Deerwester et al. 1990, "folding in".
    Built in notebooks/01_words_as_numbers.ipynb.
    """
    sizes = (vectors**2).sum(0)  # (C,): the diagonal of S
    return rows @ (matrix.T @ vectors / sizes**2)


class GloVe(nn.Module):
    """Vectors whose dot products, with two biases, are the logarithms of counts.

    Source: Pennington, Socher & Manning 2014, eq. 8.
    Built in notebooks/01_words_as_numbers.ipynb.
    """

    def __init__(self, vocab_size: int, d_model: int):
        super().__init__()
        self.centre = nn.Embedding(vocab_size, d_model)
        self.context = nn.Embedding(vocab_size, d_model)
        self.centre_bias = nn.Parameter(torch.zeros(vocab_size, 1))
        self.context_bias = nn.Parameter(torch.zeros(vocab_size))
        for table in (self.centre, self.context):
            nn.init.normal_(table.weight, std=0.1)

    def loss(self, counts: Tensor) -> Tensor:
        """Return the mean of f(x) (v·u + b_a + c_b − log x)² over all pairs that met.

        Shape: counts (V, V). f(x) = (x / 100)^0.75, 1 from x = 100 on, 0 for x = 0.
        """
        products = self.centre.weight @ self.context.weight.T  # (V, V)
        found = products + self.centre_bias + self.context_bias  # (V, V)
        weights = (counts / MOST_COUNTED).clamp(max=1) ** POWER  # rare pairs are noisy
        errors = found - counts.clamp(min=1).log()  # log 0 has no weight
        return (weights * errors**2).sum() / (counts > 0).sum()

    @property
    def vectors(self) -> np.ndarray:
        """The sum of a token's two vectors, as in the paper: (V, C)."""
        return (self.centre.weight + self.context.weight).detach().numpy()


def train_glove(
    counts: np.ndarray, model: GloVe, steps: int, lr: float = 0.05
) -> list[float]:
    """Fit GloVe to a table of counts (V, V) by Adagrad; return the loss of each step.

    Every step sees all pairs that were met. Raises ValueError for a table of zeros.
    Built in notebooks/01_words_as_numbers.ipynb.
    """
    if not counts.any():
        raise ValueError("no pair was ever seen; count some text first")
    table = torch.from_numpy(counts).float()
    optimizer = torch.optim.Adagrad(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        loss = model.loss(table)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


class FastText(SkipGram):
    """Skip-gram whose centre vector is the mean of a word's letter n-grams.

    Source: Bojanowski et al. 2017, sec. 3.2 (there: their sum; the cosine is the same).
    Trained by `train_skipgram`. Built in notebooks/01_words_as_numbers.ipynb.
    """

    def __init__(self, words: Sequence[str], d_model: int):
        super().__init__(len(words), d_model)
        pieces = {piece for word in words for piece in ngrams_of(word)}
        self.pieces = {piece: i for i, piece in enumerate(sorted(pieces))}
        self.centre = PiecesOfWords(words, self.pieces, d_model)

    @property
    def vectors(self) -> np.ndarray:
        """The means of the pieces of all words, (V, C)."""
        with torch.no_grad():
            return self.centre(torch.arange(self.centre.num_embeddings)).numpy()

    def vector_of(self, word: str) -> np.ndarray:
        """Return the mean of a word's known pieces, (C,); the word may be unknown.

        Raises ValueError for a word without one known piece.
        """
        pieces = self.centre.pieces.weight.detach().numpy()
        return unseen_vector(word, self.pieces, pieces)


class PiecesOfWords(nn.Module):
    """A table of words whose rows are means of the rows of their pieces."""

    def __init__(self, words: Sequence[str], ids: dict[str, int], d_model: int):
        super().__init__()
        self.num_embeddings = len(words)
        self.pieces = nn.Embedding(len(ids), d_model)  # (number of pieces, C)
        shares = torch.zeros(len(words), len(ids))
        for row, word in enumerate(words):
            of_word = ngrams_of(word)
            for piece in of_word:
                shares[row, ids[piece]] += 1 / len(of_word)
        self.register_buffer("shares", shares.to_sparse())

    def forward(self, ids: Tensor) -> Tensor:
        """Return the vectors of words: (P,) → (P, C)."""
        rows = torch.sparse.mm(self.shares, self.pieces.weight)  # (V, C)
        return rows[ids]


def unseen_vector(word: str, ids: dict[str, int], matrix: np.ndarray) -> np.ndarray:
    """Return the mean of the rows of a word's known pieces: matrix (n, C) → (C,).

    Raises ValueError for a word without one known piece.
    Built in notebooks/01_words_as_numbers.ipynb.
    """
    rows = [ids[piece] for piece in ngrams_of(word) if piece in ids]
    if not rows:
        raise ValueError(f"no piece of {word!r} is known; try a more usual word")
    return matrix[rows].mean(0)
