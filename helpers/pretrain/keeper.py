"""What a pre-training leaves on the disk and says while it runs.

Built in notebooks/15_scaling_up.ipynb.
"""

import argparse
import json
import time

from torch import nn

from helpers import environment
from helpers.checkpoints import bert_files
from helpers.pretrain import distributed
from helpers.pretrain.batches import Batches
from helpers.pretrain.options import KEPT, STATE, as_json, corpus_folder
from helpers.pretrain.step import PretrainingRun, time_left
from helpers.training import resume

PAUSE = 10.0  # seconds between two lines of progress


class Keeper:
    """Called after each step: says how it goes, saves now and then, stops if asked."""

    def __init__(
        self, given: argparse.Namespace, run: PretrainingRun, batches: Batches
    ):
        self.given, self.run, self.batches = given, run, batches
        self.saved, self.clock = 0, Clock(run)

    def begin_or_resume(self) -> str:
        """Take up the kept state, or note the options of a new run; return a line.

        Raises ValueError where the kept run read other rows.
        """
        run, given = self.run, self.given
        if given.resume:
            self.saved, mark = resume.load(run, given.out / STATE)
            if mark != self.batches.mark():
                raise ValueError(
                    f"{corpus_folder(given)} holds another text than the one that this "
                    "run read; begin a new run in another folder"
                )
        elif not distributed.rank():
            given.out.mkdir(parents=True, exist_ok=True)
            text = json.dumps(as_json(given), indent=1) + "\n"
            environment.write(given.out / KEPT, text)
        self.clock.start()
        n = sum(p.numel() for p in run.model.parameters())
        counts = self.batches.windows.shards.manifest
        return (
            f"{given.size}: {n:,} parameters, {counts['tokens']:,} tokens in "
            f"{len(self.batches.windows):,} rows of up to {given.seq_len}, "
            f"{distributed.n_ranks()} × {run.device.type}, {run.half}; "
            f"step {self.saved} of {given.steps}"
        )

    def __call__(self, step: int, _: nn.Module) -> None:
        last = step == self.given.steps
        if last or self.run.stopping or step % self.given.checkpoint_every == 0:
            self.save(step)
        if last or self.clock.due():
            print(self.clock.line(step), flush=True)
        if self.run.stopping and not last:
            raise KeyboardInterrupt

    def save(self, step: int) -> None:
        """Write the state and the files for transformers: all ranks call it."""
        self.run.gather_random_states()
        distributed.together(None if distributed.rank() else self._write)
        self.saved = step

    def _write(self) -> None:
        out, corpus = self.given.out, self.batches.windows.shards
        resume.save(self.run, out / STATE, self.batches.mark())
        lower = corpus.manifest["lower"]
        bert_files.save(self.run.model, corpus.pieces(), lower, out, replace=True)

    def closing(self) -> str:
        """Return the last line: what lies where, and how to go on."""
        out, steps = self.given.out, self.given.steps
        done = f"saved after step {self.saved} of {steps}"
        if self.saved == steps:
            return f"{done}: transformers.BertForPreTraining.from_pretrained('{out}')"
        return f"{done}; go on: python -m helpers.pretrain --out {out} --resume"


class Clock:
    """Lines of progress: losses, tokens per second, time left."""

    def __init__(self, run: PretrainingRun):
        self.run = run

    def start(self) -> None:
        """Begin to count, after what a resumed run did before."""
        self.since = self.last = time.monotonic()
        self.first, self.tokens = len(self.run.history.losses), 0

    def due(self) -> bool:
        """Say whether it is time for a line: after the first step, then every 10 s."""
        first = len(self.run.history.losses) == self.first + 1
        return first or time.monotonic() - self.last > PAUSE

    def line(self, step: int) -> str:
        """Return how it goes since the last line."""
        run, now = self.run, time.monotonic()
        rate = (run.tokens - self.tokens) / max(now - self.last, 1e-9)
        left = (now - self.since) / (step - self.first) * (run.settings.steps - step)
        self.last, self.tokens = now, run.tokens
        return (
            f"step {step}/{run.settings.steps}  loss {run.history.losses[-1]:.3f} "
            f"(hidden {run.hidden:.3f}, pairs {run.pairs:.3f})  "
            f"{rate:,.0f} tokens/s  {time_left(left)} left"
        )
