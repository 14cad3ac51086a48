"""Pieces of words for large texts: learned and cut by the `tokenizers` library.

The same pieces as `helpers.tokenization.wordpiece` makes, in a fraction of the time. Built in
notebooks/15_scaling_up.ipynb.
"""

import itertools
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from helpers.tokenization.wordpiece import LONGEST_WORD, SPECIALS, UNK, WordPiece

TOGETHER = 200  # documents that are cut into pieces at a time
KNOWN = 1_000_000  # word forms that are kept in memory
MARK = "##"


def read_vocabulary(path: Path) -> list[str]:
    """Return the tokens of a vocab.txt, one a line; the five specials come first.

    Raises ValueError for a file that lacks a special or is not UTF-8.
    """
    if not path.is_file():
        raise ValueError(f"{path} is no file; give a vocab.txt, one token a line")
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8; give a vocab.txt in UTF-8") from None
    missing = [token for token in SPECIALS if token not in lines]
    if missing:
        raise ValueError(f"{path} lacks {missing}; give a BERT's vocab.txt")
    return [*SPECIALS, *(token for token in lines if token not in SPECIALS)]


def learn(sample: Iterable[str], size: int, lower: bool) -> list[str]:
    """Learn `size` pieces from sentences, or as many as there are.

    Letters come first, in a fixed
    order: without that, the library's result would depend on chance. Raises ValueError
    where the letters alone are more than `size`.
    """
    from tokenizers import Tokenizer, models, pre_tokenizers
    from tokenizers.trainers import WordPieceTrainer

    counts = count_words(sample, lower)
    letters = sorted({MARK * (i > 0) + c for w in counts for i, c in enumerate(w)})
    if len(letters) + len(SPECIALS) > size:
        raise ValueError(
            f"--vocab-size {size}, but the text has {len(letters)} letters and letters "
            f"inside words; give {2 * len(letters)} or more"
        )
    tool = Tokenizer(models.WordPiece({UNK: 0}, unk_token=UNK))
    tool.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    first = [*SPECIALS, *letters]
    trainer = WordPieceTrainer(
        vocab_size=size, special_tokens=first, show_progress=False
    )
    tool.train_from_iterator(_repeated(counts), trainer)
    ids = tool.get_vocab()
    return sorted(ids, key=ids.get)


def count_words(sample: Iterable[str], lower: bool) -> Counter[str]:
    """Count the words of sentences, normalised and split as BERT does."""
    chunks: Counter[str] = Counter()
    for sentence in sample:
        chunks.update(sentence.split())
    tool, words = _tool({UNK: 0}, lower), Counter()
    for chunk, n in chunks.items():
        plain = tool.normalizer.normalize_str(chunk)
        for word, _ in tool.pre_tokenizer.pre_tokenize_str(plain):
            words[word] += n
    return Counter({w: n for w, n in words.items() if len(w) <= LONGEST_WORD})


def _repeated(counts: Counter[str]) -> Iterator[str]:
    """Yield every word as often as it comes: the library counts again."""
    for word, n in sorted(counts.items()):
        for done in range(0, n, 1000):
            yield f"{word} " * min(1000, n - done)


def _tool(ids: dict[str, int], lower: bool):
    """Return the library's tokenizer for these pieces: BERT's rules, no specials."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    model = models.WordPiece(ids, unk_token=UNK, max_input_chars_per_word=LONGEST_WORD)
    tool = Tokenizer(model)
    tool.normalizer = normalizers.BertNormalizer(lowercase=lower)
    tool.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tool


class Cutter:
    """Cut sentences into ids by the `tokenizers` library, each word form only once.

    What stands between two blanks is cut alike wherever it stands, and most of it
    comes again and again: forms are numbered, and the ids of form n are
    flat[starts[n]:starts[n + 1]]. sentences → an array of ids each.
    """

    def __init__(self, pieces: WordPiece):
        self.tool = _tool(pieces.ids, pieces.lower)
        self.forms, self.flat, self.starts = Forms(), array("I"), array("q", [0])

    def __call__(self, sentences: Sequence[str]) -> list[np.ndarray]:
        chunks = [sentence.split() for sentence in sentences]
        words = itertools.chain.from_iterable(chunks)
        numbers = np.fromiter(map(self.forms.__getitem__, words), np.int64)  # (W,)
        new = list(itertools.islice(self.forms, len(self.starts) - 1, None))
        self._cut(new)
        ids, ends = self._gather(numbers)
        if len(self.forms) > KNOWN:  # the first that came are the frequent ones
            self._forget(new)
        borders = ends[np.cumsum([len(some) for some in chunks], dtype=np.int64)]
        return np.split(ids, borders[:-1]) if chunks else []

    def _cut(self, new: list[str]) -> None:
        """Let the library cut forms that were not there before."""
        for found in self.tool.encode_batch_fast(new, add_special_tokens=False):
            self.flat.extend(found.ids)
            self.starts.append(len(self.flat))

    def _gather(self, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the ids of forms (W,) in a row, and where each ends, after a 0."""
        starts = np.frombuffer(self.starts, np.int64)
        lengths = starts[numbers + 1] - starts[numbers]  # (W,)
        ends = np.append(0, np.cumsum(lengths))
        shifts = np.repeat(starts[numbers] - ends[:-1], lengths)
        flat = np.frombuffer(self.flat, np.uint32) if self.flat else np.empty(0, "u4")
        return flat[shifts + np.arange(ends[-1])], ends

    def _forget(self, new: list[str]) -> None:
        for form in new:
            del self.forms[form]
        del self.starts[len(self.forms) + 1 :]
        del self.flat[self.starts[-1] :]


class Forms(dict):
    """Word forms and their numbers: one that is asked for gets the next number."""

    def __missing__(self, form: str) -> int:
        self[form] = number = len(self)
        return number


def encode(
    documents: Iterable[list[str]], pieces: WordPiece
) -> Iterator[list[np.ndarray]]:
    """Yield the ids of each document's sentences."""
    cut, documents = Cutter(pieces), iter(documents)
    while some := list(itertools.islice(documents, TOGETHER)):
        found = iter(cut([sentence for document in some for sentence in document]))
        for document in some:
            yield [next(found) for _ in document]
