"""How well does a query fit a key? Three scores, and what is done with them.

Built in notebooks/06_attention.ipynb.
"""

import torch
from torch import Tensor, nn

from helpers.models.layers import check_choice


def dot_scores(queries: Tensor, keys: Tensor) -> Tensor:
    """Score each query against each key: q · k.

    Shapes: queries (…, T, N), keys (…, S, N) → (…, T, S).
    Source: Luong et al. 2015, sec. 3.1. Built in notebooks/06_attention.ipynb.
    """
    return queries @ keys.transpose(-2, -1)  # (…, T, S)


def general_scores(queries: Tensor, keys: Tensor, W: Tensor) -> Tensor:
    """Score each query against each key: q · W k; the two need not be equally wide.

    Shapes: queries (…, T, N), keys (…, S, M), W (N, M) → (…, T, S).
    Source: Luong et al. 2015, sec. 3.1. Built in notebooks/06_attention.ipynb.
    """
    return dot_scores(queries, keys @ W.T)


def additive_scores(
    queries: Tensor,
    keys: Tensor,
    W: Tensor,
    U: Tensor,
    a: Tensor,
) -> Tensor:
    """Score each query against each key: a · tanh(W q + U k).

    Shapes: queries (…, T, N), keys (…, S, M), W (A, N), U (A, M), a (A,) → (…, T, S).
    Source: Bahdanau et al. 2015, sec. 3.1 and appendix A.1.2.
    Built in notebooks/06_attention.ipynb.
    """
    left = (queries @ W.T).unsqueeze(-2)  # (…, T, 1, A)
    right = (keys @ U.T).unsqueeze(-3)  # (…, 1, S, A)
    return torch.tanh(left + right) @ a  # (…, T, S, A) → (…, T, S)


def soft_lookup(weights: Tensor, values: Tensor) -> Tensor:
    """Return Σ_j weights[i, j] values[j]: a mean in which each value has its share.

    Shapes: weights (…, T, S), rows that sum to 1; values (…, S, D) → (…, T, D).
    Raises ValueError for rows that do not sum to 1, or negative weights.
    Built in notebooks/06_attention.ipynb.
    """
    sums = weights.sum(-1)  # (…, T)
    whole = torch.allclose(sums, torch.ones_like(sums), atol=1e-4)
    if not whole or (weights < 0).any():
        raise ValueError(
            f"weights from {weights.min():.3g} with rows that sum to {sums.min():.3g} "
            f"… {sums.max():.3g}; use shares ≥ 0 that sum to 1, as a softmax gives"
        )
    return weights @ values


def nadaraya_watson(x: Tensor, xs: Tensor, ys: Tensor, width: float) -> Tensor:
    """Estimate y at x as the mean of the known ys, the nearer the weightier.

    Weights: softmax over j of −(x − xs[j])² / (2 width²). Nothing is learned.
    Shapes: x (T,), xs (S,), ys (S,) → (T,). Raises ValueError for width ≤ 0.
    Source: Nadaraya 1964; Watson 1964. Built in notebooks/06_attention.ipynb.
    """
    if width <= 0:
        raise ValueError(f"width={width}; use more than 0")
    squares = (x[:, None] - xs) ** 2  # (T, S)
    scores = -squares / (2 * width**2)
    weights = torch.softmax(scores, -1)
    return soft_lookup(weights, ys[:, None])[:, 0]  # (T,)


SCORES = {"additive": additive_scores, "dot": dot_scores, "general": general_scores}
N_WEIGHTS = {"additive": 3, "dot": 0, "general": 1}  # W, U and a; none; W


class Score(nn.Module):
    """One of the three scores with its weights: (B, T, N), (B, S, N) → (B, T, S).

    "general" starts with W = the identity, that is as "dot".
    Raises ValueError for another name.
    """

    def __init__(self, kind: str, d_hidden: int):
        super().__init__()
        check_choice("score", kind, SCORES)
        self.kind = kind
        n = d_hidden
        shapes = [(n, n), (n, n), (n,)][: N_WEIGHTS[kind]]
        weights = [torch.randn(shape) * n**-0.5 for shape in shapes]
        if kind == "general":
            nn.init.eye_(weights[0])
        self.weights = nn.ParameterList(weights)

    def forward(self, queries: Tensor, keys: Tensor) -> Tensor:
        return SCORES[self.kind](queries, keys, *self.weights)
