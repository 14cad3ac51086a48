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
from helpers.publishing.lecture import Slide, slides_of, timetable
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
    """Return a file of reveal.js, to stand inside a page; says if it is missing."""
    found = find_spec("sphinx_revealjs")
    path = Path(found.origin).parent / REVEAL / name if found else Path()
    if not path.is_file():
        raise ValueError(MISSING)
    return pages.inline(path)


def deck(nb: dict) -> tuple[str, int, float]:
    """Return (the page, number of slides, minutes) of a notebook."""
    slides = slides_of(nb)
    total = sum(slide.minutes for slide in slides)
    body = "\n".join(_sections(slides))
    title = f"{slides[0].section} · From RNN to BERT"
    return _page(title, body), len(slides), total


def _page(title: str, body: str) -> str:
    own = pages.HERE / "deck.js"
    styles = [reveal("dist/reveal.css"), pages.inline(pages.HERE / "deck.css")]
    styles += [font_css(body), pages.code_css("[theme=dark]")]
    scripts = [reveal("dist/reveal.js"), reveal("plugin/notes/notes.js")]
    scripts += [pages.inline(own)]
    licence = reveal("LICENSE")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title>\n<!-- With reveal.js:\n{licence}\n-->\n"
        + "".join(f"<style>{style}</style>\n" for style in styles)
        + f'</head><body><main><div class="reveal"><div class="slides">\n'
        f"{body}\n</div></div></main>\n"
        + "".join(f"<script>{script}</script>\n" for script in scripts)
        + "</body></html>\n"
    )


def _sections(slides: Sequence[Slide]) -> list[str]:
    made, now = [], 0.0
    plan = timetable(slides)
    for number, slide in enumerate(slides):
        starts = number == 0 or slides[number - 1].section != slide.section
        notes = [_overview(plan)] if number == 0 else []
        notes += [_hint(plan, slide, now), *slide.notes]
        made.append(_section(slide, starts, "\n".join(notes), number == 0))
        now += slide.minutes
    return made


def _section(slide: Slide, starts: bool, notes: str, first: bool) -> str:
    kinds = {b.kind for b in slide.blocks if b.rows}
    where = f'<p class="where">{html.escape(slide.section)}</p>'
    parts = [] if starts or kinds == {"view"} else [where]
    parts += [f'<div class="{b.kind}">{b.html}</div>' for b in slide.blocks]
    parts += [f'<p class="keys">{KEYS}</p>'] if first else []
    mark = " data-starts" if starts else ""
    look = " alone" if kinds == {"view"} else ""
    look = " few" if kinds == {"text"} and slide.rows() <= 8 and not first else look
    return (
        f'<section class="page{look}"{mark} tabindex="-1">{"".join(parts)}'
        f'<aside class="notes">{notes}</aside></section>'
    )


def _overview(plan: Sequence[tuple[str, float, float]]) -> str:
    rows = "".join(
        f"<tr><td>{start:.0f}</td><td>{max(1, round(end - start))} min</td>"
        f"<td>{html.escape(name)}</td></tr>"
        for name, start, end in plan
    )
    return f"<p>Time plan: {plan[-1][2]:.0f} minutes.</p><table>{rows}</table>"


def _hint(plan: Sequence[tuple[str, float, float]], slide: Slide, now: float) -> str:
    """Say where in the plan a slide stands, and what to do there."""
    start, end = next(row[1:] for row in plan if row[0] == slide.section)
    said = (
        f"<p>Minute {now:.0f}; about {max(1, round(slide.minutes * 60)):d} seconds "
        f"here. {html.escape(slide.section)}: minutes {start:.0f} to {end:.0f}.</p>"
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
