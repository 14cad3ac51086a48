"""Pre-train a BERT on any text, on one core or many GPUs: python -m helpers.pretrain

The same training whatever the number of processes: `torchrun --nproc-per-node=N -m
helpers.pretrain ...`. See --help. Built in notebooks/15_scaling_up.ipynb.
"""

import argparse
import contextlib
import dataclasses
import itertools
import os
import signal
import sys
from collections.abc import Iterator

import torch

from helpers.models.bert import BERTForPretraining
from helpers.models.sizes import sized
from helpers.pretrain import distributed, shards, text
from helpers.pretrain.batches import Batches
from helpers.pretrain.keeper import Keeper
from helpers.pretrain.options import corpus_folder, read, settings
from helpers.pretrain.step import PretrainingRun, precision, prepared, summed_losses
from helpers.training import go_on


def main(arguments: list[str]) -> int:
    """Train as the options say; return the exit status, 0 also after a stop."""
    try:
        given = read(arguments)
        device = distributed.start(given.device, given.silence)
        with _rank_0_speaks():
            train(given, device)
    except distributed.LostRank as error:
        _leave(f"rank {distributed.rank()}: {error}")
    except (ValueError, OSError, FloatingPointError) as error:
        print(f"pretrain: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("pretrain: stopped before the first step; the same command begins anew")
    distributed.stop()
    return 0


def _leave(reason: str) -> None:
    """Say why and end at once: other ranks cannot be waited for."""
    print(f"pretrain: {reason}; --resume goes on from the last state", file=sys.stderr)
    sys.stderr.flush()
    os._exit(1)


@contextlib.contextmanager
def _rank_0_speaks() -> Iterator[None]:
    with open(os.devnull, "w") as nowhere:
        to = nowhere if distributed.rank() else sys.stdout
        with contextlib.redirect_stdout(to):
            yield


def train(given: argparse.Namespace, device: torch.device) -> PretrainingRun:
    """Prepare the text, train to the last step or to a stop, save."""
    half = precision(given.precision, device)
    distributed.together(None if distributed.rank() else lambda: prepare(given))
    corpus = shards.Shards(corpus_folder(given))
    windows = shards.Windows(corpus, given.seq_len)
    batches = Batches(windows, given.batch_size, given.seed)
    torch.manual_seed(given.seed)
    model = new_model(given, len(corpus.pieces()))
    prepared(model, device, given.activation_checkpointing)
    run = PretrainingRun(model, settings(given), half)
    torch.manual_seed(given.seed + distributed.rank())  # dropout differs among ranks
    keeper = Keeper(given, run, batches)
    print(keeper.begin_or_resume())
    steps = itertools.count(len(run.history.losses))
    stream = (batches.step(n, given.accumulate) for n in steps)
    with stops(run):
        go_on(run, stream, summed_losses, on_step=keeper)
    print(keeper.closing())
    return run


def new_model(given: argparse.Namespace, n_pieces: int) -> BERTForPretraining:
    """Return a model of the size that is asked for, with first weights."""
    size = sized(given.size, n_pieces)
    return BERTForPretraining(dataclasses.replace(size, dropout=given.dropout))


def prepare(given: argparse.Namespace) -> None:
    """Write text in pieces and windows to the disk, where they are not there yet."""
    folder = corpus_folder(given)
    if not given.resume:
        found = text.source(given.corpus, given.stories)
        text.prepare(folder, found, given.vocab_size, given.vocabulary)
    shards.lay_out(shards.Shards(folder), given.seq_len)


@contextlib.contextmanager
def stops(run: PretrainingRun) -> Iterator[None]:
    """Let SIGTERM and Ctrl+C end the training after the step; Ctrl+C twice at once."""

    def ask(number: int, _) -> None:
        if number == signal.SIGINT and run.asked_to_stop:
            raise KeyboardInterrupt
        run.ask_to_stop()

    before = {n: signal.signal(n, ask) for n in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
