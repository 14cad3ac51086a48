"""Weights of BERT in the layout of `transformers`, under our names and back.

Built in notebooks/14_real_bert.ipynb.
"""

import re
from collections.abc import Callable, Mapping

import torch
from torch import Tensor

# theirs → ours, for what stands before ".weight" and ".bias"
OUTSIDE = {
    "bert.embeddings.word_embeddings": "bert.embeddings.tokens",
    "bert.embeddings.position_embeddings": "bert.embeddings.positions",
    "bert.embeddings.token_type_embeddings": "bert.embeddings.segments",
    "bert.embeddings.LayerNorm": "bert.embeddings.norm",
    "bert.pooler.dense": "bert.pooler",
    "cls.predictions.transform.dense": "masked.dense",
    "cls.predictions.transform.LayerNorm": "masked.norm",
    "cls.predictions.decoder": "masked.table",
    "cls.predictions": "masked",
    "cls.seq_relationship": "pair",
}
INSIDE = {
    "attention.self.query": "attend.query",
    "attention.self.key": "attend.key",
    "attention.self.value": "attend.value",
    "attention.output.dense": "attend.output",
    "attention.output.LayerNorm": "norm_attend",
    "intermediate.dense": "feed.widen",
    "output.dense": "feed.narrow",
    "output.LayerNorm": "norm_feed",
}
LAYER = re.compile(r"bert\.encoder\.layer\.(\d+)\.(.+)")
BLOCK = re.compile(r"bert\.encoder\.blocks\.(\d+)\.(.+)")
KINDS = {"gamma": "weight", "beta": "bias"}  # old names of a norm's weights
TOKENS, TABLE = "bert.embeddings.tokens.weight", "masked.table.weight"
BIAS, DECODER_BIAS = "cls.predictions.bias", "cls.predictions.decoder.bias"

NUMBERS = ("embeddings.position_ids", "bert.embeddings.position_ids")  # 0, 1, 2 …


def our_name(theirs: str) -> str | None:
    """Return our name of a weight, or None for one that we do not keep.

    These are the numbers 0, 1, 2 … of positions, and a second bias of the masked head.
    Raises ValueError for a name that BERT does not have.
    """
    if theirs in (DECODER_BIAS, *NUMBERS):
        return None
    whole = theirs
    if not theirs.startswith(("bert.", "cls.")):
        whole = f"bert.{theirs}"  # an encoder saved without its heads
    module, _, kind = whole.rpartition(".")
    found = LAYER.fullmatch(module)
    ours = INSIDE.get(found[2]) if found else OUTSIDE.get(module)
    if ours is None:
        raise ValueError(f"{theirs!r} is no weight of BERT; give a BERT's weights")
    block = f"bert.encoder.blocks.{found[1]}." if found else ""
    return f"{block}{ours}.{KINDS.get(kind, kind)}"


def their_name(ours: str) -> str:
    """Return the name in `transformers` of one of our weights; undoes `our_name`."""
    module, _, kind = ours.rpartition(".")
    found = BLOCK.fullmatch(module)
    theirs = _theirs(INSIDE, found[2]) if found else _theirs(OUTSIDE, module)
    layer = f"bert.encoder.layer.{found[1]}." if found else ""
    return f"{layer}{theirs}.{kind}"


def _theirs(names: Mapping[str, str], ours: str) -> str:
    for theirs, mine in names.items():
        if mine == ours:
            return theirs
    raise ValueError(f"{ours!r} is no weight of our BERT")


def to_ours(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Rename weights in the layout of `transformers`; a tied table is left out.

    An output layer of its own is kept. Raises ValueError for a weight that comes twice.
    """
    ours = _renamed(weights, our_name)
    if DECODER_BIAS in weights:  # where both are there, this one is added
        ours[our_name(BIAS)] = weights[DECODER_BIAS]
    return _untied(ours)


def to_theirs(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Rename our weights so that `transformers` reads them."""
    weights = _untied(weights)
    theirs = _renamed(weights, their_name)
    if TABLE in weights:
        theirs[DECODER_BIAS] = theirs[BIAS].clone()
    return theirs


def _untied(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Leave out an output table that is the same as the table of tokens."""
    tables = [weights[name] for name in (TOKENS, TABLE) if name in weights]
    tied = len(tables) == 2 and torch.equal(*tables)
    return {name: w for name, w in weights.items() if not (tied and name == TABLE)}


def _renamed(
    weights: Mapping[str, Tensor], rename: Callable[[str], str | None]
) -> dict[str, Tensor]:
    named: dict[str, Tensor] = {}
    for name, tensor in weights.items():
        new = rename(name)
        if new in named:
            raise ValueError(f"{name!r} comes twice, under two names; keep one")
        if new is not None:
            named[new] = tensor
    return named
