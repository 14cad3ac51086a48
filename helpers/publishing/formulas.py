r"""Formulas: TeX → MathML, which browsers draw themselves, so that no page needs a CDN."""

import html
import re
from xml.etree import ElementTree

from latex2mathml.converter import convert

LETTERS = r'(?:<mi mathvariant="normal">[A-Za-z]</mi>){2,}'
# what latex2mathml does not know, in words that it knows
SPELLED = {r"\arg": r"\operatorname{arg}"}


def to_mathml(tex: str, display: bool = False) -> str:
    r"""Return a formula as MathML, its source as annotation for readers by ear.

    What cannot be converted is shown as its source, and one line is printed.
    """
    source = " ".join(tex.split())
    known = source
    for name, spelled in SPELLED.items():
        known = re.sub(re.escape(name) + r"(?![A-Za-z])", lambda _: spelled, known)
    try:
        made = convert(known, display="block" if display else "inline")
        ElementTree.fromstring(made)
    except Exception as error:  # any: the converter raises what it met
        return _source_of(source, repr(error))
    if "merror" in made or re.search(r">\s*\\", made):
        return _source_of(source, "a command is not known")
    made = re.sub(LETTERS, lambda m: _word(m.group()), made)
    return made.replace("<math ", f'<math aria-label="{html.escape(source)}" ', 1)


def _word(letters: str) -> str:
    """Join upright letters to one upright name, as in softmax."""
    return f"<mi>{''.join(re.findall('>([A-Za-z])<', letters))}</mi>"


def _source_of(source: str, reason: str) -> str:
    print(f"Not drawn as a formula ({reason}): {source}")
    return f'<code class="tex">{html.escape(source)}</code>'
