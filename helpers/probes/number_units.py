"""Which units of a network with gates hold the number of the subject?

Found by a probe, then held at a value, as Lakretz et al. 2019 do. Built in
notebooks/03_lstm.ipynb.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from helpers.models.gated import LSTM
from helpers.models.layers import answering
from helpers.models.tracing import Tap, recording
from helpers.objectives.batching import pad
from helpers.probes.agreement import verb_choices
from helpers.tokenization import BOS_ID


class ByHand(nn.Module):
    """A gated language model that reads with its own loop, so that its taps are heard.

    Shapes: ids, mask (B, T) → logits (B, T, V).
    """

    def __init__(self, model: nn.Module):
        super().__init__()
        self.model = model

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        return self.model.output(self.model.cell(self.model.embed(ids)))


def memory_tap(model: nn.Module) -> Tap:
    """Return the tap of what is handed on: c of an LSTM, h of a GRU."""
    cell = model.cell
    return cell.tap_cell if isinstance(cell, LSTM) else cell.tap_state


def memories(
    model: nn.Module, ids: dict[str, int], texts: Sequence[Sequence[str]]
) -> list[np.ndarray]:
    """Return what each unit holds after each token: an array (1 + T, N) for each text.

    The first row is that of the begin mark. Built in notebooks/03_lstm.ipynb.
    """
    rows = [np.array([BOS_ID, *(ids[token] for token in text)]) for text in texts]
    batch, mask = pad(rows)
    with answering(model), recording(ByHand(model)) as seen:
        ByHand(model)(batch, mask)
    name = "cell.tap_cell" if isinstance(model.cell, LSTM) else "cell.tap_state"
    held = seen[f"model.{name}"].transpose(0, 1).numpy()  # (B, T, N)
    return [some[: len(row)] for some, row in zip(held, rows, strict=True)]


def before_verbs(model: nn.Module, ids: dict[str, int], items: Sequence) -> np.ndarray:
    """Return what each unit holds where the verb comes next: (items, N)."""
    read = memories(model, ids, [item.prefix for item in items])
    return np.stack([some[-1] for some in read])


def tells(held: np.ndarray, plural: np.ndarray) -> np.ndarray:
    """Return how well each unit alone tells plural from singular subjects: (N,).

    The distance of its two means, in standard deviations within a number; above 0
    where it is larger for plurals. Shapes: held (items, N), plural (items,) bool.
    Built in notebooks/03_lstm.ipynb.
    """
    many, one = held[plural], held[~plural]
    spread = np.sqrt((many.var(0) + one.var(0)) / 2)
    return (many.mean(0) - one.mean(0)) / (spread + 1e-6)


@contextmanager
def holding(tap: Tap, units: Sequence[int], values: np.ndarray) -> Iterator[None]:
    """Hold some units at fixed values in every step: values (units,).

    Built in notebooks/03_lstm.ipynb.
    """
    fixed = torch.as_tensor(np.asarray(values), dtype=torch.get_default_dtype())

    def hold(module: nn.Module, inputs: tuple, output: Tensor) -> Tensor:
        output = output.clone()
        output[:, list(units)] = fixed
        return output

    hook = tap.register_forward_hook(hold)
    try:
        yield
    finally:
        hook.remove()


def held_choices(
    model: nn.Module,
    ids: dict[str, int],
    items: Sequence,
    units: Sequence[int],
    values: np.ndarray,
) -> np.ndarray:
    """Say which verbs are right while some units are held at values: (items,) bool."""
    with holding(memory_tap(model), units, values):
        return verb_choices(ByHand(model), ids, items)
