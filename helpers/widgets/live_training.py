"""The monitor while a training runs: one output, drawn again now and then.

Built in notebooks/12_bert_pretraining.ipynb.
"""

import math
import time
from collections.abc import Callable, Mapping

from IPython.display import HTML, display

from helpers.environment import is_static
from helpers.pictures.picture import CYCLE
from helpers.widgets.checks import within
from helpers.widgets.shell import View
from helpers.widgets.training_curves import History, all_curves, sketch
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
        self.floors = dict(floors or {})
        self.title = title
        self.clock = clock
        self.curves: dict[str, list[tuple[int, float]]] = {}
        self.history: History | None = None
        self.step = 0

    def begin(self, history: History) -> None:
        """Make the one output; train calls it before the first step."""
        if history is not self.history:  # it may also go on with one it knows
            self.curves = {}
        self.history = history
        self.step = len(history.losses)
        self.handle = None
        self.drawn = 0  # pictures so far
        self.spent = 0.0  # seconds in them
        self.start = self.last = self.clock()
        if not is_static():
            waiting = HTML("<p>The first picture comes after a moment.</p>")
            self.handle = display(waiting, display_id=True)

    def __call__(self, step: int, model: object) -> None:
        """Draw, if it is time and within the share; train calls it after each step."""
        self.step = step
        now = self.clock()
        mean = self.spent / max(self.drawn, 1)  # seconds of a picture
        if self.handle and now - self.last >= max(PAUSE, mean / SHARE):
            self.handle.update(HTML(self.sketch()))
            self.last = self.clock()
            self.spent += self.last - now
            self.drawn += 1

    def end(self) -> None:
        """Show the last picture; train calls it when it is over, however it ended."""
        if self.history.losses:
            show = self.handle.update if self.handle else display
            show(self.view())

    def note(self, values: Mapping[str, float]) -> None:
        """Add a point to each named curve, at the step that is being made."""
        for name, value in values.items():
            if hasattr(value, "detach"):
                value = value.detach()  # a loss that is still to be differentiated
            value = float(value)
            if not math.isfinite(value):
                raise ValueError(f"{name} is {value} at step {self.step + 1}")
            self.curves.setdefault(name, []).append((self.step + 1, value))
        within(len(self.curves), 0, len(CYCLE) - 1, "noted curves")  # and the loss

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
        named = all_curves(self.history, self.curves)
        floors = {name: x for name, x in self.floors.items() if name in named}
        return training_monitor(self.history, floors, self.curves, self.title)

    def sketch(self) -> str:
        """Return the curves so far as plain SVG: cheap, and without a script."""
        named = all_curves(self.history, self.curves)
        return sketch(named, self.floors, len(self.history.losses))
