"""The ablation: each variant is asked what it should be; the table fills itself."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from helpers import training
from helpers.corpora import pydocs
from helpers.models.bert import BERTForPretraining, BERTSize
from helpers.models.bert_variants import LeftToRight, WithBiLSTM, left_to_right
from helpers.objectives import masking
from helpers.studies import ablations, make_results, results

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
    other = b._replace(ids=b.ids.where(b.targets == masking.NOT_ASKED, b.targets))
    assert ablations.next_word_loss(model, b) == ablations.next_word_loss(model, other)


def test_frozen_readers_learn_only_on_top():
    bert = BERTForPretraining(SIZE).bert
    plain = ablations.reader("no NSP", bert)
    assert plain is bert and all(p.requires_grad for p in plain.parameters())
    top = ablations.reader("left to right + BiLSTM", LeftToRight(SIZE))
    assert isinstance(top, WithBiLSTM)
    assert all(p.requires_grad for p in top.parameters())
    frozen = ablations.reader("only [MASK], frozen", bert)
    assert not any(p.requires_grad for p in frozen.bert.parameters())
    assert all(p.requires_grad for p in frozen.lstm.parameters())


def test_the_table_fills_cell_by_cell_and_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "FOLDER", tmp_path / "results")
    monkeypatch.setattr(results.keep, "__defaults__", (tmp_path / "results",))
    monkeypatch.setattr(results.read, "__defaults__", (tmp_path / "results",))
    monkeypatch.setattr(pydocs, "cache_folder", lambda: tmp_path)
    small = replace(ablations.SIZE, d_model=8, n_heads=2, d_ff=8)
    monkeypatch.setattr(ablations, "SIZE", small)
    monkeypatch.setattr(ablations, "PRETRAINING", training.Settings(steps=3))
    monkeypatch.setattr(ablations, "FINE_TUNING", training.Settings(steps=2))
    monkeypatch.setattr(ablations, "EXAMPLES", 20)
    monkeypatch.setattr(ablations, "TESTED", 8)
    monkeypatch.setattr(make_results, "STORIES", 70)
    assert not make_results.make_ablations(0, (0, 1))
    assert make_results.make_ablations(1000, (0, 1))
    found = results.read("ablations")
    table = results.table(found)
    assert len(table) == 7 * 4 and {len(v) for v in table.values()} == {2}
    assert all(0 <= s <= 1 for scores in table.values() for s in scores)
    assert found["command"] == make_results.COMMAND
    path = tmp_path / "results" / "ablations.json"
    cells = found["cells"]
    lost = cells.pop("no NSP | names | 1")
    path.write_text(json.dumps(found), encoding="utf-8")
    assert make_results.make_ablations(1000, (0, 1))  # only that one is made again
    again = results.read("ablations")["cells"]
    assert again["no NSP | names | 1"] == pytest.approx(lost, abs=1e-6)
    assert {k: v for k, v in again.items() if k in cells} == cells


def test_results_made_otherwise_are_dropped_and_unknown_ones_named(tmp_path):
    results.keep("x", ("a", "b", 0), 0.5, {"command": "one"}, tmp_path)
    results.keep("x", ("a", "b", 1), 0.7, {"command": "one"}, tmp_path)
    scores = results.table(results.read("x", tmp_path))
    assert scores == {("a", "b"): [0.5, 0.7]}
    mean, sd = results.mean_and_sd([0.5, 0.7])
    assert (mean, sd) == pytest.approx((0.6, np.std([0.5, 0.7], ddof=1)))
    results.keep("x", ("a", "b", 1), 0.9, {"command": "two"}, tmp_path)
    assert results.table(results.read("x", tmp_path)) == {("a", "b"): [0.9]}
    with pytest.raises(ValueError, match="no results 'y'; there are: x"):
        results.read("y", tmp_path)
