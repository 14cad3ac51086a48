"""One, two, four heads at equal size; and queries, keys, values that share a matrix.

Letter games, whose right maps are known. Built in notebooks/07_self_attention.ipynb.
"""

from typing import NamedTuple

import torch

from helpers.corpora.letter_games import Game
from helpers.models.looker import Looker
from helpers.models.tracing import recording
from helpers.studies import games

SEEDS = (0, 1, 2, 3, 4)
RATES = (3e-3, 1e-2, 3e-2, 1e-1)
TUNED = "loss"
STEPS = 400
CODE = games.CODE + ("helpers.studies.games",)


class Arm(NamedTuple):
    """One looker and its training."""

    game: str
    n_heads: int
    width: int
    shared: str | None = None
    steps: int = STEPS


def name(game: str, shared: str | None, n_heads: int) -> str:
    """Return the name of an arm of the second question."""
    return f"{game}, {shared or 'three matrices'}, {n_heads} head(s)"


JOBS = {
    "1 head": Arm("three jobs", 1, 64),
    "1 head, 4 × as long": Arm("three jobs", 1, 64, steps=4 * STEPS),
    "2 heads": Arm("three jobs", 2, 64),
    "4 heads": Arm("three jobs", 4, 64),
}
SHARED = {
    name(game, shared, n_heads): Arm(game, n_heads, 32, shared)
    for game in ("before", "reverse", "partner")
    for shared in (None, "K = V", "Q = K")
    for n_heads in (1, 4)
}
PLANS = JOBS | SHARED
ARMS = tuple(PLANS)


def make(arm: str, seed: int) -> Looker:
    """Return the looker of an arm with its first weights."""
    plan = PLANS[arm]
    torch.manual_seed(seed)
    return Looker(*games.sizes(plan.game), plan.width, plan.n_heads, plan.shared)


def trained(arm: str, rate: float, seed: int) -> Looker:
    """Return the looker of an arm, trained."""
    model = make(arm, seed)
    plan = PLANS[arm]
    games.teach(model, plan.game, rate, seed, plan.steps)
    return model


def measure(arm: str, rate: float, seed: int, part: str) -> dict:
    """Train one looker; return its loss, its right answers and where it looks."""
    model = trained(arm, rate, seed)
    game = PLANS[arm].game
    if part == "validation":
        asked = games.texts(game, games.VALIDATION_SEED)
        with torch.no_grad():
            return {"loss": games.loss_of(model, asked).item()}
    asked = games.texts(game, games.TEST_SEED)
    with torch.no_grad():
        loss = games.loss_of(model, asked).item()
    shares = games.right(model, asked).float()
    found = {"loss": loss, "right": shares.mean().item()}
    if game == "three jobs":
        for job, share in zip(
            ("before", "after", "mirrored"), shares.mean((0, 1)), strict=True
        ):
            found[f"right, {job}"] = share.item()
        return found
    return found | {"some head at gold": at_gold(model, asked)}


def at_gold(model: Looker, game: Game) -> float:
    """Return in how many rows the largest weight of some head is at the right place."""
    with torch.no_grad(), recording(model.attend) as taps:
        model(game.ids)
    most = taps["tap_weights"].argmax(-1)  # (B, H, T)
    return (most == game.places[:, None]).any(1).float().mean().item()


def about() -> dict:
    """Return how the runs were made."""
    return {
        "updates": STEPS,
        "texts in a batch": games.BATCH,
        "texts asked": games.ASKED,
    }
