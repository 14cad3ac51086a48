"""A BERT of a stated size filled with the weights of a file: with all, or refused.

Built in notebooks/14_real_bert.ipynb.
"""

from collections.abc import Mapping

import torch
from torch import Tensor

from helpers.checkpoints import bert_names
from helpers.checkpoints.bert_vocabulary import CONFIG
from helpers.models.bert import BERTForPretraining, BERTSize
from helpers.models.layers import Embedding

WEIGHTS = "model.safetensors"
# Parts that some weights do not bring, and how the names of their weights begin.
OPTIONAL_PARTS = {
    "pooler": "bert.pooler.",
    "masked head": "masked.",
    "pair head": "pair.",
}
TASK_HEADS = ("classifier.", "qa_outputs.")  # what a fine-tuned BERT has in their place


def without_task_head(weights: dict[str, Tensor], name: str) -> dict[str, Tensor]:
    """Leave out the head of a fine-tuned BERT, and say so in a line."""
    left = [key for key in sorted(weights) if key.startswith(TASK_HEADS)]
    if left:
        print(f"{name}: the head of a task is left out ({', '.join(left)}).")
    return {key: tensor for key, tensor in weights.items() if key not in left}


def _check_shapes(size: BERTSize, weights: Mapping[str, Tensor]) -> None:
    """Compare sizes with some weights before a model is made: it might be too large."""
    width = size.d_model
    last = f"bert.encoder.blocks.{size.n_layers - 1}"
    wanted = {
        bert_names.TOKENS: (size.vocab_size, width),
        "bert.embeddings.positions.weight": (size.longest, width),
        f"{last}.attend.query.weight": (width, width),
        f"{last}.feed.widen.weight": (size.d_ff, width),
    }
    for name, shape in wanted.items():
        if name not in weights:
            raise ValueError(f"{WEIGHTS} lacks {name}; give all weights of a BERT")
        found = tuple(weights[name].shape)
        if found != shape:
            raise ValueError(
                f"{CONFIG} and {WEIGHTS} do not fit: size mismatch for {name}, {shape} "
                f"and {found}; give the files of one model"
            )


def filled(
    size: BERTSize, weights: dict[str, Tensor], tied: bool
) -> tuple[BERTForPretraining, tuple[str, ...]]:
    """Return a model with these weights, and the parts that were not among them.

    Raises ValueError for weights that are missing, too many, or of another size. With
    `tied` the output layer is the table of tokens where the weights bring no own one.
    """
    _check_shapes(size, weights)
    with torch.random.fork_rng(devices=[]):  # the first weights are replaced
        model = BERTForPretraining(size)
        if bert_names.TABLE in weights:  # an output layer of its own
            model.masked.table = Embedding(size.vocab_size, size.d_model)
            tied = False
    try:
        missing, surplus = model.load_state_dict(weights, strict=False)
    except RuntimeError as error:
        reason = f"{error}".split("\n")[1].strip()
        raise ValueError(f"{CONFIG} and {WEIGHTS} do not fit: {reason}") from None
    if surplus:
        raise ValueError(
            f"{WEIGHTS} holds {bert_names.their_name(min(surplus))} and "
            f"{len(surplus) - 1} more that a BERT of this {CONFIG} has no place for; "
            "give the config of these weights, with adapters merged into them"
        )
    if tied:
        missing.remove(bert_names.TABLE)
    inside = [n for n in missing if not n.startswith(tuple(OPTIONAL_PARTS.values()))]
    if inside:
        raise ValueError(f"{WEIGHTS} lacks {inside[0]} and {len(inside) - 1} more")
    fresh = []
    for part, start in OPTIONAL_PARTS.items():
        if any(name.startswith(start) for name in missing):
            fresh.append(part)
    return model.eval(), tuple(fresh)
