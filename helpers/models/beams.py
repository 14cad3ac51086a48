"""Beam search over many sources at once, with scores that may allow for the length.

Built in notebooks/05_seq2seq.ipynb.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from helpers.models.recurrent import BOS_ID, EOS_ID, before_end
from helpers.models.seq2seq import pick_rows


class Kept(NamedTuple):
    """The beginnings in the beams: B sources, W of each."""

    texts: Tensor  # (B · W, 1 + steps), the likeliest of a source first
    scores: Tensor  # (B, W): log P of each
    lengths: Tensor  # (B, W): tokens, EOS too


def search(
    model: nn.Module,
    source: Tensor,
    source_mask: Tensor,
    width: int,
    longest: int,
    alpha: float = 0.0,
) -> list[list[int]]:
    """Write a target for each source by a beam that ranks by log P / L^alpha.

    L counts the tokens of a beginning, EOS too. alpha = 0 is the search of
    `seq2seq.beam`; alpha = 1 ranks by the mean log P of a token. Finished texts stay in
    the beam and are ranked with the others. Shapes: (B, S) → B lists, without EOS.
    Raises ValueError for width or longest < 1, or alpha < 0. Source: Wu et al. 2016,
    sec. 7, whose length penalty is ((5 + L) / 6)^alpha. Built in 05_seq2seq.ipynb.
    """
    if width < 1 or longest < 1 or alpha < 0:
        raise ValueError(
            f"width={width}, longest={longest}, alpha={alpha}; use 1 or more, 0 or more"
        )
    n = len(source)
    kept = Kept(
        torch.full((n * width, 1), BOS_ID),
        torch.full((n, width), -torch.inf),
        torch.zeros(n, width),
    )
    kept.scores[:, 0] = 0.0  # in the beginning there is one beginning
    with torch.no_grad():
        state = model.start(source, source_mask)
        state = pick_rows(state, torch.arange(n).repeat_interleave(width))
        for _ in range(longest):
            logits, state = model.step(kept.texts[:, -1:], state)
            kept, rows = _grown(kept, logits[:, -1], alpha)
            state = pick_rows(state, rows)
            if (kept.texts[:, -1] == EOS_ID).all():
                break
    return [before_end(text, EOS_ID) for text in kept.texts[::width, 1:].tolist()]


def _grown(kept: Kept, logits: Tensor, alpha: float) -> tuple[Kept, Tensor]:
    """Return the best beginnings that are a token longer, and whom each continues."""
    n, width = kept.scores.shape
    finished = (kept.texts[:, -1] == EOS_ID).view(n, width)
    gains = _gains(logits, finished)  # (B, W, V)
    totals = kept.scores[..., None] + gains
    lengths = kept.lengths + ~finished  # (B, W)
    ranks = totals / lengths[..., None] ** alpha
    best = ranks.flatten(1).topk(width).indices  # (B, W)
    parents = best // gains.shape[-1]
    first = torch.arange(n)[:, None] * width  # (B, 1): a source's first row
    rows = (first + parents).flatten()
    words = (best % gains.shape[-1]).view(-1, 1)
    texts = torch.cat([kept.texts[rows], words], 1)
    scores = totals.flatten(1).gather(1, best)
    return Kept(texts, scores, lengths.gather(1, parents)), rows


def _gains(logits: Tensor, finished: Tensor) -> Tensor:
    """Return log P of each next token: (B·W, V), (B, W) → (B, W, V).

    A finished text can only stay as it is, which costs nothing.
    """
    gains = torch.log_softmax(logits, -1).view(*finished.shape, -1)
    gains = gains.masked_fill(finished[..., None], -torch.inf)
    gains[..., EOS_ID] = gains[..., EOS_ID].masked_fill(finished, 0.0)
    return gains
