"""The folder of a corpus in pieces: whose it is, so that none of others is touched.

Built in notebooks/15_scaling_up.ipynb.
"""

import json
import re
from pathlib import Path

from helpers.checkpoints.bert_files import VOCABULARY

MANIFEST, FORMAT = "manifest.json", 1
NAMES = ("tokens", "sentences", "documents")
# A draft holds this file, with this line: nobody else writes it.
UNFINISHED, LINE = "unfinished", "an unfinished corpus of helpers.pretrain\n"
OURS = re.compile(
    rf"({'|'.join(NAMES)}|windows-\d+)\.bin(\.\d+-\d+\.part)?"
    rf"|({MANIFEST}|{VOCABULARY})(\.\d+-\d+\.part)?|{UNFINISHED}"
)


def check_place(folder: Path) -> tuple[Path, Path]:
    """Return a corpus's folder and its draft's: each absent, empty, or all our own.

    Raises ValueError for one that holds anything else: it would be deleted.
    """
    folder = folder.resolve()
    found = folder, folder.with_name(folder.name + ".part")
    for place in found:
        if place.exists() and not (place.is_dir() and _is_ours(place)):
            raise ValueError(
                f"{place} holds what pre-training did not write; choose a new folder"
            )
    return found


def _is_ours(folder: Path) -> bool:
    """Tell whether a folder is empty, or a corpus or draft with nothing beside it."""
    names = {path.name for path in folder.iterdir()}
    if not all(map(OURS.fullmatch, names)):
        return False
    if UNFINISHED in names:
        return (folder / UNFINISHED).read_bytes() == LINE.encode()
    if MANIFEST in names:
        read_manifest(folder)
    return not names or MANIFEST in names


def clear(folder: Path) -> None:
    """Remove a folder that `check_place` let pass, if it is there; its mark goes last.

    Only known files go: the system keeps a folder in which another one appeared.
    """
    if folder.exists():
        last = (UNFINISHED, MANIFEST)
        for path in sorted(folder.iterdir(), key=lambda path: path.name in last):
            if OURS.fullmatch(path.name):
                path.unlink()
        folder.rmdir()


def read_manifest(folder: Path) -> dict:
    """Return what a corpus's manifest says. Raises ValueError where it is no such."""
    path = folder / MANIFEST
    if not path.is_file():
        raise ValueError(f"{folder} holds no corpus in pieces; name the folder of one")
    try:
        found = json.loads(path.read_bytes())
        kinds = found["format"], found["dtype"]
        sizes = [found[name] for name in NAMES]
        whole = all(type(n) is int and n >= 0 for n in sizes)
        fits = whole and kinds in ((FORMAT, "uint16"), (FORMAT, "uint32"))
        fits = fits and isinstance(found["vocabulary"], str)
    except (ValueError, TypeError, KeyError):
        fits = False
    if not fits:
        raise ValueError(
            f"{path} is no manifest of a corpus in pieces; choose another folder"
        )
    return found
