"""BERT's two questions, as batches: which token is hidden, and does B follow A?

No Python loop runs over tokens. Built in notebooks/11_bert_input.ipynb.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from helpers.objectives.batching import pad, similar
from helpers.tokenization.wordpiece import CLS_ID, MASK_ID, SEP_ID, SPECIALS

NOT_ASKED = -100  # PyTorch's own sign for "no answer wanted here"


class Packed(NamedTuple):
    """ids, segments (B, T) and mask (B, T) True = real: [CLS] a [SEP] b [SEP]."""

    ids: Tensor
    segments: Tensor
    mask: Tensor


class Pretraining(NamedTuple):
    """A packed batch with hidden tokens and both answers.

    `targets` (B, T) hold the hidden token's id, NOT_ASKED elsewhere; `follows` (B,)
    holds 0 where B follows A, 1 where it does not.
    """

    ids: Tensor
    segments: Tensor
    mask: Tensor
    targets: Tensor
    follows: Tensor


class Shares(NamedTuple):
    """How many tokens are asked, and what becomes of those: shares in [0, 1].

    Of the asked ones `hidden` become [MASK], `random` another token; the rest stay.
    The paper's: 0.15, and of these 0.8, 0.1.
    Source: Devlin et al. 2019, sec. 3.1 and A.1.
    """

    asked: float = 0.15
    hidden: float = 0.8
    random: float = 0.1


PAPER = Shares()


def pack(
    texts: Sequence[Sequence[int] | tuple], marks: tuple[int, int] = (CLS_ID, SEP_ID)
) -> Packed:
    """Lay texts or pairs of texts (a, b) under each other, with [CLS] and [SEP].

    A text alone becomes [CLS] a [SEP], all in segment 0; b and its [SEP] are segment 1.
    `marks` are the ids of [CLS] and [SEP]: another vocabulary has its own.
    Built in notebooks/11_bert_input.ipynb.
    """
    pairs = [t if isinstance(t, tuple) else (t, None) for t in texts]
    cls, sep = marks
    firsts = [np.concatenate([[cls], a, [sep]]) for a, _ in pairs]
    seconds = [[] if b is None else np.append(b, sep) for _, b in pairs]
    whole = [np.append(a, b) for a, b in zip(firsts, seconds, strict=True)]
    ids, mask = pad([w.astype(np.int64) for w in whole])
    borders = torch.tensor([len(a) for a in firsts])[:, None]
    segments = (torch.arange(ids.shape[1]) >= borders) & mask
    return Packed(ids, segments.long(), mask)


def choose(
    packed: Packed, asked: float, generator: torch.Generator, starts=None
) -> Tensor:
    """Return which tokens are asked: (B, T) bool, `asked` of those that may be.

    Specials and padding never are. In every row the number is the share, rounded up or
    down by chance. With `starts` (B, T) bool, True where a word begins, whole words are
    asked: all pieces of a word, or none (whole-word masking); the last word asked comes
    whole, so that a little more than the share is asked.
    """
    if not 0 < asked < 1:
        raise ValueError(f"asked={asked}; use a share between 0 and 1, such as 0.15")
    tokens = torch.rand(packed.ids.shape, generator=generator)
    rows = torch.rand(len(tokens), generator=generator)
    return chosen_by(tokens, rows, packed, asked, starts)


def chosen_by(
    dice: Tensor, rows: Tensor, packed: Packed, asked: float, starts=None
) -> Tensor:
    """Return what `choose` does when the dice lie: (B, T) and (B,), in [0, 1)."""
    may = packed.mask & (packed.ids >= len(SPECIALS))
    if starts is not None:
        words = (starts | ~may).cumsum(1) - 1  # (B, T): pieces of a word share a number
        dice = dice.gather(1, words.clamp(min=0))
    dice = dice.masked_fill(~may, 2.0)
    wanted = asked * may.sum(1) + rows  # (B,)
    number = wanted.floor().long()[:, None]  # (B, 1)
    limit = dice.sort(1).values.gather(1, (number - 1).clamp(min=0))
    return (dice <= limit) & may & (number > 0)


def hide(
    packed: Packed,
    vocab_size: int,
    generator: torch.Generator,
    shares: Shares = PAPER,
    starts: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Return ids with hidden tokens (B, T), and targets (B, T).

    Of the chosen tokens 80 % become [MASK], 10 % a random ordinary token, 10 % stay:
    12, 1.5 and 1.5 % of all. Raises ValueError for shares that are none.
    Source: Devlin et al. 2019, A.1. Built in notebooks/11_bert_input.ipynb.
    """
    if min(shares) < 0 or shares.hidden + shares.random > 1:
        raise ValueError(f"{shares}; hidden and random are shares, together at most 1")
    chosen = choose(packed, shares.asked, generator, starts)
    dice = torch.rand(packed.ids.shape, generator=generator)
    other = torch.randint(
        len(SPECIALS), vocab_size, packed.ids.shape, generator=generator
    )
    return hidden_by(dice, other, packed, chosen, shares)


def hidden_by(
    dice: Tensor, other: Tensor, packed: Packed, chosen: Tensor, shares: Shares = PAPER
) -> tuple[Tensor, Tensor]:
    """Return what `hide` does when the dice lie: dice, other ids, chosen (B, T)."""
    hidden = chosen & (dice < shares.hidden)
    swapped = chosen & ~hidden & (dice < shares.hidden + shares.random)
    ids = packed.ids.masked_fill(hidden, MASK_ID).where(~swapped, other)
    return ids, packed.ids.masked_fill(~chosen, NOT_ASKED)


def pretraining_batch(
    pairs: Sequence[tuple], follows: Sequence[int], vocab_size: int, generator, shares
) -> Pretraining:
    """Pack pairs (a, b), hide tokens; `follows` holds 0 (B follows A) or 1."""
    packed = pack(list(pairs))
    ids, targets = hide(packed, vocab_size, generator, shares)
    labels = torch.as_tensor(follows)
    return Pretraining(ids, packed.segments, packed.mask, targets, labels)


def masked_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the mean surprise at hidden tokens, in nats per asked token.

    logits (n, V) of the asked positions only, in order, or (B, T, V) of all.
    Raises ValueError where nothing was asked: there is no mean of nothing.
    """
    asked = targets != NOT_ASKED
    if not asked.any():
        raise ValueError("no token was asked; ask a larger share, or give more text")
    if logits.dim() == targets.dim() + 1:
        logits = logits[asked]
    return F.cross_entropy(logits, targets[asked])


def unigram_loss(counts: Tensor, targets: Tensor) -> Tensor:
    """Return the loss of somebody who sees no context, in nats per asked token.

    counts (V,): how often each token comes; one is added, so that none is impossible.
    targets hold NOT_ASKED where nothing is asked. A model that learned nothing but
    frequencies stands here. Built in notebooks/12_bert_pretraining.ipynb.
    """
    shares = (counts + 1) / (counts + 1).sum()
    return -shares.log()[targets[targets != NOT_ASKED]].mean()


def pretraining_losses(model, batch: Pretraining) -> tuple[Tensor, Tensor]:
    """Return both losses of a model with two heads: hidden tokens, and pairs."""
    asked = batch.targets != NOT_ASKED
    tokens, pair = model(batch.ids, batch.mask, batch.segments, asked)
    return masked_loss(tokens, batch.targets), F.cross_entropy(pair, batch.follows)


def pretraining_loss(model, batch: Pretraining) -> Tensor:
    """Return the sum of both losses: what BERT is trained on."""
    return sum(pretraining_losses(model, batch))


def pair_up(
    halves: Sequence[tuple], generator: torch.Generator
) -> Iterator[tuple[list[tuple], Tensor]]:
    """Yield (pairs, follows) epoch after epoch: half true, half with another's B.

    `halves` are (a, b) of one document each, as ids. A false B comes from the document
    that a random rotation puts in its place, so never from the same one.
    """
    n = len(halves)
    if n < 2:
        raise ValueError(f"{n} documents; a false B needs at least one other document")
    while True:
        order = torch.randperm(n, generator=generator)
        shift = int(torch.randint(1, n, (1,), generator=generator))
        other = order.roll(shift)
        follows = torch.randint(2, (n,), generator=generator)  # 1: B is another's
        picked = torch.where(follows == 0, order, other).tolist()
        firsts = order.tolist()
        pairs = [
            (halves[i][0], halves[j][1]) for i, j in zip(firsts, picked, strict=True)
        ]
        yield pairs, follows


def pretraining_batches(
    halves: Sequence[tuple],
    vocab_size: int,
    batch_size: int,
    generator: torch.Generator,
    shares: Shares = PAPER,
) -> Iterator[Pretraining]:
    """Yield batches without end, each of similar lengths, in random order.

    Every epoch pairs anew (`pair_up`) and hides anew: no text is read twice alike.
    Built in notebooks/12_bert_pretraining.ipynb.
    """
    for pairs, follows in pair_up(halves, generator):
        lengths = torch.tensor([len(a) + len(b) for a, b in pairs])
        for rows in similar(lengths, batch_size, generator):
            chosen = [pairs[i] for i in rows.tolist()]
            yield pretraining_batch(
                chosen, follows[rows], vocab_size, generator, shares
            )


def one_by_one(packed: Packed) -> tuple[Packed, Tensor]:
    """Hide every ordinary token alone, each in a copy of its text.

    Returns the copies and their targets, (N, T) for N ordinary tokens, row by row.
    """
    may = packed.mask & (packed.ids >= len(SPECIALS))
    row, place = may.nonzero(as_tuple=True)  # (N,)
    here = torch.arange(may.shape[1]) == place[:, None]  # (N, T)
    ids, segments, mask = (part[row] for part in packed)
    copies = Packed(ids.masked_fill(here, MASK_ID), segments, mask)
    return copies, ids.masked_fill(~here, NOT_ASKED)
