"""A made-up verb-final language, with the gold alignment of every sentence.

Subject–object–verb order and particles after the noun, as in Korean or Japanese: "Anna
opens the old safe" → "anu ga <old> <safe> lo <open>". Articles have no counterpart,
particles have no source word; every other word stands for exactly one.
Built in notebooks/05_seq2seq.ipynb.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from random import Random
from typing import NamedTuple
from zlib import crc32

from helpers.corpora import world
from helpers.corpora.world import Document

PARTICLES = {"nsubj": "ga", "obj": "lo", "nmod": "ne", "obl": "ne"}
SYLLABLES = [c + v for c in "bdfghjkmprstvz" for v in "aeiou"]
DROPPED = ("a", "an", "the")


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
    out, taken = {".": ".", "?": "?"}, set(PARTICLES.values())
    for form in world.vocabulary():
        if form in out:
            continue
        salt = 0
        while (word := _spell(form, salt)) in taken:
            salt += 1
        taken.add(word)
        out[form] = word
    return out


def _spell(form: str, salt: int) -> str:
    number = crc32(f"{form}/{salt}".encode())
    size, base = 2 + number % 2, len(SYLLABLES)
    return "".join(SYLLABLES[number // base**k % base] for k in range(1, size + 1))


def translations(n: int, seed: int, longest: int = 40) -> list[Translation]:
    """Return n sentences of the world with their translations and alignments."""
    found = (
        translate(d, start, end)
        for d in world.stream(seed)
        for start, end in d.sentences
        if end - start <= longest
    )
    return world.first(n, found)


def frequent(found: Sequence[Translation], n_words: int) -> list[Translation]:
    """Keep, once each, the sentences made only of the n most frequent source words.

    Raises ValueError where none is left. Built in notebooks/05_seq2seq.ipynb.
    """
    counts = Counter(word for t in found for word in t.source)
    words = {word for word, _ in counts.most_common(n_words)}
    kept = [t for t in dict.fromkeys(found) if words.issuperset(t.source)]
    if not kept:
        raise ValueError(f"no sentence has only {n_words} words; allow more words")
    return kept


def join(parts: Sequence[Translation]) -> Translation:
    """Put translated sentences one after the other, with their alignment.

    Raises ValueError for no parts. Built in notebooks/05_seq2seq.ipynb.
    """
    if not parts:
        raise ValueError("0 sentences make no text; give at least one")
    source, target, alignment = (), (), ()
    for part in parts:
        moved = (i if i is None else i + len(source) for i in part.alignment)
        alignment += tuple(moved)
        source, target = source + part.source, target + part.target
    return Translation(source, target, alignment)


def texts(
    sentences: Sequence[Translation], n: int, seed: int, most: int = 3
) -> list[Translation]:
    """Return n texts of 1 to `most` of these sentences, drawn at random and joined.

    Raises ValueError for no sentences or most < 1.
    Built in notebooks/05_seq2seq.ipynb.
    """
    if not sentences or most < 1:
        raise ValueError(f"{len(sentences)} sentences, most={most}; use 1 or more")
    dice = Random(seed)
    counts = (dice.randint(1, most) for _ in range(n))
    return [join(dice.choices(sentences, k=k)) for k in counts]


def translate(d: Document, start: int, end: int) -> Translation:
    """Translate one sentence: tokens start … end of a document."""
    root = next(i for i in range(start, end) if d.heads[i] == i)
    order = [*_phrase(d, root, start, end), (".", end - 1)]
    target, alignment = zip(*order, strict=True)
    sources = tuple(i if i is None else i - start for i in alignment)
    return Translation(d.tokens[start:end], target, sources)


def _phrase(d: Document, head: int, start: int, end: int) -> list[tuple]:
    """Lay what hangs on a head before it, each phrase closed by its particle."""
    parts = [
        i
        for i in range(start, end)
        if d.heads[i] == head != i and d.tokens[i] not in (*DROPPED, ".")
    ]
    after = [i for i in parts if d.roles[i] == "flat"]
    before = sorted((i for i in parts if i not in after), key=lambda i: _rank(d, i))
    out = [token for i in before for token in _phrase(d, i, start, end)]
    out.append((dictionary()[d.tokens[head]], head))
    out += [token for i in after for token in _phrase(d, i, start, end)]
    particle = PARTICLES.get(d.roles[head])
    return out + ([(particle, None)] if particle else [])


def _rank(d: Document, i: int) -> tuple[int, int]:
    """Adverbs of time, then the subject, then places, objects and what is left."""
    order = ("advmod", "cc", "relcl", "nsubj", "nmod", "obl", "obj")
    role = d.roles[i]
    return (order.index(role) if role in order else len(order), i)
