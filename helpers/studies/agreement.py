"""An RNN and a window of four, of equal size, on the world: loss, verbs, names, reach.

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
STEPS = 900
TUNING_STEPS = 450
STEPS_BACK = 40
POINTS = {"reach": range(STEPS_BACK), "reach at the start": range(STEPS_BACK)}
DRAWN = 40_000  # verbs, of which the first of each kind are kept
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
    """Return the first items of each kind, `each` at most, sorted by kind."""
    found: dict[Kind, list[Agreement]] = {}
    for item in items:
        group = found.setdefault(Kind(item.distance, item.n_opposite), [])
        if len(group) < each:
            group.append(item)
    return {kind: found[kind] for kind in sorted(found)}


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
    torch.manual_seed(seed)
    model = make(arm, len(vocabulary()))
    texts = _texts(part)
    start = _reach(model, texts)
    steps = STEPS if part == "test" else TUNING_STEPS
    generator = torch.Generator().manual_seed(seed)
    stories = coded(world.splits().train)
    batches = objectives.next_token_batches(stories, 32, generator)
    settings = training.Settings(steps=steps, lr=rate)
    training.train(model, batches, loss_of, settings)
    asked = getattr(world.splits(), "test" if part == "test" else "valid")
    with torch.no_grad():
        loss = float(loss_of(model, objectives.next_token_batch(coded(asked))))
    if part != "test":
        return {"loss": loss}
    found = {"loss": loss, "reach": _reach(model, texts), "reach at the start": start}
    found["spectral radius"] = _radius(model)
    return found | _verbs(model) | _names(model)


def _verbs(model: nn.Module) -> dict[str, np.ndarray]:
    ids = vocabulary().ids
    found = {
        str(kind): verb_choices(model, ids, some) for kind, some in verbs().items()
    }
    return {kind: right.astype(float) for kind, right in found.items()}


def _names(model: nn.Module) -> dict[str, np.ndarray]:
    """Return the losses on names, and where another name was read in their place."""
    ids = vocabulary().ids
    again = names.names_again(world.documents(900, seed=21), NAMES, FAR)
    return {
        "names": names.name_losses(model, ids, again),
        "names, another read": names.name_losses(model, ids, names.renamed(again)),
    }


def _texts(part: str, n: int = 10) -> Tensor:
    """Return the first ids of some long test stories, the begin mark first: (n, T)."""
    long = [s for s in coded(world.splits().test) if len(s) >= STEPS_BACK - 1]
    rows = [[BOS_ID, *story[: STEPS_BACK - 1]] for story in long[:n]]
    return torch.tensor(rows if part == "test" else rows[:1])


def _reach(model: nn.Module, texts: Tensor) -> np.ndarray:
    """Return how far back the gradient of a state reaches; a window has no states."""
    if isinstance(model, WindowMLP):
        return np.eye(STEPS_BACK)[0]
    with torch.no_grad():
        return reach.typical_reach(model.rnn, model.embed(texts)).numpy()


def _radius(model: nn.Module) -> float:
    return 0.0 if isinstance(model, WindowMLP) else reach.spectral_radius(model.rnn.W_h)


def about() -> dict:
    """Return how the runs were made, and a hash of all that was read and asked."""
    asked = [[item.prefix, item.good] for some in verbs().values() for item in some]
    read = [[story.tokens for story in part] for part in world.splits()]
    return {
        "steps": {"test": STEPS, "validation": TUNING_STEPS},
        "stories": len(world.splits().train),
        "stories in a batch": 32,
        "verbs": {str(kind): len(items) for kind, items in verbs().items()},
        "names": {"asked": NAMES, "tokens back at least": FAR},
        "texts": environment.sha256(repr([read, asked]).encode())[:16],
    }
