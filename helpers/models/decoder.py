"""Transformers that write: one alone (GPT), one that reads another text first.

Built in notebooks/10_decoder_and_gpt.ipynb.
"""

from collections.abc import Callable
from copy import copy
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn

from helpers.models.attention import (
    Cache,
    MultiHeadAttention,
    causal_mask,
    padding_mask,
)
from helpers.models.encoder import (
    Encoder,
    EncoderSize,
    FeedForward,
    TokenEncoder,
    last_norm,
)
from helpers.models.layers import check_batch, embedding, linear
from helpers.models.positions import attention_positions, input_positions
from helpers.models.recurrent import BOS_ID, EOS_ID, LanguageModel, draw, write_on
from helpers.models.tracing import Tap


class GPT(LanguageModel):
    """The encoder's blocks under a causal mask, trained to predict the next token.

    ids (B, T) → logits (B, T, V). `start` and `step` keep the keys and values of what
    was read (KV cache), so each new token costs one pass of one token.
    Source: Radford et al. 2018. Built in notebooks/10_decoder_and_gpt.ipynb.
    """

    def __init__(self, vocab_size: int, size: EncoderSize):
        super().__init__(vocab_size, size.d_model, size.d_model)
        self.positions = input_positions(size.positions, size.d_model, size.longest)
        self.encoder = Encoder(size)

    def features(self, ids: Tensor, caches: list[Cache] | None = None) -> Tensor:
        start = len(caches[0]) if caches else 0  # tokens that were read before
        n = ids.shape[1]
        mask = causal_mask(n, start + n).to(ids.device)  # (T, start + T)
        x = self.positions(self.embed(ids), start)  # (B, T, C)
        return self.encoder(x, mask, caches)

    def start(self, batch_size: int) -> list[Cache]:
        """Return the state before anything is read: an empty cache per block."""
        return [Cache() for _ in self.encoder.blocks]

    def step(self, ids: Tensor, state: list[Cache]) -> tuple[Tensor, list[Cache]]:
        """Read on from a state: ids (B, T) → logits (B, T, V), new state."""
        state = [copy(cache) for cache in state]  # the old state stays as it is
        hidden = self.tap_hidden(self.features(ids, state))  # (B, T, C)
        return self.output(hidden), state


class DecoderBlock(nn.Module):
    """Look at the output so far, look at the source, feed forward; each is added.

    x (B, T, C), memory (B, S, C) → (B, T, C). `mask` (B | 1, 1, T, T) says which
    outputs may be seen, `memory_mask` (B, 1, 1, S) what of the source is real.
    `caches` are those of both attentions.
    Source: Vaswani et al. 2017, fig. 1. Built in notebooks/10_decoder_and_gpt.ipynb.
    """

    def __init__(self, size: EncoderSize, relative: nn.Module | None = None):
        super().__init__()
        self.attend = MultiHeadAttention(size.d_model, size.n_heads, relative)
        self.cross = MultiHeadAttention(size.d_model, size.n_heads)
        self.feed = FeedForward(size)
        self.norm_attend = nn.LayerNorm(size.d_model, size.eps)
        self.norm_cross = nn.LayerNorm(size.d_model, size.eps)
        self.norm_feed = nn.LayerNorm(size.d_model, size.eps)
        self.norm_first = size.norm == "pre"
        self.drop = nn.Dropout(size.dropout)

    def forward(
        self,
        x: Tensor,
        memory: Tensor,
        mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        caches: tuple[Cache | None, Cache | None] = (None, None),
    ) -> Tensor:
        own, other = caches
        x = self.add(x, self.norm_attend, self.attend, None, mask, own)
        x = self.add(x, self.norm_cross, self.cross, memory, memory_mask, other)
        return self.add(x, self.norm_feed, self.feed)

    def add(
        self, x: Tensor, norm: nn.Module, part: nn.Module, *inputs: object
    ) -> Tensor:
        """Add what a part makes of x and other inputs; the norm is before or after."""
        if self.norm_first:
            return x + self.drop(part(norm(x), *inputs))
        return norm(x + self.drop(part(x, *inputs)))


class Reading(NamedTuple):
    """What a decoder knows: the source, read (B, S, C), its mask, and its caches."""

    memory: Tensor
    mask: Tensor
    caches: list[tuple[Cache, Cache]]


class TransformerSeq2Seq(nn.Module):
    """Encoder and decoder: model(source, source_mask, inputs) → logits (B, T, V).

    source (B, S), source_mask (B, S) True = real, inputs (B, T): the target so far,
    from BOS on. `start` and `step` write token by token, with a KV cache.
    Source: Vaswani et al. 2017. Built in notebooks/10_decoder_and_gpt.ipynb.
    """

    def __init__(self, source_size: int, target_size: int, size: EncoderSize):
        super().__init__()
        self.source = TokenEncoder(source_size, size)
        self.embed = embedding(target_size, size.d_model)
        self.positions = input_positions(size.positions, size.d_model, size.longest)
        self.blocks = nn.ModuleList()
        for _ in range(size.n_layers):
            kind = (size.positions, size.d_model, size.n_heads)
            self.blocks.append(DecoderBlock(size, attention_positions(*kind)))
        self.norm = last_norm(size)
        self.tap_hidden = Tap()
        self.output = linear(size.d_model, target_size)

    def forward(self, source: Tensor, source_mask: Tensor, inputs: Tensor) -> Tensor:
        logits, _ = self.step(inputs, self.start(source, source_mask))
        return logits  # (B, T, V)

    def start(self, source: Tensor, source_mask: Tensor) -> Reading:
        """Read the source: ids (B, S), mask (B, S) → the state before writing."""
        memory = self.source(source, source_mask)  # (B, S, C)
        caches = [(Cache(), Cache()) for _ in self.blocks]
        return Reading(memory, padding_mask(source_mask), caches)

    def step(self, ids: Tensor, state: Reading) -> tuple[Tensor, Reading]:
        """Write on from a state: ids (B, T) → logits (B, T, V), new state."""
        check_batch(ids)
        caches = [(copy(own), copy(other)) for own, other in state.caches]
        own, _ = caches[0]
        start = len(own)  # tokens that were written before
        n = ids.shape[1]
        mask = causal_mask(n, start + n).to(ids.device)  # (T, start + T)
        x = self.positions(self.embed(ids), start)  # (B, T, C)
        for block, pair in zip(self.blocks, caches, strict=True):
            x = block(x, state.memory, mask, state.mask, pair)
        hidden = self.tap_hidden(self.norm(x))  # (B, T, C)
        return self.output(hidden), state._replace(caches=caches)


def tempered(logits: Tensor, temperature: float) -> Tensor:
    """Return softmax(logits / temperature): below 1 the likely become likelier.

    Shapes: logits (…, V) → probabilities (…, V). Raises ValueError for a temperature
    that is not above 0. Built in notebooks/10_decoder_and_gpt.ipynb.
    """
    if not temperature > 0:  # also what is not a number
        raise ValueError(f"temperature={temperature}; divide by more than 0")
    return torch.softmax(logits / temperature, -1)


def keep_top_k(logits: Tensor, k: int) -> Tensor:
    """Leave the k largest logits (…, V); the others become −∞.

    Source: Fan, Lewis & Dauphin 2018. Built in notebooks/10_decoder_and_gpt.ipynb.
    """
    if not 1 <= k <= logits.shape[-1]:
        raise ValueError(f"k={k}; keep 1 to {logits.shape[-1]} tokens")
    least = logits.topk(k, -1).values[..., -1:]  # (…, 1)
    return logits.masked_fill(logits < least, -torch.inf)


def keep_nucleus(logits: Tensor, p: float) -> Tensor:
    """Leave the fewest tokens (…, V) whose probabilities sum to p; others become −∞.

    The most probable token always stays.
    Source: Holtzman et al. 2020. Built in notebooks/10_decoder_and_gpt.ipynb.
    """
    if not 0 < p <= 1:
        raise ValueError(f"p={p}; use a share above 0 and at most 1, such as 0.9")
    probabilities = torch.softmax(logits, -1)
    ordered, order = probabilities.sort(-1, descending=True)
    before = ordered.cumsum(-1) - ordered  # what more probable tokens sum to
    ranks = order.argsort(-1)  # (…, V): where each token stands in the order
    drop = (before >= p).gather(-1, ranks)  # (…, V): from probable to in place
    return logits.masked_fill(drop, -torch.inf)


def write_texts(
    model: GPT,
    n: int,
    longest: int,
    temperature: float,
    generator: torch.Generator,
    keep: Callable[[Tensor], Tensor] | None = None,
) -> list[list[int]]:
    """Write n texts side by side, each from BOS to its EOS, which is not returned.

    As `recurrent.generate`; a text without an end is cut after `longest` tokens.
    Built in notebooks/10_decoder_and_gpt.ipynb.
    """
    choose = partial(draw, temperature=temperature, generator=generator, keep=keep)
    ids = torch.full((n, 1), BOS_ID)
    return write_on(model, ids, model.start(n), longest, choose, EOS_ID)
