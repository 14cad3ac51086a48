"""Figures: from arrays alone, the same bytes each time, kind about bad input."""

import math
import warnings

import matplotlib
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from matplotlib.text import Text
from PIL import Image

from helpers import lesson
from helpers.pictures import drawings, plots, token_plots
from helpers.pictures.few_colors import in_few_colors
from helpers.pictures.picture import plain

WORDS = ["the", "key", "near", "the", "cages"]
DRAWN = {
    "bars": lambda: plots.bars(["a", "b"], [1.0, math.inf], "t", floor=0.5, live=["a"]),
    "curves": lambda: plots.curves(
        [1, 2, 3],
        {"a": [3, 2, 1], "b": [1, 1, 2]},
        "t",
        {"floor": 0.5},
        "y",
        {"a": [0.1] * 3},
    ),
    "band": lambda: plots.band([1, 2], {"RNN": [[1, 2], [2, 3]]}, "t", {"RNN": [1, 1]}),
    "by_seed": lambda: plots.by_seed({"a": [1, 2], "b": [3, 1]}, "t", {"a": 1.5}),
    "panels": lambda: plots.panels([("m", [1, 2], {"a": [1, 2]})], "t", {"best": 2}),
    "errors": lambda: plots.bars(["a"], [1], "t", errors=[0.5], over="5 seeds"),
    "heatmap": lambda: plots.heatmap(np.eye(3), list("abc"), list("abc"), "t"),
    "signed": lambda: plots.heatmap(-np.eye(2), list("ab"), list("ab"), "t", None),
    "points": lambda: plots.points([1, 2], [3, 4], ["x", "y"], "t"),
    "words": lambda: plots.scatter_words(np.eye(2), ["a", "b"], ["x", "y"], "t"),
    "histogram": lambda: plots.histogram({"a": [1, 2], "b": [2, 3]}, "t", 1.5),
    "document": lambda: token_plots.document(
        WORDS, {"tag": ["D", None, "P", "D", "N"]}, "t"
    ),
    "nats": lambda: token_plots.document(
        WORDS, {"nats": ["0", "1.5", "2", "0", "3"]}, "t"
    ),
    "arcs": lambda: token_plots.arcs(
        ["a", "b", "c"], [1, 1, 1], ["x", "root", "y"], "t"
    ),
    "listing": lambda: token_plots.listing({"a": ["b", "c $x$"]}, "t"),
    "pipeline": lambda: drawings.pipeline(list("abcdefg"), "t", here=1),
    "loop": lambda: drawings.unrolled(WORDS[:3], np.eye(3), "t"),
    "window": lambda: drawings.window_network(WORDS, 2, (3, 4, 5), "t"),
    "lookup": lambda: drawings.one_hot_lookup(1, np.eye(3), list("abc"), "t"),
    "blocks": lambda: drawings.encoder_blocks("t"),
    "lstm": lambda: drawings.lstm_cell("t"),
    "body": lambda: drawings.one_body({"tags": "D N", "sense": "2"}, WORDS, "t"),
}


def png(picture) -> bytes:
    return picture._repr_mimebundle_()[0]["image/png"]


@pytest.mark.parametrize("name", DRAWN)
def test_every_figure_draws_itself_the_same_way_twice(name):
    lesson.lecture(False)
    data, metadata = DRAWN[name]()._repr_mimebundle_()
    assert data["image/png"][:4] == b"\x89PNG"
    assert data["image/png"] == png(DRAWN[name]())
    assert data["text/plain"].startswith("Picture: t")
    assert metadata["image/png"]["alt"].startswith("t")


def test_a_caption_becomes_part_of_the_text_twin():
    picture = DRAWN["bars"]().caption("Shorter is better.")
    assert picture.alt == "t. Shorter is better."
    assert DRAWN["bars"]().caption("x", alt="two bars").alt == "two bars"


def test_a_heat_map_writes_the_spread_beside_the_mean():
    mean, spread = np.array([[0.5, 1.0]]), np.array([[0.25, 0.0]])
    picture = plots.heatmap(mean, ["a"], ["b", "c"], "t", spread=spread)
    notes = [text.get_text() for text in picture.axes[0].texts]
    assert notes == ["0.50 ± 0.25", "1.00 ± 0.00"]


def test_labels_and_limits_return_the_picture():
    picture = DRAWN["curves"]().label("step", "nats").zoom(y=(0.1, 5))
    axes = picture.axes[0]
    assert axes.get_xlabel() == "step" and axes.get_ylim() == (0.1, 5)


def test_no_figure_touches_the_backend():
    before = matplotlib.get_backend()
    for draw in DRAWN.values():
        png(draw())
    assert matplotlib.get_backend() == before


def test_weights_have_fixed_limits_and_signed_ones_are_symmetric():
    assert DRAWN["heatmap"]().axes[0].images[0].get_clim() == (0, 1)
    low, high = DRAWN["signed"]().axes[0].images[0].get_clim()
    assert low == -high


@pytest.mark.parametrize(
    "draw, says",
    [
        (lambda: plots.bars(["a"], [1, 2], "t"), "1 labels for 2 bars"),
        (lambda: plots.bars(["a"], [math.nan], "t"), "NaN"),
        (lambda: plots.curves([1, 2], {"a": [1]}, "t"), "1 values for 2 places"),
        (lambda: plots.curves([], {}, "t"), "none of them empty"),
        (lambda: plots.heatmap(np.eye(3), ["a"], ["b"], "t"), "as many labels"),
        (lambda: plots.points([1, 2], [3], ["x", "y"], "t"), "2, 1 numbers"),
        (lambda: plots.scatter_words(np.eye(2), ["a"], ["x"], "t"), "as many groups"),
        (
            lambda: token_plots.document(["a"], {"tag": []}, "t"),
            "0 labels for 1 tokens",
        ),
        (lambda: token_plots.arcs(["a"], [0, 1], ["x"], "t"), "one entry per token"),
        (lambda: token_plots.listing({}, "t"), "at least one row"),
        (lambda: drawings.pipeline([], "t"), "at least one box"),
        (lambda: drawings.window_network(WORDS, 9, (3, 4, 5), "t"), "a window of 9"),
        (lambda: drawings.one_hot_lookup(5, np.eye(3), list("abc"), "t"), "index 5"),
    ],
)
def test_bad_input_is_named(draw, says):
    with pytest.raises(ValueError, match=says):
        draw()


def test_the_price_of_something_is_no_formula():
    assert plain("$5 to $6") == r"\$5 to \$6"


# -------------------------------------------------------------- what is drawn


def said(picture) -> list[str]:
    return [text.get_text() for text in picture.axes[0].texts]


def named(picture) -> list[str]:
    """Return the names beside the lines' ends."""
    return [text.get_text().lstrip("\u200b") for text in beside(picture)]


def beside(picture) -> list[Text]:
    boxes = [x for axes in picture.axes for x in axes.artists]
    return [text for box in boxes for text in box.offsetbox.findobj(Text)]


def looks(lines) -> list[tuple]:
    return [(x.get_color(), str(x.get_linestyle()), x.get_marker()) for x in lines]


def test_bars_are_as_long_as_their_values_and_negative_ones_go_left():
    axes = plots.bars(["a", "b", "c"], [-1, 2, -3.5], "t", 0.5, ["b"]).axes[0]
    assert [bar.get_width() for bar in axes.patches] == [-1, 2, -3.5]
    assert [bar.get_x() for bar in axes.patches] == [0, 0, 0]
    low, high = axes.get_xlim()
    assert low < -3.5 and high > 2
    assert [t.get_text() for t in axes.get_yticklabels()] == ["a", "b", "c"]
    numbers = {t.get_text(): (t.get_position(), t.get_ha()) for t in axes.texts}
    assert numbers["-1.00 "] == ((-1, 0), "right")
    assert numbers[" 2.00"] == ((2, 1), "left")
    assert "floor 0.50" in numbers and list(axes.lines[0].get_xdata()) == [0.5, 0.5]
    assert [bool(bar.get_hatch()) for bar in axes.patches] == [False, True, False]


@pytest.mark.parametrize(
    "values, limits, numbers",
    [
        ([-math.inf, 2], (-2.5, 2.5), ["← infinite ", " 2.00"]),
        ([math.inf, -2], (-2.5, 2.5), [" infinite →", "-2.00 "]),
        ([math.inf], (0, 1.25), [" infinite →"]),
        ([0, 0], (0, 1), [" 0.00", " 0.00"]),
        ([2e-5], (0, 2.5e-5), [" 2e-05"]),
        ([0.004], (0, 0.005), [" 0.004"]),
    ],
)
def test_an_axis_has_room_for_arrows_zeros_and_small_bars(values, limits, numbers):
    picture = plots.bars([str(i) for i in range(len(values))], values, "t")
    assert picture.axes[0].get_xlim() == pytest.approx(limits)
    assert said(picture) == numbers
    assert all(bar.get_width() for bar in picture.axes[0].patches) or 0 in values


def test_no_two_of_36_curves_or_groups_look_alike():
    x = np.arange(3)
    axes = plots.curves(x, {f"c{i}": x + i for i in range(36)}, "t").axes[0]
    assert len(set(looks(axes.lines))) == 36
    assert [line.get_label() for line in axes.lines] == [f"c{i}" for i in range(36)]
    assert (axes.lines[7].get_ydata() == x + 7).all()
    names = [f"g{i}" for i in range(36)]
    groups = plots.points(range(36), range(36), names, "t").axes[0]
    assert len(set(looks(groups.lines))) == 36
    many = plots.histogram({name: [1, 2] for name in names}, "t").axes[0]
    seen = {(p.get_edgecolor(), str(p.get_linestyle())) for p in many.patches}
    assert len(seen) == 36
    with pytest.raises(ValueError, match="no more than 36 curves"):
        plots.curves(x, {f"c{i}": x for i in range(37)}, "t")


def test_a_curve_keeps_its_gap_its_band_and_its_reference():
    picture = DRAWN["curves"]()
    axes = picture.axes[0]
    assert [list(line.get_ydata()) for line in axes.lines[:2]] == [[3, 2, 1], [1, 1, 2]]
    assert list(axes.lines[2].get_ydata()) == [0.5, 0.5]
    assert axes.get_yscale() == "log"
    assert named(picture) == ["a", "b", "floor 0.50"]
    [band] = axes.collections
    edges = band.get_paths()[0].vertices[:, 1]
    assert edges.max() == pytest.approx(3.1) and edges.min() == pytest.approx(0.9)
    one = plots.curves([1, 2], {"a": [1, 2]}, "t", spread={"a": 0.5})
    assert one.axes[0].collections[0].get_paths()[0].vertices[:, 1].max() == 2.5
    nan = plots.curves([1, 2], {"a": [1, 2]}, "t", spread={"a": [0.5, math.nan]})
    assert png(nan)
    gap = plots.curves([1, 2, 3], {"a": [1, math.inf, 2]}, "t", {"floor": 1.0})
    assert list(gap.axes[0].lines[0].get_ydata()) == [1, math.inf, 2] and png(gap)


def test_a_name_that_begins_with_an_underscore_is_written():
    picture = plots.curves([1, 2], {"_a": [1, 2], "b": [2, 1]}, "t")
    assert named(picture) == ["_a", "b"]
    names = [f"_{i}" for i in range(30)]  # too many for the lines' ends
    many = plots.curves([1, 2], {name: [1, 2] for name in names}, "t")
    legend = many.axes[0].get_legend().texts
    assert [text.get_text().lstrip("\u200b") for text in legend] == names


def test_a_heat_map_holds_its_matrix_and_writes_each_number():
    picture = plots.heatmap([[0.5, -math.inf], [2, 1]], ["a", "b"], [1, 2], "t", (0, 2))
    axes = picture.axes[0]
    assert axes.images[0].get_array().data.tolist() == [[0.5, -math.inf], [2, 1]]
    assert said(picture) == ["0.50", "-inf", "2", "1"]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["a", "b"]
    assert [t.get_text() for t in axes.get_xticklabels()] == ["1", "2"]
    large = plots.heatmap(np.eye(11), range(11), range(11), "t")
    assert said(large) == []


def test_a_heat_map_of_tenths_writes_one_decimal():
    picture = plots.heatmap([[3.9, 1.0], [2.5, -0.7]], ["a", "b"], [1, 2], "t", (-1, 5))
    assert said(picture) == ["3.9", "1.0", "2.5", "-0.7"]


def test_a_histogram_of_one_number_has_one_bar_and_areas_are_one():
    axes = plots.histogram({"a": [2.0, 2.0]}, "t").axes[0]
    assert axes.get_xlim()[0] < 1.6 and axes.get_xlim()[1] > 2.4
    heights = axes.patches[0].get_xy()[:, 1]
    assert np.unique(heights) == pytest.approx([0, 30])  # a bar of a thirtieth
    drawn = DRAWN["histogram"]().axes[0]
    assert [t.get_text() for t in drawn.get_legend().texts] == [
        "a",
        "b",
        "best threshold",
    ]
    assert drawn.lines[0].get_xdata() == [1.5, 1.5]


def test_words_stand_beside_their_points():
    picture = plots.scatter_words(np.eye(2), ["$a$", 7], ["x", "y"], "t")
    assert said(picture) == [r"\$a\$", "7"]
    assert [list(t.xy) for t in picture.axes[0].texts] == [[1, 0], [0, 1]]
    groups = [line.get_label() for line in picture.axes[0].lines]
    assert groups == ["x", "y"]


def test_labels_of_tokens_have_the_tint_of_their_number():
    picture = token_plots.document(["a", "b", "c"], {"d": ["-1", 0, "3"]}, "t")
    tints = {}
    for text in picture.axes[0].texts:
        if text.get_bbox_patch():
            tints[text.get_text()] = text.get_bbox_patch().get_facecolor()
    assert tints["-1"][:3] == (1, 1, 1)  # the least: white
    assert tints["0"][2] == pytest.approx(0.8, abs=0.01)
    assert tints["3"][2] == pytest.approx(0.2, abs=0.01)
    words = token_plots.document(["a"], {"tag": ["infinity"]}, "t")
    assert "infinity" in said(words) and png(words)


def test_a_tree_has_an_arc_for_every_token_but_the_root():
    picture = DRAWN["arcs"]()
    ends = [
        line.get_xdata() for line in picture.axes[0].lines if len(line.get_xdata()) > 1
    ]
    # each arrow leaves beside the head, on the side of the dependent where it ends
    beside = token_plots.LEAVES
    wanted = [[1 - beside, 0], [1 + beside, 2]]
    assert np.allclose([[x[0], x[-1]] for x in ends], wanted)
    assert said(picture) == ["a", "x", "b", "root", "c", "y"]


def test_a_listing_writes_its_words_as_they_stand():
    shown = said(token_plots.listing({"$k$": ["b", "c $x$"]}, "t"))
    assert shown == [r"\$k\$", "→", r"b   c \$x\$"]


def test_naming_one_axis_keeps_the_name_of_the_other():
    axes = plots.bars(["a"], [1], "t", unit="hours").label(y="model").axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("hours", "model")


@pytest.mark.parametrize(
    "draw, says",
    [
        (lambda: plots.bars(["a"], [1], "t", math.inf), "floor has 1 infinite"),
        (lambda: plots.bars(["a"], ["x"], "t"), "values has entries that are no num"),
        (lambda: plots.bars([], [], "t"), "none of them empty"),
        (lambda: plots.curves([1, 2], {}, "t"), "no curves are given"),
        (lambda: plots.curves([1, math.inf], {"a": [1, 2]}, "t"), "x has 1 infinite"),
        (
            lambda: plots.curves([1, 2], {"a": [1, 2]}, "t", spread={"a": [1]}),
            "the spread of a has 1 values for 2",
        ),
        (
            lambda: plots.curves([1], {"a": [1]}, "t", {"floor": math.nan}),
            "lines has 1 entries that are NaN",
        ),
        (
            lambda: plots.heatmap(np.eye(2), "ab", "cd", "t", spread=np.eye(3)),
            r"spread has shape \(3, 3\), not \(2, 2\)",
        ),
        (
            lambda: plots.heatmap([[math.inf]], "a", "b", "t", None),
            "matrix has 1 infinite",
        ),
        (
            lambda: plots.heatmap([[1]], "a", "b", "t", (0, math.nan)),
            "limits has 1 entries that are NaN",
        ),
        (lambda: plots.histogram({}, "t"), "no groups are given"),
        (lambda: plots.histogram({"a": [math.inf, 1]}, "t"), "a has 1 infinite"),
        (lambda: plots.points([math.inf], [1], ["a"], "t"), "x has 1 infinite"),
        (lambda: token_plots.document([], {}, "t"), "0 tokens, 10 per line"),
        (lambda: token_plots.document(["a"], {}, "t", 0), "1 tokens, 0 per line"),
        (lambda: token_plots.arcs(["a"], [1], ["x"], "t"), r"heads \[1\] are no ind"),
        (lambda: token_plots.arcs(["a"], [-1], ["x"], "t"), r"heads \[-1\] are no"),
        (lambda: token_plots.arcs([], [], [], "t"), "0 tokens"),
    ],
)
def test_what_is_no_number_or_missing_is_named(draw, says):
    with pytest.raises(ValueError, match=says) as caught:
        draw()
    assert "\n" not in str(caught.value)


ODD = st.lists(
    st.sampled_from(["$", "$$", "_", "\\", "\\frac", "^", "{", "\n", "<b>", "&lt;"])
    | st.text(st.characters(codec="utf-8"), max_size=4)
    | st.sampled_from(["שלום", "한국", "👩‍🚀", "a" * 300, "\x00", "\u202e"]),
    min_size=1,
    max_size=4,
).map("".join)
DRAWING = {
    "band": lambda a, b: plots.band([1, 2], {a: [1, 2], b + "x": [2, 1]}, b),
    "by_seed": lambda a, b: plots.by_seed({a: [1, 2], b + "x": [2]}, b),
    "panels": lambda a, b: plots.panels([(a, [1, 2], {a: [1, 2], b + "x": [2, 1]})], b),
    "bars": lambda a, b: plots.bars([a, b], [1, -1], a),
    "curves": lambda a, b: plots.curves([1, 2], {a: [1, 2], b + "x": [2, 1]}, b),
    "document": lambda a, b: token_plots.document([a, b], {b: [a, b]}, a),
    "listing": lambda a, b: token_plots.listing({a: [b]}, b),
    "pipeline": lambda a, b: drawings.pipeline([a, b], a).caption(b),
    "words": lambda a, b: plots.scatter_words(np.eye(2), [a, b], [b, a], a),
}


@pytest.mark.parametrize("name", DRAWING)
@settings(max_examples=6, phases=[Phase.explicit, Phase.generate])
@given(ODD, ODD)
def test_odd_texts_are_drawn_without_a_word_of_matplotlib(name, a, b):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert png(DRAWING[name](a, b))[:4] == b"\x89PNG"


@given(st.text(max_size=30))
def test_a_text_is_drawn_as_it_stands_however_often_it_is_made_plain(text):
    shown = Text(0, 0, plain(plain(text)))
    said, is_math = shown._preprocess_math(shown.get_text())
    assert (said, is_math) == (text, False)


def test_few_colours_are_kept_only_where_none_is_lost():
    plain = Image.new("RGB", (300, 300), "white")
    plain.paste("#0072B2", (0, 0, 150, 300))
    assert in_few_colors(plain).mode == "P"
    many = Image.linear_gradient("L").resize((300, 300))
    mixed = Image.merge("RGB", (many, many.rotate(90), many.rotate(180)))
    mixed.paste("#7b3294", (5, 5, 7, 7))  # four violet pixels
    kept = in_few_colors(mixed).convert("RGB")
    violet = np.array(kept.getpixel((5, 5))) - [0x7B, 0x32, 0x94]
    assert abs(violet).max() <= 60
