"""WordPiece: text ↔ pieces of words, cut and trained as for BERT; no torch.

Four steps: normalise, split at spaces and punctuation, cut each word into the longest
pieces that are known, number them. Built in notebooks/11_bert_input.ipynb.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

from helpers.tokenization.words import Vocabulary

PAD, UNK, CLS, SEP, MASK = "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"
SPECIALS = (PAD, UNK, CLS, SEP, MASK)
CLS_ID, SEP_ID, MASK_ID = 2, 3, 4  # in vocabularies that begin with SPECIALS
INSIDE = "##"  # begins a piece that does not begin a word
LONGEST_WORD = 100  # letters; a longer word is unknown
# Chinese characters stand alone; Korean and Japanese syllables do not
CHINESE = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B920, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)


def normalise(text: str, lower: bool = True) -> str:
    """Clean the text; with `lower`, take case and accents away (Über → uber).

    Control characters go, every kind of blank becomes a space, Chinese characters get
    spaces around them. Taking accents away splits letters from their marks (NFD), so a
    Korean syllable becomes its two or three letters.
    Source: google-research/bert, BasicTokenizer. Built in 11_bert_input.ipynb.
    """
    text = "".join(map(_cleaned, text))
    if not lower:
        return text
    apart = unicodedata.normalize("NFD", text)
    bare = [c for c in apart if unicodedata.category(c) != "Mn"]  # without the marks
    return "".join(c.lower() for c in bare)


@lru_cache(4096)
def _cleaned(character: str) -> str:
    """Return what becomes of a character: itself, a space, nothing, or with spaces."""
    if character in "\t\n\r":
        return " "
    if character in "\0\ufffd":
        return ""
    if unicodedata.category(character) in ("Cc", "Cf", "Co"):  # control, private
        return ""
    if character.isspace():
        return " "
    code = ord(character)
    if any(first <= code <= last for first, last in CHINESE):
        return f" {character} "
    return character


def split(text: str) -> list[str]:
    """Return the words of a normalised text; each punctuation mark is its own word."""
    spaced = [f" {c} " if is_punctuation(c) else c for c in text]
    return "".join(spaced).split()


@lru_cache(4096)
def is_punctuation(character: str) -> bool:
    """Say whether a character is punctuation: Unicode's, and all ASCII symbols."""
    return unicodedata.category(character)[0] == "P" or character in "$+<=>^`|~"


def letters_of(word: str) -> list[str]:
    """Return the smallest pieces of a word: sing → s ##i ##n ##g."""
    return [word[0]] + [INSIDE + letter for letter in word[1:]]


def cut(word: str, known: Mapping[str, int]) -> list[str]:
    """Cut a word into the longest known pieces, from the left: play ##ing.

    Pieces after the first begin with ##. If any rest has no known beginning, or the
    word has more than 100 letters, the whole word is [UNK].
    Source: Wu et al. 2016, sec. 4.1. Built in notebooks/11_bert_input.ipynb.
    """
    if len(word) > LONGEST_WORD:
        return [UNK]
    pieces = []
    start = 0
    while start < len(word):
        mark = INSIDE if start else ""
        end = len(word)
        while mark + word[start:end] not in known:
            end -= 1
            if end == start:  # not even its first letter is known
                return [UNK]
        pieces.append(mark + word[start:end])
        start = end
    return pieces


def in_order(tokens: Iterable[str] | Mapping[str, int]) -> list[str]:
    """Return tokens by their ids; {token: id} is sorted by the ids that it states.

    Raises ValueError for one string, and for ids that are not 0, 1, 2 … each once.
    """
    if isinstance(tokens, str):
        raise ValueError("one string given; give a list of tokens, or {token: id}")
    if not isinstance(tokens, Mapping):
        return list(tokens)
    by_id = {i: token for token, i in tokens.items()}
    missing = [i for i in range(len(tokens)) if i not in by_id]
    if missing:
        raise ValueError(
            f"the ids of {len(tokens)} tokens have gaps or come twice: none is "
            f"{missing[0]}; number them 0, 1, 2 …"
        )
    return [by_id[i] for i in range(len(tokens))]


class WordPiece(Vocabulary):
    """Turn text into ids of pieces, and back.

    `tokens[i]` is the token of id i, `ids[token]` its id; of trained ones the five
    specials come first ([PAD] is 0). Specials are never made from text: a "[MASK]" that
    somebody typed is three ordinary pieces. Raises ValueError for a vocabulary that
    names a token twice or lacks a special.
    Built in notebooks/11_bert_input.ipynb.
    """

    def __init__(self, tokens: Iterable[str] | Mapping[str, int], lower: bool = True):
        super().__init__(in_order(tokens))
        self.lower = lower
        missing = [special for special in SPECIALS if special not in self.ids]
        if missing:
            raise ValueError(f"tokens lack {missing}; a vocabulary has all {SPECIALS}")

    @classmethod
    def trained(cls, words: Mapping[str, int], size: int) -> "WordPiece":
        """Learn the pieces from words and how often they come (see `train`)."""
        return cls([*SPECIALS, *train(words, size - len(SPECIALS))])

    def pieces(self, text: str) -> list[str]:
        """Return the pieces of a text, without [CLS] and [SEP]."""
        found = []
        for word in split(normalise(text, self.lower)):
            found += cut(word, self.ids)
        return found

    def encode(self, text: str) -> list[int]:
        """Return the ids of a text's pieces, without [CLS] and [SEP]."""
        return [self.ids[piece] for piece in self.pieces(text)]

    def decode(self, ids: Iterable[int]) -> str:
        """Return the pieces of ids joined to words; blanks and case are not restored.

        Raises ValueError for an id that is not in the vocabulary.
        """
        return " ".join(self.look_up(ids)).replace(f" {INSIDE}", "")


def train(words: Mapping[str, int], size: int, frequent: bool = False) -> list[str]:
    """Return `size` pieces (or fewer): all letters, then the best pairs, joined.

    The best pair comes together often *for how often its parts come*:
    score(a, b) = count(ab) / (count(a) count(b)). With `frequent` as in BPE: count(ab).
    Ties go to the more frequent pair, then by code point, so the same words always give
    the same pieces. Raises ValueError where the letters alone are more than `size`.
    The score is what courses tell of Schuster & Nakajima 2012; libraries count.
    Built in notebooks/11_bert_input.ipynb.
    """
    cuts = {word: letters_of(word) for word in words if word}
    letters = set().union(*cuts.values())
    if len(letters) > size:
        raise ValueError(
            f"size={size}, but there are {len(letters)} letters and ## letters; "
            "give at least as many pieces"
        )
    found = dict.fromkeys(sorted(letters))  # in the order in which they were found
    table = PairTable(cuts, words)
    while len(found) < size and table.pairs:
        first, second = table.most_frequent() if frequent else table.best()
        found[joined(first, second)] = None
        table.join(first, second)
    return list(found)


def joined(first: str, second: str) -> str:
    """Return two neighbouring pieces as one: ##s and ##t → ##st."""
    return first + second.removeprefix(INSIDE)


class PairTable:
    """How often pieces and neighbouring pairs come, kept up to date as pairs join."""

    def __init__(self, cuts: dict[str, list[str]], counts: Mapping[str, int]):
        self.cuts = cuts  # the pieces of each word
        self.counts = counts  # how often each word comes
        self.pieces: Counter[str] = Counter()
        self.pairs: Counter[tuple[str, str]] = Counter()
        self.words_with: dict[tuple[str, str], set[str]] = defaultdict(set)
        for word in cuts:
            self._count(word, 1)

    def _count(self, word: str, sign: int) -> None:
        """Add a word's pieces and pairs, or take them away."""
        parts = self.cuts[word]
        n = sign * self.counts[word]
        for piece in parts:
            self.pieces[piece] += n
        for pair in zip(parts, parts[1:], strict=False):
            self.pairs[pair] += n
            if sign > 0:
                self.words_with[pair].add(word)
            elif not self.pairs[pair]:
                del self.pairs[pair]

    def best(self) -> tuple[str, str]:
        """Return the pair with the highest score."""
        return min(self.pairs, key=self._rank)

    def _rank(self, pair: tuple[str, str]) -> tuple[float, int, tuple[str, str]]:
        first, second = pair
        n = self.pairs[pair]
        score = n / (self.pieces[first] * self.pieces[second])
        return -score, -n, pair

    def most_frequent(self) -> tuple[str, str]:
        """Return the pair that comes most often, as BPE does; ties by code point."""
        return min(self.pairs, key=lambda pair: (-self.pairs[pair], pair))

    def join(self, first: str, second: str) -> None:
        """Join the pair everywhere."""
        for word in sorted(self.words_with.pop((first, second))):
            self._count(word, -1)
            parts: list[str] = []
            for piece in self.cuts[word]:
                if piece == second and parts and parts[-1] == first:
                    parts[-1] = joined(first, second)
                else:
                    parts.append(piece)
            self.cuts[word] = parts
            self._count(word, 1)
