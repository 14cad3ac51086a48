"""Notebooks with live views: executed once, kept in build/live while the code stays.

The committed outputs hold still pictures; for slides and the book the notebooks are
executed again with COURSE_VIEWS=live, which takes a minute or two each.
"""

import argparse
import hashlib
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path

from helpers.publishing.cells import code_cells, read_notebook, text_of
from helpers.publishing.notebooks import REFERENCE, ROOT, execute, load, write

NEVER = {"publishing", "__pycache__"}  # folders of helpers that decide no output


def options(verb: str, arguments: Sequence[str], out: Path) -> argparse.Namespace:
    """Read the command line of the decks and the book: names, still, out."""
    parser = argparse.ArgumentParser(prog=f"start.py {verb}")
    parser.add_argument("names", nargs="*", help="e.g. 02 or 02_rnn; none means all")
    parser.add_argument("--still", action="store_true", help="still pictures, no run")
    parser.add_argument("--out", type=Path, default=out, help=f"default: {out}")
    return parser.parse_args(arguments)


def to_show(path: Path, still: bool) -> dict:
    """Return a notebook as committed, with still pictures, or with live views."""
    return read_notebook(path) if still else with_views(path, ROOT / "build")


def with_views(path: Path, build: Path) -> dict:
    """Return a notebook with live views; execute it if no kept copy fits its code.

    Raises ValueError, saying what went wrong, if a cell fails.
    """
    nb = read_notebook(path)
    kept = build / "live" / path.name
    mark = code_hash(nb)
    if not kept.exists() or _mark_of(kept) != mark:
        _make(path, kept, mark)
    executed = code_cells(read_notebook(kept))
    for cell, live in zip(code_cells(nb), executed, strict=True):
        cell["outputs"] = live["outputs"]
    return nb


def _mark_of(kept: Path) -> str:
    return read_notebook(kept)["metadata"].get("live_sha256", "")


def code_hash(nb: dict) -> str:
    """Return the SHA-256 of all that decides the outputs: code cells, files of helpers.

    The setup cell may differ: publishing writes an address into it.
    """
    texts = [text_of(cell) for cell in code_cells(nb)]
    texts = [text for text in texts if "lesson.setup(" not in text]
    digest = hashlib.sha256(json.dumps(texts).encode())
    for path in sorted((ROOT / "helpers").rglob("*")):
        name = path.relative_to(ROOT / "helpers")
        if path.is_file() and not NEVER & set(name.parts):
            digest.update(name.as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _make(path: Path, kept: Path, mark: str) -> None:
    """Execute a notebook and keep the copy, with the hash of its code."""
    print(f"{path.stem}: running it for its views ...", end=" ", flush=True)
    nb = load(path)
    own = {"COURSE_VIEWS": "live", "COURSE_LADDER": str(kept.parent / "ladder")}
    start = time.perf_counter()
    trouble = execute(nb, path.parent, os.environ | REFERENCE | own)
    if trouble:
        print("not ok")
        raise ValueError(f"{path.stem} does not run: {trouble}")
    nb.metadata["live_sha256"] = mark
    write(nb, kept)
    print(f"{time.perf_counter() - start:.0f} s")
