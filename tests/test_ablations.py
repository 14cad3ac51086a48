"""The ablation: each variant is asked what it should be; the table fills itself."""

import json
import math
from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from helpers import training
from helpers.finetuning.tasks import NAMES
from helpers.models.bert import BERT, BERTForPretraining, BERTSize
from helpers.models.bert_variants import LeftToRight, WithBiLSTM, left_to_right
from helpers.objectives import masking
from helpers.studies import ablations, results
from helpers.training import resume

SIZE = BERTSize(40, 16, 4, 32, 1, 24)


def batch():
    dice = torch.Generator().manual_seed(0)
    pairs = [([7, 8, 9], [10, 11]), ([12], [13, 14, 15, 16])]
    return masking.pretraining_batch(pairs, [0, 1], 40, dice, masking.Shares(0.5))


def test_the_next_word_loss_by_hand():
    model = left_to_right(SIZE).eval()
    rows = [[2, 7, 8, 9, 3, 10, 11, 3], [2, 12, 3, 13, 14, 15, 16, 3]]
    losses = []
    for row, segments in zip(rows, ([0] * 5 + [1] * 3, [0] * 3 + [1] * 5), strict=True):
        logits, _ = model(torch.tensor([row]), None, torch.tensor([segments]))
        for t in range(1, 7):  # the place before the word; [CLS]'s is not asked
            if row[t + 1] > 4:
                losses.append(F.cross_entropy(logits[0, t], torch.tensor(row[t + 1])))
    found = ablations.next_word_loss(model, batch())
    assert found.item() == pytest.approx(torch.stack(losses).mean().item(), rel=1e-5)


def test_hidden_words_are_put_back_before_the_next_is_asked():
    model, b = left_to_right(SIZE), batch()
    other = b._replace(ids=b.ids.where(b.targets == masking.IGNORE_INDEX, b.targets))
    assert ablations.next_word_loss(model, b) == ablations.next_word_loss(model, other)


def test_frozen_readers_learn_only_on_top(monkeypatch):
    bert = BERTForPretraining(SIZE)
    asked = []

    def noted(model, *_):
        asked.append(model)
        return 0.5

    models = {"no NSP": bert, "only [MASK]": bert, "left to right": left_to_right(SIZE)}
    monkeypatch.setattr(ablations, "pretrained", lambda name, seed: models[name])
    monkeypatch.setattr(ablations, "tuned_score", noted)
    for row in ("only [MASK], frozen", "no NSP", "left to right + BiLSTM"):
        ablations.measure(row, NAMES, 0)
    frozen, plain, top = (model.bert for model in asked)
    assert not any(p.requires_grad for p in frozen.bert.parameters())
    assert all(p.requires_grad for p in frozen.lstm.parameters())
    assert isinstance(plain, BERT) and plain is not bert.bert
    assert all(p.requires_grad for p in plain.parameters())
    assert isinstance(top, WithBiLSTM) and isinstance(top.bert, LeftToRight)
    assert all(p.requires_grad for p in top.parameters())


@pytest.fixture
def small(tmp_path, monkeypatch):
    """An ablation of a moment, with a cache of its own."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.setattr(
        ablations, "SIZE", replace(ablations.SIZE, d_model=8, n_heads=2, d_ff=8)
    )
    monkeypatch.setattr(ablations, "PRETRAINING", training.Settings(steps=3))
    monkeypatch.setattr(ablations, "FINE_TUNING", training.Settings(steps=2))
    monkeypatch.setattr(ablations, "EXAMPLES", 20)
    monkeypatch.setattr(ablations, "TESTED", 8)
    monkeypatch.setattr(ablations, "STORIES", 70)
    ablations.pretrained.cache_clear()
    yield
    ablations.pretrained.cache_clear()


def test_the_table_fills_cell_by_cell_and_goes_on(small, empty_results, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        results.fill("ablations", ablations, -1, (0, 1))
    results.fill("ablations", ablations, math.inf, (0, 1))
    table = results.table(results.read("ablations"))
    assert len(table) == 7 * 4 and {len(v) for v in table.values()} == {2}
    assert all(0 <= s <= 1 for scores in table.values() for s in scores)
    path = tmp_path / "ablations.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    cells = found["cells"]
    lost = cells.pop("no NSP | names | 1")
    path.write_text(json.dumps(found), encoding="utf-8")
    results.fill("ablations", ablations, math.inf, (0, 1))  # only that one is made
    again = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert again["no NSP | names | 1"] == pytest.approx(lost, abs=1e-6)
    assert {k: v for k, v in again.items() if k in cells} == cells


def test_a_stopped_pre_training_goes_on(small, monkeypatch):
    whole = ablations.pretrained("no NSP", 0)
    ablations.pretrained.cache_clear()
    keep = resume.train

    def stopped(run, batches, *args, **kwargs):
        return keep(run, resume.until(batches, -1), *args, **kwargs)

    name = "left to right"
    monkeypatch.setattr(resume, "train", stopped)
    with pytest.raises(KeyboardInterrupt):
        ablations.pretrained(name, 0)
    monkeypatch.setattr(resume, "train", keep)
    assert isinstance(ablations.pretrained(name, 0).bert, LeftToRight)
    again = ablations.pretrained("no NSP", 0)  # from its file
    for a, b in zip(whole.parameters(), again.parameters(), strict=True):
        assert torch.equal(a, b)
