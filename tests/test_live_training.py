"""The monitor of a running training: one output, few updates, honest numbers."""

import itertools

import pytest
import torch

from helpers import training
from helpers.widgets import TrainingMonitor, live_training
from helpers.widgets.shell import View


class Screen:
    """Stands for the notebook: remembers what was shown, and when."""

    def __init__(self):
        self.now, self.shown, self.times = 0.0, [], []

    def clock(self) -> float:
        return self.now

    def display(self, thing, display_id=None):
        self.shown.append(thing)
        return self

    def update(self, thing) -> None:
        self.times.append(self.now)
        self.shown[-1] = thing


@pytest.fixture
def screen(monkeypatch):
    made = Screen()
    monkeypatch.setattr(live_training, "display", made.display)
    monkeypatch.setenv("COURSE_VIEWS", "live")
    return made


def trained(screen, monitor, seconds=0.1, steps=100, stop=None):
    """Train with a step that takes so many seconds of the screen's own clock."""
    model = torch.nn.Linear(2, 1)

    def loss(model, batch):
        screen.now += seconds
        if len(monitor.history.losses) == stop:
            raise KeyboardInterrupt
        value = model(batch).pow(2).mean()
        monitor.note({"masked": value / 2})
        return value

    batches = (torch.ones(3, 2) for _ in itertools.count())
    settings = training.Settings(steps, every=20)
    exam = monitor.watch(lambda: {"pair accuracy": 0.5, "pair": 0.7})
    return training.train(model, batches, loss, settings, exam, monitor)


def test_there_is_one_output_and_at_most_two_updates_a_second(screen):
    monitor = TrainingMonitor({"masked": 0.1}, clock=screen.clock)
    trained(screen, monitor)
    assert len(screen.shown) == 1 and isinstance(screen.shown[0], View)
    live = screen.times[:-1]
    assert len(live) > 10
    assert min(b - a for a, b in itertools.pairwise(live)) >= 0.5 - 1e-9


def test_slow_drawing_is_done_less_often(screen, monkeypatch):
    monitor = TrainingMonitor(clock=screen.clock)
    draw = TrainingMonitor.sketch

    def slow(self):
        screen.now += 0.3
        return draw(self)

    monkeypatch.setattr(TrainingMonitor, "sketch", slow)
    trained(screen, monitor, steps=2000)
    assert monitor.drawn >= 2
    assert monitor.spent <= 0.02 * (screen.now - monitor.start)


def test_the_curves_are_those_of_the_history(screen):
    monitor = TrainingMonitor({"masked": 0.1, "pair accuracy": 0.9}, clock=screen.clock)
    history = trained(screen, monitor)
    view = screen.shown[0]
    named = {n: i for i, n in enumerate(view.params["names"])}
    for name, wanted in [
        ("loss", history.losses),
        ("learning rate", history.learning_rates),
        ("gradient norm", history.gradient_norms),
        ("masked", [x / 2 for x in history.losses]),
        ("pair accuracy", [0.5] * 5),
        ("pair", [0.7] * 5),
    ]:
        assert list(view.arrays[f"y{named[name]}"]) == pytest.approx(wanted)
    assert "evaluation" not in named  # it is the first curve that is watched
    assert list(view.arrays[f"x{named['pair']}"]) == [20, 40, 60, 80, 100]
    assert list(view.arrays[f"x{named['masked']}"]) == list(range(1, 101))


def test_an_interrupt_keeps_the_last_picture(screen):
    monitor = TrainingMonitor(clock=screen.clock)
    history = trained(screen, monitor, stop=30)
    assert history.interrupted and len(history.losses) == 30
    assert isinstance(screen.shown[0], View)
    assert screen.shown[0].params["steps"] == 30
    assert screen.shown[0].params["interrupted"]


def test_in_static_mode_only_the_last_picture_is_shown(screen, monkeypatch):
    monkeypatch.setenv("COURSE_VIEWS", "static")
    trained(screen, TrainingMonitor(clock=screen.clock))
    assert screen.times == [] and len(screen.shown) == 1
    data = screen.shown[0]._repr_mimebundle_()[0]
    assert set(data) == {"image/png", "text/plain"}
    assert not any(c.isdigit() for c in data["text/plain"])  # training decides them


def test_the_sketch_is_small_and_escapes_names(screen):
    monitor = TrainingMonitor({"<b>": 0.1}, clock=screen.clock)
    trained(screen, monitor)
    monitor.curves["<b>"] = [(1, 2.0), (100, 1.0)]
    sketch = monitor.sketch()
    assert len(sketch) < 30_000
    assert "<b>" not in sketch and "&lt;b&gt;" in sketch
    assert "floor 0.1" in sketch


def test_a_monitor_that_saw_nothing_says_so():
    with pytest.raises(ValueError, match="pass the monitor as on_step"):
        TrainingMonitor().view()


def test_what_is_no_number_is_refused_when_it_is_noted(screen):
    monitor = TrainingMonitor(clock=screen.clock)
    with pytest.raises(ValueError, match="pair is nan at step 1"):
        monitor.note({"pair": float("nan")})
    with pytest.raises(ValueError, match="7 noted curves; .* to 5"):
        monitor.note(dict.fromkeys("abcdefg", 1.0))
