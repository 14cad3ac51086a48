"""Does a language model put the verb into the right number?"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from helpers.objectives.batching import pad
from helpers.tokenization import BOS_ID


def verb_choices(model: nn.Module, ids: dict[str, int], items: Sequence) -> np.ndarray:
    """Say for each agreement item whether the model prefers the right form of the verb.

    `items` have prefix, good and bad (see `corpora.tasks.agreement`); `ids` maps tokens
    to ids; `model(ids, mask)` returns logits (B, T, V). Returns booleans (n,).
    Source: Linzen, Dupoux & Goldberg 2016 (TACL 4). Built in notebooks/02_rnn.ipynb.
    """
    rows = [np.array([BOS_ID, *(ids[t] for t in item.prefix)]) for item in items]
    batch, mask = pad(rows)
    model.eval()
    with torch.no_grad():
        logits = model(batch, mask)  # (B, T, V)
    last = logits[torch.arange(len(rows)), mask.sum(1) - 1]  # (B, V)
    good = torch.tensor([ids[item.good] for item in items])[:, None]
    bad = torch.tensor([ids[item.bad] for item in items])[:, None]
    return (last.gather(1, good) > last.gather(1, bad))[:, 0].numpy()
