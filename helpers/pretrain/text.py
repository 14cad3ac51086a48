"""Which text a pre-training reads, in which pieces, and how it gets onto the disk.

Built in notebooks/15_scaling_up.ipynb.
"""

import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from helpers import environment, training
from helpers.checkpoints import docs_bert, story_bert
from helpers.corpora import files, pydocs, world
from helpers.pretrain import shards
from helpers.tokenization import fast_wordpiece
from helpers.tokenization.wordpiece import WordPiece

SEED = 77  # of the world's stories
IN_A_ROW = 16  # sentences of documentation that make one document
SAMPLE = 50_000_000  # characters from which pieces are learned


@dataclass(frozen=True)
class Source:
    """A text: its documents, one sentence after the other, and how to recognise it.

    `documents()` begins anew each time; `about` holds names, sizes and hashes;
    `amount` is its length in characters, as far as it is known.
    """

    documents: Callable[[], Iterator[list[str]]]
    about: dict
    amount: int
    lower: bool = True
    words: tuple[str, ...] = ()  # a vocabulary that is given with it


def source(names: Sequence[str], n_stories: int) -> Source:
    """Return what `--corpus` names: world, pydocs or files.

    Raises ValueError or an OSError that says what would work.
    """
    if tuple(names) == ("world",):
        return _world(n_stories)
    if tuple(names) == ("pydocs",):
        return _pydocs()
    wrong = sorted({"world", "pydocs"} & set(names))
    if wrong and not Path(wrong[0]).exists():
        raise ValueError(f"{wrong[0]} is a corpus of its own; give it alone, or files")
    return _files(names)


def _world(n: int) -> Source:
    if n < 2:
        raise ValueError(f"{n} stories; pairs of sentences need 2 or more")

    def documents() -> Iterator[list[str]]:
        fresh = story_bert.unseen(world.stream(SEED))
        for d in itertools.islice(fresh, n):
            yield [" ".join(d.tokens[start:end]) for start, end in d.sentences]

    words = tuple(story_bert.vocabulary().tokens)
    about = {
        "world": n,
        "seed": SEED,
        "sha256": environment.sha256("\n".join(words).encode()),
    }
    return Source(documents, about, n * 190, lower=False, words=words)


def _pydocs() -> Source:
    docs = pydocs.load()
    known = [
        (package, sentence)
        for package, sentence in zip(docs.packages, docs.sentences, strict=True)
        if not docs_bert.is_kept_back(sentence)
    ]

    def documents() -> Iterator[list[str]]:
        for _, group in itertools.groupby(known, key=lambda pair: pair[0]):
            sentences = [sentence for _, sentence in group]
            for i in range(0, len(sentences), IN_A_ROW):
                yield sentences[i : i + IN_A_ROW]

    about = {"pydocs": docs.counts, "sha256": environment.sha256(docs.text.encode())}
    return Source(documents, about, len(docs.text))


def _files(names: Sequence[str]) -> Source:
    found = files.documents(*names)  # a wrong path is told at once
    if next(iter(found), None) is None:
        raise ValueError(f"{', '.join(names)}: no sentence in there; give some text")
    sizes = [Path(name).expanduser().stat().st_size for name in names]
    about = {"files": [str(name) for name in names], "bytes": sizes}
    about["sha256"] = [_file_sha(Path(name).expanduser()) for name in names]
    return Source(lambda: files.documents(*names), about, sum(sizes))


def _file_sha(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            digest.update(chunk)
    return digest.hexdigest()


def vocabulary(text: Source, size: int, path: Path | None) -> list[str]:
    """Return the pieces: those of a file, those given with the text, or learned ones.

    These come from at most 50 million characters, taken evenly. The five specials come
    first. Raises ValueError where `size` is smaller than the letters, and for a file
    that is no vocabulary.
    """
    if path is not None:
        return fast_wordpiece.read_vocabulary(path)
    if text.words:
        return list(text.words)
    every = max(1, -(-text.amount // SAMPLE))
    sample = itertools.islice(text.documents(), 0, None, every)
    bar = training.progress(text.amount // every, "Learning pieces")
    sentences = itertools.chain.from_iterable(_watched(sample, bar))
    pieces = fast_wordpiece.learn(sentences, size, text.lower)
    bar.close()
    return pieces


def _watched(documents: Iterable[list[str]], bar) -> Iterator[list[str]]:
    for document in documents:
        yield document
        bar.update(sum(map(len, document)) + len(document))


def prepare(folder: Path, text: Source, size: int, given: Path | None) -> None:
    """Write the corpus in pieces, unless it lies there: once for all runs and ranks.

    `size` and `given` as for `vocabulary`. Raises ValueError where the folder holds
    another text, or pieces other than the given ones.
    """
    about = {"source": text.about, "lower": text.lower}
    if (folder / shards.MANIFEST).exists():
        kept = shards.Shards(folder)
        same = about == {name: kept.manifest.get(name) for name in about}
        if same and given is None:
            return
        if same and kept.pieces() == fast_wordpiece.read_vocabulary(given):
            return
        raise ValueError(
            f"{folder} holds another text or other pieces; delete it, or choose "
            "another folder"
        )
    shards.check_place(folder)  # before the long work
    pieces = WordPiece(vocabulary(text, size, given), text.lower)
    bar = training.progress(text.amount, "Cutting into pieces")
    coded = fast_wordpiece.encode(_watched(text.documents(), bar), pieces)
    shards.write(folder, coded, pieces.tokens, about)
    bar.close()
