"""Worked data for the drawings of notebook 07.

The three words and their matrices are those that the notebook works by hand; the two
maps of heads and the lines are rounded from its networks with seed 0.
"""

from helpers.pictures.drawings.example import Example
from helpers.pictures.drawings.lines import attention_lines, way_of_a_signal
from helpers.pictures.drawings.projections import many_heads, projections

WORDS = ["river", "bank", "flooded"]
X = [[2.0, 0.0, 0.0], [1.0, 1.0, 1.0], [1.0, 0.0, 0.0]]
W_Q = [[0.0, 0.0, 3.0], [1.0, -1.0, 0.0]]
W_K = [[1.0, 1.0, -2.0], [1.0, -1.0, 0.0]]
W_V = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
MAP = [[0.77, 0.05, 0.18], [0.88, 0.01, 0.11], [0.58, 0.14, 0.28]]
OTHER = [[0.10, 0.80, 0.10], [0.25, 0.50, 0.25], [0.05, 0.05, 0.90]]
STORY = ["Paul", "remembers", "Florence", ".", "he", "waits", "."]


def one_row(i: int, shares: list[float]) -> list[list[float]]:
    """Return weights in which all tokens but one look at themselves."""
    n = len(shares)
    table = [[float(row == column) for column in range(n)] for row in range(n)]
    table[i] = shares
    return table


VIEWS = {
    "projections": Example(
        projections,
        "07",
        {
            "tokens": WORDS,
            "x": X,
            "matrices": [W_Q, W_K, W_V],
            "title": "One text, three views: X becomes Q, K and V",
        },
    ),
    "many_heads": Example(
        many_heads,
        "07",
        {
            "tokens": WORDS,
            "weights": [MAP, OTHER],
            "title": "Two heads: each has a map of its own",
            "width": 6,
        },
    ),
    "attention_lines": Example(
        attention_lines,
        "07",
        {
            "tokens": STORY,
            "weights": {
                "head 1": one_row(4, [0.62, 0.0, 0.05, 0.0, 0.03, 0.25, 0.05]),
                "head 4": one_row(4, [0.98, 0.0, 0.02, 0.0, 0.0, 0.0, 0.0]),
            },
            "asks": [4],
            "gold": {4: 0},
            "title": "Whom does “he” mean? The frame is the answer",
        },
    ),
    "way_of_a_signal": Example(
        way_of_a_signal,
        "07",
        {
            "tokens": "the trunks of the elephant that the guide watches are".split(),
            "start": 1,
            "end": 9,
            "title": "From the subject to its verb: eight steps, or one look",
        },
    ),
}
