"""The monitor while a training runs: one output, drawn again now and then.

Built in notebooks/12_bert_pretraining.ipynb.
"""

import math
import time
from collections.abc import Callable, Mapping

from IPython.display import HTML, display

from helpers.environment import is_static
from helpers.widgets.shell import View
from helpers.widgets.training_curves import COLORS, all_curves, sketch
from helpers.widgets.training_monitor import training_monitor

PAUSE = 0.5  # seconds at least between two pictures
SHARE = 0.01  # of the time may go into pictures while it runs


class TrainingMonitor:
    """Pass it to `training.train` as `on_step`: it shows the history as it grows.

    `floors` {curve: value} as in `training_monitor`. `note({"masked": 2.1})` adds a
    point to a curve at the present step, from within a loss or an evaluation;
    `watch(measure)` makes an `evaluate` for train of a function that returns such a
    dict (its first number is the evaluation). At the end, also after an interrupt, the
    output becomes the view; in static mode nothing is shown before.
    """

    def __init__(
        self,
        floors: Mapping[str, float] | None = None,
        title: str = "How the training went",
        clock: Callable[[], float] = time.perf_counter,
    ):
        self.floors, self.title, self.clock = dict(floors or {}), title, clock
        self.curves: dict[str, list[tuple[int, float]]] = {}
        self.history = self.handle = None
        self.step, self.spent, self.drawn = 0, 0.0, 0

    def begin(self, history) -> None:
        """Called by train before the first step: make the one output."""
        if history is not self.history:  # it may also go on with one it knows
            self.history, self.curves = history, {}
        self.handle, self.step = None, len(history.losses)
        self.spent, self.drawn = 0.0, 0
        self.start = self.last = self.clock()
        if not is_static():
            waiting = HTML("<p>The first picture comes after a moment.</p>")
            self.handle = display(waiting, display_id=True)

    def __call__(self, step: int, model) -> None:
        """Called by train after each step: draw, if it is time and within the share."""
        self.step, now = step, self.clock()
        pause = max(PAUSE, self.spent / max(self.drawn, 1) / SHARE)
        if not self.handle or now - self.last < pause:
            return
        self.handle.update(HTML(self.sketch()))
        self.last = self.clock()
        self.spent, self.drawn = self.spent + self.last - now, self.drawn + 1

    def end(self) -> None:
        """Called by train when it is over, however it ended: the last picture."""
        if self.history.losses:
            if self.handle:
                self.handle.update(self.view())
            else:
                display(self.view())

    def note(self, values: Mapping[str, float]) -> None:
        """Add a point to each named curve, at the step that is being made."""
        for name, value in values.items():
            value = float(value.detach() if hasattr(value, "detach") else value)
            if not math.isfinite(value):
                raise ValueError(f"{name} is {value} at step {self.step + 1}")
            self.curves.setdefault(name, []).append((self.step + 1, value))
        if len(self.curves) >= len(COLORS):
            raise ValueError(
                f"{len(self.curves)} curves; note at most {len(COLORS) - 1}"
            )

    def watch(self, measure: Callable[[], Mapping[str, float]]) -> Callable[[], float]:
        """Return an `evaluate` for train: it notes all numbers, returns the first."""

        def evaluate() -> float:
            values = measure()
            self.note(values)
            return float(next(iter(values.values())))

        return evaluate

    def view(self) -> View:
        """Return what has been seen so far as a view."""
        if self.history is None:
            raise ValueError("nothing was trained yet; pass the monitor as on_step")
        named = all_curves(self.history, self.curves, {})
        floors = {n: x for n, x in self.floors.items() if n in named}
        return training_monitor(self.history, floors, self.curves, self.title)

    def sketch(self) -> str:
        """Return the curves so far as plain SVG: cheap, and without a script."""
        named = all_curves(self.history, self.curves, {})
        return sketch(named, self.floors, len(self.history.losses))
