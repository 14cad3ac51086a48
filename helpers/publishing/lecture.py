"""A notebook → slides with their minutes: what stands on each, what the speaker reads.

A cell's slide type says where a slide begins. A picture or view for which no room is
left goes onto a slide of its own, so that the back row can read it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from helpers.publishing import pages
from helpers.publishing.cells import text_of
from helpers.publishing.long_texts import words
from helpers.publishing.slide_plan import ROOM, code_rows, kinds_of, rows, shown

FOLDED = r"\s*(?:<details>.*?</details>\s*)+"  # an answer, of the slide before
START = "Start"  # the section of what stands before a heading
PER_WORD = 1 / 130  # minutes
PER_LINE = 0.06
MINUTES = {"text": 0.1, "picture": 0.5, "view": 1.0}


@dataclass(frozen=True)
class Block:
    """One thing on a slide: its HTML, the rows that it fills, the minutes it takes."""

    kind: str  # text, code, picture or view
    html: str
    rows: float
    minutes: float


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


class Part(NamedTuple):
    """A section of the lecture, from one minute to another."""

    section: str
    start: float
    end: float


def slides_of(nb: dict) -> list[Slide]:
    """Return the slides of a notebook; their minutes add up to its reading time.

    Raises ValueError if nothing in it is for a slide.
    """
    renderer = pages.Renderer("{}.html".format, "t-")
    slides = [Slide(START)]  # for what comes before a slide begins
    for cell, kind in zip(nb["cells"], kinds_of(nb), strict=True):
        if kind == "skip":
            continue
        text = text_of(cell)
        attached = cell.get("attachments")
        draw = partial(pages.rendered, renderer=renderer, attachments=attached)
        if kind == "notes":
            slides[-1].notes.append(draw(text))
            continue
        if cell["cell_type"] == "code":
            blocks = blocks_of(cell, renderer)
        elif cell["cell_type"] == "raw":
            blocks = [Block("text", pages.raw(text), code_rows(text), 0.1)]
        else:
            answer, text = _split_answer(text)
            if answer:
                slides[-1].blocks.append(_text(answer, draw))
            blocks = [_text(text, draw)] if text else []
        if kind != "-" and blocks:
            slides.append(Slide(_section(text, slides)))
        for block in blocks:
            _place(block, slides)
    if not slides[0].blocks:
        first = slides.pop(0)
        if not slides:
            raise ValueError("a notebook without cells for a slide makes no deck")
        slides[0].notes[:0] = first.notes
    _share_minutes(slides, reading_minutes(nb))
    return slides


def _split_answer(text: str) -> tuple[str, str]:
    """Return (the folded answer with which a text begins, the rest)."""
    found = re.match(FOLDED, text, re.DOTALL)
    return (found.group(), text[found.end() :]) if found else ("", text)


def _section(text: str, slides: Sequence[Slide]) -> str:
    heading = re.match(r"##? (.*)", text)
    return heading[1] if heading else slides[-1].section


def _text(text: str, draw: Callable[[str], str]) -> Block:
    is_folded = text.lstrip().startswith("<details")
    filled = 0.0 if is_folded else rows(text)
    return Block("text", draw(text), filled, words(text) * PER_WORD)


def blocks_of(cell: dict, renderer: pages.Renderer) -> list[Block]:
    """Return a code cell's blocks; code that makes a view is folded, below it."""
    blocks = []
    for output in cell.get("outputs", ()):
        alone = {"outputs": [output]}
        for kind, made in pages.outputs(alone, renderer):
            heights = [] if kind == "text" else shown(alone)
            [filled] = heights or [code_rows(made)]
            blocks.append(Block(kind, made, filled, MINUTES[kind]))
    text = text_of(cell)
    source = pages.code(text)
    minutes = len(text.split("\n")) * PER_LINE
    if any(block.kind == "view" for block in blocks):
        source = pages.folded("The code of this view", source)
        return [*blocks, Block("code", source, 0.0, minutes)]
    return [Block("code", source, code_rows(text), minutes), *blocks]


def _place(block: Block, slides: list[Slide]) -> None:
    """Put a block on the last slide, or on a new one if it finds no room there.

    A line or two of output stay with their code; new code leaves an older picture.
    """
    last = slides[-1]
    full = last.rows() + block.rows > ROOM and block.rows > 3.2
    has_picture = any(other.kind in ("picture", "view") for other in last.blocks)
    new_code = has_picture and block.kind == "code" and block.rows
    if last.blocks and (full or new_code):
        slides.append(Slide(last.section))
    slides[-1].blocks.append(block)


def reading_minutes(nb: dict) -> int:
    """Return the minutes that a notebook says it takes to read; 45 if it does not."""
    for cell in nb["cells"]:
        found = re.search(r"about (\d+) minutes to read", text_of(cell))
        if found and cell["cell_type"] == "markdown":
            return int(found[1])
    return 45


def _share_minutes(slides: Sequence[Slide], total: int) -> None:
    """Give each slide its share of the reading time."""
    for slide in slides:
        slide.minutes = 0.1 + sum(block.minutes for block in slide.blocks)
    estimated = sum(slide.minutes for slide in slides)
    for slide in slides:
        slide.minutes *= total / estimated


def timetable(slides: Sequence[Slide]) -> list[Part]:
    """Return every section, from minute to minute, in its order."""
    parts: list[Part] = []
    now = 0.0
    for slide in slides:
        if not parts or parts[-1].section != slide.section:
            parts.append(Part(slide.section, now, now))
        now += slide.minutes
        parts[-1] = parts[-1]._replace(end=now)
    return parts
