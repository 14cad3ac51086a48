"""A made-up verb-final language, with the gold alignment of every sentence.

Subject–object–verb order and particles after the noun, as in Korean or Japanese: "Anna
opens the old safe" → "anu ga <old> <safe> lo <open>". Articles have no counterpart,
particles have no source word; every other word stands for exactly one.
Built in notebooks/05_seq2seq.ipynb.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from random import Random
from typing import NamedTuple
from zlib import crc32

from helpers.corpora import world
from helpers.corpora.world import Document

PARTICLES = {"nsubj": "ga", "obj": "lo", "nmod": "ne", "obl": "ne"}
DROPPED = ("a", "an", "the")
# Adverbs of time, then the subject, then places and objects; the rest stays behind.
ORDER = ("advmod", "cc", "relcl", "nsubj", "nmod", "obl", "obj")
CONSONANTS = "bdfghjkmprstvz"
VOWELS = "aeiou"


class Translation(NamedTuple):
    """source and target tokens; `alignment[j]` is the source index of target token j.

    It is None for a particle, which has no source word. Restricted to the other target
    tokens the alignment is a bijection onto the source words that are not articles.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    alignment: tuple[int | None, ...]


@cache
def dictionary() -> dict[str, str]:
    """Return the word of the made-up language for each form of the world.

    Two or three syllables from a checksum of the form; no two forms share a word.
    """
    words = {".": ".", "?": "?"}
    taken = set(PARTICLES.values())
    for form in world.vocabulary():
        if form not in words:
            salt = 0
            while _spell(form, salt) in taken:
                salt += 1
            words[form] = _spell(form, salt)
            taken.add(words[form])
    return words


def _spell(form: str, salt: int) -> str:
    number = crc32(f"{form}/{salt}".encode())
    syllables = 2 + number % 2
    base = len(CONSONANTS) * len(VOWELS)
    word = ""
    for _ in range(syllables):
        number //= base
        consonant, vowel = divmod(number % base, len(VOWELS))
        word += CONSONANTS[consonant] + VOWELS[vowel]
    return word


def translations(n: int, seed: int, longest: int = 40) -> list[Translation]:
    """Return n sentences of the world with their translations and alignments."""
    return world.first(n, _translations(seed, longest))


def _translations(seed: int, longest: int) -> Iterator[Translation]:
    for document in world.stream(seed):
        for start, end in document.sentences:
            if end - start <= longest:
                yield translate(document, start, end)


def frequent(found: Sequence[Translation], n_words: int) -> list[Translation]:
    """Keep, once each, the sentences made only of the n most frequent source words.

    Raises ValueError where none is left. Built in notebooks/05_seq2seq.ipynb.
    """
    counts: Counter[str] = Counter()
    for pair in found:
        counts.update(pair.source)
    words = {word for word, _ in counts.most_common(n_words)}
    kept = [pair for pair in dict.fromkeys(found) if words.issuperset(pair.source)]
    if not kept:
        raise ValueError(f"no sentence has only {n_words} words; allow more words")
    return kept


def join(parts: Iterable[Translation]) -> Translation:
    """Put translated sentences one after the other, with their alignment.

    Raises ValueError for no parts. Built in notebooks/05_seq2seq.ipynb.
    """
    source: list[str] = []
    target: list[str] = []
    alignment: list[int | None] = []
    for part in parts:
        for index in part.alignment:
            alignment.append(None if index is None else index + len(source))
        source += part.source
        target += part.target
    if not source:
        raise ValueError("0 sentences make no text; give at least one")
    return Translation(tuple(source), tuple(target), tuple(alignment))


def texts(
    sentences: Sequence[Translation], n: int, seed: int, most: int = 3
) -> list[Translation]:
    """Return n texts of 1 to `most` of these sentences, drawn at random and joined.

    Raises ValueError for no sentences or most < 1.
    Built in notebooks/05_seq2seq.ipynb.
    """
    if not sentences or most < 1:
        raise ValueError(f"{len(sentences)} sentences, most={most}; use 1 or more")
    random = Random(seed)
    drawn = []
    for _ in range(n):
        count = random.randint(1, most)
        drawn.append(join(random.choices(sentences, k=count)))
    return drawn


def translate(document: Document, start: int, end: int) -> Translation:
    """Translate one sentence: tokens start … end of a document."""
    root = document.roles.index("root", start)
    order = [*_phrase(document, range(start, end), root), end - 1]
    target = []
    alignment = []
    for token in order:
        if isinstance(token, str):  # a particle
            target.append(token)
            alignment.append(None)
        else:
            target.append(dictionary()[document.tokens[token]])
            alignment.append(token - start)
    source = document.tokens[start:end]
    return Translation(source, tuple(target), tuple(alignment))


def _phrase(document: Document, sentence: range, head: int) -> list[int | str]:
    """Lay what depends on a head before it, each phrase closed by its particle.

    Returns the indices of tokens in the new order, and particles as strings.
    """
    before = []
    after = []  # a surname stays behind the first name
    for i in sentence:
        dropped = document.tokens[i] in (*DROPPED, ".")
        if document.heads[i] == head and i != head and not dropped:
            part = _phrase(document, sentence, i)
            if document.roles[i] == "flat":
                after += part
            else:
                before.append((_rank(document.roles[i]), part))
    order: list[int | str] = []
    for _, part in sorted(before, key=lambda ranked: ranked[0]):
        order += part
    order.append(head)
    order += after
    if document.roles[head] in PARTICLES:
        order.append(PARTICLES[document.roles[head]])
    return order


def _rank(role: str) -> int:
    return ORDER.index(role) if role in ORDER else len(ORDER)
