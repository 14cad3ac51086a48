"""What the exercises from notebook 10 on are compared with, and tried on.

The answer is always a helper's own function; no solution stands here.
Built in notebooks/10_bert_input.ipynb.
"""

from collections.abc import Callable


def _asked(seed: int):
    """Logits (B, T, V), and targets (B, T) that ask some positions."""
    import torch

    make, size = torch.Generator().manual_seed(seed), (2, 4 + seed)
    logits = torch.randn(*size, 5 + seed, generator=make)
    targets = torch.randint(5 + seed, size, generator=make)
    targets[torch.rand(size, generator=make) < 0.6] = -100
    targets[0, 0] = 1
    return logits, targets


KNOWN = {"un": 0, "u": 1, "##h": 2, "##happ": 3, "##y": 4, "##n": 5, "##appy": 6}
EXERCISES: dict[str, tuple[str, Callable[[], list[tuple]]]] = {
    "bare": (
        "helpers.wordpiece.normalise",
        lambda: [("Über Ångström",), ("Café",), ("각",), ("plain",)],
    ),
    "masked_loss": (
        "helpers.masking.masked_loss",
        lambda: [_asked(0), _asked(1), _asked(3)],
    ),
    "cut": (
        "helpers.wordpiece.cut",
        lambda: [(w, KNOWN) for w in ("un", "unhappy", "unhappier", "unn", "y")],
    ),
}
