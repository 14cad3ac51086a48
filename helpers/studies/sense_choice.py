"""Which of the two senses of a given word? Labelled stories, frozen vectors, the loss.

The word is given: of 36 senses only its own two are compared.
Built in notebooks/04_elmo.ipynb.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence

from helpers import checkpoints, objectives, training
from helpers.checkpoints import elmo
from helpers.checkpoints.story_bert import unseen
from helpers.corpora import world
from helpers.models.elmo import BiLM
from helpers.models.elmo_tasks import ScalarMix
from helpers.tokenization import Words

UNLABELLED = -100
STORIES_AT_ONCE = 16


class Story(NamedTuple):
    """A story as a task reads it: ids (T,), layers (3, T, 2C), wanted (T,)."""

    ids: Tensor
    layers: Tensor
    wanted: Tensor  # a row of `senses`, or UNLABELLED


@lru_cache(1)
def vocabulary() -> Words:
    """Return the words of the training stories."""
    return elmo.vocabulary()


@lru_cache(1)
def senses() -> dict[str, int]:
    """Return the senses in order: 2k and 2k + 1 are the two of one word."""
    found = {sense for d in world.splits().train for sense in d.senses if sense}
    return {sense: row for row, sense in enumerate(sorted(found))}


@lru_cache(1)
def trained() -> BiLM:
    """Return the biLM on file."""
    model = elmo.new_model(vocabulary())
    checkpoints.load(model, "elmo")
    return model


def untrained(seed: int) -> BiLM:
    """Return a biLM with random weights, the control; no other stream moves."""
    with torch.random.fork_rng():
        torch.manual_seed(1000 + seed)
        return elmo.new_model(vocabulary())


def ambiguous(documents: Sequence) -> list:
    """Keep the documents with a word of two senses."""
    return [d for d in documents if any(d.senses)]


@lru_cache(1)
def fresh() -> list:
    """Return stories to ask about, none of which is in the training set."""
    known = {d.tokens for d in world.splits().train}
    found = unseen(world.documents(2500, seed=31))
    return ambiguous([d for d in found if d.tokens not in known])


def frozen(documents: Sequence, model: BiLM) -> list[Story]:
    """Read documents with a frozen biLM, once; whoever learns a task reuses it."""
    found = []
    for start in range(0, len(documents), 32):
        part = documents[start : start + 32]
        coded = [vocabulary().encode_array(d.tokens) for d in part]
        with torch.no_grad():
            layers = model.layers(*objectives.both_directions_batch(coded))
        layers = layers[:, :, 1:-1]  # without the marks at both ends
        for row, document in enumerate(part):
            ids = torch.from_numpy(coded[row]).long()
            own = layers[:, row, : len(ids)].clone()
            found.append(Story(ids, own, _wanted(document)))
    return found


def _wanted(document: Any) -> Tensor:
    rows = [senses().get(sense, UNLABELLED) for sense in document.senses]
    return torch.tensor(rows)


def labelled(stories: Sequence[Story], n_labels: int) -> list[Story]:
    """Return the first stories with so many labels; the last may lose some."""
    found = []
    for story in stories:
        if n_labels < 1:
            break
        wanted = story.wanted.clone()
        places = (wanted != UNLABELLED).nonzero()[:, 0]
        wanted[places[n_labels:]] = UNLABELLED
        found.append(story._replace(wanted=wanted))
        n_labels -= len(places)
    return found


def batch(stories: Sequence[Story]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Pad stories: ids and mask (B, T), layers (3, B, T, 2C), wanted (B, T)."""
    ids = pad_sequence([s.ids for s in stories], batch_first=True)
    lengths = torch.tensor([len(s.ids) for s in stories])
    mask = torch.arange(ids.shape[1]) < lengths[:, None]
    parts = [s.layers.transpose(0, 1) for s in stories]  # (T, 3, 2C) each
    layers = pad_sequence(parts, batch_first=True).permute(2, 0, 1, 3)
    wanted = pad_sequence(
        [s.wanted for s in stories], batch_first=True, padding_value=UNLABELLED
    )
    return ids, mask, layers, wanted


def batches(stories: Sequence[Story], seed: int) -> Iterator:
    """Yield batches without end, in an order that the seed decides."""
    generator = torch.Generator().manual_seed(seed)
    while True:
        order = torch.randperm(len(stories), generator=generator).tolist()
        for start in range(0, len(order), STORIES_AT_ONCE):
            picked = order[start : start + STORIES_AT_ONCE]
            yield batch([stories[i] for i in picked])


def of_two(logits: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
    """Keep the logits of a word's own two senses: (B, T, 36) → (n, 2), and which.

    Only the n labelled positions count.
    """
    asked = wanted != UNLABELLED
    pairs = logits[asked].unflatten(-1, (-1, 2))  # (n, 18, 2)
    row = wanted[asked]  # (n,)
    return pairs[torch.arange(len(row)), row // 2], row % 2


def loss(model: nn.Module, given: tuple[Tensor, Tensor, Tensor, Tensor]) -> Tensor:
    """Return the cross-entropy of choosing between two senses, in nats per label."""
    ids, mask, layers, wanted = given
    return F.cross_entropy(*of_two(model(ids, mask, layers), wanted))


def fit(
    model: nn.Module, stories: Sequence[Story], steps: int, rate: float, seed: int
) -> None:
    """Train a task model on labelled stories, in place."""
    settings = training.Settings(steps=steps, lr=rate)
    training.train(model, batches(stories, seed), loss, settings)


def score(model: nn.Module, stories: Sequence[Story]) -> tuple[Tensor, float]:
    """Return which choices are right (n,), 0 or 1, and the mean loss in nats."""
    right, losses = [], []
    for start in range(0, len(stories), 32):
        ids, mask, layers, wanted = batch(stories[start : start + 32])
        with torch.no_grad():
            pair, second = of_two(model(ids, mask, layers), wanted)
        right.append((pair.argmax(-1) == second).float())
        losses.append(F.cross_entropy(pair, second, reduction="none"))
    return torch.cat(right), torch.cat(losses).mean().item()


class Bag(nn.Module):
    """The rival without order: the mean vector of the words around, a hidden layer.

    ids, mask (B, T) → logits (B, T, labels). `window` words on each side count, the
    word itself does not.
    """

    def __init__(self, vocab_size: int, n_labels: int, window: int):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, 32)
        self.hidden = nn.Linear(32, 32)
        self.head = nn.Linear(32, n_labels)
        self.window = window

    def forward(self, ids: Tensor, mask: Tensor, layers: Tensor) -> Tensor:
        places = torch.arange(ids.shape[1])
        apart = (places[:, None] - places).abs()  # (T, T)
        near = (apart > 0) & (apart <= self.window)
        near = (near & mask[:, None]).float()  # (B, T, T)
        near = near / near.sum(-1, keepdim=True).clamp(min=1)
        around = near @ self.embed(ids)  # (B, T, 32)
        return self.head(torch.relu(self.hidden(around)))


class LinearOnLayers(nn.Module):
    """The least that can use ELMo: a learned mix of its layers and one matrix."""

    def __init__(self, n_labels: int, d_elmo: int = 128):
        super().__init__()
        self.mix = ScalarMix(3)
        self.head = nn.Linear(d_elmo, n_labels)

    def forward(self, ids: Tensor, mask: Tensor, layers: Tensor) -> Tensor:
        return self.head(self.mix(layers))
