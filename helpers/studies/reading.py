"""What a study has measured: arms, seeds, scores, differences. Nothing is trained.

Built in notebooks/02_rnn.ipynb.
"""

import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from helpers.studies import results, sources
from helpers.studies.intervals import Gap, paired

SEPARATOR = " | "  # JSON has text as keys only: "arm | seed"


def read(name: str) -> "Results":
    """Return what a study has on file; one line is printed if it should be run again.

    Raises ValueError for a name that is not there, with the names that are.
    """
    path = results.file_of(name)
    known = ", ".join(sorted(f.stem for f in results.FOLDER.glob("*.json") if _new(f)))
    if not path.exists():
        raise ValueError(f"no study {name!r} on file; there are: {known or 'none'}")
    if not _new(path):
        raise ValueError(f"{name!r} is a table for results.read; studies: {known}")
    found = Results(name, json.loads(path.read_text(encoding="utf-8")))
    faults = [f"{run} is missing" for run in found.incomplete]
    faults += [f"{module} has changed since" for module in found.stale]
    if faults:
        more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
        print(f"{name}: {faults[0]}{more}; {found.about['command']} measures it anew")
    return found


def _new(path: Path) -> bool:
    """Tell whether a file was written by a study that has arms."""
    return "arms" in json.loads(path.read_text(encoding="utf-8"))


class Results:
    """The scores of a study: one run for each arm and seed.

    `about` is all that stands in the file above the runs: command, versions, seconds.
    """

    def __init__(self, name: str, kept: dict):
        self.name = name
        self.about = kept
        self.arms: tuple[str, ...] = tuple(kept["arms"])
        self.seeds: tuple[int, ...] = tuple(kept["seeds"])
        self._runs = {key: cell["scores"] for key, cell in kept["cells"].items()}

    def __repr__(self) -> str:
        return f"{self.name}: {', '.join(self.arms)}; seeds {self.seeds}"

    @property
    def incomplete(self) -> list[str]:
        """The runs that are not on file, as "arm | seed"."""
        wanted = [key(arm, seed) for arm in self.arms for seed in self.seeds]
        return [each for each in wanted if each not in self._runs]

    @property
    def stale(self) -> list[str]:
        """The modules whose code has changed since the runs were measured."""
        return sources.changed(self.about["code"])

    @property
    def edges(self) -> list[str]:
        """The arms whose best learning rate is the least or the largest tried."""
        tuned = self.about["tuning"]
        return [arm for arm in self.arms if tuned.get(arm, {}).get("edge")]

    def rate(self, arm: str) -> float | None:
        """Return the learning rate that an arm was given; None if it has none."""
        self._arm(arm)
        return self.about["tuning"].get(arm, {}).get("rate")

    def values(self, score: str) -> dict[str, np.ndarray]:
        """Return {arm: one number a seed}; scores of items are averaged over them.

        An arm whose runs do not have the score is left out.
        """
        return {arm: runs.mean(1) for arm, runs in self.curve(score).items()}

    def curve(self, score: str) -> dict[str, np.ndarray]:
        """Return {arm: (seeds, points)} of a score that is a list in each run."""
        return {arm: self._array(arm, score) for arm in self._with(score)}

    def points(self, score: str) -> list[float]:
        """Return the places on x where a curve was measured, as POINTS names them."""
        return _named(self.about["points"], score, "points are known of")

    def paired(
        self, first: str, second: str, score: str, at: float | None = None
    ) -> Gap:
        """Return first − second, paired by seed (and item), with a 95 % interval.

        A score that is a list has items, the same in both arms; of a curve, `at` says
        which point. See `intervals.paired`.
        """
        arrays = [self._array(arm, score) for arm in (first, second)]
        if score in self.about["points"]:
            arrays = [array[:, [self._place(score, at)]] for array in arrays]
        return paired(*arrays)

    def _place(self, score: str, at: float | None) -> int:
        points = self.points(score)
        if at not in points:
            raise ValueError(f"{score} is a curve; say at= one of its points {points}")
        return points.index(at)

    def _with(self, score: str) -> list[str]:
        """Return the arms that have a score, or all if none has it."""
        found = []
        for arm in self.arms:
            runs = [self._runs.get(key(arm, seed)) for seed in self.seeds]
            # what is missing in some of its runs only is told of later
            if any(run is None or score in run for run in runs):
                found.append(arm)
        return found or list(self.arms)

    def _arm(self, arm: str) -> None:
        if arm not in self.arms:
            known = ", ".join(self.arms)
            raise ValueError(f"{self.name} has no arm {arm!r}; it has: {known}")

    def _array(self, arm: str, score: str) -> np.ndarray:
        """Return the scores of an arm as (seeds, items), of a single number (seeds, 1).

        Raises ValueError for an unknown arm or score and for runs not on file.
        """
        self._arm(arm)
        rows = []
        for seed in self.seeds:
            run = self._runs.get(key(arm, seed))
            if run is None:
                raise ValueError(
                    f"{key(arm, seed)} is not on file; python -m helpers.studies "
                    f"{self.name} measures it"
                )
            row = _named(run, score, f"{self.name} has the scores")
            rows.append(row if isinstance(row, list) else [row])
        lengths = sorted({len(row) for row in rows})
        if len(lengths) > 1:
            raise ValueError(f"{score} of {arm} has {lengths} items, not equally many")
        return np.array([[_number(x) for x in row] for row in rows])


def key(arm: str, seed: int) -> str:
    """Return the key of a run in the file."""
    return f"{arm}{SEPARATOR}{seed}"


def _number(kept: float | None) -> float:
    return math.nan if kept is None else kept  # JSON has no NaN


def _named(table: dict, name: str, said: str) -> float | Sequence:
    """Return an entry. Raises ValueError with the names that there are."""
    if name not in table:
        known = ", ".join(table) or "none"
        raise ValueError(f"no {name!r}: {said}: {known}")
    return table[name]
