"""First weights, and products by oneDNN: on some processors twice as fast as usual.

PyTorch multiplies float32 matrices by MKL, which leaves the widest instructions of
AMD's processors unused; oneDNN, which PyTorch carries too, does not. The numbers are
the same, up to the order of sums. Off until `use_onednn` is called; timed by
tests/benchmarks/encoders.py.
"""

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

FEWEST = 256  # rows; for fewer, starting oneDNN costs more than it saves


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


def embedding(vocab_size: int, d_model: int) -> nn.Embedding:
    """Return a table of vectors whose numbers have standard deviation 0.5."""
    table = nn.Embedding(vocab_size, d_model)
    nn.init.normal_(table.weight, std=0.5)
    return table


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
    """x Wᵀ + b with its gradients, three products by oneDNN."""

    @staticmethod
    def forward(ctx, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        return multiply(x, weight, bias)

    @staticmethod
    @once_differentiable
    def backward(ctx, upper: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x, weight = ctx.saved_tensors
        rows = upper.reshape(-1, upper.shape[-1])  # (N, C_out)
        by_weight = multiply(rows.T, x.reshape(-1, x.shape[-1]).T)  # (C_out, C_in)
        return multiply(upper, weight.T), by_weight, rows.sum(0)


def multiply(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Return x Wᵀ + b by oneDNN."""
    return torch.ops.mkldnn._linear_pointwise(x, weight, bias, "none", [], "")
