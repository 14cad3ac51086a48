"""Tables of experiments that are too long for a notebook: results/*.json.

These have rows and columns; tables of arms and seeds are filled by `study`. Each file
says which command made it. A cell of a table is written as soon as it is measured, so
a program that was stopped goes on with the next one.
Built in notebooks/12_bert_pretraining.ipynb.
"""

import json
import math
import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from helpers import environment

if TYPE_CHECKING:  # whoever only reads a table needs no torch
    from helpers.training import History

FOLDER = Path(__file__).with_name("results")
SEPARATOR = " | "  # JSON has text as keys only: "row | column | seed"
SEEDS = (0, 1, 2)  # of every table


class Cell(NamedTuple):
    """Where a score stands in a table, and the seed that it was measured with."""

    row: str
    column: str
    seed: int


def file_of(name: str) -> Path:
    """Return where the table of a study is, or will be."""
    return FOLDER / f"{name}.json"


def read(name: str) -> dict:
    """Return a results file: what made it, and "cells": {(row, column, seed): score}.

    Raises ValueError for a name that is not there, with the names that are.
    """
    if not file_of(name).exists():
        known = ", ".join(sorted(path.stem for path in FOLDER.glob("*.json")))
        raise ValueError(f"no results {name!r}; there are: {known or 'none'}")
    found = json.loads(file_of(name).read_text(encoding="utf-8"))
    cells = {}
    for key, score in found["cells"].items():
        row, column, seed = key.split(SEPARATOR)
        cells[Cell(row, column, int(seed))] = score
    return found | {"cells": cells}


def cells_done(name: str, about: dict) -> dict[Cell, float]:
    """Return the cells on file, if they were made as `about` says; else none."""
    if not file_of(name).exists():
        return {}
    found = read(name)
    cells = found.pop("cells")
    return cells if found == about else {}


def keep(name: str, cell: Cell, score: float, about: dict) -> None:
    """Add one measured cell; the file is written in one step.

    `about` says how the table is made. If that differs from what is on file, the older
    cells are dropped: one table is made in one way only.
    """
    # Another process may have added cells meanwhile, so the file is read again.
    cells = cells_done(name, about) | {cell: score}
    texts = {SEPARATOR.join(map(str, key)): cells[key] for key in cells}
    whole = about | {"cells": dict(sorted(texts.items()))}
    environment.write(file_of(name), json.dumps(whole, indent=1) + "\n")


def declared(name: str, about: dict) -> dict:
    """Return what stands in a file above its cells: the command and how it measures."""
    command = f"python -m helpers.studies {name}"
    return {"command": command, "seeds": list(SEEDS)} | about


def fill(
    name: str, study: ModuleType, seconds: float, seeds: Sequence[int] = SEEDS
) -> Path:
    """Measure the cells of a study that are not on file; return the file.

    The study is a module. `about()` says how its table is made, `cells()` returns the
    arguments of `measure` for each cell, and `measure(*arguments)` returns its score.
    Raises KeyboardInterrupt, as the stop button does, instead of beginning a cell after
    so many seconds.
    """
    end = time.monotonic() + seconds
    about = declared(name, study.about())
    done = cells_done(name, about)
    for cell, arguments in study.cells().items():
        if cell in done or cell.seed not in seeds:
            continue
        if time.monotonic() > end:
            raise KeyboardInterrupt
        score = study.measure(*arguments)
        print(*cell, round(score, 3), flush=True)
        keep(name, cell, score, about)
    return file_of(name)


def finished(history: "History") -> None:
    """Raise KeyboardInterrupt if a training was stopped.

    The training loop keeps what a stopped model has learned. Its score would be wrong
    in a table, so the study has to stop, too.
    """
    if history.interrupted:
        raise KeyboardInterrupt


def table(found: dict) -> dict[tuple[str, str], list[float]]:
    """Return {(row, column): scores of all seeds} of what `read` returned."""
    scores = defaultdict(list)
    for (row, column, _), score in found["cells"].items():
        scores[row, column].append(score)
    return dict(scores)


def mean_and_sd(scores: Sequence[float]) -> tuple[float, float]:
    """Return the mean and the standard deviation over seeds (n − 1; of one: nan)."""
    if not len(scores):
        raise ValueError("0 scores have no mean; measure at least one seed")
    sd = statistics.stdev(scores) if len(scores) > 1 else math.nan
    return statistics.mean(scores), sd
