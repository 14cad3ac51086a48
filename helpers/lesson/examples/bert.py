"""Examples for the exercises on training, on BERT, and on what its heads look at.

Built in notebooks/11_bert_input.ipynb to 15_scaling_up.ipynb.
"""

import torch

from helpers.lesson.examples.tensors import draw, generator, seeded

IGNORE_INDEX = -100  # the label of a position that does not count


def adam(seed: int) -> tuple:
    """Return weights, gradient, mean and square of earlier ones, step, rate."""
    shape = (2 + seed, 3)
    weights, gradient, mean = draw(seed, shape, shape, shape)
    square = mean**2 + 0.1
    return weights, gradient, mean, square, 1 + 2 * seed, 0.1 / (1 + seed)


def counted(seed: int) -> tuple:
    """Return how often each token comes (V), and labels (B, T)."""
    source = generator(seed)
    counts = torch.randint(0, 50, (9,), generator=source).float()
    labels = torch.randint(0, 9, (3, 5), generator=source)
    masked = torch.rand(3, 5, generator=source) < 0.4
    masked[0, 0] = True
    return counts, labels.masked_fill(~masked, IGNORE_INDEX)


def logits_and_labels(seed: int) -> tuple:
    """Return logits (B, T, V), and labels (B, T), most of which do not count."""
    source = generator(seed)
    size = (2, 4 + seed)
    n_words = 5 + seed
    logits = torch.randn(*size, n_words, generator=source)
    labels = torch.randint(n_words, size, generator=source)
    labels[torch.rand(size, generator=source) < 0.6] = IGNORE_INDEX
    labels[0, 0] = 1
    return logits, labels


def heads(seed: int) -> tuple:
    """Return the weights (L, B, H, T, T) of heads, and where tokens should look (B, T).

    Where they should look is a position, or IGNORE_INDEX for tokens that do not count.
    """
    source = generator(seed)
    n = 4 + seed
    weights = torch.randn(2, 2, 3, n, n, generator=source).softmax(-1)
    gold = torch.randint(-1, n, (2, n), generator=source)
    return weights, gold.masked_fill(gold < 0, IGNORE_INDEX)


def only_gold(seed: int) -> tuple:
    """Return where tokens should look (B, T)."""
    return heads(seed)[1:]


def targets(seed: int) -> tuple:
    """Return weights, which keys are targets (B, T, T), which queries count (B, T)."""
    weights, gold = heads(seed)
    first_head = weights[0, :, 0]  # (B, T, T)
    return weights, first_head > 0.2, gold >= 0


def starts_and_ends(seed: int) -> tuple:
    """Return a score for each token to begin the answer, and one to end it."""
    (scores,) = draw(seed, (2, 3 + seed))
    return scores.unbind()


def linear_model(seed: int) -> tuple:
    """Return the weights of a linear model, and batches (x, y) of different lengths."""
    source = generator(seed)
    weights = torch.randn(3, generator=source)
    batches = []
    for n in (2, 1 + seed, 5):
        x = torch.randn(n, 3, generator=source)
        y = torch.randn(n, generator=source)
        batches.append((x, y))
    return weights, batches


EXERCISES = {
    "learning_rate": (
        "helpers.training.loop.learning_rate",
        [(step, 100, 0.5, 0.2) for step in (0, 7, 19, 20, 60, 99)],
    ),
    "adamw_step": (
        "helpers.training.loop.adamw_step",
        seeded(adam, 0, 1, 2),
    ),
    "unigram_loss": (
        "helpers.objectives.masking.unigram_loss",
        seeded(counted, 0, 1, 2),
    ),
    "masked_loss": (
        "helpers.objectives.masking.masked_loss",
        seeded(logits_and_labels, 0, 1, 3),
    ),
    "weight_on": (
        "helpers.probes.heads.weight_on",
        seeded(targets, 0, 1, 3),
    ),
    "best_offset": (
        "helpers.probes.heads.best_offset",
        seeded(only_gold, 0, 2, 9),
    ),
    "head_shares": (
        "helpers.probes.heads.head_shares",
        seeded(heads, 0, 1, 3),
    ),
    "first_pieces": (
        "helpers.finetuning.tuning.first_pieces",
        [([0, 3], [0, 1], 4), ([1, 2, 0], [0, 2, 5], 6), ([4], [0], 1)],
    ),
    "best_span": (
        "helpers.finetuning.answers.best_span",
        seeded(starts_and_ends, 0, 1, 2, 4, 5),
    ),
    "token_f1": (
        "helpers.finetuning.answers.token_f1",
        [
            ("the old bank".split(), "old bank".split()),
            ("Emma Emma Hill".split(), "Emma Hill".split()),
            (["Rome"], ["Paris"]),
            ([], ["Rome"]),
            ([], []),
        ],
    ),
    "block_parameters": (
        "helpers.models.sizes.block_parameters",
        [(768, 3072), (3, 5), (64, 100)],
    ),
    "joined_mean": (
        "helpers.training.parts.joined_mean",
        [([3.0, 1.0], [2, 6]), ([0.5, 2.0, 4.0], [1, 1, 3]), ([7.0], [4])],
    ),
    "accumulated_gradient": (
        "helpers.training.parts.accumulated_gradient",
        seeded(linear_model, 0, 2, 5),
    ),
}
