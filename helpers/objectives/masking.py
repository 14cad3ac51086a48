"""BERT's two questions, as batches: which token is hidden, and does B follow A?

No Python loop runs over tokens. Built in notebooks/11_bert_input.ipynb.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from helpers.objectives.batching import IGNORE_INDEX, Packed, pack, similar_rows
from helpers.objectives.tagging import labelled
from helpers.tokenization.wordpiece import MASK_ID, SPECIALS


class Pretraining(NamedTuple):
    """A packed batch with hidden tokens and both answers.

    `targets` (B, T) hold the hidden token's id, IGNORE_INDEX elsewhere; `follows` (B,)
    holds 0 where B follows A, 1 where it does not.
    """

    ids: Tensor
    mask: Tensor
    segments: Tensor
    targets: Tensor
    follows: Tensor


class Shares(NamedTuple):
    """How many tokens are chosen, and what becomes of those: shares in [0, 1].

    Of the chosen ones `hidden` become [MASK], `random` another token; the rest stay.
    The paper's: 0.15, and of these 0.8, 0.1.
    Source: Devlin et al. 2019, sec. 3.1 and A.1.
    """

    chosen: float = 0.15
    hidden: float = 0.8
    random: float = 0.1


PAPER = Shares()


def ordinary_tokens(packed: Packed) -> Tensor:
    """Return which tokens are neither special nor padding: (B, T) bool."""
    return packed.mask & (packed.ids >= len(SPECIALS))


def choose(
    packed: Packed,
    share: float,
    generator: Generator,
    starts: Tensor | None = None,
) -> Tensor:
    """Return which tokens are to be predicted: (B, T) bool, a share of the ordinary.

    Specials and padding never are. In every row the number is the share, rounded up or
    down by chance. With `starts` (B, T) bool, True where a word begins, whole words are
    chosen: all pieces of a word, or none (whole-word masking); the last word chosen
    comes whole, so that a little more than the share is chosen.
    Raises ValueError for a share that is none.
    """
    if not 0 < share < 1:
        raise ValueError(f"share={share}; use one between 0 and 1, such as 0.15")
    dice = torch.rand(packed.ids.shape, generator=generator)  # (B, T)
    row_dice = torch.rand(len(dice), generator=generator)  # (B,)
    return chosen_by(dice, row_dice, packed, share, starts)


def chosen_by(
    dice: Tensor,
    row_dice: Tensor,
    packed: Packed,
    share: float,
    starts: Tensor | None = None,
) -> Tensor:
    """Return the choice of `choose` for given random numbers in [0, 1).

    `dice` (B, T) decide which tokens of a row are chosen (the lowest are), `row_dice`
    (B,) whether the number of tokens in a row is rounded up or down.
    """
    ordinary = ordinary_tokens(packed)
    if starts is not None:
        # All pieces of a word get the same number, and with it the same dice.
        words = (starts | ~ordinary).cumsum(1) - 1  # (B, T)
        dice = dice.gather(1, words.clamp(min=0))
    dice = dice.masked_fill(~ordinary, 2.0)  # above all others: these come last
    wanted = share * ordinary.sum(1) + row_dice  # (B,)
    number = wanted.floor().long()[:, None]  # (B, 1)
    in_order = dice.sort(1).values  # (B, T)
    limit = in_order.gather(1, (number - 1).clamp(min=0))  # (B, 1)
    return (dice <= limit) & ordinary & (number > 0)


def hide(
    packed: Packed,
    vocab_size: int,
    generator: Generator,
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
    chosen = choose(packed, shares.chosen, generator, starts)
    size = packed.ids.shape
    dice = torch.rand(size, generator=generator)
    others = torch.randint(len(SPECIALS), vocab_size, size, generator=generator)
    return hidden_by(dice, others, packed, chosen, shares)


def hidden_by(
    dice: Tensor, others: Tensor, packed: Packed, chosen: Tensor, shares: Shares = PAPER
) -> tuple[Tensor, Tensor]:
    """Return the ids and targets of `hide` for given random numbers and choice.

    `dice` in [0, 1) decide what becomes of a chosen token, `others` are the ids that
    may take its place; all are (B, T).
    """
    hidden = chosen & (dice < shares.hidden)
    swapped = chosen & ~hidden & (dice < shares.hidden + shares.random)
    ids = packed.ids.masked_fill(hidden, MASK_ID).where(~swapped, others)
    return ids, packed.ids.masked_fill(~chosen, IGNORE_INDEX)


def one_by_one(packed: Packed) -> tuple[Packed, Tensor]:
    """Hide every ordinary token alone, each in a copy of its text.

    Returns the copies and their targets, (N, T) for N ordinary tokens, row by row.
    """
    rows, positions = ordinary_tokens(packed).nonzero(as_tuple=True)  # (N,)
    ids = packed.ids[rows]  # (N, T)
    hidden = torch.arange(ids.shape[1]) == positions[:, None]  # (N, T)
    copies = Packed(
        ids.masked_fill(hidden, MASK_ID), packed.mask[rows], packed.segments[rows]
    )
    return copies, ids.masked_fill(~hidden, IGNORE_INDEX)


def masked_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the mean surprise at hidden tokens, in nats per hidden token.

    logits (n, V) of the hidden positions only, in order, or (B, T, V) of all.
    Raises ValueError where nothing is hidden: there is no mean of nothing.
    """
    hidden = labelled(targets)  # (B, T)
    if logits.dim() == targets.dim() + 1:
        logits = logits[hidden]  # (n, V)
    return F.cross_entropy(logits, targets[hidden])


def unigram_loss(counts: Tensor, targets: Tensor) -> Tensor:
    """Return the loss of somebody who sees no context, in nats per hidden token.

    counts (V,): how often each token comes; one is added, so that none is impossible.
    targets hold IGNORE_INDEX where nothing is hidden. A model that learned nothing but
    frequencies has this loss. Raises ValueError where nothing is hidden at all.
    Built in notebooks/12_bert_pretraining.ipynb.
    """
    shares = (counts + 1) / (counts + 1).sum()  # (V,)
    return -shares.log()[targets[labelled(targets)]].mean()


def pretraining_losses(model: nn.Module, batch: Pretraining) -> tuple[Tensor, Tensor]:
    """Return both losses of a model with two heads: hidden tokens, and pairs."""
    hidden = batch.targets != IGNORE_INDEX  # only there is an answer computed
    tokens, pairs = model(batch.ids, batch.mask, batch.segments, hidden)
    return masked_loss(tokens, batch.targets), F.cross_entropy(pairs, batch.follows)


def pretraining_loss(model: nn.Module, batch: Pretraining) -> Tensor:
    """Return the sum of both losses: what BERT is trained on."""
    return sum(pretraining_losses(model, batch))


def masked_only_loss(model: nn.Module, batch: Pretraining) -> Tensor:
    """Return the loss at hidden tokens alone; the pairs are read, but not judged."""
    tokens, _ = pretraining_losses(model, batch)
    return tokens


def pair_up(
    halves: Sequence[tuple], generator: Generator
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
        others = order.roll(shift)
        follows = torch.randint(2, (n,), generator=generator)  # 1: B is another's
        seconds = torch.where(follows == 0, order, others)
        pairs = []
        for i, j in zip(order.tolist(), seconds.tolist(), strict=True):
            pairs.append((halves[i][0], halves[j][1]))
        yield pairs, follows


def pretraining_batch(
    pairs: Sequence[tuple],
    follows: Sequence[int],
    vocab_size: int,
    generator: Generator,
    shares: Shares,
) -> Pretraining:
    """Pack pairs (a, b), hide tokens; `follows` holds 0 (B follows A) or 1."""
    packed = pack(pairs)
    ids, targets = hide(packed, vocab_size, generator, shares)
    labels = torch.as_tensor(follows)
    return Pretraining(ids, packed.mask, packed.segments, targets, labels)


def pretraining_batches(
    halves: Sequence[tuple],
    vocab_size: int,
    batch_size: int,
    generator: Generator,
    shares: Shares = PAPER,
) -> Iterator[Pretraining]:
    """Yield batches without end, each of similar lengths, in random order.

    Every epoch pairs anew (`pair_up`) and hides anew: no text is read twice alike.
    Built in notebooks/12_bert_pretraining.ipynb.
    """
    for pairs, follows in pair_up(halves, generator):
        lengths = torch.tensor([len(a) + len(b) for a, b in pairs])
        for rows in similar_rows(lengths, batch_size, generator):
            chosen = [pairs[row] for row in rows.tolist()]
            yield pretraining_batch(
                chosen, follows[rows], vocab_size, generator, shares
            )
