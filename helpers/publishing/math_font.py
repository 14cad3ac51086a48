"""The font of the formulas, cut down to their letters, as a style sheet without files.

A computer without a mathematical font draws brackets and roots that do not grow. STIX
Two Math (SIL Open Font License) lies in the package ziamath; nothing is vendored.
"""

import base64
import html
import io
import re
import unicodedata
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from fontTools import subset

NAME = "Course Math"
FILE = "fonts/STIXTwoMath-Regular.ttf"
MISSING = "Formulas need a font: pip install --no-deps ziamath"
ASCII = "".join(map(chr, range(0x20, 0x7F)))
BASIC = ASCII + "ℎ−′√·‖"  # ℎ: the sloping h


def font_css(page: str) -> str:
    """Return a style sheet that holds the font for all formulas of a page."""
    formulas = re.findall(r"<math.*?</math>", page, re.DOTALL)
    if not formulas:
        return ""
    seen = html.unescape(re.sub(r"<[^>]+>", "", "".join(formulas)))
    font = _cut("".join(sorted({*seen, *BASIC})))
    source = base64.b64encode(font).decode()
    face = f'@font-face{{font-family:"{NAME}";src:url(data:font/woff;base64,{source})}}'
    return face + f'math{{font-family:"{NAME}",math}}'


@lru_cache
def _cut(letters: str) -> bytes:
    """Return the font with these letters and their italic twins, as WOFF."""
    found = find_spec("ziamath")
    path = Path(found.origin).parent / FILE if found else Path()
    if not path.is_file():
        raise ValueError(MISSING)
    options = subset.Options(flavor="woff", layout_features=["*"], hinting=False)
    font = subset.load_font(str(path), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text=letters + "".join(map(_italic, letters)))
    cutter.subset(font)
    made = io.BytesIO()
    subset.save_font(font, made, options)
    return made.getvalue()


@lru_cache
def _italic(letter: str) -> str:
    """Return the sloping letter that a browser draws for a name of one letter."""
    name = unicodedata.name(letter, "")
    found = re.fullmatch(r"(?:LATIN |GREEK )?(CAPITAL|SMALL) LETTER (.*)", name)
    if not found:
        return ""
    size, which = found.groups()
    try:
        return unicodedata.lookup(f"MATHEMATICAL ITALIC {size} {which}")
    except KeyError:  # as for ℎ, which stands elsewhere
        return ""
