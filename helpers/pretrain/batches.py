"""Step n reads these rows: batches that are a function of their place in the data.

Nothing is remembered between two batches, so a resumed training goes on anywhere, and
any number of ranks and parts cuts the same rows among them. Built in
notebooks/15_scaling_up.ipynb.
"""

from collections.abc import Iterator

import numpy as np
import torch

from helpers import environment
from helpers.objectives import masking
from helpers.objectives.masking import IGNORE_INDEX, PAPER, Pretraining, Shares
from helpers.pretrain import counter_random, distributed
from helpers.pretrain.shards import Windows
from helpers.tokenization.wordpiece import SPECIALS

FALSE_B = 0.5  # of the pairs
# one stream of random numbers for each decision
ORDER, ROWS, TOKENS, FATES, OTHERS = range(5)


class Batches:
    """Endless batches of windows with hidden tokens and pairs.

    Row n of the training is window shuffled(n mod N) of N, in another order each epoch.
    A window of two sentences or more becomes a pair [CLS] a [SEP] b [SEP]; half of
    these get b of another document, cut to the room. One sentence alone is no pair.
    """

    def __init__(
        self, windows: Windows, batch_size: int, seed: int, shares: Shares = PAPER
    ):
        if batch_size < 1:
            raise ValueError(f"batch_size={batch_size}; use 1 or more")
        self.windows, self.batch_size, self.seed = windows, batch_size, seed
        self.shares, self.vocab_size = shares, len(windows.shards.pieces())

    def mark(self) -> str:
        """Return a short hash of all that decides which rows come, and how."""
        about = (self.windows.shards.digest, self.windows.room, self.batch_size)
        text = repr((*about, self.seed, tuple(self.shares)))
        return environment.sha256(text.encode())[:16]

    def step(self, n: int, parts: int = 1) -> list[Pretraining]:
        """Return this rank's rows of step n (0, 1, …), cut into so many parts."""
        mine = distributed.part(range(n * self.batch_size, (n + 1) * self.batch_size))
        cuts = np.array_split(np.array(mine, np.int64), parts)
        return [self.rows(places) for places in cuts if len(places)]

    def rows(self, places: np.ndarray) -> Pretraining:
        """Return the rows at some places in the data: (B,) → a batch of B."""
        rows, dice = (
            self._windows(places),
            counter_random.uniform(self._key(ROWS), places, 5),
        )
        starts, ends = self.windows.spans(rows)
        borders = self.windows.borders(rows, dice[:, 0])
        paired = borders < ends
        false = paired & (dice[:, 1] < FALSE_B)
        others = (dice[:, 2] * len(self.windows)).astype(np.int64)
        others = self.windows.elsewhere(rows, others)
        b_starts = np.where(false, self.windows.borders(others, dice[:, 4]), borders)
        b_starts, b_ends = self._second(b_starts, others, false, ends)
        b_ends = np.minimum(b_ends, b_starts + self.windows.room - (borders - starts))
        firsts, seconds = self._read(starts, borders), self._read(b_starts, b_ends)
        chosen = zip(firsts, seconds, paired.tolist(), strict=True)
        packed = masking.pack([(a, b) if pair else a for a, b, pair in chosen])
        follows = np.where(paired, false, IGNORE_INDEX)
        return self._hidden(packed, places, dice[:, 3], torch.from_numpy(follows))

    def _windows(self, places: np.ndarray) -> np.ndarray:
        """Return which window stands at each place: every epoch in its own order."""
        n, found = len(self.windows), np.empty(len(places), np.int64)
        for epoch in np.unique(places // n):
            here = places // n == epoch
            order = int(counter_random.key(self.seed, ORDER, int(epoch)))
            found[here] = counter_random.shuffled(places[here] % n, n, order)
        return found

    def _second(self, b_starts, others, false, ends) -> tuple[np.ndarray, np.ndarray]:
        """Return the second texts; a false one of one sentence begins with it."""
        other_starts, other_ends = self.windows.spans(others)
        alone = false & (b_starts == other_ends)
        return np.where(alone, other_starts, b_starts), np.where(
            false, other_ends, ends
        )

    def _read(self, starts: np.ndarray, ends: np.ndarray) -> Iterator[np.ndarray]:
        tokens = self.windows.shards.tokens
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            yield np.array(tokens[start:end], np.int64)

    def _hidden(self, packed, places, row_dice, follows) -> Pretraining:
        """Hide tokens as `masking.hide` does, by dice that belong to the place."""
        size = packed.ids.shape[1]
        asked, fates, others = (
            torch.from_numpy(counter_random.uniform(self._key(name), places, size))
            for name in (TOKENS, FATES, OTHERS)
        )
        rows = torch.from_numpy(row_dice)
        chosen = masking.chosen_by(asked, rows, packed, self.shares.chosen)
        ordinary = self.vocab_size - len(SPECIALS)
        others = (others * ordinary).long() + len(SPECIALS)
        ids, targets = masking.hidden_by(fates, others, packed, chosen, self.shares)
        return Pretraining(ids, packed.mask, packed.segments, targets, follows.long())

    def _key(self, name: int) -> int:
        return int(counter_random.key(self.seed, name))
