"""Parts that many lessons share: first weights, means over real tokens, fast products.

PyTorch multiplies float32 matrices by MKL, which leaves the widest instructions of
AMD's processors unused; oneDNN, which PyTorch carries too, uses them. On some
processors it is twice as fast. The numbers are the same, up to the order of sums. It
is off until `use_onednn` is called; tests/benchmarks/encoders.py times it.
Used from notebooks/02_rnn.ipynb on.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

FEWEST = 256  # rows; for fewer, starting oneDNN costs more than it saves


def check_choice(name: str, value: object, choices: Iterable) -> None:
    """Raise a ValueError that lists the choices if the value is none of them."""
    choices = list(choices)
    if value not in choices:
        listed = ", ".join(map(str, choices))
        raise ValueError(f"{name}={value!r}; choose one of {listed}")


class Linear(nn.Linear):
    """nn.Linear, by oneDNN where `fast` is set: x (…, C_in) → (…, C_out)."""

    fast = False

    def forward(self, x: Tensor) -> Tensor:
        return product(x, self.weight, self.bias, self.fast)


def linear(n_in: int, n_out: int) -> Linear:
    """Return a layer with weights of standard deviation n_in^−½ and biases 0.

    Small networks need weights of this size: 0.02, BERT's, belongs to width 768.
    """
    layer = Linear(n_in, n_out)
    nn.init.normal_(layer.weight, std=n_in**-0.5)
    nn.init.zeros_(layer.bias)
    return layer


class Embedding(nn.Embedding):
    """nn.Embedding that says which ids it has: (…) → (…, C)."""

    def forward(self, ids: Tensor) -> Tensor:
        if ids.dtype not in (torch.int64, torch.int32):
            raise ValueError(f"ids are {ids.dtype}; give torch.int64")
        try:
            return super().forward(ids)
        except IndexError:
            raise ValueError(
                f"ids from {int(ids.min())} to {int(ids.max())}; this table has ids 0 "
                f"to {self.num_embeddings - 1}"
            ) from None


def embedding(vocab_size: int, d_model: int) -> Embedding:
    """Return a table of vectors whose numbers have standard deviation 0.5."""
    table = Embedding(vocab_size, d_model)
    nn.init.normal_(table.weight, std=0.5)
    return table


def no_padding(ids: Tensor) -> Tensor:
    """Return the mask of a batch without padding: (B, T) → (B, T), all True."""
    return torch.ones_like(ids, dtype=torch.bool)


def check_mask(mask: Tensor, shape: Sequence[int]) -> None:
    """Raise ValueError unless a mask is bool and of this shape, (B, T)."""
    if mask.dtype != torch.bool or mask.shape != shape:
        given = f"mask {tuple(mask.shape)}, {mask.dtype}"
        raise ValueError(f"{given}; use {tuple(shape)}, torch.bool: mask.bool()")


def check_batch(ids: Tensor, mask: Tensor | None = None) -> None:
    """Raise ValueError unless ids are (B, T), and a mask bool and of the same shape."""
    if ids.dim() < 2:
        raise ValueError(f"ids {tuple(ids.shape)}; give a batch (B, T): ids[None]")
    if mask is not None:
        check_mask(mask, ids.shape[:2])


def check_padding(mask: Tensor, x: Tensor) -> None:
    """Raise ValueError unless mask is bool (B, T) with all padding on the right."""
    check_mask(mask, x.shape[:2])
    holes = (mask[:, 1:] & ~mask[:, :-1]).any(1)  # (B,): real after padding
    if holes.any():
        row = int(holes.nonzero()[0])
        raise ValueError(
            f"row {row} of the mask has padding before a real token; pad on the right"
        )


@contextmanager
def answering(model: nn.Module) -> Iterator[None]:
    """Let a model answer without dropout and gradients; each part's mode comes back."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for module, training in modes:
            module.training = training


def masked_mean(x: Tensor, mask: Tensor) -> Tensor:
    """Return the mean over the real tokens: x (B, T, C), mask (B, T) → (B, C).

    Raises ValueError for another shape, or a row without a real token.
    """
    if x.dim() != 3 or mask.shape != x.shape[:2] or not mask.any(-1).all():
        raise ValueError(
            f"x {tuple(x.shape)}, mask {tuple(mask.shape)}; use (B, T, C) and (B, T), "
            "with at least one real token in each row"
        )
    real = mask[..., None]  # (B, T, 1)
    return (x * real).sum(1) / real.sum(1)  # (B, C)


def use_onednn(model: nn.Module, on: bool = True) -> nn.Module:
    """Let all our linear layers of a model multiply by oneDNN; return the model.

    Raises ValueError for a model without any, or a PyTorch that cannot.
    """
    layers = [module for module in model.modules() if isinstance(module, Linear)]
    if not layers:
        raise ValueError(
            f"{type(model).__name__} has no layer of helpers.models.layers; build it "
            "from our attention and encoder"
        )
    if on and not available():
        raise ValueError("this PyTorch has no oneDNN products; leave them off")
    for layer in layers:
        layer.fast = on
    return model


def available() -> bool:
    """Say whether this PyTorch can multiply by oneDNN."""
    ready = torch.backends.mkldnn.is_available()
    return ready and hasattr(torch.ops.mkldnn, "_linear_pointwise")


def product(x: Tensor, weight: Tensor, bias: Tensor, fast: bool) -> Tensor:
    """Return x Wᵀ + b: (…, C_in) → (…, C_out), by oneDNN if asked and worth it."""
    fits = x.dtype == torch.float32 and x.device.type == "cpu"
    if fast and fits and x.numel() >= FEWEST * x.shape[-1]:
        return OneDNN.apply(x, weight, bias)
    return F.linear(x, weight, bias)


class OneDNN(torch.autograd.Function):
    """x Wᵀ + b with its gradients: three products by oneDNN."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)  # the backward pass needs both
        return multiply(x, weight, bias)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, upper: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x, weight = ctx.saved_tensors
        rows = upper.flatten(0, -2)  # (N, C_out)
        inputs = x.flatten(0, -2)  # (N, C_in)
        by_weight = multiply(rows.T, inputs.T)  # (C_out, C_in)
        return multiply(upper, weight.T), by_weight, rows.sum(0)


def multiply(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Return x Wᵀ + b by oneDNN."""
    return torch.ops.mkldnn._linear_pointwise(x, weight, bias, "none", [], "")
