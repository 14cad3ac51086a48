"""Drawings of notebook 04: the numbers drawn are those given, and roads are right."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch, Rectangle

from helpers.pictures import drawings
from helpers.pictures.picture import ROLES
from tests.geometry import faults, texts

WORDS = ["the", "bank", "is", "near", "it"]


def test_the_shares_and_gamma_stand_in_the_picture():
    layers = np.random.default_rng(0).normal(size=(3, 12))
    picture = drawings.two_towers(WORDS[:4], 1, layers, [0.25, 0.5, 0.25], 1.75, "t")
    found = texts(picture)
    assert "$s_1$ = 0.50" in found and "× γ = 1.75" in found
    assert faults(picture) == []


def test_the_lit_way_of_a_leak_begins_at_the_answer_and_ends_in_its_prediction():
    picture = drawings.leak(WORDS, 3, [0.1, 0.2, 0.3, 0.4, 0.5], "t")
    lit = to_hex(ROLES["gradient"])
    road = []
    for shape in picture.axes[0].patches:
        if isinstance(shape, FancyArrowPatch) and to_hex(shape.get_edgecolor()) == lit:
            road.append(shape._posA_posB)
    places = {text.get_text(): text.get_position() for text in picture.axes[0].texts}
    assert len(road) == 4
    assert road[0][0][0] == pytest.approx(places["near"][0])
    assert road[-1][1][0] == pytest.approx(places["near?"][0])
    assert road[-1][1][0] < places["near"][0]  # one position before it


def test_each_filter_frames_its_largest_answer():
    answers = {"one": [0.1, 0.9, 0.3], "two": [-0.5, -0.2, -0.1]}
    picture = drawings.letter_filters(list("bat"), answers, [0.2, -1.0], "t")
    frames = []
    for shape in picture.axes[0].patches:
        if isinstance(shape, Rectangle) and shape.get_linewidth() == 3.5:
            frames.append(shape.get_x())
    assert np.diff(frames) == pytest.approx([0.62])  # places 1 and 2
    assert {"0.9", "−0.1"} <= set(texts(picture))


@pytest.mark.parametrize(
    "draw",
    [
        lambda: drawings.two_towers(WORDS, 9, np.ones((3, 8)), [1, 0, 0], 1.0, "t"),
        lambda: drawings.two_towers(WORDS[:4], 1, np.ones((2, 8)), [1, 0], 1.0, "t"),
        lambda: drawings.two_towers(WORDS * 2, 1, np.ones((3, 8)), [1, 0, 0], 1, "t"),
        lambda: drawings.leak(WORDS, 0, np.ones(5), "t"),
        lambda: drawings.leak(WORDS, 2, np.ones(4), "t"),
        lambda: drawings.letter_filters(list("bat"), {"a": [1.0]}, [1.0], "t"),
        lambda: drawings.letter_filters([], {"a": []}, [1.0], "t"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw):
    with pytest.raises(ValueError, match=r"\d"):
        draw()
