"""A model's weights by name, and back into a model of the same shape."""

from torch import Tensor, nn


def weights_of(model: nn.Module) -> dict[str, Tensor]:
    """Return a model's weights by name; a tied one only under its first name."""
    first: dict[int, str] = {}
    everything = model.state_dict(keep_vars=True)
    for name, value in everything.items():
        first.setdefault(id(value), name)
    return {name: everything[name] for name in first.values()}


def fill(model: nn.Module, weights: dict[str, Tensor], name: str) -> None:
    """Put weights into a model, in place. Raises ValueError if they do not fit."""
    own = {k: tuple(v.shape) for k, v in weights_of(model).items()}
    given = {k: tuple(v.shape) for k, v in weights.items()}
    for k in sorted(own.keys() | given.keys()):
        if own.get(k) != given.get(k):
            raise ValueError(
                f"{name} does not fit this model: {k} has shape {given.get(k, 'none')} "
                f"on file, {own.get(k, 'none')} in the model; make it of the same size"
            )
    model.load_state_dict(weights, strict=False)  # a tied table comes with its first
