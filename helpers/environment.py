"""This computer: the cache folder, how views are shown, files written in one step.

Only the standard library is imported: the setup of a notebook begins here.
"""

import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

APP = "from-rnn-to-bert"


def cache_folder() -> Path:
    """Return the folder of the course's cache: COURSE_CACHE or the system's own."""
    given = os.environ.get("COURSE_CACHE")
    if given:
        return Path(given).expanduser()
    from platformdirs import user_cache_dir  # the rest needs no package

    return Path(user_cache_dir(APP, appauthor=False, opinion=False))


def view_mode() -> str:
    """Return how views are shown: "live", or "static" as COURSE_VIEWS asks.

    Static leaves picture and text: what committed notebooks hold. Raises ValueError
    for another value.
    """
    mode = os.environ.get("COURSE_VIEWS", "live")
    if mode not in ("live", "static"):
        raise ValueError(f"COURSE_VIEWS={mode!r}; use 'live' or 'static'")
    return mode


def is_static() -> bool:
    """Tell whether views leave only picture and text."""
    return view_mode() == "static"


def sha256(raw: bytes) -> str:
    """Return the SHA-256 of some bytes, 64 hexadecimal digits."""
    return hashlib.sha256(raw).hexdigest()


def write(path: Path, content: bytes | str) -> None:
    """Write a file in one step: it holds what it held before, or all of the new.

    Text is written as UTF-8, its line ends as they are.
    """
    if isinstance(content, str):
        content = content.encode()
    write_by(path, lambda draft: draft.write_bytes(content))


def write_by(path: Path, write_draft: Callable[[Path], object]) -> None:
    """Let `write_draft(path of a draft)` write; the draft then takes the file's place.

    Whoever reads meanwhile, or after a crash, finds the old file whole. Two writers at
    the same time have a draft each, and the later one wins. A draft that could not be
    finished is removed.
    """
    writer = f"{os.getpid()}-{threading.get_ident()}"
    draft = path.with_name(f"{path.name}.{writer}.part")  # in the same file system
    try:
        write_draft(draft)
        with draft.open("rb+") as file:
            os.fsync(file.fileno())  # on the disk before it takes the old one's name
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
