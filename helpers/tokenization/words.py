"""Text to ids and back: characters and words, with four special tokens.

Ids 0, 1, 2, 3 are always padding, unknown, beginning and end. A special token is
never made from text: a learner's text that contains the letters `<pad>` gives five
ordinary characters, or one unknown word, and never id 0.
"""

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy

PAD, UNK, BOS, EOS = "<pad>", "<unk>", "<bos>", "<eos>"
SPECIALS = (PAD, UNK, BOS, EOS)
PAD_ID, UNK_ID, BOS_ID, EOS_ID = range(4)
CODE_POINTS = 0x110000


class Vocabulary:
    """Keep a numbered list of tokens: the specials, then pieces by frequency.

    tokens[i] is the token of id i; ids[token] is its id; len() is vocab_size.
    Raises ValueError if a piece is listed twice or is the name of a special.
    """

    def __init__(self, pieces: Sequence[str]):
        self.tokens = [*SPECIALS, *pieces]
        self.ids = {token: i for i, token in enumerate(self.tokens)}
        if len(self.ids) != len(self.tokens):
            twice = [t for t, n in Counter(self.tokens).items() if n > 1]
            raise ValueError(
                f"tokens listed more than once: {twice[:5]}; name each once"
            )

    def __len__(self) -> int:
        return len(self.tokens)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self)} tokens)"

    def look_up(self, ids: Iterable[int]) -> list[str]:
        """Return the token of each id; raise ValueError for ids we do not have."""
        if hasattr(ids, "__array__"):
            ids = numpy.asarray(ids)
        ids = numpy.asarray(ids if isinstance(ids, numpy.ndarray) else list(ids))
        if ids.ndim != 1:
            raise ValueError(
                f"ids of shape {ids.shape} given; decode one row at a time"
            )
        if ids.size and ids.dtype.kind not in "iu":
            raise ValueError(f"ids of type {ids.dtype} given; ids are whole numbers")
        wrong = ids[(ids < 0) | (ids >= len(self))]
        if wrong.size:
            raise ValueError(
                f"id {wrong[0]} is out of range; "
                f"this vocabulary has ids 0 to {len(self) - 1}"
            )
        return [self.tokens[i] for i in ids.tolist()]


class Characters(Vocabulary):
    """Turn a text into one id per character (Unicode code point) and back.

    decode(encode(text)) == text whenever every character of text is known.
    An unknown character becomes UNK. Nothing is normalised: a letter with a
    combining mark is two characters, a Korean syllable is one.
    Built in notebooks/00_start_here.ipynb.
    """

    def __init__(self, pieces: Sequence[str]):
        super().__init__(pieces)
        long = [piece for piece in pieces if len(piece) != 1]
        if long:
            raise ValueError(f"{long[0]!r} is not one character; try Words")
        codes = [ord(piece) for piece in pieces]
        self._id_of_code = numpy.full(max(codes, default=0) + 2, UNK_ID, numpy.int64)
        self._id_of_code[codes] = numpy.arange(len(SPECIALS), len(self))

    @classmethod
    def from_text(cls, text: str, max_size: int | None = None) -> "Characters":
        """Keep the characters of text, most frequent first, ties by code point.

        max_size counts the four specials too, so len() ≤ max_size.
        Raises ValueError for an empty text or a max_size without room.
        """
        _require_text(text)
        if not text:
            raise ValueError("the text is empty; give at least one character")
        counts = numpy.bincount(_code_points(text))
        codes = numpy.flatnonzero(counts)
        codes = codes[numpy.argsort(-counts[codes], kind="stable")]
        return cls([chr(code) for code in codes[: _room(max_size)]])

    def encode_array(self, text: str) -> numpy.ndarray:
        """Return the ids of text as an int64 array (T,), without a Python loop."""
        _require_text(text)
        last = len(self._id_of_code) - 1  # always unknown
        return self._id_of_code[numpy.minimum(_code_points(text), last)]

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
        super().__init__(pieces)
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
        words = [word for word, n in counts.items() if n >= min_count]
        if not words:
            raise ValueError(
                f"no word is left of {len(counts)} different ones seen at least "
                f"min_count={min_count} times; give more text or a lower min_count"
            )
        words.sort(key=lambda word: (-counts[word], word))
        return cls(words[: _room(max_size)])

    def encode_array(self, words: Sequence[str] | str) -> numpy.ndarray:
        """Return the ids of words as an int64 array (T,)."""
        return numpy.array(self.encode(words), dtype=numpy.int64)

    def encode(self, words: Sequence[str] | str) -> list[int]:
        """Return the ids of words; a string is first split on white space."""
        words = words.split() if isinstance(words, str) else words
        id_of = self._id_of_word.get
        return [id_of(word, UNK_ID) for word in words]

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
    accents = "".join(
        chr(code)
        for code in range(0x300, 0x10000)
        if unicodedata.category(chr(code))[0] == "M"
    )
    extra = f"[{accents}\U0001f3fb-\U0001f3ff]"
    letters = rf"\w(?:\w|{extra})*"
    sign = rf"[^\w\s]{extra}*"
    return re.compile(rf"{letters}(?:['’]{letters})*|{sign}(?:\u200d{sign})*")


def _code_points(text: str) -> numpy.ndarray:
    """Return the code points of text as int64 (T,)."""
    raw = text.encode("utf-32-le", "surrogatepass")
    return numpy.frombuffer(raw, dtype="<u4").astype(numpy.int64)


def _room(max_size: int | None) -> int:
    """Return how many pieces fit beside the specials."""
    if max_size is None:
        return CODE_POINTS
    if max_size <= len(SPECIALS):
        raise ValueError(
            f"max_size={max_size} leaves no room beside the {len(SPECIALS)} "
            f"special tokens; try {len(SPECIALS) + 1} or more"
        )
    return max_size - len(SPECIALS)


def _require_text(text: str) -> None:
    if not isinstance(text, str):
        raise ValueError(f"{type(text).__name__} given; give a string")


def _require_sequences(sequences: Iterable[Sequence[str]]) -> Iterable[Sequence[str]]:
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
