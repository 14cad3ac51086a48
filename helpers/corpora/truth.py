"""The truth about the world: exact probabilities and the best possible scores.

The grammar is a finite-state machine, so one forward–backward pass (`Passes`) gives
every probability: no sampling, no approximation. All losses are in nats per token.
Built in notebooks/00_start_here.ipynb.
"""

import math
from collections.abc import Iterable, Sequence

from helpers.corpora import world
from helpers.corpora.grammar.forward_backward import (
    Passes,
    each_next_of,
    masked_of,
    next_of,
)
from helpers.corpora.grammar.next_sentence import nsp_of
from helpers.corpora.world import Document


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
    happens = [(a, b) for a, b in zip(p, q, strict=True) if a > 0]
    if any(b == 0 for _, b in happens):
        return math.inf
    return -sum(a * math.log(b) for a, b in happens)


def log_prob(tokens: Iterable[str]) -> float:
    """Return log P(document), its end included, in nats; −inf if it is impossible."""
    return Passes(world.machine(), tokens).log_prob()


def surprisals(tokens: Iterable[str]) -> list[float]:
    """Return −log P(token | tokens before) for each token and, last, for the end."""
    scales = Passes(world.machine(), tokens).scales
    return [-math.log(scale) if scale else math.inf for scale in scales]


def losses(documents: Iterable[Document]) -> list[float]:
    """Return the surprisals of all tokens of some documents, ends included: the floor.

    Their mean is the loss, in nats per token, of the best left-to-right model.
    """
    found = []
    for document in documents:
        found += surprisals(document.tokens)
    return found


def next_token(prefix: Iterable[str]) -> dict[str, float]:
    """Return P(next token | prefix) for every token that can follow; END is "<eos>".

    Raises ValueError that names the first token the grammar forbids.
    """
    return next_of(world.machine(), list(prefix))


def next_tokens(tokens: Iterable[str]) -> list[dict[str, float]]:
    """Return `next_token` of every beginning of a text: from none of it to all of it.

    Entry i is the distribution of token i, and the last one of what follows the text.
    """
    return each_next_of(world.machine(), list(tokens))


def masked(tokens: Iterable[str], positions: Sequence[int]) -> list[dict[str, float]]:
    """Return the distribution of each hidden token, given all tokens that are not.

    Several positions are hidden *at once*: no distribution knows the other tokens.
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
    tokens = [*a, *b]
    passes = Passes(world.machine(), tokens, closed=False, counts=_ends(a, b))
    return [passes.hidden(i) for i in range(len(tokens))]


def _ends(a: Sequence[str], b: Sequence[str]) -> dict[int, int]:
    """Return how many sentences have ended after a, and after a + b."""
    in_a = a.count(".")
    return {len(a): in_a, len(a) + len(b): in_a + b.count(".")}


# --------------------------------------------------------------- next sentence or not


def nsp(a: Iterable[str], b: Iterable[str], negatives: str = "random") -> float:
    """Return the probability that b follows a, where half of all pairs do.

    a is the beginning of a document (whole sentences), b some sentences. `negatives`
    says where a false b comes from: "random", the same sentences of another document,
    or "swapped", the two sentences that do follow, in the wrong order.
    P = P(b | a) / (P(b | a) + P(b | false)). Source: BERT (Devlin et al. 2019), 3.1.
    """
    return nsp_of(world.machine(), list(a), list(b), negatives)


def pairs(
    documents: Sequence[Document], negatives: str
) -> list[tuple[list[str], list[str], bool]]:
    """Return (a, b, does b follow a?): two sentences and two more, half of them false.

    Source: BERT (Devlin et al. 2019), 3.1; "swapped" after ALBERT (Lan et al. 2020).
    """
    parts = [_first_sentences(document) for document in documents]
    found = []
    for i, (a, third, fourth) in enumerate(parts):
        _, other_third, other_fourth = parts[(i + 1) % len(parts)]
        false = other_third + other_fourth if negatives == "random" else fourth + third
        found.append((a, third + fourth, True))
        found.append((a, false, False))
    return found


def _first_sentences(document: Document) -> tuple[list[str], list[str], list[str]]:
    """Return the first two sentences together, the third, and the fourth."""
    tokens = list(document.tokens)
    _, second, third, fourth = [end for _, end in document.sentences[:4]]
    return tokens[:second], tokens[second:third], tokens[third:fourth]


def nsp_accuracy(documents: Sequence[Document], negatives: str) -> float:
    """Return the share of pairs that the best judge of all gets right."""
    right = 0.0
    for a, b, follows in pairs(documents, negatives):
        p = nsp(a, b, negatives)
        if p == 0.5:
            right += 0.5  # it has to guess
        elif (p > 0.5) == follows:
            right += 1
    return right / (2 * len(documents))
