"""Corpora larger than memory: ids of pieces in files that are mapped, not read.

tokens.bin holds all ids in a row, sentences.bin and documents.bin the place where each
begins, vocab.txt the pieces, manifest.json what all were made of. A part of a file is
read from the disk when it is looked at. Built in notebooks/15_scaling_up.ipynb.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from helpers import environment
from helpers.checkpoints.bert_files import VOCABULARY, read_tokens, write_tokens
from helpers.pretrain.folders import (
    FORMAT,
    LINE,
    MANIFEST,
    NAMES,
    UNFINISHED,
    check_place,
    clear,
    read_manifest,
)

BLOCK = 1 << 20  # sentences that are laid out at a time
MARKS = 3  # [CLS], [SEP], [SEP]


def write(
    folder: Path,
    documents: Iterable[list[Sequence[int]]],
    pieces: Sequence[str],
    about: dict,
) -> None:
    """Write documents (lists of sentences, which are ids of pieces) in one pass.

    The folder appears whole, under its name, or not at all: what an interrupt left is
    cleared away and begun anew. `about` goes into the manifest. Raises ValueError for
    a folder with anything of others, and for fewer than two documents: a false second
    sentence needs another.
    """
    folder, draft = check_place(folder)
    clear(draft)
    draft.mkdir(parents=True)
    environment.write(draft / UNFINISHED, LINE)
    kind = "uint16" if len(pieces) <= 1 << 16 else "uint32"
    counts = _stream(draft, documents, np.dtype(kind))
    if counts["documents"] < 2:
        clear(draft)
        raise ValueError(
            f"the text makes {counts['documents']} documents, but pairs of sentences "
            "need 2 or more; an empty line ends a document"
        )
    write_tokens(draft / VOCABULARY, pieces)
    digest = environment.sha256((draft / VOCABULARY).read_bytes())
    whole = {"format": FORMAT, "dtype": kind, "vocabulary": digest, **counts, **about}
    environment.write(draft / MANIFEST, json.dumps(whole, indent=1) + "\n")
    (draft / UNFINISHED).unlink()
    clear(check_place(folder)[0])  # once more: reading the text took its time
    os.replace(draft, folder)


def _stream(draft: Path, documents: Iterable, kind: np.dtype) -> dict[str, int]:
    """Write the three files; return how many tokens, sentences, documents there are."""
    files = [(draft / f"{name}.bin").open("wb") for name in NAMES]
    tokens, sentences, n = 0, 0, 0
    try:
        for document in documents:
            document = [ids for ids in document if len(ids)]
            if not document:
                continue
            files[2].write(np.uint64(tokens).tobytes())
            ends = tokens + np.cumsum([len(ids) for ids in document], dtype=np.uint64)
            starts = np.append(np.uint64(tokens), ends[:-1])
            files[1].write(starts.astype(np.uint64).tobytes())
            files[0].write(np.concatenate(document).astype(kind).tobytes())
            tokens, sentences, n = int(ends[-1]), sentences + len(document), n + 1
        for file in files[1:]:
            file.write(np.uint64(tokens).tobytes())
        for file in files:
            file.flush()
            os.fsync(file.fileno())  # on the disk before the manifest says so
    finally:
        for file in files:
            file.close()
    return {"tokens": tokens, "sentences": sentences, "documents": n}


class Shards:
    """A written corpus: `tokens`, and where `sentences` and `documents` begin.

    All three are memory maps; the last two end with the number of tokens. `digest`
    names the contents. Raises ValueError for files that do not fit the manifest.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        counts = self.manifest = read_manifest(folder)
        self.digest = environment.sha256((folder / MANIFEST).read_bytes())
        self.tokens = self._map("tokens", counts["tokens"], counts["dtype"])
        self.sentences = self._map("sentences", counts["sentences"] + 1)
        self.documents = self._map("documents", counts["documents"] + 1)
        ends = {int(places[-1]) for places in (self.sentences, self.documents)}
        if ends != {counts["tokens"]}:
            raise self._changed("sentences.bin or documents.bin has another end")
        path = folder / VOCABULARY
        raw = path.read_bytes() if path.is_file() else b""
        if environment.sha256(raw) != counts["vocabulary"]:
            raise self._changed(f"{VOCABULARY} has another sha256")

    def _map(self, name: str, n: int, kind: str = "uint64") -> np.ndarray:
        path, size = self.folder / f"{name}.bin", n * np.dtype(kind).itemsize
        found = path.stat().st_size if path.exists() else 0
        if found != size:
            raise self._changed(f"{path.name} has {found:,} bytes, not {size:,}")
        return np.memmap(path, np.dtype(kind), "r", shape=(n,))

    def _changed(self, reason: str) -> ValueError:
        return ValueError(
            f"{self.folder}: {reason}: it was changed or cut off; delete the folder "
            "and start again"
        )

    def pieces(self) -> list[str]:
        """Return the pieces, by id."""
        return read_tokens(self.folder / VOCABULARY)


class Windows:
    """The pieces of text that a model with T positions reads: all tokens, each once.

    Window i is tokens[bounds[i]:bounds[i + 1]]: as many whole sentences of a document
    as fit beside [CLS] and two [SEP]; a sentence that is longer is cut. The bounds are
    written beside the corpus when they are first asked for.
    """

    def __init__(self, shards: Shards, seq_len: int):
        self.shards, self.room = shards, seq_len - MARKS
        self.bounds = read_bounds(lay_out(shards, seq_len), shards, self.room)

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def spans(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return where windows begin and end: (B,) → (B,), (B,) int64."""
        starts, ends = self.bounds[rows], self.bounds[rows + 1]
        return starts.astype(np.int64), ends.astype(np.int64)

    def borders(self, rows: np.ndarray, dice: np.ndarray) -> np.ndarray:
        """Return where the second text of each window begins: at a random sentence.

        rows, dice (B,) → (B,) int64; the window's end where it has one sentence only.
        """
        starts, ends = self.spans(rows)
        sentences = self.shards.sentences
        first = np.searchsorted(sentences, starts.astype(np.uint64), "right")
        n = np.searchsorted(sentences, ends.astype(np.uint64), "left") - first
        chosen = first + (dice * n).astype(np.int64)
        return np.where(n > 0, sentences[chosen].astype(np.int64), ends)

    def document(self, rows: np.ndarray) -> np.ndarray:
        """Return the document of each window: (B,) → (B,)."""
        documents = self.shards.documents
        return np.searchsorted(documents, self.bounds[rows], "right") - 1

    def elsewhere(self, rows: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Return `others`, but the next document's window where it was the same.

        rows, others (B,) → (B,). So it is always of another document.
        """
        same = self.document(rows) == self.document(others)
        documents = self.shards.documents
        following = documents[self.document(rows) + 1]  # the last one's: the end
        following = np.where(following == documents[-1], 0, following)
        found = np.searchsorted(self.bounds, following.astype(np.uint64))
        return np.where(same, found, others)


def read_bounds(path: Path, shards: Shards, room: int) -> np.ndarray:
    """Return the bounds on file: from 0 to the last token, rising by at most `room`.

    Raises ValueError for others.
    """
    size = path.stat().st_size
    fits = size % 8 == 0 and size >= 16
    if fits:
        bounds = np.memmap(path, np.uint64, "r")
        fits = bounds[0] == 0 and bounds[-1] == len(shards.tokens)
        fits = fits and bool((np.diff(bounds) - np.uint64(1) < room).all())
    if not fits:
        raise ValueError(
            f"{path} was changed or cut off; delete this file and start again"
        )
    return bounds


def lay_out(shards: Shards, seq_len: int) -> Path:
    """Write the windows' bounds, unless they are there; return their file."""
    path = shards.folder / f"windows-{seq_len}.bin"
    if path.exists():
        return path

    def write_bounds(draft: Path) -> None:
        with draft.open("wb") as file:
            for bounds in _bounds(shards, seq_len - MARKS):
                file.write(bounds.tobytes())
            file.write(shards.documents[-1:].tobytes())

    environment.write_by(path, write_bounds)
    return path


def _bounds(shards: Shards, room: int) -> Iterator[np.ndarray]:
    """Yield where windows begin, for one block of documents after the other."""
    done, last = 0, len(shards.documents) - 1
    while done < last:
        first = np.searchsorted(shards.sentences, shards.documents[done])
        n = min(first + BLOCK, len(shards.sentences) - 1)
        after = np.searchsorted(shards.documents, shards.sentences[n], "right") - 1
        after = max(int(after), done + 1)
        start, end = shards.documents[[done, after]]
        ends = shards.documents[done + 1 : after + 1]
        inside = slice(*np.searchsorted(shards.sentences, [start, end]))
        yield greedy(shards.sentences[inside], ends, room)
        done = after


def greedy(sentences: np.ndarray, ends: np.ndarray, room: int) -> np.ndarray:
    """Return where windows of at most `room` tokens begin.

    sentences: where they begin; ends: where documents end; both rising. Whole
    sentences are taken as long as they fit; longer ones are cut every `room` tokens.
    """
    stops = np.append(sentences, ends[-1]).astype(np.int64)
    pieces = -(-np.diff(stops) // room)  # of each sentence: 1, or more if it is long
    within = np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    units = np.append(np.repeat(stops[:-1], pieces) + within * room, stops[-1])
    document_end = ends[np.searchsorted(ends, units[:-1], "right")].astype(np.int64)
    reach = np.minimum(units[:-1] + room, document_end)
    following = (np.searchsorted(units, reach, "right") - 1).tolist()
    found, at = [], 0
    while at < len(following):
        found.append(at)
        at = following[at]
    return units[found].astype(np.uint64)
