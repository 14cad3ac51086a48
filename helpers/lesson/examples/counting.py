"""Examples for the exercises on counts, on writing with a model, and on a machine.

Built in notebooks/00_start_here.ipynb.
"""

from collections import Counter
from collections.abc import Sequence

BOS = "<bos>"
EOS = "<eos>"

PAIRS = Counter(
    {("the", "bank"): 4, ("the", "cat"): 1, ("a", "cat"): 2, ("cat", "."): 3}
)
LOWER = {"the": 0.1, "a": 0.1, "bank": 0.2, "cat": 0.4, ".": 0.2}

# state → (token, next state, probability): two ways write "x"
FORK = {
    "start": [("x", "left", 0.2), ("x", "right", 0.6), ("y", "left", 0.2)],
    "left": [("x", "left", 0.5), ("z", "end", 0.5)],
    "right": [("z", "end", 0.25), ("y", "right", 0.75)],
    "end": [],
}


class Model:
    """A bigram model with its probabilities in a table, called with the text so far."""

    def __init__(self, name: str, table: dict[str, dict[str, float]]):
        self.name = name
        self.table = table

    def __repr__(self) -> str:
        return self.name

    def __call__(self, text: Sequence[str]) -> dict[str, float]:
        return self.table[text[-1] if text else BOS]


SLEEPY = Model(
    "sleepy",
    {
        BOS: {"cats": 0.5, "dogs": 0.5},
        "cats": {"sleep": 0.25, "dream": 0.75},
        "dogs": {"sleep": 1.0},
        "sleep": {EOS: 0.6, "cats": 0.4},
        "dream": {"cats": 0.2, EOS: 0.8},
    },
)

EXERCISES = {
    "smoothed": (
        "helpers.models.ngram.smoothed",
        [
            (PAIRS, LOWER, "the", "bank", 0.75),
            (PAIRS, LOWER, "the", "a", 0.75),
            (PAIRS, LOWER, "a", "cat", 0.5),
            (PAIRS, LOWER, "bank", "cat", 0.75),  # never seen before a token
        ],
    ),
    "write": (
        "helpers.models.ngram.write",
        [
            (SLEEPY, [0.1, 0.2, 0.9, 0.1, 0.5]),
            (SLEEPY, [0.7, 0.3, 0.3]),  # ends here
            (SLEEPY, [0.2, 0.99, 0.1, 0.3]),  # the numbers end before the text
            (SLEEPY, []),
        ],
    ),
    "forward": (
        "helpers.corpora.grammar.forward_backward.forward",
        [
            ({"start": 1.0}, FORK, ["x", "z"]),
            ({"start": 1.0}, FORK, ["x", "x", "z"]),
            ({"start": 0.5, "right": 0.5}, FORK, ["y", "y", "z"]),
        ],
    ),
}
