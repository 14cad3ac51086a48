"""A notebook → slides with their minutes: what stands on each, what the speaker reads.

A cell's slide type says where a slide begins. A picture or view for which no room is
left goes onto a slide of its own, so that the back row can read it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from helpers.publishing import pages
from helpers.publishing.long_texts import text_of, words
from helpers.publishing.slide_plan import ROOM, code_rows, kinds_of, rows, shown

FOLDED = r"\s*(?:<details>.*?</details>\s*)+"  # an answer, of the slide before
PER_WORD, PER_LINE = 1 / 130, 0.06  # minutes
MINUTES = {"text": 0.1, "picture": 0.5, "view": 1.0}


@dataclass(frozen=True)
class Block:
    """One thing on a slide: its HTML, the rows that it fills, the minutes it takes."""

    kind: str  # text, code, picture or view
    html: str
    rows: float
    minutes: float = 0.0


@dataclass
class Slide:
    """What stands on a slide, in which section, and what only the speaker sees."""

    section: str
    blocks: list[Block] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    minutes: float = 0.0

    def rows(self) -> float:
        """Return how much of its height is filled."""
        return sum(block.rows for block in self.blocks)


def slides_of(nb: dict, link=lambda name: f"{name}.html") -> list[Slide]:
    """Return the slides of a notebook; their minutes add up to its reading time."""
    slides: list[Slide] = []
    for number, (cell, kind) in enumerate(zip(nb["cells"], kinds_of(nb), strict=True)):
        if kind == "skip":
            continue
        text, prefix = text_of(cell), f"c{number}-"
        if kind == "notes":
            slides[-1].notes.append(pages.markdown(text, link, prefix + "n-"))
            continue
        if cell["cell_type"] == "markdown":
            folded, text = _answer(text)
            if folded and slides:
                slides[-1].blocks.append(_text(folded, link, prefix + "a-"))
            blocks = [_text(text, link, prefix)] if text else []
        else:
            blocks = blocks_of(cell)
        if kind != "-" and blocks:
            slides.append(Slide(_section(text, slides)))
        for block in blocks:
            _place(block, slides)
    slides = [slide for slide in slides if slide.blocks]
    _share_minutes(slides, reading_minutes(nb))
    return slides


def _answer(text: str) -> tuple[str, str]:
    """Return (the folded answer with which a text begins, the rest)."""
    found = re.match(FOLDED, text, re.DOTALL)
    return (found.group(), text[found.end() :]) if found else ("", text)


def _section(text: str, slides: Sequence[Slide]) -> str:
    heading = re.match(r"##? (.*)", text)
    return heading[1] if heading else slides[-1].section


def _text(text: str, link, prefix: str) -> Block:
    seen = 0.0 if text.lstrip().startswith("<details") else rows(text)
    minutes = words(text) * PER_WORD
    return Block("text", pages.markdown(text, link, prefix), seen, minutes)


def blocks_of(cell: dict) -> list[Block]:
    """Return a code cell's blocks; code that makes a view is folded, below it."""
    text, found, heights = text_of(cell), pages.outputs(cell), iter(shown(cell))
    minutes = len(text.split("\n")) * PER_LINE
    blocks = []
    for kind, made in found:
        tall = code_rows(made) if kind == "text" else next(heights, code_rows(made))
        blocks.append(Block(kind, made, tall, MINUTES[kind]))
    source = pages.code(text)
    if any(kind == "view" for kind, _ in found):
        source = f"<details><summary>The code of this view</summary>{source}</details>"
        return [*blocks, Block("code", source, 0.0, minutes)]
    return [Block("code", source, code_rows(text), minutes), *blocks]


def _place(block: Block, slides: list[Slide]) -> None:
    """Put a block on the last slide, or on a new one if it finds no room there.

    A line or two of output stay with their code; new code leaves an older picture.
    """
    last = slides[-1]
    full = last.rows() + block.rows > ROOM and block.rows > 3.2
    seen = any(b.kind in ("picture", "view") for b in last.blocks)
    if last.blocks and (full or (seen and block.kind == "code" and block.rows)):
        slides.append(Slide(last.section))
    slides[-1].blocks.append(block)


def reading_minutes(nb: dict) -> int:
    """Return the minutes that a notebook says it takes to read; 45 if it does not."""
    texts = (text_of(c) for c in nb["cells"] if c["cell_type"] == "markdown")
    found = (re.search(r"about (\d+) minutes to read", text) for text in texts)
    return next((int(m[1]) for m in found if m), 45)


def _share_minutes(slides: Sequence[Slide], total: int) -> None:
    for slide in slides:
        slide.minutes = 0.1 + sum(block.minutes for block in slide.blocks)
    asked = sum(slide.minutes for slide in slides)
    for slide in slides:
        slide.minutes *= total / asked


def timetable(slides: Sequence[Slide]) -> list[tuple[str, float, float]]:
    """Return (section, from minute, to minute) for every section in its order."""
    found: list[tuple[str, float, float]] = []
    now = 0.0
    for slide in slides:
        if not found or found[-1][0] != slide.section:
            found.append((slide.section, now, now))
        now += slide.minutes
        found[-1] = (*found[-1][:2], now)
    return found
