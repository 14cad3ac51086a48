"""The BERT for documentation: its pieces and sentences, what is kept back, its file."""

import math

import pytest
import torch

from helpers import checkpoints
from helpers.checkpoints import docs_bert, shipped
from helpers.objectives import masking
from helpers.tokenization.wordpiece import MASK_ID, SPECIALS, UNK

SENTENCES = [f"return the {w} of the array ." for w in ("sum", "mean", "shape")] * 40


def test_the_same_sentences_are_kept_back_everywhere():
    kept = [docs_bert.is_kept_back(f"sentence {i}") for i in range(4000)]
    assert sum(kept) / 4000 == pytest.approx(1 / 32, abs=0.01)
    assert kept[:40].index(True) == kept.index(True)  # by its letters, not by chance


def test_every_letter_is_a_piece_so_no_ascii_word_is_unknown():
    pieces = docs_bert.learn_vocabulary([*SENTENCES, "quiz jynx"])
    assert pieces.tokens[: len(SPECIALS)] == list(SPECIALS)
    assert UNK not in pieces.pieces("sum quiz jynx qui")
    assert pieces.pieces("array") == ["array"]  # often enough to be joined
    assert pieces.pieces("quiz") == ["q", "##u", "##i", "##z"]  # too rare


def test_batches_hold_single_sentences_cut_to_the_model():
    pieces = docs_bert.learn_vocabulary(SENTENCES)
    coded = docs_bert.code(pieces, [*SENTENCES, "array " * 300])
    assert max(map(len, coded)) == docs_bert.LONGEST - 2
    dice = torch.Generator().manual_seed(0)
    stream = docs_bert.batches(coded, len(pieces), dice)
    batch = next(stream)
    assert batch.ids.shape[0] <= docs_bert.BATCH_SIZE and not batch.segments.any()
    asked = (batch.targets != masking.IGNORE_INDEX).sum() / (
        batch.mask.sum(1) - 2
    ).sum()
    assert asked.item() == pytest.approx(docs_bert.SHARES.chosen, abs=0.05)


def test_the_shipped_model_knows_easy_gaps_and_fits_its_pieces():
    pieces, model = docs_bert.load()
    assert not model.training
    entry = checkpoints.manifest()[docs_bert.NAME]
    assert entry["stored"] == "float16" and entry["seconds"] < 600
    size = (shipped.FOLDER / entry["file"]).stat().st_size
    assert size < 2_500_000

    def first(left, right):
        ids = [*pieces.encode(left), MASK_ID, *pieces.encode(right)]
        packed = masking.pack([ids])
        asked = packed.ids == MASK_ID
        logits, _ = model(packed.ids, packed.mask, packed.segments, asked)
        return pieces.tokens[int(logits[0].argmax())]

    with torch.no_grad():
        assert first("returns the number", "elements in the array .") == "of"
        assert first("raises an error if the file does", "exist .") == "not"


def test_the_loss_asks_hidden_pieces_only():
    pieces, model = docs_bert.load()
    dice = torch.Generator().manual_seed(1)
    coded = docs_bert.code(pieces, SENTENCES)
    batch = next(docs_bert.batches(coded, len(pieces), dice))
    with torch.no_grad():
        loss = masking.masked_only_loss(model, batch)
        logits, _ = model(batch.ids, batch.mask, batch.segments)
    asked = batch.targets != masking.IGNORE_INDEX
    chosen = logits.log_softmax(-1)[asked].gather(1, batch.targets[asked][:, None])
    assert loss.item() == pytest.approx(-chosen.mean().item(), abs=1e-4)
    assert math.isfinite(loss.item())
