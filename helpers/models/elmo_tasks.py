"""What a task does with a frozen biLM: mix its layers, join them to its own vectors.

Built in notebooks/04_elmo.ipynb.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from helpers.models.bidirectional import Bidirectional
from helpers.models.gated import LSTM
from helpers.models.layers import check_choice, embedding, masked_mean, no_padding
from helpers.models.tracing import Tap

MIXES = ("learned", "uniform", "top")
PLACES = ("none", "input", "output", "both")
KINDS = ("tags", "sentence")


def scalar_mix(layers: Sequence[Tensor], w: Tensor, gamma: Tensor | float) -> Tensor:
    """Return γ Σ_j softmax(w)_j h_j: layers (L + 1, …), w (L + 1,) → (…).

    Source: Peters et al. 2018, eq. 1. Built in notebooks/04_elmo.ipynb.
    """
    shares = torch.softmax(w, 0)
    return gamma * sum(s * h for s, h in zip(shares, layers, strict=True))


class ScalarMix(nn.Module):
    """Mix layers into one: ELMo_k = γ Σ_j s_j h_{k,j} with s = softmax(w).

    `n_layers` counts the token layer: L + 1. "learned": w and γ are parameters and
    start at 0 and 1; "uniform": s_j = 1/(L + 1); "top": only the last layer. γ is
    learned in all three. Shapes: (L + 1, B, T, C) → (B, T, C).
    Raises ValueError for another mode or number of layers.
    Source: Peters et al. 2018, eq. 1. Built in notebooks/04_elmo.ipynb.
    """

    def __init__(self, n_layers: int, mode: str = "learned"):
        super().__init__()
        check_choice("mode", mode, MIXES)
        if n_layers < 1:
            raise ValueError(f"n_layers={n_layers}; there is at least the token layer")
        w = torch.zeros(n_layers)  # equal shares
        if mode == "top":
            w[:-1] = -torch.inf  # no share for the layers below
        self.w = nn.Parameter(w, requires_grad=mode == "learned")
        self.gamma = nn.Parameter(torch.ones(()))

    @property
    def shares(self) -> Tensor:
        """The weights s of the layers: (L + 1,), in [0, 1], their sum is 1."""
        return torch.softmax(self.w, 0)

    def forward(self, layers: Tensor) -> Tensor:
        if len(layers) != len(self.w):
            raise ValueError(f"{len(layers)} layers given; this mixes {len(self.w)}")
        return scalar_mix(layers, self.w, self.gamma)


@dataclass(frozen=True)
class TaskSize:
    """What a task model is: labels, width and number of ELMo's layers, own widths.

    `where` ELMo joins ("none", "input", "output", "both"), how layers `mix` (see
    `ScalarMix`), and the `kind` of task: "tags", a label for each token, or
    "sentence", one for all. Raises ValueError for another word or a size below 1.
    """

    n_labels: int
    d_elmo: int = 128  # two halves of BiLM's d_model
    n_layers: int = 3  # the token layer and L = 2
    d_model: int = 32
    d_hidden: int = 32
    where: str = "input"
    mix: str = "learned"
    kind: str = "tags"

    def __post_init__(self):
        check_choice("where", self.where, PLACES)
        check_choice("mix", self.mix, MIXES)
        check_choice("kind", self.kind, KINDS)
        sizes = (self.n_labels, self.d_elmo, self.n_layers, self.d_model, self.d_hidden)
        if min(sizes) < 1:
            raise ValueError(f"{self}; every size is 1 or more")

    @property
    def at_input(self) -> bool:
        return self.where in ("input", "both")

    @property
    def at_output(self) -> bool:
        return self.where in ("output", "both")


class TaskModel(nn.Module):
    """A small task model: word vectors, one bidirectional LSTM, a linear head.

    ELMo is *concatenated*: [x_k; ELMo_k] below the LSTM, [h_k; ELMo_k] above it, each
    with its own w and γ. `layers` come from `BiLM.layers`, in line with ids; they are
    detached, so the biLM stays frozen. `where="none"` does not look at them.
    Shapes: ids, mask (B, T), layers (L + 1, B, T, 2C) → logits (B, T, labels), for a
    sentence (B, labels), from mean and maximum over the real positions.
    Raises ValueError for layers that are missing or do not fit.
    Source: Peters et al. 2018, sec. 3.3. Built in notebooks/04_elmo.ipynb.
    """

    def __init__(self, vocab_size: int, size: TaskSize):
        super().__init__()
        self.size = size
        self.embed = embedding(vocab_size, size.d_model)
        d_below = size.d_model  # what the LSTM reads
        d_above = 2 * size.d_hidden  # what the head reads
        if size.at_input:
            self.mix_input = ScalarMix(size.n_layers, size.mix)
            d_below += size.d_elmo
        if size.at_output:
            self.mix_output = ScalarMix(size.n_layers, size.mix)
            d_above += size.d_elmo
        if size.kind == "sentence":
            d_above *= 2  # mean and maximum
        self.read = Bidirectional(LSTM, d_below, size.d_hidden)
        self.tap_hidden = Tap()
        self.head = nn.Linear(d_above, size.n_labels)

    def forward(
        self, ids: Tensor, mask: Tensor | None = None, layers: Tensor | None = None
    ) -> Tensor:
        mask = no_padding(ids) if mask is None else mask
        layers = self._frozen(ids, layers)
        x = self.embed(ids)  # (B, T, C)
        if self.size.at_input:
            x = torch.cat([x, self.mix_input(layers)], -1)
        h = self.tap_hidden(self.read(x, mask))  # (B, T, 2N)
        if self.size.at_output:
            h = torch.cat([h, self.mix_output(layers)], -1)
        if self.size.kind == "sentence":
            h = pool(h, mask)  # one vector for all positions
        return self.head(h)

    def _frozen(self, ids: Tensor, layers: Tensor | None) -> Tensor | None:
        if self.size.where == "none":
            return None
        wanted = (self.size.n_layers, *ids.shape, self.size.d_elmo)
        given = None if layers is None else tuple(layers.shape)
        if given != wanted:
            raise ValueError(
                f"layers {given} do not fit; where={self.size.where!r} needs {wanted}, "
                "as BiLM.layers(ids, mask) gives them"
            )
        return layers.detach()


def pool(states: Tensor, mask: Tensor) -> Tensor:
    """Return mean and maximum over the real positions: (B, T, C) → (B, 2C).

    Raises ValueError for a row without a real position.
    """
    if not mask.any(1).all():
        raise ValueError("a row holds only padding; give at least one real token")
    mean = masked_mean(states, mask)  # (B, C)
    padding = ~mask[..., None]  # (B, T, 1)
    largest = states.masked_fill(padding, -torch.inf).amax(1)  # (B, C)
    return torch.cat([mean, largest], -1)
