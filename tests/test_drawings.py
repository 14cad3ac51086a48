"""Drawings of networks: which boxes there are, and where their arrows lead."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from helpers.pictures import drawings
from helpers.pictures.picture import ROLES, TINTS, Picture

WORDS = ["the", "key", "is", "$x$"]


def texts(picture: Picture) -> list[str]:
    return [text.get_text() for text in picture.axes[0].texts if text.get_text()]


def boxes(picture: Picture) -> list[tuple[float, float, str]]:
    """Return (x, y, colour) of the boxes' centres, in the order of drawing."""
    found = []
    for shape in picture.axes[0].patches:
        if isinstance(shape, FancyBboxPatch):
            x, y = shape.get_x(), shape.get_y()
            x, y = x + shape.get_width() / 2, y + shape.get_height() / 2
            found.append((round(x, 6), round(y, 6), to_hex(shape.get_facecolor())))
    return found


def arrows(picture: Picture) -> list[tuple]:
    """Return (start, end) of the arrows."""
    shapes = picture.axes[0].patches
    return [s._posA_posB for s in shapes if isinstance(s, FancyArrowPatch)]


@pytest.mark.parametrize("n", [5, 6, 10, 11])
def test_the_arrow_to_the_next_row_leads_to_its_first_box(n):
    picture = drawings.pipeline([f"box {i}" for i in range(n)], "t", here=1)
    assert texts(picture) == [f"box {i}" for i in range(n)]
    places = boxes(picture)
    assert [color for _, _, color in places].count(TINTS[1]) == 1
    assert places[1][2] == TINTS[1]
    led = arrows(picture)
    assert len(led) == n - 1  # one to each box but the first
    for i, (start, end) in enumerate(led):
        x, y, _ = places[i + 1]
        gap = np.subtract(end, (x, y))
        beside = np.allclose(gap, (-0.67, 0)) or np.allclose(gap, (0, 0.31))
        assert beside, (i, start, end)  # at its left edge, or on its top
    corners = [np.transpose(line.get_data()) for line in picture.axes[0].lines]
    assert len(corners) == (n - 1) // 5
    for row, path in enumerate(corners):
        x, y, _ = places[5 * row + 4]
        assert np.allclose(path[0], (x, y - 0.33))  # from below the row's last box
        assert np.allclose(path[-1], led[5 * row + 4][0])  # to where its arrow begins


def test_no_box_is_highlighted_unless_asked_and_no_other_index_is_taken():
    plain = [color for _, _, color in boxes(drawings.pipeline(["a", "b"], "t"))]
    assert TINTS[1] not in plain
    for here in (2, -2):
        with pytest.raises(ValueError, match=f"here={here} is none of 2 boxes"):
            drawings.pipeline(["a", "b"], "t", here)


def test_a_window_sees_its_tokens_only():
    picture = drawings.window(WORDS, 2, "t")
    colors = [color for _, _, color in boxes(picture)]
    assert colors[:4] == ["#f2f2f2", "#f2f2f2", TINTS[0], TINTS[0]]
    assert len(arrows(picture)) == 2 + 1
    assert texts(picture)[-1] == "not seen" and r"\$x\$" in texts(picture)
    assert "not seen" not in texts(drawings.window(WORDS, 4, "t"))


def test_a_lookup_shows_the_row_that_the_one_picks():
    matrix = np.arange(6).reshape(3, 2) / 10
    picture = drawings.lookup(1, matrix, ["a", "b", "c"], "t")
    here = [i for i, (_, _, c) in enumerate(boxes(picture)) if c == TINTS[1]]
    assert len(here) == 1 + 2 + 2  # the 1, the row of the matrix, the same again
    shown = texts(picture)
    assert shown.count("1") == 1 and shown.count("0") == 2
    assert shown.count("0.2") == shown.count("0.3") == 2 and shown.count("0.4") == 1


def test_the_loop_is_unrolled_over_all_tokens():
    shown = texts(drawings.folded_and_unfolded(WORDS, "t"))
    assert [x for x in shown if x in WORDS[:3]] == WORDS[:3]
    assert [f"$h_{t}$" in shown for t in range(6)] == [True] * 5 + [False]
    assert shown.count("$W_x$") == len(WORDS) + 1 and shown.count("$W_h$") == len(WORDS)


def test_the_cell_of_an_lstm_has_three_gates_and_a_candidate():
    picture = drawings.lstm_cell("t")
    shown = texts(picture)
    gates = [text for text in shown if text.endswith("(σ)")]
    assert [gate[0] for gate in gates] == ["f", "i", "o"]
    assert [text[0] for text in shown if text.endswith("(tanh)")] == ["g"]
    assert shown.count("×") == 3 and shown.count("+") == 1
    places = {
        text: (x, y)
        for text, (x, y, _) in zip(
            [t for t in shown if "\n" in t] + ["×", "+", "× in", "× out"],
            boxes(picture),
            strict=True,
        )
    }
    kept, added = places["×"], places["+"]
    assert kept[0] == places["f: forget\n(σ)"][0] and kept[1] == added[1] == 3.0
    for end in ((1.35, 3.0), (3.95, 3.0), (9.2, 3.0), (9.2, 2.1)):
        assert end in [arrow[1] for arrow in arrows(picture)]  # c runs on; h goes out


def test_a_block_has_its_parts_in_both_orders():
    shown = texts(drawings.encoder_blocks("t"))
    split = shown.index("pre-norm")
    parts = ("attention", "+", "norm", "feed-\nforward")
    post = [text for text in shown[:split] if text in parts]
    pre = [text for text in shown[split:] if text in parts]
    assert post == ["attention", "+", "norm", "feed-\nforward", "+", "norm"]
    assert pre == ["norm", "attention", "+", "norm", "feed-\nforward", "+"]
    lines = drawings.encoder_blocks("t").axes[0].lines
    assert [line.get_color() for line in lines] == [ROLES["floor"]] * 4  # connections
    for line in lines:
        assert line.get_xdata()[0] < line.get_xdata()[-1]


def test_one_body_carries_a_head_for_each_task():
    heads = {f"task {i}": f"answer {i}" for i in range(9)}
    picture = drawings.one_body(heads, WORDS, "t")
    shown = texts(picture)
    assert [text for text in shown if text in heads] == list(heads)
    assert [text for text in shown if text in heads.values()] == list(heads.values())
    places = boxes(picture)
    assert len(places) == len(WORDS) + 1 + len(heads)
    [width] = [
        s.get_width()
        for s in picture.axes[0].patches
        if isinstance(s, FancyBboxPatch) and s.get_height() == 0.7
    ]
    assert width == pytest.approx(1.9 * 9)
    assert len(arrows(picture)) == len(WORDS) + len(heads)


@pytest.mark.parametrize(
    "draw, says",
    [
        (lambda: drawings.folded_and_unfolded([], "t"), "no tokens to unroll"),
        (lambda: drawings.one_body({}, ["a"], "t"), "0 heads, 1 tokens"),
        (lambda: drawings.one_body({"a": "b"}, [], "t"), "1 heads, 0 tokens"),
        (lambda: drawings.attention_step(["a"], [-0.1], "t"), "a share is -0.1"),
        (lambda: drawings.attention_step(["a"], [np.nan], "t"), "NaN"),
        (lambda: drawings.lookup(0, [[np.inf]], ["a"], "t"), "infinite"),
        (lambda: drawings.window([], 0, "t"), "a window of 0"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(draw, says):
    with pytest.raises(ValueError, match=says):
        draw()
