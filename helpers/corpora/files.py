"""The learner's own text files, read with care: encodings, sizes, honest errors.

Built in notebooks/02_rnn.ipynb.
"""

import codecs
import difflib
import re
from collections.abc import Iterator
from pathlib import Path

CHUNK = 1 << 20  # bytes read at a time
LONGEST_LINE = 1 << 20  # characters; a text has line breaks before that
GUESSES = ("cp949", "cp1252")  # Korean, then Western European
BOMS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def read(*paths: str | Path, max_chars: int | None = None) -> str:
    """Return the text of one or more UTF-8 files, joined by newlines.

    Reads no further than `max_chars`; line ends become \\n, a byte-order mark goes.
    Raises FileNotFoundError, IsADirectoryError or ValueError that says what was given
    and what would work. Built in notebooks/02_rnn.ipynb.
    """
    if not paths:
        raise ValueError("no file was given; call read('my_text.txt')")
    left, parts = max_chars, []
    for path in paths:
        pieces, room = [], left
        for piece in _pieces(check(path)):
            pieces.append(piece if room is None else piece[:room])
            room = None if room is None else room - len(pieces[-1])
            if room is not None and room <= 0:
                break
        parts.append("".join(pieces))
        left = None if left is None else max(0, left - len(parts[-1]) - 1)
        if left == 0:
            break
    return "\n".join(parts)


def sentences(*paths: str | Path) -> Iterator[str]:
    """Yield the sentences of files one by one; memory stays bounded however large.

    A sentence ends with . ! ? or … before a space, or with its line. Raises as `read`
    does, and ValueError for a line of more than a million characters.
    """
    for path in paths:
        for line in _lines(check(path)):
            for sentence in re.split(r"(?<=[.!?…。])\s+", line.strip()):
                if sentence:
                    yield sentence


def check(path: str | Path) -> Path:
    """Return the path of a text file that can be read, or say what is wrong."""
    path = Path(path)
    if path.is_dir():
        inside = sorted(p.name for p in path.glob("*.txt"))[:5]
        hint = (
            f"; it holds {', '.join(inside)}" if inside else "; it holds no .txt file"
        )
        raise IsADirectoryError(f"{path} is a folder, give a file{hint}")
    if not path.exists():
        folder = path.parent if path.parent.is_dir() else Path(".")
        names = [p.name for p in folder.iterdir()]
        near = difflib.get_close_matches(path.name, names, n=3, cutoff=0.5)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise FileNotFoundError(f"{path} does not exist (looked in {folder}){hint}")
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip():
        raise ValueError(f"{path} is empty; give a file with some text in it")
    for mark, encoding in BOMS.items():
        if head.startswith(mark):
            raise ValueError(_advice(path, encoding))
    if b"\0" in head:
        raise ValueError(f"{path} is not text (it holds zero bytes); give a .txt file")
    return path


def _pieces(path: Path) -> Iterator[str]:
    """Yield decoded pieces; a character over a border is kept whole."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    pending = ""
    with path.open("rb") as file:
        while block := file.read(CHUNK):
            if b"\0" in block:
                raise ValueError(f"{path} is not text (it holds zero bytes)")
            text = pending + _decode(path, decoder, block)
            pending = "\r" if text.endswith("\r") else ""  # perhaps half of \r\n
            text = text[: len(text) - len(pending)]
            yield text.replace("\r\n", "\n").replace("\r", "\n")
        yield pending.replace("\r", "\n") + _decode(path, decoder, b"", True)


def _decode(path: Path, decoder, block: bytes, final: bool = False) -> str:
    try:
        return decoder.decode(block, final)
    except UnicodeDecodeError as error:
        sample = block[max(0, error.start - 200) : error.start + 2000] or block
        raise ValueError(_advice(path, _guess(sample))) from None


def _guess(sample: bytes) -> str:
    """Return the encoding under which the bytes read most like a language."""
    hangul = sample.decode("cp949", "ignore")
    korean = sum("가" <= c <= "힣" for c in hangul)
    high = sum(byte > 127 for byte in sample)
    return GUESSES[0] if korean * 2 >= high * 0.6 else GUESSES[1]


def _advice(path: Path, encoding: str) -> str:
    name = path.as_posix()
    return (
        f"{path} is not UTF-8; it looks like {encoding}. Convert a copy with:\n"
        f"from pathlib import Path; Path({name + '.utf8.txt'!r}).write_text("
        f"Path({name!r}).read_text(encoding={encoding!r}), encoding='utf-8')"
    )


def _lines(path: Path) -> Iterator[str]:
    pending = ""
    for piece in _pieces(path):
        *lines, pending = (pending + piece).split("\n")
        yield from lines
        if len(pending) > LONGEST_LINE:
            raise ValueError(
                f"{path} has a line of more than {LONGEST_LINE:,} characters; "
                "break it into lines, or use read(path, max_chars=…)"
            )
    yield pending
