"""Random tensors for the examples: the same in every run."""

from collections.abc import Callable

import torch


def generator(seed: int) -> torch.Generator:
    """Return a source of random numbers that a seed decides."""
    return torch.Generator().manual_seed(seed)


def draw(seed: int, *shapes: tuple[int, ...]) -> tuple[torch.Tensor, ...]:
    """Return tensors of these shapes, drawn one after the other from a normal."""
    source = generator(seed)
    return tuple(torch.randn(shape, generator=source) for shape in shapes)


def seeded(make: Callable[[int], tuple], *seeds: int) -> list[tuple]:
    """Return the inputs of several examples, one for each seed."""
    return [make(seed) for seed in seeds]
