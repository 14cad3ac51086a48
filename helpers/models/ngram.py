"""Counting models: the next token from the n − 1 tokens before it.

Built in notebooks/00_start_here.ipynb.
"""

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

import numpy as np

BOS = "<bos>"  # as in helpers.tokenization, which models do not import
EOS = "<eos>"
DISCOUNT = 0.75
SMOOTHINGS = ("none", "interpolated")


def bigram_counts(tokens: Sequence[Hashable]) -> Counter:
    """Count the pairs of neighbours: {(a, b): how often b follows a}.

    Built in notebooks/00_start_here.ipynb.
    """
    return Counter(zip(tokens, tokens[1:]))  # noqa: B905 (one shorter on purpose)


def counts(sequences: Iterable[Sequence], n: int) -> Counter:
    """Count n-grams over sequences, each with n − 1 BOS before it and EOS after it."""
    grams: Counter = Counter()
    for sequence in sequences:
        padded = _padded(sequence, n)
        grams.update(padded[i : i + n] for i in range(len(padded) - n + 1))
    return grams


def _padded(sequence: Sequence, n: int) -> tuple:
    return (BOS,) * (n - 1) + (*sequence, EOS)


class NGram:
    """Predict a token from the n − 1 before it; n = 0 knows nothing (uniform).

    `vocab` lists the tokens that may occur; EOS is one more outcome. Smoothing:
    "none" (count shares; unseen → probability 0) or "interpolated" (interpolated
    Kneser–Ney with one discount: Kneser & Ney 1995; Chen & Goodman 1999).
    Raises ValueError for a negative n or another smoothing.
    Built in notebooks/00_start_here.ipynb.
    """

    def __init__(
        self, n: int, vocab: Iterable[Hashable], smoothing: str = "interpolated"
    ):
        if n < 0:
            raise ValueError(f"n={n}: an n-gram has 0 (uniform), 1, 2, 3 … tokens")
        if smoothing not in SMOOTHINGS:
            raise ValueError(f"smoothing={smoothing!r}; choose one of {SMOOTHINGS}")
        self.n = n
        self.smoothing = smoothing
        self.outcomes = len({*vocab, EOS})
        # for 1 … n tokens: n-grams, how often each context was seen, with how many
        self.tables: list[tuple[Counter, Counter, Counter]] = []

    def fit(self, sequences: Iterable[Sequence]) -> "NGram":
        """Count; return the model itself."""
        grams = counts(sequences, self.n) if self.n else Counter()
        self.tables = []
        for order in range(self.n, 0, -1):
            if order < self.n:  # in how many contexts was it seen?
                grams = Counter(gram[1:] for gram in grams)
            totals: Counter = Counter()
            kinds: Counter = Counter()
            for gram, count in grams.items():
                context = gram[:-1]
                totals[context] += count
                kinds[context] += 1
            self.tables.insert(0, (grams, totals, kinds))
        return self

    @property
    def parameters(self) -> int:
        """How many n-grams of the highest order were seen."""
        return len(self.tables[-1][0]) if self.tables else 0

    def prob(self, context: Sequence[Hashable], token: Hashable) -> float:
        """Return P(token | the last n − 1 tokens of the context, BOS where it ends)."""
        if self.n == 0:
            return 1 / self.outcomes
        if not self.tables:
            raise ValueError("nothing was counted yet; call fit(sequences) first")
        padded = (BOS,) * (self.n - 1) + (*context,)
        context = padded[len(padded) - self.n + 1 :]  # n − 1 tokens
        if self.smoothing == "interpolated":
            return self._interpolated(context, token)
        grams, totals, _ = self.tables[-1]
        total = totals[context]
        return grams[(*context, token)] / total if total else 0.0

    def _interpolated(self, context: tuple, token: Hashable) -> float:
        p = 1 / self.outcomes
        for order, (grams, totals, kinds) in enumerate(self.tables, 1):
            seen = context[len(context) - order + 1 :]  # the last order − 1 tokens
            if seen in totals:
                # what the discount takes from seen n-grams goes to the shorter context
                count = max(grams.get((*seen, token), 0) - DISCOUNT, 0.0)
                p = (count + DISCOUNT * kinds[seen] * p) / totals[seen]
        return p

    def losses(self, sequences: Iterable[Sequence]) -> np.ndarray:
        """Return −log p of every token, ends included, in nats; shape (tokens,)."""
        known: dict[tuple, float] = {}  # the same n-gram comes again and again
        out = []
        length = max(self.n, 1)
        for sequence in sequences:
            padded = _padded(sequence, length)
            for i in range(len(sequence) + 1):
                gram = padded[i : i + length]
                if gram not in known:
                    p = self.prob(gram[:-1], gram[-1])
                    known[gram] = -math.log(p) if p else math.inf
                out.append(known[gram])
        return np.array(out)

    def loss(self, sequences: Iterable[Sequence]) -> float:
        """Return the mean of `losses`: nats per token, ends included."""
        losses = self.losses(sequences)
        if not len(losses):
            raise ValueError("0 sequences have no mean loss; give at least one")
        return float(losses.mean())
