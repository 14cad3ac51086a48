"""Sequence to sequence: a target is predicted token by token, given a source."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from torch import Generator, Tensor

from helpers.objectives.batching import pad, similar_batches
from helpers.objectives.language_modeling import next_token_batch
from helpers.tokenization import EOS_ID


class Pairs(NamedTuple):
    """source (B, S) with source_mask, inputs and targets (B, T) with mask."""

    source: Tensor
    source_mask: Tensor
    inputs: Tensor
    targets: Tensor
    mask: Tensor


def pair_batch(pairs: Sequence[tuple[np.ndarray, np.ndarray]]) -> Pairs:
    """Ask for the target, token by token, given the source: BOS x y → x y EOS.

    `pairs` are (source ids, target ids) of any lengths; the source a b is read as
    a b EOS, so no row is empty. Shapes: S = longest source + 1, T = longest target + 1;
    masks True = real. Source: Sutskever et al. 2014, sec. 2.
    Built in notebooks/05_seq2seq.ipynb.
    """
    source, source_mask = pad([np.append(s, EOS_ID) for s, _ in pairs])  # (B, S)
    target = next_token_batch([target for _, target in pairs])
    return Pairs(source, source_mask, *target)


def pair_batches(
    pairs: Sequence[tuple[np.ndarray, np.ndarray]],
    batch_size: int,
    generator: Generator,
) -> Iterator[Pairs]:
    """Yield batches without end, each of similar source lengths, in random order."""
    for group in similar_batches(pairs, batch_size, generator, _source_length):
        yield pair_batch(group)


def _source_length(pair: tuple[np.ndarray, np.ndarray]) -> int:
    source, _ = pair
    return len(source)
