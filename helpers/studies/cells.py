"""RNN, LSTM and GRU of equal size on the world: loss, verbs, names, reach, units.

All train for 600 updates with a rate that falls to 0; one arm is the LSTM again with
twice as many, at the rate of the shorter one. In the networks with gates the units that
tell the number of a subject are found on near verbs, then held at their mean, or at
their mean for one number, while verbs behind attractors are asked.
Built in notebooks/03_lstm.ipynb.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor, nn

from helpers import objectives, training
from helpers.corpora import world
from helpers.corpora.tasks import Agreement
from helpers.models import reach
from helpers.models.gated import GatedLanguageModel
from helpers.models.recurrent import RNNLanguageModel
from helpers.probes import names, number_units
from helpers.probes.agreement import verb_choices
from helpers.studies import agreement

LONG = "LSTM, twice the updates"
ARMS = ("RNN", "LSTM", "GRU", LONG)
SEEDS = (0, 1, 2, 3, 4)
RATES = (1e-2, 2e-2, 4e-2, 8e-2)
TUNED = "loss"
UPDATES = 600
WIDTHS = {"RNN": 128, "LSTM": 86, "GRU": 95}  # units; all have about 147,000 weights
STEPS_BACK = 40
REACHES = ("reach", "reach at the start")
HELD = (1, 2, 4, 8)  # so many units are held at once
UNITS = (
    "right, number units held",
    "right, other units held",
    "singular where held singular",
    "plural where held plural",
)
BEST = 8  # units whose telling is kept
POINTS = dict.fromkeys(REACHES, range(STEPS_BACK)) | dict.fromkeys(UNITS, HELD)
POINTS["how well units tell"] = range(1, BEST + 1)
NAMES = 100
DRAWS = 5  # sets of other units
CODE = (
    *agreement.CODE,
    "helpers.models.gated",
    "helpers.probes.number_units",
    "helpers.studies.agreement",
)


def make(arm: str, vocab_size: int) -> nn.Module:
    """Return one of the networks with its first weights; all have one size."""
    cell = "LSTM" if arm == LONG else arm
    if cell == "RNN":
        return RNNLanguageModel(vocab_size, d_model=64, d_hidden=WIDTHS[cell])
    return GatedLanguageModel(vocab_size, 64, WIDTHS[cell], cell.lower())


def trained(model: nn.Module, rate: float, seed: int, updates: int) -> nn.Module:
    """Train a network on the stories, in place, and return it."""
    generator = torch.Generator().manual_seed(seed)
    stories = agreement.coded(world.splits().train)
    batches = objectives.next_token_batches(stories, 32, generator)
    settings = training.Settings(steps=updates, lr=rate)
    training.train(model, batches, agreement.loss_of, settings)
    return model


def loss_on(model: nn.Module, stories: Sequence) -> float:
    """Return the mean loss on stories, in nats per token."""
    batch = objectives.next_token_batch(agreement.coded(stories))
    with torch.no_grad():
        return float(agreement.loss_of(model, batch))


def measure(arm: str, rate: float, seed: int, part: str) -> dict:
    """Train one network; return its loss, and on the test set all the rest."""
    if part != "test":
        return {"loss": _validation("LSTM" if arm == LONG else arm, rate, seed)}
    updates = 2 * UPDATES if arm == LONG else UPDATES
    model = trained(first(arm, seed), rate, seed, updates)
    found = {"loss": loss_on(model, world.splits().test)}
    found |= _reaches(model, first(arm, seed)) | verbs(model) | names_of(model)
    return found | units(model, seed)


def first(arm: str, seed: int) -> nn.Module:
    """Return a network as it is before training."""
    torch.manual_seed(seed)
    return make(arm, len(agreement.vocabulary()))


@lru_cache(64)
def _validation(arm: str, rate: float, seed: int) -> float:
    model = trained(first(arm, seed), rate, seed, UPDATES)
    return loss_on(model, world.splits().valid)


def verbs(model: nn.Module) -> dict[str, np.ndarray]:
    """Return the right (1) and wrong (0) verbs of each kind."""
    ids = agreement.vocabulary().ids
    found = {}
    for kind, items in agreement.verbs().items():
        found[str(kind)] = verb_choices(model, ids, items).astype(float)
    return found


def names_of(model: nn.Module) -> dict[str, np.ndarray]:
    """Return the losses on names, and where another name was read in their place."""
    ids = agreement.vocabulary().ids
    found = {}
    for name, again in (("names", _far()), ("near names", agreement.near_names())):
        other = names.renamed(again)
        found[name] = names.name_losses(model, ids, again)
        found[f"{name}, another read"] = names.name_losses(model, ids, other)
    return found


@lru_cache(1)
def _far() -> list[names.Again]:
    return names.names_again(world.documents(900, seed=21), NAMES, agreement.FAR)


def near_and_far() -> tuple[list[Agreement], list[Agreement]]:
    """Return verbs to find the number units on, and verbs behind two attractors."""
    groups = agreement.verbs().items()
    near = [item for kind, some in groups if kind.distance < 7 for item in some]
    far = [item for kind, some in groups if kind.n_opposite > 1 for item in some]
    return near, far


def units(model: nn.Module, seed: int) -> dict[str, np.ndarray]:
    """Return what becomes of the far verbs while some units are held."""
    if isinstance(model, RNNLanguageModel):  # its units have no gates to hold them
        nothing = dict.fromkeys(UNITS, np.full(len(HELD), np.nan))
        return nothing | {"how well units tell": np.full(BEST, np.nan)}
    near, far = near_and_far()
    held = number_units.before_verbs(model, agreement.vocabulary().ids, near)
    plural = np.array([item.plural for item in near])
    tells = number_units.tells(held, plural)
    order = np.argsort(-np.abs(tells))
    means = held.mean(0), held[~plural].mean(0), held[plural].mean(0)
    random = np.random.default_rng(seed)
    rows = []
    for k in HELD:
        others = [random.choice(order[BEST:], k, replace=False) for _ in range(DRAWS)]
        rows.append(_while_held(model, far, order[:k], others, means))
    found = dict(zip(UNITS, np.transpose(rows), strict=True))
    return found | {"how well units tell": np.abs(tells[order[:BEST]])}


def _while_held(
    model: nn.Module,
    far: Sequence[Agreement],
    best: np.ndarray,
    others: Sequence[np.ndarray],
    means: Sequence[np.ndarray],
) -> tuple[float, ...]:
    """Return the four shares of UNITS; the means: of all verbs, singular, plural."""
    plural = np.array([item.plural for item in far])
    ids = agreement.vocabulary().ids

    def right(some: np.ndarray, values: np.ndarray) -> np.ndarray:
        return number_units.held_choices(model, ids, far, some, values[some])

    middle, one, many = means
    return (
        right(best, middle).mean(),
        float(np.mean([right(some, middle) for some in others])),
        (right(best, one) != plural).mean(),  # a right answer is singular if it must
        (right(best, many) == plural).mean(),
    )


def _reaches(model: nn.Module, before: nn.Module) -> dict[str, np.ndarray]:
    """Return how far back the gradient reaches, after and before training."""
    found = {}
    for name, each in zip(REACHES, (model, before), strict=True):
        rows = []
        for text in _inputs(each):
            rows.append(reach.state_reach(each.cell, text).flip(0))
        found[name] = torch.stack(rows).clamp(min=1e-30).log().mean(0).exp().numpy()
    return found


def _inputs(model: nn.Module) -> Tensor:
    with torch.no_grad():
        return model.embed(agreement.texts(5))  # (5, T, C)


def about() -> dict:
    """Return how the runs were made, and what was read and asked."""
    near, far = near_and_far()
    return agreement.about() | {
        "updates": UPDATES,
        "units": WIDTHS,
        "verbs to find units": len(near),
        "verbs while held": len(far),
        "names asked": NAMES,
    }
