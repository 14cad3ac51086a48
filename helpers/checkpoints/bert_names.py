"""Weights of BERT in the layout of `transformers`, under our names and back.

Built in notebooks/14_real_bert.ipynb.
"""

import re
from collections.abc import Callable, Mapping

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
# copies of tied weights, and tables of numbers 0, 1, 2 …
SKIPPED = ("cls.predictions.decoder", "position_ids", "masked.table")


def our_name(theirs: str) -> str | None:
    """Return our name of a weight, or None for a copy that we do not keep.

    Raises ValueError for a name that BERT does not have.
    """
    if any(part in theirs for part in SKIPPED):
        return None
    theirs = theirs.replace(".gamma", ".weight").replace(".beta", ".bias")
    if not theirs.startswith(("bert.", "cls.")):
        theirs = f"bert.{theirs}"  # an encoder saved without its heads
    module, _, kind = theirs.rpartition(".")
    found = LAYER.fullmatch(module)
    ours = INSIDE.get(found[2]) if found else OUTSIDE.get(module)
    if ours is None:
        raise ValueError(f"{theirs!r} is no weight of BERT; give a BERT's weights")
    block = f"bert.encoder.blocks.{found[1]}." if found else ""
    return f"{block}{ours}.{kind}"


def their_name(ours: str) -> str | None:
    """Return the name in `transformers` of one of our weights; undoes `our_name`."""
    if any(part in ours for part in SKIPPED):
        return None
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
    """Rename weights in the layout of `transformers`; tied copies are left out."""
    return _renamed(weights, our_name)


def to_theirs(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Rename our weights so that `transformers` reads them."""
    return _renamed(weights, their_name)


def _renamed(
    weights: Mapping[str, Tensor], rename: Callable[[str], str | None]
) -> dict[str, Tensor]:
    named = {rename(name): tensor for name, tensor in weights.items()}
    named.pop(None, None)
    return named
