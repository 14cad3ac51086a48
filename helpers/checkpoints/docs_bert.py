"""A BERT for real text: the documentation of Python packages, in pieces of words.

One sentence at a time, hidden tokens only: docstrings have no second sentence to ask
about, so the head for pairs stays untrained. Made by
`python -m helpers.studies bert_pydocs`. Built in
notebooks/12_bert_pretraining.ipynb.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from helpers import checkpoints
from helpers.checkpoints import shipped
from helpers.models.bert import BERTForPretraining, BERTSize
from helpers.objectives import batching, masking
from helpers.tokenization import wordpiece
from helpers.training import Settings

NAME = "bert_pydocs"
PIECES, OFTEN = 4000, 40  # pieces are learned from words that come so often
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

    Rare words are left out: joined pairs are those whose parts come *only* together,
    and of rare words that holds by accident.
    """
    words = Counter(w for s in sentences for w in wordpiece.split(_clean(s)))
    letters = {("##" * (i > 0)) + c for w in words for i, c in enumerate(w)}
    often = {w: n for w, n in words.items() if n >= OFTEN and w.isascii()}
    learned = wordpiece.train(often, PIECES - len(wordpiece.SPECIALS))
    alphabet = sorted(piece for piece in letters if piece.isascii())
    pieces = dict.fromkeys([*wordpiece.SPECIALS, *alphabet, *learned])
    return wordpiece.WordPiece(list(pieces))


def _clean(sentence: str) -> str:
    return wordpiece.normalise(sentence)


def vocabulary() -> wordpiece.WordPiece:
    """Return the shipped pieces, one per line as in BERT's own vocab.txt."""
    path = shipped.FOLDER / f"{NAME}.txt"
    return wordpiece.WordPiece(path.read_text(encoding="utf-8").split("\n")[:-1])


def load() -> tuple[wordpiece.WordPiece, BERTForPretraining]:
    """Return the shipped pieces and the model, ready to be asked."""
    pieces = vocabulary()
    model = BERTForPretraining(size(pieces))
    checkpoints.load(model, NAME)
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
    lengths = torch.tensor([len(ids) for ids in coded])
    while True:
        for rows in batching.similar(lengths, BATCH_SIZE, generator):
            packed = masking.pack([coded[i] for i in rows.tolist()])
            ids, targets = masking.hide(packed, n_pieces, generator, shares)
            no_pairs = torch.zeros(len(rows), dtype=torch.long)
            if (targets != masking.NOT_ASKED).any():
                yield masking.Pretraining(
                    ids, packed.segments, packed.mask, targets, no_pairs
                )


def loss(model: BERTForPretraining, batch: masking.Pretraining) -> Tensor:
    """Return the surprise at hidden tokens, nats per asked token; no pairs."""
    return masking.pretraining_losses(model, batch)[0]
