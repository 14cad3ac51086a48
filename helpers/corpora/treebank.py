"""Real sentences of film reviews with a label: the Stanford Sentiment Treebank.

One sentence a line, `label ||| text`, labels from 0, very negative, to 4, very
positive. The files are no part of this repository: `find` looks for them.
Source: Socher et al. 2013. Built in notebooks/13_bert_finetuning.ipynb.
"""

import hashlib
import os
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (ROOT / "data" / "sst", ROOT.parent / "shared" / "data" / "sst")
SOURCE = (
    "https://raw.githubusercontent.com/neubig/nn4nlp-code/"
    "47bcdb8f8baf7d1c2f845613ea4bb60fa4fa456e/data/classes/"
)
FILES = {  # our name → its name at SOURCE, sha256
    "sst-train.txt": (
        "train.txt",
        "7aeac81f2a387f2ce7fab98ed8f40ef85cc9c8ad11bcbb63b122e95665cb1f35",
    ),
    "sst-dev.txt": (
        "dev.txt",
        "11963c76cd073e68006da0390620aadf5a4b8f775e2f900e92a50b3002e39b9b",
    ),
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

    Looked for: your `folder`, the variable COURSE_SST, data/sst in this repository.
    Raises ValueError for a file with other contents.
    """
    given = folder or os.environ.get("COURSE_SST")
    for place in [Path(given)] if given else FOLDERS:
        if all((place / name).exists() for name in FILES):
            return Treebank(*(_checked(place / name) for name in FILES))
    print(f"Treebank: not here, skipped ({ADVICE}).")
    return None


def download(folder: str | Path = FOLDERS[0]) -> Treebank:
    """Fetch both files, check their sha256, keep them in `folder`; return them.

    Raises ValueError where what came is not what we know.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, (theirs, _) in FILES.items():
        with urlopen(SOURCE + theirs, timeout=30) as answer:
            raw = answer.read()
        _check(raw, name)
        draft = folder / f"{name}.part"
        draft.write_bytes(raw)
        os.replace(draft, folder / name)
    return find(folder)


def _checked(path: Path) -> list[Review]:
    raw = path.read_bytes()
    _check(raw, path.name)
    return parse(raw.decode())


def _check(raw: bytes, name: str) -> None:
    found, wanted = hashlib.sha256(raw).hexdigest(), FILES[name][1]
    if found != wanted:
        raise ValueError(
            f"{name} has sha256 {found[:12]}…, not {wanted[:12]}…; it was changed or "
            "cut off. Fetch it again"
        )


def parse(lines: str) -> list[Review]:
    """Read lines `label ||| text`. Raises ValueError that names a line that is none."""
    found = []
    for number, line in enumerate(lines.splitlines(), 1):
        label, bar, text = line.partition(" ||| ")
        if not bar or label not in ("0", "1", "2", "3", "4"):
            raise ValueError(f"line {number} is {line[:40]!r}; wanted: label ||| text")
        found.append(Review(text, int(label)))
    return found


def two_sides(reviews: list[Review]) -> list[Review]:
    """Return reviews with a side: label 1 positive, 0 negative; neutral ones go."""
    return [Review(r.text, int(r.label > 2)) for r in reviews if r.label != 2]
