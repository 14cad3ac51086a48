"""The truth about the world: exact probabilities and the best possible scores.

The grammar is a finite-state machine, so one forward–backward pass (`passes`) gives
every probability: no sampling, no approximation. All losses are in nats per token.
Built in notebooks/00_start_here.ipynb.
"""

import math
from collections.abc import Iterable, Sequence
from random import Random
from typing import NamedTuple

from helpers.corpora import world
from helpers.corpora.grammar.forward_backward import Passes, masked_of, next_of, nsp_of

MASK_SHARE = 0.15


def entropy(p: Sequence[float]) -> float:
    """Return −Σ p log p, the surprise to expect, in nats.

    p holds probabilities that sum to 1. Raises ValueError where they do not.
    Source: Shannon 1948, sec. 6. Built in notebooks/00_start_here.ipynb.
    """
    return cross_entropy(p, p)


def cross_entropy(p: Sequence[float], q: Sequence[float]) -> float:
    """Return −Σ p log q, the mean surprise of a model q in a world p, in nats.

    Infinite where q gives 0 to something that happens. Raises ValueError if the lengths
    differ or one of them does not sum to 1. Built in notebooks/00_start_here.ipynb.
    """
    if len(p) != len(q):
        raise ValueError(
            f"p has {len(p)} outcomes and q has {len(q)}; give equally many"
        )
    for name, values in (("p", p), ("q", q)):
        if min(values) < 0 or abs(sum(values) - 1) > 1e-6:
            raise ValueError(
                f"{name} sums to {sum(values):.4g}; probabilities sum to 1"
            )
    if any(a > 0 and b == 0 for a, b in zip(p, q, strict=True)):
        return math.inf
    return -sum(a * math.log(b) for a, b in zip(p, q, strict=True) if a > 0)


def log_prob(tokens: Iterable[str]) -> float:
    """Return log P(document), its end included, in nats; −inf if it is impossible."""
    return Passes(world.machine(), list(tokens)).log_prob()


def surprisals(tokens: Iterable[str]) -> list[float]:
    """Return −log P(token | tokens before) for each token and, last, for the end."""
    scales = Passes(world.machine(), list(tokens)).scales
    return [-math.log(s) if s else math.inf for s in scales]


def losses(documents: Iterable) -> list[float]:
    """Return the surprisals of all tokens of some documents, ends included: the floor.

    Their mean is the loss, in nats per token, of the best left-to-right model.
    """
    return [s for document in documents for s in surprisals(document.tokens)]


def next_token(prefix: Iterable[str]) -> dict[str, float]:
    """Return P(next token | prefix) for every token that can follow; END is "<eos>".

    Raises ValueError that names the first token the grammar forbids.
    """
    return next_of(world.machine(), list(prefix))


def masked(tokens: Iterable[str], positions: Sequence[int]) -> list[dict[str, float]]:
    """Return the distribution of each hidden token, given all tokens that are not.

    Several positions are hidden *at once*: each is told nothing of the others.
    Raises ValueError for positions outside the text or a text the grammar forbids.
    """
    return masked_of(world.machine(), list(tokens), positions)


def masked_pair(
    a: Sequence[str], b: Sequence[str], positions: Sequence[int]
) -> list[dict[str, float]]:
    """Return the distribution of each hidden token of a + b, where b follows a.

    a is the beginning of a document and b goes on; both are whole sentences, and how
    many is known, as in BERT's [CLS] a [SEP] b [SEP]. Positions count through a + b.
    """
    return masked_of(world.machine(), [*a, *b], positions, _ends(a, b))


def each_masked_pair(a: Sequence[str], b: Sequence[str]) -> list[dict[str, float]]:
    """Return the distribution of every token of a + b, when only that one is hidden."""
    counts = _ends(a, b)
    passes = Passes(world.machine(), [*a, *b], closed=False, counts=counts)
    return [passes.hidden(i) for i in range(len(passes.tokens))]


def _ends(a: Sequence[str], b: Sequence[str]) -> dict[int, int]:
    return {len(a): a.count("."), len(a) + len(b): (*a, *b).count(".")}


def nsp(a: Iterable[str], b: Iterable[str], negatives: str = "random") -> float:
    """Return the probability that b follows a, where half of all pairs do.

    a is the beginning of a document (whole sentences), b some sentences. `negatives`
    says where a false b comes from: "random", the same place of another document, or
    "swapped", the two sentences that do follow, in the wrong order.
    P = P(b | a) / (P(b | a) + P(b | false)). Source: BERT (Devlin et al. 2019), 3.1.
    """
    return nsp_of(world.machine(), list(a), list(b), negatives)


class Floors(NamedTuple):
    """The best possible scores on some documents; losses in nats."""

    next_token: float  # per token, ends included: no left-to-right model does better
    next_token_error: float  # its standard error
    masked: float  # one token hidden at a time
    masked_accuracy: float
    masked_many: float  # 15 % hidden at once, all by [MASK]
    masked_many_accuracy: float
    nsp_random: float  # accuracy, false b from another document
    nsp_swapped: float  # accuracy, false b in the wrong order
    tokens: int


def floors(documents: Sequence, seed: int = 0) -> Floors:
    """Return the best possible scores on these documents. About 1 ms a token."""
    machine, random = world.machine(), Random(seed)
    surprise, single, many = [], [], []
    for document in documents:
        tokens = list(document.tokens)
        surprise += surprisals(tokens)
        passes = Passes(machine, tokens)
        single += [(passes.hidden(i), t) for i, t in enumerate(tokens)]
        hide = [i for i in range(len(tokens)) if random.random() < MASK_SHARE]
        hide = hide or [random.randrange(len(tokens))]
        found = masked(tokens, hide)
        many += [(p, tokens[i]) for p, i in zip(found, hide, strict=True)]
    return Floors(
        *_mean(surprise),
        *_score(single),
        *_score(many),
        *(nsp_accuracy(documents, n) for n in ("random", "swapped")),
        len(surprise),
    )


def pairs(documents: Sequence, negatives: str) -> list[tuple[list, list, bool]]:
    """Return (a, b, does b follow a?): two sentences and two more, half of them false.

    Source: BERT (Devlin et al. 2019), 3.1; "swapped" after ALBERT (Lan et al. 2020).
    """
    out, halves = [], []
    for document in documents:
        ends = [end for _, end in document.sentences]
        tokens = list(document.tokens)
        halves.append(
            (tokens[: ends[1]], tokens[ends[1] : ends[2]], tokens[ends[2] : ends[3]])
        )
    for i, (a, third, fourth) in enumerate(halves):
        _, other_third, other_fourth = halves[(i + 1) % len(halves)]
        false = other_third + other_fourth if negatives == "random" else fourth + third
        out += [(a, third + fourth, True), (a, false, False)]
    return out


def nsp_accuracy(documents: Sequence, negatives: str) -> float:
    """Return the share of pairs that the best judge of all gets right."""
    right = []
    for a, b, follows in pairs(documents, negatives):
        p = nsp(a, b, negatives)
        right.append(0.5 if p == 0.5 else float((p > 0.5) == follows))
    return sum(right) / len(right)


def _mean(values: list[float]) -> tuple[float, float]:
    mean = sum(values) / len(values)
    spread = sum((v - mean) ** 2 for v in values) / max(1, len(values) - 1)
    return mean, math.sqrt(spread / len(values))


def _score(found: list[tuple[dict, str]]) -> tuple[float, float]:
    losses = [-math.log(p[token]) for p, token in found]
    right = [float(max(p, key=p.get) == token) for p, token in found]
    return sum(losses) / len(losses), sum(right) / len(right)
