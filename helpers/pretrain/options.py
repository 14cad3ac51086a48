"""The options of a pre-training: read, completed, checked, kept for `--resume`.

Built in notebooks/15_scaling_up.ipynb.
"""

import argparse
import json
import re
from pathlib import Path

from helpers.models.sizes import PIECES, SIZES
from helpers.pretrain.help import parser
from helpers.training import Settings

KEPT, STATE, CORPUS = "options.json", "state.safetensors", "corpus"
# what a run that was stopped before its first state may have left
LEFT = re.compile(rf"{CORPUS}(\.part)?|{KEPT}|({KEPT}|{STATE})(\.\d+-\d+)?\.part")
BIG = ("base", "large")
# what may be another when a training goes on
FREE = ("accumulate", "precision", "device", "silence", "checkpoint_every")
FREE = (*FREE, "activation_checkpointing", "tokenised")


def read(arguments: list[str]) -> argparse.Namespace:
    """Return the options; of a run that is resumed, those that were kept with it.

    Raises ValueError for a folder of another run, for --resume without a state, and
    for what cannot be trained.
    """
    tool = parser()
    given = tool.parse_args(arguments)
    kept = given.out / KEPT
    if given.resume:
        if not (given.out / STATE).exists() or not kept.exists():
            raise ValueError(
                f"{given.out} holds no state to go on from; leave out --resume"
            )
        before = _kept(given.out)
        if not before:
            raise ValueError(f"{kept} holds no options of a run; begin a new run")
        tool.set_defaults(**before)
        given = decided(tool.parse_args(arguments))
        _same(before, as_json(given), given.out)
        return given
    if (given.out / STATE).exists():
        raise ValueError(
            f"{given.out} holds a run already; add --resume to go on with it, or "
            "choose another --out"
        )
    _free(given.out)
    return decided(given)


def _free(out: Path) -> None:
    """Raise ValueError for a folder with things that are none of ours."""
    if out.exists() and not out.is_dir():
        raise ValueError(f"{out} is a file; give a folder as --out")
    names = {p.name for p in out.iterdir()} if out.exists() else set()
    if not all(map(LEFT.fullmatch, names)) or (KEPT in names and not _kept(out)):
        raise ValueError(f"{out} holds other files; choose a new folder as --out")


def _kept(out: Path) -> dict:
    """Return the options kept in a folder, none where the file is not one of ours."""
    try:
        found = json.loads((out / KEPT).read_text(encoding="utf-8"))
    except ValueError:
        return {}
    ours = isinstance(found, dict) and {"corpus", "size", "steps"} <= found.keys()
    return found if ours else {}


def _same(before: dict, now: dict, out: Path) -> None:
    fixed = [k for k in before if k not in FREE and now[k] != before[k]]
    other = [f"{k} is {now[k]}, was {before[k]}" for k in fixed]
    if other:
        raise ValueError(
            f"other options than those of {out} ({'; '.join(other)}): leave them out, "
            "or begin a new run in another folder"
        )


def as_json(given: argparse.Namespace) -> dict:
    """Return the options that are kept, in types that JSON knows."""
    found = {k: v for k, v in vars(given).items() if k not in ("out", "resume")}
    return {k: str(v) if isinstance(v, Path) else v for k, v in found.items()}


def decided(given: argparse.Namespace) -> argparse.Namespace:
    """Fill in what depends on the size. Raises ValueError for what cannot be."""
    missing = [n for n in ("corpus", "size", "steps") if getattr(given, n) is None]
    if missing:
        raise ValueError(f"--{missing[0]} is missing; --help shows whole commands")
    big = given.size in BIG
    fill = {
        "lr": 1e-4 if big else 1e-3,
        "dropout": SIZES[given.size].dropout,
        "vocab_size": PIECES if big else 8000,
        "activation_checkpointing": big,
    }
    for name, value in fill.items():
        if getattr(given, name) is None:
            setattr(given, name, value)
    _check(given)
    return given


def _check(given: argparse.Namespace) -> None:
    """Raise ValueError for numbers out of range, with the range."""
    longest = SIZES[given.size].longest
    ranges = {
        "steps": (1, None),
        "batch_size": (1, None),
        "seq_len": (8, longest),
        "accumulate": (1, given.batch_size),
        "checkpoint_every": (1, None),
        "stories": (2, None),
        "warmup": (0, 0.99),
        "dropout": (0, 0.9),
    }
    for name, (low, high) in ranges.items():
        value = getattr(given, name)
        if value < low or (high is not None and value > high):
            most = "or more" if high is None else f"to {high}"
            flag = name.replace("_", "-")
            raise ValueError(f"--{flag} {value}: give {low} {most}")
    if given.lr <= 0:
        raise ValueError(f"--lr {given.lr}: give a rate above 0, such as 1e-3")


def settings(given: argparse.Namespace) -> Settings:
    """Return the settings of the training loop."""
    return Settings(given.steps, given.lr, given.warmup)


def corpus_folder(given: argparse.Namespace) -> Path:
    """Return where the text in pieces lies."""
    return given.tokenised or given.out / CORPUS
