"""Sequences of different lengths, laid out as batches: padding, masks, sampling."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from helpers.tokenization import PAD_ID


def pad(sequences: Sequence[np.ndarray], value: int = PAD_ID) -> tuple[Tensor, Tensor]:
    """Lay sequences of ids under each other: (ids (B, T), mask (B, T) True = real).

    Raises ValueError for no sequences.
    """
    if not len(sequences):
        raise ValueError("0 sequences make no batch; give at least one")
    lengths = np.array([len(s) for s in sequences])
    mask = np.arange(max(lengths.max(), 1)) < lengths[:, None]  # (B, T)
    ids = np.full(mask.shape, value)
    ids[mask] = np.concatenate(sequences)
    return torch.from_numpy(ids), torch.from_numpy(mask)


def similar_batches(
    sequences: Sequence, batch_size: int, generator: torch.Generator, length=len
) -> Iterator[list]:
    """Yield batches of sequences without end, each of similar lengths, in random order."""
    lengths = torch.tensor([length(s) for s in sequences])
    while True:
        for rows in similar(lengths, batch_size, generator):
            yield [sequences[j] for j in rows.tolist()]


def similar(
    lengths: Tensor, batch_size: int, generator: torch.Generator
) -> Iterator[Tensor]:
    """Yield the rows of each batch of one epoch: similar lengths, in random order.

    lengths (N,) → rows (at most batch_size,). Raises ValueError for batches of none.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size={batch_size}; use 1 or more")
    noise = torch.rand(len(lengths), generator=generator) * 8
    chunks = torch.argsort(lengths + noise).split(batch_size)
    for i in torch.randperm(len(chunks), generator=generator).tolist():
        yield chunks[i]
