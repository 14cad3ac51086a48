"""An RNN and a window of four, of equal size, on the world: loss, verbs, names, reach.

Every run trains for three lengths, each time with a rate that falls to 0, and keeps the
best on validation stories: a window over-fits early, an RNN is slower. The rate is
chosen at the middle length.
Each right or wrong verb is kept, by the distance to its subject and by how many nouns
between them have the other number. Built in notebooks/02_rnn.ipynb.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from helpers import environment, objectives, training
from helpers.corpora import tasks, world
from helpers.corpora.tasks import Agreement
from helpers.models import reach
from helpers.models.recurrent import BOS_ID, RNNLanguageModel, WindowMLP
from helpers.objectives.language_modeling import NextToken
from helpers.probes import names
from helpers.probes.agreement import verb_choices
from helpers.tokenization import Words

ARMS = ("RNN", "MLP, window 4")
SEEDS = (0, 1, 2, 3, 4)
RATES = (5e-3, 1e-2, 2e-2, 4e-2)
TUNED = "loss"
LENGTHS = (225, 450, 900)  # updates; each run keeps the best one
TUNING_LENGTH = 450
STEPS_BACK = 40
REACHES = (
    "reach",
    "reach at the start",
    "reach, usual direction",  # all but these two: the one that is stretched most
    "reach at the start, usual direction",
    "reach, another W_h",
    "reach, W_h turned",
    "reach, slopes of other units",
)
POINTS = {"validation": LENGTHS} | dict.fromkeys(REACHES, range(STEPS_BACK))
DRAWN = 80_000  # verbs, of which the first of each kind are kept
EACH = 100  # verbs of a kind, at most
NAMES = 300
FAR = 9  # tokens back, at least, that a name was last mentioned
CODE = (
    "helpers.models.recurrent",
    "helpers.models.reach",
    "helpers.training.loop",
    "helpers.objectives.batching",
    "helpers.objectives.language_modeling",
    "helpers.probes.agreement",
    "helpers.probes.names",
)


class Kind(NamedTuple):
    """Verbs that are so many tokens behind their subject, past so many attractors."""

    distance: int
    n_opposite: int

    def __str__(self) -> str:
        return f"verbs {self.distance} tokens on, {self.n_opposite} attractors"


def by_kind(items: Sequence[Agreement], each: int) -> dict[Kind, list[Agreement]]:
    """Return the first items of each kind, sorted by kind: `each` of a kind at most.

    Either all nouns in between are attractors, or none. Half of the subjects of a kind
    are singular, half are plural, and at one distance both kinds are equally many.
    """
    found: dict[Kind, tuple[list, list]] = {}
    for item in items:
        if item.n_opposite in (0, item.n_attractors):
            kind = Kind(item.distance, item.n_opposite)
            found.setdefault(kind, ([], []))[item.plural].append(item)
    balanced = {}
    for kind, (singular, plural) in sorted(found.items()):
        alike = [found[other] for other in found if other.distance == kind.distance]
        half = min(each // 2, *(len(some) for pair in alike for some in pair))
        balanced[kind] = singular[:half] + plural[:half]
    return balanced


@lru_cache(1)
def verbs() -> dict[Kind, list[Agreement]]:
    """Return the verbs that all runs are asked for."""
    return by_kind(tasks.agreement(DRAWN, seed=9), EACH)


@lru_cache(1)
def vocabulary() -> Words:
    """Return the words of the training stories."""
    return Words.from_tokens([story.tokens for story in world.splits().train])


def coded(stories: Sequence) -> list[np.ndarray]:
    """Return the ids of each story."""
    return [vocabulary().encode_array(story.tokens) for story in stories]


def make(arm: str, vocab_size: int) -> nn.Module:
    """Return one of the two networks with its first weights; both have one size."""
    if arm == "RNN":
        return RNNLanguageModel(vocab_size, d_model=64, d_hidden=128)
    return WindowMLP(vocab_size, d_model=64, d_hidden=119, window=4)


def loss_of(model: nn.Module, batch: NextToken) -> Tensor:
    """Return the mean loss of a batch, in nats per token."""
    logits = model(batch.inputs, batch.mask)
    return objectives.next_token_loss(logits, batch.targets, batch.mask)


def measure(arm: str, rate: float, seed: int, part: str) -> dict:
    """Train one network; return its loss, and on the test set all the rest."""
    lengths = LENGTHS if part == "test" else (TUNING_LENGTH,)
    tried = [_trained(arm, rate, seed, steps) for steps in lengths]
    losses = [_loss_on(model, world.splits().valid) for model in tried]
    best = int(np.argmin(losses))
    if part != "test":
        return {"loss": losses[best]}
    model = tried[best]
    found = {"loss": _loss_on(model, world.splits().test), "updates": LENGTHS[best]}
    found["validation"] = losses
    found |= _reaches(model, arm, seed)
    return found | _verbs(model) | _names(model)


def _trained(arm: str, rate: float, seed: int, steps: int) -> nn.Module:
    torch.manual_seed(seed)
    model = make(arm, len(vocabulary()))
    generator = torch.Generator().manual_seed(seed)
    stories = coded(world.splits().train)
    batches = objectives.next_token_batches(stories, 32, generator)
    training.train(model, batches, loss_of, training.Settings(steps=steps, lr=rate))
    return model


def _loss_on(model: nn.Module, stories: Sequence) -> float:
    with torch.no_grad():
        return float(loss_of(model, objectives.next_token_batch(coded(stories))))


def _verbs(model: nn.Module) -> dict[str, np.ndarray]:
    ids = vocabulary().ids
    found = {
        str(kind): verb_choices(model, ids, some) for kind, some in verbs().items()
    }
    return {kind: right.astype(float) for kind, right in found.items()}


def near_names() -> list[names.Again]:
    """Return the names that were last read two to eight tokens before."""
    again = names.names_again(world.documents(9000, seed=21), 3000, least=2)
    return [item for item in again if item.distance < FAR]


def _names(model: nn.Module) -> dict[str, np.ndarray]:
    """Return the losses on names, and where another name was read in their place."""
    ids = vocabulary().ids
    far = names.names_again(world.documents(900, seed=21), NAMES, FAR)
    found = {}
    for name, again in (("names", far), ("near names", near_names())):
        other = names.renamed(again)
        found[name] = names.name_losses(model, ids, again)
        found[f"{name}, another read"] = names.name_losses(model, ids, other)
    return found


def texts(n: int = 10) -> Tensor:
    """Return the first ids of some long test stories, the begin mark first: (n, T)."""
    long = [s for s in coded(world.splits().test) if len(s) >= STEPS_BACK - 1]
    return torch.tensor([[BOS_ID, *story[: STEPS_BACK - 1]] for story in long[:n]])


def _reaches(model: nn.Module, arm: str, seed: int) -> dict[str, np.ndarray | float]:
    """Return how far back the gradient of a state reaches; a window has no states."""
    if isinstance(model, WindowMLP):
        return dict.fromkeys(REACHES, np.eye(STEPS_BACK)[0]) | {"spectral radius": 0.0}
    torch.manual_seed(seed)
    first = make(arm, len(vocabulary()))  # as it was before training
    with torch.no_grad():
        found = {"reach": reach.typical_reach(model.rnn, model.embed(texts()))}
        start = reach.typical_reach(first.rnn, first.embed(texts()))
        early = [reach.slopes(first.rnn, text) for text in first.embed(texts())]
        read = [reach.slopes(model.rnn, text) for text in model.embed(texts())]
    W_h = model.rnn.W_h.detach()
    found["reach at the start"] = start
    found["reach, usual direction"] = reach.stretches(W_h, read, reach.usual)
    found["reach at the start, usual direction"] = reach.stretches(
        first.rnn.W_h, early, reach.usual
    )
    found |= _exchanged(W_h, read, seed)
    found = {name: curve.numpy() for name, curve in found.items()}
    return found | {"spectral radius": reach.spectral_radius(W_h)}


def _exchanged(W_h: Tensor, slopes: list[Tensor], seed: int) -> dict[str, Tensor]:
    """Return the reach with one of the two exchanged: W_h, its directions, the slopes.

    The other W_h is random, of the same radius. The turned one has the same singular
    values, and random directions.
    """
    generator = torch.Generator().manual_seed(seed)
    random = torch.randn(3, *W_h.shape, generator=generator)
    other = reach.with_spectral_radius(random[0], reach.spectral_radius(W_h))
    left, right = (torch.linalg.qr(each).Q for each in random[1:])
    turned = left @ torch.diag(torch.linalg.svdvals(W_h)) @ right
    units = torch.randperm(len(W_h), generator=generator)
    return {
        "reach, another W_h": reach.stretches(other, slopes),
        "reach, W_h turned": reach.stretches(turned, slopes),
        "reach, slopes of other units": reach.stretches(
            W_h, [some[:, units] for some in slopes]
        ),
    }


def about() -> dict:
    """Return how the runs were made, and a hash of all that was read and asked."""
    asked = [[item.prefix, item.good] for some in verbs().values() for item in some]
    read = [[story.tokens for story in part] for part in world.splits()]
    return {
        "updates": list(LENGTHS),
        "updates for the choice of the rate": TUNING_LENGTH,
        "stories": len(world.splits().train),
        "stories in a batch": 32,
        "verbs": {str(kind): len(items) for kind, items in verbs().items()},
        "names": {
            "asked": NAMES,
            "tokens back at least": FAR,
            "near": len(near_names()),
        },
        "texts": environment.sha256(repr([read, asked]).encode())[:16],
    }
