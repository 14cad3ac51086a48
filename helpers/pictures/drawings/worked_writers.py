"""Worked data for the drawings of notebook 10."""

from helpers.pictures.drawings.caching import kv_cache
from helpers.pictures.drawings.example import Example
from helpers.pictures.drawings.masks import masks
from helpers.pictures.drawings.whole import whole_transformer

READ = ["Emma", "waits", "."]
WROTE = ["<bos>", "gado", "ga"]
ALL = [[True] * 3] * 3

WRITERS = {
    "whole_transformer": Example(
        whole_transformer,
        "10",
        {
            "source": READ,
            "target": WROTE,
            "n_layers": 6,
            "title": "The whole Transformer: one tower reads, the other one writes",
        },
    ),
    "masks": Example(
        masks,
        "10",
        {
            "maps": {
                "encoder": (READ, READ, ALL),
                "decoder, itself": (
                    WROTE,
                    WROTE,
                    [[True, False, False], [True, True, False], [True, True, True]],
                ),
                "decoder, source": (WROTE, READ, ALL),
            },
            "title": "Three masks: who may look at whom",
        },
    ),
    "kv_cache": Example(
        kv_cache,
        "10",
        {
            "tokens": ["<bos>", "the", "key", "near"],
            "title": "Each step computes one token",
        },
    ),
}
