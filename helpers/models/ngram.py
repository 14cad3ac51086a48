"""Counting models: the next token from the n − 1 tokens before it.

Built in notebooks/00_start_here.ipynb.
"""

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

import numpy as np

BOS, END = "<bos>", "<eos>"
DISCOUNT = 0.75


def bigram_counts(tokens: Sequence[Hashable]) -> Counter:
    """Count the pairs of neighbours: {(a, b): how often b follows a}.

    Built in notebooks/00_start_here.ipynb.
    """
    return Counter(zip(tokens, tokens[1:]))  # noqa: B905 (one shorter on purpose)


def counts(sequences: Iterable[Sequence], n: int) -> Counter:
    """Count n-grams over sequences, each with n − 1 BOS before it and END after it."""
    out: Counter = Counter()
    for sequence in sequences:
        padded = [BOS] * (n - 1) + [*sequence, END]
        out.update(zip(*(padded[i:] for i in range(n))))  # noqa: B905
    return out


class NGram:
    """Predict a token from the n − 1 before it; n = 0 knows nothing (uniform).

    `vocab` lists the tokens that may occur; END is one more outcome. Smoothing:
    "none" (count shares; unseen → probability 0), "add_one" (Laplace), "interpolated"
    (interpolated Kneser–Ney with one discount: Kneser & Ney 1995; Chen & Goodman 1999).
    Raises ValueError for a negative n or another smoothing.
    Built in notebooks/00_start_here.ipynb.
    """

    def __init__(self, n: int, vocab: Iterable[Hashable], smoothing="interpolated"):
        if n < 0:
            raise ValueError(f"n={n}: an n-gram has 0 (uniform), 1, 2, 3 … tokens")
        if smoothing not in ("none", "add_one", "interpolated"):
            raise ValueError(
                f"smoothing={smoothing!r}; use 'none', 'add_one' or 'interpolated'"
            )
        self.n, self.smoothing = n, smoothing
        self.outcomes = len(set(vocab) | {END})
        self.tables: list[tuple[Counter, Counter, Counter]] = []

    def fit(self, sequences: Iterable[Sequence]) -> "NGram":
        """Count; return the model itself."""
        grams = counts(sequences, self.n) if self.n else Counter()
        self.tables = []
        for order in range(self.n, 0, -1):
            if order < self.n:  # in how many contexts was it seen?
                grams = Counter(gram[1:] for gram in grams)
            totals, kinds = Counter(), Counter()
            for gram, count in grams.items():
                totals[gram[:-1]] += count
                kinds[gram[:-1]] += 1
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
        padded = (*([BOS] * (self.n - 1)), *context)
        return self._prob(padded[len(padded) - self.n + 1 :], token)

    def _prob(self, context: tuple, token: Hashable) -> float:
        grams, totals, _ = self.tables[-1]
        count, total = grams[(*context, token)], totals[context]
        if self.smoothing == "none":
            return count / total if total else 0.0
        if self.smoothing == "add_one":
            return (count + 1) / (total + self.outcomes)
        return self._interpolated(context, token)

    def _interpolated(self, context: tuple, token: Hashable) -> float:
        p = 1 / self.outcomes
        for order in range(1, self.n + 1):
            grams, totals, kinds = self.tables[order - 1]
            seen = context[len(context) - order + 1 :]
            total = totals.get(seen, 0)
            if total:
                share = max(grams.get((*seen, token), 0) - DISCOUNT, 0.0)
                p = (share + DISCOUNT * kinds[seen] * p) / total
        return p

    def losses(self, sequences: Iterable[Sequence]) -> np.ndarray:
        """Return −log p of every token, ends included, in nats; shape (tokens,)."""
        known: dict[tuple, float] = {}
        out = []
        for sequence in sequences:
            padded = (*([BOS] * max(0, self.n - 1)), *sequence, END)
            for i in range(len(sequence) + 1):
                gram = padded[i : i + max(1, self.n)]
                if gram not in known:
                    p = self.prob(gram[:-1], gram[-1])
                    known[gram] = -math.log(p) if p else math.inf
                out.append(known[gram])
        return np.array(out)

    def loss(self, sequences: Iterable[Sequence]) -> float:
        """Return the mean of `losses`: nats per token, ends included."""
        return float(self.losses(sequences).mean())
