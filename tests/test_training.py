"""The training loop: it learns, repeats itself, stops kindly and loses nothing."""

import itertools
import math

import pytest
import torch
from torch import nn

from helpers import training
from helpers.training import loop


def setting(seed=0):
    torch.manual_seed(seed)
    x = torch.randn(64, 3)
    y = x @ torch.tensor([1.0, -2.0, 0.5])
    return nn.Linear(3, 1), itertools.repeat((x, y))


def square(model, batch):
    return (model(batch[0])[:, 0] - batch[1]).pow(2).mean()


def test_training_lowers_the_loss_and_keeps_its_history():
    model, batches = setting()
    asked = []
    history = training.train(
        model,
        batches,
        square,
        training.Settings(steps=120, lr=0.1, every=50),
        evaluate=lambda: asked.append(model.training) or 1.0,
    )
    assert history.losses[-1] < history.losses[0] / 10
    assert len(history.losses) == len(history.gradient_norms) == 120
    assert [step for step, _ in history.evaluations] == [50, 100, 120]
    assert asked == [False] * 3 and not model.training and not history.interrupted


def test_the_same_seed_gives_the_same_weights():
    ends = []
    for _ in range(2):
        model, batches = setting(3)
        training.train(model, batches, square, training.Settings(steps=20))
        ends.append(model.weight.detach().clone())
    assert torch.equal(*ends)


def test_an_interrupt_keeps_model_and_history(capsys):
    model, batches = setting()

    def stop_at_seven(step, _):
        if step == 7:
            raise KeyboardInterrupt

    settings = training.Settings(steps=50)
    history = training.train(model, batches, square, settings, on_step=stop_at_seven)
    assert history.interrupted and len(history.losses) == 7
    assert "stopped after 7 steps" in capsys.readouterr().out


def test_a_loss_that_is_no_number_stops_with_advice():
    model, _ = setting()
    bad = itertools.repeat((torch.full((2, 3), math.nan), torch.zeros(2)))
    with pytest.raises(FloatingPointError, match="smaller learning rate"):
        training.train(model, bad, square, training.Settings(steps=5))
    with pytest.raises(ValueError, match="at least 1 step"):
        training.train(model, bad, square, training.Settings(steps=0))


def test_clipping_equals_pytorchs():
    for max_norm in (0.1, 5.0, 1e6):
        ours, theirs = nn.Linear(4, 5), nn.Linear(4, 5)
        for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
            a.grad = torch.randn_like(a) * 9
            b.grad = a.grad.clone()
        norm = training.clip_gradients(ours.parameters(), max_norm)
        wanted = torch.nn.utils.clip_grad_norm_(theirs.parameters(), max_norm)
        assert norm == pytest.approx(float(wanted), rel=1e-5)
        for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
            assert torch.allclose(a.grad, b.grad, rtol=1e-5)


def test_clip_factor_by_hand():
    assert loop.clip_factor(4.0, 1.0) == 0.25
    assert loop.clip_factor(0.5, 1.0) == 1.0 == loop.clip_factor(0.0, 1.0)
    with pytest.raises(ValueError, match="norm > 0"):
        loop.clip_factor(1.0, 0.0)


def test_the_learning_rate_goes_up_then_down():
    rates = [training.learning_rate(s, 100, 1.0, 0.1) for s in range(100)]
    assert rates[0] == pytest.approx(0.1) and max(rates) == rates[9] == 1.0
    assert rates[10] == 1.0 and rates[99] == pytest.approx(1 / 90)
    assert training.learning_rate(0, 10, 2.0, 0.0) == 2.0


def test_the_progress_bar_is_silent_in_static_mode(monkeypatch, capsys):
    for mode, silent in (("static", True), ("live", False)):
        monkeypatch.setenv("COURSE_VIEWS", mode)
        bar = training.progress(3)
        bar.update()
        bar.close()
        captured = capsys.readouterr()
        assert (captured.out == "") == silent and captured.err == ""


def test_adamw_step_equals_pytorchs():
    torch.manual_seed(1)
    theirs = nn.Parameter(torch.randn(3, 4))
    ours, mean, square = theirs.detach().clone(), torch.zeros(3, 4), torch.zeros(3, 4)
    optimizer = torch.optim.AdamW([theirs], lr=0.02, weight_decay=0.01)
    for step in range(1, 6):
        gradient = torch.randn(3, 4) * 10 ** (step - 3)
        theirs.grad = gradient.clone()
        optimizer.step()
        ours, mean, square = training.adamw_step(
            ours, gradient, mean, square, step, 0.02
        )
        assert torch.allclose(ours, theirs, atol=1e-6)


def test_a_gradient_as_small_as_the_epsilon_moves_weights_as_in_pytorch():
    theirs = nn.Parameter(torch.ones(2, dtype=torch.float64))
    none = torch.zeros(2, dtype=torch.float64)
    optimizer = torch.optim.AdamW([theirs], lr=0.02, weight_decay=0.01)
    gradient = torch.tensor([1e-8, -3e-9], dtype=torch.float64)
    theirs.grad = gradient.clone()
    ours, _, _ = training.adamw_step(
        theirs.detach().clone(), gradient, none, none, 1, 0.02
    )
    optimizer.step()
    assert torch.allclose(ours, theirs, rtol=1e-12, atol=0)


def test_one_step_is_a_training_and_every_step_can_be_evaluated():
    model, batches = setting()
    settings = training.Settings(steps=1, lr=0.5, every=1, clip=1e-9)
    history = training.train(model, batches, square, settings, evaluate=lambda: 7)
    assert history.evaluations == [(1, 7.0)] and history.learning_rates == [0.5]
    assert history.gradient_norms[0] > 1e-9  # before clipping


def test_settings_reach_the_optimizer():
    model, _ = setting()
    run = training.Run(model, training.Settings(5, lr=0.5, weight_decay=0.25))
    (group,) = run.optimizer.param_groups
    assert (group["lr"], group["weight_decay"], group["fused"]) == (0.5, 0.25, False)
    assert (group["betas"], group["eps"]) == ((0.9, 0.999), 1e-8)


def test_a_warmup_of_less_than_a_step_begins_at_the_top():
    assert training.learning_rate(0, 10, 2.0, 0.05) == 2.0  # half a step
    assert training.learning_rate(0, 10, 2.0, 0.1) == 2.0  # one step
    assert training.learning_rate(0, 10, 2.0, 0.2) == 1.0  # two
    assert training.learning_rate(2, 10, 2.0, 0.2) == 2.0
    assert training.learning_rate(10, 10, 2.0, 0.2) == 0.0


def test_seconds_go_on_from_those_of_earlier_parts():
    model, batches = setting()
    run = training.Run(model, training.Settings(steps=2))
    run.history.seconds = 1000.0
    history = training.go_on(run, batches, square)
    assert 1000 < history.seconds < 1100
