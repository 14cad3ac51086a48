"""How a decoder errs: with the right words before it, and with its own.

Built in notebooks/05_seq2seq.ipynb.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from helpers.objectives.sequence_pairs import Pairs
from helpers.tokenization import EOS_ID

ENDINGS = (
    "right",
    "ends early, the first sentence right",
    "ends early, the first sentence wrong",
    "goes on, and errs",
)
N_MARKS = 4  # ids below it are no words: padding, unknown, BOS, EOS


def edits(written: Sequence[int], wanted: Sequence[int]) -> int:
    """Return how many tokens must be put in, taken out or replaced to get `wanted`.

    Source: Levenshtein 1966. Built in notebooks/05_seq2seq.ipynb.
    """
    row = list(range(len(wanted) + 1))  # from nothing to each beginning of `wanted`
    for i, token in enumerate(written, start=1):
        above = row
        row = [i]
        for j, right in enumerate(wanted, start=1):
            replaced = above[j - 1] + (token != right)
            row.append(min(replaced, above[j] + 1, row[-1] + 1))
    return row[-1]


def with_teacher(model: nn.Module, batch: Pairs) -> Tensor:
    """Return the likeliest token of each step after the right words: (B, T)."""
    with torch.no_grad():
        logits = model(batch.source, batch.source_mask, batch.inputs)  # (B, T, V)
    return logits.argmax(-1)


def alone(model: nn.Module, batch: Pairs, given: Tensor, steps: int) -> Tensor:
    """Go on from the tokens given, greedily, for so many steps: (B, t) → (B, steps).

    `given` begins with BOS. The model does not stop at EOS; what follows it is of no
    meaning.
    """
    written = []
    with torch.no_grad():
        state = model.start(batch.source, batch.source_mask)
        for _ in range(steps):
            logits, state = model.step(given, state)
            given = logits[:, -1:].argmax(-1)  # (B, 1)
            written.append(given)
    return torch.cat(written, 1)


def mixed_inputs(model: nn.Module, batch: Pairs, share: float) -> Tensor:
    """Return the inputs with a share of them replaced by what the model would write.

    BOS stays. What it would write is found with the right words before it, in one pass,
    and no gradient flows through it (Mihaylova & Martins 2019). Shapes: (B, T).
    """
    own = with_teacher(model, batch)  # (B, T): after each input
    mixed = batch.inputs.clone()
    replaced = torch.rand(mixed[:, 1:].shape) < share
    mixed[:, 1:][replaced] = own[:, :-1][replaced]
    return mixed


def targets(batch: Pairs) -> list[list[int]]:
    """Return the targets without EOS."""
    rows = zip(batch.targets, batch.mask, strict=True)
    return [row[real].tolist()[:-1] for row, real in rows]


def errors_with_teacher(model: nn.Module, batch: Pairs) -> np.ndarray:
    """Return for each text how many of its tokens, EOS too, are not the likeliest."""
    wrong = (with_teacher(model, batch) != batch.targets) & batch.mask
    return wrong.sum(1).numpy()


def errors_alone(written: Sequence[list[int]], batch: Pairs) -> np.ndarray:
    """Return for each text by how many edits it differs from its target."""
    found = []
    for ids, target in zip(written, targets(batch), strict=True):
        found.append(edits(ids, target))
    return np.array(found)


def errors_after_a_slip(
    model: nn.Module, batch: Pairs, steps: Tensor, words: Tensor
) -> np.ndarray:
    """Return how many errors follow where one word was replaced by us.

    The right words are given up to step t, `words` (B,) stands at t = `steps` (B,), and
    the model goes on alone. Counted are the edits from the whole text to its target,
    less the one that is ours. Ends at EOS or four tokens behind the target's end.
    """
    length = batch.targets.shape[1] + 4
    found = np.zeros(len(words), int)
    for t in steps.unique().tolist():
        rows = steps == t
        some = Pairs(*(part[rows] for part in batch))
        given = torch.cat([some.inputs[:, : t + 1], words[rows, None]], 1)
        rest = alone(model, some, given, length - t)
        texts = torch.cat([given[:, 1:], rest], 1).tolist()
        before = [
            text[: text.index(EOS_ID)] if EOS_ID in text else text for text in texts
        ]
        found[rows.numpy()] = errors_alone(before, some) - 1
    return found


def slips(
    model: nn.Module, batch: Pairs, generator: torch.Generator
) -> tuple[Tensor, Tensor, Tensor]:
    """Draw a step of each text, and two wrong words for it: (B,) each.

    The first word is the one that the model finds likeliest but for the right one, the
    second any word of the vocabulary. No mark is among them.
    """
    lengths = batch.mask.sum(1) - 1  # without EOS
    shares = torch.rand(len(lengths), generator=generator)
    steps = (shares * lengths).long()  # (B,)
    with torch.no_grad():
        logits = model(batch.source, batch.source_mask, batch.inputs)
    rows = torch.arange(len(steps))
    scores = logits[rows, steps]  # (B, V)
    right = batch.targets[rows, steps]
    scores[:, :N_MARKS] = -torch.inf
    scores[rows, right] = -torch.inf
    n_words = scores.shape[1] - N_MARKS
    others = torch.randint(n_words - 1, right.shape, generator=generator) + N_MARKS
    others += others >= right  # any word but the right one
    return steps, scores.argmax(-1), others


def ending(written: list[int], wanted: list[int], stop: int) -> int:
    """Return which of ENDINGS a text of two sentences is."""
    if written == wanted:
        return 0
    if written.count(stop) >= 2:
        return 3
    first = wanted[: wanted.index(stop) + 1]
    return 1 if written == first else 2
