"""One self-contained deck of slides per notebook, for a lecture without a network.

python3 start.py slides [NAMES] [--still] [--out FOLDER]

Writes build/slides/NAME.html. The views work: for them a notebook is run once (a
minute or two; kept in build/live until code changes). `--still` takes the committed
outputs instead, with still pictures, in a second. In the deck → and Space go on, ↓
scrolls a tall slide, [ and ] change the section, S opens the speaker's notes with the
time plan, T changes light and dark, Esc leaves a view, ? lists all keys.
"""

import html
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from helpers.publishing import pages
from helpers.publishing.lecture import Part, Slide, slides_of, timetable
from helpers.publishing.live import options, to_show
from helpers.publishing.math_font import font_css
from helpers.publishing.notebooks import ROOT, find, program, write_text

REVEAL = "_static/revealjs"  # within the package sphinx_revealjs
MISSING = "Slides need reveal.js: pip install --no-deps sphinx-revealjs"
KEYS = (
    "→ or Space: next · ←: back · ↓ ↑: scroll · [ ]: section · S: speaker's notes · "
    "T: light or dark · F: full screen · Tab: into a view, Esc: out of it · ?: all keys"
)


def reveal(name: str) -> str:
    """Return a file of reveal.js, so that it can stand inside a page.

    Raises ValueError where reveal.js is not installed.
    """
    found = find_spec("sphinx_revealjs")
    path = Path(found.origin).parent / REVEAL / name if found else Path()
    if not path.is_file():
        raise ValueError(MISSING)
    return pages.inline(path)


def deck(nb: dict) -> tuple[str, int, float]:
    """Return (the page, number of slides, minutes) of a notebook."""
    slides = slides_of(nb)
    sections = "\n".join(_sections(slides))
    scripts = [
        reveal("dist/reveal.js"),
        reveal("plugin/notes/notes.js"),
        pages.inline(pages.HERE / "deck.js"),
    ]
    styles = [
        reveal("dist/reveal.css"),
        pages.inline(pages.HERE / "deck.css"),
        font_css(sections),
        pages.code_css("[theme=dark]"),
    ]
    body = (
        '<main><div class="reveal"><div class="slides">\n'
        f"{sections}\n</div></div></main>\n"
        + "".join(f"<script>{script}</script>\n" for script in scripts)
    )
    title = f"{slides[0].section} · From RNN to BERT"
    licence = f"<!-- With reveal.js:\n{reveal('LICENSE')}\n-->\n"
    minutes = sum(slide.minutes for slide in slides)
    return pages.page(title, styles, body, licence), len(slides), minutes


def _sections(slides: Sequence[Slide]) -> list[str]:
    made = []
    plan = timetable(slides)
    now = 0.0
    before = ""
    for slide in slides:
        notes = [_hint(plan, slide, now), *slide.notes]
        if not made:
            notes.insert(0, _overview(plan))
        starts = slide.section != before
        made.append(_section(slide, starts, "\n".join(notes), first=not made))
        before = slide.section
        now += slide.minutes
    return made


def _section(slide: Slide, starts: bool, notes: str, first: bool) -> str:
    """Return a slide as HTML; `starts`: it is the first of its section."""
    kinds = {block.kind for block in slide.blocks if block.rows}
    only_view = kinds == {"view"}
    look = ""
    if only_view:
        look = " alone"
    elif kinds == {"text"} and slide.rows() <= 8 and not first:
        look = " few"
    parts = []
    if not starts and not only_view:
        parts.append(f'<p class="where">{html.escape(slide.section)}</p>')
    for block in slide.blocks:
        parts.append(f'<div class="{block.kind}">{block.html}</div>')
    if first:
        parts.append(f'<p class="keys">{KEYS}</p>')
    mark = " data-starts" if starts else ""
    return (
        f'<section class="page{look}"{mark} tabindex="-1">{"".join(parts)}'
        f'<aside class="notes">{notes}</aside></section>'
    )


def _overview(plan: Sequence[Part]) -> str:
    """Return the time plan for the speaker."""
    rows = ""
    for part in plan:
        minutes = max(1, round(part.end - part.start))
        name = html.escape(part.section)
        rows += (
            f"<tr><td>{part.start:.0f}</td><td>{minutes} min</td><td>{name}</td></tr>"
        )
    return f"<p>Time plan: {plan[-1].end:.0f} minutes.</p><table>{rows}</table>"


def _hint(plan: Sequence[Part], slide: Slide, now: float) -> str:
    """Say where in the plan a slide stands, and what to do there."""
    part = next(part for part in plan if part.section == slide.section)
    seconds = max(1, round(slide.minutes * 60))
    said = (
        f"<p>Minute {now:.0f}; about {seconds} seconds here. "
        f"{html.escape(slide.section)}: minutes {part.start:.0f} to {part.end:.0f}.</p>"
    )
    shown = "".join(block.html for block in slide.blocks)
    if "predict(" in shown or 'data-view="predict_card"' in shown:
        said += "<p>Ask the room before you go on.</p>"
    elif any(block.kind == "view" for block in slide.blocks):
        said += "<p>Tab or click enters the view; Esc leaves it.</p>"
    return said


def write(path: Path, folder: Path, still: bool = False) -> str:
    """Write the deck of one notebook; return a line that says where it is."""
    page, n_slides, minutes = deck(to_show(path, still))
    target = folder / f"{path.stem}.html"
    write_text(target, page)
    size = len(page.encode()) / 1e6
    return f"{target}: {n_slides} slides, {minutes:.0f} minutes, {size:.1f} MB"


def main(arguments: Sequence[str]) -> int:
    """Write the decks of the notebooks named; return 1 if one cannot be made."""
    given = options("slides", arguments, ROOT / "build" / "slides")
    try:
        for path in find(given.names, ROOT / "notebooks"):
            print(write(path, given.out, given.still), flush=True)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    program(main)
