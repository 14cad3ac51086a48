"""ELMo: two language models that share their words, and what tasks take from them.

Built in notebooks/04_elmo.ipynb.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers.models.bidirectional import Bidirectional, reverse_real
from helpers.models.characters import N_CHARACTERS, CharacterEncoder
from helpers.models.gated import LSTM
from helpers.models.layers import embedding, linear, no_padding
from helpers.models.tracing import Tap


class LSTMStack(nn.Module):
    """LSTM layers on top of each other, all reading from left to right.

    From the second layer on, each adds to what it reads (residual). States of N numbers
    are projected to C where N ≠ C. Shapes: (B, T, C) → a list of n_layers (B, T, C).
    Source: Peters et al. 2018, sec. 3.4. Built in notebooks/04_elmo.ipynb.
    """

    def __init__(self, d_model: int, d_hidden: int, n_layers: int):
        super().__init__()
        self.lstms = nn.ModuleList(
            nn.LSTM(d_model, d_hidden, batch_first=True) for _ in range(n_layers)
        )
        self.projections = nn.ModuleList(
            nn.Linear(d_hidden, d_model, bias=False)
            if d_hidden != d_model
            else nn.Identity()
            for _ in range(n_layers)
        )
        for lstm in self.lstms:  # at first, forget little; gates are i, f, g, o
            nn.init.ones_(lstm.bias_ih_l0[d_hidden : 2 * d_hidden])

    def forward(self, x: Tensor) -> list[Tensor]:
        layers: list[Tensor] = []
        for lstm, project in zip(self.lstms, self.projections, strict=True):
            states, _ = lstm(x)  # (B, T, N)
            h = project(states)  # (B, T, C)
            x = x + h if layers else h
            layers.append(x)
        return layers


class StackedBidirectional(nn.Module):
    """The cheat: bidirectional layers trained to predict the next token. It is given.

    ids (B, T) → logits (B, T, V) of the token after each position. The half that reads
    from the right has met token t + 1 before it comes to t. With `apart`, no half of
    the *top* layer has: forward half of t, backward half of t + 2. One layer is honest
    then; with two, the second reads states that hold the answer: stacking leaks.
    Source: Devlin et al. 2019, sec. 3.1 (words could "see themselves").
    Built in notebooks/04_elmo.ipynb.
    """

    def __init__(
        self,
        vocab_size: int,
        d_model: int,
        d_hidden: int,
        n_layers: int = 2,
        apart: bool = False,
    ):
        super().__init__()
        if n_layers < 1:
            raise ValueError(f"n_layers={n_layers}; use 1 or more")
        self.embed = embedding(vocab_size, d_model)
        widths = [d_model] + [2 * d_hidden] * (n_layers - 1)
        self.layers = nn.ModuleList(Bidirectional(LSTM, c, d_hidden) for c in widths)
        self.apart = apart
        self.tap_tokens = Tap()
        self.tap_hidden = Tap()
        self.output = nn.Linear(2 * d_hidden, vocab_size)

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        x = self.tap_tokens(self.embed(ids))  # (B, T, C)
        for layer in self.layers:
            x = layer(x, mask)  # (B, T, 2N), 0 where padding is
        if self.apart:
            forward, backward = x.chunk(2, -1)  # (B, T, N) each
            backward = F.pad(backward, (0, 0, 0, 2))  # (B, T + 2, N)
            backward = backward[:, 2:]  # that of t + 2, or 0
            x = torch.cat([forward, backward], -1)  # (B, T, 2N)
        x = self.tap_hidden(x)
        return self.output(x)  # (B, T, V)


@dataclass(frozen=True)
class ELMoSize:
    """How large a biLM is: C, N, layers; characters, filters (width, count), highways.

    The paper's: 512, 4096, 2; 16, seven widths with 2048 filters in all, 2.
    """

    d_model: int = 64
    d_hidden: int = 128
    n_layers: int = 2
    d_char: int = 16
    filters: tuple[tuple[int, int], ...] = ((1, 16), (2, 32), (3, 48), (4, 48))
    n_highway: int = 1

    def __post_init__(self):
        if min(self.d_model, self.d_hidden, self.n_layers, self.d_char) < 1:
            raise ValueError(f"{self}; every size is 1 or more")


class BiLM(nn.Module):
    """Two language models, one for each direction, trained together.

    `model(ids, mask)` → logits (B, T, V) of the token *after* each position, by the
    forward LSTMs, and of the token *before* it, by the backward ones. The token layer
    and the softmax are shared. `spellings` (V, W) of the vocabulary, as `spell` makes
    them, give words by their letters; without them each word has a row of a table.
    Raises ValueError for spellings of another number of words.
    Source: Peters et al. 2018 (arXiv:1802.05365), sec. 3.1; there the projection is
    inside the recurrence. Built in notebooks/04_elmo.ipynb.
    """

    def __init__(
        self, vocab_size: int, size: ELMoSize, spellings: Tensor | None = None
    ):
        super().__init__()
        if spellings is not None and len(spellings) != vocab_size:
            raise ValueError(
                f"{len(spellings)} spellings for {vocab_size} words; give one for each"
            )
        self.register_buffer("spellings", spellings)
        if spellings is None:
            self.embed = embedding(vocab_size, size.d_model)
        else:
            self.embed = CharacterEncoder(
                N_CHARACTERS, size.d_char, size.filters, size.d_model, size.n_highway
            )
        self.to_right = LSTMStack(size.d_model, size.d_hidden, size.n_layers)
        self.to_left = LSTMStack(size.d_model, size.d_hidden, size.n_layers)
        self.tap_tokens = Tap()
        self.tap_layers = Tap()
        self.output = linear(size.d_model, vocab_size)

    def token_vectors(self, ids: Tensor, spellings: Tensor | None = None) -> Tensor:
        """Return vectors without context: ids (B, T) → (B, T, C).

        ids are rows of `spellings`, by default the vocabulary's; with rows of one's own
        added at its end, unseen words are read. Raises ValueError without letters.
        """
        if self.spellings is None and spellings is not None:
            raise ValueError("this model reads no letters; build it with spellings")
        if self.spellings is None:
            return self.embed(ids)
        table = self.spellings if spellings is None else spellings
        words, rows = ids.unique(return_inverse=True)  # each word is read once
        vectors = self.embed(table[words])  # (words, C)
        return F.embedding(rows, vectors)  # (B, T, C)

    def read(
        self, ids: Tensor, mask: Tensor | None = None, spellings: Tensor | None = None
    ) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """Return token vectors, forward layers and backward layers, each (B, T, C)."""
        mask = no_padding(ids) if mask is None else mask
        x = self.tap_tokens(self.token_vectors(ids, spellings))  # (B, T, C)
        forward = self.to_right(x)
        turned = self.to_left(reverse_real(x, mask))  # it reads from the last token on
        backward = [reverse_real(h, mask) for h in turned]  # in the order of the text
        for ahead, back in zip(forward, backward, strict=True):
            self.tap_layers(torch.cat([ahead, back], -1))  # (B, T, 2C), heard only
        return x, forward, backward

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        _, forward, backward = self.read(ids, mask)
        after = self.output(forward[-1])  # (B, T, V): the token after each position
        before = self.output(backward[-1])
        return after, before

    def layers(
        self, ids: Tensor, mask: Tensor | None = None, spellings: Tensor | None = None
    ) -> Tensor:
        """Return what tasks take: (L + 1, B, T, 2C), layer 0 the token vector twice.

        Of a batch framed by BOS and EOS, `layers(ids, mask)[:, :, 1:-1]` lies in line
        with the sequences alone, padded. `spellings` as in `token_vectors`.
        """
        x, forward, backward = self.read(ids, mask, spellings)
        ahead = torch.stack([x, *forward])  # (L + 1, B, T, C)
        back = torch.stack([x, *backward])
        return torch.cat([ahead, back], -1)  # (L + 1, B, T, 2C)
