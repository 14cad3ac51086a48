"""WordPiece: text ↔ pieces of words, cut and trained as for BERT; no torch.

Four steps: normalise, split at spaces and punctuation, cut each word into the longest
pieces that are known, number them. Built in notebooks/11_bert_input.ipynb.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

PAD, UNK, CLS, SEP, MASK = "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"
SPECIALS = (PAD, UNK, CLS, SEP, MASK)
PAD_ID, UNK_ID, CLS_ID, SEP_ID, MASK_ID = range(5)
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
    bare = (c for c in apart if unicodedata.category(c) != "Mn")
    return "".join(c.lower() for c in bare)


@lru_cache(4096)
def _cleaned(c: str) -> str:
    if c in "\t\n\r":
        return " "
    if c in "\0\ufffd" or unicodedata.category(c) in ("Cc", "Cf", "Co"):
        return ""
    if c.isspace():
        return " "
    code = ord(c)
    return f" {c} " if any(a <= code <= b for a, b in CHINESE) else c


def split(text: str) -> list[str]:
    """Return the words of a normalised text; each punctuation mark is its own word."""
    spaced = "".join(f" {c} " if is_punctuation(c) else c for c in text)
    return spaced.split()


@lru_cache(4096)
def is_punctuation(c: str) -> bool:
    """Say whether a character is punctuation: Unicode's, and all ASCII symbols."""
    return unicodedata.category(c)[0] == "P" or c in "$+<=>^`|~"


def cut(word: str, known: Mapping[str, int]) -> list[str]:
    """Cut a word into the longest known pieces, from the left: play ##ing.

    Pieces after the first begin with ##. If any rest has no known beginning, or the
    word has more than 100 letters, the whole word is [UNK].
    Source: Wu et al. 2016, sec. 4.1. Built in notebooks/11_bert_input.ipynb.
    """
    if len(word) > LONGEST_WORD:
        return [UNK]
    pieces, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        ends = range(len(word), start, -1)
        end = next((e for e in ends if mark + word[start:e] in known), None)
        if end is None:
            return [UNK]
        pieces.append(mark + word[start:end])
        start = end
    return pieces


class WordPiece:
    """Turn text into ids of pieces, and back.

    `tokens[i]` is the token of id i, `ids[token]` its id; the five specials come first
    ([PAD] is 0). Specials are never made from text: a "[MASK]" that somebody typed is
    three ordinary pieces. Raises ValueError for a vocabulary that names a token twice
    or lacks a special.
    Built in notebooks/11_bert_input.ipynb.
    """

    def __init__(self, tokens: Sequence[str], lower: bool = True):
        self.tokens, self.lower = list(tokens), lower
        self.ids = {token: i for i, token in enumerate(self.tokens)}
        missing = [s for s in SPECIALS if s not in self.ids]
        twice = [t for t, n in Counter(self.tokens).items() if n > 1]
        if missing or twice:
            raise ValueError(
                f"tokens missing: {missing}, named twice: {twice[:5]}; a vocabulary "
                f"names each token once and holds {list(SPECIALS)}"
            )

    @classmethod
    def trained(cls, words: Mapping[str, int], size: int) -> "WordPiece":
        """Learn the pieces from words and how often they come (see `train`)."""
        return cls([*SPECIALS, *train(words, size - len(SPECIALS))])

    def __len__(self) -> int:
        return len(self.tokens)

    def pieces(self, text: str) -> list[str]:
        """Return the pieces of a text, without [CLS] and [SEP]."""
        words = split(normalise(text, self.lower))
        return [piece for word in words for piece in cut(word, self.ids)]

    def encode(self, text: str) -> list[int]:
        """Return the ids of a text's pieces, without [CLS] and [SEP]."""
        return [self.ids[piece] for piece in self.pieces(text)]

    def decode(self, ids: Iterable[int]) -> str:
        """Return the pieces of ids joined to words; blanks and case are not restored.

        Raises ValueError for an id that is not in the vocabulary.
        """
        ids = [int(i) for i in ids]
        wrong = [i for i in ids if not 0 <= i < len(self)]
        if wrong:
            raise ValueError(
                f"id {wrong[0]} is out of range; this vocabulary has ids 0 to "
                f"{len(self) - 1}"
            )
        return " ".join(self.tokens[i] for i in ids).replace(" ##", "")


def train(words: Mapping[str, int], size: int, frequent: bool = False) -> list[str]:
    """Return `size` pieces (or fewer): all letters, then the best pairs, joined.

    The best pair comes together often *for how often its parts come*:
    score(a, b) = count(ab) / (count(a) count(b)). With `frequent` as in BPE: count(ab).
    Ties go to the more frequent pair, then by code point, so the same words always give
    the same pieces. Raises ValueError where the letters alone are more than `size`.
    The score is what courses tell of Schuster & Nakajima 2012; libraries count.
    Built in notebooks/11_bert_input.ipynb.
    """
    cuts = {w: [w[0], *("##" + c for c in w[1:])] for w in words if w}
    letters = sorted({piece for parts in cuts.values() for piece in parts})
    found = dict.fromkeys(letters)  # in the order in which they were found
    if len(found) > size:
        raise ValueError(
            f"size={size}, but there are {len(found)} letters and ## letters; "
            "give at least as many pieces"
        )
    table = PairTable(cuts, words)
    while len(found) < size and table.pairs:
        a, b = table.most_frequent() if frequent else table.best()
        found[a + b[2:]] = None
        table.join(a, b)
    return list(found)


class PairTable:
    """How often pieces and neighbouring pairs come, kept up to date as pairs join."""

    def __init__(self, cuts: dict[str, list[str]], counts: Mapping[str, int]):
        self.cuts, self.counts = cuts, counts
        self.pieces: Counter[str] = Counter()
        self.pairs: Counter[tuple[str, str]] = Counter()
        self.where: dict[tuple[str, str], set[str]] = defaultdict(set)
        for word in cuts:
            self._count(word, 1)

    def _count(self, word: str, sign: int) -> None:
        """Add a word's pieces and pairs, or take them away."""
        parts, n = self.cuts[word], sign * self.counts[word]
        for piece in parts:
            self.pieces[piece] += n
        for pair in zip(parts, parts[1:], strict=False):
            self.pairs[pair] += n
            if sign > 0:
                self.where[pair].add(word)
            elif not self.pairs[pair]:
                del self.pairs[pair]

    def best(self) -> tuple[str, str]:
        """Return the pair with the highest score."""

        def score(pair: tuple[str, str]) -> tuple:
            n = self.pairs[pair]
            return -n / (self.pieces[pair[0]] * self.pieces[pair[1]]), -n, pair

        return min(self.pairs, key=score)

    def most_frequent(self) -> tuple[str, str]:
        """Return the pair that comes most often, as BPE does; ties by code point."""
        return min(self.pairs, key=lambda pair: (-self.pairs[pair], pair))

    def join(self, a: str, b: str) -> None:
        """Join the pair everywhere."""
        for word in sorted(self.where.pop((a, b))):
            self._count(word, -1)
            old, new, i = self.cuts[word], [], 0
            while i < len(old):
                together = old[i : i + 2] == [a, b]
                new.append(a + b[2:] if together else old[i])
                i += 2 if together else 1
            self.cuts[word] = new
            self._count(word, 1)
