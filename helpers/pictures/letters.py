"""Letters that the pictures' own font lacks, as Korean ones and emoji.

They are drawn with a font of this computer that has them. Where there is none, a
number stands for them, and one line says so: no boxes, no warnings.
"""

import logging
import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from matplotlib import cbook, font_manager
from matplotlib.figure import Figure
from matplotlib.mathtext import MathTextParser
from matplotlib.text import Text

# Plain fonts of many languages, asked before all others that are installed.
FIRST = ("Noto Sans CJK KR", "Malgun Gothic", "Apple SD Gothic Neo", "NanumGothic")
LONGEST = 24  # letters of a label, where more would leave no room
# Boxes for everything; letters of TeX, which have no common codes.
NO_LETTERS = r"Last Resort|cm\w+10$"


def fit(figure: Figure) -> dict[str, str]:
    """Make every text of a figure one that can be drawn, in place.

    Return what the numbers stand for that had to take the place of letters.
    """
    numbers: dict[str, str] = {}
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            labels = axis.get_ticklabels()  # an axis writes these anew each time
            before = [label.get_text() for label in labels]
            after = [_fit(label, numbers) for label in labels]
            if after != before:
                axis.set_ticklabels(after)
    for text in figure.findobj(Text):
        text.set_text(_fit(text, numbers))
    return {mark: letters for letters, mark in numbers.items()}


def cut(figure: Figure) -> None:
    """Cut the labels of more than 24 letters, which left no room for the picture."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            labels = [label.get_text() for label in axis.get_ticklabels()]
            if max(map(len, labels), default=0) > LONGEST:
                axis.set_ticklabels([_cut(label) for label in labels])
        legend = axes.get_legend()
        for text in [*axes.texts, *(legend.get_texts() if legend else ())]:
            text.set_text(_cut(text.get_text()))


def _cut(text: str) -> str:
    longer = len(text) > LONGEST and not cbook.is_math_text(text)
    return f"{text[: LONGEST - 1]}…" if longer else text


def _fit(text: Text, numbers: dict[str, str]) -> str:
    """Give a text the fonts that it needs; return it with numbers where none helps."""
    said = text.get_text()
    formula = cbook.is_math_text(said)
    if formula and not _is_drawn(said):
        text.set_parse_math(False)  # its dollars are only dollars
    font = text.get_fontproperties()
    lacking = set(said) - _letters(font_manager.findfont(font)) - {"\n"}
    for blank in filter(str.isspace, lacking):
        said = said.replace(blank, " ")
    lacking &= set(said)
    if not lacking:
        return said
    # it would say for each font which of its weights comes closest
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    families = []
    for family in () if formula else _families():  # a formula has fonts of its own
        other = font.copy()
        other.set_family(family)
        path = font_manager.findfont(other)
        had = {x for x in lacking & _letters(path) if _is_seen(path, x)}
        if had:
            families.append(family)
            lacking -= had
    text.set_fontfamily([*text.get_fontfamily(), *families])
    return _numbered(said, lacking, numbers)


def _numbered(said: str, lacking: Collection[str], numbers: dict[str, str]) -> str:
    """Put a number in the place of each run of letters that no font has."""

    def number(found: re.Match) -> str:
        return numbers.setdefault(found[0], f"⟨{len(numbers) + 1}⟩")

    run = "[" + re.escape("".join(sorted(lacking))) + "]+"
    return re.sub(run, number, said) if lacking else said


@lru_cache
def _is_drawn(formula: str) -> bool:
    try:
        MathTextParser("path").parse(formula)
    except ValueError:
        return False
    return True


def _families() -> Iterator[str]:
    """Yield the families that are installed, plain ones first."""
    there = {entry.name for entry in font_manager.fontManager.ttflist}
    yield from (name for name in FIRST if name in there)
    yield from sorted(name for name in there if not re.match(NO_LETTERS, name))


@lru_cache
def _letters(path: str) -> frozenset[str]:
    """Return the letters that a font file has."""
    return frozenset(map(chr, font_manager.get_font(path).get_charmap()))


@lru_cache(maxsize=4096)
def _is_seen(path: str, letter: str) -> bool:
    """Tell whether a font draws a letter: one of colours may hold no outline of it."""
    font = font_manager.get_font(path)
    try:
        font.set_size(12, 72)
        return letter.isprintable() and font.load_char(ord(letter)).width > 0
    except RuntimeError:  # as for pictures of one size
        return False
