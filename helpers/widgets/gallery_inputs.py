"""What the gallery shows: weights, vectors, a vocabulary, sizes; seeded, or by hand."""

import numpy as np

from helpers.tokenization.wordpiece import SPECIALS, WordPiece
from helpers.widgets import layer_mix, sense_map, size_calculator
from helpers.widgets.shell import View


def attention_example(n_layers: int, n_heads: int, tokens: list[str]) -> np.ndarray:
    """Return weights (L, H, T, T) that look like a trained model's, from a seed.

    Each head mixes habits: one token back, itself, [SEP] or the end, one far place.
    """
    rng = np.random.default_rng(7)
    n = len(tokens)
    here = np.arange(n)
    far = here[:, None] - here[None]
    ends = np.array([t in ("[CLS]", "[SEP]") for t in tokens])
    weights = np.empty((n_layers, n_heads, n, n))
    for layer in range(n_layers):
        for head in range(n_heads):
            shift, habit = rng.integers(-2, 3), rng.dirichlet(np.full(3, 0.6))
            scores = 7 * habit[0] * (far == shift) + 6 * habit[1] * ends
            scores = scores + 5 * habit[2] * rng.normal(size=(n, n))
            shown = np.exp(scores - scores.max(-1, keepdims=True))
            weights[layer, head] = shown / shown.sum(-1, keepdims=True)
    return weights


def occurrences() -> tuple[np.ndarray, list[str], list[str]]:
    """Return vectors (3, 32, 12), senses, texts: layer by layer, senses come apart."""
    rng = np.random.default_rng(9)
    senses = ["bank/money", "bank/river", "bat/game", "bat/zoo"] * 8
    words = [sense.split("/")[0] for sense in senses]
    texts = [f"… a sentence with {word}, number {i}" for i, word in enumerate(words)]
    kinds = sorted(set(senses))
    forms = rng.normal(size=(2, 12)).repeat(2, 0)
    apart = rng.normal(size=(4, 12))
    rows = [kinds.index(s) for s in senses]
    noise = (
        rng.normal(size=(3, len(senses), 12))
        * np.array([0.02, 0.5, 0.5])[:, None, None]
    )
    depth = np.array([0.0, 0.8, 1.5])[:, None, None]
    return forms[rows] + depth * apart[rows] + noise, senses, texts


def example_mix() -> View:
    """layer_mix: three layers that know more and more of the sense."""
    return layer_mix(*occurrences())


def example_senses() -> View:
    """sense_map: the same, as maps."""
    return sense_map(*occurrences(), ["token layer", "layer 1", "layer 2"])


def pieces_example() -> WordPiece:
    """Return a WordPiece of a few words, parts of words and letters, made by hand."""
    words = "the bank by river was steep crane eats a fish it flies we read un em word"
    rests = "##bed ##ding ##s ##believ ##able ##ing ##er ##ly"
    letters = "abcdefghijklmnopqrstuvwxyz"
    known = [*words.split(), *rests.split(), *letters, *".,!-"]
    return WordPiece(dict.fromkeys([*SPECIALS, *known, *("##" + c for c in letters)]))


def example_sizes() -> View:
    """size_calculator: three released sizes on two devices that nobody sells."""
    from helpers.models.bert import BERTSize  # only here: it brings torch along

    shapes = {"tiny": (128, 2, 2), "base": (768, 12, 12), "large": (1024, 16, 24)}
    presets = {
        name: BERTSize(30_522, c, h, 4 * c, n, longest=512)
        for name, (c, h, n) in shapes.items()
    }
    rates = {"1e11 operations a second": 1e11, "1e14 operations a second": 1e14}
    return size_calculator(presets, rates, "base")
