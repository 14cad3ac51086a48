"""Does a language model put the verb into the right number?

Built in notebooks/02_rnn.ipynb.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from helpers.models.bidirectional import last_real
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
        tokens = [ids[token] for token in item.prefix]
        prefixes.append(np.array([BOS_ID, *tokens]))
    batch, mask = pad(prefixes)  # (B, T) each
    model.eval()
    with torch.no_grad():
        logits = last_real(model(batch, mask), mask)  # (B, V): what comes next
    rows = torch.arange(len(items))
    good = logits[rows, [ids[item.good] for item in items]]  # (B,)
    bad = logits[rows, [ids[item.bad] for item in items]]
    return (good > bad).numpy()
