"""Where does a decoder look, is it the right word, and does it matter?

Built in notebooks/06_attention.ipynb.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from helpers.corpora.translation import PARTICLES, Translation
from helpers.models.layers import answering
from helpers.models.seq2seq import Seq2Seq, pick_rows
from helpers.models.tracing import recording
from helpers.objectives import pad
from helpers.objectives.sequence_pairs import Pairs

NO_GOLD = -1
KINDS = ("content words", "particles", "full stops", "end")
CONTENT, PARTICLE, STOP, END = range(len(KINDS))
PADDING = -1


class Links(NamedTuple):
    """For each target token: the right source column, and its kind; all (B, T).

    `gold` is NO_GOLD for particles, EOS and padding; `own` has there the gold of the
    word before; `following` is the gold of the next word. `kinds` counts in KINDS.
    """

    gold: Tensor
    kinds: Tensor
    own: Tensor
    following: Tensor

    def of(self, kind: int) -> Tensor:
        """Return where the tokens of a kind are: (B, T) bool."""
        return self.kinds == kind


def links(texts: Sequence[Translation]) -> Links:
    """Return the gold links of translated texts, in line with `pair_batch`."""
    rows = [_links(text) for text in texts]
    return Links(*(pad(part, NO_GOLD)[0] for part in zip(*rows, strict=True)))


def _links(text: Translation) -> tuple[list[int], ...]:
    gold = [NO_GOLD if j is None else j for j in (*text.alignment, None)]  # and EOS
    kinds = [_kind(token) for token in text.target] + [END]
    behind = _filled(gold[::-1])[::-1]  # of the token itself or after it
    return gold, kinds, _filled(gold), [*behind[1:], NO_GOLD]


def _kind(token: str) -> int:
    if token in PARTICLES.values():
        return PARTICLE
    return STOP if token == "." else CONTENT


def _filled(gold: Sequence[int]) -> list[int]:
    """Put the last gold before it in each place without one."""
    found, last = [], NO_GOLD
    for column in gold:
        last = last if column == NO_GOLD else column
        found.append(last)
    return found


def looked_at(model: Seq2Seq, batch: Pairs) -> Tensor:
    """Return a model's attention weights for a batch of pairs: (B, T, S).

    Raises ValueError for a model without attention.
    """
    if model.score is None:
        raise ValueError("score=None looks nowhere; use a model with a score")
    with answering(model), recording(model) as seen:
        model(batch.source, batch.source_mask, batch.inputs)
    return seen["tap_weights"]


def error_rate(found: Tensor, right: Links) -> float:
    """Return the alignment error rate of one source column per target token, in [0, 1].

    1 − 2 · hits / (links found + gold links); found (B, T). Every token but EOS finds a
    link, particles too, which have no gold one: at best the rate is not 0.
    Source: Och & Ney 2003, sec. 5, with all gold links sure.
    """
    asked = (right.kinds != PADDING) & (right.kinds != END)
    aligned = right.gold != NO_GOLD
    hits = (found == right.gold) & aligned
    return 1 - 2 * hits.sum().item() / (asked.sum() + aligned.sum()).item()


def diagonal(batch: Pairs) -> Tensor:
    """Return the source column at the same relative place as each target token: (B, T).

    The rival without a network: token t of T looks at t / T of the source.
    """
    lengths = batch.source_mask.sum(1, keepdim=True) - 2  # the last but EOS
    steps = torch.arange(batch.targets.shape[1])  # (T,)
    last = (batch.mask.sum(1, keepdim=True) - 2).clamp(min=1)
    return (steps * lengths / last).round().long().clamp(max=lengths)


def hidden_changes(model: Seq2Seq, batch: Pairs, positions: Tensor) -> Tensor:
    """Return where the likeliest word changes when one source token is hidden: (B, T).

    Step t of row b may not look at source token positions[b, t]; all else, the words
    before it included, stays. Shapes: positions (B, T) → bool, False at padding.
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
    changed = torch.zeros_like(batch.mask)  # (B, T)
    changed[rows, steps] = after != before
    return changed
