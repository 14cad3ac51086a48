"""Scores that are divided by √D, by D, or not at all: one head of three widths.

Only queries and keys grow; the game is to look at the partner of a bracket.
Built in notebooks/07_self_attention.ipynb.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from helpers.models.looker import WideLooker
from helpers.studies import games
from helpers.training.loop import clip_factor

SEEDS = (0, 1, 2, 3, 4)
RATES = (3e-3, 1e-2, 3e-2)
TUNED = "loss"
GAME = "partner"
WIDTHS = (16, 64, 256)
MIDDLE = 64  # the width at which the causes are parted
STEPS = 400
N_POINTS = 20  # of a curve; each is the mean over a twentieth of the training
MIDDLES = range(STEPS // N_POINTS // 2, STEPS, STEPS // N_POINTS)
POINTS = dict.fromkeys(("training loss", "gradient of W_Q"), MIDDLES)
CODE = games.CODE + ("helpers.studies.games",)


class Plan(NamedTuple):
    """One looker and its training; `start`: how much larger its first W_Q is."""

    d_head: int
    divisor: float
    start: float = 1.0
    steps: int = STEPS


NOT = "not divided"
ROOT = "divided by √D"
WHOLE = "divided by D"
SMALL = f"{NOT}, small start"
LARGE = f"{ROOT}, large start"
LONG = f"{NOT}, 4 × as long"


def name(how: str, d_head: int) -> str:
    """Return the name of an arm."""
    return f"{how}, D = {d_head}"


PLANS = {}
for width in WIDTHS:
    PLANS[name(NOT, width)] = Plan(width, 1.0)
    PLANS[name(ROOT, width)] = Plan(width, width**0.5)
    PLANS[name(WHOLE, width)] = Plan(width, width)
PLANS[name(SMALL, MIDDLE)] = Plan(MIDDLE, 1.0, MIDDLE**-0.5)
PLANS[name(LARGE, MIDDLE)] = Plan(MIDDLE, MIDDLE**0.5, MIDDLE**0.5)
PLANS[name(LONG, MIDDLE)] = Plan(MIDDLE, 1.0, steps=4 * STEPS)
ARMS = tuple(PLANS)


def make(arm: str, seed: int) -> WideLooker:
    """Return the looker of an arm with its first weights."""
    plan = PLANS[arm]
    torch.manual_seed(seed)
    model = WideLooker(*games.sizes(GAME), plan.d_head, plan.divisor)
    with torch.no_grad():
        model.query.weight.mul_(plan.start)
    return model


def measure(arm: str, rate: float, seed: int, part: str) -> dict:
    """Train one looker; return its losses and the gradient of its query matrix."""
    model = make(arm, seed)
    if part == "validation":
        games.teach(model, GAME, rate, seed, PLANS[arm].steps)
        asked = games.texts(GAME, games.VALIDATION_SEED)
        with torch.no_grad():
            return {"loss": games.loss_of(model, asked).item()}
    asked = games.texts(GAME, games.TEST_SEED)
    found = at_the_start(model, asked)
    losses, gradients = watched(model, rate, seed, PLANS[arm].steps)
    with torch.no_grad():
        loss = games.loss_of(model, asked).item()
    return found | {
        "loss": loss,
        "right": games.right(model, asked).float().mean().item(),
        "training loss": losses,
        "gradient of W_Q": gradients,
    }


def at_the_start(model: WideLooker, asked: games.Game) -> dict[str, float]:
    """Return the largest weight and the gradient of W_Q before training, on average."""
    with torch.no_grad():
        largest = model.look(asked.ids)[1].amax(-1).mean().item()
    games.loss_of(model, asked).backward()
    gradient = model.query.weight.grad.norm().item()
    model.zero_grad()
    return {"largest weight at the start": largest, "gradient at the start": gradient}


def watched(
    model: WideLooker, rate: float, seed: int, steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """Train; return the loss and the size of W_Q's gradient, at twenty places each.

    The size is that before all gradients were clipped together.
    """
    clipped = []

    def note(step: int, model: nn.Module) -> None:
        clipped.append(model.query.weight.grad.norm().item())

    history = games.teach(model, GAME, rate, seed, steps, note)
    factors = [clip_factor(norm, 1.0) for norm in history.gradient_norms]
    sizes = np.array(clipped) / np.array(factors)
    losses = np.array(history.losses)
    return losses.reshape(N_POINTS, -1).mean(1), sizes.reshape(N_POINTS, -1).mean(1)


def about() -> dict:
    """Return how the runs were made."""
    return {
        "updates": STEPS,
        "texts in a batch": games.BATCH,
        "texts asked": games.ASKED,
        "widths": list(WIDTHS),
    }
