"""Words → pieces of words: which piece begins which word?

Built in notebooks/13_bert_finetuning.ipynb.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from helpers.tokenization.wordpiece import UNK, WordPiece


class Cut(NamedTuple):
    """The ids of a text's pieces, and where each of its words begins among them."""

    ids: list[int]
    begins: list[int]


def cut_words(words: Sequence[str], wordpiece: WordPiece) -> Cut:
    """Return the ids of the words' pieces, and where each word begins among them.

    A word without pieces, such as one of invisible letters, is unknown: [UNK]. Raises
    ValueError for one string, which would be cut letter by letter.
    """
    if isinstance(words, str):
        raise ValueError(f"the string {words[:30]!r} is no list of words; split it")
    cut = Cut([], [])
    for word in words:
        cut.begins.append(len(cut.ids))
        cut.ids.extend(_pieces(word, wordpiece))
    return cut


@lru_cache(100_000)
def _pieces(word: str, wordpiece: WordPiece) -> tuple[int, ...]:
    return tuple(wordpiece.encode(word)) or (wordpiece.ids[UNK],)
