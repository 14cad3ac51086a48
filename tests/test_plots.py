"""Figures: from arrays alone, the same bytes each time, kind about bad input."""

import math

import matplotlib
import numpy as np
import pytest

from helpers import lesson
from helpers.pictures import drawings, plots, token_plots
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
    "loop": lambda: drawings.folded_and_unfolded(WORDS[:3], "t"),
    "window": lambda: drawings.window(WORDS, 2, "t"),
    "lookup": lambda: drawings.lookup(1, np.eye(3), list("abc"), "t"),
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
        (lambda: drawings.window(WORDS, 9, "t"), "a window of 9"),
        (lambda: drawings.lookup(5, np.eye(3), list("abc"), "t"), "index 5"),
    ],
)
def test_bad_input_is_named(draw, says):
    with pytest.raises(ValueError, match=says):
        draw()


def test_the_label_of_a_line_leaves_the_curves_alone():
    falling, rising = [5.0, 3.0, 2.0, 1.2, 1.1], [1.1, 1.2, 2.0, 3.0, 5.0]
    sides = []
    for y in (falling, rising):
        drawn = plots.curves(range(5), {"loss": y}, "x", {"floor": 1.0})
        (label,) = drawn.axes[0].texts
        sides.append(label.get_ha())
    assert sides == ["left", "right"]


def test_the_price_of_something_is_no_formula():
    assert plain("$5 to $6") == r"\$5 to \$6"
