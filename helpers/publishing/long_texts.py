"""Texts that are too long for a slide become two cells, at the best border there is."""

import hashlib
import re
from typing import NamedTuple

from helpers.publishing.cells import BADGE_LINE, source_hash, text_of

MOST_WORDS = 120  # on one slide
UNSEEN = BADGE_LINE + r"|<details.*?</details>|!\[.*?\]\(.*?\)|<[^>]+>|\$\$.*?\$\$"
BORDERS = (r"\n\n", r"\n(?=- )", r"(?<=[.?!]) (?=[A-Z*“])")  # best first


class Cut(NamedTuple):
    """A text in two halves, and the number of the border between them."""

    first: str
    second: str
    border: int


def words(text: str) -> int:
    """Count the words one sees: no folded answer, picture, display formula."""
    seen = re.sub(UNSEEN, "", text, flags=re.DOTALL)
    return len(re.sub(r"\||-{3,}", " ", seen).split())


def cut(text: str) -> list[str]:
    """Cut a text before a heading in its middle, and where it is too long for a slide.

    A long text is cut in two as evenly as its best borders allow: paragraphs, items of
    a list, sentences. Raises ValueError if there is none.
    """
    halves = []
    for piece in re.split(r"\n(?=## )", text):
        halves += _halves(piece.strip("\n"))
    return halves


def _halves(text: str) -> list[str]:
    if words(text) <= MOST_WORDS:
        return [text]
    cuts = []
    for number, border in enumerate(BORDERS):
        for match in re.finditer(border, text):
            found = Cut(text[: match.start()], text[match.end() :], number)
            if _are_slides(found.first, found.second):
                cuts.append(found)
    if not cuts:
        raise ValueError(
            f"no border cuts this text of {words(text)} words: {text[:60]!r}"
        )
    best = min(cuts, key=_cost)
    return [best.first, best.second]


def _cost(cut: Cut) -> tuple[bool, int, int]:
    """Rank cuts: a formula stays with its sentence and its symbols; then the best
    border; then halves as even as can be."""
    first, second, border = cut
    symbols = first.endswith("$$") and second.startswith("- ")
    torn = second.startswith("$$") or symbols
    return torn, border, abs(words(first) - words(second))


def _are_slides(first: str, second: str) -> bool:
    """Both are short enough and neither ends in a formula's or an answer's middle."""
    whole = all(first.count(mark) % 2 == 0 for mark in ("$$", "```", "**"))
    closed = first.count("<details") == first.count("</details>")
    alone = re.fullmatch(r"#+ [^\n]*", first) or first.rstrip().endswith(":")
    short = all(10 <= words(half) <= MOST_WORDS for half in (first, second))
    return whole and closed and short and not alone


def split_long(nb: dict) -> int:
    """Cut texts that are too long for a slide into two cells; return how many.

    The saved outputs stay true, so the notebook's hash of sources is made anew.
    """
    cells = []
    for cell in nb["cells"]:
        pieces = cut(text_of(cell)) if cell["cell_type"] == "markdown" else []
        if len(pieces) < 2:
            cells.append(cell)
            continue
        for number, piece in enumerate(pieces):
            part = {**cell, "metadata": dict(cell["metadata"])}
            part["source"] = piece.splitlines(keepends=True)
            if number > 0:
                name = f"{cell['id']} {number}"
                part["id"] = hashlib.sha256(name.encode()).hexdigest()[:8]
            cells.append(part)
    added = len(cells) - len(nb["cells"])
    nb["cells"] = cells
    if added and "course" in nb["metadata"]:
        nb["metadata"]["course"]["source_sha256"] = source_hash(nb)
    return added
