"""How much must wait for what, and how long it takes."""

from collections.abc import Callable
from time import perf_counter

import torch


def longest_chain(y: torch.Tensor) -> int:
    """Count the operations of which each had to wait for the one before it.

    The longest path through what PyTorch keeps for the gradient of y.
    Built in notebooks/09_transformer_encoder.ipynb.
    """
    depth, todo = {None: 0}, [y.grad_fn]
    while todo:
        before = [node for node, _ in todo[-1].next_functions]
        waiting = [node for node in before if node not in depth]
        todo += waiting
        if not waiting:
            depth[todo.pop()] = 1 + max([depth[n] for n in before], default=0)
    return depth[y.grad_fn]


def milliseconds(action: Callable[[], object], times: int = 15) -> float:
    """Return the time of the shortest of several runs: the least disturbed one."""
    runs = []
    for _ in range(times):
        start = perf_counter()
        action()
        runs.append(perf_counter() - start)
    return 1000 * min(runs)
