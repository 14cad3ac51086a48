"""One training loop for every model; it knows neither text nor architecture.

Notebook 02 writes the loop out by hand; later ones import it. Built in
notebooks/02_rnn.ipynb.
"""

import math
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from helpers.environment import is_static


@dataclass(frozen=True)
class Settings:
    """How to train: steps, peak learning rate, share of warm-up, clipping, decay."""

    steps: int
    lr: float = 3e-3
    warmup: float = 0.05
    clip: float = 1.0
    weight_decay: float = 0.01
    every: int = 100  # steps between evaluations
    fused: bool = False  # all of AdamW in one kernel: sooner, other last digits


@dataclass
class History:
    """What happened: one entry per step; `evaluations` are (step, value)."""

    losses: list[float] = field(default_factory=list)
    learning_rates: list[float] = field(default_factory=list)
    gradient_norms: list[float] = field(default_factory=list)
    evaluations: list[tuple[int, float]] = field(default_factory=list)
    seconds: float = 0.0
    interrupted: bool = False


def learning_rate(step: int, steps: int, peak: float, warmup: float) -> float:
    """Return the rate at a step: a straight line up, then a straight line down to 0.

    `warmup` is the share of the steps spent going up, in [0, 1).
    """
    rise = warmup * steps
    if step < rise:
        return peak * (step + 1) / rise if rise >= 1 else peak
    return peak * (steps - step) / (steps - rise)


def clip_factor(norm: float, max_norm: float) -> float:
    """Return what a gradient of this norm is multiplied with: min(1, max_norm / norm).

    Source: Pascanu, Mikolov & Bengio 2013, algorithm 1. Built in
    notebooks/02_rnn.ipynb.
    """
    if max_norm <= 0:
        raise ValueError(f"max_norm={max_norm}; a gradient is clipped to a norm > 0")
    return min(1.0, max_norm / norm) if norm > 0 else 1.0


def clip_gradients(parameters: Iterable[Tensor], max_norm: float) -> float:
    """Scale all gradients together so that their joint norm is at most max_norm.

    Returns the norm before clipping. The direction is kept.
    """
    gradients = [p.grad for p in parameters if p.grad is not None]
    norm = math.sqrt(sum(float(g.pow(2).sum()) for g in gradients))
    factor = clip_factor(norm, max_norm)
    if factor < 1:
        for gradient in gradients:
            gradient.mul_(factor)
    return norm


def adamw_step(
    weights: Tensor, gradient: Tensor, mean: Tensor, square: Tensor, step: int, lr=1e-3
) -> tuple[Tensor, Tensor, Tensor]:
    """Return weights, mean and square after one step of AdamW (step 1, 2, …).

    m ← 0.9 m + 0.1 g, s ← 0.999 s + 0.001 g², both divided by 1 − 0.9ᵗ and 1 − 0.999ᵗ;
    w ← (1 − 0.01 lr) w − lr m̂ / (√ŝ + 1e-8). All shapes alike.
    Source: Loshchilov & Hutter 2019, algorithm 2. Built in 12_bert_pretraining.ipynb.
    """
    mean = 0.9 * mean + 0.1 * gradient
    square = 0.999 * square + 0.001 * gradient**2
    m, s = mean / (1 - 0.9**step), square / (1 - 0.999**step)
    return weights * (1 - 0.01 * lr) - lr * m / (s.sqrt() + 1e-8), mean, square


class Run:
    """A training under way: model, settings, optimiser, and the history so far."""

    bar = True  # whether progress is shown

    def __init__(self, model: nn.Module, settings: Settings):
        if settings.steps < 1:
            raise ValueError(f"steps={settings.steps}; train for at least 1 step")
        options = {"lr": settings.lr, "weight_decay": settings.weight_decay}
        options |= {"fused": settings.fused}
        self.model, self.settings, self.history = model, settings, History()
        self.optimizer = torch.optim.AdamW(model.parameters(), **options)

    def step(self, loss: Callable[[nn.Module, object], Tensor], batch) -> None:
        """Take one step of gradient descent and write it down."""
        settings, history = self.settings, self.history
        step = len(history.losses)
        rate = learning_rate(step, settings.steps, settings.lr, settings.warmup)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        value = self.gradients(loss, batch)
        norm = self.descend()
        history.losses.append(value)
        history.learning_rates.append(rate)
        history.gradient_norms.append(norm)

    def gradients(self, loss: Callable[[nn.Module, object], Tensor], batch) -> float:
        """Leave the loss's gradients in the parameters; return the loss."""
        value = loss(self.model, batch)
        self.check(value.item())
        self.optimizer.zero_grad()
        value.backward()
        return value.item()

    def check(self, value: float) -> None:
        """Raise FloatingPointError, with advice, where the loss is not a number."""
        if not math.isfinite(value):
            raise FloatingPointError(
                f"the loss became {value} at step {len(self.history.losses) + 1}; try "
                f"a smaller learning rate than {self.settings.lr} or clip at less than "
                f"{self.settings.clip}"
            )

    def descend(self) -> float:
        """Clip the gradients and go one step; return their norm before clipping."""
        norm = clip_gradients(self.model.parameters(), self.settings.clip)
        self.optimizer.step()
        return norm

    def chance(self) -> dict[str, Tensor]:
        """Return what random numbers depend on, to be kept with the weights."""
        return {"random": torch.get_rng_state()}

    def take_chance(self, kept: dict[str, Tensor]) -> None:
        """Go on with the random numbers that `chance` returned."""
        torch.set_rng_state(kept["random"])


def train(
    model: nn.Module,
    batches: Iterator,
    loss: Callable[[nn.Module, object], Tensor],
    settings: Settings,
    evaluate: Callable[[], float] | None = None,
    on_step: Callable[[int, nn.Module], None] | None = None,
) -> History:
    """Train with AdamW, warm-up, decay and clipping; return the history.

    `loss(model, batch)` returns a scalar tensor; `evaluate()` is called every
    `settings.every` steps and at the end; `on_step(step, model)` after each step, and
    its `begin(history)` and `end()` around them all, if it has these. An interrupt (the
    stop button) keeps model and history as they are. Raises FloatingPointError when the
    loss is not a number, with advice. Built in notebooks/02_rnn.ipynb.
    """
    return go_on(Run(model, settings), batches, loss, evaluate, on_step)


def go_on(
    run: Run,
    batches: Iterator,
    loss: Callable[[nn.Module, object], Tensor],
    evaluate: Callable[[], float] | None = None,
    on_step: Callable[[int, nn.Module], None] | None = None,
) -> History:
    """Train from where a run stands to its last step, as `train` does."""
    model, settings, history = run.model, run.settings, run.history
    done, start = len(history.losses), time.perf_counter() - history.seconds
    bar = progress(settings.steps, done=done, shown=run.bar)
    watched = hasattr(on_step, "begin")  # a monitor, see widgets.live_training
    model.train()
    history.interrupted = False
    if watched:
        on_step.begin(history)
    try:
        for step in range(done, settings.steps):
            run.step(loss, next(batches))
            last = step == settings.steps - 1
            if evaluate and (last or (step + 1) % settings.every == 0):
                history.evaluations.append((step + 1, _quietly(model, evaluate)))
            history.seconds = time.perf_counter() - start
            if on_step:
                on_step(step + 1, model)
            bar.set_postfix_str(f"loss {history.losses[-1]:.3f}", refresh=False)
            bar.update()
    except KeyboardInterrupt:
        history.interrupted = True
        print(f"stopped after {len(history.losses)} steps; model and history are kept")
    finally:
        bar.close()
        history.seconds = time.perf_counter() - start
        model.eval()
        if watched:
            on_step.end()
    return history


def _quietly(model: nn.Module, evaluate: Callable[[], float]) -> float:
    model.eval()
    with torch.no_grad():
        value = float(evaluate())
    model.train()
    return value


def progress(total: int, label: str = "", done: int = 0, shown: bool = True):
    """Return a progress bar, silent where outputs are to be kept (static mode)."""
    from tqdm import tqdm

    calm = {"mininterval": 0.5, "file": sys.stdout}  # two updates a second
    options = {"total": total, "initial": done, "desc": label or None}
    return tqdm(**options, disable=is_static() or not shown, **calm)
