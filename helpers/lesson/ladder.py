"""One table of all language models of the series: how far is each from the floor?

`ladder.json` holds what the notebooks measured the last time they were all run. A loss
*below* the floor is refused: such a model has seen its answer.
Built in notebooks/00_start_here.ipynb.
"""

import hashlib
import json
import math
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from helpers.pictures.picture import Picture

FILE = Path(__file__).with_name("ladder.json")
NEXT = "next token"
HIDDEN = "one hidden word"
SOONEST = 0.1  # seconds: the left end of the picture


@dataclass(frozen=True)
class Rung:
    """One model's score on the world's test documents."""

    model: str
    loss: float  # nats per token, ends of documents included
    floor: float  # the same for the grammar itself
    parameters: int
    seconds: float  # to train
    seed: int
    notebook: str
    date: str
    code: str = ""  # which helpers made it: a hash of their sources
    question: str = NEXT  # what the loss and the floor are of


def perplexity(loss: float) -> float:
    """Return e to the loss: among how many equally likely tokens would it hesitate?

    `loss` in nats per token. Built in notebooks/00_start_here.ipynb.
    """
    return math.exp(loss)


def read(path: Path = FILE) -> list[Rung]:
    """Return the rungs on file, worst first; an infinite loss is stored as null."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    rungs = [Rung(**row | {"loss": _number(row["loss"])}) for row in rows]
    return sorted(rungs, key=lambda r: -r.loss)


def _number(loss: float | None) -> float:
    return math.inf if loss is None else loss


def measure(
    model: str,
    losses: Sequence[float],
    surprisals: Sequence[float],
    parameters: int,
    seconds: float,
    lesson,
) -> Rung:
    """Return a model's rung, from its loss on every test token and the floor's.

    `losses` and `surprisals` (`truth.losses`) are parallel, in nats; `lesson` is what
    `lesson.setup` returned. Kept on file, atomically, only where the variable
    COURSE_LADDER names a folder, as `start.py run` does. Raises ValueError if the mean
    is below the floor by more than 3 standard errors of the difference.
    """
    if len(losses) != len(surprisals):
        raise ValueError(
            f"{len(losses)} losses, {len(surprisals)} surprisals; score the same tokens"
        )
    gaps = [a - b for a, b in zip(losses, surprisals, strict=True)]
    loss, floor = sum(losses) / len(losses), sum(surprisals) / len(losses)
    check(loss, floor, standard_error(gaps))
    return _keep(Rung(model, loss, floor, parameters, seconds, *_where(lesson)))


def measure_hidden(
    model: str, loss: float, floor: float, parameters: int, seconds: float, lesson
) -> Rung:
    """Return the rung of a model that was asked for hidden words, one at a time.

    `loss` and its `floor` (`story_bert.HeldOut`) are means in nats per hidden word.
    Kept on file as by `measure`. Raises ValueError for a loss below the floor.
    """
    check(loss, floor, 0.0)
    where = _where(lesson)
    return _keep(Rung(model, loss, floor, parameters, seconds, *where, HIDDEN))


def _where(lesson) -> tuple[int, str, str, str]:
    return lesson.seed, lesson.notebook, date.today().isoformat(), code_hash()


def _keep(rung: Rung) -> Rung:
    rung = replace(rung, loss=float(rung.loss), floor=float(rung.floor))
    rung = replace(rung, seconds=round(rung.seconds, 1))
    folder = os.environ.get("COURSE_LADDER")
    if folder:
        name = f"{rung.notebook}-{rung.model.replace(' ', '_')}.json"
        _write(Path(folder) / name, [rung])
    return rung


@cache
def code_hash(folder: Path = FILE.parent) -> str:
    """Return 12 hexadecimal digits that change with any Python source of helpers/."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        lines = path.read_text(encoding="utf-8")  # the same for any line ends
        found.update(f"{path.relative_to(folder).as_posix()}\n{lines}".encode())
    return found.hexdigest()[:12]


def check(loss: float, floor: float, error: float) -> None:
    """Raise ValueError if a loss is below the floor by more than sampling explains."""
    if math.isnan(loss) or loss < floor - 3 * error - 1e-9:
        raise ValueError(
            f"a loss of {loss:.3f} is below the floor of {floor:.3f} by more than "
            f"3 standard errors ({error:.3f}): the model has seen its answers"
        )


def standard_error(values: Sequence[float]) -> float:
    """Return the standard error of a mean; 0 where a value is infinite."""
    mean = sum(values) / len(values)
    if not math.isfinite(mean) or len(values) < 2:
        return 0.0
    return math.sqrt(
        sum((v - mean) ** 2 for v in values) / (len(values) - 1) / len(values)
    )


def merge(folder: str | Path, path: Path = FILE) -> list[Rung]:
    """Take the rungs that notebooks left in a folder into the file; return them all.

    A rung replaces the one of the same model; the others stay.
    """
    new = [r for file in sorted(Path(folder).glob("*.json")) for r in read(file)]
    if not new:
        return read(path)
    kept = {r.model: r for r in [*read(path), *new]}
    rungs = sorted(kept.values(), key=lambda r: (-r.loss, r.model))
    _write(path, rungs)
    return rungs


def _write(path: Path, rungs: Sequence[Rung]) -> None:
    rows = [asdict(r) | ({"loss": None} if math.isinf(r.loss) else {}) for r in rungs]
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    os.replace(draft, path)


def climb(live: Sequence[Rung] = ()) -> list[Rung]:
    """Return the rungs on file with the live ones in place of their namesakes.

    Only those that predict the next token: they share one floor. Others: `read`.
    """
    kept = {r.model: r for r in [*read(), *live] if r.question == NEXT}
    return sorted(kept.values(), key=lambda r: -r.loss)


def chart(rungs: Sequence[Rung], title: str, *live: str):
    """Return a view of the ladder: nats per token, worst on top, the floor as a line.

    `live` names the models that this notebook measured.
    """
    from helpers.widgets.ladder_chart import ladder_chart  # only when drawn

    rungs = [r for r in rungs if r.question == NEXT]
    if not rungs:
        raise ValueError("the ladder has no rungs yet; record one first")
    losses, costs = [r.loss for r in rungs], [(r.parameters, r.seconds) for r in rungs]
    names = [r.model for r in rungs]
    return ladder_chart(names, losses, rungs[-1].floor, title, live, costs)


def picture(rungs: Sequence[Rung], title: str) -> Picture:
    """Draw each model's distance from its own floor against its training seconds.

    Both axes are logarithmic. What was only counted stands at the left end; what has
    an infinite loss is left out. Built in notebooks/15_scaling_up.ipynb.
    """
    from helpers.pictures.plots import scatter_words  # only when drawn

    rungs = [r for r in rungs if math.isfinite(r.loss)]
    x = [math.log10(max(r.seconds, SOONEST)) for r in rungs]
    y = [math.log10(r.loss - r.floor) for r in rungs]
    names, asked = [r.model for r in rungs], [f"asked: {r.question}" for r in rungs]
    places = list(zip(x, y, strict=True))
    drawn = scatter_words(places, names, asked, title, frame=(590, 350))
    axes = drawn.axes[0]
    seconds, nats = (0.1, 1, 10, 100, 1000), (0.1, 0.3, 1, 3)
    axes.set_xticks([math.log10(s) for s in seconds], [f"{s:g}" for s in seconds])
    axes.set_yticks([math.log10(n) for n in nats], [f"{n:g}" for n in nats])
    axes.set_xlim(-1.2, 3.9)
    axes.legend(loc="lower left")
    return drawn.label("seconds of training", "nats above the floor")


def table(rungs: Sequence[Rung]) -> str:
    """Return the rungs as lines of text: loss, perplexity, distance to the floor."""
    head = f"{'model':22} {'nats':>6} {'perplexity':>11} {'above floor':>12}"
    rows = []
    for r in rungs:
        losses = f"{r.loss:6.2f} {perplexity(r.loss):11.1f} {r.loss - r.floor:12.2f}"
        rows.append(f"{r.model:22} {losses}")
    return "\n".join([head, *rows])
