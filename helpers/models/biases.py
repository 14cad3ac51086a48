"""A bias for every query and key, looked up by their distance: Shaw's, T5's, ALiBi's.

Built in notebooks/08_positions.ipynb.
"""

from torch import Tensor

from helpers.models.positions import distances


def relative_bias(numbers: Tensor, length: int) -> Tensor:
    """Return the bias of each query and key of a text by their distance: (T, T).

    `numbers` (2K + 1,) holds one number for each distance, key − query, from −K to K;
    what is farther away takes the number at the end. So b[p, n] = numbers[n − p + K].
    Source: Shaw, Uszkoreit & Vaswani 2018, sec. 3.2 (the clipping). Built in
    notebooks/08_positions.ipynb.
    """
    farthest = len(numbers) // 2  # K
    away = distances(length, length).clamp(-farthest, farthest)
    return numbers[away + farthest]
