"""Real sentences of film reviews with a label: the Stanford Sentiment Treebank.

One sentence a line, `label ||| text`, labels from 0, very negative, to 4, very
positive. The files are not part of this repository: `find` looks for them.
Source: Socher et al. 2013. Built in notebooks/13_bert_finetuning.ipynb.
"""

import os
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

from helpers.environment import sha256, write

FOLDER = Path(__file__).resolve().parents[2] / "data" / "sst"
SOURCE = (
    "https://raw.githubusercontent.com/neubig/nn4nlp-code/"
    "47bcdb8f8baf7d1c2f845613ea4bb60fa4fa456e/data/classes/"
)
SHA256 = {  # of our files; at SOURCE their names lack the "sst-"
    "sst-train.txt": "7aeac81f2a387f2ce7fab98ed8f40ef85cc9c8ad11bcbb63b122e95665cb1f35",
    "sst-dev.txt": "11963c76cd073e68006da0390620aadf5a4b8f775e2f900e92a50b3002e39b9b",
}
ADVICE = "treebank.download() fetches 1 MB, or set COURSE_SST to a folder"


class Review(NamedTuple):
    """A sentence, and its label: 0 (very negative) to 4 (very positive)."""

    text: str
    label: int


class Treebank(NamedTuple):
    """Reviews to learn from, and reviews to be judged on."""

    train: list[Review]
    dev: list[Review]


def find(folder: str | Path | None = None) -> Treebank | None:
    """Read the treebank; None, and one printed line, where it is not at hand.

    Looked for in your `folder`, else in the one that the variable COURSE_SST names,
    else in data/sst of this repository. Raises ValueError for a file with other
    contents.
    """
    place = Path(folder or os.environ.get("COURSE_SST") or FOLDER)
    if not all((place / name).exists() for name in SHA256):
        print(f"Treebank: not here, skipped ({ADVICE}).")
        return None
    train, dev = [_reviews(place / name) for name in SHA256]
    return Treebank(train, dev)


def download(folder: str | Path = FOLDER) -> Treebank:
    """Fetch both files, check their sha256, keep them in `folder`; return them.

    Raises OSError where nothing came, ValueError where it is not what we know.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name in SHA256:
        raw = _fetched(SOURCE + name.removeprefix("sst-"))
        _check(raw, name)
        write(folder / name, raw)
    return find(folder)


def _fetched(address: str) -> bytes:
    try:
        with urlopen(address, timeout=30) as answer:
            return answer.read()
    except (OSError, HTTPException, ValueError) as error:  # also: no HTTP, no address
        raise OSError(
            f"{address} cannot be fetched ({error}): connect this computer, log in to "
            "its network, or set its proxy (HTTPS_PROXY), then try again"
        ) from None


def _reviews(path: Path) -> list[Review]:
    raw = path.read_bytes()
    _check(raw, path.name)
    return parse(raw.decode())


def _check(raw: bytes, name: str) -> None:
    found = sha256(raw)
    wanted = SHA256[name]
    if found != wanted:
        why = "it was changed or cut off"
        if raw.lstrip().startswith(b"<"):
            why = "it is a web page, perhaps your network's login: log in in a browser"
        raise ValueError(
            f"{name} has sha256 {found[:12]}…, not {wanted[:12]}…; {why}. Fetch it "
            "again: treebank.download()"
        )


def parse(lines: str) -> list[Review]:
    """Read lines `label ||| text`. Raises ValueError that names a wrong one."""
    found = []
    for number, line in enumerate(lines.splitlines(), 1):
        label, bar, text = line.partition(" ||| ")
        if not bar or label not in ("0", "1", "2", "3", "4"):
            raise ValueError(f"line {number} is {line[:40]!r}; wanted: label ||| text")
        found.append(Review(text, int(label)))
    return found


def two_sides(reviews: list[Review]) -> list[Review]:
    """Return the reviews that take a side, with label 1 (positive) or 0 (negative)."""
    return [Review(r.text, int(r.label > 2)) for r in reviews if r.label != 2]
