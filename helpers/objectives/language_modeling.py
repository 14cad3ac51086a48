"""Language modelling: each token is predicted from the tokens on one side of it.

A batch-maker and its loss stand side by side: forward only (RNN, GPT), and forward and
backward (ELMo). All losses are means in nats per real token.
Built in notebooks/02_rnn.ipynb.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from helpers.objectives.batching import pad, similar_batches
from helpers.tokenization import BOS_ID, EOS_ID


class NextToken(NamedTuple):
    """inputs (B, T), targets (B, T) one step ahead, mask (B, T) True = real."""

    inputs: Tensor
    targets: Tensor
    mask: Tensor


def next_token_batch(sequences: Sequence[np.ndarray]) -> NextToken:
    """Ask for each next token: BOS a b c → a b c EOS.

    `sequences` are arrays of ids of any lengths; shapes (B, T) with T = longest + 1.
    Built in notebooks/02_rnn.ipynb.
    """
    ids, mask = both_directions_batch(sequences)  # (B, T + 1)
    # A row of n tokens and two marks has n + 1 answers.
    return NextToken(ids[:, :-1], ids[:, 1:], mask[:, 1:])


def next_token_batches(
    sequences: Sequence[np.ndarray], batch_size: int, generator: Generator
) -> Iterator[NextToken]:
    """Yield batches without end, each of similar lengths, in random order.

    Sorting by length before cutting saves padding; every sequence comes once an epoch.
    """
    for group in similar_batches(sequences, batch_size, generator):
        yield next_token_batch(group)


def stream_batches(
    ids: np.ndarray, batch_size: int, seq_len: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Cut one long text into lanes and yield (inputs, targets), each (B, T), in order.

    Lane b of a batch goes on where lane b of the batch before it stopped, so a state
    can be handed on (truncated back-propagation through time). One pass.
    Raises ValueError if the text is too short for one batch.
    """
    if batch_size < 1 or seq_len < 1:
        raise ValueError(f"batch_size={batch_size}, seq_len={seq_len}; use 1 or more")
    lane = (len(ids) - 1) // batch_size  # the last token is only ever a target
    if lane < seq_len:
        raise ValueError(
            f"{len(ids)} ids do not fill a batch of {batch_size} × {seq_len}; give "
            f"at least {batch_size * seq_len + 1}, or a smaller batch_size or seq_len"
        )
    text = torch.as_tensor(ids, dtype=torch.long)
    used = lane * batch_size
    inputs = text[:used].view(batch_size, lane)  # (B, lane)
    targets = text[1 : used + 1].view(batch_size, lane)  # (B, lane)
    for start in range(0, lane - seq_len + 1, seq_len):
        window = slice(start, start + seq_len)
        yield inputs[:, window], targets[:, window]  # (B, T)


def token_losses(logits: Tensor, targets: Tensor, mask: Tensor) -> Tensor:
    """Return −log softmax(logits)[target] of every real token, flat, in nats.

    Shapes: logits (B, T, V), targets (B, T), mask (B, T) → (real tokens,). Raises
    ValueError for shapes that do not fit, and where no token is real.
    """
    if mask.dtype != torch.bool:  # whole numbers would pick rows
        raise ValueError(f"a mask of {mask.dtype}; give bool, True = real: mask.bool()")
    if logits.shape[:-1] != targets.shape or targets.shape != mask.shape:
        raise ValueError(
            f"logits {tuple(logits.shape)}, targets {tuple(targets.shape)} and mask "
            f"{tuple(mask.shape)} do not fit; they are (B, T, V), (B, T), (B, T)"
        )
    if not mask.any():
        raise ValueError("no token is real, so there is no loss; give a mask with True")
    # Padding is left out before the loss, so no padding is in the mean.
    return F.cross_entropy(logits[mask], targets[mask], reduction="none")


def next_token_loss(logits: Tensor, targets: Tensor, mask: Tensor) -> Tensor:
    """Return the mean of `token_losses`: cross-entropy in nats per real token."""
    return token_losses(logits, targets, mask).mean()


class BothDirections(NamedTuple):
    """ids (B, T), begin and end marks included, and mask (B, T), True = real."""

    ids: Tensor
    mask: Tensor


def both_directions_batch(sequences: Sequence[np.ndarray]) -> BothDirections:
    """Ask for the neighbours on both sides: ids BOS a b c EOS, and mask.

    Forward, BOS a b c predict a b c EOS, as in `next_token_batch`; backward, a b c EOS
    predict BOS a b c. Either way a sequence of n tokens has n + 1 answers, and their
    surprises sum to −log P(sequence): both directions have the same floor.
    Shapes (B, T) with T = longest + 2. Source: Peters et al. 2018, sec. 3.1.
    Built in notebooks/04_elmo.ipynb.
    """
    ends = [np.concatenate([[BOS_ID], s, [EOS_ID]]) for s in sequences]
    return BothDirections(*pad(ends))


def both_directions_batches(
    sequences: Sequence[np.ndarray], batch_size: int, generator: Generator
) -> Iterator[BothDirections]:
    """Yield batches without end, as `next_token_batches` does."""
    for group in similar_batches(sequences, batch_size, generator):
        yield both_directions_batch(group)


def both_directions_losses(
    forward: Tensor, backward: Tensor, ids: Tensor, mask: Tensor
) -> tuple[Tensor, Tensor]:
    """Return the token losses of each direction, flat, in nats, equally many.

    `forward` logits at t are about token t + 1, `backward` logits at t about t − 1.
    Shapes: logits (B, T, V), ids and mask (B, T) → (answers,), (answers,).
    """
    both = mask[:, 1:]  # (B, T − 1): a token and the one before it are real
    rightwards = token_losses(forward[:, :-1], ids[:, 1:], both)
    leftwards = token_losses(backward[:, 1:], ids[:, :-1], both)
    return rightwards, leftwards


def both_directions_loss(
    forward: Tensor, backward: Tensor, ids: Tensor, mask: Tensor
) -> Tensor:
    """Return the mean of both directions' losses, in nats per real token.

    The paper maximises the *sum* of the two log-likelihoods; half of it has the same
    optimum and can be compared with a loss in one direction.
    """
    rightwards, leftwards = both_directions_losses(forward, backward, ids, mask)
    return (rightwards.mean() + leftwards.mean()) / 2
