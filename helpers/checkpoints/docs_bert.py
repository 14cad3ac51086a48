"""A BERT for real text: the documentation of Python packages, in pieces of words.

One sentence at a time, hidden tokens only: docstrings have no second sentence to ask
about, so the head for pairs stays untrained. Made by
`python -m helpers.studies bert_pydocs`. Built in notebooks/12_bert_pretraining.ipynb.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import torch

from helpers import checkpoints, environment
from helpers.checkpoints import shipped
from helpers.checkpoints.bert_files import read_tokens
from helpers.models.bert import BERTForPretraining, BERTSize
from helpers.objectives import masking
from helpers.objectives.batching import IGNORE_INDEX, similar_batches
from helpers.tokenization import wordpiece
from helpers.training import Settings

NAME = "bert_pydocs"
VOCABULARY = shipped.FOLDER / f"{NAME}.txt"
PIECES = 4000
OFTEN = 40  # pieces are learned from words that come so often
LONGEST = 128  # pieces in a sentence, with [CLS] and [SEP]; the rest is cut off
SETTINGS = Settings(steps=4000, lr=4e-3)
BATCH_SIZE = 64
SHARES = masking.Shares(0.3)  # twice the paper's: more questions per second


def size(vocabulary: wordpiece.WordPiece) -> BERTSize:
    """Return how large our BERT for documentation is."""
    return BERTSize(len(vocabulary), 128, 4, 512, 2, LONGEST, norm="pre")


def is_kept_back(sentence: str) -> bool:
    """Say whether a sentence is for testing: 1 of 32, chosen by its own letters.

    So it is the same on every machine, whatever versions of the packages it has.
    """
    return hashlib.sha256(sentence.encode()).digest()[0] < 8


def learn_vocabulary(sentences: Iterable[str]) -> wordpiece.WordPiece:
    """Return pieces learned from sentences: every letter, then joined pairs.

    Rare words are left out. The pairs that are joined are those whose parts come *only*
    together, and in rare words that happens by accident.
    """
    words = Counter()
    for sentence in sentences:
        words.update(wordpiece.split(wordpiece.normalise(sentence)))
    letters = set()
    for word in words:
        letters.add(word[0])
        letters.update(f"##{letter}" for letter in word[1:])
    often = {w: n for w, n in words.items() if n >= OFTEN and w.isascii()}
    learned = wordpiece.train(often, PIECES - len(wordpiece.SPECIALS))
    alphabet = sorted(piece for piece in letters if piece.isascii())
    pieces = dict.fromkeys([*wordpiece.SPECIALS, *alphabet, *learned])  # each once
    return wordpiece.WordPiece(list(pieces))


def vocabulary() -> wordpiece.WordPiece:
    """Return the shipped pieces, one per line as in BERT's own vocab.txt."""
    return wordpiece.WordPiece(read_tokens(VOCABULARY))


def digest(pieces: wordpiece.WordPiece) -> str:
    """Return the SHA-256 of pieces, as the manifest declares it beside the weights."""
    return environment.sha256("\n".join(pieces.tokens).encode())


def load() -> tuple[wordpiece.WordPiece, BERTForPretraining]:
    """Return the shipped pieces and the model, ready to be asked.

    Raises ValueError where one of both was changed.
    """
    pieces = vocabulary()
    model = BERTForPretraining(size(pieces))
    entry = checkpoints.load(model, NAME)
    if entry.get("vocabulary") != digest(pieces):
        raise ValueError(
            f"{VOCABULARY.name} was changed: these are not the pieces of "
            f"{entry['file']}. Fetch it again, or make both: {entry['command']}"
        )
    return pieces, model.eval()


def code(pieces: wordpiece.WordPiece, sentences: Iterable[str]) -> list[np.ndarray]:
    """Return the ids of each sentence, cut to what the model can read."""
    return [np.array(pieces.encode(s)[: LONGEST - 2]) for s in sentences]


def batches(
    coded: Sequence[np.ndarray],
    n_pieces: int,
    generator: torch.Generator,
    shares: masking.Shares = SHARES,
) -> Iterator[masking.Pretraining]:
    """Yield batches of single sentences without end, each of similar lengths."""
    for sentences in similar_batches(coded, BATCH_SIZE, generator):
        packed = masking.pack(sentences)
        ids, targets = masking.hide(packed, n_pieces, generator, shares)
        if not (targets != IGNORE_INDEX).any():
            continue  # in a few short sentences nothing may be hidden
        no_pairs = torch.zeros(len(sentences), dtype=torch.long)
        yield masking.Pretraining(ids, packed.mask, packed.segments, targets, no_pairs)
