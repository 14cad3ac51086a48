"""The studies of notebook 10: GPTs by their positions, and translators."""

import numpy as np
import pytest
import torch
from torch import nn

from helpers.models.decoder import TransformerSeq2Seq
from helpers.models.seq2seq import Seq2Seq
from helpers.studies import tied_table, translating, translators, writers


def test_stories_that_are_asked_are_not_read():
    test = {tuple(ids) for ids in writers.agreement.coded(writers.world.splits().test)}
    for fresh in (True, False):
        assert not test & {tuple(ids) for ids in writers.stories(fresh)}
    assert len(writers.stories(True)) > 6 * len(writers.stories(False))


def test_verbs_have_only_nouns_of_the_other_number_in_between():
    for n, items in enumerate(writers.verbs()):
        assert len(items) == writers.EACH
        assert {(i.n_attractors, i.n_opposite) for i in items} == {(n, n)}
        assert sum(i.plural for i in items) == writers.EACH // 2
        for item in items:
            # the subject's noun stands so many tokens before the verb
            assert 1 <= item.distance <= len(item.prefix)


def test_a_tied_writer_has_one_table():
    tied, apart = writers.make("sinusoids, tied", 0), writers.make("sinusoids", 0)
    assert tied.embed.weight is tied.output.weight
    n = [sum(p.numel() for p in model.parameters()) for model in (tied, apart)]
    assert n[1] - n[0] == apart.embed.weight.numel()


@pytest.mark.parametrize("arm", writers.ARMS)
def test_a_writer_sees_no_later_word(arm):
    model = writers.make(arm, 0)
    ids = torch.randint(4, 100, (2, 9), generator=torch.Generator().manual_seed(0))
    other = ids.clone()
    other[:, 6:] = 5
    with torch.no_grad():
        torch.testing.assert_close(model(ids)[:, :6], model(other)[:, :6])


def test_one_run_of_the_writers_is_measured(monkeypatch):
    monkeypatch.setattr(writers, "UPDATES", 2)
    found = writers.measure("learned positions", 1e-2, 0, "test")
    assert 0 < found["above the floor"] < found["loss"]
    verbs = [found[f"verbs, {n} attractors"] for n in range(writers.N_ATTRACTORS)]
    assert {v.shape for v in verbs} == {(writers.EACH,)}
    assert set(np.unique(verbs)) <= {0.0, 1.0}
    assert set(writers.measure("rotary", 1e-2, 0, "validation")) == {"loss"}


def test_the_lstms_have_at_least_as_many_weights():
    count = {
        arm: sum(p.numel() for p in translators.make(arm, 0).parameters())
        for arm in translators.ARMS
    }
    transformer = count["Transformer, sinusoids"]
    assert transformer == count["Transformer, rotary"]
    assert transformer <= count["LSTMs with attention"] < 1.1 * transformer


def test_the_arms_are_what_they_are_called():
    kinds = [type(translators.make(arm, 0)) for arm in translators.ARMS]
    assert kinds == [TransformerSeq2Seq, TransformerSeq2Seq, Seq2Seq]
    sinusoids, rotary, _ = (translators.make(arm, 0) for arm in translators.ARMS)
    assert rotary.blocks[0].attend.relative is not None
    assert rotary.blocks[0].cross.relative is None
    assert sinusoids.blocks[0].attend.relative is None


def test_translators_are_asked_on_the_way(monkeypatch):
    monkeypatch.setattr(translators, "UPDATES", 4)
    monkeypatch.setattr(translators, "ASKED_AT", (2, 4))
    monkeypatch.setattr(translating, "exact", lambda model, texts: np.ones(len(texts)))
    found = translators.measure("Transformer, sinusoids", 1e-2, 0, "test")
    assert found["exact"].tolist() == [1.0, 1.0]
    assert 0 < found["seconds"][0] < found["seconds"][1]
    assert set(translators.measure("Transformer, rotary", 1e-2, 0, "validation")) == {
        "loss"
    }


def test_texts_that_are_asked_are_made_of_other_sentences():
    learned = {pair.source for pair in translating.task().train}
    for part in ("test", "validation"):
        assert not learned & {text.source for text in translators.asked(part)}
    assert isinstance(translators.make("Transformer, rotary", 0), nn.Module)


def test_the_scaled_table_is_the_output_table_times_the_root_of_its_width():
    model = tied_table.make(0)
    assert model.embed.weight is model.output.weight
    ids = torch.tensor([[4, 9]])
    wanted = 8 * model.output.weight[ids]  # √64
    torch.testing.assert_close(model.embed(ids), wanted)
    n_tied, n_scaled = (
        sum(p.numel() for p in each.parameters())
        for each in (writers.make("sinusoids, tied", 0), model)
    )
    assert n_tied == n_scaled


def test_a_scaled_run_is_measured(monkeypatch):
    monkeypatch.setattr(writers, "UPDATES", 2)
    found = tied_table.measure(tied_table.SCALED, 1e-2, 0, "test")
    assert 0 < found["above the floor"] < found["loss"]
