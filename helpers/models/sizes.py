"""What a BERT of some size costs: weights, operations, memory, hours, by formula.

Every count is exact and tested against real modules without memory (the meta device),
but for `hours`, which rest on a rate and a utilisation that somebody must measure.
Units: numbers, floating-point operations (FLOPs), bytes, hours. In the formulas
C = d_model, F = d_ff, H = n_heads, L = n_layers, V = vocab_size, T = seq_len.
Built in notebooks/15_scaling_up.ipynb.
"""

import dataclasses

from helpers.models.bert import BERTSize
from helpers.models.layers import check_choice

BYTES = {"fp32": 4, "bf16": 2, "fp16": 2}  # of one number
HOUR = 3600  # seconds
D_HEAD = 64  # the width of every head, in all sizes that have names
PAPER_SD = 0.02  # of the first weights, meant for widths of 768 and more
PIECES = 30_522  # in Google's own vocabulary


def _size(n_layers: int, d_model: int) -> BERTSize:
    """Return one of the miniatures: weights of 1/√inputs, no dropout."""
    return BERTSize(
        PIECES,
        d_model,
        n_heads=d_model // D_HEAD,
        d_ff=4 * d_model,
        n_layers=n_layers,
        longest=512,
    )


def _paper_size(n_layers: int, d_model: int) -> BERTSize:
    size = _size(n_layers, d_model)
    return dataclasses.replace(size, dropout=0.1, weight_sd=PAPER_SD)


# The four small ones start from weights of 1/√inputs and without dropout, which is
# what a short training needs (notebook 12); base and large are as in the paper.
# Source: Devlin et al. 2019, sec. 3; Turc et al. 2019, table 1 (the miniatures).
SIZES: dict[str, BERTSize] = {
    "tiny": _size(2, 128),
    "mini": _size(4, 256),
    "small": _size(4, 512),
    "medium": _size(8, 512),
    "base": _paper_size(12, 768),
    "large": _paper_size(24, 1024),
}


def sized(name: str, vocab_size: int, longest: int = 512) -> BERTSize:
    """Return the size of this name for another vocabulary and number of positions."""
    check_choice("size", name, SIZES)
    return dataclasses.replace(SIZES[name], vocab_size=vocab_size, longest=longest)


def block_parameters(d_model: int, d_ff: int) -> int:
    """Return the parameters of one block: 4(C² + C) + 2CF + F + C + two norms of 2C.

    Source: Vaswani et al. 2017, sec. 3.2 and 3.3, with biases.
    Built in notebooks/15_scaling_up.ipynb.
    """
    c, f = d_model, d_ff
    attention = 4 * (c * c + c)  # queries, keys, values, output
    feed_forward = 2 * c * f + f + c
    norms = 2 * 2 * c  # scale and shift
    return attention + feed_forward + norms


def parameters(size: BERTSize, heads: bool = False) -> dict[str, int]:
    """Return the parameters of a BERT, part by part; with the heads of pre-training.

    BERT-base has 109,482,240 in all, 110,106,428 with heads. The masked head uses the
    table of tokens, which is counted once.
    Source: Devlin et al. 2019, sec. 3; counts of the released weights.
    """
    c, f, v = size.d_model, size.d_ff, size.vocab_size
    dense = c * c + c  # a square matrix and its bias
    norm = 2 * c  # scale and shift
    parts = {
        "tokens": v * c,
        "positions, segments": (size.longest + 2) * c + norm,  # and their norm
        "attention": size.n_layers * (4 * dense + norm),
        "feed-forward": size.n_layers * (2 * c * f + f + c + norm),
        "pooler": dense,
    }
    if size.norm == "pre":
        parts["last norm"] = norm
    if heads:
        masked = dense + norm + v
        pair = 2 * c + 2
        parts["heads"] = masked + pair
    return parts


def matrix_weights(size: BERTSize) -> int:
    """Return the weights of the blocks that multiply each token: L (4C² + 2CF)."""
    return size.n_layers * (4 * size.d_model**2 + 2 * size.d_model * size.d_ff)


def forward_flops(size: BERTSize, seq_len: int) -> int:
    """Return the operations of the blocks per token, forward: 2N + 4TCL.

    N = `matrix_weights(size)`: one product and one sum per weight; 4TC per block are
    the scores and the averages over T tokens. Norms and activations are not counted.
    Source: Kaplan et al. 2020, sec. 2.1, with all tokens in view instead of half.
    """
    return 2 * matrix_weights(size) + 4 * seq_len * size.d_model * size.n_layers


def head_flops(size: BERTSize) -> int:
    """Return the operations of the head per masked token, forward: 2(C² + CV)."""
    return 2 * size.d_model * (size.d_model + size.vocab_size)


def training_flops(
    size: BERTSize, seq_len: int, masked: float = 0.15, checkpointing: bool = False
) -> float:
    """Return the operations of training per token: forward once, backward twice.

    About 6N. The share `masked` of the tokens goes through the masked head. With
    activation checkpointing the blocks run forward once more.
    """
    passes = 4 if checkpointing else 3
    blocks = passes * forward_flops(size, seq_len)
    return blocks + 3 * masked * head_flops(size)


def block_activations(size: BERTSize, seq_len: int) -> int:
    """Return the numbers that one block keeps per sequence for its backward pass.

    T (8C + 2F + H + 4): inputs, q, k, v, averages, two inputs of norms with mean and
    deviation, hidden before and after the activation, and per head one number of the
    fused attention. Weights of attention are not kept; no dropout.
    """
    return seq_len * (8 * size.d_model + 2 * size.d_ff + size.n_heads + 4)


def activations(size: BERTSize, seq_len: int, checkpointing: bool = False) -> int:
    """Return the numbers that all blocks keep per sequence.

    With checkpointing each block keeps its input alone, T C, and one block at a time
    is computed anew. Source: Chen et al. 2016.
    """
    one = block_activations(size, seq_len)
    if not checkpointing:
        return size.n_layers * one
    inputs = size.n_layers * seq_len * size.d_model
    return inputs + one


def memory(
    size: BERTSize,
    tokens: tuple[int, int],
    precision: str = "fp32",
    checkpointing: bool = False,
) -> dict[str, int]:
    """Return the bytes that training needs on one device, part by part.

    `tokens` is (batch_size, seq_len). Weights, gradients and both averages of AdamW
    stay in fp32, 16 bytes per parameter; in bf16 or fp16 a copy of the weights and the
    activations take 2 bytes a number. Of the activations those of the blocks count.
    Raises ValueError for a precision that is none.
    """
    check_choice("precision", precision, BYTES)
    batch_size, seq_len = tokens
    n = sum(parameters(size, heads=True).values())
    kept = batch_size * activations(size, seq_len, checkpointing)
    copy = 0 if precision == "fp32" else n * BYTES[precision]
    return {
        "weights": 4 * n + copy,
        "gradients": 4 * n,
        "AdamW": 2 * 4 * n,  # two averages per parameter
        "activations": kept * BYTES[precision],
    }


def hours(
    flops: float, rate: float, n_devices: int = 1, utilisation: float = 0.4
) -> float:
    """Return the hours that so many operations take: flops / (devices · rate · use).

    `rate` is a device's best number of operations a second, `utilisation` the share
    of it that a training really gets. Raises ValueError for a share outside (0, 1].
    """
    if not 0 < utilisation <= 1 or rate <= 0 or n_devices < 1:
        raise ValueError(
            f"rate={rate}, n_devices={n_devices}, utilisation={utilisation}; give a "
            "rate > 0, at least one device, and a share above 0, at most 1"
        )
    return flops / (n_devices * rate * utilisation) / HOUR
