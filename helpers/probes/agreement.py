"""Does a language model put the verb into the right number?

Built in notebooks/02_rnn.ipynb.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from helpers.models.bidirectional import last_real
from helpers.models.layers import answering
from helpers.objectives.batching import pad
from helpers.tokenization import BOS_ID


def verb_choices(model: nn.Module, ids: dict[str, int], items: Sequence) -> np.ndarray:
    """Say for each agreement item whether the model prefers the right form of the verb.

    `items` have prefix, good and bad (see `corpora.tasks.agreement`); `ids` maps tokens
    to ids; `model(ids, mask)` returns logits (B, T, V). Returns booleans (n,).
    Source: Linzen, Dupoux & Goldberg 2016 (TACL 4). Built in notebooks/02_rnn.ipynb.
    """
    prefixes = []
    for item in items:
        words = (*item.prefix, item.good, item.bad)
        unknown = [word for word in words if word not in ids]
        if unknown:
            raise ValueError(f"the model does not know {unknown}; leave this item out")
        tokens = [ids[token] for token in item.prefix]
        prefixes.append(np.array([BOS_ID, *tokens]))
    batch, mask = pad(prefixes)  # (B, T) each
    with answering(model):
        logits = last_real(model(batch, mask), mask)  # (B, V): what comes next
    rows = torch.arange(len(items))
    good = logits[rows, [ids[item.good] for item in items]]  # (B,)
    bad = logits[rows, [ids[item.bad] for item in items]]
    return (good > bad).numpy()
