"""The monitor while a training runs: one output, drawn again now and then.

Built in notebooks/11_bert_pretraining.ipynb.
"""

import html
import time
from collections.abc import Callable, Mapping

from IPython.display import HTML, display

from helpers.widgets.shell import View, is_static
from helpers.widgets.training_monitor import (
    COLORS,
    all_curves,
    thinned,
    training_monitor,
)

PAUSE = 0.5  # seconds at least between two pictures
SHARE = 0.01  # of the time may go into pictures while it runs
WIDTH, POINTS = 640, 160


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
        self.history, self.handle, self.curves = history, None, {}
        self.step, self.spent, self.drawn = 0, 0.0, 0
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
            self.curves.setdefault(name, []).append((self.step + 1, float(value)))

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
        floors = {n: x for n, x in self.floors.items() if self._has(n)}
        return training_monitor(self.history, floors, self.curves, self.title)

    def _has(self, name: str) -> bool:
        return name in ("loss", *self.curves) or bool(self.history.evaluations)

    def sketch(self) -> str:
        """Return the curves so far as plain SVG: cheap, and without a script."""
        named = all_curves(self.history, self.curves, {})
        named = {n: thinned(n, curve, POINTS) for n, curve in named.items()}
        groups = [[n for n in named if n not in ("learning rate", "gradient norm")]]
        groups += [[n] for n in ("learning rate", "gradient norm")]
        body, top = [], 0
        for group, height in zip(groups, (190, 50, 50), strict=True):
            body.append(self._part({n: named[n] for n in group}, top, height))
            top += height + 12
        return (
            f'<svg role="img" aria-label="Training, step {self.step}" width="{WIDTH}" '
            f'height="{top}" font-family="system-ui,sans-serif" font-size="13" '
            f'fill="currentColor">{"".join(body)}</svg>'
        )

    def _part(self, curves: Mapping, top: int, height: int) -> str:
        """Return one panel: its curves, each with name and last value, its floors."""
        floors = {n: x for n, x in self.floors.items() if n in curves}
        values = [*floors.values(), *(v for _, y in curves.values() for v in y)]
        low, high = min(values), max(values)
        scale = (height - 8) / (high - low or 1)

        def line(xs, ys, color: str, more: str) -> str:
            at = " ".join(
                f"{x / self.step * 430:.1f},{top + 4 + (high - y) * scale:.1f}"
                for x, y in zip(xs, ys, strict=True)
            )
            return f'<polyline points="{at}" fill="none" stroke="{color}" {more}/>'

        parts = []
        for i, (name, (x, y)) in enumerate(curves.items()):
            parts.append(line(x, y, COLORS[i], 'stroke-width="2"'))
            note = f"■ {name} {y[-1]:.4g}"
            if name in floors:
                ends, floor = (0, self.step), floors[name]
                parts.append(
                    line(ends, (floor,) * 2, COLORS[i], 'stroke-dasharray="5"')
                )
                note += f" (floor {floor:.4g})"
            parts.append(
                f'<text x="440" y="{top + 16 + 20 * i}" fill="{COLORS[i]}">'
                f"{html.escape(note)}</text>"
            )
        return "".join(parts)
