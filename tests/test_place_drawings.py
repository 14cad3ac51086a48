"""Drawings of positions: sums in columns, hands at their angles, entry points."""

import math

import numpy as np
import pytest

from helpers.pictures import drawings

WORDS = np.array([[0.5, -0.5], [1.0, 0.0]])


def texts(picture) -> list[str]:
    return [t.get_text() for t in picture.axes[0].texts if t.get_text()]


def hands_of(picture) -> list:
    """Return the hands: lines of two points; their tips are single points."""
    lines = picture.axes[0].lines
    return [x for x in lines if x.get_linewidth() == 2.4 and len(x.get_xdata()) == 2]


def test_hands_stand_at_their_angles():
    picture = drawings.dials(np.array([[0.0, math.pi / 2]]), ["a"], ["p", "q"], "t")
    steps = []
    for hand in hands_of(picture):
        (x0, x1), (y0, y1) = hand.get_xdata(), hand.get_ydata()
        steps.append((round(x1 - x0, 3), round(y1 - y0, 3)))
    assert steps == [(0.34, 0.0), (0.0, 0.34)]  # right, then up


def test_a_clock_may_have_two_hands_and_a_remark():
    angles = np.zeros((1, 2, 2))
    picture = drawings.dials(angles, ["a"], ["p", "q"], "t", ["one", "two"])
    hands = hands_of(picture)
    assert len(hands) == 4
    assert len({hand.get_color() for hand in hands}) == 2
    assert {"one", "two", "p", "q", "a"} <= set(texts(picture))


def test_a_word_and_its_position_are_added():
    places = np.array([[0.0, 1.0], [0.5, 0.5]])
    picture = drawings.word_and_position(["x", "y"], WORDS, places, "t")
    shown = texts(picture)
    assert {"word", "position", "input", "x", "y"} <= set(shown)
    cells = picture.axes[0].patches
    assert len(cells) > 12  # three strips of two cells, twice


def test_each_scheme_stands_at_its_part():
    methods = {"input": {"sinusoids": "s"}, "score": {"T5": "b", "Shaw": "a"}}
    picture = drawings.where_they_act(methods, "t")
    heights = {t.get_text(): t.get_position()[1] for t in picture.axes[0].texts}
    assert heights["sinusoids: s"] < heights["query"] < heights["T5: b"]
    assert heights["T5: b"] > heights["Shaw: a"]


@pytest.mark.parametrize(
    "draw",
    [
        lambda: drawings.dials(np.zeros((2, 2)), ["a"], ["p", "q"], "t"),
        lambda: drawings.word_and_position(["x"], WORDS, WORDS, "t"),
        lambda: drawings.where_they_act({"output": {}}, "t"),
    ],
)
def test_wrong_data_are_named(draw):
    with pytest.raises(ValueError):
        draw()
