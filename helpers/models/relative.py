"""Two more ways to act on the scores by distance: ALiBi and DeBERTa's three products.

Both are a `relative` of `attention.MultiHeadAttention`, as those of `positions` are.
Built in notebooks/08_positions.ipynb.
"""

import math

import torch
from torch import Tensor, nn

from helpers.models.layers import linear
from helpers.models.positions import distances


def alibi_slopes(n_heads: int) -> Tensor:
    """Return how much each head subtracts for one token of distance: (H,).

    2^(−8h / H) for h = 1 … H: with 8 heads 1/2, 1/4 … 1/256. Nothing is learned.
    Source: Press, Smith & Lewis 2022, sec. 3. Built in 08_positions.ipynb.
    """
    heads = torch.arange(1, n_heads + 1)
    return 2.0 ** (-8 * heads / n_heads)


class Alibi(nn.Module):
    """Subtract slope · |distance| from the scores; the slopes are fixed (ALiBi).

    relative(q, k) → q, k, bias (H, T_q, T_k). The paper has a causal mask beside it;
    without one, a token so far before and one so far after get the same bias.
    Source: Press, Smith & Lewis 2022, sec. 3. Built in 08_positions.ipynb.
    """

    def __init__(self, n_heads: int):
        super().__init__()
        self.register_buffer("slopes", alibi_slopes(n_heads), persistent=False)

    def forward(self, q: Tensor, k: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        away = distances(q.shape[-2], k.shape[-2], q.device).abs()  # (T_q, T_k)
        return q, k, -self.slopes[:, None, None] * away  # (H, T_q, T_k)


class Disentangled(nn.Module):
    """Score word with word, word with distance, and distance with word (DeBERTa).

    relative(q, k) → q, k, bias (B, H, T_q, T_k), such that attention's q · k / √D is
    the first of three products, each divided by √(3D). One table of distances, clipped
    at `farthest`, is projected to queries and keys of its own.
    Source: He et al. 2021, eq. 4 (its third product takes the row of the opposite
    distance). Built in notebooks/08_positions.ipynb.
    """

    def __init__(self, d_model: int, n_heads: int, farthest: int = 16):
        super().__init__()
        self.n_heads = n_heads
        self.farthest = farthest
        rows = 2 * farthest + 1  # K
        self.table = nn.Parameter(torch.randn(rows, d_model) * 0.5)
        self.to_key = linear(d_model, d_model)
        self.to_query = linear(d_model, d_model)

    def forward(self, q: Tensor, k: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        away = distances(q.shape[-2], k.shape[-2], q.device)  # (T_q, T_k)
        rows = away.clamp(-self.farthest, self.farthest) + self.farthest
        by_key = self.heads(self.to_key)  # (H, K, D)
        by_query = self.heads(self.to_query)
        word_to_distance = q @ by_key.transpose(-2, -1)  # (B, H, T_q, K)
        word_to_distance = word_to_distance.gather(-1, rows.expand(*q.shape[:-1], -1))
        distance_to_word = k @ by_query.transpose(-2, -1)  # (B, H, T_k, K)
        columns = rows.T.expand(*k.shape[:-1], -1)  # (B, H, T_k, T_q)
        distance_to_word = distance_to_word.gather(-1, columns).transpose(-2, -1)
        bias = (word_to_distance + distance_to_word) / math.sqrt(3 * q.shape[-1])
        return q / math.sqrt(3), k, bias

    def heads(self, projection: nn.Module) -> Tensor:
        """Return the projected table, split into heads: (H, K, D)."""
        rows = projection(self.table)  # (K, C)
        return rows.unflatten(-1, (self.n_heads, -1)).transpose(0, 1)
