"""A stack whose parts can be taken out or exchanged: skips, norms, attention, layers.

Built in notebooks/09_transformer_encoder.ipynb.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from helpers.models import layers
from helpers.models.attention import MultiHeadAttention, padding_mask
from helpers.models.encoder import EncoderSize, FeedForward
from helpers.models.positions import input_positions
from helpers.models.tracing import Tap

SKIPS = ("residual", "highway", "dense", "none")
NORMS = ("pre", "post", "none")
MIXERS = ("attention", "convolution", "none")
KERNEL = 7  # tokens that a convolution sees, as in QANet's embedding encoder


@dataclass(frozen=True)
class Parts:
    """What a stack is made of. Raises ValueError for names that it does not know."""

    skip: str = "residual"
    norm: str = "pre"
    mixer: str = "attention"
    feed: bool = True
    positions: str = "sinusoidal"
    n_heads: int = 4
    n_layers: int = 2
    d_model: int = 32
    d_ff: int = 128

    def __post_init__(self):
        layers.check_choice("skip", self.skip, SKIPS)
        layers.check_choice("norm", self.norm, NORMS)
        layers.check_choice("mixer", self.mixer, MIXERS)


class Attention(nn.Module):
    """Attention that is told which tokens are real: x (B, T, C), (B, T) → (B, T, C)."""

    def __init__(self, parts: Parts):
        super().__init__()
        self.attend = MultiHeadAttention(parts.d_model, parts.n_heads)

    def forward(self, x: Tensor, real: Tensor) -> Tensor:
        return self.attend(x, mask=padding_mask(real))


class DepthwiseConvolution(nn.Module):
    """Mix each feature with its neighbours', then the features with each other.

    x (B, T, C), real (B, T) → (B, T, C). Each feature has KERNEL weights of its own.
    Source: Chollet 2017; Yu et al. 2018 (QANet), sec. 2.2.
    """

    def __init__(self, parts: Parts):
        super().__init__()
        width = parts.d_model
        self.mix = nn.Conv1d(width, width, KERNEL, padding="same", groups=width)
        self.output = layers.linear(width, width)

    def forward(self, x: Tensor, real: Tensor) -> Tensor:
        x = x * real[..., None]  # padding says nothing to its neighbours
        mixed = self.mix(x.transpose(1, 2)).transpose(1, 2)  # (B, T, C)
        return self.output(mixed)


class Alone(nn.Module):
    """A feed-forward part that is told which tokens are real, and does not need it."""

    def __init__(self, parts: Parts):
        super().__init__()
        width, hidden = parts.d_model, parts.d_ff
        self.feed = FeedForward(EncoderSize(width, parts.n_heads, hidden))

    def forward(self, x: Tensor, real: Tensor) -> Tensor:
        return self.feed(x)


class Residual(nn.Module):
    """What came in is added: x + part. Source: He et al. 2016."""

    def forward(self, x: Tensor, new: Tensor) -> Tensor:
        return x + new


class Highway(nn.Module):
    """A gate decides how much is new: g · part + (1 − g) · x.

    Its bias begins at −1, so that at first most of x passes.
    Source: Srivastava, Greff & Schmidhuber 2015, eq. 3 and sec. 2.2.
    """

    def __init__(self, width: int):
        super().__init__()
        self.gate = layers.linear(width, width)
        nn.init.constant_(self.gate.bias, -1.0)

    def forward(self, x: Tensor, new: Tensor) -> Tensor:
        gate = torch.sigmoid(self.gate(x))  # (B, T, C)
        return gate * new + (1 - gate) * x


class NoSkip(nn.Module):
    """What came in is dropped."""

    def forward(self, x: Tensor, new: Tensor) -> Tensor:
        return new


class Step(nn.Module):
    """One part with its norm and its skip; half a block.

    x (B, T, C), real (B, T) → (B, T, C). `earlier` counts the vectors that a dense
    connection reads: those of all steps before, laid side by side.
    """

    def __init__(self, part: nn.Module, parts: Parts, earlier: int):
        super().__init__()
        width = parts.d_model
        self.part = part
        self.order = parts.norm
        self.norm = nn.Identity() if parts.norm == "none" else nn.LayerNorm(width)
        kinds = {"residual": Residual, "none": NoSkip, "dense": NoSkip}
        if parts.skip == "highway":
            self.join = Highway(width)
        else:
            self.join = kinds[parts.skip]()
        self.gather = None
        if parts.skip == "dense":
            self.gather = layers.linear(width * earlier, width)

    def forward(self, past: list[Tensor], real: Tensor) -> Tensor:
        x = past[-1]
        if self.gather is not None:
            x = self.gather(torch.cat(past, -1))
        read = self.norm(x) if self.order == "pre" else x
        y = self.join(x, self.part(read, real))
        return self.norm(y) if self.order == "post" else y


class Stack(nn.Module):
    """Ids in, a logit per token and class out: ids (B, T), mask → (B, T, n_classes).

    `tap_steps` hears x before the first step and after each; a block is two steps, or
    one where a part is left out. Source: Vaswani et al. 2017, fig. 1, left.
    Built in notebooks/09_transformer_encoder.ipynb.
    """

    def __init__(self, vocab_size: int, n_classes: int, parts: Parts):
        super().__init__()
        width = parts.d_model
        self.embed = layers.embedding(vocab_size, width)
        self.positions = None
        if parts.positions != "none":
            self.positions = input_positions(parts.positions, width, 512)
        kinds = []
        if parts.mixer != "none":
            mixers = {"attention": Attention, "convolution": DepthwiseConvolution}
            kinds.append(mixers[parts.mixer])
        if parts.feed:
            kinds.append(Alone)
        self.n_parts = len(kinds)  # steps in a block
        made = [kind(parts) for _ in range(parts.n_layers) for kind in kinds]
        self.steps = nn.ModuleList(
            Step(part, parts, n) for n, part in enumerate(made, start=1)
        )
        self.norm = nn.LayerNorm(width) if parts.norm == "pre" else nn.Identity()
        self.output = layers.linear(width, n_classes)
        self.tap_steps = Tap()

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        layers.check_batch(ids, mask)
        real = layers.no_padding(ids) if mask is None else mask
        x = self.embed(ids)  # (B, T, C)
        if self.positions is not None:
            x = self.positions(x)
        past = [self.tap_steps(x)]
        for step in self.steps:
            past.append(self.tap_steps(step(past, real)))
        return self.output(self.norm(past[-1]))  # (B, T, n_classes)
