"""One training loop for every model, and what goes with it.

loop      train, schedule, clipping, evaluation, interrupts
clipping  a gradient made shorter: all together, or number by number
resume    a whole training in one file: leave it and take it up again, exactly
parts     one batch in parts: means and gradients that add up
weights   a model's weights by name, in memory, and back

Finished models, which come with the course, are in the room `checkpoints`.
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
