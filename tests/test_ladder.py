"""The ladder: nothing below the floor, nothing lost, its rungs measured again."""

import json
import math

import numpy as np
import pytest

from helpers.corpora import truth, world
from helpers.lesson import ladder, prepare
from helpers.models.ngram import NGram

COURSE = prepare.Lesson("99_test", 0, "static")


def rung(model="RNN", loss=2.0) -> ladder.Rung:
    return ladder.Rung(model, loss, 1.5, 10, 1.0, 0, "99_test", "2026-01-31")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "ladder.json"
    path.write_text("[]", encoding="utf-8")
    return path


def test_a_loss_below_the_floor_is_refused():
    surprisals = np.random.default_rng(0).exponential(1.5, 1000)
    with pytest.raises(ValueError, match="has seen its answers"):
        ladder.measure("cheat", surprisals - 0.2, surprisals, 1, 1.0, COURSE)
    noise = np.random.default_rng(1).normal(0, 0.5, 1000)
    noise -= noise.mean()
    ladder.measure("at the floor", surprisals + noise, surprisals, 1, 1.0, COURSE)
    with pytest.raises(ValueError, match="nan"):
        ladder.measure("broken", surprisals * math.nan, surprisals, 1, 1.0, COURSE)
    with pytest.raises(ValueError, match="score the same tokens"):
        ladder.measure("short", surprisals[1:], surprisals, 1, 1.0, COURSE)


def test_a_rung_is_kept_only_where_a_folder_is_named(tmp_path, monkeypatch, file):
    monkeypatch.delenv("COURSE_LADDER", raising=False)
    found = ladder.measure("my model", [2.0, 3.0], [1.0, 1.0], 7, 1.25, COURSE)
    assert (found.loss, found.floor, found.notebook) == (2.5, 1.0, "99_test")
    folder = tmp_path / "rungs"
    monkeypatch.setenv("COURSE_LADDER", str(folder))
    ladder.measure("my model", [2.0, 3.0], [1.0, 1.0], 7, 1.25, COURSE)
    assert [p.name for p in folder.iterdir()] == ["99_test-my_model-76eeb051.json"]
    assert ladder.merge(folder, file) == ladder.read(file) == [found]


def test_merging_replaces_namesakes_and_keeps_the_others(tmp_path, file):
    ladder._write(file, [rung("RNN", 2.5), rung("trigram", 2.4)])
    ladder._write(tmp_path / "new" / "a.json", [rung("RNN", 2.0)])
    found = {r.model: r.loss for r in ladder.merge(tmp_path / "new", file)}
    assert found == {"RNN": 2.0, "trigram": 2.4}
    assert not list(tmp_path.rglob("*.part"))


def test_an_infinite_loss_survives_the_file(file):
    ladder._write(file, [rung("nothing", math.inf)])
    assert json.loads(file.read_text())[0]["loss"] is None
    assert ladder.read(file)[0].loss == math.inf


def test_live_rungs_replace_their_namesakes():
    live = rung("trigram", 9.9)
    climbed = ladder.climb([live])
    assert climbed[0] == live and len([r for r in climbed if r.model == "trigram"]) == 1


def test_chart_and_table_show_every_rung():
    rungs = [rung("a", 3.0), rung("b", math.inf)]
    assert "a" in ladder.table(rungs) and "inf" in ladder.table(rungs)
    view = ladder.chart(rungs, "x", "a")
    ticks = view.picture.axes[0].get_yticklabels()
    assert [t.get_text() for t in ticks] == ["b", "a"]  # worst on top
    assert view.params["models"] == ["a"] and view.params["live"] == ["a"]
    assert "b" in view.params["idea"]  # infinite: named, not drawn
    with pytest.raises(ValueError, match="no rungs"):
        ladder.chart([], "x")


def test_the_chart_shows_next_tokens_alone():
    hidden = ladder.Rung("BERT", 0.6, 0.5, 1, 9.0, 0, "n", "d", question=ladder.HIDDEN)
    view = ladder.chart([rung("a", 3.0), hidden], "x")
    assert view.params["models"] == ["a"] and view.params["floor"] == 1.5


def test_the_picture_shows_distance_above_ones_own_floor_against_seconds():
    hidden = ladder.Rung("BERT", 0.6, 0.5, 1, 100, 0, "n", "d", question=ladder.HIDDEN)
    counted = ladder.Rung("counted", 2.5, 1.5, 1, 0.0, 0, "n", "d")
    drawn = ladder.picture([hidden, counted, rung("endless", math.inf)], "x")
    places = {
        line.get_label(): np.column_stack(line.get_data())[0].tolist()
        for line in drawn.axes[0].lines
    }
    hidden_words, next_tokens = (f"asked: {q}" for q in (ladder.HIDDEN, ladder.NEXT))
    assert places[hidden_words] == pytest.approx([2.0, -1.0])
    assert places[next_tokens] == pytest.approx([-1.0, 0.0])  # 0.1 s, 1 nat
    assert [t.get_text() for t in drawn.axes[0].texts] == ["BERT", "counted"]


def test_perplexity_by_hand():
    assert ladder.perplexity(math.log(636)) == pytest.approx(636)


def test_the_committed_ladder_climbs_from_uniform_to_the_rnn():
    rungs = ladder.read()
    order = [r.model for r in rungs]
    wanted = ["uniform", "unigram", "bigram", "trigram", "RNN"]
    assert [m for m in order if m in wanted] == wanted
    assert all(r.loss > r.floor for r in rungs)
    same = {r.floor for r in rungs if r.question == ladder.NEXT}
    assert len(same) == 1  # all on the same test set


def test_the_trigrams_rung_can_be_measured_again():
    train, _, test = world.splits()
    model = NGram(3, world.vocabulary()).fit([d.tokens for d in train])
    kept = next(r for r in ladder.read() if r.model == "trigram")
    assert model.loss([d.tokens for d in test]) == pytest.approx(kept.loss, abs=1e-6)
    assert np.mean(truth.losses(test)) == pytest.approx(kept.floor, abs=1e-6)
    assert model.parameters == kept.parameters


def test_hidden_words_have_a_floor_of_their_own(tmp_path, monkeypatch, file):
    monkeypatch.setenv("COURSE_LADDER", str(tmp_path / "rungs"))
    found = ladder.measure_hidden("BERT", 0.9, 0.7, 5, 1.0, COURSE)
    assert ladder.merge(tmp_path / "rungs", file) == [found]
    assert found.question == ladder.HIDDEN and found not in ladder.climb([found])
    with pytest.raises(ValueError, match="has seen its answers"):
        ladder.measure_hidden("BERT", 0.6, 0.7, 5, 1.0, COURSE)


def test_an_older_file_that_names_its_code_can_be_read(file):
    ladder._write(file, [rung("RNN")])
    rows = json.loads(file.read_text())
    file.write_text(json.dumps([row | {"code": "0123456789ab"} for row in rows]))
    assert ladder.read(file) == [rung("RNN")]
    file.write_text(json.dumps([row | {"colour": "red"} for row in rows]))
    with pytest.raises(TypeError, match="colour"):
        ladder.read(file)


def test_a_model_with_a_slash_in_its_name_is_kept(tmp_path, monkeypatch, file):
    monkeypatch.setenv("COURSE_LADDER", str(tmp_path / "rungs"))
    made = ladder.measure("LSTM/GRU", [2.0], [1.0], 7, 1.25, COURSE)
    assert ladder.merge(tmp_path / "rungs", file) == [made]


def test_seconds_are_kept_with_one_digit():
    found = ladder.measure("m", [2.0], [1.0], 7, 12.34, COURSE)
    assert (found.seconds, found.parameters, found.seed) == (12.3, 7, 0)


def test_three_standard_errors_below_the_floor_are_chance_and_more_is_not():
    ladder.check(1.0, 1.3, 0.1)
    with pytest.raises(ValueError, match="below the floor"):
        ladder.check(0.999, 1.3, 0.1)
    ladder.check(1.0, 1.0, 0.0)


def test_the_standard_error_by_hand():
    assert ladder.standard_error([1.0, 3.0]) == pytest.approx(1.0)  # √2 / √2
    assert ladder.standard_error([5.0]) == ladder.standard_error([1.0, math.inf]) == 0


def test_the_standard_error_of_values_in_groups():
    alone = [1.0, 3.0, 4.0]
    same = ladder.standard_error(alone, [1, 1, 1])
    assert same == pytest.approx(ladder.standard_error(alone))
    # each value twice is no more knowledge
    twice = ladder.standard_error(np.repeat(alone, 2), [2, 2, 2])
    assert twice == pytest.approx(same)
    with pytest.raises(ValueError, match=r"3 values; the lengths add up to 4"):
        ladder.standard_error(alone, [2, 2])


def test_the_table_shows_perplexity_and_distance():
    line = ladder.table([rung("a", 3.0)]).splitlines()[1]
    assert line.split() == ["a", "3.00", "20.1", "1.50"]


def test_writing_the_committed_ladder_anew_changes_no_sign(tmp_path):
    ladder._write(tmp_path / "again.json", ladder.read())
    assert (tmp_path / "again.json").read_bytes() == ladder.FILE.read_bytes()
