"""Words as spellings: a vector for every word, seen before or not.

Built in notebooks/04_elmo.ipynb.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

PADDING, BEGIN, END, OTHER = range(4)
FIRST, LAST = 33, 126  # the visible characters of ASCII
N_CHARACTERS = 4 + LAST - FIRST + 1


def spell(words: Sequence[str], width: int = 16) -> Tensor:
    """Return the characters of words as ids: begin, letters, end, then padding (0).

    Shape: V words → int64 (V, W), W = width. Visible ASCII characters have ids of their
    own, all others share one; a special such as <bos> is spelled like any word. Of a
    word longer than width − 2 the first letters are kept, and the end mark.
    Raises ValueError for one string, no words or a width below 3.
    Source: Peters et al. 2018, sec. 3.4. Built in notebooks/04_elmo.ipynb.
    """
    if isinstance(words, str) or not len(words):
        raise ValueError(f"{words!r} given; spell a list of words, such as ['bank']")
    if width < 3:
        raise ValueError(f"width={width} holds no letter between two marks; use 3 up")
    spellings = torch.full((len(words), width), PADDING)  # (V, W)
    for row, word in zip(spellings, words, strict=True):
        letters = [_character(c) for c in word[: width - 2]]
        ids = torch.tensor([BEGIN, *letters, END])
        row[: len(ids)] = ids
    return spellings


def _character(character: str) -> int:
    code = ord(character)
    return code - FIRST + 4 if FIRST <= code <= LAST else OTHER


def highway(
    x: Tensor,
    W: Tensor,
    b: Tensor,
    W_t: Tensor,
    b_t: Tensor,
) -> Tensor:
    """Return t ⊙ relu(W x + b) + (1 − t) ⊙ x with t = σ(W_t x + b_t).

    Shapes: x (…, C), W and W_t (C, C), b and b_t (C,) → (…, C).
    Source: Srivastava et al. 2015, eq. 3. Built in notebooks/04_elmo.ipynb.
    """
    t = torch.sigmoid(x @ W_t.T + b_t)
    changed = torch.relu(x @ W.T + b)
    return t * changed + (1 - t) * x


class Highway(nn.Module):
    """Change a vector where a gate says so, and carry the rest through.

    y = t ⊙ relu(W x + b) + (1 − t) ⊙ x with t = σ(W_t x + b_t).
    Shapes: (…, C) → (…, C). b_t starts at −2: at first nearly everything is carried.
    Source: Srivastava et al. 2015 (arXiv:1505.00387), eq. 3. Built in
    notebooks/04_elmo.ipynb.
    """

    def __init__(self, d_model: int):
        super().__init__()
        self.change = nn.Linear(d_model, d_model)
        self.gate = nn.Linear(d_model, d_model)
        nn.init.constant_(self.gate.bias, -2.0)

    def forward(self, x: Tensor) -> Tensor:
        change = self.change
        gate = self.gate
        return highway(x, change.weight, change.bias, gate.weight, gate.bias)


class CharacterEncoder(nn.Module):
    """Make a word's vector from its letters.

    Character vectors, convolutions of several widths, the maximum over the positions in
    the word, relu, highway layers, a projection. `filters` holds (width, count) pairs.
    Shapes: spellings (V, W) → (V, C). How much padding follows a word does not matter.
    Raises ValueError for spellings that do not begin with a character.
    Source: Kim et al. 2016 (arXiv:1508.06615); Peters et al. 2018, sec. 3.4.
    Built in notebooks/04_elmo.ipynb.
    """

    def __init__(
        self,
        n_characters: int,
        d_char: int,
        filters: Sequence[tuple[int, int]],
        d_model: int,
        n_highway: int = 1,
    ):
        super().__init__()
        if not filters or min(map(min, filters)) < 1:
            raise ValueError(f"filters={filters}; give (width, count) pairs, 1 or more")
        self.embed = nn.Embedding(n_characters, d_char, padding_idx=PADDING)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(d_char, count, width) for width, count in filters
        )
        d_filters = sum(count for _, count in filters)
        self.highways = nn.Sequential(*(Highway(d_filters) for _ in range(n_highway)))
        self.project = nn.Linear(d_filters, d_model)
        nn.init.normal_(self.project.weight, std=2 * d_filters**-0.5)  # words differ

    def forward(self, spellings: Tensor) -> Tensor:
        real = spellings != PADDING  # (V, W)
        if not real[:, 0].all():
            raise ValueError("a spelling begins with padding; make them with spell()")
        x = self.embed(spellings).transpose(1, 2)  # (V, d_char, W)
        found = [self._strongest(conv, x, real) for conv in self.convolutions]
        x = torch.relu(torch.cat(found, -1))  # (V, d_filters)
        return self.project(self.highways(x))  # (V, C)

    @staticmethod
    def _strongest(convolution: nn.Conv1d, x: Tensor, real: Tensor) -> Tensor:
        """Return each filter's maximum over the windows that begin in the word."""
        (width,) = convolution.kernel_size
        padded = F.pad(x, (0, width - 1))  # a window may reach beyond the word
        answers = convolution(padded)  # (V, count, W)
        answers = answers.masked_fill(~real[:, None], -torch.inf)
        return answers.amax(-1)  # (V, count)
