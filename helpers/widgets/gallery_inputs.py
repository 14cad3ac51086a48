"""What the examples show: weights, vectors, a vocabulary; seeded, or made by hand."""

from types import SimpleNamespace

import numpy as np

from helpers.corpora.translation import Translation
from helpers.tokenization.wordpiece import SPECIALS, WordPiece

SENTENCE = "[CLS] the crane by the river eats a fish . [SEP] it flies home . [SEP]"
FARMER = "the farmer near the old barns sees it"


def softmax(scores: np.ndarray) -> np.ndarray:
    """Return probabilities over the last axis."""
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def attention_example(n_layers: int, n_heads: int, tokens: list[str]) -> np.ndarray:
    """Return weights (L, H, T, T) that look like a trained model's, from a seed.

    Each head mixes habits: one token back, itself, [SEP] or the end, one far position.
    """
    rng = np.random.default_rng(7)
    n_tokens = len(tokens)
    positions = np.arange(n_tokens)
    distances = positions[:, None] - positions  # (T, T)
    is_special = np.array([token in ("[CLS]", "[SEP]") for token in tokens])
    weights = np.empty((n_layers, n_heads, n_tokens, n_tokens))
    for layer in range(n_layers):
        for head in range(n_heads):
            shift = rng.integers(-2, 3)
            habits = rng.dirichlet(np.full(3, 0.6))
            scores = 7 * habits[0] * (distances == shift) + 6 * habits[1] * is_special
            scores = scores + 5 * habits[2] * rng.normal(size=(n_tokens, n_tokens))
            weights[layer, head] = softmax(scores)
    return weights


def alignment_example(pair: Translation) -> np.ndarray:
    """Return weights (T_target, T_source) near the gold words of a translation."""
    rng = np.random.default_rng(4)
    scores = 1.2 * rng.normal(size=(len(pair.target), len(pair.source)))
    for t, gold in enumerate(pair.alignment):
        if gold is not None:
            scores[t, gold] += 5
    scores[3, 5] += 6  # one mistake: the words around it are nearer
    return softmax(scores)


def guesses_example(tokens: list[str], words: list[str]) -> tuple[np.ndarray, ...]:
    """Return a model's guesses (T, V) for each hidden token, and the exact ones."""
    rng = np.random.default_rng(12)
    n_tokens = len(tokens)
    labels = np.array([words.index(token) for token in tokens])
    scores = 1.5 * rng.normal(size=(n_tokens, len(words)))
    scores[np.arange(n_tokens), labels] += rng.uniform(0, 6, n_tokens)
    exact_scores = scores + rng.normal(size=scores.shape)
    return softmax(scores), softmax(exact_scores)


def ladder_example() -> tuple[list[str], list[float], list[tuple[int, float]]]:
    """Return models, their losses, and their costs (parameters, training seconds)."""
    models = "uniform unigram bigram trigram RNN LSTM GPT".split()
    losses = [6.46, 4.73, 2.69, 2.37, 2.04, 1.94, 1.59]
    parameters = [0, 630, 8_800, 33_400, 147_000, 221_000, 182_000]
    seconds = [0.0, 0.0, 0.1, 0.2, 15.0, 19.0, 30.0]
    return models, losses, list(zip(parameters, seconds, strict=True))


def training_example() -> tuple[SimpleNamespace, dict[str, list[tuple]]]:
    """Return the history of 800 made-up steps, and curves evaluated every 50 steps."""
    rng = np.random.default_rng(8)
    steps = np.arange(1, 801)
    history = SimpleNamespace(
        losses=list(1.4 + 4 * np.exp(-steps / 130) + 0.15 * rng.normal(size=800)),
        learning_rates=list(3e-3 * np.minimum(steps / 40, (801 - steps) / 760)),
        gradient_norms=list(0.6 + np.exp(-steps / 90) + 0.1 * rng.random(800)),
        evaluations=[],
        interrupted=False,
    )
    evaluated = steps[49::50]
    loss = 1.45 + 4 * np.exp(-evaluated / 130)
    accuracy = 0.5 + 0.4 / (1 + np.exp((300 - evaluated) / 60))
    curves = {
        "masked": list(zip(evaluated, loss, strict=True)),
        "pair accuracy": list(zip(evaluated, accuracy, strict=True)),
    }
    return history, curves


def groups_example() -> tuple[np.ndarray, list[str], list[str]]:
    """Return vectors (24, 24) around four centres, their words and their groups."""
    rng = np.random.default_rng(2)
    words_of = {
        "animal": "cat dog horse cow fox wolf",
        "food": "bread soup rice apple",
        "motion": "run walk swim fly climb jump",
        "place": "town river barn hill",
    }
    centres = {group: rng.normal(size=24) for group in words_of}
    words = []
    groups = []
    for group, text in words_of.items():
        words += text.split()
        groups += [group] * len(text.split())
    vectors = [centres[group] + 0.9 * rng.normal(size=24) for group in groups]
    return np.array(vectors), words, groups


def occurrences() -> tuple[np.ndarray, list[str], list[str]]:
    """Return vectors (3, 32, 12), senses, texts: layer by layer, senses come apart."""
    rng = np.random.default_rng(9)
    senses = ["bank/money", "bank/river", "bat/game", "bat/zoo"] * 8
    words = [sense.split("/")[0] for sense in senses]
    texts = [f"… a sentence with {word}, number {i}" for i, word in enumerate(words)]
    kinds = sorted(set(senses))
    rows = [kinds.index(sense) for sense in senses]
    word_vectors = rng.normal(size=(2, 12)).repeat(2, 0)  # (4, 12), one per sense
    sense_vectors = rng.normal(size=(4, 12))
    noise = rng.normal(size=(3, len(senses), 12))
    noise_scale = np.array([0.02, 0.5, 0.5])[:, None, None]
    depth = np.array([0.0, 0.8, 1.5])[:, None, None]
    layers = word_vectors[rows] + depth * sense_vectors[rows] + noise_scale * noise
    return layers, senses, texts


def pieces_example() -> WordPiece:
    """Return a WordPiece of a few words, parts of words and letters, made by hand."""
    words = "the bank by river was steep crane eats a fish it flies we read un em word"
    endings = "##bed ##ding ##s ##believ ##able ##ing ##er ##ly"
    letters = "abcdefghijklmnopqrstuvwxyz"
    known = [*words.split(), *endings.split(), *letters, *".,!-"]
    inner = ["##" + letter for letter in letters]
    return WordPiece(list(dict.fromkeys([*SPECIALS, *known, *inner])))
