"""Pieces of words for large texts: learned and cut by the `tokenizers` library.

They are the pieces that `wordpiece` makes, in a fraction of the time.
Built in notebooks/15_scaling_up.ipynb.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from tokenizers.trainers import WordPieceTrainer

from helpers.tokenization.wordpiece import (
    LONGEST_WORD,
    SPECIALS,
    UNK,
    WordPiece,
    letters_of,
)
from helpers.tokenization.words import read_tokens

TOGETHER = 200  # documents whose words are cut in one call of the library
KNOWN = 1_000_000  # word forms that are kept in memory


def read_vocabulary(path: Path) -> list[str]:
    """Return the tokens of a vocab.txt, one a line; the five specials come first.

    Where they stand elsewhere a line says that the ids change. Raises ValueError for a
    file that lacks a special or names one twice, or that is not UTF-8.
    """
    tokens = read_tokens(path)
    missing = [token for token in SPECIALS if token not in tokens]
    if missing:
        raise ValueError(f"{path} lacks {missing}; give a BERT's vocab.txt")
    ordered = [*SPECIALS, *(token for token in tokens if token not in SPECIALS)]
    if len(ordered) != len(tokens):
        raise ValueError(f"{path} names a special twice; name each token once")
    if ordered != tokens:
        print(f"{path}: other ids here, for the five specials are moved to the front.")
    return ordered


def learn(sample: Iterable[str], size: int, lower: bool) -> list[str]:
    """Learn `size` pieces from sentences, or as many as there are.

    Letters come first, in a fixed order: without that, the library's result would
    depend on chance. Raises ValueError where the letters alone are more than `size`.
    """
    counts = count_words(sample, lower)
    letters = set()
    for word in counts:
        letters.update(letters_of(word))
    if len(letters) + len(SPECIALS) > size:
        raise ValueError(
            f"--vocab-size {size}, but the text has {len(letters)} letters and letters "
            f"inside words; give {2 * len(letters)} or more"
        )
    tool = Tokenizer(models.WordPiece({UNK: 0}, unk_token=UNK))
    tool.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    first = [*SPECIALS, *sorted(letters)]  # they get the lowest ids
    trainer = WordPieceTrainer(
        vocab_size=size, special_tokens=first, show_progress=False
    )
    tool.train_from_iterator(_repeated(counts), trainer)
    ids = tool.get_vocab()
    return sorted(ids, key=ids.get)


def count_words(sample: Iterable[str], lower: bool) -> Counter[str]:
    """Count the words of sentences, normalised and split as BERT does."""
    forms: Counter[str] = Counter()  # what stands between two blanks
    for sentence in sample:
        forms.update(sentence.split())
    tool = _tokenizer({UNK: 0}, lower)
    words: Counter[str] = Counter()
    for form, n in forms.items():
        plain = tool.normalizer.normalize_str(form)
        for word, _ in tool.pre_tokenizer.pre_tokenize_str(plain):
            if len(word) <= LONGEST_WORD:
                words[word] += n
    return words


def _repeated(counts: Counter[str]) -> Iterator[str]:
    """Yield every word as often as it comes: the library counts again."""
    for word, n in sorted(counts.items()):
        for done in range(0, n, 1000):
            yield f"{word} " * min(1000, n - done)


def _tokenizer(ids: dict[str, int], lower: bool) -> Tokenizer:
    """Return the library's tokenizer for these pieces: BERT's rules, no specials."""
    model = models.WordPiece(ids, unk_token=UNK, max_input_chars_per_word=LONGEST_WORD)
    tool = Tokenizer(model)
    tool.normalizer = normalizers.BertNormalizer(lowercase=lower)
    tool.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tool


class Cutter:
    """Cut sentences into ids by the `tokenizers` library, each word form only once.

    A form is what stands between two blanks: it is cut alike wherever it stands, and
    most forms come again and again.
    """

    def __init__(self, pieces: WordPiece):
        self.tool = _tokenizer(pieces.ids, pieces.lower)
        self.known: dict[str, bytes] = {}  # the ids of each form, 4 bytes an id

    def prepare(self, sentences: Iterable[str]) -> None:
        """Cut the new forms of some sentences, in one call of the library."""
        # The first forms that came are the frequent ones: later ones are forgotten.
        for form in list(islice(self.known, KNOWN, None)):
            del self.known[form]
        forms = set()
        for sentence in sentences:
            forms.update(sentence.split())
        new = list(forms - self.known.keys())
        cuts = self.tool.encode_batch_fast(new, add_special_tokens=False)
        for form, cut in zip(new, cuts, strict=True):
            self.known[form] = array("I", cut.ids).tobytes()

    def ids(self, sentence: str) -> np.ndarray:
        """Return the ids (uint32) of a sentence that was among the prepared ones."""
        ids = [self.known[form] for form in sentence.split()]
        return np.frombuffer(b"".join(ids), np.uint32)


def encode(
    documents: Iterable[Sequence[str]], pieces: WordPiece
) -> Iterator[list[np.ndarray]]:
    """Yield the ids of each document's sentences."""
    cutter = Cutter(pieces)
    remaining = iter(documents)
    while True:
        together = list(islice(remaining, TOGETHER))
        if not together:
            return
        cutter.prepare(chain.from_iterable(together))
        for document in together:
            yield [cutter.ids(sentence) for sentence in document]
