"""Drawings of self-attention: what is given is what is drawn."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from helpers.pictures import drawings
from helpers.pictures.drawings import worked_views as data
from helpers.pictures.drawings.lines import GOLD
from helpers.pictures.drawings.shapes import pale
from helpers.pictures.picture import ROLES, Picture
from tests.geometry import faults, texts

AWKWARD = (["the"], ["$", "$x$", "a$b"], ["열쇠가", "안에", "있다"], ["", " ", "a"])


def numbers_in(picture: Picture) -> list[str]:
    """Return the texts that are numbers."""
    found = [text.replace("−", "-") for text in texts(picture)]
    return [text for text in found if text.lstrip("-").replace(".", "").isdigit()]


def lines_of(picture: Picture) -> list[tuple[float, float, float]]:
    """Return (level at the left, level at the right, width) of the lines of a look."""
    found = []
    for line in picture.axes[0].lines:
        if to_hex(line.get_color()) == to_hex(ROLES["query"]):
            low, high = line.get_ydata()
            found.append((low, high, line.get_linewidth()))
    return found


def test_q_k_and_v_are_the_products_and_all_numbers_are_written():
    picture = drawings.projections(
        data.WORDS, data.X, [data.W_Q, data.W_K, data.W_V], "t"
    )
    shown = numbers_in(picture)
    x = np.array(data.X)
    for matrix in (data.W_Q, data.W_K, data.W_V):
        result = x @ np.array(matrix).T
        written = [f"{value:.0f}" for value in result.ravel() + 0.0]
        assert " ".join(written) in " ".join(shown)
    assert len(shown) == 9 + 3 * (6 + 6)
    assert {"river", "bank", "flooded"} <= set(texts(picture))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((["a"], data.X, [np.eye(3)] * 3), "a row for each token"),
        ((data.WORDS, data.X, [np.eye(3)] * 2), "W_Q, W_K, W_V"),
        ((data.WORDS, data.X, [np.eye(2)] * 3), "one of 3 columns"),
    ],
)
def test_matrices_that_do_not_fit_are_refused(given, said):
    with pytest.raises(ValueError, match=said):
        drawings.projections(*given, "t")


def test_each_head_shows_its_own_map_and_the_shapes():
    maps = np.array([data.MAP, data.OTHER])
    picture = drawings.many_heads(data.WORDS, maps, "t", 6)
    colors = [to_hex(p.get_facecolor()) for p in picture.axes[0].patches]
    for table in maps:
        wanted = [to_hex(pale("query", weight)) for weight in table.ravel()]
        starts = range(len(colors) - len(wanted) + 1)
        assert any(colors[i : i + len(wanted)] == wanted for i in starts)
    shown = texts(picture)
    assert {"head 1", "head 2", "X (3, 6)", "each (3, 6)", "each (3, 3)"} <= set(shown)


def test_widths_that_do_not_split_and_maps_of_other_texts_are_refused():
    maps = np.full((2, 3, 3), 1 / 3)
    with pytest.raises(ValueError, match="do not split into 2 heads"):
        drawings.many_heads(data.WORDS, maps, "t", 7)
    with pytest.raises(ValueError, match="for 2 tokens"):
        drawings.many_heads(["a", "b"], maps, "t", 6)


def test_a_line_goes_from_the_asking_token_and_is_as_strong_as_its_weight():
    weights = np.eye(4)
    weights[2] = [0.7, 0.3, 0.0, 0.0]
    picture = drawings.attention_lines(list("abcd"), {"h": weights}, [2], {2: 0}, "t")
    found = lines_of(picture)
    assert len(found) == 2  # weights of 0 are not drawn, other tokens do not look
    (start, first, wide), (_, second, thin) = found
    assert first > second > start and wide > thin
    assert wide - thin == pytest.approx(5 * 0.4)
    frames = [p for p in picture.axes[0].patches if isinstance(p, Rectangle)]
    assert [to_hex(p.get_edgecolor()) for p in frames] == [to_hex(GOLD)]
    assert frames[0].get_y() + frames[0].get_height() / 2 == pytest.approx(first)


@pytest.mark.parametrize(
    ("weights", "asks", "gold"),
    [
        ({}, [0], {}),
        ({"h": np.eye(2)}, [0], {}),
        ({"h": np.eye(3)}, [3], {}),
        ({"h": np.eye(3)}, [0], {0: 5}),
    ],
)
def test_lines_without_a_head_or_to_tokens_that_are_not_there_are_refused(
    weights, asks, gold
):
    with pytest.raises(ValueError, match="tokens"):
        drawings.attention_lines(list("abc"), weights, asks, gold, "t")


def test_the_way_says_how_many_steps_and_marks_both_ends():
    picture = drawings.way_of_a_signal(list("abcdef"), 1, 5, "t")
    assert "RNN: 4 steps" in texts(picture) and "attention: 1 look" in texts(picture)
    lit = to_hex(ROLES["hidden"])
    states = [to_hex(p.get_facecolor()) for p in picture.axes[0].patches]
    assert states.count(lit) == 5
    for start, end in ((1, 1), (2, 1), (0, 6), (-1, 2)):
        with pytest.raises(ValueError, match="give two"):
            drawings.way_of_a_signal(list("abcdef"), start, end, "t")


@pytest.mark.parametrize("tokens", AWKWARD, ids=lambda tokens: tokens[0] or "blank")
def test_awkward_words_stay_inside_the_picture(tokens):
    n = len(tokens)
    even = np.full((n, n), 1 / n)
    pictures = [
        drawings.projections(tokens, np.ones((n, 2)), [np.eye(2)] * 3, "t"),
        drawings.many_heads(tokens, np.stack([even, even]), "t", 4),
        drawings.attention_lines(tokens, {"h": even}, [0], {}, "t"),
    ]
    if n > 1:
        pictures.append(drawings.way_of_a_signal(tokens, 0, n - 1, "t"))
    for picture in pictures:
        assert faults(picture) == []
