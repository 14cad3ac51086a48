"""Ranks and worlds: the same program in several processes that share one training.

One process is the ordinary case: nothing is started, every function below returns at
once. `torchrun` starts several and tells each its rank and how many there are (the
world). Built in notebooks/15_scaling_up.ipynb.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import Tensor

LIMIT = 45.0  # seconds that ranks wait for one that is silent
MEETING = timedelta(minutes=10)  # until all ranks are there
BUCKET = 25_000_000  # numbers that travel together
PULSE = 1.0  # seconds between two signs of life


class LostRank(RuntimeError):
    """Another rank failed or stopped answering; this one cannot go on alone."""


def rank() -> int:
    """Return which process of the world this is: 0, 1, …"""
    return dist.get_rank() if dist.is_available() and dist.is_initialized() else 0


def n_ranks() -> int:
    """Return how many processes train together; 1 where nothing was started."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def start(device: str = "auto", limit: float = LIMIT) -> torch.device:
    """Join the world that torchrun made, if there is one; return this rank's device.

    Sums of CPU tensors travel by gloo, those on GPUs by nccl. A rank that is silent for
    `limit` seconds is given up. Raises ValueError for a device that is not there and
    where PyTorch cannot connect processes.
    """
    place = _device(device)
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return place
    if sys.platform == "win32":
        os.environ.setdefault("USE_LIBUV", "0")  # PyTorch's wheels there lack it
    if not dist.is_available():
        raise ValueError("this PyTorch cannot connect processes; start one, by python")
    backend = "cpu:gloo,cuda:nccl" if place.type == "cuda" else "gloo"
    try:
        store, mine, world = next(dist.rendezvous("env://", timeout=MEETING))
        store.set(f"here/{mine}", "")
        store.wait([f"here/{i}" for i in range(world)], MEETING)
        wait = timedelta(seconds=limit)
        dist.init_process_group(
            backend, store=store, rank=mine, world_size=world, timeout=wait
        )
    except RuntimeError as error:
        reason = f"{error}".splitlines()[0]
        raise ValueError(f"the ranks do not find each other: {reason}") from None
    return place


def _device(wanted: str) -> torch.device:
    there = torch.cuda.is_available()
    if wanted == "auto":
        wanted = "cuda" if there else "cpu"
    if wanted == "cpu":
        return torch.device("cpu")
    if not there:
        raise ValueError("device='cuda', but PyTorch sees no GPU here; use 'cpu'")
    local = int(os.environ.get("LOCAL_RANK", "0"))
    if local >= torch.cuda.device_count():
        raise ValueError(
            f"{local + 1} processes or more on {torch.cuda.device_count()} GPUs; give "
            "torchrun --nproc-per-node as many as there are GPUs"
        )
    torch.cuda.set_device(local)
    return torch.device("cuda", local)


def stop() -> None:
    """Leave the world, if this process is in one."""
    if n_ranks() > 1:
        dist.destroy_process_group()


def part(rows: range) -> range:
    """Return this rank's share of some rows: a slice; all shares are disjoint.

    They cover everything, and their lengths differ by 1 at most.
    """
    cuts = [len(rows) * r // n_ranks() for r in (rank(), rank() + 1)]
    return rows[slice(*cuts)]


def total(values: Iterable[float]) -> list[float]:
    """Return the sums of some numbers over all ranks."""
    numbers = torch.tensor(list(values), dtype=torch.float64)
    if n_ranks() > 1:
        with _patient():
            dist.all_reduce(numbers)
    return numbers.tolist()


def add_up(tensors: list[Tensor]) -> None:
    """Replace each tensor, in place, by its sum over all ranks.

    Many small ones travel in one message. All ranks give the same shapes in the same
    order.
    """
    if n_ranks() == 1:
        return
    with _patient():
        for bucket in _buckets(tensors):
            flat = torch.cat([t.reshape(-1) for t in bucket])
            dist.all_reduce(flat)
            parts = flat.split([t.numel() for t in bucket])
            for tensor, new in zip(bucket, parts, strict=True):
                tensor.copy_(new.view_as(tensor))


def _buckets(tensors: list[Tensor]) -> Iterator[list[Tensor]]:
    bucket: list[Tensor] = []
    for tensor in tensors:
        bucket.append(tensor)
        if sum(t.numel() for t in bucket) >= BUCKET:
            yield bucket
            bucket = []
    if bucket:
        yield bucket


def copy_first(tensors: Iterable[Tensor]) -> None:
    """Give all ranks, in place, the numbers of rank 0."""
    if n_ranks() > 1:
        with _patient():
            for tensor in tensors:
                dist.broadcast(tensor, 0)


def gather(tensor: Tensor) -> list[Tensor]:
    """Return everybody's tensor, by rank; all have the same shape."""
    if n_ranks() == 1:
        return [tensor]
    found = [torch.empty_like(tensor) for _ in range(n_ranks())]
    with _patient():
        dist.all_gather(found, tensor)
    return found


def together(task: Callable[[], object] | None) -> None:
    """Do something long here, or nothing, until all ranks are done with theirs.

    Meanwhile every rank says each second that it lives, so nobody is given up for
    being slow. Raises what the task raised, and LostRank if another's failed.
    """
    if n_ranks() == 1:
        return task() if task else None
    errors: list[BaseException] = []
    worker = threading.Thread(target=_caught, args=(task, errors), daemon=True)
    worker.start()
    busy, pause = 1.0, 0.01
    while busy:
        worker.join(pause)
        busy, failed = total([worker.is_alive(), bool(errors)])
        pause = min(2 * pause, PULSE)
    if errors:
        raise errors[0]
    if failed:
        raise LostRank("another rank failed; its message says why")


def _caught(task: Callable[[], object] | None, errors: list) -> None:
    try:
        if task:
            task()
    except BaseException as error:  # raised again by `together`, in the main thread
        errors.append(error)


class _patient:
    """Turn what a backend says of a missing rank into LostRank."""

    def __enter__(self) -> None:
        self.since = time.monotonic()

    def __exit__(self, kind, error, trace) -> None:
        if isinstance(error, RuntimeError):
            waited = time.monotonic() - self.since
            reason = f"{error}".splitlines()[0][:200]
            raise LostRank(
                f"another rank ended or is silent, noticed after {waited:.0f} s "
                f"({reason})"
            ) from None
