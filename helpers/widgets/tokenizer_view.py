"""Texts on their way into BERT: words, pieces, ids, and back.

Built in notebooks/11_bert_input.ipynb.
"""

import unicodedata
from collections.abc import Mapping, Sequence

from helpers.pictures.picture import Picture
from helpers.pictures.token_plots import document
from helpers.tokenization.wordpiece import (
    LONGEST_WORD,
    UNK,
    WordPiece,
    cut,
    normalise,
    split,
)
from helpers.widgets.shell import View, labels
from helpers.widgets.stills import plain_names

NEEDED = ("pieces", "encode", "decode", "ids")
ADVICE = "give a helpers.tokenization.wordpiece.WordPiece"
DRAWN = 50  # pieces in the still picture


def tokenizer_view(texts: Sequence[str] | str, tokenizer: WordPiece) -> View:
    """Show texts as words, pieces and ids; the longest match, try by try; and back.

    `texts`: 1 to 8, of 1 to 40 words each; one may be a plain string. `tokenizer` is a
    WordPiece, or has its pieces, encode, decode and ids (token → id). With a kernel,
    any text: ask(str, lambda t: tokenizer_view(t, tokenizer), example).
    Raises ValueError for other counts and for a tokenizer that cuts in another way.
    Source: Wu et al. 2016, sec. 4.1; google-research/bert.
    """
    missing = [name for name in NEEDED if not hasattr(tokenizer, name)]
    if missing:
        raise ValueError(f"the tokenizer has no {missing[0]}; {ADVICE}")
    texts = labels("texts", [texts] if isinstance(texts, str) else texts, 1, 8)
    read = [_read(text, tokenizer) for text in texts]
    words = read[0]["words"]
    several = [i for i, word in enumerate(words) if len(word["pieces"]) > 1]
    params = {
        "title": "From text to ids, and back",
        "idea": "Choose a word and follow its tries. Which words become [UNK]?",
        "texts": read,
        "size": len(tokenizer.ids),
        "first": several[0] if several else 0,
    }
    rows = [["text", "word", "pieces", "ids"]]
    for text in read:
        rows.append([text["text"], "", "", ""])
        for word in text["words"]:
            ids = " ".join(map(str, word["ids"]))
            rows.append(["", word["word"], " ".join(word["pieces"]), ids])
    still = _still_picture(words)
    return View("tokenizer_view", params, {}, still, rows)


def _read(text: str, tokenizer: WordPiece) -> dict:
    """Return all that the page tells of one text."""
    plain = normalise(text, getattr(tokenizer, "lower", True))
    ids = tokenizer.encode(text)
    words = []
    pieces = []  # of all words
    for word in labels(f"words in {text[:40]!r}", split(plain), 1, 40):
        own = cut(word, tokenizer.ids)
        own_ids = ids[len(pieces) : len(pieces) + len(own)]
        pieces += own
        tries = steps(word, tokenizer.ids)
        words.append({"word": word, "pieces": own, "ids": own_ids, "steps": tries})
    if pieces != list(tokenizer.pieces(text)) or len(ids) != len(pieces):
        raise ValueError(
            f"the tokenizer cuts {text[:40]!r} otherwise than into the longest known "
            f"pieces from the left; {ADVICE}"
        )
    back = tokenizer.decode(ids)
    lost = "" if back == text else _lost(text, plain, back)
    return {"text": text, "words": words, "back": back, "lost": lost}


def steps(word: str, known: Mapping[str, int]) -> list[tuple[int, int]]:
    """Return (start, end) of each longest known piece; end = 0 where none is known.

    The tries of a step are word[start:e] for e from the word's end down to `end`.
    """
    found = []
    start = 0
    while start < len(word) <= LONGEST_WORD:
        mark = "##" if start else ""
        end = len(word)
        while end > start and mark + word[start:end] not in known:
            end -= 1
        if end == start:
            return [*found, (start, 0)]
        found.append((start, end))
        start = end
    return found


def _lost(
    text: str,
    plain: str,
    back: str,
) -> str:
    """Say what did not come back of a text."""
    gone = {
        "what became [UNK]": UNK in back,
        "capitals": text != text.lower() and plain == plain.lower(),
        "accents": _has_marks(text) and not _has_marks(plain),
        "whole syllables": plain != unicodedata.normalize("NFC", plain),
        "where the blanks were": len(text.split()) != len(back.split()),
    }
    names = [name for name, is_gone in gone.items() if is_gone]
    return ", ".join(names) or "some signs"


def _has_marks(text: str) -> bool:
    """Tell whether a letter carries an accent (category Mn: a mark on a letter)."""
    apart = unicodedata.normalize("NFD", text)
    return any(unicodedata.category(sign) == "Mn" for sign in apart)


def _still_picture(words: Sequence[Mapping]) -> Picture:
    """Draw the pieces of one text with their ids, one tint per word."""
    pieces = []
    labels = {"of word": [], "id": []}
    for word in words:
        pieces += word["pieces"]
        labels["of word"] += [word["word"]] * len(word["pieces"])
        labels["id"] += map(str, word["ids"])
    rows = {name: plain_names(texts[:DRAWN]) for name, texts in labels.items()}
    pieces = plain_names(pieces[:DRAWN])
    drawn = document(pieces, rows, "From text to pieces to ids")
    return drawn.caption("## = goes on without a blank; [UNK] = no known pieces.")
