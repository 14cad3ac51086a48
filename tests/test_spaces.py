"""Words on paper: places, shadows, steps, the plane of two senses."""

import numpy as np
import pytest

from helpers.pictures import spaces

RNG = np.random.default_rng(4)


def places(drawn):
    """Return where all named groups of points stand, (n, 2)."""
    lines = [x for x in drawn.axes[0].lines if not x.get_label().startswith("_")]
    return np.concatenate([line.get_xydata() for line in lines])


def test_rows_in_a_plane_keep_their_distances():
    base = np.linalg.qr(RNG.normal(size=(6, 2)))[0].T  # a plane in six dimensions
    angles = RNG.uniform(0, 6, size=5)
    rows = np.stack([np.cos(angles), np.sin(angles)], 1) @ base
    groups = {"x": "a b c".split(), "y": "d e".split()}
    found = places(spaces.words_on_paper(3 * rows, groups, "Words"))
    for i in range(5):
        for j in range(5):
            wanted = np.linalg.norm(rows[i] - rows[j])
            assert np.linalg.norm(found[i] - found[j]) == pytest.approx(wanted)
    with pytest.raises(ValueError, match="4 rows for 5 words"):
        spaces.words_on_paper(rows[:4], groups, "Words")


def test_a_shadow_is_the_nearest_place_on_the_best_line():
    points = RNG.uniform(0.2, 2, size=(7, 2))
    drawn = spaces.shadows(points, list("abcdefg"), "Shadows")
    found = places(drawn)
    axes = drawn.axes[0]
    assert [0, 0] in [x.get_xydata()[0].tolist() for x in axes.lines]
    assert "0" in [text.get_text() for text in axes.texts]
    assert len(axes.get_xticks()) > 1 and axes.get_aspect() == 1
    assert np.allclose(found[:7], points)
    line = found[7] / np.linalg.norm(found[7])
    assert np.allclose(found[7:], np.outer(points @ line, line))
    kept = ((points @ line) ** 2).sum()
    for angle in np.linspace(0, np.pi, 50):
        other = np.array([np.cos(angle), np.sin(angle)])
        assert ((points @ other) ** 2).sum() <= kept + 1e-9
    with pytest.raises(ValueError, match="need points"):
        spaces.shadows(points, ["a"], "Shadows")


def test_the_same_step_is_drawn_twice():
    rows = RNG.normal(size=(4, 5))
    drawn = spaces.same_step(rows, ["a", "b", "c", "d"], "A step")
    a, b, c, _, end = places(drawn)
    assert np.allclose(b - a, end - c)
    assert "b − a + c" in [text.get_text() for text in drawn.axes[0].texts]
    with pytest.raises(ValueError, match="3 words"):
        spaces.same_step(rows[:3], ["a", "b", "c"], "A step")


def test_two_senses_stand_at_their_true_angle():
    rows = RNG.normal(size=(3, 8))
    drawn = spaces.between_two(rows, ["x/1", "x/2", "x"], ["senses"] * 2 + ["x"], "Two")
    first, second, _ = places(drawn)
    cosine = rows[0] @ rows[1] / np.linalg.norm(rows[0]) / np.linalg.norm(rows[1])
    assert first == pytest.approx([1, 0])
    assert second[0] == pytest.approx(cosine)
    assert np.linalg.norm(second) == pytest.approx(1)
    with pytest.raises(ValueError, match="none of zeros"):
        spaces.between_two(np.zeros((3, 8)), ["a", "b", "c"], ["g"] * 3, "Two")
