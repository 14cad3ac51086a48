"""Formulas: TeX → MathML, which browsers draw themselves: no page needs a CDN."""

import html
import re
from xml.etree import ElementTree

from latex2mathml.converter import convert

NAMES = "arg|cos|exp|ln|log|sin|tanh"
MINUS = "<mo>&#x02212;</mo>"


def _word(letters: re.Match) -> str:
    """Join upright letters to one upright name, as in softmax."""
    return f"<mi>{''.join(re.findall('>([A-Za-z])<', letters[0]))}</mi>"


# what the converter makes, and what a browser sets better
MENDED = (
    (r'(?:<mi mathvariant="normal">[A-Za-z]</mi>){2,}', _word),
    (
        rf"<mi>({NAMES})</mi>(?=<mo[^>]*>&#x00028;)",
        r'<mo lspace="0.17em" rspace="0">\1</mo>',
    ),
    (rf"<mi>({NAMES})</mi>", r'<mo lspace="0.17em" rspace="0.17em">\1</mo>'),
    (rf"(&#x000(?:3D|28|2C);</mo>){MINUS}", r'\1<mo form="prefix">&#x02212;</mo>'),
    (r"<mo>&#x0221E;</mo>", "<mi>&#x0221E;</mi>"),
    (r'<mn mathvariant="bold">1</mn>', "<mn>&#x1D7CF;</mn>"),
)


def to_mathml(tex: str, display: bool = False) -> str:
    """Return a formula as MathML, with its source as the alternative text.

    What cannot be converted is shown as its source, and one line is printed.
    """
    source = " ".join(tex.split())
    known = re.sub(r"\\arg(?![A-Za-z])", r"\\operatorname{arg}", source)
    try:
        made = convert(known, display="block" if display else "inline")
        ElementTree.fromstring(made)
    except Exception as error:  # any: the converter raises what it met
        return _source_of(source, repr(error))
    if "merror" in made or re.search(r">\s*\\", made):
        return _source_of(source, "a command is not known")
    for found, better in MENDED:
        made = re.sub(found, better, made)
    return made.replace("<math ", f'<math alttext="{html.escape(source)}" ', 1)


def _source_of(source: str, reason: str) -> str:
    print(f"Not drawn as a formula ({reason}): {source}")
    return f'<code class="tex">{html.escape(source)}</code>'
