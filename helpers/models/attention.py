"""Attention: each query takes a mean of the values, weighted by its likeness to keys.

Built in notebooks/07_self_attention.ipynb.
"""

import math

import torch
from torch import Tensor, nn

from helpers.models.layers import linear, product
from helpers.models.tracing import Tap


def attention(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None, bias=None
) -> tuple[Tensor, Tensor]:
    """Return softmax(q kᵀ / √D + bias) v, and the weights.

    Shapes: q (…, T_q, D), k (…, T_k, D), v (…, T_k, D_v) → averages (…, T_q, D_v),
    weights (…, T_q, T_k), each row in [0, 1] with sum 1. `mask` (…, T_q, T_k) bool,
    True = may be looked at. Raises ValueError for widths or lengths that do not fit
    and for a query that may look nowhere: its mean would be of nothing.
    Source: Vaswani et al. 2017, eq. 1. Built in notebooks/07_self_attention.ipynb.
    """
    _check(q, k, v, mask)
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (…, T_q, T_k)
    if bias is not None:
        scores = scores + bias
    weights = masked_softmax(scores, mask)
    return weights @ v, weights


def masked_softmax(scores: Tensor, mask: Tensor | None = None) -> Tensor:
    """Return weights over the last axis: exactly 0 where the mask is False, sum 1.

    Shapes: scores (…, T_q, T_k), mask broadcastable to it, True = may be looked at.
    Built in notebooks/07_self_attention.ipynb.
    """
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return torch.softmax(scores, -1)


def _check(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> None:
    if q.shape[-1] != k.shape[-1]:
        raise ValueError(
            f"queries of width {q.shape[-1]} and keys of width {k.shape[-1]} have no "
            "dot product; project both to one width"
        )
    if k.shape[-2] != v.shape[-2]:
        raise ValueError(
            f"{k.shape[-2]} keys and {v.shape[-2]} values; give each key one value"
        )
    if mask is not None and mask.dtype != torch.bool:
        raise ValueError(
            f"a mask of {mask.dtype}; give bool, True = may be looked at (mask.bool())"
        )
    if mask is not None and not mask.any(-1).all():
        raise ValueError(
            "a query may look nowhere; let each row of the mask hold at least one True"
        )


def causal_mask(seq_len: int, n_keys: int | None = None) -> Tensor:
    """Return who may look at whom when nobody sees the future: (T, n_keys) bool.

    Query i stands at position n_keys − T + i and sees that position and all before.
    Built in notebooks/07_self_attention.ipynb.
    """
    n_keys = seq_len if n_keys is None else n_keys
    if not 1 <= seq_len <= n_keys:
        raise ValueError(f"{seq_len} queries, {n_keys} keys; use 1 ≤ queries ≤ keys")
    ones = torch.ones(seq_len, n_keys, dtype=torch.bool)
    return ones.tril(n_keys - seq_len)


def padding_mask(mask: Tensor) -> Tensor:
    """Turn "is real" (B, T) into "may be looked at" (B, 1, 1, T), for all heads."""
    return mask[:, None, None, :]


def split_heads(x: Tensor, n_heads: int) -> Tensor:
    """Cut the features into heads: (B, T, C) → (B, H, T, D) with D = C / H.

    Raises ValueError where C does not split evenly.
    Built in notebooks/07_self_attention.ipynb.
    """
    check_heads(x.shape[-1], n_heads)
    return x.unflatten(-1, (n_heads, -1)).transpose(1, 2)  # (B, H, T, D)


def merge_heads(x: Tensor) -> Tensor:
    """Lay the heads side by side: (B, H, T, D) → (B, T, C). Undoes `split_heads`."""
    return x.transpose(1, 2).flatten(2)  # (B, T, C)


def check_heads(d_model: int, n_heads: int) -> None:
    """Raise ValueError where d_model does not split into n_heads equal heads."""
    if n_heads < 1 or d_model % n_heads:
        fits = [n for n in range(1, min(d_model, 16) + 1) if d_model % n == 0]
        raise ValueError(
            f"d_model={d_model} does not split into n_heads={n_heads} equal heads; "
            f"try one of {fits}"
        )


class Cache:
    """The keys and values of what was read already: (B, H, T, D) each, or nothing."""

    def __init__(self, keys: Tensor | None = None, values: Tensor | None = None):
        self.keys, self.values = keys, values

    def __len__(self) -> int:
        return 0 if self.keys is None else self.keys.shape[-2]

    def copy(self) -> "Cache":
        """Return a cache that can grow without changing this one."""
        return Cache(self.keys, self.values)

    def extend(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Add keys and values at the end; return all of them."""
        if self.keys is not None:
            keys = torch.cat([self.keys, keys], -2)
            values = torch.cat([self.values, values], -2)
        self.keys, self.values = keys, values
        return keys, values


class MultiHeadAttention(nn.Module):
    """Project, split, attend in each head, lay side by side, mix.

    x (B, T, C) → (B, T, C). Queries come from x; keys and values from x, too, or from
    `memory` (B, S, C). `mask` broadcasts to (B, H, T, S), True = may be looked at.
    `relative` turns or biases by distance (see positions). With a `cache`, keys and
    values of x are added to those kept. `keep` (H,) holds 0 for a pruned head.
    Taps: tap_weights, tap_q, tap_k, tap_v, tap_heads. When nobody records, PyTorch's
    fused attention computes the same. Raises ValueError where C / H is not whole.
    Source: Vaswani et al. 2017, sec. 3.2. Built in notebooks/07_self_attention.ipynb.
    """

    def __init__(self, d_model: int, n_heads: int, relative: nn.Module | None = None):
        super().__init__()
        check_heads(d_model, n_heads)
        self.n_heads, self.relative = n_heads, relative
        self.query, self.key = linear(d_model, d_model), linear(d_model, d_model)
        self.value, self.output = linear(d_model, d_model), linear(d_model, d_model)
        self.register_buffer("keep", torch.ones(n_heads), persistent=False)
        self.tap_q, self.tap_k, self.tap_v = Tap(), Tap(), Tap()
        self.tap_weights, self.tap_heads = Tap(), Tap()

    def forward(
        self,
        x: Tensor,
        memory: Tensor | None = None,
        mask: Tensor | None = None,
        cache: Cache | None = None,
    ) -> Tensor:
        q, k, v = self.project(x, memory, cache)
        bias = None
        if self.relative is not None and memory is None:
            q, k, bias = self.relative(q, k)
        q, k, v = self.tap_q(q), self.tap_k(k), self.tap_v(v)
        if self.tap_weights.heard:
            heads, weights = attention(q, k, v, mask, bias)
            self.tap_weights(weights)  # (B, H, T, S)
        else:
            heads = fused_attention(q, k, v, mask, bias)
        if not self.keep.all():
            heads = heads * self.keep[:, None, None]
        return self.output(merge_heads(self.tap_heads(heads)))

    def project(self, x: Tensor, memory: Tensor | None, cache: Cache | None) -> tuple:
        """Return queries, keys, values, each (B, H, ·, D), with what the cache kept."""
        layers = (self.query, self.key, self.value)
        if memory is None and not self.tap_q.heard:  # one product, not three
            weight = torch.cat([layer.weight for layer in layers])
            bias = torch.cat([layer.bias for layer in layers])
            parts = product(x, weight, bias, self.query.fast).chunk(3, -1)
        elif memory is not None and cache is not None and len(cache):
            q = split_heads(self.query(x), self.n_heads)
            return q, cache.keys, cache.values  # the memory stays the same
        else:
            sources = (x, x, x) if memory is None else (x, memory, memory)
            parts = [layer(y) for layer, y in zip(layers, sources, strict=True)]
        q, k, v = (split_heads(part, self.n_heads) for part in parts)
        return q, *(cache.extend(k, v) if cache is not None else (k, v))


def fused_attention(q: Tensor, k: Tensor, v: Tensor, mask=None, bias=None) -> Tensor:
    """Return the averages of `attention`, by PyTorch's fast kernel, without weights."""
    if bias is not None:
        mask = bias if mask is None else bias.masked_fill(~mask, -math.inf)
    return nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
