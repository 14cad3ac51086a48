"""What the bytes of a file are if they are not UTF-8, and the line that converts it.

The library charset-normalizer guesses. Text of mostly Latin letters has a rule of its
own, since there the library is not sure: it takes French and Spanish for Polish.
"""

import codecs
import os
import re
from collections.abc import Sequence
from pathlib import Path

from charset_normalizer import from_bytes

SAMPLE = 1 << 16  # bytes
ENOUGH = 1 << 9  # bytes; with fewer the library takes Russian for Japanese
MOST = 3  # candidates
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
ANY = "[\x80-\ufffc]"
CONTROLS = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
CENTRAL = "[ąćęłńóśźżáčďéěíňřšťúůýžäöüßőűăâîşţđôľĺ«»‘’‚“”„–—…§\xa0]"
LATIN = (  # the first is taken where two fit alike
    ("cp1252", "[àâäáãåæçéèêëíìîïñóòôöõøœúùûüßªº«»¿¡‘’‚“”„–—…·°§£€©®™\xa0]"),
    ("cp1254", "[çğıİöşüâîû‘’“”–—…\xa0]"),  # Turkish
    ("cp1252", "[áéíóúýöæðþ‘’“”„–—…\xa0]"),  # Icelandic
    ("cp1250", CENTRAL),
    ("iso8859-2", CENTRAL),
    ("cp1257", "[ąčęėįšųūžāēģīķļņõäöü‘’“”„–—…\xa0]"),  # Baltic
)
OTHERS = (
    ("cp1255", "[א-ת]"),
    ("cp874", "[ก-๛]"),
    ("koi8-r", "[а-яё]"),
    ("cp1251", "[а-яё]"),
    ("cp1253", "[ά-ώ]"),
    ("cp1256", "[،-ي]"),
)


def advice(path: Path) -> str:
    """Say what the bytes of a file probably are, and the line that converts them."""
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    for magic, name in FORMATS.items():
        if head.startswith(magic):
            return f"{str(path)!r} is {name}; export it as plain text (UTF-8) first"
    wide = head.startswith(BYTE_ORDER_MARKS) or b"\0" in head
    raw = head if wide else _foreign_lines(path)
    guesses = _library_guesses(raw) if wide else _guesses(raw)
    readings = _readings(path, raw, guesses)
    if readings:
        return _choice(path, readings)
    if not guesses or not _is_text(path, guesses[0], "replace"):
        return f"{str(path)!r} holds binary data, not text; give a plain text file"
    line = conversion(path, f"{guesses[0]!r}, errors='replace'")
    name = guesses[0].removesuffix("-sig").upper()
    start = f"{str(path)!r} is {name} with some damaged characters"
    return f"{start}. This line writes a copy that works:\n{line}"


def _choice(path: Path, readings: dict[str, str]) -> str:
    """Show how each candidate reads the file, and the line for the likeliest one."""
    first = next(iter(readings))
    shown = "".join(f"  {name}: {text!r}\n" for name, text in readings.items())
    return (
        f"{str(path)!r} is not UTF-8; it is most likely {first}. It reads, as\n{shown}"
        "This line writes a copy that works, where the first reads right; else put in "
        "its place the name of the one that does, or of the one that you know:\n"
        f"{conversion(path, repr(first))}"
    )


def conversion(path: Path, encoding: str, change: str = "{}", tag: str = "utf8") -> str:
    """Return the line of Python that writes a mended copy beside the file.

    `change` is what becomes of its text, which stands where the {} is.
    """
    copy = path.with_name(f"{path.stem}_{tag}{path.suffix}")
    text = f"Path({str(path)!r}).read_text(encoding={encoding})"
    text = change.replace("{}", text)
    target = f"Path({str(copy)!r})"
    note = "  # this replaces the file of that name" if copy.exists() else ""
    return (
        f"from pathlib import Path; {target}.write_text({text}, encoding='utf-8'){note}"
    )


def _readings(path: Path, raw: bytes, guesses: list[str]) -> dict[str, str]:
    """Return the first encodings in which all of a file is text: name → some of it.

    The piece that is shown begins just before they differ.
    """
    found: dict[str, str] = {}  # text → the first that reads it so
    for guess in guesses:
        if len(found) < MOST and _is_text(path, guess):
            text = " ".join(raw.decode(guess, "ignore").split())
            found.setdefault(text, guess)
    same = len(os.path.commonprefix(list(found))) if len(found) > 1 else 0
    start = max(same - 20, 0)
    return {guess: text[start : start + 60] for text, guess in found.items()}


def _is_text(path: Path, encoding: str, errors: str = "strict") -> bool:
    """Tell whether all of a file can be read in an encoding, and has no zeros."""
    try:
        with path.open(encoding=encoding, errors=errors) as file:
            chunks = iter(lambda: file.read(SAMPLE), "")
            return not any("\0" in chunk for chunk in chunks)
    except UnicodeError:
        return False


def _foreign_lines(path: Path) -> bytes:
    """Return the first lines that are not ASCII; the others say nothing."""
    found = b""
    with path.open("rb") as file:
        while len(found) < SAMPLE // 2:
            line = file.readline(SAMPLE)
            if not line:
                break
            if len(line) == SAMPLE and b" " in line:  # cut, perhaps inside a character
                line = line[: line.rfind(b" ")]
            if not line.isascii():
                found += line
    return found


def _guesses(raw: bytes) -> list[str]:
    """Return the likely encodings of lines that are not UTF-8; none for binary."""
    if not raw or len(CONTROLS.findall(raw)) > len(raw) / 1000:
        return []
    if _share(raw, "utf-8", ANY) > 0.9:
        return ["utf-8-sig"]
    library = _library_guesses(raw * (1 + ENOUGH // len(raw)))
    latin = _fitting(LATIN, raw)
    if sum(byte > 127 for byte in raw) > len(raw) / 3:
        others = [name for name in _fitting(OTHERS, raw) if name not in library[:MOST]]
        if not library:
            return [*latin, *others]
        return [library[0], others[0], *library[1:]]
    # Mostly ASCII: English with some Korean words, or a language of Latin letters.
    if latin[0] == "cp1252" and _share(raw, "cp1252", ANY) < 1:
        latin[0] = "latin-1"
    korean = ["cp949"] if _share(raw, "euc-kr", "[가-힣]") > 0.6 else []
    return [*korean, latin[0], *library, *latin]


def _fitting(alphabets: Sequence[tuple[str, str]], raw: bytes) -> list[str]:
    """Return the encodings of some alphabets, the one that fits best first."""
    return [name for name, _ in sorted(alphabets, key=lambda a: -_share(raw, *a))]


def _library_guesses(raw: bytes) -> list[str]:
    found = [match for match in from_bytes(raw) if "\0" not in str(match)]
    return [match.encoding.replace("_", "-") for match in found]


def _share(raw: bytes, encoding: str, letters: str) -> float:
    """Return which part of the non-ASCII characters matches `letters`."""
    text = raw.decode(encoding, "replace").rstrip("\ufffd")
    foreign = re.sub("[\0-\x7f]", "", text)
    return len(re.findall(letters, foreign, re.I)) / max(len(foreign), 1)
