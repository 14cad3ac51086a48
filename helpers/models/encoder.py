"""The Transformer's encoder: attention and a feed-forward part, over and over.

Built in notebooks/09_transformer_encoder.ipynb.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from helpers.models.attention import (
    Cache,
    MultiHeadAttention,
    check_heads,
    padding_mask,
)
from helpers.models.layers import embedding, linear
from helpers.models.positions import POSITIONS, added, relative
from helpers.models.tracing import Tap

NORMS = ("pre", "post")
ACTIVATIONS = {"gelu": nn.GELU, "relu": nn.ReLU, "elu": nn.ELU}
Part = Callable[[Tensor], Tensor]  # attention or feed-forward


@dataclass(frozen=True)
class EncoderSize:
    """How large a Transformer is, and which of its variants.

    The paper's base model: 512, 8, 2048, 6, "post", "relu", 0.1, "sinusoidal".
    Raises ValueError for sizes below 1, heads that do not fit, or unknown names.
    """

    d_model: int = 64
    n_heads: int = 4
    d_ff: int = 256
    n_layers: int = 2
    norm: str = "pre"
    activation: str = "gelu"
    dropout: float = 0.0
    positions: str = "sinusoidal"
    longest: int = 512  # rows of the learned table
    eps: float = 1e-5  # what LayerNorm adds to the variance; BERT's is 1e-12

    def __post_init__(self):
        if min(self.d_model, self.d_ff, self.n_layers, self.longest) < 1:
            raise ValueError(f"{self}; every size is 1 or more")
        check_heads(self.d_model, self.n_heads)
        named = {"norm": NORMS, "activation": ACTIVATIONS, "positions": POSITIONS}
        for field, known in named.items():
            if getattr(self, field) not in known:
                raise ValueError(
                    f"{field}={getattr(self, field)!r}; choose one of {list(known)}"
                )


def layer_norm(x: Tensor, scale: Tensor, shift: Tensor, eps: float = 1e-5) -> Tensor:
    """Give each token's features mean 0 and variance 1; then scale and shift them.

    Shapes: x (…, C), scale and shift (C,) → (…, C).
    Source: Ba, Kiros & Hinton 2016. Built in 09_transformer_encoder.ipynb.
    """
    centred = x - x.mean(-1, keepdim=True)
    variance = (centred**2).mean(-1, keepdim=True)
    return centred / torch.sqrt(variance + eps) * scale + shift


def gelu(x: Tensor) -> Tensor:
    """Return x Φ(x), where Φ is the share of the normal distribution below x.

    Source: Hendrycks & Gimpel 2016. Built in 09_transformer_encoder.ipynb.
    """
    return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))


def feed_forward(x: Tensor, W_1: Tensor, b_1: Tensor, W_2: Tensor, b_2: Tensor):
    """Return W₂ gelu(W₁ x + b₁) + b₂ for one token.

    Shapes: x (C,), W_1 (F, C), b_1 (F,), W_2 (C, F), b_2 (C,) → (C,).
    Source: Vaswani et al. 2017, eq. 2. Built in 09_transformer_encoder.ipynb.
    """
    return W_2 @ gelu(W_1 @ x + b_1) + b_2


def pre_norm_step(x: Tensor, part: Part, scale: Tensor, shift: Tensor) -> Tensor:
    """Return x + part(norm(x)): a part of a block reads a normed copy and adds to x.

    Shapes: x (…, C), scale and shift (C,) → (…, C).
    Source: Xiong et al. 2020, fig. 1b. Built in 09_transformer_encoder.ipynb.
    """
    return x + part(layer_norm(x, scale, shift))


class FeedForward(nn.Module):
    """Widen each token's vector, bend it, narrow it; tokens do not meet.

    x (…, C) → (…, C): activation(x W₁ + b₁) W₂ + b₂.
    Source: Vaswani et al. 2017, eq. 2. Built in 09_transformer_encoder.ipynb.
    """

    def __init__(self, size: EncoderSize):
        super().__init__()
        self.widen = linear(size.d_model, size.d_ff)
        self.bend = ACTIVATIONS[size.activation]()
        self.tap_hidden = Tap()
        self.narrow = linear(size.d_ff, size.d_model)

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.tap_hidden(self.bend(self.widen(x)))  # (…, F)
        return self.narrow(hidden)  # (…, C)


class EncoderBlock(nn.Module):
    """One block: attention, then feed-forward; each is added to what came in.

    x (B, T, C) → (B, T, C). norm="post" is the paper's: norm(x + part(x)); "pre" is
    x + part(norm(x)). `mask` broadcasts to (B, H, T, T), True = may be looked at.
    With `places` (B, A) only the tokens there ask, and all are looked at: (B, A, C).
    Source: Vaswani et al. 2017, sec. 3.1; Xiong et al. 2020 for "pre".
    Built in notebooks/09_transformer_encoder.ipynb.
    """

    def __init__(self, size: EncoderSize, relative: nn.Module | None = None):
        super().__init__()
        self.attend = MultiHeadAttention(size.d_model, size.n_heads, relative)
        self.feed = FeedForward(size)
        self.norm_attend = nn.LayerNorm(size.d_model, size.eps)
        self.norm_feed = nn.LayerNorm(size.d_model, size.eps)
        self.drop = nn.Dropout(size.dropout)
        self.first = size.norm == "pre"

    def forward(
        self,
        x: Tensor,
        mask: Tensor | None = None,
        cache: Cache | None = None,
        places: Tensor | None = None,
    ) -> Tensor:
        read = self.norm_attend(x) if self.first else x
        if places is None:
            attended = self.attend(read, mask=mask, cache=cache)
        else:
            x = take(x, places)  # (B, A, C)
            attended = self.attend(take(read, places), read, mask)
        x = x + self.drop(attended)
        if self.first:
            return x + self.drop(self.feed(self.norm_feed(x)))
        x = self.norm_attend(x)
        return self.norm_feed(x + self.drop(self.feed(x)))


def take(x: Tensor, places: Tensor) -> Tensor:
    """Return the vectors at some places: x (B, T, C), places (B, A) → (B, A, C)."""
    return x.gather(1, places[..., None].expand(-1, -1, x.shape[-1]))


class Encoder(nn.Module):
    """Blocks on top of each other; with norm="pre" one norm more at the end.

    x (B, T, C), attention mask → (B, T, C). `tap_layers` hears x before the first and
    after each block: (L + 1, B, T, C). `caches` holds one Cache per block. With
    `places` (B, A) the last block answers for these tokens only: (B, A, C). Raises
    ValueError for places with positions inside attention, which need all tokens.
    Built in notebooks/09_transformer_encoder.ipynb.
    """

    def __init__(self, size: EncoderSize):
        super().__init__()
        relatives = [inner_positions(size) for _ in range(size.n_layers)]
        self.blocks = nn.ModuleList(EncoderBlock(size, each) for each in relatives)
        self.norm, self.tap_layers = last_norm(size), Tap()

    def forward(
        self,
        x: Tensor,
        mask: Tensor | None = None,
        caches: Sequence[Cache | None] | None = None,
        places: Tensor | None = None,
    ) -> Tensor:
        caches = caches or [None] * len(self.blocks)
        if places is not None and self.blocks[-1].attend.relative is not None:
            raise ValueError(
                "places need positions that are added to the tokens; with "
                f"{type(self.blocks[-1].attend.relative).__name__} ask for all tokens"
            )
        x = self.tap_layers(x)
        for block, cache in zip(self.blocks, caches, strict=True):
            if places is not None and block is self.blocks[-1]:
                return self.norm(block(x, mask, cache, places))
            x = self.tap_layers(block(x, mask, cache))
        return self.norm(x)


def last_norm(size: EncoderSize) -> nn.Module:
    """Return the norm after the last block: one for norm="pre", else nothing."""
    return nn.LayerNorm(size.d_model, size.eps) if size.norm == "pre" else nn.Identity()


def inner_positions(size: EncoderSize) -> nn.Module | None:
    """Return what acts inside one block's attention, if anything."""
    return relative(size.positions, size.d_model, size.n_heads)


class TokenEncoder(nn.Module):
    """Ids in, one vector per token *in this text* out.

    ids (B, T), mask (B, T) True = real → (B, T, C).
    Built in notebooks/09_transformer_encoder.ipynb.
    """

    def __init__(self, vocab_size: int, size: EncoderSize):
        super().__init__()
        self.embed = embedding(vocab_size, size.d_model)
        self.positions = added(size.positions, size.d_model, size.longest)
        self.encoder = Encoder(size)

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        may = None if mask is None else padding_mask(mask)
        return self.encoder(self.positions(self.embed(ids)), may)


class Classifier(nn.Module):
    """Read a text, answer with one of n_classes: ids (B, T), mask → (B, n_classes).

    pool="first" asks the vector of the first token (put one there that carries no
    meaning, as BERT's [CLS]); "mean" asks the mean over the real tokens.
    Built in notebooks/09_transformer_encoder.ipynb.
    """

    def __init__(
        self, vocab_size: int, size: EncoderSize, n_classes: int, pool: str = "first"
    ):
        super().__init__()
        if pool not in ("first", "mean"):
            raise ValueError(f"pool={pool!r}; choose 'first' or 'mean'")
        self.encoder, self.pool = TokenEncoder(vocab_size, size), pool
        self.output = linear(size.d_model, n_classes)

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        mask = torch.ones_like(ids, dtype=torch.bool) if mask is None else mask
        x = self.encoder(ids, mask)  # (B, T, C)
        if self.pool == "first":
            return self.output(x[:, 0])
        real = mask[..., None]  # (B, T, 1)
        return self.output((x * real).sum(1) / real.sum(1))
