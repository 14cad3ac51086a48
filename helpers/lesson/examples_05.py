"""What the exercises from notebook 05 on are compared with, and tried on.

The answer is always a helper's own function; no solution stands here.
Built in notebooks/05_seq2seq.ipynb.
"""

from collections.abc import Callable

from helpers.lesson.examples_00 import draw


def _logits(seed: int):
    return _line(seed) * 2


def _tokens(seed: int):
    """Vectors that are far from normed, a scale and a shift."""
    import torch

    make, c = torch.Generator().manual_seed(seed), 3 + seed
    x = 2 + 3 * torch.randn(2, 1 + seed, c, generator=make)
    return x, torch.rand(c, generator=make) + 0.5, torch.randn(c, generator=make)


def _part_step(seed: int):
    """A vector, a part that keeps its width, scale and shift."""
    import torch

    x, scale, shift = _tokens(seed)
    return x, (torch.tanh, torch.relu, torch.sin)[seed % 3], scale, shift


def _feed_forward(seed: int):
    c, f = 2 + seed, 5 + seed
    return draw(seed, (c,), (f, c), (f,), (c, f), (c,))


def _line(seed: int):
    return draw(seed, (4 + seed,))[0]


def _one_query(n: int, width: int):
    """One query, n keys, n values one number wider."""
    return draw(n, (width,), (n, width), (n, width + 1))


def _scores(n_queries: int, n_keys: int):
    """Scores, and a mask in which every query may look somewhere."""
    import torch

    make = torch.Generator().manual_seed(n_keys)
    mask = torch.rand(n_queries, n_keys, generator=make) < 0.5
    mask[:, 0] |= ~mask.any(1)
    return torch.randn(n_queries, n_keys, generator=make) * 2, mask


def _features(*shape: int):
    return draw(shape[-1], shape)[0]


def _queries_and_keys(seed: int):
    """Queries (T, N), keys (S, N), and W (A, N), U (A, N), v (A)."""
    t, s, n, a = 2 + seed, 4, 3 + seed, 5
    return draw(seed, (t, n), (s, n), (a, n), (a, n), (a,))


def _lookup(seed: int):
    import torch

    queries, keys, *_ = _queries_and_keys(seed)
    return torch.softmax(queries @ keys.T, -1), keys * 2


def _points(seed: int):
    return *draw(seed, (3 + seed,), (6,), (6,)), 0.5 + seed


def _pairs(seed: int):
    half = 1 + seed
    return draw(seed, (2 + seed, 2 * half), (2 + seed, half))


def _shuffles() -> list[tuple]:
    """A mean and a map of each token move along; sums from the left do not."""
    import torch

    (x,) = draw(0, (5, 3))
    order = torch.tensor([3, 0, 4, 1, 2])

    def less_the_mean(rows):
        return rows - rows.mean(0)

    def sums_from_the_left(rows):
        return rows.cumsum(0)

    layers = (torch.tanh, less_the_mean, sums_from_the_left)
    return [(layer, x, order) for layer in layers]


def _distances():
    import torch

    return torch.arange(-140, 141, 7), torch.tensor([-9, -8, -1, 0, 1, 7, 8, 20])


# name: (whose answer is right, what to try it on)
EXERCISES: dict[str, tuple[str, Callable[[], list[tuple]]]] = {
    "dot_scores": (
        "helpers.models.scores.dot_scores",
        lambda: [_queries_and_keys(seed)[:2] for seed in (0, 1, 3)],
    ),
    "soft_lookup": (
        "helpers.models.scores.soft_lookup",
        lambda: [_lookup(0), _lookup(1), _lookup(3)],
    ),
    "additive_scores": (
        "helpers.models.scores.additive_scores",
        lambda: [_queries_and_keys(0), _queries_and_keys(1), _queries_and_keys(3)],
    ),
    "nadaraya_watson": (
        "helpers.models.scores.nadaraya_watson",
        lambda: [_points(0), _points(1), _points(3)],
    ),
    "attention": (
        "helpers.models.attention.attention",
        lambda: [_one_query(3, 4), _one_query(5, 2), _one_query(1, 6)],
    ),
    "causal_mask": (
        "helpers.models.attention.causal_mask",
        lambda: [(1,), (3,), (6,)],
    ),
    "tempered": (
        "helpers.models.decoder.tempered",
        lambda: [(_logits(0), 1.0), (_logits(2), 0.3), (_logits(4), 2.5)],
    ),
    "keep_top_k": (
        "helpers.models.decoder.keep_top_k",
        lambda: [(_logits(0), 2), (_logits(2), 1), (_logits(4), 5)],
    ),
    "keep_nucleus": (
        "helpers.models.decoder.keep_nucleus",
        lambda: [(_logits(0), 0.5), (_logits(2), 0.9), (_logits(4), 0.01)],
    ),
    "layer_norm": (
        "helpers.models.encoder.layer_norm",
        lambda: [_tokens(0), _tokens(1), _tokens(4)],
    ),
    "gelu": (
        "helpers.models.encoder.gelu",
        lambda: [(_line(0),), (_line(1) * 3,), (_line(2),)],
    ),
    "pre_norm_step": (
        "helpers.models.encoder.pre_norm_step",
        lambda: [_part_step(0), _part_step(1), _part_step(2)],
    ),
    "feed_forward": (
        "helpers.models.encoder.feed_forward",
        lambda: [_feed_forward(0), _feed_forward(1), _feed_forward(3)],
    ),
    "sinusoid": (
        "helpers.models.positions.sinusoid",
        lambda: [(3, 0, 8), (3, 1, 8), (7, 4, 8), (40, 5, 6), (9, 2, 4, 100.0)],
    ),
    "rotate": (
        "helpers.models.positions.rotate",
        lambda: [_pairs(0), _pairs(1), _pairs(3)],
    ),
    "bucket": (
        "helpers.models.positions.bucket",
        lambda: [(_distances()[1], 32, 128), (_distances()[0], 16, 64)],
    ),
    "moves_along": ("helpers.models.positions.moves_along", _shuffles),
    "masked_softmax": (
        "helpers.models.attention.masked_softmax",
        lambda: [_scores(2, 3), _scores(4, 4), _scores(3, 6)],
    ),
    "split_heads": (
        "helpers.models.attention.split_heads",
        lambda: [
            (_features(1, 3, 4), 2),
            (_features(2, 2, 6), 3),
            (_features(2, 4, 5), 1),
        ],
    ),
}
