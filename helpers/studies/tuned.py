"""Fine-tune a model on a task of the world and score it, as several studies do."""

import torch
from torch import nn

from helpers import finetuning, training
from helpers.checkpoints import story_bert
from helpers.finetuning.tasks import Split, Task
from helpers.studies.results import finished


def tuned_score(
    model: nn.Module,
    task: Task,
    part: Split,
    settings: training.Settings,
    batch_size: int,
    seed: int,
) -> float:
    """Train a model with a head, in place; return its score on the test examples.

    Parameters that are frozen stay as they are. The score is a share in [0, 1]. Raises
    KeyboardInterrupt if the training was stopped.
    """
    wordpiece = story_bert.vocabulary()
    generator = torch.Generator().manual_seed(seed)
    batches = finetuning.batches(task, part.learned, wordpiece, generator, batch_size)
    finished(training.train(model, batches, finetuning.loss, settings))
    return finetuning.score(model, task, part.asked, wordpiece)
