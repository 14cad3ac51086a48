"""One training loop for every model, and what goes with it.

loop      train, schedule, clipping, evaluation, interrupts
resume    leave a training and take it up again, exactly
parts     one batch in parts: means and gradients that add up
weights   a model's weights by name, and back
"""

from helpers.training.loop import (
    History,
    Run,
    Settings,
    adamw_step,
    clip_gradients,
    go_on,
    learning_rate,
    progress,
    train,
)

__all__ = [
    "History",
    "Run",
    "Settings",
    "adamw_step",
    "clip_gradients",
    "go_on",
    "learning_rate",
    "progress",
    "train",
]
