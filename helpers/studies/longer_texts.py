"""What becomes of a text of four sentences, where three were the most in training?

Built in notebooks/06_attention.ipynb.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from helpers.corpora.translation import Translation
from helpers.models.layers import answering
from helpers.models.recurrent import BOS_ID, EOS_ID, write_on
from helpers.objectives import sequence_pairs
from helpers.probes import alignments
from helpers.probes.alignments import CONTENT, STOP
from helpers.studies import translating

SENTENCES = 4
PLACES = range(1, SENTENCES + 1)
CURVES = (
    "kept",
    "hits by sentence",
    "right by sentence",
    "ends after stop",
)
WHERE = "sentence looked at"  # a row for each sentence written, flattened


def beyond(model: nn.Module, texts: Sequence[Translation]) -> dict:
    """Look into texts of SENTENCES: what is left out, and where it goes wrong."""
    words = translating.task().targets
    wanted = [parts(words.encode(text.target), words.ids["."]) for text in texts]
    written = translating.written(model, texts)
    found = [parts(ids, words.ids["."]) for ids in written]
    kept = [
        [sentence in have for sentence in want]
        for have, want in zip(found, wanted, strict=True)
    ]
    going_on = past_the_end(model, texts, SENTENCES)
    whole = [words.encode(text.target) for text in texts]
    right = [a == b for a, b in zip(going_on, whole, strict=True)]
    again = [parts(ids, words.ids["."]) for ids in going_on]
    repeats = [len(set(map(tuple, some))) < len(some) for some in again]
    return {
        "three full stops": np.mean([len(have) == 3 for have in found]),
        "kept": np.mean(kept, 0),
        "exact, end forbidden": np.mean(right),
        "repeats, end forbidden": np.mean(repeats),
    } | _by_sentence(model, texts)


def parts(ids: Sequence[int], stop: int) -> list[list[int]]:
    """Cut a text behind each full stop; what follows the last one is left out."""
    found: list[list[int]] = [[]]
    for token in ids:
        found[-1].append(token)
        if token == stop:
            found.append([])
    return found[:-1]


def past_the_end(
    model: nn.Module, texts: Sequence[Translation], n: int
) -> list[list[int]]:
    """Write greedily, but never end before n full stops, and always then."""
    batch = sequence_pairs.pair_batch(translating.coded(texts))
    stop = translating.task().targets.ids["."]
    stops = torch.zeros(len(texts), dtype=torch.long)

    def choose(logits: Tensor) -> Tensor:
        done = stops >= n
        logits = logits.clone()
        logits[~done, EOS_ID] = -torch.inf
        logits[done, EOS_ID] = torch.inf
        ids = logits.argmax(-1)
        stops.add_(ids == stop)
        return ids[:, None]

    with answering(model):
        state = model.start(batch.source, batch.source_mask)
    begin = torch.full((len(texts), 1), BOS_ID)
    return write_on(model, begin, state, translating.LONGEST, choose, EOS_ID)


def _by_sentence(model: nn.Module, texts: Sequence[Translation]) -> dict:
    """Return for sentence 1, 2 … of texts whether words are right, and looked at.

    All with the right words before. "ends after stop": EOS is the likeliest word behind
    the k-th full stop.
    """
    batch = sequence_pairs.pair_batch(translating.coded(texts))
    gold = alignments.links(texts)
    with answering(model):
        answers = model(batch.source, batch.source_mask, batch.inputs).argmax(-1)
    right = (answers == batch.targets).float()
    stop = gold.of(STOP)
    sentence = stop.cumsum(1) - stop.long()  # (B, T): 0 for the first
    source_stop = batch.source == translating.task().sources.ids["."]
    place = source_stop.cumsum(1) - source_stop.long()  # (B, S)
    ends = torch.zeros_like(right)
    ends[:, :-1] = (answers[:, 1:] == EOS_ID).float()  # behind each token
    among = gold.of(CONTENT), sentence
    found = {
        "right by sentence": _means(right, *among),
        "ends after stop": _means(ends, stop, sentence),
        "hits by sentence": [torch.nan] * SENTENCES,
        WHERE: [torch.nan] * SENTENCES**2,
    }
    if model.score:
        most = alignments.looked_at(model, batch).argmax(-1)  # (B, T)
        found["hits by sentence"] = _means((most == gold.gold).float(), *among)
        looked = place.gather(1, most)  # (B, T): the sentence looked at
        rows = [_means((looked == k).float(), *among) for k in range(SENTENCES)]
        found[WHERE] = np.transpose(rows).flatten().tolist()
    return found


def _means(scores: Tensor, asked_of: Tensor, sentence: Tensor) -> list[float]:
    """Return the mean score of sentence 1, 2 …; all (B, T)."""
    rows = [scores[asked_of & (sentence == k)] for k in range(SENTENCES)]
    return [row.mean().item() for row in rows]
