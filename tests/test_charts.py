"""Charts of runs, names at the ends of lines, and plain numbers on axes."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex, to_rgb

from helpers import lesson
from helpers.pictures import line_labels, looks, plots, ticks
from helpers.pictures.picture import CYCLE, MODELS, ROLES, look

SIX = dict.fromkeys(MODELS, [[3.0, 2, 1], [2.0, 2, 2]])
LONG = "counts of the last four words of a text that nobody has read before"
CROWDED = {
    "ends that touch": lambda: plots.curves(
        range(4), {f"arm {i}": [i, 3, 1, 1 + i / 1000] for i in range(8)}, "t"
    ),
    "a line on a curve": lambda: plots.curves(
        range(4), {"RNN": [4, 2, 1, 1], "LSTM": [4, 1, 1, 1]}, "t", {"floor": 1, "b": 1}
    ),
    "long names": lambda: plots.curves(
        range(3), {LONG: [1, 2, 3], LONG + "!": [3, 2, 2.9]}, "t", {LONG: 2.8}
    ),
    "a gap at the end": lambda: plots.curves(
        range(4), {"a": [1, 2, math.inf, math.inf], "b": [1, 2, 3, 4]}, "t"
    ),
    "logarithmic": lambda: plots.curves(
        range(1, 5), {"a": [1e-9, 1, 2, 3], "b": [1, 1, 2, 3.1]}, "t", log="xy"
    ),
    "zoomed": lambda: plots.curves(
        range(3), {"a": [1, 2, 30], "b": [1, 2, 40]}, "t", {"floor": 0.5}
    ).zoom(x=(0, 1.5), y=(0.4, 1.05)),
    "bands": lambda: plots.band(
        range(3), {"RNN": SIX["RNN"], "b": [[1, 1, 1.5]]}, "t", {"RNN": [3, 2, 1.4]}
    ),
    "panels": lambda: plots.band(range(3), SIX, "t", lines={"best": 1, "chance": 1.1}),
}


@pytest.fixture(autouse=True)
def style():
    lesson.lecture(False)


def boxes(figure) -> list:
    """Return what each name takes of the picture, in pixels, after it was drawn."""
    assert figure.png()
    found = [box for axes in figure.axes for box in axes.artists]
    return [box.offsetbox.get_window_extent() for box in found if box.get_visible()]


def overlap(a, b) -> bool:
    """Tell whether two boxes share more than half a pixel."""
    across = min(a.x1, b.x1) - max(a.x0, b.x0)
    return across > 0.5 and min(a.y1, b.y1) - max(a.y0, b.y0) > 0.5


def lies_on_data(axes, box) -> bool:
    """Tell whether a box covers a part of a curve, or of the chart at all."""
    frame = axes.get_window_extent()
    for line in axes.lines:
        path = line.get_path().transformed(line.get_transform())
        if path.clip_to_bbox(frame).intersects_bbox(box, filled=False):
            return True
    return overlap(frame, box)


@pytest.mark.parametrize("name", CROWDED)
def test_no_name_lies_on_a_curve_or_on_another_name(name):
    figure = CROWDED[name]()
    found = boxes(figure)
    assert len(found) >= 2
    for i, box in enumerate(found):
        assert not any(overlap(box, other) for other in found[:i])
        assert not any(lies_on_data(axes, box) for axes in figure.axes)
        assert 0 <= box.x0 and box.x1 <= figure.bbox.x1 + 1
        assert 0 <= box.y0 and box.y1 <= figure.bbox.y1


def test_a_name_on_a_curve_would_be_found():
    figure = plots.curves([0, 1], {"a": [0, 1], "b": [1, 0]}, "t")
    first = figure.axes[0].artists[0]
    figure.late += (lambda _: setattr(first, "xyann", (0.45, 0.5)),)
    found = boxes(figure)
    assert lies_on_data(figure.axes[0], found[0])
    assert not lies_on_data(figure.axes[0], found[1])


def test_a_name_stands_where_its_line_ends():
    figure = plots.curves([0, 1], {"up": [0, 1], "down": [1, 0]}, "t")
    up, down = boxes(figure)
    frame = figure.axes[0].get_window_extent()
    ends = figure.axes[0].transData.transform([(1, 1), (1, 0)])[:, 1]
    assert [(box.y0 + box.y1) / 2 for box in (up, down)] == pytest.approx(ends, abs=3)
    assert up.x0 > frame.x1
    threads = [x.arrow_patch.get_visible() for x in figure.axes[0].artists]
    assert threads == [False, False]
    close = plots.curves([0, 1], {"a": [0, 1], "b": [0, 1], "c": [1, 0]}, "t")
    boxes(close)  # the two that had to move are tied to their lines
    threads = [x.arrow_patch.get_visible() for x in close.axes[0].artists]
    assert threads == [True, True, False]


def test_a_legend_that_a_notebook_adds_takes_the_place_of_the_names():
    figure = plots.curves([0, 1], {"a": [0, 1], "b": [1, 0]}, "t")
    figure.axes[0].legend(loc="upper right")
    assert boxes(figure) == []


def test_one_curve_alone_needs_no_name():
    assert boxes(plots.curves([0, 1], {"a": [0, 1]}, "t")) == []


SIZES = st.lists(
    st.tuples(st.floats(-50, 150), st.floats(1, 12)), min_size=1, max_size=8
)


@given(SIZES)
def test_intervals_are_set_apart_within_their_limits(given_):
    wanted, sizes = np.array(given_).T
    middles = line_labels.apart(wanted, sizes, 0, 100)
    lows, highs = middles - sizes / 2, middles + sizes / 2
    assert lows.min() >= -1e-9 and highs.max() <= 100 + 1e-9
    order = np.argsort(middles)
    assert (lows[order][1:] >= highs[order][:-1] - 1e-9).all()
    assert (np.diff(wanted[np.argsort(middles, kind="stable")]) >= -1e-9).all()


def test_intervals_with_room_stay_and_touching_ones_share_the_way():
    apart = line_labels.apart
    assert apart([10, 50], [4, 4], 0, 100).tolist() == [10, 50]
    assert apart([50, 50], [4, 4], 0, 100).tolist() == [48, 52]
    assert apart([50, 50, 90], [4, 4, 4], 0, 100).tolist() == [48, 52, 90]
    assert apart([-5, 120], [4, 4], 0, 100).tolist() == [2, 98]


# ------------------------------------------------------------------------ colours


def test_a_model_keeps_its_colour_in_every_chart():
    first = looks.looks(["RNN", "LSTM, 64", "chance"], "curves")
    assert [x.color for x in first[:2]] == [MODELS["RNN"], MODELS["LSTM"]]
    assert first[2].color not in (MODELS["RNN"], MODELS["LSTM"])
    assert looks.model_color("biLM, from the left") == MODELS["biLM"]
    assert looks.model_color("RNNs") is None and looks.model_color("a GPT") is None
    curves = plots.curves([1, 2], {"BERT": [1, 2], "GPT": [2, 1]}, "t").axes[0].lines
    assert [line.get_color() for line in curves] == [MODELS["BERT"], MODELS["GPT"]]
    assert len(set(MODELS.values())) == 6 and ROLES["floor"] not in MODELS.values()


def test_no_two_looks_are_alike_and_other_names_look_as_before():
    names = ["RNN", "RNN, wide", "a", "b", "RNN, deep", "c", "d", "e", "f", "g"]
    found = looks.looks(names, "curves")
    assert len({(x.color, str(x.line), x.marker) for x in found}) == len(names)
    plain = [f"c{i}" for i in range(36)]
    assert looks.looks(plain, "curves") == [look(i, "curves") for i in range(36)]
    many = [f"BERT {i}" for i in range(8)]  # more than one colour can tell apart
    assert looks.looks(many, "curves") == [look(i, "curves") for i in range(8)]


@pytest.mark.parametrize("color", [*CYCLE, *MODELS.values()])
def test_letters_in_any_colour_can_be_read(color):
    contrast = looks._contrast(np.array(looks.ink(color)))
    assert 4.5 <= contrast < 10
    assert looks._contrast(np.array([1.0, 1, 1])) == pytest.approx(1)
    assert looks._contrast(np.array([0.0, 0, 0])) == pytest.approx(21)


# ------------------------------------------------------------------------ numbers


@pytest.mark.parametrize(
    "value, text",
    [
        (1000, "1,000"),
        (1e6, "1,000,000"),
        (0.1, "0.1"),
        (0.0001, "0.0001"),
        (2.5, "2.5"),
        (0, "0"),
        (-1000, "-1,000"),
        (1e-9, "10⁻⁹"),
        (5e7, "5·10⁷"),
        (16, "16"),
    ],
)
def test_numbers_are_written_without_exponents(value, text):
    assert ticks.plain_number(value) == text


def test_numbers_that_are_compared_are_written_alike():
    assert ticks.plain_numbers([1e-5, 2e-5, 1e-3, 0]) == ["10⁻⁵", "2·10⁻⁵", "10⁻³", "0"]
    assert ticks.plain_numbers([1e-3, 1000, 0]) == ["0.001", "1,000", "0"]


def numbers_of(axis) -> list[str]:
    low, high = sorted(axis.get_view_interval())
    labels = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)
    return [label.get_text() for place, label in labels if low <= place <= high]


@pytest.mark.parametrize(
    "least, largest, texts",
    [
        (0.09, 1100, ["0.1", "1", "10", "100", "1,000"]),
        (1e-9, 1, [f"10{power}" for power in ("⁻⁸", "⁻⁶", "⁻⁴")]),
        (0.4, 3, ["0.5", "1", "2"]),
    ],
)
def test_a_logarithmic_axis_has_plain_numbers(least, largest, texts):
    y = np.geomspace(least, largest, 50)
    figure = plots.curves(range(50), {"a": y}, "t", log="y")
    assert figure.png()
    assert numbers_of(figure.axes[0].yaxis)[: len(texts)] == texts


def test_numbers_along_x_that_would_overlap_are_left_out():
    x = [1, 2, 3, 4, 900, 1000]
    figure = plots.curves(x, {"a": x}, "t")
    assert figure.png()
    assert numbers_of(figure.axes[0].xaxis) == ["1", "900", "1,000"]
    figure = plots.curves([1, 10, 100], {"a": [1, 2, 3]}, "t", log="x")
    assert figure.png() and numbers_of(figure.axes[0].xaxis) == ["1", "10", "100"]


def test_ticks_set_by_hand_stay():
    figure = plots.curves([1, 2], {"a": [1, 2]}, "t", log="y")
    figure.axes[0].set_yticks([1, 1.5], ["one", "more"])
    assert figure.png() and numbers_of(figure.axes[0].yaxis) == ["one", "more"]


# ------------------------------------------------------------------- runs on file


def test_a_band_holds_all_runs_and_their_mean():
    runs = np.array([[1.0, 2.0], [3.0, 6.0], [2.0, 1.0]])
    figure = plots.band([0, 1], {"RNN": runs}, "t", {"RNN": [2, 2]}, {"floor": 0.5})
    axes = figure.axes[0]
    mean, live, floor = axes.lines
    assert mean.get_ydata().tolist() == [2, 3] and live.get_ydata().tolist() == [2, 2]
    assert live.get_linewidth() > 1.5 * mean.get_linewidth()
    assert live.get_color() == mean.get_color() == MODELS["RNN"]
    [band] = axes.collections
    edges = band.get_paths()[0].vertices
    assert {tuple(x) for x in edges[edges[:, 0] == 0].round(6)} == {(0, 1), (0, 3)}
    assert edges[:, 1].max() == 6 and floor.get_color() == ROLES["floor"]
    said = figure._supxlabel.get_text()
    assert said == (
        "Pale: 3 runs on file, a seed each. Thin line: their mean. Strong line: this "
        "run."
    )


def test_more_than_three_bands_get_a_panel_each_with_the_same_axes():
    figure = plots.band(range(3), SIX, "t", {"GPT": [1, 2, 3]}, {"chance": 0.5})
    figure.label("distance", "share").zoom(y=(0, 1))
    assert [axes.get_title("left") for axes in figure.axes] == list(SIX)
    assert len({axes.get_ylim() for axes in figure.axes}) == 1
    assert [axes.get_xlabel() for axes in figure.axes] == [""] * 3 + ["distance"] * 3
    names = [axes.get_ylabel() for axes in figure.axes]
    assert names == ["share", "", "", "share", "", ""]
    for axes, name in zip(figure.axes, SIX, strict=True):
        own = [x for x in axes.lines if to_hex(x.get_color()) == MODELS[name].lower()]
        assert len(own) == (2 if name == "GPT" else 1)
    three = plots.band(range(3), {k: SIX[k] for k in list(SIX)[:3]}, "t")
    assert len(three.axes) == 1


def test_panels_without_references_need_no_names():
    assert boxes(plots.band(range(3), SIX, "t")) == []


def test_runs_that_diverged_are_counted_and_one_run_has_no_band():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nan = [[1, 2.0], [math.nan, math.nan], [3, math.inf]]
        figure = plots.band([0, 1], {"a": nan}, "t")
        assert figure.png()
    assert figure.axes[0].lines[0].get_ydata().tolist() == [2, 2]
    assert figure.note.endswith("a: 2 of 3 diverged, left out.")
    one = plots.band([0, 1], {"a": [1, 2]}, "t")
    assert not one.axes[0].collections and one.note.startswith("One run on file")


def test_a_dot_is_a_run_and_a_ring_the_learners_own():
    figure = plots.by_seed({"RNN": [1, 3], "b": [2, math.nan]}, "t", {"b": 2.5})
    axes = figure.axes[0]
    dots, other, ring = axes.lines
    assert dots.get_xdata().tolist() == [1, 3] and ring.get_xdata().tolist() == [2.5]
    heights = [line.get_ydata() - row for row, line in enumerate((dots, other))]
    assert heights[0].tolist() == pytest.approx(heights[1].tolist())  # by seed
    assert ring.get_markerfacecolor() == "none" and dots.get_color() == MODELS["RNN"]
    assert [text.get_text() for text in axes.texts] == ["2.00", "2.00"]
    assert figure.note == (
        "A dot: one seed, 2 runs an arm. Short line and number: their mean. Ring: this "
        "run. b: 1 of 2 diverged, left out."
    )
    low = plots.by_seed({"a": [2.0, 3.0]}, "t", lines={"floor": 0.5}).axes[0]
    assert low.get_xlim()[0] < 0.5  # references are in sight
    share = plots.by_seed({"a": [0.7, 0.9]}, "t", unit="share right").axes[0]
    assert share.get_xlim()[1] == 1 and share.get_xlim()[0] < 0.7


def test_a_caption_comes_before_what_a_chart_says_of_itself():
    figure = plots.band([0, 1], {"a": [[1, 2], [2, 3]]}, "t")
    before = figure.note
    figure.caption("Look at the end.")
    assert figure._supxlabel.get_text().startswith(f"Look at the end. {before[:20]}")
    assert figure.alt == f"t. {before}. Look at the end."


def test_panels_have_their_messages_and_names_beside_the_last_one():
    parts = [
        ("Two keep it", [1, 2], {"RNN": [1, 2], "GPT": [2, 2]}),
        plots.Panel("One does not", [1, 2], {"GPT": [[2, 1], [1, 1]]}),
    ]
    figure = plots.panels(parts, "message", {"best": 3.0})
    assert [axes.get_title("left") for axes in figure.axes] == [
        "Two keep it",
        "One does not",
    ]
    last = figure.axes[1]
    assert len(figure.axes[0].artists) == 0 and len(last.artists) == 3
    assert boxes(figure) and figure.alt.startswith("message")
    first, second = figure.axes[0].lines[1], last.lines[0]
    assert first.get_color() == second.get_color() == MODELS["GPT"]


def test_a_last_row_that_is_not_full_leaves_the_columns_in_place():
    part = ("m", [1, 2], {"RNN": [1, 2], "GPT": [2, 2]})
    figure = plots.panels([part] * 8, "t")
    named = [len(axes.artists) for axes in figure.axes]
    assert named == [0, 0, 2, 0, 0, 2, 0, 0]
    figure.canvas.draw()
    first, second, third = (axes.get_position().x0 for axes in figure.axes[:3])
    assert second - first == pytest.approx(third - second, rel=0.05)


# --------------------------------------------------------------------------- bars


def test_the_bar_of_the_message_is_coloured_and_the_others_are_grey():
    figure = plots.bars(["a", "b", "c"], [1, 2, 3], "t", live=["c"], highlight=["b"])
    patches = figure.axes[0].patches
    blue, grey = to_rgb(ROLES["model"]), to_rgb(ROLES["baseline"])
    assert [patch.get_facecolor()[:3] for patch in patches] == [grey, blue, grey]
    assert [bool(patch.get_hatch()) for patch in patches] == [False, False, True]


def test_shares_end_at_one_and_references_look_the_same_everywhere():
    given = {"unit": "share right", "floor": 0.2, "chance": 0.5, "best": 0.97}
    figure = plots.bars(["a"], [0.9], "t", **given)
    axes = figure.axes[0]
    assert axes.get_xlim() == (0, 1)
    assert plots.bars(["a"], [1.2], "t", unit="share").axes[0].get_xlim()[1] > 1.2
    assert plots.bars(["a"], [0.05], "t", unit="share").axes[0].get_xlim()[1] < 0.1
    lines = {"floor": 0.2, "chance": 0.5, "best": 0.97}
    others = [
        plots.curves([0, 1], {"a": [0, 1]}, "t", lines).axes[0].lines[1:],
        plots.by_seed({"a": [0.5]}, "t", lines=lines).axes[0].lines[1:],
    ]
    wanted = [(line.get_color(), line.get_linestyle()) for line in axes.lines]
    assert len(set(wanted)) == 3
    for other in others:
        assert [(x.get_color(), x.get_linestyle()) for x in other] == wanted


def test_names_of_upright_lines_stand_beside_each_other():
    given = {"floor": 0.5, "chance": 0.51, "best": 0.52}
    figure = plots.bars(["a"], [0.9], "t", **given)
    assert figure.png()
    names = [x for x in figure.axes[0].texts if x.get_text().split()[0] in given]
    found = [name.get_window_extent() for name in names]
    assert len(found) == 3
    for i, box in enumerate(found):
        assert not any(overlap(box, other) for other in found[:i])


def test_whiskers_go_from_end_to_end_and_the_picture_says_over_what():
    errors = [0.5, (1.0, 4.0)]
    over = "95 % interval over 5 seeds"
    figure = plots.bars(["a", "b"], [1, 2], "t", errors=errors, over=over)
    spans = [x.get_segments()[0][:, 0].tolist() for x in figure.axes[0].collections]
    assert spans[0] == [0.5, 1.5] and [1, 4] in spans
    assert figure._supxlabel.get_text() == "Whiskers: 95 % interval over 5 seeds."
    numbers = {text.get_text(): text.get_position() for text in figure.axes[0].texts}
    assert numbers[" 2.00"] == (4, 1)  # beyond the whisker
    assert figure.axes[0].get_xlim()[1] > 4


@pytest.mark.parametrize(
    "draw, says",
    [
        (lambda: plots.bars(["a"], [1], "t", errors=[1]), "errors of what"),
        (lambda: plots.bars(["a"], [1], "t", errors=[1, 2], over="x"), "2 errors for"),
        (lambda: plots.bars(["a"], [1], "t", highlight=["b"]), "no bar is called 'b'"),
        (lambda: plots.bars(["a"], [1], "t", chance=math.nan), "chance has 1"),
        (lambda: plots.band([1], {}, "t"), "no runs are given"),
        (lambda: plots.band([1, 2], {"a": [[1]]}, "t"), r"a has shape \(1, 1\), not"),
        (lambda: plots.band([1], {"a": [math.nan]}, "t"), "a has no run with a number"),
        (lambda: plots.band([1], {"a": [1]}, "t", {"b": [1]}), "live has 'b'; the"),
        (lambda: plots.band(range(3), SIX, "t", {"b": [1]}), "live has 'b'; the"),
        (
            lambda: plots.panels([("m", [1], {"a": [1]}, {"b": [1]})], "t"),
            "live has 'b', but the bands are: a",
        ),
        (lambda: plots.band([1], {"a": [1]}, "t", {"a": [1, 2]}), "has 2 values for 1"),
        (lambda: plots.by_seed({}, "t"), "no runs are given"),
        (lambda: plots.by_seed({"a": [math.nan]}, "t"), r"a has shape \(1,\); give"),
        (lambda: plots.by_seed({"a": [1]}, "t", {"b": 1}), "live has 'b'; the arms"),
        (lambda: plots.panels([], "t"), "no panels are given"),
        (lambda: plots.panels([("m", [1], {})], "t"), "the panel 'm' has no curves"),
    ],
)
def test_what_no_chart_can_show_is_named(draw, says):
    with pytest.raises(ValueError, match=says):
        draw()


def test_no_curve_has_the_colour_of_the_floor_beside_it():
    ys = {name: [3.0, 2.0, 1.0 + i] for i, name in enumerate("abcde")}
    figure = plots.curves([1, 2, 3], ys, "Five curves", {"floor": 0.5})
    colors = [line.get_color() for line in figure.axes[0].lines]
    assert colors.count(ROLES["floor"]) == 1
    assert len({*colors}) == 6
