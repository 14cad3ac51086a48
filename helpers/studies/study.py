"""Run a study: choose each arm's learning rate, then measure arms × seeds.

A study is a module of this room that has what `registry.Study` says. If the program is
stopped, the same command goes on with the next cell.
Built in notebooks/02_rnn.ipynb.
"""

import math
import statistics
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from helpers.studies import registry
from helpers.studies.registry import TUNING_SEED, Study
from helpers.studies.table import Table, Task, mean, plain


def run(
    study: Study, seconds: float = math.inf, seeds: Sequence[int] | None = None
) -> Path:
    """Measure what is not on file yet, of some seeds or of all; return the file.

    Raises KeyboardInterrupt, as the stop button does, instead of beginning a cell after
    so many seconds. Raises ValueError for a module that is no study, and for an arm
    that has no finite score at any learning rate.
    """
    table = Table(study)
    end = time.monotonic() + seconds
    _measure(_tuning(study), table, end)
    for line in table.warnings():
        print(line, flush=True)
    _measure(_tests(study, table, seeds), table, end)
    return table.path


def _tuning(study: Study) -> list[Task]:
    """Return the cells that choose the rates: all rates, the same for each arm."""
    found = []
    for arm in registry.trained(study):
        found += [Task(arm, rate, TUNING_SEED, "validation") for rate in study.RATES]
    return found


def _tests(study: Study, table: Table, seeds: Sequence[int] | None) -> list[Task]:
    """Return the runs, each with the rate that was chosen for its arm."""
    found = []
    for seed in study.SEEDS:
        if seeds is None or seed in seeds:
            found += [Task(arm, table.rate(arm), seed, "test") for arm in study.ARMS]
    return found


def _measure(tasks: Iterable[Task], table: Table, end: float) -> None:
    """Measure the tasks that are not on file; print each, with the time left."""
    waiting = [task for task in tasks if not table.has(task)]
    took: dict[str, list[float]] = {}  # arm → seconds of its cells
    for i, task in enumerate(waiting, start=1):
        if time.monotonic() > end:
            raise KeyboardInterrupt
        begin = time.monotonic()
        scores = {name: plain(x) for name, x in table.study.measure(*task).items()}
        seconds = time.monotonic() - begin
        table.add(task, scores, seconds)
        took.setdefault(task.arm, []).append(seconds)
        name = table.study.TUNED if table.study.TUNED in scores else next(iter(scores))
        shown = f"{name} {mean(scores[name]):.4g} · {seconds:.1f} s"
        left = _left([task.arm for task in waiting[i:]], took)
        print(f"{task}: {shown} · {i} of {len(waiting)}, {left}", flush=True)


def _left(arms: Sequence[str], took: dict[str, list[float]]) -> str:
    """Return how long the cells of some arms will take, by those already measured."""
    known = {arm: statistics.mean(seconds) for arm, seconds in took.items()}
    usual = statistics.mean(known.values())
    seconds = sum(known.get(arm, usual) for arm in arms)
    return f"{seconds / 60:.0f} min left" if seconds > 90 else f"{seconds:.0f} s left"
