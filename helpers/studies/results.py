"""Tables of experiments that are too long for a notebook: results/*.json.

Each file says which command made it; each cell of a table is written when it is
measured, so that a stopped program goes on with the next one.
Built in notebooks/12_bert_pretraining.ipynb.
"""

import json
import math
import statistics
from pathlib import Path

from helpers import environment

FOLDER = Path(__file__).with_name("results")


def read(name: str, folder: Path = FOLDER) -> dict:
    """Return a results file: what made it, and "cells": {"row | column | seed": score}.

    Raises ValueError for a name that is not there, with the names that are.
    """
    path = folder / f"{name}.json"
    if not path.exists():
        known = ", ".join(sorted(p.stem for p in folder.glob("*.json"))) or "none"
        raise ValueError(f"no results {name!r}; there are: {known}")
    return json.loads(path.read_text(encoding="utf-8"))


def keep(name: str, cell: tuple, score: float, about: dict, folder: Path = FOLDER):
    """Add one measured cell (row, column, seed); the file is written in one step.

    `about` says how the table is made. Where that differs from what is on file, the
    older cells are dropped: one table, one way of making it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    old = read(name, folder) if path.exists() else {}
    same = {k: v for k, v in old.items() if k != "cells"} == about
    cells = (old["cells"] if same else {}) | {" | ".join(map(str, cell)): score}
    text = json.dumps(about | {"cells": dict(sorted(cells.items()))}, indent=1)
    environment.write(path, (text + "\n").encode())


def table(found: dict) -> dict[tuple[str, str], list[float]]:
    """Return {(row, column): scores of all seeds} of what `read` returned."""
    out: dict[tuple[str, str], list[float]] = {}
    for cell, score in found["cells"].items():
        row, column, _ = cell.split(" | ")
        out.setdefault((row, column), []).append(score)
    return out


def mean_and_sd(scores: list[float]) -> tuple[float, float]:
    """Return the mean and the standard deviation over seeds (n − 1; of one: nan)."""
    sd = statistics.stdev(scores) if len(scores) > 1 else math.nan
    return statistics.mean(scores), sd
