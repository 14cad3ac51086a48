"""A model's weights by name, and back into a model of the same shape.

Only the weights: `resume` keeps a whole training, and the room `checkpoints` holds the
trained models that come with the course.
"""

from torch import Tensor, nn


def weights_of(model: nn.Module) -> dict[str, Tensor]:
    """Return a model's weights by name; a tied one only under its first name."""
    weights = {}
    seen = set()
    for name, value in model.state_dict(keep_vars=True).items():
        if id(value) not in seen:  # the same tensor comes again under another name
            weights[name] = value
            seen.add(id(value))
    return weights


def fill(model: nn.Module, weights: dict[str, Tensor], name: str) -> None:
    """Put weights into a model, in place. Raises ValueError if they do not fit.

    `name` says in the error where the weights come from.
    """
    own = _shapes(weights_of(model))
    given = _shapes(weights)
    for key in sorted(own.keys() | given.keys()):
        if own.get(key) != given.get(key):
            raise ValueError(
                f"{name} does not fit this model: {key} has shape "
                f"{given.get(key, 'none')} on file, {own.get(key, 'none')} in the "
                "model; make it of the same size"
            )
    # Not strict: a tied table is filled under its first name, and has no other here.
    model.load_state_dict(weights, strict=False)


def _shapes(weights: dict[str, Tensor]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(value.shape) for name, value in weights.items()}
