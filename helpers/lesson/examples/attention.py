"""Examples for the exercises on attention, positions, the block and the decoder.

Built in notebooks/06_attention.ipynb to 10_decoder_and_gpt.ipynb.
"""

import torch

from helpers.lesson.examples.tensors import draw, generator, seeded


def one(seed: int, *shape: int) -> torch.Tensor:
    """Return one random tensor."""
    return draw(seed, shape)[0]


def queries_and_keys(seed: int) -> tuple:
    """Return queries (T, N) and keys (S, N), W and U (A, N), and v (A)."""
    t = 2 + seed
    n = 3 + seed
    return draw(seed, (t, n), (4, n), (5, n), (5, n), (5,))


def unequal_queries_and_keys(seed: int) -> tuple:
    """Return queries (T, N), keys (S, M), and W (N, M)."""
    n = 3 + seed
    m = 2 + 2 * seed
    return draw(seed, (2 + seed, n), (4, m), (n, m))


def noisy_points(seed: int) -> tuple:
    """Return where to guess, points x and y to guess from, and a width."""
    where, x, y = draw(seed, (3 + seed,), (6,), (6,))
    return where, x, y, 0.5 + seed


def heads_and_mask(n_heads: int, n_queries: int, n_keys: int) -> tuple:
    """Return queries, keys and wider values of some heads, and a mask for all of them.

    Shapes: (H, T_q, D), (H, T_k, D), (H, T_k, D + 1), (T_q, T_k).
    """
    width = 2 + n_queries
    q, k, v = draw(
        n_keys,
        (n_heads, n_queries, width),
        (n_heads, n_keys, width),
        (n_heads, n_keys, width + 1),
    )
    _, mask = scores(n_queries, n_keys)
    return q, k, v, mask


def scores(n_queries: int, n_keys: int) -> tuple:
    """Return scores, and a mask in which every query may look somewhere."""
    source = generator(n_keys)
    mask = torch.rand(n_queries, n_keys, generator=source) < 0.5
    mask[:, 0] |= ~mask.any(1)
    return torch.randn(n_queries, n_keys, generator=source) * 2, mask


def pairs(seed: int) -> tuple:
    """Return vectors (T, C) and an angle (T, C/2) for each pair of numbers in them."""
    t = 2 + seed
    half = 1 + seed
    return draw(seed, (t, 2 * half), (t, half))


def shuffles() -> list[tuple]:
    """Return layers with an input and an order of its rows.

    Each token's own map and the distance from the mean move along with the tokens;
    sums from the left do not.
    """
    x = one(0, 5, 3)
    order = torch.tensor([3, 0, 4, 1, 2])
    layers = (torch.tanh, _less_the_mean, _sums_from_the_left)
    return [(layer, x, order) for layer in layers]


def _less_the_mean(rows: torch.Tensor) -> torch.Tensor:
    return rows - rows.mean(0)


def _sums_from_the_left(rows: torch.Tensor) -> torch.Tensor:
    return rows.cumsum(0)


def tokens(seed: int) -> tuple:
    """Return vectors (2, T, C) of a large mean and spread, a scale and a shift (C)."""
    source = generator(seed)
    c = 3 + seed
    x = 2 + 3 * torch.randn(2, 1 + seed, c, generator=source)
    scale = torch.rand(c, generator=source) + 0.5
    return x, scale, torch.randn(c, generator=source)


def residual_step(seed: int) -> tuple:
    """Return vectors, a part of a block that keeps their width, a scale and a shift."""
    x, scale, shift = tokens(seed)
    part = (torch.tanh, torch.relu, torch.sin)[seed]
    return x, part, scale, shift


def feed_forward(seed: int) -> tuple:
    """Return x (C), W_1 (F, C), b_1 (F), W_2 (C, F) and b_2 (C)."""
    c = 2 + seed
    f = 5 + seed
    return draw(seed, (c,), (f, c), (f,), (c, f), (c,))


def logits(seed: int) -> torch.Tensor:
    """Return scores for the next token of a small vocabulary."""
    return one(seed, 4 + seed) * 2


EXERCISES = {
    "general_scores": (
        "helpers.models.scores.general_scores",
        seeded(unequal_queries_and_keys, 0, 1, 3),
    ),
    "additive_scores": (
        "helpers.models.scores.additive_scores",
        seeded(queries_and_keys, 0, 1, 3),
    ),
    "nadaraya_watson": (
        "helpers.models.scores.nadaraya_watson",
        seeded(noisy_points, 0, 1, 3),
    ),
    "attention": (
        "helpers.models.attention.attention",
        [heads_and_mask(2, 3, 4), heads_and_mask(3, 2, 5), heads_and_mask(1, 4, 2)],
    ),
    "causal_mask": ("helpers.models.attention.causal_mask", [(1,), (3,), (6,)]),
    "masked_softmax": (
        "helpers.models.attention.masked_softmax",
        [scores(2, 3), scores(4, 4), scores(3, 6)],
    ),
    "split_heads": (
        "helpers.models.attention.split_heads",
        [(one(4, 1, 3, 4), 2), (one(6, 2, 2, 6), 3), (one(5, 2, 4, 5), 1)],
    ),
    "sinusoid": (
        "helpers.models.positions.sinusoid",
        [(3, 0, 8), (3, 1, 8), (7, 4, 8), (40, 5, 6), (9, 2, 4, 100.0)],
    ),
    "rotate": (
        "helpers.models.positions.rotate",
        seeded(pairs, 0, 1, 3),
    ),
    "relative_bias": (
        "helpers.models.biases.relative_bias",
        [(one(0, 5), 4), (one(1, 3), 6), (one(2, 9), 3)],
    ),
    "moves_along": ("helpers.models.positions.moves_along", shuffles()),
    "layer_norm": (
        "helpers.models.encoder.layer_norm",
        seeded(tokens, 0, 1, 4),
    ),
    "gelu": (
        "helpers.models.encoder.gelu",
        [(one(0, 4),), (one(1, 5) * 3,), (one(2, 6),)],
    ),
    "pre_norm_step": (
        "helpers.models.encoder.pre_norm_step",
        seeded(residual_step, 0, 1, 2),
    ),
    "feed_forward": (
        "helpers.models.encoder.feed_forward",
        seeded(feed_forward, 0, 1, 3),
    ),
    "tempered": (
        "helpers.models.decoder.tempered",
        [(logits(0), 1.0), (logits(2), 0.3), (logits(4), 2.5)],
    ),
    "keep_top_k": (
        "helpers.models.decoder.keep_top_k",
        [(logits(0), 2), (logits(2), 1), (logits(4), 5)],
    ),
    "keep_nucleus": (
        "helpers.models.decoder.keep_nucleus",
        [(logits(0), 0.5), (logits(2), 0.9), (logits(4), 0.01)],
    ),
}
