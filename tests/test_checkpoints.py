"""Weights on file: hashes, atomic writes, what is said when something is wrong."""

import os

import pytest
import torch
from torch import nn

from helpers import checkpoints
from helpers.checkpoints import shipped

ABOUT = {"command": "make it", "seed": 1, "seconds": 2}


def test_what_is_saved_is_loaded_bit_by_bit(tmp_path):
    model, other = nn.Linear(3, 4), nn.Linear(3, 4)
    entry = checkpoints.save(model, "line", ABOUT, tmp_path)
    assert entry["parameters"] == 16 and entry["command"] == "make it"
    assert checkpoints.load(other, "line", tmp_path) == entry
    assert torch.equal(model.weight, other.weight)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "line.safetensors",
        "manifest.json",
    ]


def test_a_changed_or_cut_file_is_refused(tmp_path):
    checkpoints.save(nn.Linear(3, 4), "line", ABOUT, tmp_path)
    path = tmp_path / "line.safetensors"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match="changed or cut off.*make it: make it"):
        checkpoints.load(nn.Linear(3, 4), "line", tmp_path)
    path.unlink()
    with pytest.raises(ValueError, match="is missing; make it"):
        checkpoints.load(nn.Linear(3, 4), "line", tmp_path)


def test_an_unknown_name_and_weights_that_do_not_fit_are_told(tmp_path):
    with pytest.raises(ValueError, match="'line' is declared; there are: none"):
        checkpoints.load(nn.Linear(3, 4), "line", tmp_path)
    checkpoints.save(nn.Linear(3, 4), "line", ABOUT, tmp_path)
    with pytest.raises(ValueError, match="does not fit"):
        checkpoints.load(nn.Linear(4, 3), "line", tmp_path)


def test_a_tied_table_is_written_once_and_stays_tied(tmp_path):
    from helpers.models.bert import BERTForPretraining, BERTSize

    model, other = (BERTForPretraining(BERTSize(40, 8, 2, 8, 1)) for _ in range(2))
    entry = checkpoints.save(model.half(), "bert", ABOUT, tmp_path)
    file = tmp_path / entry["file"]
    assert file.stat().st_size < 2 * entry["parameters"] + 5000  # two bytes a weight
    checkpoints.load(other, "bert", tmp_path)
    assert other.masked.table is other.bert.embeddings.tokens
    for a, b in zip(model.parameters(), other.parameters(), strict=True):
        assert b.dtype == torch.float32 and torch.equal(a.float(), b)


def test_an_interrupted_save_leaves_the_last_one(tmp_path, monkeypatch):
    model = nn.Linear(3, 4)
    checkpoints.save(model, "line", ABOUT, tmp_path)

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        checkpoints.save(nn.Linear(3, 4), "line", ABOUT, tmp_path)
    other = nn.Linear(3, 4)
    checkpoints.load(other, "line", tmp_path)
    assert torch.equal(model.weight, other.weight)


@pytest.mark.parametrize("name", checkpoints.manifest())
def test_a_shipped_checkpoint_is_whole_and_small(name):
    entry = checkpoints.manifest()[name]
    assert {"command", "seed", "seconds", "sha256"} <= set(entry)
    assert (shipped.FOLDER / entry["file"]).stat().st_size <= 3_000_000


def test_the_shipped_bilm_loads_and_is_above_the_floor():
    from helpers.checkpoints import elmo
    from helpers.corpora import truth, world
    from helpers.objectives import language_modeling

    words = elmo.vocabulary()
    model = elmo.new_model(words)
    checkpoints.load(model, "elmo")
    test = world.splits().test
    batch = language_modeling.both_directions_batch(
        [words.encode_array(d.tokens) for d in test]
    )
    with torch.no_grad():
        pair = language_modeling.both_directions_losses(*model(*batch), *batch)
    floor = sum(truth.losses(test)) / len(pair[0])
    for losses in pair:
        assert floor < losses.mean().item() < floor + 0.3
