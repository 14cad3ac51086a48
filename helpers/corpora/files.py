"""The learner's own text files: UTF-8 in, plain strings or sentences out.

Lines end in one newline character whatever the system that wrote the file. What
cannot be read as text raises an error that names the fix.
"""

import difflib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

CHUNK = 1 << 18  # characters
MAX_LINE = 1_000_000  # characters
MAX_SENTENCE = 1_000  # characters
MAX_DOCUMENT = 1_000  # sentences
SAMPLE = 1 << 16  # bytes

FORMATS = {
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a zip archive (Word, EPUB and spreadsheets are such archives)",
    b"\xd0\xcf\x11\xe0": "an old Word document",
    b"\x1f\x8b": "a gzip archive",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"{\\rtf": "an RTF document",
}
BYTE_ORDER_MARKS = {
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
TITLES = "".join(rf"(?<!\b{t}\.)" for t in ("Mr", "Mrs", "Ms", "Dr", "St", r"e\.g"))
SENTENCE_END = re.compile(rf"(?<=[.?!…。？！]){TITLES}[\"'”’»)\]]*\s+(?=[^\sa-z])")

PathLike = str | os.PathLike[str]


def read(*paths: PathLike, max_chars: int | None = None) -> str:
    """Return the text of the files, joined by a newline, at most max_chars long.

    read("a.txt", "b.txt") == read("a.txt") + "\\n" + read("b.txt").
    Raises FileNotFoundError, IsADirectoryError, or ValueError for what is empty,
    binary, not UTF-8, or one endless line; each says what would work.
    """
    if max_chars is not None and max_chars < 1:
        raise ValueError(f"max_chars={max_chars} given; try 1000 or more, or None")
    parts: list[str] = []
    left = max_chars
    for i, path in enumerate(_checked(paths)):
        for j, chunk in enumerate(_chunks(path)):
            chunk = "\n" + chunk if i and not j else chunk
            parts.append(chunk if left is None else chunk[:left])
            if left is not None:
                left -= len(parts[-1])
                if left <= 0:
                    return "".join(parts)
    return "".join(parts)


def sentences(*paths: PathLike) -> Iterator[str]:
    """Yield the sentences of the files one by one, in bounded memory.

    A sentence ends at . ? ! … before white space, at an empty line, or at the end
    of the line that fills 1,000 characters; it may run over several lines. White
    space inside is made one blank. Raises what read raises: a wrong path at once,
    wrong contents when they are reached.
    """
    return (one for found in _documents(_checked(paths)) for one in found)


def documents(*paths: PathLike) -> Iterator[list[str]]:
    """Yield the sentences of each document: an empty line or a file's end ends one.

    So does the line that makes it longer than 1,000 sentences. See `sentences`.
    """
    return filter(None, _documents(_checked(paths)))


def _documents(paths: list[Path]) -> Iterator[list[str]]:
    for path in paths:
        pending, found = "", []
        for line in _lines(path):
            line = " ".join(line.split())
            *complete, pending = _split(f"{pending} {line}".strip())
            found += complete
            if pending and (not line or len(pending) >= MAX_SENTENCE):
                found.append(pending)
                pending = ""
            if not line or len(found) >= MAX_DOCUMENT:
                yield found
                found = []
        yield [*found, pending] if pending else found


def _split(text: str) -> list[str]:
    """Split text after each sentence end; closing quotes stay with the sentence."""
    cuts = [match.end() for match in SENTENCE_END.finditer(text)]
    edges = zip([0, *cuts], [*cuts, len(text)], strict=True)
    return [text[start:end].rstrip() for start, end in edges]


def _lines(path: Path) -> Iterator[str]:
    """Yield the lines of a file without their newline characters."""
    carry: list[str] = []
    for chunk in _chunks(path):
        first, *rest = chunk.split("\n")
        carry.append(first)
        if rest:
            yield "".join(carry)
            yield from rest[:-1]
            carry = [rest[-1]]
    yield "".join(carry)


def _chunks(path: Path) -> Iterator[str]:
    """Yield a file's text in pieces; check that it is text in lines, not empty."""
    length, blank = 0, True
    with path.open(encoding="utf-8-sig") as file:
        while chunk := _decoded(file, path):
            blank = blank and not chunk.strip()
            length += len(chunk) if "\n" not in chunk else chunk.index("\n")
            if length > MAX_LINE:
                raise ValueError(_advice_on_long_line(path))
            if "\n" in chunk:
                length = len(chunk) - chunk.rindex("\n") - 1
            yield chunk
    if blank:
        raise ValueError(f"{str(path)!r} is empty; give a file with some lines of text")


def _decoded(file: Iterable[str], path: Path) -> str:
    """Return the next piece of an open file; raise ValueError if it is no text."""
    try:
        chunk = file.read(CHUNK)
    except UnicodeDecodeError as error:
        start = max(0, error.start - SAMPLE // 2)
        around = error.object[start : start + SAMPLE]
        raise ValueError(_advice_on_bytes(path, around)) from None
    if "\0" in chunk:
        raise ValueError(_advice_on_bytes(path, chunk.encode()[:SAMPLE]))
    return chunk


def _checked(paths: tuple[PathLike, ...]) -> list[Path]:
    """Return the paths if each is a file; raise the error that helps if not."""
    if not paths:
        raise ValueError("no file given; try files.read('book.txt')")
    for path in paths:
        if not isinstance(path, str | os.PathLike):
            kind = type(path).__name__
            raise ValueError(f"{kind} given; name files, as in read('a.txt', 'b.txt')")
    found = [Path(path).expanduser() for path in paths]
    for path in found:
        if path.is_dir():
            raise IsADirectoryError(
                f"{str(path)!r} is a folder; {_text_files_in(path)}"
            )
        if not path.exists():
            raise FileNotFoundError(_advice_on_missing(path))
        if not path.is_file():
            raise ValueError(f"{str(path)!r} is a device; give an ordinary file")
    return found


def _advice_on_missing(path: Path) -> str:
    folder = path.absolute().parent
    if not folder.is_dir():
        return f"{str(path)!r} is not there, nor is its folder {str(folder)!r}"
    names = {name.lower(): name for name in sorted(os.listdir(folder))}
    near = difflib.get_close_matches(path.name.lower(), names, n=3, cutoff=0.6)
    if near:
        hint = "did you mean " + " or ".join(repr(names[name]) for name in near) + "?"
    else:
        hint = _text_files_in(folder)
    return f"{path.name!r} is not in {str(folder)!r}; {hint}"


def _text_files_in(folder: Path) -> str:
    names = sorted(p.name for p in folder.glob("*.txt") if p.is_file())
    if not names:
        return f"there are no .txt files in {str(folder)!r}"
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return f"its text files are {', '.join(map(repr, names[:10]))}{more}"


def _advice_on_long_line(path: Path) -> str:
    line = _conversion(path, "'utf-8-sig'", ".replace('. ', '.\\n')", "lines")
    return (
        f"{str(path)!r} has a line of more than {MAX_LINE:,} characters; "
        f"break it into lines, perhaps with:\n{line}"
    )


def _advice_on_bytes(path: Path, where: bytes) -> str:
    """Say what the bytes of a file probably are, and the line that converts them.

    where: the bytes around the first place that is not UTF-8.
    """
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    for magic, name in FORMATS.items():
        if head.startswith(magic):
            return f"{str(path)!r} is {name}; export it as plain text (UTF-8) first"
    guess = _guess(head) if head.startswith(tuple(BYTE_ORDER_MARKS)) else None
    guess = guess or _guess(where)
    if guess is None:
        return f"{str(path)!r} holds binary data, not text; give a plain text file"
    if guess == "utf-8":
        start = f"{str(path)!r} is UTF-8 with some damaged characters"
        line = _conversion(path, "'utf-8-sig', errors='replace'")
    else:
        start = f"{str(path)!r} is not UTF-8; it is most likely {guess}"
        line = _conversion(path, repr(guess))
    return f"{start}. This line writes a copy that works:\n{line}"


def _conversion(path: Path, encoding: str, change: str = "", tag: str = "utf8") -> str:
    """Return the line of Python that writes a mended copy beside the file."""
    copy = path.with_name(f"{path.stem}_{tag}{path.suffix}")
    source = f"Path({str(path)!r}).read_text(encoding={encoding}){change}"
    target = f"Path({str(copy)!r})"
    return f"from pathlib import Path; {target}.write_text({source}, encoding='utf-8')"


def _guess(raw: bytes) -> str | None:
    """Return the likeliest encoding of bytes that are not UTF-8 text, or None."""
    for mark, name in BYTE_ORDER_MARKS.items():
        if raw.startswith(mark):
            return name
    if raw.count(0) > len(raw) // 5:
        zeros_last = raw[1::2].count(0) > 9 * raw[::2].count(0)
        zeros_first = raw[::2].count(0) > 9 * raw[1::2].count(0)
        return "utf-16-le" if zeros_last else "utf-16-be" if zeros_first else None
    controls = sum(raw.count(code) for code in range(32) if code not in b"\t\n\r\f\x1b")
    if controls > len(raw) / 1000:
        return None
    if _share(raw, "utf-8", "\x80", "\ufffc") > 0.9:
        return "utf-8"
    if _share(raw, "cp949", "가", "힣") > 0.6:
        return "cp949"
    return "cp1252" if _share(raw, "cp1252", "\x80", "\ufffc") == 1 else "latin-1"


def _share(raw: bytes, encoding: str, first: str, last: str) -> float:
    """Return which part of the non-ASCII characters lies between first and last."""
    text = raw.decode(encoding, "replace").rstrip("\ufffd")
    foreign = [character for character in text if character > "\x7f"]
    return sum(first <= c <= last for c in foreign) / max(len(foreign), 1)
