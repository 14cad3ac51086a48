"""Drawings of the encoder: lanes, roads, sums, and the body with its heads."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Circle, FancyBboxPatch

from helpers.pictures import drawings
from helpers.pictures.picture import ROLES, Picture

TOKENS = ["the", "bank", "$x$"]
ROAD = ROLES["floor"]


def texts(picture: Picture) -> list[tuple[str, float, float]]:
    found = [(t.get_text(), *t.get_position()) for t in picture.axes[0].texts]
    return [text for text in found if text[0]]


def names(picture: Picture, wanted: tuple[str, ...]) -> list[str]:
    """Return those texts of a drawing that are wanted, from the lowest up."""
    found = sorted((y, text) for text, _, y in texts(picture) if text in wanted)
    return [text for _, text in found]


def circles(picture: Picture, radius: float) -> list[tuple[float, float]]:
    shapes = picture.axes[0].patches
    found = [s.center for s in shapes if isinstance(s, Circle) and s.radius == radius]
    return [(round(x, 3), round(y, 3)) for x, y in found]


LAYERS = ("embedding", "attention", "feed-forward", "norm")


@pytest.mark.parametrize(
    "norm, order",
    [
        ("post", ["embedding", "attention", "norm", "feed-forward", "norm"]),
        ("pre", ["embedding", "norm", "attention", "norm", "feed-forward", "norm"]),
    ],
)
def test_a_tower_has_its_layers_in_order(norm, order):
    picture = drawings.encoder_tower(TOKENS, 12, "t", norm)
    assert names(picture, LAYERS) == order
    shown = [text for text, _, _ in texts(picture)]
    assert "× 12" in shown and r"\$x\$" in shown
    sums = circles(picture, 0.15)
    assert len(sums) == 3 * len(TOKENS)  # positions, attention, feed-forward
    assert len(circles(picture, 0.05)) == 2 * len(TOKENS)  # where the skips leave


def test_only_attention_crosses_the_lanes():
    picture = drawings.encoder_tower(TOKENS, 1, "t")
    blue = ROLES["attention"]
    lines = [line for line in picture.axes[0].lines if line.get_color() == blue]
    pairs = {tuple(line.get_xdata()) for line in lines}
    assert len(pairs) == len(TOKENS) ** 2
    green = ROLES["feed-forward"]
    for line in picture.axes[0].lines:
        if line.get_color() in (green, ROLES["norm"]):
            assert line.get_xdata()[0] == line.get_xdata()[1]


def test_every_skip_leaves_below_its_part_and_is_added_above():
    for norm in ("post", "pre"):
        picture = drawings.encoder_tower(TOKENS, 1, "t", norm)
        heights = {text: y for text, _, y in texts(picture)}
        sums = sorted({y for _, y in circles(picture, 0.15)})[1:]
        starts = sorted({y for _, y in circles(picture, 0.05)})
        for part, low, high in zip(
            ("attention", "feed-forward"), starts, sums, strict=True
        ):
            assert low < heights[part] < high
        roads = [
            line
            for line in picture.axes[0].lines
            if line.get_color() == ROAD and len(line.get_xdata()) == 3
        ]
        ends = [(line.get_ydata()[0], line.get_ydata()[-1]) for line in roads]
        assert np.allclose(
            sorted(ends), list(zip(starts, sums, strict=True)), atol=0.01
        )


def test_numbers_of_parameters_stand_beside_their_layer():
    parameters = {"attention": 16640, "norm": 128, "feed-forward": 33088}
    picture = drawings.encoder_tower(TOKENS, 1, "t", "pre", parameters)
    heights = {text: y for text, _, y in texts(picture)}
    assert heights["tokens meet\n16,640 parameters"] == heights["attention"]
    shown = [text for text, _, _ in texts(picture)]
    assert shown.count("each token alone\n128 parameters") == 3
    assert (
        "each token alone\n33,088 parameters" in shown and "a row of a table" in shown
    )


def test_small_outputs_are_written():
    outputs = [[0.25, -1.5], [3, 0.004], [0, 0]]
    shown = [
        t for t, _, _ in texts(drawings.encoder_tower(TOKENS, 1, "t", outputs=outputs))
    ]
    assert {"0.25", "−1.5", "3", "0"} <= set(shown)


def test_a_block_has_its_parts_in_both_orders():
    picture = drawings.encoder_blocks("t")
    parts = [(x, y, t) for t, x, y in texts(picture) if t in LAYERS]
    middle = picture.axes[0].get_xlim()[1] / 2
    halves = {
        "post": [t for x, y, t in sorted(parts, key=lambda p: p[1]) if x < middle],
        "pre": [t for x, y, t in sorted(parts, key=lambda p: p[1]) if x > middle],
    }
    assert halves["post"] == ["attention", "norm", "feed-forward", "norm"]
    assert halves["pre"] == ["norm", "attention", "norm", "feed-forward"]
    roads = {x for x, _ in circles(picture, 0.15)}
    assert len(roads) == 2 and len(circles(picture, 0.15)) == 4
    on_road = [t for x, _, t in parts if round(x, 3) in roads]
    assert on_road == ["norm", "norm"]  # post-norm alone has a layer on its road


def test_a_road_is_as_wide_as_the_vectors_are_long():
    lengths = {"pre": [5, 10, 20], "post": [8, 8, 8]}
    picture = drawings.encoder_blocks("t", lengths)
    lines = [line for line in picture.axes[0].lines if line.get_color() == ROAD]
    widths = [line.get_linewidth() for line in lines]
    assert widths == pytest.approx([5.6, 5.6, 5.6, 3.5, 7, 14])
    ends = [line.get_ydata()[1] for line in lines]
    parts = [(x, y) for text, x, y in texts(picture) if text == "norm"]
    left = min(x for x, _ in parts)
    norms = [y for x, y in parts if x == left]  # post-norm: as wide as what a norm says
    right = max(x for x, _ in circles(picture, 0.15))
    sums = [y for x, y in circles(picture, 0.15) if x == right]
    assert ends[:2] == pytest.approx(norms) and ends[3:5] == pytest.approx(sums)
    shown = [text for text, _, _ in texts(picture)]
    assert shown.count("length\n8") == 3 and "length\n20" in shown


def test_one_body_carries_a_head_for_each_task():
    heads = {f"task {i}": f"answer {i}" for i in range(9)}
    picture = drawings.one_body(heads, TOKENS, "t")
    shown = [text for text, _, _ in texts(picture)]
    assert [text for text in shown if text in heads] == list(heads)
    assert [text for text in shown if text in heads.values()] == list(heads.values())
    boxes = [s for s in picture.axes[0].patches if isinstance(s, FancyBboxPatch)]
    assert len(boxes) == len(TOKENS) + 1 + len(heads)
    colors = [to_hex(box.get_edgecolor()) for box in boxes]
    assert colors.count(ROLES["output"].lower()) == len(heads)


@pytest.mark.parametrize(
    "draw, says",
    [
        (lambda: drawings.encoder_tower([], 1, "t"), "0 tokens, 1 layers"),
        (lambda: drawings.encoder_tower(["a"], 0, "t"), "1 tokens, 0 layers"),
        (
            lambda: drawings.encoder_tower(["a"], 1, "t", "mid"),
            "norm='mid' is no order",
        ),
        (
            lambda: drawings.encoder_tower(["a"], 1, "t", parameters={"head": 1}),
            r"\['head'\] are no layers",
        ),
        (
            lambda: drawings.encoder_tower(["a"], 1, "t", outputs=[[1], [2]]),
            "1 tokens, 2 outputs",
        ),
        (lambda: drawings.encoder_tower(["a"] * 30, 1, "t"), "fit on a screen"),
        (lambda: drawings.encoder_blocks("t", {"pre": [1, 2, 3]}), "give those of"),
        (
            lambda: drawings.encoder_blocks("t", {"pre": [1, 2, 3], "post": [1, 2]}),
            "give three lengths",
        ),
        (
            lambda: drawings.encoder_blocks(
                "t", {"pre": [1, 2, 3], "post": [-1, 2, 3]}
            ),
            "lengths from 0",
        ),
        (lambda: drawings.one_body({}, ["a"], "t"), "0 heads, 1 tokens"),
        (lambda: drawings.one_body({"a": "b"}, [], "t"), "1 heads, 0 tokens"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(draw, says):
    with pytest.raises(ValueError, match=says):
        draw()
