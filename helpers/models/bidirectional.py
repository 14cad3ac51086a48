"""Reading in both directions, and tags for tokens.

Built in notebooks/03_lstm.ipynb.
"""

import torch
from torch import Tensor, nn

from helpers.models.gated import LSTM
from helpers.models.layers import (
    check_batch,
    check_choice,
    check_padding,
    embedding,
    no_padding,
)
from helpers.models.tracing import Tap

COMBINE = ("concat", "sum", "average")


def reverse_real(x: Tensor, mask: Tensor) -> Tensor:
    """Turn the real part of each row round; padding stays where it is, on the right.

    Shapes: x (B, T, …), mask (B, T) bool, True = real → (B, T, …). Twice gives x.
    Raises ValueError unless all padding is on the right.
    Built in notebooks/03_lstm.ipynb.
    """
    check_padding(mask, x)
    positions = torch.arange(mask.shape[1], device=mask.device)  # (T,)
    last = mask.sum(1, keepdim=True) - 1  # (B, 1)
    source = torch.where(mask, last - positions, positions)  # (B, T)
    rows = torch.arange(len(mask), device=mask.device)[:, None]  # (B, 1)
    return x[rows, source]  # (B, T, …)


def last_real(states: Tensor, mask: Tensor) -> Tensor:
    """Return the state at the last real token of each row: (B, T, N) → (B, N).

    mask (B, T) bool, True = real. Raises ValueError for a row without a real token, or
    padding that is not on the right. Built in notebooks/03_lstm.ipynb.
    """
    check_padding(mask, states)
    if not mask.any(1).all():
        raise ValueError("a row holds only padding; give at least one real token")
    rows = torch.arange(len(mask), device=mask.device)
    last = mask.sum(1) - 1  # (B,)
    return states[rows, last]  # (B, N)


class Bidirectional(nn.Module):
    """Read with one cell from the left, with another from the right; combine both.

    `cell` is a class such as RNN, LSTM, GRU. `combine`: "concat" (2N wide), "sum" or
    "average" (N wide). Shapes: inputs (B, T, C), mask (B, T) bool, True = real →
    (B, T, `d_out`); 0 where the mask is False. What stands there changes nothing.
    Raises ValueError for another `combine`, or padding that is not on the right.
    Source: Schuster & Paliwal 1997. Built in notebooks/03_lstm.ipynb.
    """

    def __init__(
        self,
        cell: type[nn.Module],
        d_model: int,
        d_hidden: int,
        combine: str = "concat",
    ):
        super().__init__()
        check_choice("combine", combine, COMBINE)
        self.forward_cell = cell(d_model, d_hidden)
        self.backward_cell = cell(d_model, d_hidden)
        self.tap_forward = Tap()
        self.tap_backward = Tap()
        self.combine = combine
        self.d_out = 2 * d_hidden if combine == "concat" else d_hidden

    def forward(self, inputs: Tensor, mask: Tensor | None = None) -> Tensor:
        if mask is None:
            mask = no_padding(inputs[..., 0])  # (B, T)
        ahead = self.forward_cell.fast(inputs)  # (B, T, N)
        back = self.backward_cell.fast(reverse_real(inputs, mask))
        back = reverse_real(back, mask)  # (B, T, N), in the order of the text
        back = self.tap_backward(back)
        ahead = self.tap_forward(ahead)
        if self.combine == "concat":
            both = torch.cat([ahead, back], -1)  # (B, T, 2N)
        else:
            both = ahead + back  # (B, T, N)
        if self.combine == "average":
            both = both / 2
        return both.masked_fill(~mask[..., None], 0.0)  # (B, T, d_out)


class Tagger(nn.Module):
    """Give each token of a sentence logits for its tag.

    `reader`: "forward" (an LSTM that has seen what stands to the left), or both
    directions by "concat", "sum", "average"; each direction has `d_hidden` units.
    Shapes: ids (B, T), mask (B, T) bool, True = real → (B, T, n_tags).
    Raises ValueError for another reader, or padding that is not on the right.
    Built in notebooks/03_lstm.ipynb.
    """

    def __init__(
        self,
        vocab_size: int,
        d_model: int,
        d_hidden: int,
        n_tags: int,
        reader: str = "concat",
    ):
        super().__init__()
        check_choice("reader", reader, ("forward", *COMBINE))
        self.embed = embedding(vocab_size, d_model)
        if reader == "forward":
            self.reader = LSTM(d_model, d_hidden)
            width = d_hidden
        else:
            self.reader = Bidirectional(LSTM, d_model, d_hidden, reader)
            width = self.reader.d_out
        self.tap_hidden = Tap()
        self.output = nn.Linear(width, n_tags)

    def features(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return a state for each token: (B, T) → (B, T, N), or 2N for "concat"."""
        check_batch(ids)
        x = self.embed(ids)  # (B, T, C)
        if isinstance(self.reader, Bidirectional):
            return self.reader(x, mask)
        if mask is not None:  # not needed from left to right, but a wrong one is wrong
            check_padding(mask, ids)
        return self.reader.fast(x)

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        hidden = self.tap_hidden(self.features(ids, mask))  # (B, T, N), or 2N
        return self.output(hidden)  # (B, T, n_tags)
