"""Texts that are too long for a slide become two cells, at the best border there is."""

import hashlib
import re

from helpers.publishing.notebooks import source_hash

MOST_WORDS = 120  # on one slide
BADGE = r"[^\n]*<!-- Colab badge -->"  # a link to elsewhere, once published
UNSEEN = BADGE + r"|<details.*?</details>|!\[.*?\]\(.*?\)|<[^>]+>|\$\$.*?\$\$"
BORDERS = (r"\n\n", r"\n(?=- )", r"(?<=[.?!]) (?=[A-Z*“])")  # best first


def text_of(cell: dict) -> str:
    """Return a cell's source as one string."""
    return "".join(cell["source"])


def words(text: str) -> int:
    """Count the words one sees: no folded answer, picture, display formula."""
    seen = re.sub(UNSEEN, "", text, flags=re.DOTALL)
    return len(re.sub(r"\||-{3,}", " ", seen).split())


def cut(text: str) -> list[str]:
    """Cut a text before a heading in its middle, and where it is too long for a slide.

    A long text is cut in two as evenly as its best borders allow: paragraphs, items of
    a list, sentences. Raises ValueError if there is none.
    """
    pieces = [piece.strip("\n") for piece in re.split(r"\n(?=## )", text)]
    return [half for piece in pieces for half in _halves(piece)]


def _halves(text: str) -> list[str]:
    if words(text) <= MOST_WORDS:
        return [text]
    found = [
        (text[: m.start()], text[m.end() :], place)
        for place, border in enumerate(BORDERS)
        for m in re.finditer(border, text)
    ]
    fitting = [cut for cut in found if _are_slides(cut[0], cut[1])]
    if not fitting:
        raise ValueError(
            f"no border cuts this text of {words(text)} words: {text[:60]!r}"
        )
    return list(min(fitting, key=_cost)[:2])


def _cost(cut: tuple[str, str, int]) -> tuple[bool, int, int]:
    """Keep a formula with its sentence and its symbols; then the best border; then
    halves as even as can be."""
    first, second, place = cut
    torn = second.startswith("$$") or (first.endswith("$$") and second[:2] == "- ")
    return torn, place, abs(words(first) - words(second))


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
            source = piece.splitlines(keepends=True)
            name = hashlib.sha256(f"{cell['id']} {number}".encode()).hexdigest()[:8]
            cells.append({**cell, "id": name if number else cell["id"]})
            cells[-1] |= {"metadata": dict(cell["metadata"]), "source": source}
    added = len(cells) - len(nb["cells"])
    nb["cells"] = cells
    if added and "course" in nb["metadata"]:
        nb["metadata"]["course"]["source_sha256"] = source_hash(nb)
    return added
