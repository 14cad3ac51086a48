"""What the setup cell of every notebook calls: seeds, style, device, a machine check.

Built in notebooks/00_start_here.ipynb.
"""

import importlib.util
import os
import platform
import sys
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import matplotlib.style
import numpy as np

STYLE = Path(__file__).with_name("lesson.mplstyle")
# The first code cell of every notebook, the same in all but for the name. It looks
# upward for our helpers (not just any package of that name).
SETUP_CELL = """\
import sys
from pathlib import Path

folders = [Path.cwd(), *Path.cwd().parents]
home = [str(p) for p in folders if (p / "helpers" / "lesson.py").exists()]
sys.path[:0] = home[:1] or print("Clone the whole repository first.") or []
from helpers import lesson

course = lesson.setup("{notebook}")"""
NEEDED = {
    "torch": "pip install torch",
    "numpy": "pip install numpy",
    "matplotlib": "pip install matplotlib",
    "ipywidgets": "pip install ipywidgets (only for views that recompute)",
}


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
    def generator(self):
        """PyTorch's random numbers, from the seed (a `torch.Generator`)."""
        import torch

        return torch.Generator().manual_seed(self.seed)

    @property
    def device(self) -> str:
        """Where tensors live: "cpu"; every lesson fits there."""
        return "cpu"


def setup(notebook: str, seed: int = 0) -> Lesson:
    """Seed everything, set the figures' style, say so in one line; return the lesson.

    The view mode is live, or static where the variable COURSE_VIEWS says so. Raises
    ValueError for another mode. May run twice.
    """
    mode = os.environ.get("COURSE_VIEWS", "live")
    if mode not in ("live", "static"):
        raise ValueError(f"COURSE_VIEWS={mode!r}; use 'live' or 'static'")
    matplotlib.style.use(STYLE)
    np.random.seed(seed)
    if importlib.util.find_spec("torch"):
        import torch

        torch.manual_seed(seed)
    print(f"{notebook}: ready (seed {seed})")
    return Lesson(notebook, seed, mode)


def lecture(on: bool = True) -> None:
    """Draw the figures that follow larger, for the back row, or normal again."""
    matplotlib.style.use(STYLE)
    if on:
        grow = ("font.size", "axes.titlesize", "axes.labelsize", "legend.fontsize")
        for name in (*grow, "xtick.labelsize", "ytick.labelsize"):
            matplotlib.rcParams[name] = matplotlib.rcParams[name] * 1.35


def report() -> None:
    """Print what this machine has, what is missing, and what to do about it."""
    rows = [("Python", platform.python_version(), _python())]
    rows += [(name, *_installed(name, advice)) for name, advice in NEEDED.items()]
    rows += [
        ("processors", str(os.cpu_count()), "ok"),
        ("device", _device(), "ok: every lesson fits on a CPU"),
        ("views", os.environ.get("COURSE_VIEWS", "live"), "ok"),
    ]
    for name, value, remark in rows:
        print(f"{name:12} {value:16} {remark}")


def _python() -> str:
    return "ok" if sys.version_info >= (3, 10) else "too old: install Python 3.10"


def _installed(name: str, advice: str) -> tuple[str, str]:
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
