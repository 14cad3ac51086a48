"""How the cells of a notebook stand on slides: one rule for all notebooks.

python -m helpers.publishing.slide_plan [NAMES] [--check]

Writes `slideshow.slide_type` into the cells' metadata. A section begins a slide, a
thought a slide below it ("subslide"), code stays with the sentence that announces it
("-"). Texts too long for a slide are cut in two first. `--check` only says what is
wrong, and returns 1 if anything is.
"""

import argparse
import json
import math
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from helpers.publishing.cells import BADGE_LINE, read_notebook, text_of
from helpers.publishing.long_texts import MOST_WORDS, split_long, words
from helpers.publishing.notebooks import ROOT, find, write_text

MOST_CODE = 25  # lines on one slide; words: MOST_WORDS
ROOM = 17.5  # rows of text on a slide at 1280×720
TALL = {"Picture": 11, "View": 17, "Predict": 7, "Measured": 7}  # rows of what is shown
WIDE = 82  # characters in a row of text
WIDE_CODE = 92


@dataclass(frozen=True)
class Load:
    """What is on a slide: words, lines of code, rows of height."""

    words: int = 0
    code: int = 0
    rows: float = 0

    def __add__(self, other: "Load") -> "Load":
        return Load(
            self.words + other.words,
            self.code + other.code,
            self.rows + other.rows,
        )

    def allowed(self) -> bool:
        """Tell whether it keeps to the hard limits."""
        return self.words <= MOST_WORDS and self.code <= MOST_CODE


def rows(text: str) -> float:
    """Estimate the rows that a markdown text fills on a slide."""
    total = 0.0
    unfolded = re.sub(r"<details.*?</details>", "", text, flags=re.DOTALL)
    for line in unfolded.split("\n"):
        if not line.strip() or re.fullmatch(BADGE_LINE, line):
            continue
        if line.startswith("$$"):
            total += 2.5
        elif line.startswith("#"):
            total += 2
        else:
            total += math.ceil(len(line) / WIDE) + 0.4
    return total


def weigh(cell: dict) -> Load:
    """Return what a cell puts on its slide, without its pictures."""
    text = text_of(cell)
    if cell["cell_type"] == "markdown":
        return Load(words(text), 0, rows(text))
    lines = [line for line in text.split("\n") if line.strip()]
    filled = code_rows(text)
    for output in cell.get("outputs", ()):
        printed = "".join(output.get("text", ""))
        if printed:
            filled += code_rows(printed)
    return Load(0, len(lines), filled)


def code_rows(text: str) -> float:
    """Estimate the rows that code or a printed text fills."""
    lines = text.rstrip("\n").split("\n")
    return 0.9 + 0.74 * sum(max(1, math.ceil(len(x) / WIDE_CODE)) for x in lines)


def shown(cell: dict) -> list[float]:
    """Return the rows that each picture, view or card of a cell takes."""
    heights = []
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        kind, _, _ = "".join(data.get("text/plain", "")).partition(":")
        if kind in TALL:
            heights.append(TALL[kind])
        elif any(name.startswith("image/") for name in data):
            heights.append(TALL["Picture"])
    return heights


def plan(cells: Sequence[dict]) -> list[str]:
    """Return each cell's slide type: slide, subslide, "-", notes or skip.

    Code joins the text before it. A text after code is the next thought, unless it is
    the last word on that code: then it joins if there is room beside the picture.
    """
    kinds: list[str] = []
    load = Load()  # of the slide so far
    filled = 0.0  # rows of its last page
    after_code = False
    for cell, following in zip_longest(cells, cells[1:]):
        kind = _off(cell)
        if kind:
            kinds.append(kind)
            continue
        is_code = cell["cell_type"] == "code"
        own = weigh(cell)
        if not kinds or is_section(cell):
            kind = "slide"
        else:
            next_thought = after_code and not is_code and _is_projected_code(following)
            fits = (load + own).allowed() and filled + own.rows <= ROOM
            kind = "-" if fits and not next_thought else "subslide"
        kinds.append(kind)
        if kind != "-":
            load = Load()
            filled = 0.0
        load += own
        filled += own.rows
        for height in shown(cell):  # what finds no room goes onto a page of its own
            filled = filled + height if filled + height <= ROOM else height
        after_code = is_code
    return kinds


def is_section(cell: dict) -> bool:
    """Tell whether a cell begins with a title or a section's heading."""
    return cell["cell_type"] == "markdown" and bool(re.match("##? ", text_of(cell)))


def _off(cell: dict) -> str:
    """Return how a cell is kept off the slides, or "".

    The setup cell and checks of exercises are skipped. What the reader is told before
    the start goes to the speaker's notes.
    """
    text = text_of(cell)
    if cell["cell_type"] == "code":
        hidden = "lesson.setup(" in text or re.search(r"^check\(", text, re.M)
        return "skip" if hidden else ""
    return "notes" if text.startswith("## Before you start") else ""


def _is_projected_code(cell: dict | None) -> bool:
    return bool(cell) and cell["cell_type"] == "code" and not _off(cell)


def mark(nb: dict) -> None:
    """Write the plan into the cells' metadata, in place."""
    for cell, kind in zip(nb["cells"], plan(nb["cells"]), strict=True):
        cell["metadata"]["slideshow"] = {"slide_type": kind}


def _marks(nb: dict) -> list[str | None]:
    marks = [cell["metadata"].get("slideshow", {}) for cell in nb["cells"]]
    return [mark.get("slide_type") for mark in marks]


def kinds_of(nb: dict) -> list[str]:
    """Return the slide types in the metadata; the plan's if any is absent."""
    kinds = _marks(nb)
    return kinds if all(kinds) else plan(nb["cells"])


def faults(nb: dict) -> list[str]:
    """Say which slides are too full, and whether any is not as planned."""
    slides: list[tuple[str, Load]] = []  # how it begins, what is on it
    for cell, kind in zip(nb["cells"], kinds_of(nb), strict=True):
        if kind in ("notes", "skip"):
            continue
        if kind == "-" and slides:
            text, load = slides.pop()
            slides.append((text, load + weigh(cell)))
        else:
            slides.append((text_of(cell), weigh(cell)))
    found = [
        f"{load.words} words, {load.code} lines of code on the slide {text[:40]!r}"
        for text, load in slides
        if not load.allowed()
    ]
    if _marks(nb) != plan(nb["cells"]):
        found.append("not as planned: python -m helpers.publishing.slide_plan")
    return found


def renew(path: Path) -> str:
    """Cut and mark one notebook, change nothing else; return what was done."""
    before = path.read_text(encoding="utf-8")
    nb = json.loads(before)
    added = split_long(nb)
    mark(nb)
    text = json.dumps(nb, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if text != before:
        write_text(path, text)
    n_slides = sum(kind in ("slide", "subslide") for kind in kinds_of(nb))
    changed = "as it was" if text == before else f"written, {added} texts cut in two"
    return f"{path.stem}: {n_slides} slides, {changed}"


def main(arguments: Sequence[str]) -> int:
    """Renew the notebooks named, or check them; return 1 if a check finds faults."""
    parser = argparse.ArgumentParser(description="Mark the notebooks' cells for slides")
    parser.add_argument("names", nargs="*", help="e.g. 02 or 02_rnn; none means all")
    parser.add_argument("--check", action="store_true", help="change nothing")
    options = parser.parse_args(arguments)
    try:
        paths = find(options.names, ROOT / "notebooks")
        if not options.check:
            print("\n".join(renew(path) for path in paths))
            return 0
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    found = []
    for path in paths:
        nb = read_notebook(path)
        found += [f"{path.stem}: {fault}" for fault in faults(nb)]
    print("\n".join(found) or "All slides are as planned.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
