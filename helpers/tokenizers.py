"""Text to ids and back: characters and words.

Ids 0 … 3 are the same in every vocabulary: padding, unknown, begin, end. A special is
never made from text: the characters "<pad>" in a text are five characters, and the word
"<pad>" is an unknown word. Built in notebooks/01_words_as_numbers.ipynb.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

PAD, UNK, BOS, EOS = "<pad>", "<unk>", "<bos>", "<eos>"
SPECIALS = (PAD, UNK, BOS, EOS)
PAD_ID, UNK_ID, BOS_ID, EOS_ID = range(4)


def split_words(text: str) -> list[str]:
    """Return the words, numbers and punctuation marks of a text, in order."""
    return re.findall(r"\w+(?:['’]\w+)*|[^\w\s]", text)


class _Vocabulary:
    """Tokens in a fixed order; the place of a token is its id."""

    def __init__(self, pieces: Iterable[str]):
        pieces = [p for p in pieces if p not in SPECIALS]
        if not pieces:
            raise ValueError("an empty text makes no vocabulary; give some text")
        if len(set(pieces)) != len(pieces):
            raise ValueError("a token stands twice in the vocabulary")
        self.tokens = [*SPECIALS, *pieces]
        self.ids = {token: i for i, token in enumerate(self.tokens)}
        self._known = {token: self.ids[token] for token in pieces}

    def __len__(self) -> int:
        return len(self.tokens)

    def _tokens_of(self, ids: Iterable[int]) -> list[str]:
        ids = [int(i) for i in ids]
        wrong = [i for i in ids if not 0 <= i < len(self)]
        if wrong:
            raise ValueError(f"id {wrong[0]} is not one of 0 … {len(self) - 1}")
        return [self.tokens[i] for i in ids]


def _most_frequent(counts: Counter, max_size: int | None, min_count: int = 1):
    """Return the pieces to keep, in alphabetical order; ties go by code point."""
    if max_size is not None and max_size <= len(SPECIALS):
        raise ValueError(
            f"max_size={max_size} leaves no room beside the {len(SPECIALS)} specials; "
            f"use {len(SPECIALS) + 1} or more"
        )
    kept = [p for p in counts if counts[p] >= min_count and p not in SPECIALS]
    kept.sort(key=lambda p: (-counts[p], p))
    return sorted(kept[: None if max_size is None else max_size - len(SPECIALS)])


class Characters(_Vocabulary):
    """One id per character. `decode(encode(s)) == s` if all characters are known."""

    @classmethod
    def from_text(cls, text: str, max_size: int | None = None) -> "Characters":
        """Take the characters of a text, the most frequent ones if max_size says so."""
        return cls(_most_frequent(Counter(text), max_size))

    def encode(self, text: str) -> list[int]:
        """Return one id per character; unknown characters become UNK."""
        return self.encode_array(text).tolist()

    def encode_array(self, text: str) -> np.ndarray:
        """Return the same as an int64 array, shape (len(text),); fast for millions."""
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        known = sorted((ord(c), i) for c, i in self._known.items())
        keys, values = np.array(known, np.int64).T
        places = np.searchsorted(keys, points).clip(max=len(keys) - 1)
        return np.where(keys[places] == points, values[places], UNK_ID)

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text; specials are written out, as <pad>."""
        return "".join(self._tokens_of(ids))


class Words(_Vocabulary):
    """One id per word. `decode(encode(words)) == words` if all words are known."""

    @classmethod
    def from_tokens(
        cls,
        sequences: Iterable[Sequence[str]],
        max_size: int | None = None,
        min_count: int = 1,
    ) -> "Words":
        """Take the words of some sequences: all, or the most frequent ones."""
        counts = Counter(word for sequence in sequences for word in sequence)
        return cls(_most_frequent(counts, max_size, min_count))

    def encode(self, words: str | Sequence[str]) -> list[int]:
        """Return one id per word; a text is split at white space."""
        words = words.split() if isinstance(words, str) else words
        return [self._known.get(word, UNK_ID) for word in words]

    def encode_array(self, words: str | Sequence[str]) -> np.ndarray:
        """Return the same as an int64 array, shape (words,)."""
        return np.array(self.encode(words), np.int64)

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Return the words; specials are written out, as <pad>."""
        return self._tokens_of(ids)

    def join(self, ids: Iterable[int]) -> str:
        """Return the words as one text, with a space between them."""
        return " ".join(self.decode(ids))
