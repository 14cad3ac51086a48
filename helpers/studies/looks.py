"""What is the largest weight on, and does the word change when that token is hidden?

Built in notebooks/06_attention.ipynb.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from helpers.corpora.translation import Translation
from helpers.models.recurrent import EOS_ID
from helpers.models.seq2seq import Seq2Seq
from helpers.objectives import sequence_pairs
from helpers.objectives.sequence_pairs import Pairs
from helpers.probes import alignments
from helpers.probes.alignments import CONTENT, Links
from helpers.studies import translating

LOOKS = ("its word", "neighbour", "next word", "full stop or end", "elsewhere")
HIDDEN = ("largest", "second", "random")
CURVES = {f"looks, {kind}": range(len(LOOKS)) for kind in alignments.KINDS[:3]}
CURVES |= {f"changed, {kind}": range(len(HIDDEN)) for kind in alignments.KINDS}


def looks(model: Seq2Seq, texts: Sequence[Translation], seed: int) -> dict:
    """Return what the largest weight is on, and what hiding a token changes."""
    kinds = alignments.KINDS
    found: dict[str, list | float] = {"error rate": np.nan, "elsewhere": np.nan}
    found |= {f"looks, {kind}": [np.nan] * len(LOOKS) for kind in kinds[:3]}
    found |= {f"changed, {kind}": [np.nan] * len(HIDDEN) for kind in kinds}
    found |= dict.fromkeys(("elsewhere: largest", "elsewhere: gold"), np.nan)
    if not model.score:
        return found
    batch = sequence_pairs.pair_batch(translating.coded(texts))
    gold = alignments.links(texts)
    weights = alignments.looked_at(model, batch)  # (B, T, S)
    most = weights.argmax(-1)
    found["error rate"] = alignments.error_rate(most, gold)
    what = looked_upon(most, batch, gold)
    for k, kind in enumerate(kinds[:3]):
        share = what[gold.of(k)].bincount(minlength=len(LOOKS)).float()
        found[f"looks, {kind}"] = (share / share.sum()).tolist()
    generator = torch.Generator().manual_seed(seed)
    hidden = most, weights.topk(2).indices[..., 1], other(most, batch, generator)
    changes = [alignments.hidden_changes(model, batch, places) for places in hidden]
    for k, kind in enumerate(kinds):
        found[f"changed, {kind}"] = [share_of(x, gold.of(k)) for x in changes]
    missed = gold.of(CONTENT) & (most != gold.gold)
    found["elsewhere"] = share_of(missed, gold.of(CONTENT))
    without = alignments.hidden_changes(model, batch, gold.gold.clamp(min=0))
    found["elsewhere: largest"] = share_of(changes[0], missed)
    found["elsewhere: gold"] = share_of(without, missed)
    return found


def share_of(true: Tensor, among: Tensor) -> float:
    """Return how often it is true among some tokens; both (B, T) bool."""
    return true[among].float().mean().item()


def other(most: Tensor, batch: Pairs, generator: torch.Generator) -> Tensor:
    """Return for each step a random source token that is not this one: (B, T)."""
    n = batch.source_mask.sum(1, keepdim=True)  # (B, 1)
    drawn = torch.rand(most.shape, generator=generator)
    step = 1 + (drawn * (n - 1)).long()  # 1 … n − 1
    return (most + step) % n


def looked_upon(most: Tensor, batch: Pairs, gold: Links) -> Tensor:
    """Return which of LOOKS the looked-at token is: (B, T), the first that fits."""
    stop = translating.task().sources.ids["."]
    token = batch.source.gather(1, most)
    fits = [
        most == gold.own,
        (most - gold.own).abs() == 1,
        most == gold.following,
        (token == stop) | (token == EOS_ID),
        torch.ones_like(token, dtype=torch.bool),
    ]
    return torch.stack(fits).int().argmax(0)
