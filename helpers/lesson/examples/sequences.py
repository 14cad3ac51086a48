"""Examples for the exercises on reading one sequence and writing another.

Built in notebooks/05_seq2seq.ipynb.
"""

from typing import NamedTuple

import torch

from helpers.lesson.examples.tensors import draw, generator, seeded

SIZE = 7  # ids of the toy vocabulary; 0 is padding, 2 begins, 3 ends


def targets(seed: int) -> tuple:
    """Return one argument: targets of several lengths, one of them empty."""
    source = generator(seed)
    lengths = (3, 1 + seed, 0)
    return ([torch.randint(4, 9, (n,), generator=source).numpy() for n in lengths],)


def translator(seed: int) -> tuple:
    """Return a toy model, sources (B, S) with their mask, and an output for each."""
    (words,) = draw(seed, (SIZE, SIZE))

    def model(
        source: torch.Tensor, source_mask: torch.Tensor, inputs: torch.Tensor
    ) -> torch.Tensor:
        """Return logits (B, T, V) from the sum of the source and each input."""
        real = words[source] * source_mask[..., None]  # (B, S, V)
        return words[inputs] + real.sum(1, keepdim=True)  # (B, T, V)

    source = torch.tensor([[4, 5, 6], [5, 4, 0]])
    source_mask = source > 0
    outputs = [[4, 6, 5, 4][: 2 + seed], [6]]
    return model, source, source_mask, outputs


class Taught(NamedTuple):
    """What a model reads: source and source_mask (B, S), inputs (B, T)."""

    source: torch.Tensor
    source_mask: torch.Tensor
    inputs: torch.Tensor


def half_taught(seed: int) -> tuple:
    """Return a toy model, a batch and a share of its own words: none or all of them."""
    model, source, source_mask, _ = translator(seed)
    targets = torch.randint(4, SIZE, (2, 5), generator=generator(seed + 9))
    inputs = torch.cat([torch.full((2, 1), 2), targets[:, :-1]], 1)  # (B, T)
    batch = Taught(source, source_mask, inputs)
    return model, batch, float(seed % 2)


# name: (path of our own function, the inputs of each example)
EXERCISES: dict[str, tuple[str, list[tuple]]] = {
    "teach": (
        "helpers.objectives.language_modeling.next_token_batch",
        seeded(targets, 0, 1, 4),
    ),
    "log_probabilities": (
        "helpers.models.seq2seq.log_probabilities",
        seeded(translator, 0, 1, 2),
    ),
    "mixed_inputs": (
        "helpers.probes.own_words.mixed_inputs",
        seeded(half_taught, 0, 1, 3),
    ),
}
