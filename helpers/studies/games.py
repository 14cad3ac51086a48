"""Teach a looker a letter game, and ask what it has learned.

Built in notebooks/07_self_attention.ipynb.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers import training
from helpers.corpora import letter_games
from helpers.corpora.letter_games import Game

GAMES = {
    "before": letter_games.before,
    "reverse": letter_games.reverse,
    "partner": letter_games.brackets,
    "three jobs": letter_games.three_jobs,
}
SIGNS = {"partner": letter_games.N_MARKS * 2 * letter_games.N_BRACKETS}
BATCH = 64
ASKED = 400  # texts of a test
TEST_SEED = 99
VALIDATION_SEED = 98
CODE = (
    "helpers.corpora.letter_games",
    "helpers.models.attention",
    "helpers.models.looker",
    "helpers.training.loop",
)


def sizes(game: str) -> tuple[int, int]:
    """Return how many signs a game has, and how many answers a looker gives."""
    jobs = 3 if game == "three jobs" else 1
    return SIGNS.get(game, letter_games.N_LETTERS), jobs * letter_games.N_LETTERS


def texts(game: str, seed: int, n: int = ASKED) -> Game:
    """Return n texts of a game."""
    return GAMES[game](n, torch.Generator().manual_seed(seed))


def loss_of(model: nn.Module, game: Game) -> Tensor:
    """Return the mean loss, in nats per letter: log 16 = 2.77 is guessing."""
    logits = model(game.ids).reshape(-1, letter_games.N_LETTERS)  # (answers, 16)
    return F.cross_entropy(logits, game.answers.flatten())


def teach(
    model: nn.Module,
    game: str,
    rate: float,
    seed: int,
    steps: int,
    on_step: Callable[[int, nn.Module], None] | None = None,
) -> training.History:
    """Train on new texts at every step; return what happened."""
    generator = torch.Generator().manual_seed(seed)
    batches = (GAMES[game](BATCH, generator) for _ in range(steps))
    settings = training.Settings(steps, lr=rate)
    return training.train(model, batches, loss_of, settings, None, on_step)


def right(model: nn.Module, game: Game) -> Tensor:
    """Return which answers are right: bool, as game.answers."""
    with torch.no_grad():
        logits = model(game.ids)  # (B, T, answers)
    jobs = logits.unflatten(-1, (-1, letter_games.N_LETTERS))  # (B, T, jobs, 16)
    return jobs.argmax(-1).reshape(game.answers.shape) == game.answers
