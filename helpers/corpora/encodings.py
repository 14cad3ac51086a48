"""What the bytes of a file are if they are not UTF-8, and the line that converts it.

The library charset-normalizer guesses. Mostly English or Western text has a rule of its
own, since there the library is not sure: it takes French and Spanish for Polish.
"""

import codecs
import re
from pathlib import Path

from charset_normalizer import from_bytes

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
# The mark of UTF-32 in the other byte order begins with the one of UTF-16.
BYTE_ORDER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
CONTROLS = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")


def advice(path: Path) -> str:
    """Say what the bytes of a file probably are, and the line that converts them."""
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    for magic, name in FORMATS.items():
        if head.startswith(magic):
            return f"{str(path)!r} is {name}; export it as plain text (UTF-8) first"
    wide = head.startswith(BYTE_ORDER_MARKS) or b"\0" in head
    guess = _library_guess(head) if wide else _guess(_foreign_lines(path))
    if guess is None:
        return f"{str(path)!r} holds binary data, not text; give a plain text file"
    if guess == "utf-8":
        start = f"{str(path)!r} is UTF-8 with some damaged characters"
        line = conversion(path, "'utf-8-sig', errors='replace'")
    else:
        start = f"{str(path)!r} is not UTF-8; it is most likely {guess}"
        line = conversion(path, repr(guess))
    return f"{start}. This line writes a copy that works:\n{line}"


def conversion(path: Path, encoding: str, change: str = "", tag: str = "utf8") -> str:
    """Return the line of Python that writes a mended copy beside the file."""
    copy = path.with_name(f"{path.stem}_{tag}{path.suffix}")
    source = f"Path({str(path)!r}).read_text(encoding={encoding}){change}"
    target = f"Path({str(copy)!r})"
    return f"from pathlib import Path; {target}.write_text({source}, encoding='utf-8')"


def _foreign_lines(path: Path) -> bytes:
    """Return the first lines that are not ASCII; the others say nothing."""
    found = b""
    with path.open("rb") as file:
        while len(found) < SAMPLE // 2:
            line = file.readline(SAMPLE)
            if not line:
                break
            if len(line) == SAMPLE:  # cut, perhaps inside a character
                line = line[: line.rfind(b" ")]
            if not line.isascii():
                found += line
    return found


def _guess(raw: bytes) -> str | None:
    """Return the likeliest encoding of lines that are not UTF-8, None for binary."""
    if not raw or len(CONTROLS.findall(raw)) > len(raw) / 1000:
        return None
    if _share(raw, "utf-8", "\x80", "\ufffc") > 0.9:
        return "utf-8"
    if sum(byte > 127 for byte in raw) > len(raw) / 3:
        return _library_guess(raw)
    # Mostly ASCII: English with some Korean words, or a Western language.
    if _share(raw, "cp949", "가", "힣") > 0.6:
        return "cp949"
    return "cp1252" if _share(raw, "cp1252", "\x80", "\ufffc") == 1 else "latin-1"


def _library_guess(raw: bytes) -> str | None:
    best = from_bytes(raw).best()
    if best is None or "\0" in str(best):
        return None
    return best.encoding.replace("_", "-")


def _share(raw: bytes, encoding: str, first: str, last: str) -> float:
    """Return which part of the non-ASCII characters lies between first and last."""
    text = raw.decode(encoding, "replace").rstrip("\ufffd")
    foreign = [character for character in text if not character.isascii()]
    return sum(first <= c <= last for c in foreign) / max(len(foreign), 1)
