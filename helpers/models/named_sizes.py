"""The sizes of BERT that have names: Google's miniatures, base and large."""

import dataclasses

from helpers.models.bert import BERTSize

D_HEAD = 64  # the width of every head, in all of them
PAPER_SD = 0.02  # of the first weights, meant for widths of 768 and more
PIECES = 30_522  # in Google's own vocabulary


def _size(n_layers: int, d_model: int, dropout: float, weight_sd: float | None):
    heads, wide = d_model // D_HEAD, 4 * d_model
    shape = (PIECES, d_model, heads, wide, n_layers, 512)
    return BERTSize(*shape, "post", dropout, weight_sd)


# The four small ones start from weights of 1/√inputs and without dropout, which is
# what a short training needs (notebook 12); base and large are as in the paper.
# Source: Devlin et al. 2019, sec. 3; Turc et al. 2019, table 1 (the miniatures).
SIZES: dict[str, BERTSize] = {
    "tiny": _size(2, 128, 0.0, None),
    "mini": _size(4, 256, 0.0, None),
    "small": _size(4, 512, 0.0, None),
    "medium": _size(8, 512, 0.0, None),
    "base": _size(12, 768, 0.1, PAPER_SD),
    "large": _size(24, 1024, 0.1, PAPER_SD),
}


def sized(name: str, vocab_size: int, longest: int = 512) -> BERTSize:
    """Return the size of this name for another vocabulary and number of positions."""
    if name not in SIZES:
        raise ValueError(f"size={name!r}; choose one of {', '.join(SIZES)}")
    return dataclasses.replace(SIZES[name], vocab_size=vocab_size, longest=longest)
