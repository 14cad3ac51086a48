"""A training that was left and taken up again is the one that never stopped."""

import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from helpers import training as tr
from helpers.models.bert import BERTForPretraining, BERTSize
from helpers.objectives import masking
from helpers.training import resume

SETTINGS = tr.Settings(steps=23, lr=1e-2, warmup=0.3, every=4)


def bert(dropout=0.1):
    torch.manual_seed(5)
    return BERTForPretraining(BERTSize(30, 8, 2, 16, 1, 20, dropout=dropout))


def batches(seed=1, size=3):
    """Seven pairs a round, three a batch: a batch may span two rounds."""
    generator = torch.Generator().manual_seed(seed)
    halves = [([5 + i] * (2 + i % 3), [12 + i, 20]) for i in range(7)]
    rounds = masking.pair_up(halves, generator)
    flat = itertools.chain.from_iterable(zip(*r, strict=True) for r in rounds)
    while True:
        pairs, follows = zip(*itertools.islice(flat, size), strict=True)
        shares = masking.Shares(0.5)
        yield masking.pretraining_batch(pairs, follows, 30, generator, shares)


def stopping(after):
    """The stream, in which someone presses the stop button after some batches."""
    yield from itertools.islice(batches(), after)
    raise KeyboardInterrupt


def go(path, stream, model=None, settings=SETTINGS):
    run = tr.Run(model or bert(), settings)
    resume.train(run, stream, masking.pretraining_loss, path, every=5)
    return run


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The same training, never stopped."""
    torch.manual_seed(5)
    run = tr.Run(bert(), SETTINGS)
    tr.go_on(run, batches(), masking.pretraining_loss)
    return run, torch.get_rng_state()


@pytest.mark.parametrize("stops", [(11,), (2,), (8, 13, 21), (5, 10)])
def test_resumed_equals_uninterrupted(whole, tmp_path, stops):
    path = tmp_path / "run.safetensors"
    for after in stops:
        stopped = go(path, stopping(after))
        assert stopped.history.interrupted and len(stopped.history.losses) == after
    torch.manual_seed(99)  # another day, another state of chance
    run = go(path, batches())
    wanted, chance = whole
    assert len(run.history.losses) == 23 and not run.history.interrupted
    for name, value in run.model.state_dict().items():
        assert torch.allclose(value, wanted.model.state_dict()[name], atol=1e-7), name
    for mine, theirs in zip(
        run.optimizer.state.values(), wanted.optimizer.state.values(), strict=True
    ):
        for kind in ("step", "exp_avg", "exp_avg_sq"):
            assert torch.allclose(mine[kind], theirs[kind], atol=1e-7)
    for name in ("losses", "learning_rates", "gradient_norms"):
        found = getattr(run.history, name)
        assert found == pytest.approx(getattr(wanted.history, name), abs=1e-7)
    assert torch.equal(torch.get_rng_state(), chance)


def test_each_part_of_the_state_is_needed(whole, tmp_path, monkeypatch):
    """Planted faults: a state without one of its parts ends elsewhere."""
    path = tmp_path / "run.safetensors"
    go(path, stopping(11))
    good, raw = resume.read(path), path.read_bytes()
    ends = [p.detach() for p in whole[0].model.parameters()]
    for lost in ("random", "exp_avg_sq", "step"):
        spoiled = {k: v.clone() for k, v in good.items()}
        for name in spoiled:
            if name == "chance.random":
                other = torch.get_rng_state()
                spoiled[name] = other if lost == "random" else good[name]
            elif name.endswith("." + lost):
                spoiled[name].mul_(0.5).add_(1e-6)
        path.write_bytes(raw)
        with monkeypatch.context() as patch:
            patch.setattr(resume, "read", lambda _, s=spoiled: dict(s))
            run = go(path, batches())
        pairs = zip(run.model.parameters(), ends, strict=True)
        assert max((a - b).abs().max().item() for a, b in pairs) > 1e-6, lost


def test_evaluations_are_kept_and_go_on(tmp_path):
    path, asked = tmp_path / "run.safetensors", []

    def evaluate():
        asked.append(1)
        return float(len(asked))

    for stream in (stopping(11), batches()):
        run = tr.Run(bert(), SETTINGS)
        loss = masking.pretraining_loss
        history = resume.train(run, stream, loss, path, 4, evaluate)
    assert [step for step, _ in history.evaluations] == [4, 8, 12, 16, 20, 23]
    assert history.evaluations[1] == (8, 2.0)
    assert history.seconds > 0


def test_a_finished_training_is_not_trained_again(tmp_path):
    path = tmp_path / "run.safetensors"
    done = go(path, batches())
    again = go(path, batches())
    assert again.history.losses == done.history.losses
    assert all(map(torch.equal, again.model.parameters(), done.model.parameters()))


def test_another_model_other_settings_other_batches_are_refused(tmp_path):
    path = tmp_path / "run.safetensors"
    go(path, stopping(11))
    larger = BERTForPretraining(BERTSize(30, 16, 2, 16, 1, 20))
    with pytest.raises(ValueError, match=r"has shape \(8,\) on file, \(16,\)"):
        go(path, batches(), larger)
    deeper = BERTForPretraining(BERTSize(30, 8, 2, 16, 2, 20))
    with pytest.raises(ValueError, match=r"blocks.1.* has shape none on file"):
        go(path, batches(), deeper)
    other = tr.Settings(steps=40, lr=1e-2, warmup=0.3, every=4)
    with pytest.raises(ValueError, match="steps=40, kept 23.*delete run.safe"):
        go(path, batches(), settings=other)
    for stream in (batches(seed=2), batches(size=4)):
        with pytest.raises(ValueError, match="batch 10 is not the one"):
            go(path, stream)


def test_a_cut_or_changed_file_is_refused(tmp_path):
    path = tmp_path / "run.safetensors"
    go(path, stopping(11))
    raw = path.read_bytes()
    for n in (0, 5, 100, len(raw) // 2, len(raw) - 1):
        path.write_bytes(raw[:n])
        with pytest.raises(ValueError, match="cut off or no state"):
            go(path, batches())
    changed = bytearray(raw)
    changed[-40] ^= 1
    path.write_bytes(bytes(changed))
    with pytest.raises(ValueError, match="was changed"):
        go(path, batches())


KILLED = """
import os, random, signal, sys, time
from pathlib import Path
import torch
from torch import nn
from helpers import training
from helpers.training import resume

torch.set_num_threads(1)
path = Path(sys.argv[1])

def state(i):
    run = training.Run(nn.Linear(700, 700), training.Settings(steps=9))
    run.history.losses = [float(i)]
    with torch.no_grad():
        for p in run.model.parameters():
            p.fill_(i)
    return run

resume.save(state(0), path, "mark")
dice, torn = random.Random(0), 0
for turn in range(40):
    child = os.fork()
    if not child:
        for i in range(1, 10**6):
            resume.save(state(i), path, "mark")
    if turn % 2:  # at any moment
        time.sleep(dice.uniform(0.005, 0.08))
    else:  # while a draft is there
        while not list(path.parent.glob(f"*.{child}-*.part")):
            time.sleep(0.0005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    torn += len(list(path.parent.glob(f"*.{child}-*.part")))
    run = state(-1)
    steps, _ = resume.load(run, path)  # raises where the hash is wrong
    found = {p.unique().numel() for p in run.model.parameters()}
    assert found == {1} and run.model.bias[0] == run.history.losses[0]
print(torn)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows cannot fork")
def test_kill_9_in_the_middle_of_a_save_leaves_the_state_before(tmp_path):
    command = [sys.executable, "-c", KILLED, tmp_path / "run.safetensors"]
    root = Path(__file__).parents[1]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 5, "no save was hit; make the file larger"


def test_a_model_without_ties_and_a_plain_batch_work_too(tmp_path):
    def stream(stop):
        for i in itertools.count():
            if i == stop:
                raise KeyboardInterrupt
            yield torch.tensor(i), torch.full((2, 3), float(i % 4))

    def loss(model, batch):
        return (model(batch[1]) - 1).pow(2).mean()

    ends = []
    for stops in ((None,), (6, None)):
        path = tmp_path / f"{len(stops)}.safetensors"
        for stop in stops:
            torch.manual_seed(0)
            run = tr.Run(nn.Linear(3, 1), tr.Settings(steps=12))
            resume.train(run, stream(stop), loss, path, every=3)
        ends.append(run.model.weight.detach())
    assert torch.equal(*ends)


def test_the_state_can_be_kept_every_step(tmp_path, monkeypatch):
    kept = []
    monkeypatch.setattr(resume, "save", lambda *_: kept.append(1))
    run = tr.Run(nn.Linear(3, 1), tr.Settings(steps=4))
    batches = iter([(torch.zeros(()), torch.ones(2, 3))] * 4)
    resume.train(
        run, batches, lambda m, b: m(b[1]).sum(), tmp_path / "run.safetensors", every=1
    )
    assert len(kept) == 4


def test_a_mark_is_sixteen_signs_of_the_last_batch():
    stream = resume.Stream(iter([(torch.ones(2),), (torch.zeros(2),)]))
    marks = []
    for _ in range(2):
        next(stream)
        marks.append(stream.mark())
    assert marks[0] != marks[1]
    assert [len(mark) for mark in marks] == [16, 16]  # kept files hold so many


def test_a_time_that_is_over_stops_before_the_next_batch():
    batches = resume.until(itertools.count(), 30)
    assert [next(batches), next(batches)] == [0, 1]
    with pytest.raises(KeyboardInterrupt):
        next(resume.until(itertools.count(), -1))
