"""All notebooks as one HTML book that needs no network: contents, views, index.

python3 start.py handout [NAMES] [--still] [--out FILE]

Writes build/handout.html. Views work as in the slides: the notebooks are run once, or
`--still` takes the committed outputs. Links between notebooks lead to their chapters.
"""

import html
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from helpers.publishing import pages
from helpers.publishing.cells import text_of
from helpers.publishing.index_of_terms import Index
from helpers.publishing.live import options, to_show
from helpers.publishing.math_font import font_css
from helpers.publishing.notebooks import ROOT, find, program, write_text

TITLE = "From RNN to BERT"
WELCOME = (
    "<p>All notebooks of the course as one book. The views work in it: Tab or a click "
    "enters one, Esc leaves it. Answers are folded until you open them.</p>"
)


@dataclass
class Chapter:
    """A notebook's part of the book: its HTML and its headings (level, id, words)."""

    name: str
    html: str = ""
    headings: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def number(self) -> str:
        """The notebook's number, as it stands in the index."""
        return str(int(self.name[:2])) if self.name[:2].isdigit() else self.name


class ChapterRenderer(pages.Renderer):
    """Markdown of one chapter: its headings and key terms are written down."""

    def __init__(self, chapter: Chapter, index: Index):
        super().__init__(lambda name: f"#{name}", f"{chapter.name}.")
        self.chapter = chapter
        self.index = index

    def heading(self, text: str, level: int) -> str:
        """Note the heading; a chapter's title has the chapter's own address."""
        mark = self.unused(self.prefix + pages.slug(text))
        if level > 1:
            self.chapter.headings.append((level, mark, text))
        return f'<h{level + 1} id="{mark}">{text}</h{level + 1}>\n'

    def strong(self, text: str) -> str:
        """Give a key term an address, for the index."""
        mark = self.index.meet(text, self.chapter.name, self.unused)
        return f'<strong id="{mark}">{text}</strong>' if mark else super().strong(text)


def chapter_of(nb: dict, name: str, index: Index) -> Chapter:
    """Return a notebook as a chapter; its key terms go into the index."""
    chapter = Chapter(name)
    renderer = ChapterRenderer(chapter, index)
    for cell in nb["cells"]:  # first: the glossary stands at the end
        if cell["cell_type"] == "markdown":
            index.read(text_of(cell))
    made = []
    for cell in nb["cells"]:
        text = text_of(cell)
        if cell["cell_type"] == "markdown":
            made.append(pages.rendered(text, renderer, cell.get("attachments")))
            continue
        if cell["cell_type"] == "raw":
            made.append(pages.raw(text))
            continue
        source = pages.code(text)
        if "lesson.setup(" in text:
            source = pages.folded("The setup cell", source)
        made.append(source)
        for kind, shown in pages.outputs(cell, renderer):
            made.append(f'<div class="{kind}">{shown}</div>')
    chapter.html = "\n".join(made)
    return chapter


def book(notebooks: Sequence[tuple[str, dict]]) -> str:
    """Return the page of all notebooks, given as (name, notebook)."""
    index = Index()
    chapters = [chapter_of(nb, name, index) for name, nb in notebooks]
    articles = []
    for chapter in chapters:
        articles.append(f'<article id="{chapter.name}">\n{chapter.html}\n</article>')
    main = "\n".join(articles)
    styles = [
        font_css(main),
        pages.code_css("@media screen and (prefers-color-scheme: dark)"),
        pages.inline(pages.HERE / "handout.css"),
    ]
    body = (
        f"<header><h1>{TITLE}</h1>{WELCOME}</header>\n{contents(chapters)}\n"
        f"<main>\n{main}\n{index.html(chapters)}\n</main>"
    )
    return pages.page(TITLE, styles, body)


def contents(chapters: Sequence[Chapter]) -> str:
    """Return the table of contents: chapters and their sections."""
    items = []
    for chapter in chapters:
        found = re.search(r"<h2[^>]*>(.*?)</h2>", chapter.html)
        title = _bare(found[1]) if found else html.escape(chapter.name)
        sections = ""
        for level, mark, text in chapter.headings:
            if level == 2:
                sections += f'<li><a href="#{mark}">{_bare(text)}</a></li>'
        link = f'<a href="#{chapter.name}">{title}</a>'
        items.append(f"<li>{link}<ul>{sections}</ul></li>")
    items.append('<li><a href="#index">Index</a></li>')
    return (
        f'<nav aria-label="Contents"><h2>Contents</h2><ul>{"".join(items)}</ul></nav>'
    )


def _bare(heading: str) -> str:
    """Return a heading without ids, which stand once in the book, and links."""
    return re.sub(r'</?a\b[^>]*>|\sid="[^"]*"', "", heading)


def main(arguments: Sequence[str]) -> int:
    """Write the book; return 1 if it cannot be made."""
    given = options("handout", arguments, ROOT / "build" / "handout.html")
    try:
        paths = find(given.names, ROOT / "notebooks")
        notebooks = [(path.stem, to_show(path, given.still)) for path in paths]
        page = book(notebooks)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    write_text(given.out, page)
    size = len(page.encode()) / 1e6
    print(f"{given.out}: {len(notebooks)} notebooks, {size:.1f} MB")
    return 0


if __name__ == "__main__":
    program(main)
