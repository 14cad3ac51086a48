"""What a task does with a frozen biLM: mix its layers, join them to its own vectors.

Built in notebooks/04_elmo.ipynb.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from helpers.models.bidirectional import Bidirectional
from helpers.models.elmo import everything
from helpers.models.gated import LSTM
from helpers.models.tracing import Tap

MIXES = ("learned", "uniform", "top")
PLACES = ("none", "input", "output", "both")
KINDS = ("tags", "sentence")


def one_of(name: str, value: str, choices: tuple[str, ...]) -> None:
    """Raise ValueError that lists the choices if the value is none of them."""
    if value not in choices:
        raise ValueError(f"{name}={value!r}; choose one of {', '.join(choices)}")


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
        one_of("mode", mode, MIXES)
        if n_layers < 1:
            raise ValueError(f"n_layers={n_layers}; there is at least the token layer")
        w = torch.zeros(n_layers)
        if mode == "top":
            w[:-1] = -torch.inf
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
        one_of("where", self.where, PLACES)
        one_of("mix", self.mix, MIXES)
        one_of("kind", self.kind, KINDS)
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
    place with its own w and γ. `layers` come from `BiLM.layers`, in line with ids; they
    are detached, so the biLM stays frozen. `where="none"` does not look at them.
    Shapes: ids, mask (B, T), layers (L + 1, B, T, 2C) → logits (B, T, labels), for a
    sentence (B, labels), from mean and maximum over the real positions.
    Raises ValueError for layers that are missing or do not fit.
    Source: Peters et al. 2018, sec. 3.3. Built in notebooks/04_elmo.ipynb.
    """

    def __init__(self, vocab_size: int, size: TaskSize):
        super().__init__()
        self.size = size
        self.embed = nn.Embedding(vocab_size, size.d_model)
        nn.init.normal_(self.embed.weight, std=0.5)
        if size.at_input:
            self.mix_input = ScalarMix(size.n_layers, size.mix)
        if size.at_output:
            self.mix_output = ScalarMix(size.n_layers, size.mix)
        width = size.d_model + size.d_elmo * size.at_input
        self.read = Bidirectional(LSTM, width, size.d_hidden)
        self.tap_hidden = Tap()
        d_joined = 2 * size.d_hidden + size.d_elmo * size.at_output
        pools = 2 if size.kind == "sentence" else 1  # mean and maximum
        self.head = nn.Linear(pools * d_joined, size.n_labels)

    def forward(
        self, ids: Tensor, mask: Tensor | None = None, layers: Tensor | None = None
    ) -> Tensor:
        mask = everything(ids) if mask is None else mask
        layers = self._frozen(ids, layers)
        x = self.embed(ids)  # (B, T, C)
        if self.size.at_input:
            x = torch.cat([x, self.mix_input(layers)], -1)
        h = self.tap_hidden(self.read(x, mask))  # (B, T, 2N)
        if self.size.at_output:
            h = torch.cat([h, self.mix_output(layers)], -1)
        return self.head(pool(h, mask) if self.size.kind == "sentence" else h)

    def _frozen(self, ids: Tensor, layers: Tensor | None) -> Tensor | None:
        if self.size.where == "none":
            return None
        wanted = (self.size.n_layers, *ids.shape, self.size.d_elmo)
        if layers is None or layers.shape != wanted:
            given = None if layers is None else tuple(layers.shape)
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
    real = mask[..., None]
    mean = (states * real).sum(1) / real.sum(1)
    return torch.cat([mean, states.masked_fill(~real, -torch.inf).amax(1)], -1)
