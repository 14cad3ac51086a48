"""Random numbers without a state: the same for the same position, whoever asks.

A generator must be asked in order; these are functions of (seed, position). So a
training that is resumed, or cut among any number of processes, sees the same numbers.
Built in notebooks/15_scaling_up.ipynb.
"""

import numpy as np

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
ROUNDS = 6


def scramble(numbers: np.ndarray) -> np.ndarray:
    """Mix the bits of whole numbers: one in, one out, and no pattern left.

    numbers (…) uint64 → (…) uint64. Source: Steele, Lea & Flood 2014 (SplitMix64).
    """
    x = np.asarray(numbers, np.uint64) + GOLDEN
    x = (x ^ (x >> np.uint64(30))) * MIX[0]
    x = (x ^ (x >> np.uint64(27))) * MIX[1]
    return x ^ (x >> np.uint64(31))


def key(*parts: int) -> np.uint64:
    """Return one number for several, such as a seed and an epoch; the order counts."""
    mixed = np.zeros(1, np.uint64)
    for part in parts:
        mixed = scramble(mixed ^ np.array([part % 2**64], np.uint64))
    return mixed[0]


def uniform(seed: int, positions: np.ndarray, n: int) -> np.ndarray:
    """Return n numbers in [0, 1) for each position: (B,) → (B, n) float64."""
    starts = scramble(np.asarray(positions, np.uint64) ^ key(seed))
    columns = scramble(np.arange(n, dtype=np.uint64))
    mixed = scramble(starts[:, None] ^ columns)  # (B, n)
    return (mixed >> np.uint64(11)) * 2.0**-53


def shuffled(positions: np.ndarray, n: int, seed: int) -> np.ndarray:
    """Return where each of n positions goes in a random order that is not stored.

    positions (B,) in [0, n) → (B,) in [0, n); different ones stay different. A Feistel
    network shuffles the next power of 4; what falls outside is sent on until it is in.
    Source: Black & Rogaway 2002, sec. 4 and 5.
    """
    half = max(1, (int(n - 1).bit_length() + 1) // 2)
    keys = [key(seed, i) for i in range(ROUNDS)]
    found = _feistel(np.asarray(positions, np.uint64), half, keys)
    outside = found >= n
    while outside.any():
        found[outside] = _feistel(found[outside], half, keys)
        outside = found >= n
    return found.astype(np.int64)


def _feistel(x: np.ndarray, half: int, keys: list[np.uint64]) -> np.ndarray:
    shift, low = np.uint64(half), np.uint64(2**half - 1)
    left, right = x >> shift, x & low
    for each in keys:
        left, right = right, left ^ (scramble(right ^ each) & low)
    return (left << shift) | right
