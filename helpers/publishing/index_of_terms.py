"""The index of the book: key terms with their Korean names, and where they are met."""

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from helpers.publishing.pages import slug

# a key term is bold, and its Korean name follows in brackets
TERM = re.compile(r"\*\*([^*\n]{2,60})\*\*\s*\(([^)]*?[가-힣][^);,]*)")
ROW = re.compile(r"^\| ([^|]+?) \| ([^|]*[가-힣][^|]*?) \| ([^|]+?) \|$", re.MULTILINE)


@dataclass
class Entry:
    """A term, its Korean name, its meaning in one line, and the places of it."""

    term: str
    korean: str = ""
    meaning: str = ""
    places: list[tuple[str, str]] = field(default_factory=list)  # chapter, id


@dataclass
class Index:
    """Terms by their key; those of the text just read become links when met."""

    entries: dict[str, Entry] = field(default_factory=dict)

    def read(self, text: str) -> None:
        """Take the key terms of a markdown text, and the rows of a glossary."""
        for term, korean in TERM.findall(text):
            self._entry(term, korean)
        for term, korean, meaning in ROW.findall(text):
            self._entry(term, korean).meaning = meaning

    def _entry(self, term: str, korean: str) -> Entry:
        key = _key(term)
        made = self.entries.setdefault(key, Entry(term.strip(" .,:")))
        made.korean = made.korean or korean.strip()
        return made

    def meet(self, term: str, chapter: str, unused: Callable = str) -> str:
        """Return the id for a bold text if it is a term that is new to the chapter.

        `unused` makes one that is not taken of the id that is wanted.
        """
        entry = self.entries.get(_key(html.unescape(term)))
        if not entry or any(place[0] == chapter for place in entry.places):
            return ""
        mark = unused(f"{chapter}.term-{slug(entry.term)}")
        entry.places.append((chapter, mark))
        return mark

    def html(self, chapters: Sequence) -> str:
        """Return the index as a section: every term, its places as chapter numbers."""
        numbers = {chapter.name: chapter.number for chapter in chapters}
        rows = []
        for _, entry in sorted(self.entries.items()):
            row = f"<b>{html.escape(entry.term)}</b> ({html.escape(entry.korean)})"
            if entry.meaning:
                row += f": {html.escape(entry.meaning)}"
            links = [
                f'<a href="#{mark}">{numbers[name]}</a>' for name, mark in entry.places
            ]
            if links:
                row += f" · chapter {', '.join(links)}"
            rows.append(f"<li>{row}</li>")
        return f'<section id="index"><h2>Index</h2><ul>{"".join(rows)}</ul></section>'


def _key(term: str) -> str:
    return " ".join(term.lower().strip(" .,:").split())
