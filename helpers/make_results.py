"""Fill the tables of results/ anew: python -m helpers.make_results NAME --minutes 3

ablations   four pre-trainings × three seeds, each fine-tuned on four tasks (for
            notebook 11), about half an hour

It stops after so many minutes, and the same command goes on with the next cell.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import torch
from torch import nn

from helpers import ablations, checkpoints, results, resume, story_bert, training
from helpers.corpora import pydocs, world
from helpers.four_tasks import FOUR, Task
from helpers.models.products import available, use_onednn

SEEDS, STORIES = (0, 1, 2), 60_000
COMMAND = "python -m helpers.make_results ablations"


def about() -> dict:
    """Return how the table is made; where that changes, it is made anew."""
    return {
        "command": COMMAND,
        "seeds": list(SEEDS),
        "pretraining": asdict(ablations.PRETRAINING) | {"stories": STORIES},
        "size": asdict(ablations.SIZE),
        "fine_tuning": asdict(ablations.FINE_TUNING)
        | {"examples": ablations.EXAMPLES, "tested": ablations.TESTED},
        "scores": "right classes, exact spans, F1 of names; in [0, 1]",
    }


def pretrained(name: str, seed: int, folder: Path, end: float) -> nn.Module | None:
    """Return a pre-trained model from its file, or make it; None: not done in time."""
    variant = ablations.VARIANTS[name]
    torch.manual_seed(seed)
    model = use_onednn(variant.make(ablations.SIZE), available())
    run = training.Run(model, ablations.PRETRAINING)
    dice = torch.Generator().manual_seed(seed)
    stories = world.documents(STORIES, seed=1000 + seed)
    batches = story_bert.batches(stories, dice, variant.shares)
    batches = resume.until(batches, end - time.monotonic())
    state = folder / f"{name} {seed}.safetensors"
    done = resume.train(run, batches, variant.loss, state, 200)
    return None if done.interrupted else model


def missing(done: dict, row: str, seed: int) -> list[Task]:
    """Return the tasks whose cell is not there yet."""
    return [task for task in FOUR if f"{row} | {task.name} | {seed}" not in done]


def make_ablations(seconds: float, seeds: Sequence[int] = SEEDS) -> bool:
    """Fill the table for so many seconds; say whether these seeds are done."""
    end = time.monotonic() + seconds
    folder = pydocs.cache_folder() / "ablations"
    for seed in seeds:
        for row, source in ablations.READERS.items():
            found = results.read("ablations") if _begun() else {}
            wanted = missing(found.get("cells", {}), row, seed)
            model = wanted and pretrained(source, seed, folder, end)
            for task in wanted:
                if model is None or time.monotonic() > end:
                    return False
                bert = ablations.reader(row, model.bert)
                score = ablations.fine_tune(bert, task, seed)
                print(row, task.name, seed, round(score, 3), flush=True)
                results.keep("ablations", (row, task.name, seed), score, about())
    return True


def _begun() -> bool:
    path = results.FOLDER / "ablations.json"
    if not path.exists():
        return False
    found = results.read("ablations")
    return {k: v for k, v in found.items() if k != "cells"} == about()


def main(arguments: list[str]) -> None:
    """Fill a table, or a part of it."""
    parser = argparse.ArgumentParser(prog="python -m helpers.make_results")
    parser.add_argument("name", choices=["ablations"])
    parser.add_argument("--minutes", type=float, default=1e6)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    given = parser.parse_args(arguments)
    if not make_ablations(60 * given.minutes, given.seeds):
        sys.exit("not done yet: the same command goes on")
    print(checkpoints.FOLDER.with_name("results") / f"{given.name}.json")


if __name__ == "__main__":
    main(sys.argv[1:])
