"""One batch in several parts: when does the sum of the parts equal the whole?

Built in notebooks/15_scaling_up.ipynb.
"""

from collections.abc import Sequence

import torch
from torch import Tensor


def joined_mean(
    means: Sequence[float | Tensor], counts: Sequence[int]
) -> float | Tensor:
    """Return the mean over everything from each part's own mean and count.

    Σ countₚ meanₚ / Σ countₚ, for numbers or tensors such as gradients. The plain mean
    of the means is another number where the counts differ.
    Raises ValueError where nothing was counted. Built in 15_scaling_up.ipynb.
    """
    total = sum(counts)
    if len(means) != len(counts) or total <= 0:
        raise ValueError(
            f"{len(means)} means, {len(counts)} counts with sum {total}; give one "
            "count per mean, together at least 1"
        )
    return sum(m * n for m, n in zip(means, counts, strict=True)) / total


def accumulated_gradient(w: Tensor, batches: Sequence[tuple[Tensor, Tensor]]) -> Tensor:
    """Return the gradient of mean (x w − y)² over all rows, one batch at a time.

    w (C,), batches of x (n, C) and y (n,), n may differ → (C,). Each batch's part is
    freed before the next: the memory of one, the gradient of all.
    Built in 15_scaling_up.ipynb.
    """
    w = w.detach().clone().requires_grad_()
    total = sum(len(y) for _, y in batches)
    if not total:
        raise ValueError("0 rows have no gradient; give at least one")
    for x, y in batches:
        errors = x @ w - y  # (n,)
        part = (errors**2).sum() / total
        part.backward()  # adds to w.grad, and frees what it needed
    return w.grad


def added_one_by_one(step: float, n: int, kind: torch.dtype) -> float:
    """Return 1 + step + step + …, n times, in numbers of this kind.

    Where a step is smaller than half the gap to the next number, nothing happens.
    """
    total = torch.ones((), dtype=kind)
    for _ in range(n):
        total = total + torch.tensor(step, dtype=kind)
    return total.item()
