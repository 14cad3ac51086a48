"""Pairs of words that the grammar allows and no story had: who expects them?

Counts, counts that know the adjectives, a table of scores, and networks whose scores
are products of vectors, short ones or as long as the vocabulary, are asked for tokens
after adjectives: new pairs, and tokens that the grammar forbids there.
Built in notebooks/01_words_as_numbers.ipynb.
"""

from collections import Counter
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from helpers import objectives, training
from helpers.corpora import truth, world
from helpers.corpora.grammar import lexicon
from helpers.models import ngram
from helpers.models.ngram import NGram
from helpers.objectives.language_modeling import NextToken
from helpers.tokenization import Words

TABLE = "table of scores"
LONG = "vectors, C = V"
ARMS = ("counts", "pooled counts", TABLE, LONG, "vectors", "grammar")
UNTRAINED = ("counts", "pooled counts", "grammar")
SEEDS = (0, 1, 2, 3, 4)
RATES = (0.003, 0.01, 0.03, 0.1, 0.3)
TUNED = "loss"
STEPS = 450
D_MODEL = 48
MORE = 0.01  # added to each pooled count, so that none is 0
STORIES = 4000
FIRST_TEXT = 300  # seed s reads its own stories, number 300 + s
CODE = (
    ngram,
    truth,
    world,
    lexicon,
    "helpers.training.loop",
    "helpers.objectives.batching",
    "helpers.objectives.language_modeling",
)


class Pairs(NamedTuple):
    """Pairs of an adjective and what follows; `truth` the exact loss of each new one.

    `possible` are new and allowed, `impossible` are forbidden by the grammar.
    """

    possible: list[tuple[str, str]]
    impossible: list[tuple[str, str]]
    truth: np.ndarray


class TableOfScores(nn.Module):
    """A score for each pair of tokens, and one for each next token alone, its bias."""

    def __init__(self, vocab_size: int):
        super().__init__()
        self.scores = nn.Embedding(vocab_size, vocab_size)
        nn.init.zeros_(self.scores.weight)
        self.bias = nn.Parameter(torch.zeros(vocab_size))

    def forward(self, ids: Tensor) -> Tensor:
        """Return the scores of what follows each token: (B, T) → (B, T, V)."""
        return self.scores(ids) + self.bias


class NeuralBigram(nn.Module):
    """The same scores as products of two vectors of C numbers."""

    def __init__(self, vocab_size: int, d_model: int):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, d_model)
        nn.init.normal_(self.embed.weight, std=0.1)
        self.output = nn.Linear(d_model, vocab_size)

    def forward(self, ids: Tensor) -> Tensor:
        """Return the scores of what follows each token: (B, T) → (B, T, V)."""
        return self.output(self.embed(ids))


def after_adjectives(texts: list[tuple[str, ...]]) -> dict[str, dict[str, float]]:
    """Return {adjective: {token: P(token follows it)}} by the grammar.

    The exact distribution at each place where the adjective stands in the texts,
    averaged over these places.
    """
    adjectives = _adjectives()
    places: dict[str, int] = {}
    sums: dict[str, dict[str, float]] = {}
    for text in texts:
        for i, token in enumerate(text):
            if token in adjectives:
                places[token] = places.get(token, 0) + 1
                found = sums.setdefault(token, {})
                for following, p in truth.next_token(text[: i + 1]).items():
                    found[following] = found.get(following, 0.0) + p
    return {
        word: {token: p / places[word] for token, p in found.items()}
        for word, found in sums.items()
    }


@lru_cache(1)
def _adjectives() -> set[str]:
    return {w for some in lexicon.ADJECTIVES.values() for w in some.split()}


def pairs_of(
    texts: list[tuple[str, ...]], known: set[str], places: int | None = None
) -> Pairs:
    """Return what may follow an adjective and never did in the texts, and what may not.

    Only tokens in `known`. The grammar is asked at the adjectives of the first `places`
    texts (None: of all).
    """
    met = {pair for text in texts for pair in zip(text, text[1:], strict=False)}
    possible, impossible, exact = [], [], []
    for adjective, following in sorted(after_adjectives(texts[:places]).items()):
        for token in sorted(known):
            if token not in following and (adjective, token) not in met:
                impossible.append((adjective, token))
            elif (adjective, token) not in met:
                possible.append((adjective, token))
                exact.append(-np.log(following[token]))
    return Pairs(possible, impossible, np.array(exact))


def ranked_above(first: np.ndarray, second: np.ndarray) -> float:
    """Return how often a number of the first is below one of the second; ties half.

    Shapes (n,), (m,). 0.5 is chance, 1 a perfect division.
    """
    order = np.sort(second)
    below = np.searchsorted(order, first, "left")
    equal = np.searchsorted(order, first, "right")
    return float(1 - (below + equal).mean() / 2 / len(second))


def ranked_right(pairs: Pairs, possible: np.ndarray, impossible: np.ndarray) -> float:
    """Return how often a possible pair has a lower loss than an impossible one.

    `possible` and `impossible` are the losses of these pairs. Only pairs with the same
    adjective are compared; ties count half. Chance is 0.5. Each possible pair counts
    the same.
    """
    first = np.array([a for a, _ in pairs.possible])
    second = np.array([a for a, _ in pairs.impossible])
    shares = [
        ranked_above(possible[first == a], impossible[second == a]) for a in set(first)
    ]
    places = [(first == a).sum() for a in set(first)]
    return float(np.average(shares, weights=places))


def loss_of(model: nn.Module, batch: NextToken) -> Tensor:
    """Return the mean loss of a batch, in nats per token."""
    return objectives.next_token_loss(model(batch.inputs), batch.targets, batch.mask)


def trained(arm: str, rate: float, seed: int, texts: list) -> tuple[nn.Module, Words]:
    """Return a network that has read the texts, and its words."""
    words = Words.from_tokens(texts)
    torch.manual_seed(seed)
    if arm == TABLE:
        model = TableOfScores(len(words))
    else:
        width = len(words) if arm == LONG else D_MODEL
        model = NeuralBigram(len(words), width)
    generator = torch.Generator().manual_seed(seed)
    coded = [words.encode_array(text) for text in texts]
    batches = objectives.next_token_batches(coded, 32, generator)
    training.train(model, batches, loss_of, training.Settings(steps=STEPS, lr=rate))
    return model, words


def measure(arm: str, rate: float | None, seed: int, part: str) -> dict:
    """Return losses in nats: of other stories, of new pairs, of impossible ones."""
    texts, pairs = _text(seed)
    if arm == "grammar":
        return {"possible": float(pairs.truth.mean()), "ranked right": 1.0}
    if arm == "pooled counts":
        return _of_pairs(pairs, [_pooled(texts, some) for some in pairs[:2]])
    valid = [story.tokens for story in world.splits().valid]
    if arm == "counts":
        model = NGram(2, world.vocabulary()).fit(texts)
        loss = model.loss(valid)
        losses = [_counted(model, some) for some in pairs[:2]]
    else:
        model, words = trained(arm, rate, seed, texts)
        coded = [words.encode_array(text) for text in valid]
        with torch.no_grad():
            loss = float(loss_of(model, objectives.next_token_batch(coded)))
            table = model(torch.arange(len(words))).log_softmax(-1).numpy()  # (V, V)
        ids = words.ids
        losses = [
            np.array([-table[ids[a], ids[b]] for a, b in some]) for some in pairs[:2]
        ]
    if part == "validation":
        return {"loss": loss}
    return {"loss": loss} | _of_pairs(pairs, losses)


def _of_pairs(pairs: Pairs, losses: list[np.ndarray]) -> dict[str, float]:
    """Return what is asked of the losses of the possible and the impossible pairs."""
    possible, impossible = losses
    return {
        "possible": float(possible.mean()),
        "impossible": float(impossible.mean()),
        "ranked right": ranked_right(pairs, possible, impossible),
    }


def _pooled(texts: list[tuple[str, ...]], pairs: list[tuple[str, str]]) -> np.ndarray:
    """Return the losses of pairs by how often the second follows any adjective."""
    met = [pair for text in texts for pair in zip(text, text[1:], strict=False)]
    after = Counter(b for a, b in met if a in _adjectives())
    total = after.total() + MORE * len(world.vocabulary())
    return -np.log([(after[b] + MORE) / total for _, b in pairs])


def _counted(model: NGram, pairs: list[tuple[str, str]]) -> np.ndarray:
    return np.array([-np.log(model.prob([a], b)) for a, b in pairs])


@lru_cache(1)
def _text(seed: int) -> tuple[list[tuple[str, ...]], Pairs]:
    """Return a seed's stories, and the pairs that are new after them."""
    others = {story.tokens for story in world.splits().valid}
    written = world.documents(STORIES, FIRST_TEXT + seed)
    texts = [story.tokens for story in written if story.tokens not in others]
    return texts, pairs_of(texts, {token for text in texts for token in text})


def about() -> dict:
    """Return what else makes the results."""
    return {
        "stories": STORIES,
        "texts": f"seeds {FIRST_TEXT} and up, one for each run",
        "dimensions": D_MODEL,
        "steps": STEPS,
        "added to each pooled count": MORE,
        "stories in a batch": 32,
    }
