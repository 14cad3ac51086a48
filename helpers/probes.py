"""Questions about what a model knows, with the answer known.

Built in notebooks/01_words_as_numbers.ipynb, 02_rnn.ipynb, 04_elmo.ipynb,
06_self_attention.ipynb, 08_transformer_encoder.ipynb and 11_bert_pretraining.ipynb.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from helpers.masking import Packed
from helpers.objectives import pad
from helpers.tokenizers import BOS_ID
from helpers.wordpiece import MASK_ID, SPECIALS


class Threshold(NamedTuple):
    """The best cut of a score, its accuracy, and what always guessing one side gets."""

    threshold: float
    accuracy: float
    majority: float


class Share(NamedTuple):
    """A share of right answers with its standard error and count."""

    mean: float
    standard_error: float
    count: int


def best_threshold(scores: Sequence[float], gold: Sequence[bool]) -> Threshold:
    """Find the threshold that best tells gold True (score above it) from False.

    Shapes: (n,), (n,). Raises ValueError if the lengths differ or are 0.
    Built in notebooks/01_words_as_numbers.ipynb.
    """
    scores, gold = np.asarray(scores, float), np.asarray(gold, bool)
    if scores.shape != gold.shape or not len(scores):
        raise ValueError(f"{scores.shape} scores and {gold.shape} answers do not match")
    cuts = np.concatenate([[-np.inf], np.unique(scores)])
    right = ((scores[None] > cuts[:, None]) == gold).mean(1)
    best = int(right.argmax())
    return Threshold(
        cuts[best], float(right[best]), float(max(gold.mean(), 1 - gold.mean()))
    )


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


def share_by(right: np.ndarray, items: Sequence, key: Callable) -> dict[object, Share]:
    """Group right answers by `key(item)`: {value: share of right ones}, sorted."""
    groups: dict[object, list[float]] = {}
    for ok, item in zip(right, items, strict=True):
        groups.setdefault(key(item), []).append(float(ok))
    return {k: share(groups[k]) for k in sorted(groups)}


def share(right: Sequence[float]) -> Share:
    """Return the mean of 0s and 1s with its binomial standard error."""
    mean = float(np.mean(right))
    return Share(mean, float(np.sqrt(mean * (1 - mean) / len(right))), len(right))


def fill_masks(model: nn.Module, packed: Packed) -> torch.Tensor:
    """Hide each token of one text alone; return the model's answers (T, V).

    `packed` holds one row, `model` is a BERTForPretraining. One batch for all tokens;
    rows of specials and padding are zeros. Raises ValueError for more rows, or a text
    with nothing to hide. Source: Devlin et al. 2019, sec. 3.1.
    Built in notebooks/11_bert_pretraining.ipynb.
    """
    ids, segments, mask = packed
    if len(ids) != 1:
        raise ValueError(f"{len(ids)} texts; give one row: pack([text])")
    asked = mask[0] & (ids[0] >= len(SPECIALS))
    n = int(asked.sum())
    if not n:
        raise ValueError("the text holds only special tokens; give at least one word")
    hidden = torch.diag(asked)[asked]  # (n, T)
    copies = ids.repeat(n, 1).masked_fill(hidden, MASK_ID)  # (n, T)
    model.eval()
    with torch.no_grad():
        rows = [x.repeat(n, 1) for x in (mask, segments)]
        logits, _ = model(copies, *rows, asked=hidden)  # (n, V)
    out = logits.new_zeros(ids.shape[1], logits.shape[-1])  # (T, V)
    out[asked] = logits.softmax(-1)
    return out


class Occurrences(NamedTuple):
    """Ambiguous words in their texts: vectors (L, n, C), senses and short texts."""

    vectors: np.ndarray
    senses: list[str]
    texts: list[str]


def occurrences(layers: torch.Tensor, documents: Sequence) -> Occurrences:
    """Collect the vectors of all ambiguous words, with their gold senses.

    `layers` (L, B, T, C) are in line with the documents' tokens. Texts are the four
    tokens before and after. Built in notebooks/04_elmo.ipynb.
    """
    places = [(r, t) for r, d in enumerate(documents) for t in range(len(d))]
    places = [(r, t) for r, t in places if documents[r].senses[t]]
    rows, columns = (list(part) for part in zip(*places, strict=True))
    texts = [" ".join(documents[r].tokens[max(0, t - 4) : t + 5]) for r, t in places]
    senses = [documents[r].senses[t] for r, t in places]
    return Occurrences(layers[:, rows, columns].numpy(), senses, texts)


def nearest_sense(known: tuple, asked: tuple) -> Share:
    """Name the sense of each asked occurrence by its nearest known one.

    Both are (vectors (n, C), senses "form/scene"); neighbours by cosine, among known
    occurrences of the same form. Source: Peters et al. 2018, sec. 5.3 (there: nearest
    mean of a sense). Built in notebooks/04_elmo.ipynb.
    """
    (a, known_senses), (b, senses) = known, asked
    a, b = (v / np.linalg.norm(v, axis=1, keepdims=True).clip(1e-12) for v in (a, b))
    forms = np.array([s.split("/")[0] for s in known_senses])
    alike = b @ a.T  # (asked, known)
    alike[np.array([s.split("/")[0] for s in senses])[:, None] != forms] = -np.inf
    found = np.array(known_senses)[alike.argmax(1)]
    return share(found == np.array(senses))


def linear_probe(known: tuple, asked: tuple, ridge: float = 1.0) -> Share:
    """Fit labels by ridge regression on vectors; return the share right on others.

    Both are (vectors (n, C), labels). What a linear map can read off a layer.
    Source: Alain & Bengio 2016. Built in notebooks/04_elmo.ipynb.
    """
    (a, labels), (b, wanted) = known, asked
    kinds = sorted(set(labels))
    targets = np.array([[label == kind for kind in kinds] for label in labels]) * 1.0
    a, b = (np.c_[v, np.ones(len(v))] for v in (a, b))
    W = np.linalg.solve(a.T @ a + ridge * np.eye(a.shape[1]), a.T @ targets)
    found = [kinds[i] for i in (b @ W).argmax(1)]
    return share([f == w for f, w in zip(found, wanted, strict=True)])


def usual_sense(known: Sequence, fresh: Sequence) -> float:
    """Return how often the most frequent sense of a form is right: the simplest rule.

    `known` and `fresh` are documents of the world; senses are counted in the first and
    named in the second. A share in [0, 1].
    Built in notebooks/04_elmo.ipynb.
    """
    counts = Counter(s for d in known for s in d.senses if s)
    usual = {s.split("/")[0]: s for s, _ in reversed(counts.most_common())}
    asked = [s for d in fresh for s in d.senses if s]
    return sum(usual.get(s.split("/")[0]) == s for s in asked) / len(asked)


def longest_chain(y: torch.Tensor) -> int:
    """Count the operations of which each had to wait for the one before it.

    The longest path through what PyTorch keeps for the gradient of y.
    Built in notebooks/08_transformer_encoder.ipynb.
    """
    depth, todo = {None: 0}, [y.grad_fn]
    while todo:
        before = [node for node, _ in todo[-1].next_functions]
        waiting = [node for node in before if node not in depth]
        todo += waiting
        if not waiting:
            depth[todo.pop()] = 1 + max([depth[n] for n in before], default=0)
    return depth[y.grad_fn]


def milliseconds(action: Callable[[], object], times: int = 15) -> float:
    """Return the time of the shortest of several runs: the least disturbed one."""
    runs = []
    for _ in range(times):
        start = perf_counter()
        action()
        runs.append(perf_counter() - start)
    return 1000 * min(runs)


def prune(keep: torch.Tensor, measure: Callable[[], np.ndarray]) -> list[np.ndarray]:
    """Silence heads one by one, always the one that is missed least.

    `keep` (H,) is the buffer of a MultiHeadAttention; `measure()` returns shares of
    right answers, and their mean decides. Returns H + 1 measurements, the first with
    all heads, the last with none; `keep` is all ones again afterwards.
    Source: Michel, Levy & Neubig 2019. Built in notebooks/06_self_attention.ipynb.
    """
    left, found = list(range(len(keep))), [measure()]
    while left:
        tried = {}
        for head in left:
            keep[head] = 0
            tried[head] = measure()
            keep[head] = 1
        best = max(left, key=lambda head: float(np.mean(tried[head])))
        keep[best] = 0
        left.remove(best)
        found.append(tried[best])
    keep.fill_(1)
    return found
