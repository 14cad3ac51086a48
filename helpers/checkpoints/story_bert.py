"""A BERT of the world's stories: its vocabulary, its size, its training, its score.

One piece per word, so that the truth's floors are the best scores that it could reach.
Built in notebooks/12_bert_pretraining.ipynb.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from math import log
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from helpers.corpora import truth, world
from helpers.models.bert import BERTForPretraining, BERTSize
from helpers.models.layers import answering
from helpers.objectives import masking
from helpers.objectives.batching import IGNORE_INDEX
from helpers.objectives.masking import Packed, Shares, pack
from helpers.tokenization.wordpiece import SPECIALS, WordPiece
from helpers.training import Settings

ONLY_MASK = Shares(hidden=1.0, random=0.0)  # what the floors are computed for
BATCH_SIZE = 64
WORDS = len(SPECIALS) + len(world.vocabulary())
# One block learns most in a minute; the shipped BERT has two, and more time.
SIZE = BERTSize(WORDS, 96, 8, 384, 1, longest=96, norm="pre")
SHIPPED = BERTSize(WORDS, 128, 8, 512, 2, longest=96, norm="pre")
SETTINGS = Settings(steps=5000, lr=6e-3, fused=True)
LONG = Settings(steps=9000, lr=4e-3, fused=True)  # of the shipped one
Text = tuple[str, ...]


@cache
def vocabulary() -> WordPiece:
    """Return the specials and all words of the world, each one piece."""
    return WordPiece([*SPECIALS, *world.vocabulary()], lower=False)


def new_model(size: BERTSize = SIZE) -> BERTForPretraining:
    """Return a BERT for the stories, with random weights."""
    return BERTForPretraining(size)


def unseen(documents: Iterable[world.Document]) -> Iterator[world.Document]:
    """Yield the stories that are in no test set: a model may learn from these."""
    splits = world.splits()
    kept_back = {document.tokens for document in splits.valid + splits.test}
    for document in documents:
        if document.tokens not in kept_back:
            yield document


def two_texts(document: world.Document) -> tuple[Text, Text]:
    """Return the words of a story's first two sentences, and of its next two."""
    if len(document.sentences) < 4:
        raise ValueError(
            f"a story of {len(document.sentences)} sentences; give those with 4 or more"
        )
    _, (_, cut), _, (_, end) = document.sentences[:4]
    return document.tokens[:cut], document.tokens[cut:end]


def _ids(words: Sequence[str]) -> np.ndarray:
    ids = vocabulary().ids
    try:
        return np.array([ids[word] for word in words])
    except KeyError as error:
        raise ValueError(f"{error} is no word of the world; give its stories") from None


def halves(documents: Sequence) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the ids of each story's first two sentences, and of its next two."""
    pairs = []
    for document in documents:
        first, second = two_texts(document)
        pairs.append((_ids(first), _ids(second)))
    return pairs


def batches(
    documents: Sequence, generator: torch.Generator, shares: Shares = masking.PAPER
) -> Iterator[masking.Pretraining]:
    """Yield batches of hidden words and pairs without end."""
    pairs = halves(documents)
    return masking.pretraining_batches(pairs, WORDS, BATCH_SIZE, generator, shares)


class Scores(NamedTuple):
    """Nats per hidden word, and the share of pairs judged right."""

    masked: float  # 15 % hidden at once, all by [MASK]
    single: float  # one word hidden at a time
    pair: float


class Hidden(NamedTuple):
    """Texts with hidden words, and the words: what is read, what is predicted."""

    packed: Packed  # its ids hold [MASK]
    targets: Tensor


class HeldOut:
    """Stories that no model has read, as questions: hidden words and pairs.

    `measure(model)` is what a model scores, `floors()` the best possible on the very
    same questions. One word at a time is hidden in the first `n_single` stories.
    """

    def __init__(self, documents: Sequence, seed: int = 0, n_single: int = 40):
        self.documents = documents
        self.n_single = n_single
        stories = pack(halves(documents))
        generator = torch.Generator().manual_seed(seed)
        ids, targets = masking.hide(stories, WORDS, generator, ONLY_MASK)
        self.many = Hidden(stories._replace(ids=ids), targets)
        few = Packed(*(part[:n_single] for part in stories))
        self.single = Hidden(*masking.one_by_one(few))
        self.pairs = truth.pairs(documents, "random")
        self.packed = pack([(_ids(a), _ids(b)) for a, b, _ in self.pairs])
        self.follows = torch.tensor([int(not right) for _, _, right in self.pairs])

    def measure(self, model: nn.Module) -> Scores:
        """Return what a BERTForPretraining scores."""
        with answering(model):
            _, pair = model(self.packed.ids, self.packed.mask, self.packed.segments)
            right = (pair.argmax(-1) == self.follows).float().mean().item()
            return Scores(_loss(model, self.many), _loss(model, self.single), right)

    def floors(self) -> Scores:
        """Return the best possible scores on the same questions, in some seconds."""
        judged = truth.nsp_accuracy(self.documents, "random")
        return Scores(self.floor_many(), self.floor_single(), judged)

    def floor_many(self) -> float:
        """Return the best possible score with 15 % hidden at once."""
        losses = []
        for targets, document in zip(self.many.targets, self.documents, strict=True):
            first, second = two_texts(document)
            words = first + second
            positions = (targets != IGNORE_INDEX).nonzero()[:, 0]
            # [CLS] stands before the words, and [SEP] between the two texts.
            positions = positions - 1 - (positions > len(first)).long()
            hidden = positions.tolist()
            exact = truth.masked_pair(first, second, hidden)
            for position, shares in zip(hidden, exact, strict=True):
                losses.append(-log(shares[words[position]]))
        return sum(losses) / len(losses)

    def floor_single(self) -> float:
        """Return the best possible score with one word hidden at a time."""
        losses = []
        for document in self.documents[: self.n_single]:
            first, second = two_texts(document)
            exact = truth.each_masked_pair(first, second)
            for word, shares in zip(first + second, exact, strict=True):
                losses.append(-log(shares[word]))
        return sum(losses) / len(losses)


def _loss(model: nn.Module, hidden: Hidden) -> float:
    packed, targets = hidden
    predicted = targets != IGNORE_INDEX
    tokens, _ = model(packed.ids, packed.mask, packed.segments, predicted)
    return masking.masked_loss(tokens, targets).item()
