"""Fill the tables of results/ anew: python -m helpers.studies NAME --minutes 3

ablations   four pre-trainings × three seeds, each fine-tuned on four tasks (for
            notebook 12), about half an hour
curves      frozen, fine-tuned, from scratch: four tasks, 10 to 10,000 labels, three
            seeds (for notebook 13), some minutes
heads       four tasks with more labels and steps than fit into the notebook, three
            seeds (for notebook 13), ten minutes
reviews     film reviews by a real BERT and by a bag of words (for notebook 13): needs
            the treebank and an installed BERT, some minutes
scaling     four widths, four numbers of steps, three seeds: how far from the floor?
            (for notebook 15), about half an hour

It stops after so many minutes, and the same command goes on with the next cell.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import torch
from torch import nn

from helpers import training
from helpers.checkpoints import real_bert, shipped, story_bert
from helpers.corpora import pydocs, treebank, world
from helpers.finetuning.tasks import FOUR, Task
from helpers.models.layers import available, use_onednn
from helpers.studies import ablations, heads, label_curves, results, reviews, scaling
from helpers.training import resume

SEEDS, STORIES = (0, 1, 2), 60_000
COMMAND = "python -m helpers.studies ablations"


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
    return bool(cells_done("ablations", about()))


def cells_done(name: str, about: dict) -> dict:
    """Return the cells on file, if they were made as `about` says."""
    if not (results.FOLDER / f"{name}.json").exists():
        return {}
    found = results.read(name)
    cells = found.pop("cells")
    return cells if found == about else {}


def fill(name: str, cells: list, measure: Callable, about: dict, end: float) -> bool:
    """Measure the cells that are not on file yet, until `end`; say whether all are."""
    done = cells_done(name, about)
    for row, column, seed, arguments in cells:
        if f"{row} | {column} | {seed}" in done:
            continue
        if time.monotonic() > end:
            return False
        score = measure(*arguments)
        print(row, column, seed, round(score, 3), flush=True)
        results.keep(name, (row, column, seed), score, about)
    return True


def make_curves(seconds: float) -> bool:
    """Fill the label-efficiency curves for so many seconds."""
    end = time.monotonic() + seconds
    return fill(
        "label_curves",
        label_curves.cells(),
        label_curves.measure,
        label_curves.about(),
        end,
    )


def make_heads(seconds: float) -> bool:
    """Fill the table of four heads for so many seconds."""
    end = time.monotonic() + seconds
    measure, about = heads.measure, heads.about()
    return fill("heads", heads.cells(), measure, about, end)


def make_reviews(seconds: float) -> bool:
    """Fill the table of film reviews; stops where the data or the weights are not."""
    end = time.monotonic() + seconds
    bank, real = treebank.find(), real_bert.find()
    if bank is None or real is None:
        sys.exit("the reviews need both")
    both, about = reviews.Readers(real, bank), reviews.about(real)
    return fill("reviews", reviews.cells(), both.measure, about, end)


def make_scaling(seconds: float) -> bool:
    """Fill the grid of sizes and steps for so many seconds."""
    end, about = time.monotonic() + seconds, scaling.about()
    for width, steps, seed in scaling.cells():
        row, done = f"width {width}", cells_done("scaling", about)
        if f"{row} | {steps} seconds | {seed}" in done:
            continue
        if time.monotonic() > end:
            return False
        nats, took = scaling.measure(width, steps, seed)
        print(row, steps, seed, round(nats, 3), round(took, 1), flush=True)
        for kind, value in (("nats", nats), ("seconds", took)):
            results.keep("scaling", (row, f"{steps} {kind}", seed), value, about)
    return True


MAKERS = {
    "ablations": make_ablations,
    "label_curves": make_curves,
    "heads": make_heads,
    "reviews": make_reviews,
    "scaling": make_scaling,
}


def main(arguments: list[str]) -> None:
    """Fill a table, or a part of it."""
    parser = argparse.ArgumentParser(prog="python -m helpers.studies")
    parser.add_argument("name", choices=MAKERS)
    parser.add_argument("--minutes", type=float, default=1e6)
    parser.add_argument("--seeds", type=int, nargs="+", help="some of them")
    given = parser.parse_args(arguments)
    make, options = MAKERS[given.name], {"seeds": given.seeds} if given.seeds else {}
    if options and given.name != "ablations":
        parser.error("--seeds is for the ablations")
    if not make(60 * given.minutes, **options):
        sys.exit("not done yet: the same command goes on")
    print(shipped.FOLDER.with_name("results") / f"{given.name}.json")


if __name__ == "__main__":
    main(sys.argv[1:])
