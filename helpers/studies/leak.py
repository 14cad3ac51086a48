"""Two directions in one stack, asked for the next token: how far does the loss fall?

It is held against two exact floors: that of a reader of the left side, and that of a
reader of both sides who does not see the token itself.
Built in notebooks/04_elmo.ipynb.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor, nn

from helpers import objectives, training
from helpers.checkpoints import elmo
from helpers.corpora import world
from helpers.corpora.grammar.forward_backward import Passes
from helpers.models.elmo import StackedBidirectional
from helpers.objectives.language_modeling import NextToken
from helpers.tokenization import Words

STACKED = "two directions, two layers"
ARMS = (STACKED,)
SEEDS = (0, 1, 2, 3, 4)
RATES = (5e-3, 1e-2, 2e-2, 4e-2)
TUNED = "last loss"
STEPS = 500
TUNING_STEPS = 100
EVERY = 100
BATCH = 16
POINTS = {"loss": (100, 200, 300, 400, 500)}
CODE = (
    "helpers.models.elmo",
    "helpers.models.bidirectional",
    "helpers.models.gated",
    "helpers.training.loop",
    "helpers.objectives.language_modeling",
)


@lru_cache(1)
def vocabulary() -> Words:
    """Return the words of the training stories."""
    return elmo.vocabulary()


def coded(stories: Sequence) -> list[np.ndarray]:
    """Return the ids of each story."""
    return [vocabulary().encode_array(story.tokens) for story in stories]


def make() -> nn.Module:
    """Return the network, with its first weights."""
    n_words = len(vocabulary())
    return StackedBidirectional(n_words, 64, 44)


def loss_of(model: nn.Module, batch: NextToken) -> Tensor:
    """Return the mean loss of a batch, in nats per token."""
    logits = model(batch.inputs, batch.mask)
    return objectives.next_token_loss(logits, batch.targets, batch.mask)


def measure(arm: str, rate: float, seed: int, part: str) -> dict:
    """Train one network; return its loss on held-out stories as it learns."""
    torch.manual_seed(seed)
    model = make()
    test = part == "test"
    history = fit(model, rate, seed, STEPS if test else TUNING_STEPS, part)
    losses = [value for _, value in history.evaluations]
    return {"loss": losses, "last loss": losses[-1]}


def fit(
    model: nn.Module, rate: float, seed: int, steps: int, part: str
) -> training.History:
    """Train in place; the losses on held-out stories are the history's evaluations."""
    generator = torch.Generator().manual_seed(seed)
    stories = coded(world.splits().train)
    batches = objectives.next_token_batches(stories, BATCH, generator)
    asked = getattr(world.splits(), "test" if part == "test" else "valid")
    held_out = objectives.next_token_batch(coded(asked))
    settings = training.Settings(steps=steps, lr=rate, every=EVERY)
    return training.train(
        model, batches, loss_of, settings, lambda: float(loss_of(model, held_out))
    )


def gap_floor(stories: Sequence) -> float:
    """Return the least loss of a reader of all tokens but the one that is asked for.

    In nats per token. That a story ends is plain to it, and costs nothing.
    """
    surprises = []
    for story in stories:
        passes = Passes(world.machine(), story.tokens)
        for place, token in enumerate(story.tokens):
            surprises.append(-np.log(passes.hidden(place)[token]))
        surprises.append(0.0)  # the end
    return float(np.mean(surprises))


def about() -> dict:
    """Return how the runs were made."""
    return {
        "steps": {"test": STEPS, "validation": TUNING_STEPS},
        "stories in a batch": BATCH,
        "stories": len(world.splits().train),
    }
