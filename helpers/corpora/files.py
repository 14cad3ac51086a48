"""The learner's own text files: UTF-8 in, plain strings or sentences out.

Lines end in one newline character whatever the system that wrote the file. What
cannot be read as text raises an error that names the fix.
"""

import difflib
import os
import re
from collections.abc import Iterator, Sequence
from numbers import Integral
from pathlib import Path
from typing import TextIO

from helpers.corpora.encodings import advice, conversion

CHUNK = 1 << 18  # characters
MAX_LINE = 1_000_000  # characters
MAX_SENTENCE = 1_000  # characters
MAX_DOCUMENT = 1_000  # sentences

TITLES = "".join(rf"(?<!\b{t}\.)" for t in ("Mr", "Mrs", "Ms", "Dr", "St", r"e\.g"))
SENTENCE_END = re.compile(rf"(?<=[.?!…。？！]){TITLES}[\"'”’»)\]]*\s+(?=[^\sa-z])")

# Short lines as they are; long ones cut after a sentence, an item of a list, a word.
PIECES = r"(?m)^$|.{1,2000}$|.{1,1000}(?:[.?!] |[。？！])|.{1,1000}(?:[]}],| )|.{1000}"

PathLike = str | os.PathLike[str]


def read(*paths: PathLike, max_chars: int | None = None) -> str:
    """Return the text of the files, joined by a newline, at most max_chars long.

    read("a.txt", "b.txt") == read("a.txt") + "\\n" + read("b.txt").
    Raises FileNotFoundError, IsADirectoryError, or ValueError for what is empty,
    binary, not UTF-8, or one endless line; each says what would work.
    """
    counts = isinstance(max_chars, Integral) and max_chars >= 1
    if max_chars is not None and not counts:
        raise ValueError(f"max_chars={max_chars!r} given; try 1000 or more, or None")
    pieces: list[str] = []
    length = 0
    for path in _checked(paths):
        if pieces:
            pieces.append("\n")
            length += 1
        for chunk in _chunks(path):
            pieces.append(chunk)
            length += len(chunk)
            # The rest of a large file need not be read.
            if max_chars is not None and length >= max_chars:
                return "".join(pieces)[:max_chars]
    return "".join(pieces)


def documents(*paths: PathLike) -> Iterator[list[str]]:
    """Yield the sentences of each document: an empty line or a file's end ends one.

    So does the line that makes it longer than 1,000 sentences. A sentence ends at
    . ? ! … before white space, with its document, or at the end of the line that fills
    1,000 characters; it may run over several lines. White space inside is made one
    blank. Needs little memory for large files. Raises what read raises: a wrong path
    at once, wrong contents when they are reached.
    """
    return filter(None, _documents(_checked(paths)))


def _documents(paths: Sequence[Path]) -> Iterator[list[str]]:
    for path in paths:
        sentences: list[str] = []
        pending = ""  # the sentence that has not ended yet
        for line in _lines(path):
            line = " ".join(line.split())
            parts = _split(f"{pending} {line}".strip())
            pending = parts.pop()
            sentences += parts
            if pending and (not line or len(pending) >= MAX_SENTENCE):
                sentences.append(pending)
                pending = ""
            if not line or len(sentences) >= MAX_DOCUMENT:
                yield sentences
                sentences = []
        if pending:
            sentences.append(pending)
        yield sentences


def _split(text: str) -> list[str]:
    """Split text after each sentence end; closing quotes stay with the sentence."""
    sentences = []
    start = 0
    for match in SENTENCE_END.finditer(text):
        sentences.append(text[start : match.end()].rstrip())
        start = match.end()
    return [*sentences, text[start:]]


def _lines(path: Path) -> Iterator[str]:
    """Yield the lines of a file without their newline characters."""
    rest = ""
    for chunk in _chunks(path):
        lines = (rest + chunk).split("\n")
        rest = lines.pop()
        yield from lines
    yield rest


def _chunks(path: Path) -> Iterator[str]:
    """Yield a file's text in pieces; check that it is text in lines, not empty."""
    blank = True
    length = 0  # of the line that goes on
    with path.open(encoding="utf-8-sig") as file:
        while chunk := _decoded(file, path):
            blank = blank and not chunk.strip()
            first, newline, _ = chunk.partition("\n")
            if length + len(first) > MAX_LINE:
                raise ValueError(_advice_on_long_line(path))
            if newline:
                length = len(chunk) - chunk.rindex("\n") - 1
            else:
                length += len(chunk)
            yield chunk
    if blank:
        raise ValueError(f"{str(path)!r} is empty; give a file with some lines of text")


def _decoded(file: TextIO, path: Path) -> str:
    """Return the next piece of an open file; raise ValueError if it is no text."""
    try:
        chunk = file.read(CHUNK)
    except UnicodeDecodeError:
        raise ValueError(advice(path)) from None
    if "\0" in chunk:
        raise ValueError(advice(path))
    return chunk


def _checked(paths: Sequence[PathLike]) -> list[Path]:
    """Return the paths if each is a file; raise the error that helps if not."""
    if not paths:
        raise ValueError("no file given; try files.read('book.txt')")
    found = []
    for path in paths:
        if not isinstance(path, str | os.PathLike):
            kind = type(path).__name__
            raise ValueError(f"{kind} given; name files, as in read('a.txt', 'b.txt')")
        found.append(Path(path).expanduser())
    for path in found:
        if path.is_dir():
            hint = _text_files_in(path)
            raise IsADirectoryError(f"{str(path)!r} is a folder; {hint}")
        if not path.exists():
            raise FileNotFoundError(_advice_on_missing(path))
        if not path.is_file():
            raise ValueError(f"{str(path)!r} is a device; give an ordinary file")
    return found


def _advice_on_missing(path: Path) -> str:
    folder = path.absolute().parent
    if not folder.is_dir():
        return f"{str(path)!r} is not there, nor is its folder {str(folder)!r}"
    there = [name for name in sorted(os.listdir(folder)) if (folder / name).exists()]
    names = {name.lower(): name for name in there}  # without links that lead nowhere
    near = difflib.get_close_matches(path.name.lower(), names)
    if near:
        hint = "did you mean " + " or ".join(repr(names[name]) for name in near) + "?"
    else:
        hint = _text_files_in(folder)
    return f"{path.name!r} is not in {str(folder)!r}; {hint}"


def _text_files_in(folder: Path) -> str:
    names = sorted(path.name for path in folder.glob("*.txt") if path.is_file())
    if not names:
        return f"there are no .txt files in {str(folder)!r}"
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return f"its text files are {', '.join(map(repr, names[:10]))}{more}"


def _advice_on_long_line(path: Path) -> str:
    change = rf"'\n'.join(re.findall(r'{PIECES}', {{}}))"
    line = "import re; " + conversion(path, "'utf-8-sig'", change, "lines")
    return (
        f"{str(path)!r} has a line of more than {MAX_LINE:,} characters; "
        f"break it into lines, perhaps with:\n{line}"
    )
