"""Attention: each query takes a mean of the values, weighted by how its key fits.

Built in notebooks/07_self_attention.ipynb.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from helpers.models.layers import linear, product
from helpers.models.tracing import Tap


def attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    mask: Tensor | None = None,
    bias: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Return softmax(q kᵀ / √D + bias) v, and the weights.

    Shapes: q (…, T_q, D), k (…, T_k, D), v (…, T_k, D_v) → averages (…, T_q, D_v),
    weights (…, T_q, T_k), each row in [0, 1] with sum 1. `mask` (…, T_q, T_k) bool,
    True = may be looked at. Raises ValueError for widths or lengths that do not fit
    and for a query that may look nowhere: its mean would be of nothing.
    Source: Vaswani et al. 2017, eq. 1. Built in notebooks/07_self_attention.ipynb.
    """
    _check(q, k, v, mask)
    # without √D, wide vectors would have large scores, and softmax would pick one key
    d_head = q.shape[-1]
    scores = q @ k.transpose(-2, -1) / math.sqrt(d_head)  # (…, T_q, T_k)
    if bias is not None:
        scores = scores + bias
    weights = masked_softmax(scores, mask)  # (…, T_q, T_k)
    averages = weights @ v  # (…, T_q, D_v)
    return averages, weights


def masked_softmax(scores: Tensor, mask: Tensor | None = None) -> Tensor:
    """Return weights over the last axis: exactly 0 where the mask is False, sum 1.

    Shapes: scores (…, T_q, T_k), mask broadcastable to it, True = may be looked at.
    Built in notebooks/07_self_attention.ipynb.
    """
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)  # exp(−∞) = 0
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
    if mask is not None:
        # Other axes may be broadcast in any way.
        _check_mask(mask, (*mask.shape[:-2], q.shape[-2], k.shape[-2]))


def _check_mask(mask: Tensor, shape: tuple[int, ...]) -> None:
    if mask.dtype != torch.bool:
        raise ValueError(
            f"a mask of {mask.dtype}; give bool, True = may be looked at (mask.bool())"
        )
    pairs = zip(reversed(mask.shape), reversed(shape), strict=False)
    if mask.dim() > len(shape) or any(n not in (1, size) for n, size in pairs):
        raise ValueError(
            f"a mask {tuple(mask.shape)} for scores {shape}; give one truth value for "
            "each query and key, or 1 where all have the same"
        )
    if not mask.any(-1).all():
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
    everywhere = torch.ones(seq_len, n_keys, dtype=torch.bool)
    return everywhere.tril(n_keys - seq_len)  # (T, n_keys): the lower left triangle


def padding_mask(mask: Tensor) -> Tensor:
    """Turn "is real" (B, T) into "may be looked at" (B, 1, 1, T), for all heads."""
    return mask[:, None, None, :]  # (B, 1, 1, T)


def split_heads(x: Tensor, n_heads: int) -> Tensor:
    """Cut the features into heads: (B, T, C) → (B, H, T, D) with D = C / H.

    Raises ValueError where C does not split evenly.
    Built in notebooks/07_self_attention.ipynb.
    """
    check_heads(x.shape[-1], n_heads)
    heads = x.unflatten(-1, (n_heads, -1))  # (B, T, H, D)
    return heads.transpose(1, 2)  # (B, H, T, D)


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


@dataclass(eq=False)
class Cache:
    """The keys and values of what was read already: (B, H, T, D) each, or nothing."""

    keys: Tensor | None = None
    values: Tensor | None = None

    def __len__(self) -> int:
        return 0 if self.keys is None else self.keys.shape[-2]

    def extend(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Add keys and values at the end; return all of them."""
        if self.keys is not None:
            keys = torch.cat([self.keys, keys], -2)  # (B, H, T, D)
            values = torch.cat([self.values, values], -2)
        self.keys = keys
        self.values = values
        return keys, values


class MultiHeadAttention(nn.Module):
    """Project, split into heads, attend in each head, lay side by side, mix.

    x (B, T, C) → (B, T, C). Queries come from x; keys and values from x, too, or from
    `memory` (B, S, C). `mask` broadcasts to (B, H, T, S), bool, True = may be looked
    at. `relative` rotates or biases by distance (see positions). With a `cache`, keys
    and values of x are added to those kept. `keep` (H,) holds 0 for a pruned head.
    Unless somebody records tap_weights, PyTorch's fused kernel computes the averages
    alone: equal up to rounding. Raises ValueError where C / H is not whole, and for
    the masks that `attention` refuses. Source: Vaswani et al. 2017, sec. 3.2.
    Built in notebooks/07_self_attention.ipynb.
    """

    def __init__(self, d_model: int, n_heads: int, relative: nn.Module | None = None):
        super().__init__()
        check_heads(d_model, n_heads)
        self.n_heads = n_heads
        self.relative = relative
        self.query = linear(d_model, d_model)
        self.key = linear(d_model, d_model)
        self.value = linear(d_model, d_model)
        self.output = linear(d_model, d_model)
        # not in the state dict: pruning is an experiment, no part of the weights
        self.register_buffer("keep", torch.ones(n_heads), persistent=False)
        self.tap_q = Tap()
        self.tap_k = Tap()
        self.tap_v = Tap()
        self.tap_weights = Tap()
        self.tap_heads = Tap()

    def forward(
        self,
        x: Tensor,
        memory: Tensor | None = None,
        mask: Tensor | None = None,
        cache: Cache | None = None,
    ) -> Tensor:
        q, k, v = self.project(x, memory, cache)  # (B, H, ·, D) each
        bias = None
        if self.relative is not None and memory is None:
            q, k, bias = self.relative(q, k)
        q = self.tap_q(q)
        k = self.tap_k(k)
        v = self.tap_v(v)
        if mask is not None:  # the fused kernel would add numbers to the scores
            _check_mask(mask, (*q.shape[:-1], k.shape[-2]))  # (B, H, T, S)
        if self.tap_weights.heard:
            heads, weights = attention(q, k, v, mask, bias)
            self.tap_weights(weights)  # (B, H, T, S)
        else:
            heads = fused_attention(q, k, v, mask, bias)  # (B, H, T, D)
        if not self.keep.all():
            heads = heads * self.keep[:, None, None]
        heads = self.tap_heads(heads)
        return self.output(merge_heads(heads))  # (B, T, C)

    def project(
        self, x: Tensor, memory: Tensor | None, cache: Cache | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return queries, keys, values, each (B, H, ·, D), with what the cache kept."""
        if memory is not None and cache is not None and len(cache):
            q = split_heads(self.query(x), self.n_heads)  # (B, H, T, D)
            return q, cache.keys, cache.values  # the memory stays the same
        if memory is None and not self.tap_q.heard:
            q, k, v = self.project_at_once(x)
        else:
            source = x if memory is None else memory
            q = self.query(x)  # (B, T, C)
            k = self.key(source)  # (B, S, C)
            v = self.value(source)
        q = split_heads(q, self.n_heads)  # (B, H, T, D)
        k = split_heads(k, self.n_heads)  # (B, H, S, D)
        v = split_heads(v, self.n_heads)
        if cache is not None:
            k, v = cache.extend(k, v)
        return q, k, v

    def project_at_once(self, x: Tensor) -> tuple[Tensor, ...]:
        """Return queries, keys, values, (B, T, C) each; one product beats three."""
        layers = (self.query, self.key, self.value)
        weight = torch.cat([layer.weight for layer in layers])  # (3C, C)
        bias = torch.cat([layer.bias for layer in layers])
        together = product(x, weight, bias, self.query.fast)  # (B, T, 3C)
        return together.chunk(3, -1)


def fused_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    mask: Tensor | None,
    bias: Tensor | None,
) -> Tensor:
    """Return the averages of `attention`, by PyTorch's fast kernel, without weights."""
    if bias is not None and mask is not None:
        bias = bias.masked_fill(~mask, -math.inf)
    added = mask if bias is None else bias  # the kernel takes either, as one argument
    return nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=added)
