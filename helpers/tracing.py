"""Look inside one forward pass: taps name tensors, a recording collects them.

Built in notebooks/02_rnn.ipynb.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class Tap(nn.Module):
    """Pass a tensor through, unchanged; a `recording` hears it under the tap's name.

    Costs one call when nobody records. Put it where a tensor is worth seeing:
    `h = self.tap_hidden(h)` with `self.tap_hidden = Tap()`.
    """

    def forward(self, x: Tensor) -> Tensor:
        return x

    @property
    def heard(self) -> bool:
        """Say whether somebody records: only then is a tensor made just for a tap."""
        return bool(self._forward_hooks)


@contextmanager
def recording(model: nn.Module) -> Iterator[dict[str, Tensor]]:
    """Collect what passes through the model's taps: {tap's path in the model: tensor}.

    A tap passed several times gives its tensors stacked along a new first axis when the
    recording ends. Raises ValueError if the model has no tap.
    """
    heard: dict[str, list[Tensor]] = {}
    seen: dict[str, Tensor] = {}
    taps = [(n, m) for n, m in model.named_modules() if isinstance(m, Tap)]
    if not taps:
        raise ValueError(
            f"{type(model).__name__} has no Tap; there is nothing to record"
        )
    hooks = [
        tap.register_forward_hook(
            lambda _, __, out, name=name: heard.setdefault(name, []).append(
                out.detach()
            )
        )
        for name, tap in taps
    ]
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()
        for name, tensors in heard.items():
            seen[name] = tensors[0] if len(tensors) == 1 else torch.stack(tensors)
