"""Notebooks as files: found by name, read, executed, written.

Shared by the commands that execute notebooks and by those that publish them.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import (
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)

from helpers import environment
from helpers.publishing.cells import read_notebook, text_of

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 900  # seconds for one cell
# The environment in which the committed outputs are made.
REFERENCE = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "COURSE_VIEWS": "static",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}


def find(names: Sequence[str], folder: Path) -> list[Path]:
    """Return the notebooks whose names start with one of `names`; all if none is given.

    Raises ValueError, naming what there is, if a name fits no notebook.
    """
    paths = sorted(folder.glob("*.ipynb"))
    there = ", ".join(path.stem for path in paths) or "none"
    for name in names:
        if not any(path.stem.startswith(Path(name).stem) for path in paths):
            raise ValueError(f"No notebook is called '{name}'; there are: {there}.")
    starts = tuple(Path(name).stem for name in names) or ("",)
    return [path for path in paths if path.stem.startswith(starts)]


def load(path: Path) -> nbformat.NotebookNode:
    """Read a notebook; a cell without an id gets one that its source decides."""
    raw = read_notebook(path)
    raw["nbformat_minor"] = 5
    for number, cell in enumerate(raw["cells"]):
        mark = f"{number} {text_of(cell)}"
        cell.setdefault("id", hashlib.sha256(mark.encode()).hexdigest()[:8])
    return nbformat.reads(json.dumps(raw), as_version=4)


def execute(
    nb: nbformat.NotebookNode,
    folder: Path,
    variables: Mapping[str, str],
    kernel: str = "python3",
) -> str:
    """Run all cells in a fresh kernel, in place; return what went wrong, or "".

    The kernel works in `folder` and sees exactly the environment's `variables`.
    """
    client = NotebookClient(
        nb,
        timeout=TIMEOUT,
        kernel_name=kernel,
        extra_arguments=["--log-level=CRITICAL"],
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
    )
    code = [(i, cell) for i, cell in enumerate(nb.cells) if cell.cell_type == "code"]
    for _, cell in code:
        cell.outputs = []
        cell.execution_count = None
    with client.setup_kernel(env=variables):
        for number, (index, cell) in enumerate(code, start=1):
            try:
                client.execute_cell(cell, index, execution_count=number)
            except CellExecutionError as error:
                reason = f"{error.ename}: {error.evalue}".splitlines()[0]
            except CellTimeoutError:
                reason = f"took more than {TIMEOUT} s"
            except DeadKernelError:
                reason = "the kernel died"
            else:
                continue
            return f"code cell {number}: {reason}"
    return ""


def program(main: Callable[[Sequence[str]], int]) -> NoReturn:
    """Run a command with the command line's words; Ctrl+C ends it in one line."""
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("\nStopped.")


def write(nb: nbformat.NotebookNode, path: Path) -> None:
    """Write a valid notebook in one step."""
    write_text(path, nbformat.writes(nb) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write a file in one step, in a folder that is made if it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    environment.write(path, text)
