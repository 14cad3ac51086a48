"""How much must wait for what, and how long it takes.

Built in notebooks/07_self_attention.ipynb and 09_transformer_encoder.ipynb.
"""

from collections.abc import Callable
from timeit import repeat

from torch import Tensor


def longest_chain(y: Tensor) -> int:
    """Count the operations of which each had to wait for the one before it.

    The longest path through what PyTorch keeps for the gradient of y.
    Built in notebooks/09_transformer_encoder.ipynb.
    """
    depth = {None: 0}  # None stands for what needs no gradient
    todo = [y.grad_fn]
    while todo:
        node = todo[-1]
        before = [earlier for earlier, _ in node.next_functions]
        waiting = [earlier for earlier in before if earlier not in depth]
        todo += waiting  # first what a node waits for, then the node
        if not waiting:
            todo.pop()
            depth[node] = 1 + max([depth[earlier] for earlier in before], default=0)
    return depth[y.grad_fn]


def milliseconds(action: Callable[[], object], times: int = 15) -> float:
    """Return the time of the shortest of several runs: the least disturbed one."""
    return 1000 * min(repeat(action, number=1, repeat=times))
