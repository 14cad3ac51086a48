"""One table of all language models of the series: how far is each from the floor?

`ladder.json` holds what the notebooks measured the last time they were all run. A loss
*below* the floor is refused: such a model has seen its answer.
Built in notebooks/00_start_here.ipynb.
"""

import json
import math
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.axis import Axis

from helpers import environment
from helpers.lesson.prepare import Lesson
from helpers.lesson.sampling import standard_error
from helpers.pictures.picture import Picture
from helpers.pictures.plots import scatter_words

if TYPE_CHECKING:
    from helpers.widgets.shell import View

FILE = Path(__file__).with_name("ladder.json")
NEXT = "next token"
HIDDEN = "one hidden word"
SOONEST = 0.1  # seconds: the left end of the picture
NEAREST = 0.01  # nats above the floor: its lower end


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
    question: str = NEXT  # what the loss and the floor are of


def perplexity(loss: float) -> float:
    """Return e to the loss: among how many equally likely tokens would it hesitate?

    `loss` in nats per token. Built in notebooks/00_start_here.ipynb.
    """
    return math.exp(loss) if loss < 709 else math.inf  # the largest float is e^709.8


def measure(
    model: str,
    losses: Sequence[float],
    surprisals: Sequence[float],
    parameters: int,
    seconds: float,
    lesson: Lesson,
) -> Rung:
    """Return a model's rung, from its loss on every test token and the floor's.

    `losses` and `surprisals` (`truth.losses`) are parallel, in nats; `lesson` is what
    `lesson.setup` returned. The rung is kept on file only where the variable
    COURSE_LADDER names a folder, as `start.py run` does. Raises ValueError if the mean
    is below the floor by more than 3 standard errors of the difference.
    """
    n = len(losses)
    if not 0 < n == len(surprisals):
        raise ValueError(
            f"{n} losses, {len(surprisals)} surprisals; score the same tokens"
        )
    gaps = [a - b for a, b in zip(losses, surprisals, strict=True)]
    loss = sum(losses) / n
    floor = sum(surprisals) / n
    check(loss, floor, standard_error(gaps))
    return _keep(Rung(model, loss, floor, parameters, seconds, **_where(lesson)))


def measure_hidden(
    model: str,
    loss: float,
    floor: float,
    parameters: int,
    seconds: float,
    lesson: Lesson,
) -> Rung:
    """Return the rung of a model that was asked for hidden words, one at a time.

    `loss` and its `floor` (`story_bert.HeldOut`) are means in nats per hidden word.
    The rung is kept on file as by `measure`. Raises ValueError for a loss below the
    floor.
    """
    check(loss, floor, 0.0)
    rung = Rung(model, loss, floor, parameters, seconds, **_where(lesson))
    return _keep(replace(rung, question=HIDDEN))


def _where(lesson: Lesson) -> dict:
    today = date.today().isoformat()
    return {"seed": lesson.seed, "notebook": lesson.notebook, "date": today}


def _keep(rung: Rung) -> Rung:
    """Return a rung in plain numbers; write it where COURSE_LADDER says so."""
    rung = replace(rung, loss=float(rung.loss), floor=float(rung.floor))
    rung = replace(rung, seconds=round(rung.seconds, 1))
    folder = os.environ.get("COURSE_LADDER")
    if folder:
        digits = environment.sha256(rung.model.encode())[:8]  # a/b is not a_b
        name = re.sub(r"\W", "_", rung.model)[:40] + f"-{digits}"
        _write(Path(folder) / f"{rung.notebook}-{name}.json", [rung])
    return rung


def check(loss: float, floor: float, error: float) -> None:
    """Raise ValueError if a loss is below the floor by more than sampling explains."""
    if math.isnan(loss) or not math.isfinite(floor):
        raise ValueError(f"a loss of {loss}, a floor of {floor}: give finite numbers")
    if loss < floor - 3 * error - 1e-9:
        raise ValueError(
            f"a loss of {loss:.3f} is below the floor of {floor:.3f} by more than "
            f"3 standard errors ({error:.3f}): the model has seen its answers"
        )


def read(path: Path = FILE) -> list[Rung]:
    """Return the rungs on file, worst first."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    return _worst_first(_rung(row) for row in rows)


def _rung(row: dict) -> Rung:
    fields = dict(row)
    fields.pop("code", None)  # older files name the code that made a rung
    if fields["loss"] is None:  # JSON has no infinity
        fields["loss"] = math.inf
    return Rung(**fields)


def _worst_first(rungs: Iterable[Rung]) -> list[Rung]:
    return sorted(rungs, key=lambda rung: -rung.loss)


def _write(path: Path, rungs: Sequence[Rung]) -> None:
    rows = [asdict(rung) for rung in rungs]
    for row in rows:
        if math.isinf(row["loss"]):
            row["loss"] = None
    path.parent.mkdir(parents=True, exist_ok=True)
    environment.write(path, json.dumps(rows, indent=1) + "\n")


def merge(folder: str | Path, path: Path = FILE) -> list[Rung]:
    """Move the rungs that notebooks left in a folder into the file; return them all.

    A rung replaces the one of the same model; the others stay.
    """
    kept = {rung.model: rung for rung in read(path)}
    left = sorted(Path(folder).glob("*.json"))
    for file in left:
        for rung in read(file):
            kept[rung.model] = rung
    by_name = sorted(kept.values(), key=lambda rung: rung.model)
    rungs = _worst_first(by_name)
    if left:
        _write(path, rungs)
    return rungs


def climb(live: Sequence[Rung] = ()) -> list[Rung]:
    """Return the rungs on file with the live ones in place of their namesakes.

    They are only those that predict the next token, because these share one floor.
    `read` returns the others, too.
    """
    rungs = [rung for rung in [*read(), *live] if rung.question == NEXT]
    newest = {rung.model: rung for rung in rungs}
    return _worst_first(newest.values())


def chart(rungs: Sequence[Rung], title: str, *live: str) -> "View":
    """Return a view of the ladder: nats per token, worst on top, the floor as a line.

    `live` names the models that this notebook measured. Raises ValueError if no model
    predicts the next token.
    """
    from helpers.widgets.ladder_chart import ladder_chart  # only when drawn

    rungs = [rung for rung in rungs if rung.question == NEXT]
    if not rungs:
        raise ValueError("the ladder has no rungs yet; record one first")
    names = [rung.model for rung in rungs]
    losses = [rung.loss for rung in rungs]
    costs = [(rung.parameters, rung.seconds) for rung in rungs]
    return ladder_chart(names, losses, rungs[-1].floor, title, live, costs)


def picture(rungs: Sequence[Rung], title: str) -> Picture:
    """Draw each model's distance from its own floor against its training seconds.

    Both axes are logarithmic. What was only counted stands at the left end, what is
    0.01 nats above the floor or less, at the lower one, as its name says. What has an
    infinite loss is left out. Built in notebooks/15_scaling_up.ipynb.
    """
    rungs = [rung for rung in rungs if math.isfinite(rung.loss)]
    if not rungs:
        raise ValueError("no rung has a finite loss; record one first")
    points, names = [], []
    for rung in rungs:
        above = max(rung.loss - rung.floor, NEAREST)
        points.append((math.log10(max(rung.seconds, SOONEST)), math.log10(above)))
        names.append(rung.model + " (at the floor)" * (above == NEAREST))
    questions = [f"asked: {rung.question}" for rung in rungs]
    drawn = scatter_words(points, names, questions, title, frame=(590, 350))
    axes = drawn.axes[0]
    _name_powers(axes.xaxis, (0.1, 1, 10, 100, 1000))
    _name_powers(axes.yaxis, (0.1, 0.3, 1, 3))
    axes.set_xlim(-1.2, 3.9)
    axes.legend(loc="lower left")
    return drawn.label("seconds of training", "nats above the floor")


def _name_powers(axis: Axis, values: Sequence[float]) -> None:
    """Mark values on an axis that shows their logarithms."""
    axis.set_ticks([math.log10(x) for x in values], [f"{x:g}" for x in values])


def table(rungs: Sequence[Rung]) -> str:
    """Return the rungs as lines of text: loss, perplexity, distance to the floor."""
    lines = [f"{'model':22} {'nats':>6} {'perplexity':>11} {'above floor':>12}"]
    for rung in rungs:
        among = perplexity(rung.loss)
        above = rung.loss - rung.floor
        lines.append(f"{rung.model:22} {rung.loss:6.2f} {among:11.1f} {above:12.2f}")
    return "\n".join(lines)
