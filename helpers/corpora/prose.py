"""Docstring to sentences: what a person would read aloud, without code and tables."""

import re
from collections.abc import Iterator

VERSION = 1  # raise it when the sentences change; the cache of pydocs depends on it
MIN_WORDS, MAX_WORDS = 4, 60
MAX_COMMAS = 9  # more make a list, not a sentence
FULL_LINE = 65  # characters; few docstrings are wrapped closer
MIN_LETTERS = 0.85  # letters and blanks among the characters

UNDERLINE = re.compile(r"[-=~^*#\"'`+.]{3,}$")
NO_PROSE = re.compile(
    r">>>|\.\.\.?(\s|$)|[|+:@$%#]|[-*+•]\s|\(?\d+[.)]\s|\w[\w.]*\s?:(\s|$)|.*\S\s{3,}\S"
)
START_OF_CODE = re.compile(NO_PROSE.pattern + r"|\w[\w.]*\(")  # also a call: run(x)
MARKUP = (
    (re.compile(r"\[[\w#*]+\]_"), ""),  # [1]_
    (re.compile(r":[\w:+.-]+:`~?\.?([^`<]+?)\s*(?:<[^`>]*>)?`"), r"\1"),  # :role:`x`
    (re.compile(r"`([^`<]+?)\s*<[^`>]*>`__?"), r"\1"),  # `text <target>`_
    (re.compile(r"``(.+?)``"), r"\1"),
    (re.compile(r"`[~.]*([^`]+?)`_{0,2}"), r"\1"),
    (re.compile(r"\*\*([^*\s](?:[^*]*[^*\s])?)\*\*"), r"\1"),
    (re.compile(r"(?<!\w)\*([^*\s](?:[^*]*[^*\s])?)\*(?!\w)"), r"\1"),
    (re.compile(r"::$"), ":"),
    (re.compile(r"\s+([.,;:?!])(?=\s|$)"), r"\1"),
)
ABBREVIATIONS = r"eg ie cf vs al Fig Eq No Dr approx resp [A-Z] e\.g i\.e"
SHORT = "".join(rf"(?<!\b{word}\.)" for word in ABBREVIATIONS.split())
END = re.compile(
    rf"(?<=[.?!]){SHORT}\s+(?=[\"'(]?[A-Z])"
    rf"|(?<=[.?!][)\"'])\s+(?=[A-Z])"
    rf"|(?<=[.?!]){SHORT}(?<!\betc\.)\s+"
)
FOREIGN = re.compile(
    r"[^ -~]|[\\{}<>|=^~@#$%&*`\[\]]|://|::|--|->|_|^\S+ - |\bwww\.|\.\."
)
START = re.compile(r"[A-Z][A-Za-z'-]*,?\s")
NOTICE = re.compile(
    r"Copyright|All rights|[Ll]icen[sc]e|XXX|TODO|FIXME|Author|gencodec"
)


def sentences(docstring: str) -> Iterator[str]:
    """Yield the prose sentences of a docstring, in order, with its markup removed.

    A sentence starts with a capital, ends with . ? or !, has 4 to 60 words of
    printable ASCII, and is mostly letters. Code, tables, lists, parameters and
    directives are left out. Built in notebooks/02_rnn.ipynb.
    """
    for paragraph in _paragraphs(docstring):
        for sentence in END.split(_plain(paragraph)):
            if is_prose(sentence):
                yield sentence


def _paragraphs(docstring: str) -> Iterator[str]:
    """Yield runs of unindented lines that are neither code nor list nor heading.

    After code, a list or an indented line, the rest of the block is left out too.
    """
    for block in re.split(r"\n\s*\n", docstring):
        run: list[str] = []
        for line in block.splitlines():
            if run and (UNDERLINE.match(line) or _is_title(run[-1], line)):
                run = []
            if _is_no_prose(line, first=not run):
                break
            if not UNDERLINE.match(line):
                run.append(line.strip())
        if run:
            yield " ".join(run)


def _is_title(line: str, following: str) -> bool:
    """Say whether a line ends early, without a mark, before a new start.

    In running text the first word of the following line would have stood on it.
    """
    word = following.split(maxsplit=1)[0] if following.strip() else ""
    early = len(line) + len(word) < FULL_LINE and line[-1] not in ".?!,;:)"
    return early and following[:1].isupper()


def _is_no_prose(line: str, first: bool) -> bool:
    """Say whether a line is indented, or looks like code, a list or a table."""
    if UNDERLINE.match(line):
        return False
    if not line.strip() or line[0].isspace():
        return True
    pattern = START_OF_CODE if first else NO_PROSE
    return pattern.match(line) is not None


def is_prose(sentence: str) -> bool:
    """Say whether a sentence may stand in the corpus."""
    words = sentence.split()
    if not MIN_WORDS <= len(words) <= MAX_WORDS or sentence[-1] not in ".?!":
        return False
    if not START.match(sentence) or FOREIGN.search(sentence) or NOTICE.search(sentence):
        return False
    if sentence.count(",") > MAX_COMMAS:
        return False
    if sentence.count("(") != sentence.count(")") or sentence.count('"') % 2:
        return False
    letters = sum(c.isalpha() or c == " " for c in sentence)
    return letters >= MIN_LETTERS * len(sentence)


def _plain(paragraph: str) -> str:
    """Return a paragraph without the markup of reStructuredText."""
    for pattern, replacement in MARKUP:
        paragraph = pattern.sub(replacement, paragraph)
    return " ".join(paragraph.split())
