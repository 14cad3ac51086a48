"""Where does a decoder look, is it the right word, and does it matter?

Built in notebooks/05_seq2seq.ipynb.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from helpers.models.seq2seq import Seq2Seq, pick_rows
from helpers.models.tracing import recording


def looked_at(model: Seq2Seq, batch) -> Tensor:
    """Return a model's attention weights for a batch of pairs: (B, T, S).

    Raises ValueError for a model without attention.
    """
    if model.score is None:
        raise ValueError("score=None looks nowhere; use a model with a score")
    with recording(model) as seen, torch.no_grad():
        model(batch.source, batch.source_mask, batch.inputs)
    return seen["tap_weights"]


def distances(weights: Tensor, alignments: Sequence[Sequence[int | None]]) -> Tensor:
    """Return, per aligned target token, the place of the largest weight minus gold.

    0 is right, 1 the token after it. Shapes: weights (B, T, S), B alignments with a
    source place or None for each target token → (aligned tokens,).
    """
    places = weights.argmax(-1)  # (B, T)
    found = [
        int(places[row, t]) - gold
        for row, alignment in enumerate(alignments)
        for t, gold in enumerate(alignment)
        if gold is not None
    ]
    return torch.tensor(found)


def hidden_changes(model: Seq2Seq, batch, places: Tensor) -> float:
    """Return how often the likeliest word changes when one source token is hidden.

    Step t of row b may not look at source token places[b, t]; all else, the words
    before it included, stays. Shapes: places (B, T) → a share in [0, 1].
    Raises ValueError where that is the only token. Built in
    notebooks/05_seq2seq.ipynb.
    """
    with torch.no_grad():
        state = model.start(batch.source, batch.source_mask)
        said = model.step(batch.inputs, state)[0].argmax(-1)  # (B, T)
        rows, steps = batch.mask.nonzero().T
        one = pick_rows(state, rows)  # a row for each real target token
        mask = one.mask.clone()
        mask[torch.arange(len(rows)), places[rows, steps]] = False
        if not mask.any(1).all():
            raise ValueError("the only token of a source cannot be hidden")
        logits, _ = model.step(batch.inputs[rows], one._replace(mask=mask))
    now = logits[torch.arange(len(rows)), steps].argmax(-1)
    return (now != said[rows, steps]).float().mean().item()
