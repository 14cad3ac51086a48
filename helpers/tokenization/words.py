"""Text to ids and back: characters and words, with four special tokens.

Ids 0, 1, 2, 3 are always padding, unknown, beginning and end. A special token is
never made from text: a learner's text that contains the letters `<pad>` gives five
ordinary characters, or one unknown word, and never id 0.
"""

import functools
import operator
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

PAD, UNK, BOS, EOS = "<pad>", "<unk>", "<bos>", "<eos>"
SPECIALS = (PAD, UNK, BOS, EOS)
PAD_ID, UNK_ID, BOS_ID, EOS_ID = range(4)


class Vocabulary:
    """A numbered list of tokens.

    tokens[i] is the token of id i; ids[token] is its id; len() is vocab_size.
    Raises ValueError if a token is listed twice.
    """

    def __init__(self, tokens: Iterable[str]):
        self.tokens = list(tokens)
        self.ids = {token: i for i, token in enumerate(self.tokens)}
        if len(self.ids) != len(self.tokens):
            twice = [token for token, n in Counter(self.tokens).items() if n > 1]
            raise ValueError(
                f"tokens listed more than once: {twice[:5]}; name each once"
            )

    def __len__(self) -> int:
        return len(self.tokens)

    def look_up(self, ids: Iterable[int]) -> list[str]:
        """Return the token of each id; raise ValueError for ids we do not have."""
        try:
            numbers = [operator.index(i) for i in ids]  # refuses 1.5 and whole rows
        except TypeError:
            raise ValueError("ids are whole numbers, one row at a time") from None
        for i in numbers:
            if not 0 <= i < len(self):
                raise ValueError(
                    f"id {i} is out of range; "
                    f"this vocabulary has ids 0 to {len(self) - 1}"
                )
        return [self.tokens[i] for i in numbers]


def read_tokens(path: Path) -> list[str]:
    """Return the tokens of a vocab.txt, one a line, in the order of their ids.

    Other breaks than the end of a line (U+2028) are tokens of some vocabularies.
    Raises ValueError for what is no file, or not UTF-8.
    """
    if not path.is_file():
        raise ValueError(f"{path} is no file; give a vocab.txt, one token a line")
    try:
        lines = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8; give a vocab.txt in UTF-8") from None
    return [line.removesuffix("\r") for line in lines]


class Characters(Vocabulary):
    """Turn a text into one id per character (Unicode code point) and back.

    decode(encode(text)) == text whenever every character of text is known.
    An unknown character becomes UNK. Nothing is normalised: a letter with a
    combining mark is two characters, a Korean syllable is one.
    Built in notebooks/00_start_here.ipynb.
    """

    def __init__(self, pieces: Sequence[str]):
        super().__init__([*SPECIALS, *_listed(pieces)])
        for piece in pieces:
            if len(piece) != 1:
                raise ValueError(f"{piece!r} is not one character; try Words")
        codes = [ord(piece) for piece in pieces]
        # A table from code point to id; its last entry stands for all higher codes.
        self._id_of_code = np.full(max(codes, default=0) + 2, UNK_ID)
        self._id_of_code[codes] = np.arange(len(SPECIALS), len(self))

    @classmethod
    def from_text(cls, text: str, max_size: int | None = None) -> "Characters":
        """Keep the characters of text, most frequent first, ties by code point.

        max_size counts the four specials too, so len() ≤ max_size.
        Raises ValueError for an empty text or a max_size without room.
        """
        _require_text(text)
        if not text:
            raise ValueError("the text is empty; give at least one character")
        return cls(_most_frequent_first(Counter(text))[: _room(max_size)])

    def encode_array(self, text: str) -> np.ndarray:
        """Return the ids of text as an int64 array (T,), without a Python loop."""
        _require_text(text)
        last = len(self._id_of_code) - 1  # always unknown
        return self._id_of_code[np.minimum(_code_points(text), last)]

    def encode(self, text: str) -> list[int]:
        """Return the ids of text as a list, one per character."""
        return self.encode_array(text).tolist()

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of ids; specials are written out as their names."""
        return "".join(self.look_up(ids))


class Words(Vocabulary):
    """Turn a sequence of words into ids and back.

    decode(encode(words)) == words whenever every word is known. An unknown word
    becomes UNK, and so does a word spelled like a special: in a text, `<pad>`
    is no padding. Built in notebooks/00_start_here.ipynb.
    """

    def __init__(self, pieces: Sequence[str]):
        super().__init__([*SPECIALS, *_listed(pieces)])
        self._id_of_word = {piece: self.ids[piece] for piece in pieces}

    @classmethod
    def from_tokens(
        cls,
        sequences: Iterable[Sequence[str]],
        max_size: int | None = None,
        min_count: int = 1,
    ) -> "Words":
        """Keep the words seen min_count times or more, most frequent first.

        Ties are ordered by code point. max_size counts the four specials too.
        Raises ValueError if sequences is one string, or if no word is kept.
        """
        counts: Counter[str] = Counter()
        for sequence in _require_sequences(sequences):
            counts.update(sequence)
        for special in SPECIALS:
            counts.pop(special, None)
        kept = {word: n for word, n in counts.items() if n >= min_count}
        if not kept:
            raise ValueError(
                f"no word is left of {len(counts)} different ones seen at least "
                f"min_count={min_count} times; give more text or a lower min_count"
            )
        return cls(_most_frequent_first(kept)[: _room(max_size)])

    def encode_array(self, words: Sequence[str] | str) -> np.ndarray:
        """Return the ids of words as an int64 array (T,)."""
        return np.array(self.encode(words), dtype=np.int64)

    def encode(self, words: Sequence[str] | str) -> list[int]:
        """Return the ids of words; a string is first split on white space."""
        if isinstance(words, str):
            words = words.split()
        return [self._id_of_word.get(word, UNK_ID) for word in words]

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Return the word of each id; specials appear under their names."""
        return self.look_up(ids)

    def join(self, ids: Iterable[int]) -> str:
        """Return the words of ids with one space between them."""
        return " ".join(self.look_up(ids))


def split_words(text: str) -> list[str]:
    """Split text into words and marks: "Don't stop!" gives Don't, stop, !.

    Letters keep their combining marks; an emoji joined of several stays one piece.
    Only white space is lost: "".join(split_words(t)) == "".join(t.split()).
    """
    _require_text(text)
    return _word_pattern().findall(text)


@functools.cache
def _word_pattern() -> re.Pattern[str]:
    """Return the pattern of one word or one mark; re has no class for accents."""
    marks = [chr(code) for code in range(0x300, 0x10000)]
    accents = "".join(c for c in marks if unicodedata.category(c)[0] == "M")
    extra = f"[{accents}\U0001f3fb-\U0001f3ff]"  # the last are skin colours of emoji
    letters = rf"\w(?:\w|{extra})*"
    sign = rf"[^\w\s]{extra}*"
    # A word may hold an apostrophe; \u200d joins emoji.
    return re.compile(rf"{letters}(?:['’]{letters})*|{sign}(?:\u200d{sign})*")


def _code_points(text: str) -> np.ndarray:
    """Return the code points of text as int64 (T,)."""
    raw = text.encode("utf-32-le", "surrogatepass")
    return np.frombuffer(raw, dtype="<u4").astype(np.int64)


def _most_frequent_first(counts: Mapping[str, int]) -> list[str]:
    """Return the pieces by frequency, ties by code point."""
    return sorted(counts, key=lambda piece: (-counts[piece], piece))


def _room(max_size: int | None) -> int | None:
    """Return how many pieces fit beside the specials, None for no limit."""
    if max_size is None:
        return None
    if max_size <= len(SPECIALS):
        raise ValueError(
            f"max_size={max_size} leaves no room beside the {len(SPECIALS)} "
            f"special tokens; try {len(SPECIALS) + 1} or more"
        )
    return max_size - len(SPECIALS)


def _listed(pieces: Sequence[str]) -> Sequence[str]:
    if isinstance(pieces, Mapping):
        raise ValueError("a mapping given; list the pieces in the order of their ids")
    return pieces


def _require_text(text: str) -> None:
    if not isinstance(text, str):
        raise ValueError(f"{type(text).__name__} given; give a string")


def _require_sequences(sequences: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
    """Pass the sequences on; raise ValueError where a plain string stands."""
    if isinstance(sequences, str):
        raise ValueError("one string given; give [text.split()] or several sequences")
    for sequence in sequences:
        if isinstance(sequence, str):
            raise ValueError(
                f"the string {sequence[:30]!r} stands where a sequence of words is "
                "expected; give [words], or [line.split() for line in lines]"
            )
        yield sequence
