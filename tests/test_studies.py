"""Studies: fair tuning, no run lost, tables that are whole and made by this code."""

import json
import math
import subprocess
import sys
from types import ModuleType

import numpy as np
import pytest

from helpers import studies
from helpers.studies import __main__ as program
from helpers.studies import intervals, reading, registry, results, sources, study
from helpers.studies.table import Table, mean, plain

TOY = '''
"""A toy: two arms and a line of numbers."""

ARMS = ("gated", "plain", "counts")
SEEDS = (0, 1, 2)
RATES = (0.01, 0.1, 1.0)
TUNED = "loss"
UNTRAINED = ("counts",)
POINTS = {"share": (0, 5)}
CODE = ("toy_model",)
asked = []


def about():
    return {"stories": 10}


def measure(arm, rate, seed, part):
    asked.append((arm, rate, seed, part))
    if part == "validation":
        best = {"gated": 0.1, "plain": 1.0}[arm]
        return {"loss": abs(rate - best), "share": [0.0, 0.0]}
    loss = 1 + seed + (arm == "plain")
    right = [1, 0, 1, seed % 2] if arm == "gated" else [0, 0, 1, 1]
    return {"loss": loss, "right": right, "share": [0.5 + seed, 1.0]}
'''
MODEL = '''
"""What the toy trains."""


def step(x):
    """Double."""
    return 2 * x  # twice
'''


@pytest.fixture
def toy(tmp_path, empty_results, monkeypatch) -> ModuleType:
    """A study with a module of its own, in a folder of its own."""
    for name in ("toy", "toy_model"):
        sys.modules.pop(name, None)
    (tmp_path / "toy.py").write_text(TOY)
    (tmp_path / "toy_model.py").write_text(MODEL)
    monkeypatch.syspath_prepend(tmp_path)
    found = ModuleType("toy")
    exec(TOY, found.__dict__)
    return found


# -------------------------------------------------------------- tables on file


@pytest.mark.parametrize("name", registry.names())
def test_a_table_on_file_is_whole_and_made_by_this_code(name):
    module, found = registry.load(name), studies.read(name)
    registry.require(module)
    assert faults(module, found) == []
    assert len(module.SEEDS) >= 5


def faults(module: ModuleType, found: studies.reading.Results) -> list[str]:
    """Return what is wrong with a table: runs that lack, code that is another."""
    header = Table(module).header
    of_today = header.keys() - {"versions"}
    other = [part for part in of_today if header[part] != found.about[part]]
    return [*found.incomplete, *found.stale, *other]


def test_a_missing_run_and_other_code_are_found(toy, tmp_path, capsys):
    study.run(toy)
    found = studies.read("toy")
    assert faults(toy, found) == []
    path = results.file_of("toy")
    whole = path.read_text(encoding="utf-8")
    kept = json.loads(whole)
    del kept["cells"]["plain | 1"]
    path.write_text(json.dumps(kept))
    found = studies.read("toy")
    assert found.incomplete == ["plain | 1"]
    said = capsys.readouterr().out.splitlines()[-1]
    again = "python -m helpers.studies toy measures it anew"
    assert said == f"toy: plain | 1 is missing; {again}"
    assert faults(toy, found) == ["plain | 1"]
    with pytest.raises(ValueError, match=r"plain \| 1 is not on file; python -m"):
        found.values("loss")
    path.write_text(whole)
    (tmp_path / "toy_model.py").write_text(MODEL.replace("2 * x", "3 * x"))
    found = studies.read("toy")
    assert found.incomplete == [] and found.stale == ["toy_model"]
    assert faults(toy, found) == ["toy_model", "code"]
    (tmp_path / "toy_model.py").unlink()
    capsys.readouterr()
    assert studies.read("toy").stale == ["toy_model"]
    assert "toy: toy_model has changed since; python" in capsys.readouterr().out


def test_an_arm_that_was_added_makes_the_table_incomplete(toy):
    study.run(toy)
    toy.ARMS = (*toy.ARMS, "deep")
    assert faults(toy, studies.read("toy")) == ["arms"]


def test_words_about_code_and_more_seeds_leave_a_table_fresh(toy, tmp_path):
    study.run(toy)
    said = MODEL.replace("# twice", "# two times").replace("Double.", "Times 2.\n")
    (tmp_path / "toy_model.py").write_text(said.replace("def", "\n\ndef"))
    (tmp_path / "toy.py").write_text(TOY.replace("(0, 1, 2)", "(0, 1, 2, 3)"))
    assert studies.read("toy").stale == []
    (tmp_path / "toy.py").write_text(TOY.replace("(0.01, 0.1", "(0.02, 0.1"))
    assert studies.read("toy").stale == ["toy"]


def test_a_package_is_hashed_with_all_its_modules(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    inner = tmp_path / "toy_room" / "inner.py"
    inner.parent.mkdir()
    inner.with_name("__init__.py").write_text("")
    inner.write_text("x = 1\n")
    before = sources.hashes(["toy_room"])
    inner.write_text("x = 2\n")
    assert sources.changed(before) == ["toy_room"]
    with pytest.raises(ValueError, match="no module 'helpers.nothing' is here"):
        sources.hashes(["helpers.nothing"])
    assert sources.hashes([sources]).keys() == {"helpers.studies.sources"}


# ------------------------------------------------------------------- a study runs


def test_rates_are_chosen_on_validation_data_and_used_in_every_run(toy, capsys):
    study.run(toy)
    tuning, tests = toy.asked[:6], toy.asked[6:]
    grid = [(arm, rate) for arm in ("gated", "plain") for rate in toy.RATES]
    assert [(arm, rate) for arm, rate, _, _ in tuning] == grid
    assert {(seed, part) for *_, seed, part in tuning} == {(1000, "validation")}
    assert {part for *_, part in tests} == {"test"}
    chosen = {"gated": 0.1, "plain": 1.0, "counts": None}
    wanted = [(arm, chosen[arm], seed) for seed in toy.SEEDS for arm in toy.ARMS]
    assert [task[:3] for task in tests] == wanted
    found = studies.read("toy")
    assert {arm: found.rate(arm) for arm in found.arms} == chosen
    tuned = found.about["tuning"]
    assert tuned["gated"]["validation"] == {"0.01": 0.09, "0.1": 0, "1": 0.9}
    assert (tuned["gated"]["edge"], tuned["plain"]["edge"]) == (False, True)
    assert found.edges == ["plain"]
    said = capsys.readouterr().out.splitlines()
    warned = [i for i, line in enumerate(said) if "at an end of RATES" in line]
    assert warned == [6] and said[6].startswith("plain: the best rate, 1, stands")
    assert said[-1].startswith("counts, seed 2: loss 3 ") and "9 of 9" in said[-1]


def test_what_made_the_table_stands_in_its_file(toy):
    study.run(toy)
    found = studies.read("toy")
    assert found.about["command"] == "python -m helpers.studies toy"
    assert found.about["versions"].keys() == {"python", "torch", "numpy"}
    assert found.about["code"].keys() == {"toy", "toy_model"}
    assert found.about["about"] == {"stories": 10}
    cell = found.about["cells"]["gated | 0"]
    assert cell["threads"] >= 1 and cell["seconds"] >= 0
    assert results.file_of("toy").read_text().count("\n") < 30  # a run is a line


def test_a_study_goes_on_where_it_stopped_whichever_cell_it_was(toy):
    measure = toy.measure
    left = 0

    def killed(arm, rate, seed, part):
        nonlocal left
        if left == 0:
            raise KeyboardInterrupt
        left -= 1
        return measure(arm, rate, seed, part)

    toy.measure = killed
    for _ in range(15):
        before = len(toy.asked)
        left = 1
        try:
            study.run(toy)
        except KeyboardInterrupt:
            pass
        assert len(toy.asked) == before + 1
    study.run(toy)  # nothing is left to do
    assert len(set(toy.asked)) == len(toy.asked) == 15
    assert studies.read("toy").incomplete == []


def test_no_cell_begins_after_the_time_and_seeds_can_be_chosen(toy):
    with pytest.raises(KeyboardInterrupt):
        study.run(toy, seconds=-1)
    assert toy.asked == []
    study.run(toy, seeds=[1])
    found = studies.read("toy")
    assert len(found.incomplete) == 6 and "gated | 1" not in found.incomplete
    study.run(toy)
    assert studies.read("toy").incomplete == [] and len(toy.asked) == 15


def test_new_seeds_and_arms_are_added_and_old_arms_dropped(toy):
    study.run(toy)
    toy.SEEDS = (0, 1, 2, 3)
    study.run(toy)
    assert len(toy.asked) == 18
    toy.ARMS, toy.UNTRAINED = ("gated", "plain"), ()
    toy.SEEDS = (0, 1)
    assert studies.read("toy").arms == ("gated", "plain", "counts")


def test_another_grid_or_other_code_makes_the_table_anew(toy, tmp_path, capsys):
    study.run(toy)
    toy.RATES = (0.1, 1.0, 10.0)
    study.run(toy)
    assert "toy.json has other rates: it is made anew" in capsys.readouterr().out
    assert len(toy.asked) == 30
    (tmp_path / "toy_model.py").write_text(MODEL.replace("2 * x", "3 * x"))
    study.run(toy)
    assert "has other code: it is made anew" in capsys.readouterr().out
    assert len(toy.asked) == 45 and studies.read("toy").stale == []


def test_what_another_process_measured_meanwhile_is_kept(toy):
    first, second = Table(toy), Table(toy)
    tasks = study._tuning(toy)
    first.add(tasks[0], {"loss": 0.5}, 1.0)
    second.add(tasks[1], {"loss": 0.25}, 1.0)
    kept = Table(toy)
    assert [kept.has(task) for task in tasks[:3]] == [True, True, False]


def test_a_rate_that_diverges_is_never_chosen(toy):
    toy.measure = lambda arm, rate, seed, part: {
        "loss": math.nan if rate == 0.01 else [1.0, rate or 0.0]
    }
    study.run(toy)
    assert studies.read("toy").rate("gated") == 0.1
    toy.measure = lambda arm, rate, seed, part: {"loss": math.inf}
    toy.RATES = (1, 2, 3)
    with pytest.raises(ValueError, match="no rate of .1, 2, 3. gave a finite score"):
        study.run(toy)


def test_a_study_without_rates_trains_nothing(toy):
    toy.RATES = ()
    study.run(toy)
    assert len(toy.asked) == 9 and {rate for _, rate, _, _ in toy.asked} == {None}
    assert studies.read("toy").rate("gated") is None


@pytest.mark.parametrize(
    "change, says",
    [
        ({"RATES": (0.1, 1.0)}, "2 RATES; tune over 3 or more"),
        ({"RATES": (1.0, 0.1, 0.01)}, "must ascend"),
        ({"SEEDS": (0, 1000)}, "seed 1000 chooses the rates"),
        ({"UNTRAINED": ("x",)}, r"UNTRAINED has \['x'\]"),
        ({"POINTS": (1, 2)}, "POINTS is no mapping"),
        ({"ARMS": ("a | b",)}, "the name of arm 'a | b' holds"),
        ({"TUNED": "nats"}, "no 'nats' among the scores"),
    ],
)
def test_an_unfair_study_is_refused(toy, change, says):
    toy.__dict__.update(change)
    with pytest.raises(ValueError, match=says):
        study.run(toy)


def test_a_study_that_lacks_something_is_refused(toy):
    del toy.TUNED
    with pytest.raises(ValueError, match="toy lacks TUNED"):
        study.run(toy)


def test_the_command_runs_both_kinds_and_lists_them(toy, monkeypatch, capsys):
    monkeypatch.setattr(registry, "names", lambda: ["toy"])
    monkeypatch.setattr(registry, "first_line", lambda name: "Two arms.")
    monkeypatch.setattr(registry, "load", lambda name: toy)
    with pytest.raises(SystemExit):
        program.main(["--help"])
    said = capsys.readouterr().out
    assert "  toy  Two arms." in said and "ablations" in said
    program.main(["toy", "--seeds", "0"])
    assert capsys.readouterr().out.endswith("toy.json\n")
    asked = []
    monkeypatch.setattr(program, "fill", lambda *given: asked.append(given))
    program.main(["scaling"])
    assert asked[0][0] == "scaling" and asked[0][3] == results.SEEDS
    with pytest.raises(SystemExit, match="not done yet"):
        program.main(["toy", "--minutes", "-1"])


def test_the_modules_that_are_studies_are_found_by_their_source(tmp_path):
    (tmp_path / "a.py").write_text(TOY)
    (tmp_path / "b.py").write_text("ARMS = ()\nRATES = ()\n")
    assert registry._is_study(tmp_path / "a.py")
    assert not registry._is_study(tmp_path / "b.py")
    assert "scaling" not in registry.names()


def test_scores_are_kept_as_numbers_that_json_has():
    assert plain(np.array([1.0, 0.123456789])) == [1, 0.123457]
    assert plain(np.float32(0.5)) == 0.5
    assert plain([math.nan, -math.inf]) == [None, None]
    assert mean([1, 2]) == 1.5 and math.isnan(mean([1, None]))


# ---------------------------------------------------------------------- reading


def test_scores_are_read_by_arm_and_seed(toy):
    study.run(toy)
    found = studies.read("toy")
    assert found.arms == ("gated", "plain", "counts") and found.seeds == (0, 1, 2)
    assert found.values("loss")["plain"].tolist() == [2, 3, 4]
    assert found.values("right")["gated"].tolist() == [0.5, 0.75, 0.5]
    assert found.curve("share")["gated"].tolist() == [[0.5, 1], [1.5, 1], [2.5, 1]]
    assert found.points("share") == [0, 5]
    gap = found.paired("plain", "gated", "loss")
    assert gap == (1, 1, 1, 3)  # the same difference in every seed
    right = found.paired("gated", "plain", "right")
    assert right.mean == pytest.approx(1 / 12) and right.low < 0 < right.high
    assert found.paired("gated", "plain", "share", at=5).mean == 0


@pytest.mark.parametrize(
    "ask, says",
    [
        (lambda x: x.paired("lstm", "plain", "loss"), "no arm 'lstm'; it has: gated"),
        (lambda x: x.rate("lstm"), "no arm 'lstm'"),
        (lambda x: x.values("nats"), "no 'nats': toy has the scores: loss, right"),
        (lambda x: x.points("loss"), "no 'loss': .*: share"),
        (lambda x: x.paired("gated", "plain", "share"), r"say at= .* \[0, 5\]"),
        (lambda x: studies.read("no"), "no study 'no' on file; there are: toy"),
    ],
)
def test_what_is_not_on_file_is_named_with_what_is(toy, ask, says):
    study.run(toy)
    with pytest.raises(ValueError, match=says):
        ask(studies.read("toy"))


def test_an_arm_without_a_score_is_left_out_and_a_run_without_it_is_told(toy):
    measure = toy.measure

    def of_two(arm, rate, seed, part):
        found = measure(arm, rate, seed, part)
        if arm == "counts":
            del found["right"]
        return found

    toy.measure = of_two
    study.run(toy)
    kept = studies.read("toy")
    assert list(kept.values("right")) == ["gated", "plain"]
    assert list(kept.curve("share")) == ["gated", "plain", "counts"]
    del kept._runs[reading.key("gated", 0)]["right"]  # in one of its runs
    with pytest.raises(ValueError, match="no 'right'"):
        kept.values("right")


def test_reading_brings_no_torch():
    asked = "import helpers.studies.intervals, sys; sys.exit('torch' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", asked], cwd=sources.ROOT).returncode == 0
    )


def test_an_older_table_is_read_by_its_own_reader():
    with pytest.raises(ValueError, match="'scaling' is a table for results.read"):
        studies.read("scaling")


def test_runs_of_unequal_lengths_are_named(toy):
    toy.measure = lambda arm, rate, seed, part: {"loss": [1.0] * (1 + seed % 2)}
    study.run(toy)
    with pytest.raises(ValueError, match=r"loss of gated has \[1, 2\] items"):
        studies.read("toy").values("loss")


# --------------------------------------------------------------------- intervals


def test_a_paired_interval_is_that_of_student_on_its_seeds():
    gaps = np.array([0.1, 0.3, 0.2, 0.5, 0.4])
    gap = intervals.paired(gaps + 7, np.full(5, 7.0), draws=20_000)
    half = 2.7764 * gaps.std(ddof=1) / 5**0.5  # by hand: 0.196
    assert gap.mean == pytest.approx(0.3) and gap.seeds == 5
    assert gap.high - gap.mean == pytest.approx(half, rel=0.06)
    assert gap.mean - gap.low == pytest.approx(half, rel=0.06)
    assert gap == intervals.paired(gaps + 7, np.full(5, 7.0), draws=20_000)
    assert str(gap).startswith("+0.300 (95 % interval +0.1")


def test_two_seeds_by_hand():
    # means of two draws of {0, 2} are 0, 1 or 2; 12.7062 / 1.96 · √2 = 9.168
    gap = intervals.paired([0.0, 2.0], [0.0, 0.0])
    assert gap == pytest.approx((1, 1 - 9.168, 1 + 9.168, 2), abs=1e-3)


def test_pairing_takes_out_what_both_arms_share():
    random = np.random.default_rng(5)
    shared = 10 * random.normal(size=6)
    gap = intervals.paired(shared + 1, shared)
    assert gap == pytest.approx((1, 1, 1, 6))


def test_items_widen_an_interval_that_seeds_alone_would_make_narrow():
    random = np.random.default_rng(2)
    items = random.normal(size=200)
    scores = np.tile(items, (5, 1))  # (seeds, items): every seed agrees
    gap = intervals.paired(scores, np.zeros((5, 200)))
    half = 1.96 * items.std() / 200**0.5
    assert gap.high - gap.low == pytest.approx(2 * half, rel=0.1)
    seeds_only = intervals.paired(scores.mean(1), np.zeros(5))
    assert seeds_only.high - seeds_only.low == pytest.approx(0, abs=1e-9)


def test_the_interval_covers_the_truth_as_often_as_it_says():
    random = np.random.default_rng(3)
    held = 0
    for _ in range(300):
        gap = intervals.paired(random.normal(size=5), np.zeros(5), draws=300)
        held += gap.low <= 0 <= gap.high
    assert 0.91 <= held / 300 <= 0.98  # without the stretch: 0.84


def test_an_interval_moves_no_other_random_stream():
    np.random.seed(0)
    first = np.random.random()
    np.random.seed(0)
    intervals.paired([1.0, 2.0], [0.0, 1.0])
    assert np.random.random() == first


@pytest.mark.parametrize(
    "first, second, says",
    [
        ([1, 2], [1, 2, 3], r"\(2,\) and \(3,\) are not paired"),
        ([1], [2], "1 seeds give no interval"),
        ([1, math.nan], [1, 2], r"runs \[1\] have scores that are no finite"),
        ([[[1]]], [[[1]]], "are not paired"),
    ],
)
def test_scores_that_cannot_be_paired_are_named(first, second, says):
    with pytest.raises(ValueError, match=says):
        intervals.paired(first, second)


def test_student_s_quantiles_are_those_of_the_tables():
    wanted = {1: 12.706, 4: 2.776, 9: 2.262, 10: 2.228, 30: 2.042}
    found = {n: intervals._student(n) for n in wanted}
    assert found == pytest.approx(wanted, abs=0.003)
    assert reading.key("a", 3) == "a | 3"
