"""Where does a decoder look, is it the right word, and does it matter?

Built in notebooks/06_attention.ipynb.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from helpers.models.layers import answering
from helpers.models.seq2seq import Seq2Seq, pick_rows
from helpers.models.tracing import recording
from helpers.objectives.sequence_pairs import Pairs


def looked_at(model: Seq2Seq, batch: Pairs) -> Tensor:
    """Return a model's attention weights for a batch of pairs: (B, T, S).

    Raises ValueError for a model without attention.
    """
    if model.score is None:
        raise ValueError("score=None looks nowhere; use a model with a score")
    with answering(model), recording(model) as seen:
        model(batch.source, batch.source_mask, batch.inputs)
    return seen["tap_weights"]


def distances(weights: Tensor, alignments: Sequence[Sequence[int | None]]) -> Tensor:
    """Return, per aligned target token, the position of the largest weight minus gold.

    0 is right, 1 the token after it. Shapes: weights (B, T, S), B alignments with a
    source position or None for each target token → (aligned tokens,).
    """
    found = []
    for row, alignment in zip(weights.argmax(-1).tolist(), alignments, strict=True):
        for position, gold in zip(row, alignment, strict=False):  # a row is padded
            if gold is not None:
                found.append(position - gold)
    return torch.tensor(found, dtype=torch.long)


def hidden_changes(model: Seq2Seq, batch: Pairs, positions: Tensor) -> float:
    """Return how often the likeliest word changes when one source token is hidden.

    Step t of row b may not look at source token positions[b, t]; all else, the words
    before it included, stays. Shapes: positions (B, T) → a share in [0, 1].
    Raises ValueError where that is the only token. Built in
    notebooks/06_attention.ipynb.
    """
    rows, steps = batch.mask.nonzero().T  # (n,) each: the real target tokens
    copies = torch.arange(len(rows))
    with answering(model):
        state = model.start(batch.source, batch.source_mask)
        logits, _ = model.step(batch.inputs, state)  # (B, T, V)
        before = logits[rows, steps].argmax(-1)  # (n,)
        state = pick_rows(state, rows)  # a copy of its source for each of them
        mask = state.mask.clone()  # (n, S)
        mask[copies, positions[rows, steps]] = False
        if not mask.any(1).all():
            raise ValueError("the only token of a source cannot be hidden")
        logits, _ = model.step(batch.inputs[rows], state._replace(mask=mask))
    after = logits[copies, steps].argmax(-1)  # (n,)
    return (after != before).float().mean().item()
