"""Sequences of different lengths, laid out as batches: padding, masks, sampling.

The parts of a batch have one order everywhere, which is the order in which models take
them: ids, mask, segments.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Generator, Tensor

from helpers.tokenization import PAD_ID
from helpers.tokenization.wordpiece import CLS_ID, SEP_ID

IGNORE_INDEX = -100  # PyTorch's own sign for "no answer is wanted here"


def pad(sequences: Sequence[np.ndarray], value: int = PAD_ID) -> tuple[Tensor, Tensor]:
    """Lay sequences of ids under each other and fill the short ones up with `value`.

    Returns ids (B, T) and mask (B, T), which is True where a token is real; T is the
    length of the longest sequence. Raises ValueError for no sequences, and for what
    is none, such as one row alone.
    """
    if not len(sequences):
        raise ValueError("0 sequences make no batch; give at least one")
    if np.ndim(sequences[0]) != 1:
        raise ValueError(f"{sequences[0]!r} is no row of ids; give a list of rows")
    lengths = np.array([len(sequence) for sequence in sequences])  # (B,)
    mask = np.arange(max(lengths.max(), 1)) < lengths[:, None]  # (B, T)
    ids = np.full(mask.shape, value)  # (B, T)
    flat = np.concatenate(sequences)
    if flat.dtype.kind == "f" and (flat % 1 != 0).any():
        raise ValueError("ids are fractions, or no numbers at all; give whole numbers")
    ids[mask] = flat
    return torch.from_numpy(ids), torch.from_numpy(mask)


class Packed(NamedTuple):
    """[CLS] a [SEP] b [SEP] as a BERT reads it, `bert(*packed)`: all are (B, T).

    `mask` is True where a token is real, `segments` 0 for text a and 1 for text b.
    """

    ids: Tensor
    mask: Tensor
    segments: Tensor


def pack(
    texts: Sequence[Sequence[int] | tuple], marks: tuple[int, int] = (CLS_ID, SEP_ID)
) -> Packed:
    """Lay texts or pairs of texts (a, b) under each other, with [CLS] and [SEP].

    A text alone becomes [CLS] a [SEP], all in segment 0; b and its [SEP] are segment 1.
    `marks` are the ids of [CLS] and [SEP]: another vocabulary has its own.
    Built in notebooks/11_bert_input.ipynb.
    """
    cls, sep = marks
    rows, borders = [], []
    for text in texts:
        first, second = text if isinstance(text, tuple) else (text, None)
        parts = [[cls], first, [sep]]
        borders.append(len(first) + 2)  # where segment 1 begins
        if second is not None:
            parts += [second, [sep]]
        rows.append(np.concatenate(parts))
    ids, mask = pad(rows)  # (B, T)
    after = torch.arange(ids.shape[1]) >= torch.tensor(borders)[:, None]  # (B, T)
    return Packed(ids, mask, (after & mask).long())


def similar_batches(
    sequences: Sequence,
    batch_size: int,
    generator: Generator,
    length: Callable[..., int] = len,
) -> Iterator[list]:
    """Yield batches of sequences without end, each of similar lengths, in random order.

    Every sequence comes once in an epoch. `length(sequence)` is what is compared.
    """
    lengths = torch.tensor([length(sequence) for sequence in sequences])
    while True:
        for rows in similar_rows(lengths, batch_size, generator):
            yield [sequences[row] for row in rows.tolist()]


def similar_rows(
    lengths: Tensor, batch_size: int, generator: Generator
) -> Iterator[Tensor]:
    """Yield the rows of each batch of one epoch: similar lengths, in random order.

    lengths (N,) → rows (at most batch_size,). Raises ValueError for batches of none.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size={batch_size}; use 1 or more")
    # With the noise, other neighbours share a batch in each epoch.
    noise = torch.rand(len(lengths), generator=generator) * 8
    batches = torch.argsort(lengths + noise).split(batch_size)
    for index in torch.randperm(len(batches), generator=generator).tolist():
        yield batches[index]
