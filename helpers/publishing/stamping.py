"""Stamps in one notebook and in the README: badges, setup cell, hash of the sources.

Standard library only; a text comes in, the stamped text goes out. Stamping twice, for
another repository, or with none is the same as stamping once.
"""

import hashlib
import json
import re

from helpers.publishing import setup_cell

BADGE = "<!-- Colab badge -->"
COLAB = "https://colab.research.google.com/github/"
_BADGE = re.compile(rf"^.*{BADGE}$", re.M)
_ROW = re.compile(
    r"^(\| \[[^\]]+\]\(notebooks/([^)/]+\.ipynb)\))(?: · \[Colab\]\([^)]*\))?", re.M
)


def address(repo: str, tag: str, notebook: str) -> str:
    """Return where Colab opens a notebook (a file's name) of a published repository."""
    return f"{COLAB}{repo}/blob/{tag}/notebooks/{notebook}"


def source_hash(nb: dict) -> str:
    """Return the SHA-256 of all cells' types and sources, as `start.py run` does."""
    cells = [(cell["cell_type"], "".join(cell["source"])) for cell in nb["cells"]]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


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
    fresh = nb["metadata"].get("course", {}).get("source_sha256") == source_hash(nb)
    title, setup = _title(nb, name), _setup(nb, name)
    fetch = setup_cell.stamp(**published) if published else setup_cell.UNSTAMPED
    badge = _badge(name, published)
    title["source"] = _BADGE.sub(lambda _: badge, _text(title), 1).splitlines(True)
    lines = setup_cell.fill(name.removesuffix(".ipynb"), fetch)
    setup["source"] = lines.splitlines(True)
    if fresh:
        nb["metadata"]["course"]["source_sha256"] = source_hash(nb)
    return json.dumps(nb, indent=1, ensure_ascii=False) + "\n"


def readme(text: str, published: dict[str, str] | None) -> str:
    """Return the README with a link to Colab in each row of its table, or with none."""

    def row(found: re.Match) -> str:
        if not published:
            return found[1]
        place = address(published["repo"], published["tag"], found[2])
        return f"{found[1]} · [Colab]({place})"

    return _ROW.sub(row, text)


def stamp_of(text: str) -> dict[str, str] | None:
    """Return the repo, tag and tree that a notebook's text is stamped for, if any."""
    return setup_cell.stamped(_text(_setup(json.loads(text), "this notebook")))


def _badge(name: str, published: dict[str, str] | None) -> str:
    if not published:
        return BADGE
    place = address(published["repo"], published["tag"], name)
    return f"[Open in Colab]({place})<br>{BADGE}"


def _text(cell: dict) -> str:
    return "".join(cell["source"])


def _title(nb: dict, name: str) -> dict:
    for cell in nb["cells"][:1]:
        if cell["cell_type"] == "markdown" and _BADGE.search(_text(cell)):
            return cell
    raise ValueError(f"{name}: no line {BADGE} in the first cell")


def _setup(nb: dict, name: str) -> dict:
    code = [cell for cell in nb["cells"] if cell["cell_type"] == "code"]
    if code and "course = lesson.setup(" in _text(code[0]):
        return code[0]
    raise ValueError(f"{name}: the first code cell does not call lesson.setup")
