"""Stamps in one notebook and in the README: badges, setup cell, hash of the sources.

Standard library only; a text comes in, the stamped text goes out. Stamping twice, for
another repository, or with none is the same as stamping once.
"""

import json
import re

from helpers.publishing import setup_cell
from helpers.publishing.cells import (
    BADGE,
    BADGE_LINE,
    code_cells,
    source_hash,
    text_of,
)

COLAB = "https://colab.research.google.com/github/"
LINE = re.compile(rf"^{BADGE_LINE}$", re.M)
# A row of the README's table, perhaps with a link to Colab from an earlier stamp.
ROW = re.compile(
    r"^(\| \[[^\]]+\]\(notebooks/([^)/]+\.ipynb)\))(?: · \[Colab\]\([^)]*\))?", re.M
)


def address(published: dict[str, str], notebook: str) -> str:
    """Return where Colab opens a notebook (a file's name) of a published repository."""
    repo = published["repo"]
    tag = published["tag"]
    return f"{COLAB}{repo}/blob/{tag}/notebooks/{notebook}"


def notebook(text: str, name: str, published: dict[str, str] | None) -> str:
    """Return a notebook's text with badge and setup cell for `published`, or plain.

    `name` is the file's name, `published` has repo, tag and tree. Outputs stay; the
    stored hash of the sources follows, unless the outputs were stale before. Raises
    ValueError for a notebook without a place for the badge or without setup cell.
    """
    try:
        nb = json.loads(text)
    except ValueError as error:
        raise ValueError(f"{name} is no notebook ({error})") from None
    course = nb["metadata"].get("course", {})
    fresh = course.get("source_sha256") == source_hash(nb)
    title = _title(nb, name)
    setup = _setup(nb, name)
    badge = BADGE
    fetch = setup_cell.UNSTAMPED
    if published:
        badge = f"[Open in Colab]({address(published, name)})<br>{BADGE}"
        fetch = setup_cell.stamp(**published)
    titled = LINE.sub(lambda _: badge, text_of(title), count=1)  # badge as it stands
    filled = setup_cell.fill(name.removesuffix(".ipynb"), fetch)
    title["source"] = titled.splitlines(keepends=True)
    setup["source"] = filled.splitlines(keepends=True)
    if fresh:
        course["source_sha256"] = source_hash(nb)
    return json.dumps(nb, indent=1, ensure_ascii=False) + "\n"


def readme(text: str, published: dict[str, str] | None) -> str:
    """Return the README with a link to Colab in each row of its table, or with none."""

    def row(found: re.Match) -> str:
        plain, name = found.groups()
        if not published:
            return plain
        return f"{plain} · [Colab]({address(published, name)})"

    return ROW.sub(row, text)


def stamp_of(text: str) -> dict[str, str] | None:
    """Return the repo, tag and tree that a notebook's text is stamped for, if any."""
    setup = _setup(json.loads(text), "this notebook")
    return setup_cell.stamped(text_of(setup))


def _title(nb: dict, name: str) -> dict:
    for cell in nb["cells"][:1]:
        if cell["cell_type"] == "markdown" and LINE.search(text_of(cell)):
            return cell
    raise ValueError(f"{name}: no line {BADGE} in the first cell")


def _setup(nb: dict, name: str) -> dict:
    for cell in code_cells(nb)[:1]:
        if "course = lesson.setup(" in text_of(cell):
            return cell
    raise ValueError(f"{name}: the first code cell does not call lesson.setup")
