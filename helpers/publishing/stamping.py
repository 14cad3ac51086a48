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


def address(repo: str, notebook: str) -> str:
    """Return where Colab opens a notebook (a file's name) of a published repository."""
    return f"{COLAB}{repo}/blob/main/notebooks/{notebook}"


def notebook(text: str, name: str, repo: str) -> str:
    """Return a notebook's text with badge and setup cell for OWNER/NAME, or "": plain.

    `name` is the file's name. Outputs stay; the stored hash of the sources follows,
    unless the outputs were stale before. Raises ValueError for a notebook without a
    place for the badge or without setup cell.
    """
    nb = _parse(text, name)
    course = nb["metadata"].get("course", {})
    fresh = course.get("source_sha256") == source_hash(nb)
    title = _title(nb, name)
    setup = _setup(nb, name)
    badge = BADGE
    if repo:
        badge = f"[Open in Colab]({address(repo, name)})<br>{BADGE}"
    titled = LINE.sub(lambda _: badge, text_of(title), count=1)  # badge as it stands
    filled = setup_cell.fill(name.removesuffix(".ipynb"), repo)
    title["source"] = titled.splitlines(keepends=True)
    setup["source"] = filled.splitlines(keepends=True)
    setup["metadata"] = dict(sorted({**setup["metadata"], **setup_cell.FOLDED}.items()))
    if fresh:
        course["source_sha256"] = source_hash(nb)
    return json.dumps(nb, indent=1, ensure_ascii=False) + "\n"


def readme(text: str, repo: str) -> str:
    """Return the README with a link to Colab in each row of its table, or with none."""

    def row(found: re.Match) -> str:
        plain, name = found.groups()
        if not repo:
            return plain
        return f"{plain} · [Colab]({address(repo, name)})"

    return ROW.sub(row, text)


def stamp_of(text: str, name: str) -> str:
    """Return the repository that a notebook's text is stamped for, or ""."""
    return setup_cell.home(text_of(_setup(_parse(text, name), name)))


def _parse(text: str, name: str) -> dict:
    try:
        nb = json.loads(text)
    except ValueError as error:
        raise ValueError(f"{name} is no notebook ({error})") from None
    if not isinstance(nb, dict) or not {"cells", "metadata"} <= nb.keys():
        raise ValueError(f"{name} is no notebook (it has no cells and metadata)")
    return nb


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
