"""The Transformer's encoder: attention and a feed-forward part, over and over.

Built in notebooks/09_transformer_encoder.ipynb.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from helpers.models import layers
from helpers.models.attention import Cache, MultiHeadAttention, padding_mask
from helpers.models.positions import POSITIONS, attention_positions, input_positions
from helpers.models.tracing import Tap

NORMS = ("pre", "post")
ACTIVATIONS = {"gelu": nn.GELU, "relu": nn.ReLU}


@dataclass(frozen=True)
class EncoderSize:
    """How large a Transformer is, and which of its variants.

    The paper's base model: 512, 8, 2048, 6, "post", "relu", 0.1, "sinusoidal".
    Raises ValueError for sizes below 1 or unknown names.
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
        layers.check_choice("norm", self.norm, NORMS)
        layers.check_choice("activation", self.activation, ACTIVATIONS)
        layers.check_choice("positions", self.positions, POSITIONS)


def layer_norm(x: Tensor, scale: Tensor, shift: Tensor, eps: float = 1e-5) -> Tensor:
    """Give each token's features mean 0 and variance 1; then scale and shift them.

    Shapes: x (…, C), scale and shift (C,) → (…, C).
    Source: Ba, Kiros & Hinton 2016. Built in 09_transformer_encoder.ipynb.
    """
    centred = x - x.mean(-1, keepdim=True)
    variance = (centred**2).mean(-1, keepdim=True)  # (…, 1)
    # eps keeps a token whose features are all equal from a division by 0
    return centred / torch.sqrt(variance + eps) * scale + shift


def gelu(x: Tensor) -> Tensor:
    """Return x Φ(x), where Φ is the share of the normal distribution below x.

    Source: Hendrycks & Gimpel 2016. Built in 09_transformer_encoder.ipynb.
    """
    return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))


def feed_forward(
    x: Tensor,
    W_1: Tensor,
    b_1: Tensor,
    W_2: Tensor,
    b_2: Tensor,
) -> Tensor:
    """Return W₂ gelu(W₁ x + b₁) + b₂ for one token.

    Shapes: x (C,), W_1 (F, C), b_1 (F,), W_2 (C, F), b_2 (C,) → (C,).
    Source: Vaswani et al. 2017, eq. 2. Built in 09_transformer_encoder.ipynb.
    """
    hidden = gelu(W_1 @ x + b_1)  # (F,)
    return W_2 @ hidden + b_2  # (C,)


def pre_norm_step(
    x: Tensor, part: Callable[[Tensor], Tensor], scale: Tensor, shift: Tensor
) -> Tensor:
    """Return x + part(norm(x)): a part of a block reads a normed copy and adds to x.

    Shapes: x (…, C), scale and shift (C,) → (…, C).
    Source: Xiong et al. 2020, fig. 1b. Built in 09_transformer_encoder.ipynb.
    """
    return x + part(layer_norm(x, scale, shift))


class FeedForward(nn.Module):
    """Widen each token's vector, activate it, narrow it; tokens do not meet.

    x (…, C) → (…, C): activation(x W₁ + b₁) W₂ + b₂.
    Source: Vaswani et al. 2017, eq. 2. Built in 09_transformer_encoder.ipynb.
    """

    def __init__(self, size: EncoderSize):
        super().__init__()
        self.widen = layers.linear(size.d_model, size.d_ff)
        self.activate = ACTIVATIONS[size.activation]()
        self.tap_hidden = Tap()
        self.narrow = layers.linear(size.d_ff, size.d_model)

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.tap_hidden(self.activate(self.widen(x)))  # (…, F)
        return self.narrow(hidden)  # (…, C)


class EncoderBlock(nn.Module):
    """One block: attention, then feed-forward; each is added to what came in.

    x (B, T, C) → (B, T, C). norm="post" is the paper's: norm(x + part(x)); "pre" is
    x + part(norm(x)). `mask` broadcasts to (B, H, T, T), True = may be looked at.
    With `positions` (B, A) only the tokens there are computed: (B, A, C). They still
    look at all tokens. Source: Vaswani et al. 2017, sec. 3.1; Xiong et al. 2020 for
    "pre". Built in notebooks/09_transformer_encoder.ipynb.
    """

    def __init__(self, size: EncoderSize, relative: nn.Module | None = None):
        super().__init__()
        self.attend = MultiHeadAttention(size.d_model, size.n_heads, relative)
        self.feed = FeedForward(size)
        self.norm_attend = nn.LayerNorm(size.d_model, size.eps)
        self.norm_feed = nn.LayerNorm(size.d_model, size.eps)
        self.drop = nn.Dropout(size.dropout)
        self.norm_first = size.norm == "pre"

    def forward(
        self,
        x: Tensor,
        mask: Tensor | None = None,
        cache: Cache | None = None,
        positions: Tensor | None = None,
    ) -> Tensor:
        read = self.norm_attend(x) if self.norm_first else x  # (B, T, C)
        if positions is None:
            attended = self.attend(read, mask=mask, cache=cache)
        else:
            x = vectors_at(x, positions)  # (B, A, C)
            attended = self.attend(vectors_at(read, positions), read, mask)
        x = x + self.drop(attended)
        if self.norm_first:
            return x + self.drop(self.feed(self.norm_feed(x)))
        x = self.norm_attend(x)
        return self.norm_feed(x + self.drop(self.feed(x)))


def vectors_at(x: Tensor, positions: Tensor) -> Tensor:
    """Return the vectors at some positions: x (B, T, C), (B, A) → (B, A, C)."""
    index = positions[..., None].expand(-1, -1, x.shape[-1])  # (B, A, C)
    return x.gather(1, index)


class Encoder(nn.Module):
    """Blocks on top of each other; with norm="pre" one norm more at the end.

    x (B, T, C), attention mask → (B, T, C). `tap_layers` hears x before the first and
    after each block: (L + 1, B, T, C). `caches` holds one Cache per block. With
    `positions` (B, A) the last block computes these tokens only: (B, A, C). Raises
    ValueError for that with positions inside attention, which need all tokens.
    Built in notebooks/09_transformer_encoder.ipynb.
    """

    def __init__(self, size: EncoderSize):
        super().__init__()
        kind = (size.positions, size.d_model, size.n_heads)
        relatives = [attention_positions(*kind) for _ in range(size.n_layers)]
        self.blocks = nn.ModuleList(EncoderBlock(size, each) for each in relatives)
        self.norm = last_norm(size)
        self.tap_layers = Tap()

    def forward(
        self,
        x: Tensor,
        mask: Tensor | None = None,
        caches: Sequence[Cache | None] | None = None,
        positions: Tensor | None = None,
    ) -> Tensor:
        last = self.blocks[-1]
        if positions is not None and last.attend.relative is not None:
            raise ValueError(
                "vectors at single positions need positions that are added to the "
                f"tokens; with {last.attend.relative} ask for all tokens"
            )
        if caches is None:
            caches = [None] * len(self.blocks)
        x = self.tap_layers(x)
        for block, cache in zip(self.blocks, caches, strict=True):
            if positions is not None and block is last:
                return self.norm(block(x, mask, cache, positions))  # (B, A, C)
            x = self.tap_layers(block(x, mask, cache))
        return self.norm(x)


def last_norm(size: EncoderSize) -> nn.Module:
    """Return the norm after the last block: one for norm="pre", else nothing."""
    if size.norm == "post":
        return nn.Identity()  # each block ends in a norm already
    return nn.LayerNorm(size.d_model, size.eps)


class TokenEncoder(nn.Module):
    """Ids in, one vector per token *in this text* out.

    ids (B, T), mask (B, T) bool, True = real → (B, T, C).
    Built in notebooks/09_transformer_encoder.ipynb.
    """

    def __init__(self, vocab_size: int, size: EncoderSize):
        super().__init__()
        self.embed = layers.embedding(vocab_size, size.d_model)
        self.positions = input_positions(size.positions, size.d_model, size.longest)
        self.encoder = Encoder(size)

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        layers.check_batch(ids, mask)
        if mask is not None:
            mask = padding_mask(mask)  # (B, 1, 1, T)
        return self.encoder(self.positions(self.embed(ids)), mask)  # (B, T, C)


class Classifier(nn.Module):
    """Read a text, answer with one of n_classes: ids (B, T), mask → (B, n_classes).

    pool="first" takes the vector of the first token (put one there that carries no
    meaning, as BERT's [CLS]); "mean" takes the mean over the real tokens.
    Built in notebooks/09_transformer_encoder.ipynb.
    """

    def __init__(
        self, vocab_size: int, size: EncoderSize, n_classes: int, pool: str = "first"
    ):
        super().__init__()
        layers.check_choice("pool", pool, ("first", "mean"))
        self.encoder = TokenEncoder(vocab_size, size)
        self.pool = pool
        self.output = layers.linear(size.d_model, n_classes)

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        mask = layers.no_padding(ids) if mask is None else mask
        x = self.encoder(ids, mask)  # (B, T, C)
        x = x[:, 0] if self.pool == "first" else layers.masked_mean(x, mask)  # (B, C)
        return self.output(x)
