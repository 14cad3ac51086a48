"""What the exercises from notebook 11 on are compared with, and tried on.

The answer is always a helper's own function; no solution stands here.
Built in notebooks/11_bert_input.ipynb.
"""

from collections.abc import Callable


def _adam(seed: int):
    """Weights, gradient, mean and square of earlier gradients, step, learning rate."""
    import torch

    make = torch.Generator().manual_seed(seed)
    w, g, m = (torch.randn(2 + seed, 3, generator=make) for _ in range(3))
    return w, g, m, m**2 + 0.1, 1 + 2 * seed, 0.1 / (1 + seed)


def _counted(seed: int):
    """How often each token comes, and targets: −100 where nothing is asked."""
    import torch

    make = torch.Generator().manual_seed(seed)
    counts = torch.randint(0, 50, (9,), generator=make).float()
    targets = torch.randint(0, 9, (3, 5), generator=make)
    asked = torch.rand(3, 5, generator=make) < 0.4
    asked[0, 0] = True
    return counts, targets.masked_fill(~asked, -100)


def _heads(seed: int):
    """Attention of 2 layers and 3 heads on two texts; where some tokens should look."""
    import torch

    make, n = torch.Generator().manual_seed(seed), 4 + seed
    weights = torch.randn(2, 2, 3, n, n, generator=make).softmax(-1)
    gold = torch.randint(-1, n, (2, n), generator=make)
    return weights, gold


def _targets(seed: int):
    """Attention, a few target places, some queries."""
    weights, gold = _heads(seed)
    targets = weights[0, :, 0] > 0.2
    return weights, targets, gold >= 0


def _starts_and_ends(seed: int):
    import torch

    make = torch.Generator().manual_seed(seed)
    return torch.randn(2, 3 + seed, generator=make).unbind()


def _asked(seed: int):
    """Logits (B, T, V), and targets (B, T) that ask some positions."""
    import torch

    make, size = torch.Generator().manual_seed(seed), (2, 4 + seed)
    logits = torch.randn(*size, 5 + seed, generator=make)
    targets = torch.randint(5 + seed, size, generator=make)
    targets[torch.rand(size, generator=make) < 0.6] = -100
    targets[0, 0] = 1
    return logits, targets


def _heads(seed: int):
    """Attention of 2 layers and 3 heads on two texts; where some tokens should look."""
    import torch

    make, n = torch.Generator().manual_seed(seed), 4 + seed
    weights = torch.randn(2, 2, 3, n, n, generator=make).softmax(-1)
    gold = torch.randint(-1, n, (2, n), generator=make)
    return weights, gold


def _targets(seed: int):
    """Attention, a few target places, some queries."""
    weights, gold = _heads(seed)
    targets = weights[0, :, 0] > 0.2
    return weights, targets, gold >= 0


def _parts(seed: int):
    """Weights of a linear model, and batches (x, y) of different lengths."""
    import torch

    make = torch.Generator().manual_seed(seed)
    w, lengths = torch.randn(3, generator=make), (2, 1 + seed, 5)
    batches = [
        (torch.randn(n, 3, generator=make), torch.randn(n, generator=make))
        for n in lengths
    ]
    return w, batches


KNOWN = {"un": 0, "u": 1, "##h": 2, "##happ": 3, "##y": 4, "##n": 5, "##appy": 6}
EXERCISES: dict[str, tuple[str, Callable[[], list[tuple]]]] = {
    "learning_rate": (
        "helpers.training.learning_rate",
        lambda: [(step, 100, 0.5, 0.2) for step in (0, 7, 19, 20, 60, 99)],
    ),
    "adamw_step": (
        "helpers.training.adamw_step",
        lambda: [_adam(seed) for seed in range(3)],
    ),
    "unigram_loss": (
        "helpers.objectives.masking.unigram_loss",
        lambda: [_counted(seed) for seed in range(3)],
    ),
    "weight_on": (
        "helpers.probes.heads.weight_on",
        lambda: [_targets(seed) for seed in (0, 1, 3)],
    ),
    "best_offset": (
        "helpers.probes.heads.best_offset",
        lambda: [_heads(seed)[1:] for seed in (0, 2, 9)],
    ),
    "head_shares": (
        "helpers.probes.heads.head_shares",
        lambda: [_heads(seed) for seed in (0, 1, 3)],
    ),
    "first_pieces": (
        "helpers.finetuning.first_pieces",
        lambda: [([0, 3], [0, 1], 4), ([1, 2, 0], [0, 2, 5], 6), ([4], [0], 1)],
    ),
    "best_span": (
        "helpers.finetuning.answers.best_span",
        lambda: [_starts_and_ends(seed) for seed in (0, 1, 2, 4, 5)],
    ),
    "token_f1": (
        "helpers.finetuning.answers.token_f1",
        lambda: [
            ("the old bank".split(), "old bank".split()),
            ("Emma Emma Hill".split(), "Emma Hill".split()),
            (["Rome"], ["Paris"]),
            ([], ["Rome"]),
            ([], []),
        ],
    ),
    "block_parameters": (
        "helpers.models.sizes.block_parameters",
        lambda: [(768, 3072), (3, 5), (64, 100)],
    ),
    "joined_mean": (
        "helpers.training.parts.joined_mean",
        lambda: [([3.0, 1.0], [2, 6]), ([0.5, 2.0, 4.0], [1, 1, 3]), ([7.0], [4])],
    ),
    "accumulated_gradient": (
        "helpers.training.parts.accumulated_gradient",
        lambda: [_parts(seed) for seed in (0, 2, 5)],
    ),
    "bare": (
        "helpers.tokenization.wordpiece.normalise",
        lambda: [("Über Ångström",), ("Café",), ("각",), ("plain",)],
    ),
    "masked_loss": (
        "helpers.objectives.masking.masked_loss",
        lambda: [_asked(0), _asked(1), _asked(3)],
    ),
    "cut": (
        "helpers.tokenization.wordpiece.cut",
        lambda: [(w, KNOWN) for w in ("un", "unhappy", "unhappier", "unn", "y")],
    ),
}
