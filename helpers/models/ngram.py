"""Counting models: the next token from the n − 1 tokens before it.

Built in notebooks/00_start_here.ipynb.
"""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

import numpy as np

BOS = "<bos>"  # as in helpers.tokenization, which models do not import
EOS = "<eos>"
DISCOUNT = 0.75
SMOOTHINGS = ("none", "interpolated")


def counts(sequences: Iterable[Sequence], n: int) -> Counter:
    """Count n-grams over sequences, each with n − 1 BOS before it and EOS after it."""
    grams: Counter = Counter()
    for sequence in sequences:
        padded = _padded(sequence, n)
        grams.update(padded[i : i + n] for i in range(len(padded) - n + 1))
    return grams


def _padded(sequence: Sequence, n: int) -> tuple:
    return (BOS,) * (n - 1) + (*sequence, EOS)


def smoothed(
    pairs: Mapping[tuple, int],
    lower: Mapping[Hashable, float],
    before: Hashable,
    token: Hashable,
    discount: float,
) -> float:
    """Return P(token | before) from counted pairs, a discount taken from each.

    `lower` maps tokens to the probabilities among which the discounts are given out;
    they are all there is after a token that was never seen.
    Source: Kneser & Ney 1995. Built in notebooks/00_start_here.ipynb.
    """
    after = [count for (first, _), count in pairs.items() if first == before]
    if not after:
        return lower[token]
    seen = max(pairs.get((before, token), 0) - discount, 0.0)
    return (seen + discount * len(after) * lower[token]) / sum(after)


def write(
    following: Callable[[Sequence], Mapping[Hashable, float]], numbers: Iterable[float]
) -> list:
    """Write a text with any model: at most one token for each number in [0, 1).

    `following` takes the tokens so far and returns {token: probability}. The interval
    from 0 to 1 is cut into one piece a token, as long as its probability, and the piece
    that the number falls into is the next token. EOS ends the text and is left out.
    Built in notebooks/00_start_here.ipynb.
    """
    text: list = []
    for number in numbers:
        token = _drawn(following(text), number)
        if token == EOS:
            return text
        text.append(token)
    return text


def _drawn(shares: Mapping[Hashable, float], number: float) -> Hashable:
    """Return the token into whose piece of the interval the number falls."""
    for token, p in shares.items():
        number -= p
        if number < 0:
            return token
    return token  # where rounding left a rest


class NGram:
    """Predict a token from the n − 1 before it; n = 0 knows nothing (uniform).

    `vocab` lists the tokens that may occur; EOS is one more outcome. Smoothing:
    "none" (count shares; unseen → probability 0) or "interpolated" (interpolated
    Kneser–Ney with one discount: Kneser & Ney 1995; Chen & Goodman 1999).
    Raises ValueError for a negative n, another smoothing, a discount not in [0, 1].
    Built in notebooks/00_start_here.ipynb.
    """

    def __init__(
        self,
        n: int,
        vocab: Iterable[Hashable],
        smoothing: str = "interpolated",
        discount: float = DISCOUNT,
    ):
        if n < 0:
            raise ValueError(f"n={n}: an n-gram has 0 (uniform), 1, 2, 3 … tokens")
        if smoothing not in SMOOTHINGS:
            raise ValueError(f"smoothing={smoothing!r}; choose one of {SMOOTHINGS}")
        if not 0 <= discount <= 1:
            raise ValueError(f"discount={discount}; it is taken from counts: 0 to 1")
        self.n = n
        self.smoothing = smoothing
        self.discount = discount
        self.tokens = tuple(dict.fromkeys([*vocab, EOS]))
        self.outcomes = len(self.tokens)
        # for 1 … n tokens: n-grams, how often each context was seen, with how many
        self.tables: list[tuple[Counter, Counter, Counter]] = []
        self._followers: list[dict[tuple, list]] = []  # made when first asked for

    def fit(self, sequences: Iterable[Sequence]) -> "NGram":
        """Count; return the model itself."""
        grams = counts(sequences, self.n) if self.n else Counter()
        self.tables = []
        self._followers = []
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
        context = self._last(context)
        if self.smoothing == "interpolated":
            return self._interpolated(context, token)
        grams, totals, _ = self.tables[-1]
        total = totals[context]
        return grams[(*context, token)] / total if total else 0.0

    def _last(self, context: Sequence[Hashable]) -> tuple:
        """Return the last n − 1 tokens. Raises ValueError if nothing was counted."""
        if not self.tables:
            raise ValueError("nothing was counted yet; call fit(sequences) first")
        padded = (BOS,) * (self.n - 1) + (*context,)
        return padded[len(padded) - self.n + 1 :]

    def following(self, context: Sequence[Hashable]) -> dict[Hashable, float]:
        """Return {token: P(token | context)} for every token of the vocabulary, EOS.

        The same numbers as `prob`, all at once.
        """
        if self.n == 0 or self.smoothing == "none":
            return {token: self.prob(context, token) for token in self.tokens}
        context = self._last(context)
        shares = dict.fromkeys(self.tokens, 1 / self.outcomes)
        for order, (_, totals, kinds) in enumerate(self.tables, 1):
            seen = context[len(context) - order + 1 :]
            if seen not in totals:
                break
            total = totals[seen]
            handed_on = self.discount * kinds[seen] / total
            shares = {token: handed_on * p for token, p in shares.items()}
            for token, count in self._after(order)[seen]:
                shares[token] += (count - self.discount) / total
        return shares

    def _after(self, order: int) -> dict[tuple, list]:
        """Return {context: [(token, count)]} for n-grams of one order."""
        if not self._followers:
            for grams, _, _ in self.tables:
                found: dict[tuple, list] = {}
                for gram, count in grams.items():
                    found.setdefault(gram[:-1], []).append((gram[-1], count))
                self._followers.append(found)
        return self._followers[order - 1]

    def _interpolated(self, context: tuple, token: Hashable) -> float:
        p = 1 / self.outcomes
        for order, (grams, totals, kinds) in enumerate(self.tables, 1):
            seen = context[len(context) - order + 1 :]  # the last order − 1 tokens
            if seen in totals:
                # what the discount takes from seen n-grams goes to the shorter context
                count = max(grams.get((*seen, token), 0) - self.discount, 0.0)
                p = (count + self.discount * kinds[seen] * p) / totals[seen]
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
