"""Ranks add up, wait for each other, and notice when one is lost."""

import signal
import time

import pytest
import torch

from helpers.pretrain import distributed as d
from tests import ranks

TALK = """
import os, sys, time, torch
from helpers.pretrain import distributed as d

def fails(error, task):
    try:
        d.together(task)
    except error as found:
        return str(found)
    raise SystemExit(f"no {error}")

assert d.start("cpu", limit=4) == torch.device("cpu")
rank = d.rank()
assert d.n_ranks() == 2
assert d.total([rank + 1, 0.1]) == [3, 0.2]
for bucket in (1, 5, 10**6):  # numbers that travel together
    d.BUCKET = bucket
    tensors = [torch.full((2, 3), 1.0 + rank), torch.arange(4.0) * (1 + rank)]
    d.add_up(tensors)
    assert torch.equal(tensors[0], torch.full((2, 3), 3.0))
    assert torch.equal(tensors[1], torch.arange(4.0) * 3)
first = torch.tensor([7.0 + rank])
d.copy_first([first])
assert first == 7
assert [t.item() for t in d.gather(torch.tensor(rank))] == [0, 1]
assert [list(d.part(range(10, 15))), d.rank()] in ([[10, 11], 0], [[12, 13, 14], 1])
done = []
d.together((lambda: (time.sleep(6), done.append(1))) if rank == 0 else None)
assert done == [1] * (rank == 0)  # 6 s of work, though 4 s of silence are the limit
def broken():
    raise ValueError("no such file")
said = fails((ValueError, d.LostRank), broken if rank == 0 else None)
assert said.startswith("another rank failed" if rank else "no such file")
print("talked", flush=True)
try:
    while True:
        d.total([1])
except d.LostRank as error:
    print("lost:", error, flush=True)
os._exit(0)  # as `command` leaves: a world that lost a rank cannot be taken down
"""


@ranks.posix
def test_two_ranks_talk_and_notice_a_silent_one():
    mine, other = ranks.start(["-c", TALK], 2)
    assert [p.stdout.readline() for p in (mine, other)] == ["talked\n"] * 2
    since = time.monotonic()
    other.send_signal(signal.SIGSTOP)  # it lives, but says nothing
    [(status, out, err)] = ranks.finish([mine], 30)
    other.kill()
    ranks.finish([other])
    assert status == 0 and "lost: another rank ended or is silent" in out, (out, err)
    assert 3 < time.monotonic() - since < 25  # the limit was 4 s


def test_one_process_needs_no_world():
    tensor = torch.ones(2)
    assert d.start("cpu") == torch.device("cpu")
    assert (d.rank(), d.n_ranks(), d.total([1, 2.5])) == (0, 1, [1, 2.5])
    d.add_up([tensor])
    d.copy_first([tensor])
    assert tensor.tolist() == [1, 1] and d.gather(tensor)[0] is tensor
    assert list(d.part(range(3, 7))) == [3, 4, 5, 6]
    with pytest.raises(ValueError, match="no"):
        d.together(lambda: int("no"))
    d.stop()


@pytest.mark.parametrize(("rows", "world"), [(10, 3), (2, 5), (64, 8), (7, 7)])
def test_parts_are_disjoint_and_cover_everything(monkeypatch, rows, world):
    monkeypatch.setattr(d, "n_ranks", lambda: world)
    parts = []
    for rank in range(world):
        monkeypatch.setattr(d, "rank", lambda rank=rank: rank)
        parts.append(list(d.part(range(100, 100 + rows))))
    assert sum(parts, []) == list(range(100, 100 + rows))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_a_gpu_that_is_not_there_is_refused(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match="sees no GPU here; use 'cpu'"):
        d.start("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setenv("LOCAL_RANK", "2")
    with pytest.raises(ValueError, match="3 processes or more on 2 GPUs"):
        d.start("auto")
