"""One training loop for every model; it knows neither text nor architecture.

Built in notebooks/02_rnn.ipynb, which writes the loop out by hand.
"""

import math
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from tqdm import tqdm

from helpers.environment import is_static

Loss = Callable[[nn.Module, Any], Tensor]  # (model, batch) → a scalar tensor
Evaluate = Callable[[], float]
OnStep = Callable[[int, nn.Module], None]  # (steps done, model)


@dataclass(frozen=True)
class Settings:
    """How to train: the numbers that are chosen before the first step."""

    steps: int
    lr: float = 3e-3  # at the peak of the schedule
    warmup: float = 0.05  # share of the steps before the peak
    clip: float = 1.0  # largest norm of the gradient
    weight_decay: float = 0.01
    every: int = 100  # steps between evaluations
    fused: bool = False  # all of AdamW in one kernel: sooner, other last digits


@dataclass
class History:
    """What happened in a training, step by step."""

    losses: list[float] = field(default_factory=list)
    learning_rates: list[float] = field(default_factory=list)
    gradient_norms: list[float] = field(default_factory=list)  # before clipping
    evaluations: list[tuple[int, float]] = field(default_factory=list)  # (step, value)
    seconds: float = 0.0
    interrupted: bool = False  # by the stop button, or because the batches ended


def learning_rate(step: int, steps: int, peak: float, warmup: float) -> float:
    """Return the rate at a step: a straight line up, then one down to 0.

    `warmup` is the share of the steps spent going up, in [0, 1).
    """
    rise = warmup * steps  # how many steps go up
    if step >= rise:
        return peak * (steps - step) / (steps - rise)
    if rise < 1:  # the first step is already the top
        return peak
    return peak * (step + 1) / rise  # never 0, not even at the first step


def clip_factor(norm: float, max_norm: float) -> float:
    """Return what a gradient of this norm is multiplied with: min(1, max_norm / norm).

    Source: Pascanu, Mikolov & Bengio 2013, algorithm 1. Built in 02_rnn.ipynb.
    """
    if max_norm <= 0:
        raise ValueError(f"max_norm={max_norm}; a gradient is clipped to a norm > 0")
    return min(1.0, max_norm / norm) if norm > 0 else 1.0


def clip_gradients(parameters: Iterable[Tensor], max_norm: float) -> float:
    """Scale all gradients together so that their joint norm is at most max_norm.

    Returns the norm before clipping. PyTorch's own: torch.nn.utils.clip_grad_norm_.
    """
    gradients = [p.grad for p in parameters if p.grad is not None]
    norm = math.sqrt(sum(float(g.pow(2).sum()) for g in gradients))
    factor = clip_factor(norm, max_norm)
    if factor < 1:
        for gradient in gradients:
            gradient.mul_(factor)
    return norm


def adamw_step(
    weights: Tensor,
    gradient: Tensor,
    mean: Tensor,
    square: Tensor,
    step: int,
    lr: float = 1e-3,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return weights, mean and square after one step of AdamW (step 1, 2, …).

    m ← 0.9 m + 0.1 g, s ← 0.999 s + 0.001 g², both divided by 1 − 0.9ᵗ and 1 − 0.999ᵗ;
    w ← (1 − 0.01 lr) w − lr m̂ / (√ŝ + 1e-8). All shapes alike.
    Source: Loshchilov & Hutter 2019, algorithm 2. Built in 12_bert_pretraining.ipynb.
    """
    mean = 0.9 * mean + 0.1 * gradient
    square = 0.999 * square + 0.001 * gradient**2
    # Both averages began at 0; the division makes up for that in the first steps.
    m = mean / (1 - 0.9**step)
    s = square / (1 - 0.999**step)
    weights = weights * (1 - 0.01 * lr) - lr * m / (s.sqrt() + 1e-8)
    return weights, mean, square


class Run:
    """A training under way: model, settings, optimizer, and the history so far."""

    bar = True  # whether progress is shown

    def __init__(self, model: nn.Module, settings: Settings):
        if settings.steps < 1 or settings.every < 1:
            raise ValueError(f"{settings}; steps and every: use at least 1 step")
        self.model = model
        self.settings = settings
        self.history = History()
        self.optimizer = torch.optim.AdamW(
            model.parameters(),
            lr=settings.lr,
            weight_decay=settings.weight_decay,
            fused=settings.fused,
        )

    def step(self, loss: Loss, batch: Any) -> None:
        """Take one step of gradient descent and write it down."""
        settings = self.settings
        done = len(self.history.losses)  # steps before this one
        rate = learning_rate(done, settings.steps, settings.lr, settings.warmup)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        value = self.gradients(loss, batch)
        self.history.gradient_norms.append(self.descend())
        self.history.losses.append(value)  # now that the step was taken
        self.history.learning_rates.append(rate)

    def gradients(self, loss: Loss, batch: Any) -> float:
        """Leave the loss's gradients in the parameters; return the loss."""
        value = loss(self.model, batch)
        self.check(value.item())
        self.optimizer.zero_grad()  # backward adds to what is there
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

    def random_states(self) -> dict[str, Tensor]:
        """Return the states that random numbers depend on, to be kept with weights."""
        return {"random": torch.get_rng_state()}

    def restore_random_states(self, kept: dict[str, Tensor]) -> None:
        """Go on with the random numbers from where `random_states` was called."""
        torch.set_rng_state(kept["random"])


def train(
    model: nn.Module,
    batches: Iterable,
    loss: Loss,
    settings: Settings,
    evaluate: Evaluate | None = None,
    on_step: OnStep | None = None,
) -> History:
    """Train with AdamW, warm-up, decay and clipping; return the history.

    `loss(model, batch)` returns a scalar tensor; `evaluate()` is called every
    `settings.every` steps and at the end; `on_step(step, model)` after each step, and
    its `begin(history)` and `end()` around them all, if it has these. An interrupt (the
    stop button), or batches that end, keep model and history as they are. Raises
    FloatingPointError when the loss is not a number. Built in notebooks/02_rnn.ipynb.
    """
    return go_on(Run(model, settings), batches, loss, evaluate, on_step)


def go_on(
    run: Run,
    batches: Iterable,
    loss: Loss,
    evaluate: Evaluate | None = None,
    on_step: OnStep | None = None,
) -> History:
    """Train from where a run stands to its last step, as `train` does."""
    history = run.history
    steps = run.settings.steps
    done = len(history.losses)
    bar = progress(steps, done=done, shown=run.bar)
    begun = time.perf_counter() - history.seconds  # earlier parts count too
    watched = hasattr(on_step, "begin")  # a monitor, see widgets.live_training
    history.interrupted = False
    run.model.train()  # dropout is on
    if watched:
        on_step.begin(history)
    try:
        for step, batch in zip(range(done + 1, steps + 1), batches, strict=False):
            run.step(loss, batch)
            if evaluate and (step == steps or step % run.settings.every == 0):
                history.evaluations.append((step, _quietly(run.model, evaluate)))
            history.seconds = time.perf_counter() - begun
            if on_step:
                on_step(step, run.model)
            bar.set_postfix_str(f"loss {history.losses[-1]:.3f}", refresh=False)
            bar.update()
        history.interrupted = len(history.losses) < steps
        if history.interrupted:
            print(f"the batches ended after {len(history.losses)} of {steps} steps")
    except KeyboardInterrupt:
        history.interrupted = True
        print(f"stopped after {len(history.losses)} steps; model and history are kept")
    finally:  # also where an error stops the loop
        bar.close()
        run.model.eval()
        if watched:
            on_step.end()
    return history


def _quietly(model: nn.Module, evaluate: Evaluate) -> float:
    """Evaluate without dropout and gradients, in the middle of a training."""
    model.eval()
    with torch.no_grad():
        value = float(evaluate())
    model.train()
    return value


def progress(total: int, label: str = "", done: int = 0, shown: bool = True) -> tqdm:
    """Return a progress bar, silent where outputs are kept (static mode)."""
    return tqdm(
        total=total,
        initial=done,
        desc=label or None,
        disable=is_static() or not shown,
        mininterval=0.5,  # two updates a second are calm
        file=sys.stdout,
    )
