"""Texts on their way into BERT: words, pieces, ids, and back.

Built in notebooks/11_bert_input.ipynb.
"""

import unicodedata
from collections.abc import Mapping, Sequence

from helpers.pictures.picture import Picture
from helpers.pictures.token_plots import document
from helpers.tokenization.wordpiece import LONGEST_WORD, UNK, normalise, split
from helpers.widgets.shell import View, labels

NEEDED = ("pieces", "encode", "decode", "ids")
ADVICE = "give a helpers.wordpiece.WordPiece"


def tokenizer_view(texts: Sequence[str] | str, tokenizer) -> View:
    """Show texts as words, pieces and ids; the longest match, try by try; and back.

    `texts`: 1 to 8, of 1 to 40 words each; one may be a plain string. `tokenizer` is a
    helpers.wordpiece.WordPiece, or has its pieces, encode, decode and ids (token → id).
    With a kernel, any text: ask(str, lambda t: tokenizer_view(t, tokenizer), example).
    Raises ValueError for other counts and for a tokenizer that cuts in another way.
    Source: Wu et al. 2016, sec. 4.1; google-research/bert.
    """
    missing = [name for name in NEEDED if not hasattr(tokenizer, name)]
    if missing:
        raise ValueError(f"the tokenizer has no {missing[0]}; {ADVICE}")
    texts = labels("texts", [texts] if isinstance(texts, str) else texts, 1, 8)
    read = [_read(text, tokenizer) for text in texts]
    several = (i for i, w in enumerate(read[0]["words"]) if len(w["pieces"]) > 1)
    params = {
        "title": "From text to ids, and back",
        "idea": "Choose a word and follow its tries. Which words become [UNK]?",
        "texts": read,
        "size": len(tokenizer.ids),
        "first": next(several, 0),
    }
    rows = [["text", "word", "pieces", "ids"]]
    for text in read:
        rows.append([text["text"], "", "", ""])
        for w in text["words"]:
            ids = " ".join(map(str, w["ids"]))
            rows.append(["", w["word"], " ".join(w["pieces"]), ids])
    return View("tokenizer_view", params, {}, _still(read[0]), rows)


def _read(text: str, tokenizer) -> dict:
    """Return all that the page tells of one text."""
    plain = normalise(text, getattr(tokenizer, "lower", True))
    words = labels(f"words in {text[:40]!r}", split(plain), 1, 40)
    ids, read, at = tokenizer.encode(text), [], 0
    for word in words:
        tries = steps(word, tokenizer.ids)
        pieces = _pieces(word, tries)
        part = ids[at : at + len(pieces)]
        read.append({"word": word, "pieces": pieces, "ids": part, "steps": tries})
        at += len(pieces)
    pieces = [piece for w in read for piece in w["pieces"]]
    if pieces != list(tokenizer.pieces(text)) or len(ids) != len(pieces):
        raise ValueError(
            f"the tokenizer cuts {text[:40]!r} otherwise than into the longest known "
            f"pieces from the left; {ADVICE}"
        )
    back = tokenizer.decode(ids)
    return {"text": text, "words": read, "back": back, "lost": lost(text, plain, back)}


def steps(word: str, known: Mapping[str, int]) -> list[tuple[int, int]]:
    """Return (start, end) of each longest known piece; end = 0 where none is known.

    The tries of a step are word[start:e] for e from the word's end down to `end`.
    """
    found, start = [], 0
    while start < len(word) <= LONGEST_WORD:
        mark, ends = "##" if start else "", range(len(word), start, -1)
        end = next((e for e in ends if mark + word[start:e] in known), 0)
        found.append((start, end))
        if not end:
            break
        start = end
    return found


def _pieces(word: str, tries: list[tuple[int, int]]) -> list[str]:
    if not tries or not tries[-1][1]:
        return [UNK]
    return ["##" * (a > 0) + word[a:b] for a, b in tries]


def lost(text: str, plain: str, back: str) -> str:
    """Say what did not come back of a text; "" where all did."""
    before, after = (
        {unicodedata.category(c) for c in unicodedata.normalize("NFD", t)}
        for t in (text, plain)
    )
    gone = {
        "what became [UNK]": UNK in back,
        "capitals": text != text.lower() and plain == plain.lower(),
        "accents": "Mn" in before - after,
        "whole syllables": plain != unicodedata.normalize("NFC", plain),
        "where the blanks were": len(text.split()) != len(back.split()),
    }
    names = ", ".join(name for name, is_gone in gone.items() if is_gone)
    return "" if back == text else names or "some signs"


def _still(text: dict) -> Picture:
    """Draw the pieces of one text with their ids, one tint per word."""
    parts = [
        (p, w["word"], str(i))
        for w in text["words"]
        for p, i in zip(w["pieces"], w["ids"], strict=True)
    ]
    pieces, words, ids = (
        [s.replace("$", r"\$")[:12] for s in column]
        for column in zip(*parts[:50], strict=True)
    )
    drawn = document(
        pieces, {"of word": words, "id": ids}, "From text to pieces to ids"
    )
    return drawn.caption("## = goes on without a blank; [UNK] = no known pieces.")
