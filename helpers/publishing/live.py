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

from helpers.publishing.long_texts import text_of
from helpers.publishing.notebooks import REFERENCE, ROOT, execute, load, write


def options(verb: str, arguments: Sequence[str], out: Path) -> argparse.Namespace:
    """Read the command line of the decks and the book: names, still, out."""
    parser = argparse.ArgumentParser(prog=f"start.py {verb}")
    parser.add_argument("names", nargs="*", help="e.g. 02 or 02_rnn; none means all")
    parser.add_argument("--still", action="store_true", help="still pictures, no run")
    parser.add_argument("--out", type=Path, default=out, help=f"default: {out}")
    return parser.parse_args(arguments)


def to_show(path: Path, still: bool) -> dict:
    """Return a notebook as committed, with still pictures, or with live views."""
    if still:
        return json.loads(path.read_text(encoding="utf-8"))
    return with_views(path, ROOT / "build")


def with_views(path: Path, build: Path) -> dict:
    """Return a notebook with live views; execute it if no kept copy fits its code.

    Raises ValueError, saying what went wrong, if a cell fails.
    """
    nb = json.loads(path.read_text(encoding="utf-8"))
    kept = build / "live" / path.name
    mark = code_hash(nb)
    if not kept.exists() or _mark_of(kept) != mark:
        _make(path, kept, mark)
    outputs = iter(_outputs(json.loads(kept.read_text(encoding="utf-8"))))
    for cell in nb["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = next(outputs)
    return nb


def code_hash(nb: dict) -> str:
    """Return the SHA-256 of all that decides the outputs: code cells and helpers.

    The setup cell may differ: publishing writes an address into it.
    """
    code = [text_of(c) for c in nb["cells"] if c["cell_type"] == "code"]
    code = [text for text in code if "lesson.setup(" not in text]
    digest = hashlib.sha256(json.dumps(code).encode())
    for path in sorted((ROOT / "helpers").rglob("*")):
        if (
            path.suffix in (".py", ".js", ".json")
            and "publishing" not in path.relative_to(ROOT).parts
        ):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _mark_of(path: Path) -> str:
    nb = json.loads(path.read_text(encoding="utf-8"))
    return nb["metadata"].get("live_sha256", "")


def _outputs(nb: dict) -> list[list]:
    return [cell["outputs"] for cell in nb["cells"] if cell["cell_type"] == "code"]


def _make(path: Path, kept: Path, mark: str) -> None:
    print(f"{path.stem}: running it for its views ...", end=" ", flush=True)
    nb, start = load(path), time.perf_counter()
    own = {"COURSE_VIEWS": "live", "COURSE_LADDER": str(kept.parent / "ladder")}
    trouble = execute(nb, path.parent, os.environ | REFERENCE | own)
    if trouble:
        print("not ok")
        raise ValueError(f"{path.stem} does not run: {trouble}")
    nb.metadata["live_sha256"] = mark
    write(nb, kept)
    print(f"{time.perf_counter() - start:.0f} s")
