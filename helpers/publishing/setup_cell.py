"""The first code cell of every notebook: plain, or stamped with a published address.

It looks upward for our helpers (not just any package of that name). Where there are
none, a stamped cell fetches the folder `helpers` beside the notebook: exactly the tree
whose id is in the stamp, or nothing. Standard library only.
"""

import re

ADVICE = "clone the course, open it there."
UNSTAMPED = f"echo This copy was never published: {ADVICE} && exit 1"
SETUP_CELL = f"""\
import pathlib, subprocess, sys

fetch = "{UNSTAMPED}"
here = pathlib.Path("this.ipynb").absolute()
sys.path[:0] = up = [str(p) for p in here.parents if (p / "helpers/lesson").exists()]
up or (done := subprocess.getstatusoutput(fetch))[0] and sys.exit(done[1])
from helpers import lesson

course = lesson.setup("{{notebook}}")"""
FAILED = f"(echo The helpers cannot be fetched: {ADVICE} && exit 1)"
HOST = "https://github.com/"
REPO = r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9_.-]+"
TAG = r"[A-Za-z0-9_]+(?:[./-][A-Za-z0-9_]+)*"
_STAMP = re.compile(
    rf"git clone -qnb (?P<tag>{TAG}) --depth 1 {HOST}(?P<repo>{REPO}) helpers"
    r" && git -C helpers checkout -q (?P<tree>[0-9a-f]{40}) \. \|\| .*\)"
)


def stamp(repo: str, tag: str, tree: str) -> str:
    """Return the command that fetches the published helpers.

    `repo` is OWNER/NAME, `tree` the id of the folder helpers in git: what is fetched
    has this content, or git fails. Raises ValueError for anything else.
    """
    clone = f"git clone -qnb {tag} --depth 1 {HOST}{repo} helpers"
    checkout = f"git -C helpers checkout -q {tree} ."
    command = f"{clone} && {checkout} || {FAILED}"
    if not re.fullmatch(REPO, repo):
        raise ValueError(f"{repo!r} is no repository; write OWNER/NAME")
    if not re.fullmatch(TAG, tag):
        raise ValueError(f"{tag!r} is no tag; use letters, digits and single . - /")
    if not _STAMP.fullmatch(command):
        raise ValueError(f"{tree!r} is no tree id of git: 40 of the digits 0-9a-f")
    return command


def stamped(cell: str) -> dict[str, str] | None:
    """Return a setup cell's `repo`, `tag` and `tree`; None if it has no stamp."""
    found = _STAMP.search(cell)
    return found.groupdict() if found else None


def fill(notebook: str, fetch: str = UNSTAMPED) -> str:
    """Return the setup cell of a notebook, with the command that fetches helpers."""
    return SETUP_CELL.format(notebook=notebook).replace(UNSTAMPED, fetch)
