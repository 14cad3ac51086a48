"""The file of a study while it is filled: every cell is written as soon as measured.

Built in notebooks/02_rnn.ipynb.
"""

import json
import math
from collections.abc import Sequence
from importlib import metadata
from platform import python_version
from typing import NamedTuple

import torch

from helpers import environment
from helpers.studies import registry, results, sources
from helpers.studies.reading import key
from helpers.studies.registry import TUNING_SEED, Study

# What a file says above its runs: where it differs, they were made in another way.
MADE_BY = "rates tuned untrained points about code versions".split()


class Task(NamedTuple):
    """One call of `measure`."""

    arm: str
    rate: float | None
    seed: int
    part: str

    def __str__(self) -> str:
        if self.part == "test":
            return f"{self.arm}, seed {self.seed}"
        return f"{self.arm}, choosing the rate, {self.rate:g}"


class Table:
    """What is on file of a study. Raises ValueError for a module that is no study."""

    def __init__(self, study: Study):
        registry.require(study)
        name = study.__name__.rpartition(".")[2]
        self.study = study
        self.path = results.file_of(name)
        self.header = _header(study, name)
        self.kept: dict = {}
        self.read()

    def read(self) -> None:
        """Take what is on file, if it was made as the study now says; else nothing.

        Arms and seeds that the study no longer has are dropped.
        """
        self.kept = self.header | {"tuning": {}, "cells": {}}
        if not self.path.exists():
            return
        found = json.loads(self.path.read_text(encoding="utf-8"))
        other = [part for part in MADE_BY if found.get(part) != self.header[part]]
        if other:
            print(f"{self.path.name} has other {', '.join(other)}: it is made anew")
            return
        wanted = {key(a, s) for a in self.study.ARMS for s in self.study.SEEDS}
        cells = found["cells"]
        self.kept["cells"] = {name: cells[name] for name in cells if name in wanted}
        for arm, tuning in found["tuning"].items():
            if arm in self.study.ARMS:
                self.kept["tuning"][arm] = tuning

    def has(self, task: Task) -> bool:
        """Tell whether a task is measured already."""
        if task.part == "test":
            return key(task.arm, task.seed) in self.kept["cells"]
        return f"{task.rate:g}" in self._tuning(task.arm)["validation"]

    def add(self, task: Task, scores: dict, seconds: float) -> None:
        """Add what was measured; the file is written in one step."""
        if self.path.exists():
            self.read()  # another process may have added cells meanwhile
        if task.part == "validation":
            self._add_tuning(task, scores, seconds)
        else:
            cell = {"seconds": round(seconds, 2), "threads": torch.get_num_threads()}
            name = key(task.arm, task.seed)
            self.kept["cells"][name] = cell | {"scores": scores}
        environment.write(self.path, _text(self.kept))

    def _add_tuning(self, task: Task, scores: dict, seconds: float) -> None:
        if self.study.TUNED not in scores:
            raise ValueError(f"no {self.study.TUNED!r} among the scores {list(scores)}")
        tuning = self._tuning(task.arm)
        rate = f"{task.rate:g}"
        tuning["validation"][rate] = plain(mean(scores[self.study.TUNED]))
        tuning["seconds"][rate] = round(seconds, 2)
        rates = {f"{rate:g}": rate for rate in self.study.RATES}
        if tuning["validation"].keys() == rates.keys():
            tuning |= _choice(tuning["validation"], rates)

    def _tuning(self, arm: str) -> dict:
        empty = {"seed": TUNING_SEED, "validation": {}, "seconds": {}}
        return self.kept["tuning"].setdefault(arm, empty)

    def rate(self, arm: str) -> float | None:
        """Return the learning rate that was chosen for an arm; None if it has none.

        Raises ValueError if no rate of a trained arm gave a finite score.
        """
        if arm not in registry.trained(self.study):
            return None
        tuning = self._tuning(arm)
        if tuning["rate"] is None:
            raise ValueError(
                f"{arm}: no rate of {self.study.RATES} gave a finite score"
            )
        return tuning["rate"]

    def warnings(self) -> list[str]:
        """Return a line for each arm whose best rate is at an end of the grid."""
        lines = []
        for arm, tuning in self.kept["tuning"].items():
            if tuning.get("edge"):
                ends = f"at an end of RATES {self.study.RATES}"
                best = f"{arm}: the best rate, {tuning['rate']:g}, stands {ends}"
                lines.append(f"{best}; a wider grid may do better")
        return lines


def _choice(found: dict[str, float | None], rates: dict[str, float]) -> dict:
    """Return the rate of the least score, and whether it is at an end of the grid."""
    finite = [rate for rate in rates if found[rate] is not None]
    if not finite:
        return {"rate": None, "edge": False}
    best = rates[min(finite, key=found.get)]
    return {"rate": best, "edge": best in (min(rates.values()), max(rates.values()))}


def _header(study: Study, name: str) -> dict:
    """Return what stands in the file above its runs."""
    about = getattr(study, "about", dict)
    header = {
        "command": f"python -m helpers.studies {name}",
        "arms": list(study.ARMS),
        "seeds": list(study.SEEDS),
        "rates": list(study.RATES),
        "tuned": study.TUNED,
        "untrained": list(getattr(study, "UNTRAINED", ())),
        "points": {k: list(x) for k, x in getattr(study, "POINTS", {}).items()},
        "about": about(),
        "code": sources.hashes([study, *study.CODE]),
        "versions": {
            "python": python_version(),
            "torch": metadata.version("torch"),
            "numpy": metadata.version("numpy"),
        },
    }
    return json.loads(json.dumps(header))  # as it comes back from the file


def plain(score: object) -> float | list | None:
    """Return a score as JSON keeps it: six digits, None for NaN and for infinity."""
    if hasattr(score, "tolist"):  # an array or a tensor
        score = score.tolist()
    if isinstance(score, Sequence):
        return [plain(each) for each in score]
    if not math.isfinite(score):
        return None
    short = float(f"{score:.6g}")
    return int(short) if short.is_integer() else short  # 1, as in a list of hits


def mean(score: float | list | None) -> float:
    """Return a score, or the mean of a list; NaN where one of them is no number."""
    parts = score if isinstance(score, list) else [score]
    return math.nan if None in parts else sum(parts) / len(parts)


def _text(kept: dict) -> str:
    """Return the file's text: one line for each run, so that changes can be read."""
    parts = []
    for name, value in kept.items():
        if name in ("tuning", "cells") and value:
            rows = [f"  {_json(k)}: {_json(v)}" for k, v in value.items()]
            text = "{\n" + ",\n".join(rows) + "\n }"
        else:
            text = _json(value)
        parts.append(f" {_json(name)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
