"""Positions: what is added to token vectors, and what acts inside attention.

Built in notebooks/08_positions.ipynb.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn


def moves_along(
    layer: Callable[[Tensor], Tensor],
    x: Tensor,
    order: Tensor,
    tolerance: float = 1e-6,
) -> bool:
    """Return whether shuffled inputs give the same outputs, shuffled alike.

    layer(x[order]) = layer(x)[order], up to `tolerance`. Shapes: x (T, C) → (T, ·),
    order (T,), a permutation of 0 … T − 1. Built in notebooks/08_positions.ipynb.
    """
    gap = layer(x[order]) - layer(x)[order]
    return bool(gap.abs().max() < tolerance)


def sinusoid(position: int, dimension: int, d_model: int, base: float = 1e4) -> float:
    """Return one entry of PE: a sine in even dimensions, a cosine in odd ones.

    Source: Vaswani et al. 2017, sec. 3.5. Built in notebooks/08_positions.ipynb.
    """
    pair = dimension // 2  # a sine and a cosine share their frequency
    angle = position / base ** (2 * pair / d_model)
    return math.cos(angle) if dimension % 2 else math.sin(angle)


def frequencies(d_model: int, base: float = 10_000.0) -> Tensor:
    """Return ω_i = base^(−2i / C) for i = 0 … C/2 − 1, in radians per position.

    Raises ValueError for an odd width: each frequency needs a sine and a cosine.
    """
    if d_model < 2 or d_model % 2:
        raise ValueError(
            f"d_model={d_model}; each frequency takes two dimensions, so use an even "
            "width such as 64"
        )
    exponents = torch.arange(0, d_model, 2, dtype=torch.float64) / d_model  # 2i / C
    return base**-exponents


def sinusoids(n_positions: int, d_model: int, base: float = 10_000.0) -> Tensor:
    """Return PE(p, 2i) = sin(p ω_i), PE(p, 2i + 1) = cos(p ω_i): (n_positions, C).

    Source: Vaswani et al. 2017, sec. 3.5. Built in notebooks/08_positions.ipynb.
    """
    positions = torch.arange(n_positions, dtype=torch.float64)
    angles = positions[:, None] * frequencies(d_model, base)  # (T, C/2)
    sines = angles.sin()
    cosines = angles.cos()
    pairs = torch.stack([sines, cosines], -1)  # (T, C/2, 2)
    return pairs.flatten(1).to(torch.get_default_dtype())  # (T, C)


def rotate(pairs: Tensor, angles: Tensor) -> Tensor:
    """Turn neighbouring pairs of features: (x, y) → (x cos − y sin, x sin + y cos).

    Shapes: pairs (…, T, D), angles (T, D/2) → (…, T, D).
    Source: Su et al. 2021, eq. 34. Built in notebooks/08_positions.ipynb.
    """
    x = pairs[..., 0::2]  # (…, T, D/2)
    y = pairs[..., 1::2]
    cos = angles.cos().to(pairs.dtype)  # (T, D/2)
    sin = angles.sin().to(pairs.dtype)
    turned_x = x * cos - y * sin
    turned_y = x * sin + y * cos
    turned = torch.stack([turned_x, turned_y], -1)  # (…, T, D/2, 2)
    return turned.flatten(-2)  # (…, T, D)


def distances(
    n_queries: int, n_keys: int, device: torch.device | None = None
) -> Tensor:
    """Return key position − query position: (T_q, T_k).

    The queries are the last ones: query i stands at position T_k − T_q + i.
    """
    keys = torch.arange(n_keys, device=device)
    queries = keys[n_keys - n_queries :]
    return keys - queries[:, None]  # (T_q, T_k)


def bucket(distance: Tensor, n_buckets: int = 32, farthest: int = 128) -> Tensor:
    """Return T5's bucket of each distance: exact nearby, then ever wider.

    Half of the buckets are for keys before the query, half for those after it; in each
    half, one half is exact, the other grows with the logarithm up to `farthest`.
    Source: Raffel et al. 2020, sec. 2.1. Built in notebooks/08_positions.ipynb.
    """
    half = n_buckets // 2
    exact = half // 2
    away = distance.abs()
    logs = torch.log(away.clamp(min=1) / exact)  # the log of 0 would be −∞
    growth = logs / math.log(farthest / exact)
    far = exact + (growth * (half - exact)).long()
    far = far.clamp(max=half - 1)
    inside = torch.where(away < exact, away, far)
    return inside + half * (distance > 0)


class NoPositions(nn.Module):
    """Pass token vectors on as they are."""

    def forward(self, x: Tensor, start: int = 0) -> Tensor:
        return x


class Sinusoidal(nn.Module):
    """Add sinusoids to token vectors: (B, T, C) → (B, T, C). Nothing is learned.

    `start` is the position of the first token. Any length works.
    Source: Vaswani et al. 2017, sec. 3.5. Built in notebooks/08_positions.ipynb.
    """

    def __init__(self, d_model: int, base: float = 10_000.0):
        super().__init__()
        self.base = base
        self.register_buffer("table", sinusoids(64, d_model, base), persistent=False)

    def forward(self, x: Tensor, start: int = 0) -> Tensor:
        end = start + x.shape[-2]
        if end > len(self.table):  # twice as long, so that it seldom has to grow
            longer = sinusoids(2 * end, self.table.shape[1], self.base)
            self.table = longer.to(self.table)
        return x + self.table[start:end].to(x.dtype)


class Learned(nn.Module):
    """Add a learned vector for each position: (B, T, C) → (B, T, C).

    Raises ValueError beyond the table: no vector was made for those positions.
    Source: Gehring et al. 2017; Devlin et al. 2019. Built in 08_positions.ipynb.
    """

    def __init__(self, n_positions: int, d_model: int):
        super().__init__()
        self.table = nn.Embedding(n_positions, d_model)
        nn.init.normal_(self.table.weight, std=0.1)

    def forward(self, x: Tensor, start: int = 0) -> Tensor:
        end = start + x.shape[-2]
        longest = self.table.num_embeddings
        if end > longest:
            raise ValueError(
                f"{end} tokens, but positions were learned for {longest}; cut the text "
                "or make the table longer"
            )
        return x + self.table.weight[start:end]


class RelativeBias(nn.Module):
    """Add a learned number per head and bucket of distance to the scores (T5).

    relative(q, k) → q, k, bias (H, T_q, T_k).
    Source: Raffel et al. 2020, sec. 2.1. Built in notebooks/08_positions.ipynb.
    """

    def __init__(self, n_heads: int, n_buckets: int = 32, farthest: int = 128):
        super().__init__()
        if n_buckets < 4 or farthest <= n_buckets // 4:
            raise ValueError(
                f"n_buckets={n_buckets}, farthest={farthest}; use at least 4 buckets "
                "and a farthest distance above a quarter of them"
            )
        self.n_buckets = n_buckets
        self.farthest = farthest
        self.bias = nn.Parameter(torch.zeros(n_heads, n_buckets))

    def forward(self, q: Tensor, k: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        away = distances(q.shape[-2], k.shape[-2], q.device)  # (T_q, T_k)
        buckets = bucket(away, self.n_buckets, self.farthest)
        return q, k, self.bias[:, buckets]  # (H, T_q, T_k)


class RelativeKeys(nn.Module):
    """Add q · a(distance) / √D to the scores; a is learned, clipped at `farthest`.

    relative(q, k) → q, k, bias (B, H, T_q, T_k). One table serves all heads.
    Source: Shaw, Uszkoreit & Vaswani 2018, eq. 4. Built in 08_positions.ipynb.
    """

    def __init__(self, d_head: int, farthest: int = 16):
        super().__init__()
        self.farthest = farthest
        table = torch.randn(2 * farthest + 1, d_head) * d_head**-0.5  # (2K + 1, D)
        self.table = nn.Parameter(table)

    def forward(self, q: Tensor, k: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        away = distances(q.shape[-2], k.shape[-2], q.device)  # (T_q, T_k)
        rows = away.clamp(-self.farthest, self.farthest) + self.farthest
        scores = q @ self.table.T / math.sqrt(q.shape[-1])  # (B, H, T_q, 2K + 1)
        rows = rows.expand(*q.shape[:-1], -1)  # (B, H, T_q, T_k)
        return q, k, scores.gather(-1, rows)


class Rotary(nn.Module):
    """Turn queries and keys by angles that grow with their position.

    relative(q, k) → turned q, turned k, None. The score of two turned vectors depends
    on their distance alone. Raises ValueError for an odd d_head.
    Source: Su et al. 2021 (arXiv:2104.09864), sec. 3.4. Built in 08_positions.ipynb.
    """

    def __init__(self, d_head: int, base: float = 10_000.0):
        super().__init__()
        steps = frequencies(d_head, base)
        self.register_buffer("steps", steps, persistent=False)

    def forward(self, q: Tensor, k: Tensor) -> tuple[Tensor, Tensor, None]:
        n_keys = k.shape[-2]
        angles = (
            torch.arange(n_keys, device=q.device)[:, None] * self.steps
        )  # (T_k, D/2)
        last = angles[n_keys - q.shape[-2] :]  # (T_q, D/2): the queries stand last
        return rotate(q, last), rotate(k, angles), None


POSITIONS = ("sinusoidal", "learned", "bias", "keys", "rotary", "none")


def input_positions(kind: str, d_model: int, longest: int) -> nn.Module:
    """Return what is added to the token vectors: sinusoids, a table, or nothing."""
    if kind == "sinusoidal":
        return Sinusoidal(d_model)
    if kind == "learned":
        return Learned(longest, d_model)
    return NoPositions()


def attention_positions(kind: str, d_model: int, n_heads: int) -> nn.Module | None:
    """Return what acts inside attention: a bias, relative keys, a rotation, or None."""
    if kind == "bias":
        return RelativeBias(n_heads)
    if kind == "keys":
        return RelativeKeys(d_model // n_heads)
    if kind == "rotary":
        return Rotary(d_model // n_heads)
    return None
