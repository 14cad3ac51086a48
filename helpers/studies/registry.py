"""Which studies are there? What a module of this room must have to be one.

Built in notebooks/02_rnn.ipynb.
"""

import ast
import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Protocol

from helpers.studies.reading import SEPARATOR

TUNING_SEED = 1000  # learning rates are chosen with it; no study has it in SEEDS
FEWEST_RATES = 3


class Study(Protocol):
    """What a module must have to be a study.

    It may also have UNTRAINED, the arms that need no learning rate; POINTS, {score:
    places on x} of each score that is a curve; and about(), a dict of what else makes
    the results. Any other list is one score for each test item, the same items in the
    same order in all runs.
    """

    ARMS: Sequence[str]
    SEEDS: Sequence[int]
    RATES: Sequence[float]  # ascending, the same for all arms; () if none is trained
    TUNED: str  # the score that the best rate makes least, on validation data
    CODE: Sequence  # modules whose source makes the results; its own is added

    def measure(
        self, arm: str, rate: float | None, seed: int, part: str
    ) -> Mapping[str, float | Sequence[float]]:
        """Return {score: number or list}; part is "validation" or "test"."""


def names() -> list[str]:
    """Return the names of all studies in this room; none of them is imported."""
    folder = Path(__file__).parent
    return sorted(path.stem for path in folder.glob("*.py") if _is_study(path))


def first_line(name: str) -> str:
    """Return what a study says of itself in its first line."""
    source = Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").split("\n")[0]


def load(name: str) -> ModuleType:
    """Return a study of this room, imported."""
    return importlib.import_module(f"helpers.studies.{name}")


def _is_study(path: Path) -> bool:
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign):
            found.update(ast.unparse(target) for target in node.targets)
        elif isinstance(node, ast.FunctionDef):
            found.add(node.name)
    return {"ARMS", "RATES", "measure"} <= found


def trained(study: Study) -> list[str]:
    """Return the arms that need a learning rate."""
    if not study.RATES:
        return []
    return [arm for arm in study.ARMS if arm not in getattr(study, "UNTRAINED", ())]


def require(study: Study) -> None:
    """Raise ValueError, saying what is wrong, for a module that is no fair study."""
    name = study.__name__
    wanted = "ARMS SEEDS RATES TUNED CODE measure".split()
    lacking = [part for part in wanted if not hasattr(study, part)]
    if lacking:
        raise ValueError(f"{name} lacks {', '.join(lacking)}; a study has them all")
    for arm in study.ARMS:
        if SEPARATOR in arm:
            raise ValueError(f"the name of arm {arm!r} holds {SEPARATOR!r}; rename it")
    if TUNING_SEED in study.SEEDS:
        raise ValueError(f"seed {TUNING_SEED} chooses the rates; take it out of SEEDS")
    if study.RATES and len(study.RATES) < FEWEST_RATES:
        raise ValueError(f"{len(study.RATES)} RATES; tune over {FEWEST_RATES} or more")
    if list(study.RATES) != sorted(set(study.RATES)):
        raise ValueError(f"RATES {study.RATES} must ascend, each once")
    strange = set(getattr(study, "UNTRAINED", ())) - set(study.ARMS)
    if strange:
        raise ValueError(f"UNTRAINED has {sorted(strange)}, which are no arms")
    if not isinstance(getattr(study, "POINTS", {}), Mapping):
        raise ValueError("POINTS is no mapping; write {'score': (places on x)}")
