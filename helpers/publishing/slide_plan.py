"""How the cells of a notebook stand on slides: one rule for all notebooks.

python -m helpers.publishing.slide_plan [NAMES] [--check]

Writes `slideshow.slide_type` into the cells' metadata. A section begins a slide, a
thought a slide below it ("subslide"), code stays with the sentence that announces it
("-"). Texts too long for a slide are cut in two first. `--check` only says what is
wrong, and returns 1 if anything is.
"""

import argparse
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from helpers.publishing.long_texts import BADGE, MOST_WORDS, split_long, text_of, words
from helpers.publishing.notebooks import ROOT, find, write_text

MOST_CODE = 25  # lines on one slide; words: MOST_WORDS
ROOM = 17.5  # rows of text on a slide at 1280×720
TALL = {"Picture": 11, "View": 17, "Predict": 7, "Measured": 7}  # rows of what is shown
WIDE, WIDE_CODE = 82, 92  # characters in a row


@dataclass(frozen=True)
class Load:
    """What is on a slide: words, lines of code, rows of height."""

    words: int = 0
    code: int = 0
    rows: float = 0

    def __add__(self, other: "Load") -> "Load":
        return Load(
            self.words + other.words, self.code + other.code, self.rows + other.rows
        )

    def allowed(self) -> bool:
        """Keep to the hard limits."""
        return self.words <= MOST_WORDS and self.code <= MOST_CODE


def rows(text: str) -> float:
    """Estimate the rows that a markdown text fills on a slide."""
    total = 0.0
    text = re.sub(r"<details.*?</details>", "", text, flags=re.DOTALL)
    for line in filter(str.strip, text.split("\n")):
        if line.startswith("$$"):
            total += 2.5
        elif line.startswith("#"):
            total += 2
        elif not re.fullmatch(BADGE, line):
            total += -(-len(line) // WIDE) + 0.4
    return total


def weigh(cell: dict) -> Load:
    """Return what a cell puts on its slide, without its pictures."""
    text = text_of(cell)
    if cell["cell_type"] == "markdown":
        return Load(words(text), 0, rows(text))
    lines = sum(bool(line.strip()) for line in text.split("\n"))
    printed = ["".join(o.get("text", "")) for o in cell.get("outputs", ())]
    return Load(0, lines, code_rows(text) + sum(map(code_rows, filter(None, printed))))


def code_rows(text: str) -> float:
    """Estimate the rows that code or a printed text fills."""
    lines = text.rstrip("\n").split("\n")
    return 0.9 + 0.74 * sum(max(1, -(-len(line) // WIDE_CODE)) for line in lines)


def shown(cell: dict) -> list[float]:
    """Return the rows that each picture, view or card of a cell takes."""
    said = [
        "".join(o.get("data", {}).get("text/plain", ""))
        for o in cell.get("outputs", ())
    ]
    return [TALL[s.split(":")[0]] for s in said if s.split(":")[0] in TALL]


def plan(cells: Sequence[dict]) -> list[str]:
    """Return each cell's slide type: slide, subslide, "-", notes or skip.

    Code joins the text before it. A text after code is the next thought, unless it is
    the last word on that code: then it joins if there is room beside the picture.
    """
    kinds, here, used, after_code = [], Load(), 0.0, False
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        is_code, load = cell["cell_type"] == "code", weigh(cell)
        kind = _off(cell) or ("slide" if not kinds or is_section(cell) else "")
        if not kind:
            new = after_code and not is_code and _is_projected_code(following)
            fits = (here + load).allowed() and used + load.rows <= ROOM
            kind = "-" if fits and not new else "subslide"
        kinds.append(kind)
        if kind in ("notes", "skip"):
            continue
        here, used = (here, used) if kind == "-" else (Load(), 0.0)
        here, used, after_code = here + load, used + load.rows, is_code
        for height in shown(cell):  # what finds no room goes onto a page of its own
            used = used + height if used + height <= ROOM else height
    return kinds


def is_section(cell: dict) -> bool:
    """Tell whether a cell begins with a title or a section's heading."""
    return cell["cell_type"] == "markdown" and bool(re.match("##? ", text_of(cell)))


def _off(cell: dict) -> str:
    """The setup cell and checks of exercises are not projected; the speaker needs
    what the reader is told before the start."""
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


def kinds_of(nb: dict) -> list[str]:
    """Return the slide types in the metadata; the plan's if any is absent."""
    found = [c["metadata"].get("slideshow", {}).get("slide_type") for c in nb["cells"]]
    return found if all(found) else plan(nb["cells"])


def faults(nb: dict) -> list[str]:
    """Say which slides are too full, and whether any is not as planned."""
    loads: list[tuple[str, Load]] = []
    for cell, kind in zip(nb["cells"], kinds_of(nb), strict=True):
        if kind == "-" and loads:
            loads[-1] = (loads[-1][0], loads[-1][1] + weigh(cell))
        elif kind not in ("notes", "skip"):
            loads.append((text_of(cell), weigh(cell)))
    found = [
        f"{load.words} words, {load.code} lines of code on the slide {text[:40]!r}"
        for text, load in loads
        if not load.allowed()
    ]
    marked = [c["metadata"].get("slideshow") for c in nb["cells"]]
    if marked != [{"slide_type": kind} for kind in plan(nb["cells"])]:
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
    found = [
        f"{path.stem}: {fault}"
        for path in paths
        for fault in faults(json.loads(path.read_text(encoding="utf-8")))
    ]
    print("\n".join(found) or "All slides are as planned.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
