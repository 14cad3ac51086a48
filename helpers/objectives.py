"""Questions for models: batches with their answers, and how wrong an answer is.

RNN, ELMo and BERT differ less in what they are than in what they are asked. Here each
question has its batch-maker and its loss side by side. Padding and masks are made here
and nowhere else. All losses are means in nats per real token.
Built in notebooks/02_rnn.ipynb.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from helpers.tokenizers import BOS_ID, EOS_ID, PAD_ID


class NextToken(NamedTuple):
    """inputs (B, T), targets (B, T) one step ahead, mask (B, T) True = real."""

    inputs: Tensor
    targets: Tensor
    mask: Tensor


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


def next_token_batch(sequences: Sequence[np.ndarray]) -> NextToken:
    """Ask for each next token: BOS a b c → a b c EOS.

    `sequences` are arrays of ids of any lengths; shapes (B, T) with T = longest + 1.
    Built in notebooks/02_rnn.ipynb.
    """
    ends = [np.concatenate([[BOS_ID], s, [EOS_ID]]) for s in sequences]
    ids, mask = pad(ends)
    return NextToken(ids[:, :-1], ids[:, 1:], mask[:, 1:])


def next_token_batches(
    sequences: Sequence[np.ndarray], batch_size: int, generator: torch.Generator
) -> Iterator[NextToken]:
    """Yield batches without end, each of similar lengths, in random order.

    Sorting by length before cutting saves padding; every sequence comes once an epoch.
    """
    for group in _similar(sequences, batch_size, generator):
        yield next_token_batch(group)


def _similar(
    sequences: Sequence, batch_size: int, generator: torch.Generator, length=len
) -> Iterator[list]:
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


def stream_batches(
    ids: np.ndarray, batch_size: int, seq_len: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Cut one long text into lanes and yield (inputs, targets), each (B, T), in order.

    Lane b of a batch goes on where lane b of the batch before it stopped, so a state
    can be handed on (truncated back-propagation through time). One pass.
    Raises ValueError if the text is too short for one batch.
    """
    lane = (len(ids) - 1) // batch_size
    if lane < seq_len:
        need = batch_size * seq_len + 1
        raise ValueError(
            f"{len(ids)} ids do not fill a batch of {batch_size} × {seq_len}; give "
            f"at least {need} or a smaller batch_size or seq_len"
        )
    ids = torch.as_tensor(ids, dtype=torch.long)
    inputs = ids[: lane * batch_size].view(batch_size, lane)
    targets = ids[1 : lane * batch_size + 1].view(batch_size, lane)
    for start in range(0, lane - seq_len + 1, seq_len):
        yield (
            inputs[:, start : start + seq_len],
            targets[:, start : start + seq_len],
        )


def token_losses(logits: Tensor, targets: Tensor, mask: Tensor) -> Tensor:
    """Return −log softmax(logits)[target] of every real token, flat, in nats.

    Shapes: logits (B, T, V), targets (B, T), mask (B, T) → (real tokens,).
    """
    if logits.shape[:-1] != targets.shape or targets.shape != mask.shape:
        raise ValueError(
            f"logits {tuple(logits.shape)}, targets {tuple(targets.shape)} and mask "
            f"{tuple(mask.shape)} do not fit; they are (B, T, V), (B, T), (B, T)"
        )
    return F.cross_entropy(logits[mask], targets[mask], reduction="none")


def next_token_loss(logits: Tensor, targets: Tensor, mask: Tensor) -> Tensor:
    """Return the mean of `token_losses`: cross-entropy in nats per real token."""
    return token_losses(logits, targets, mask).mean()


class BothDirections(NamedTuple):
    """ids (B, T), begin and end marks included, and mask (B, T), True = real."""

    ids: Tensor
    mask: Tensor


def both_directions_batch(sequences: Sequence[np.ndarray]) -> BothDirections:
    """Ask for the neighbours on both sides: BOS a b c EOS.

    Forward, BOS a b c predict a b c EOS, as in `next_token_batch`; backward, a b c EOS
    predict BOS a b c. Either way a sequence of n tokens has n + 1 answers, and their
    surprises sum to −log P(sequence): both directions have the same floor.
    Shapes (B, T) with T = longest + 2. Source: Peters et al. 2018, sec. 3.1.
    Built in notebooks/04_elmo.ipynb.
    """
    ends = [np.concatenate([[BOS_ID], s, [EOS_ID]]) for s in sequences]
    return BothDirections(*pad(ends))


def both_directions_batches(
    sequences: Sequence[np.ndarray], batch_size: int, generator: torch.Generator
) -> Iterator[BothDirections]:
    """Yield batches without end, as `next_token_batches` does."""
    for group in _similar(sequences, batch_size, generator):
        yield both_directions_batch(group)


def both_directions_losses(
    forward: Tensor, backward: Tensor, ids: Tensor, mask: Tensor
) -> tuple[Tensor, Tensor]:
    """Return the token losses of each direction, flat, in nats, equally many.

    `forward` logits at t are about token t + 1, `backward` logits at t about t − 1.
    Shapes: logits (B, T, V), ids and mask (B, T) → (answers,), (answers,).
    """
    both = mask[:, 1:]  # a token and the one before it are real
    return (
        token_losses(forward[:, :-1], ids[:, 1:], both),
        token_losses(backward[:, 1:], ids[:, :-1], both),
    )


def both_directions_loss(
    forward: Tensor, backward: Tensor, ids: Tensor, mask: Tensor
) -> Tensor:
    """Return the mean of both directions' losses, in nats per real token.

    The paper maximises the *sum* of the two log-likelihoods; half of it has the same
    optimum and can be held against a loss in one direction.
    """
    right, left = both_directions_losses(forward, backward, ids, mask)
    return (right.mean() + left.mean()) / 2


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
    Built in notebooks/05_seq2seq_attention.ipynb.
    """
    sources, targets = zip(*pairs, strict=True) if pairs else ((), ())
    source = pad([np.concatenate([s, [EOS_ID]]).astype(np.int64) for s in sources])
    return Pairs(*source, *next_token_batch(targets))


def pair_batches(
    pairs: Sequence[tuple[np.ndarray, np.ndarray]],
    batch_size: int,
    generator: torch.Generator,
) -> Iterator[Pairs]:
    """Yield batches without end, each of similar source lengths, in random order."""
    for group in _similar(pairs, batch_size, generator, lambda pair: len(pair[0])):
        yield pair_batch(group)


class Tags(NamedTuple):
    """ids (B, T), mask (B, T) True = real, wanted (B, T) labels, −1 = not asked."""

    ids: Tensor
    mask: Tensor
    wanted: Tensor


def tag_batch(sequences: Sequence[np.ndarray], labels: Sequence[Sequence[int]]) -> Tags:
    """Ask for a label of each token; −1 marks a token that is not asked.

    Raises ValueError where a row of labels is not as long as its sequence.
    """
    for row, (ids, wanted) in enumerate(zip(sequences, labels, strict=True)):
        if len(ids) != len(wanted):
            raise ValueError(
                f"row {row} has {len(ids)} tokens and {len(wanted)} labels; give one "
                "label to each token, −1 where nothing is asked"
            )
    wanted, _ = pad([np.asarray(row) for row in labels], -1)
    return Tags(*pad(sequences), wanted)


def tag_loss(logits: Tensor, wanted: Tensor) -> Tensor:
    """Return the mean cross-entropy in nats over the tokens that are asked.

    Shapes: logits (B, T, classes), wanted (B, T), −1 = not asked.
    """
    return F.cross_entropy(logits[wanted >= 0], wanted[wanted >= 0])
