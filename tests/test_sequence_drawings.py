"""Drawings of encoder, decoder, beam and attention: what is given is what is drawn."""

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import (
    Circle,
    FancyArrowPatch,
    FancyBboxPatch,
    PathPatch,
    Rectangle,
)

from helpers.pictures import drawings
from helpers.pictures.drawings.shapes import pale
from helpers.pictures.picture import ROLES, Picture
from tests.geometry import faults, texts

WRONG = ROLES["floor"].lower()
AWKWARD = {
    "one": ["the"],
    "dollars": ["$", "$x$", "a$b"],
    "Korean": ["열쇠가", "캐비닛", "안에", "있다"],
    "emoji": ["🦆", "🔑", "👩‍🔬"],
    "long": ["incomprehensibilities", "a", "incomprehensibility"],
    "blank": ["", " ", "a"],
}


def cards(picture: Picture) -> list[tuple[float, float, str, str]]:
    """Return (x, y, word, colour of the edge) of the cards, in the order of drawing."""
    words = {t.get_position(): t.get_text() for t in picture.axes[0].texts}
    found = []
    for shape in picture.axes[0].patches:
        if isinstance(shape, FancyBboxPatch):
            x = shape.get_x() + shape.get_width() / 2
            y = shape.get_y() + shape.get_height() / 2
            for place, word in words.items():
                if np.allclose(place, (x, y)):
                    edge = to_hex(shape.get_edgecolor())
                    found.append((round(x, 3), round(y, 3), word, edge))
    return found


def ways(picture: Picture) -> list[float]:
    """Return how wide the curved ways are, in points."""
    shapes = picture.axes[0].patches
    return [shape.get_linewidth() for shape in shapes if type(shape) is PathPatch]


def equal(n: int) -> np.ndarray:
    return np.full(n, 1 / n)


def drawn_with(tokens: list[str]) -> dict:
    """Return for each drawing of tokens how it is drawn with these."""
    n = len(tokens)
    rng = np.random.default_rng(0)
    d = drawings
    short = tokens[:2]
    return {
        "encoder_decoder": lambda: d.encoder_decoder(tokens, tokens, "t"),
        "vector": lambda: d.encoder_decoder(short, short, "t", rng.normal(size=70)),
        "both": lambda: d.encoder_decoder(tokens, tokens, "t", both=True),
        "halves": lambda: d.encoder_decoder(
            tokens, short, "t", 10 * rng.normal(size=8), True
        ),
        "teacher": lambda: d.teacher_and_free(tokens, [*tokens, "a"], tokens, "t"),
        "attention": lambda: d.attention_step(tokens, equal(n), "t"),
        "query": lambda: d.attention_step(
            tokens, equal(n), "t", rng.normal(size=3), rng.normal(size=(n, 3))
        ),
        "values": lambda: d.attention_step(
            tokens, equal(n), "t", [-1234.5], np.zeros((n, 1)), rng.normal(size=(n, 40))
        ),
        "wiring": lambda: d.attention_wiring(
            tokens, equal(n), tokens[0], tokens[-1], "t"
        ),
        "alignment": lambda: d.alignment_map(
            np.full((n, n), 1 / n), tokens, tokens, [None] * n, "t"
        ),
        "beam": lambda: d.beam_tree(
            [[(-1.0 - i, [token]) for i, token in enumerate(tokens)]], 2, "t"
        ),
        "tower": lambda: d.encoder_tower(tokens, 12, "t", "pre", {"attention": 10**7}),
        "outputs": lambda: d.encoder_tower(
            tokens, 1, "t", outputs=100 * rng.normal(size=(n, 2))
        ),
        "body": lambda: d.one_body(dict.fromkeys(tokens, "a\nb"), tokens, "t"),
    }


@pytest.mark.parametrize("tokens", AWKWARD.values(), ids=AWKWARD)
@pytest.mark.parametrize("name", drawn_with(["a"]))
def test_awkward_tokens_are_large_whole_and_apart(name, tokens):
    assert faults(drawn_with(tokens)[name]()) == []


@pytest.mark.parametrize("name", drawn_with(["a"]))
def test_what_fits_on_no_screen_is_refused(name):
    if name not in ("vector", "beam"):
        with pytest.raises(ValueError, match="fewer or shorter tokens"):
            drawn_with([f"token{i}" for i in range(40)])[name]()


def test_the_decoder_reads_bos_and_the_target_and_writes_the_target_and_eos():
    picture = drawings.encoder_decoder(["a", "b"], ["x", "y", "z"], "t")
    shown = texts(picture)
    assert shown.count("BOS") == shown.count("EOS") == 1
    assert all(shown.count(word) == 2 for word in "xyz")  # written, then read
    assert all(shown.count(word) == 1 for word in "ab")
    assert shown.count("LSTM") == 2 + 4 and "one vector" in shown
    places = cards(picture)
    written = [c for c in places if c[3] == ROLES["output"].lower()]
    assert [word for _, _, word, _ in written] == ["x", "y", "z", "EOS"]
    for x, y, word, _ in written[:-1]:  # each is read one column further, below
        [read] = [c for c in places if c[2] == word and c[:2] != (x, y)]
        assert read[0] > x and read[1] < y


def test_the_vector_of_the_encoder_is_drawn_number_by_number():
    values = np.linspace(-1, 1, 64)
    picture = drawings.encoder_decoder(["a"], ["b"], "t", values)
    assert "one vector:\n64 numbers" in texts(picture)
    cells = [s for s in picture.axes[0].patches if isinstance(s, Rectangle)]
    colors = [
        to_hex(s.get_facecolor())
        for s in cells
        if to_hex(s.get_edgecolor()) == "#777777"
    ]
    assert len(colors) == 64 and len(set(colors)) > 30
    small = texts(drawings.encoder_decoder(["a"], ["b"], "t", [0.25, -3]))
    assert "0.25" in small and "−3.00" in small


@pytest.mark.parametrize("both", [False, True], ids=["whole", "halves"])
def test_all_numbers_of_a_small_vector_are_written_and_none_of_a_larger_one(both):
    for n, tokens in ((8, 5), (8, 7), (6, 1), (10, 5)):
        source = ["bird"] * tokens
        values = np.linspace(-0.994, 1, n)
        picture = drawings.encoder_decoder(source, ["x"], "t", values, both)
        written = [text for text in texts(picture) if "." in text]
        wanted = [f"{value:.2f}".replace("-", "−") for value in values]
        assert written == (wanted if n <= 8 else [])


def test_each_direction_ends_at_its_own_side_and_fills_a_half_of_the_vector():
    values = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    for vector in (values, None, np.linspace(-1, 1, 64)):
        picture = drawings.encoder_decoder(list("abc"), ["x"], "t", vector, True)
        shown = texts(picture)
        assert shown.count("from the left") == shown.count("from the right") == 1
        assert all(shown.count(token) == 1 for token in "abc")  # one row of cards
        ahead, back = (states_of(picture, role) for role in ("hidden", "norm"))
        assert len(ahead) == len(back) == 3
        assert max(y for _, y in ahead) < min(
            y for _, y in back
        )  # the lower and upper row
        first, second = halves_of(picture)
        assert first[1] <= second[0] - 0.1  # a gap
        ends = arrows(picture)
        for row, step in ((ahead, 1), (back, -1)):
            row = sorted(row)[::step]
            for (x, y), (further, _) in pairwise(row):
                assert any(
                    abs(a[0] - x) < 0.4 and abs(b[0] - further) < 0.4
                    for a, b in ends
                    if a[1] == b[1] == pytest.approx(y) and step * (b[0] - a[0]) > 0
                )
        last = max(ahead)
        assert any(
            0 < a[0] - last[0] < 0.4 and b[0] == pytest.approx(first[0])
            for a, b in ends
            if a[1] == b[1] == pytest.approx(last[1])
        )
        over = [line for line in picture.axes[0].lines if len(line.get_xdata()) == 3]
        [(xs, ys)] = [line.get_data() for line in over]
        assert list(xs[:2]) == pytest.approx(
            [min(back)[0]] * 2, abs=0.001
        )  # from the first token's upper state
        assert ys[0] == pytest.approx(min(back)[1] + 0.25) and ys[1] > ys[0]
        middle = sum(second) / 2
        assert xs[2] == pytest.approx(middle)
        [(start, end)] = [(a, b) for a, b in ends if a[0] == b[0] == xs[2]]
        assert start[1] == ys[2] > end[1] > last[1]  # down onto the second half


def states_of(picture: Picture, role: str) -> list[tuple[float, float]]:
    """Return where the states of a colour stand."""
    found = cards(picture)
    color = ROLES[role].lower()
    return [(x, y) for x, y, word, edge in found if (word, edge) == ("LSTM", color)]


def halves_of(picture: Picture) -> list[tuple[float, float]]:
    """Return from where to where the coloured lines below both halves reach."""
    lines = [line for line in picture.axes[0].lines if line.get_linewidth() == 5]
    assert [to_hex(line.get_color()) for line in lines] == [
        ROLES[role].lower() for role in ("hidden", "norm")
    ]
    return [tuple(line.get_xdata()) for line in lines]


def arrows(picture: Picture) -> list[tuple]:
    """Return (start, end) of the straight arrows."""
    shapes = picture.axes[0].patches
    found = [s._posA_posB for s in shapes if isinstance(s, FancyArrowPatch)]
    return [ends for ends in found if ends is not None]


def test_a_long_target_goes_below_its_source():
    short = cards(drawings.encoder_decoder(["a"], ["b"], "t"))
    long = cards(drawings.encoder_decoder(["a"] * 6, ["b"] * 6, "t"))
    heights = [
        {y for _, y, word, _ in found if word == "LSTM"} for found in (short, long)
    ]
    assert [len(levels) for levels in heights] == [1, 2]


def test_a_teacher_gives_the_right_word_and_a_free_decoder_reads_its_own():
    target, forced = ["x", "y"], ["x", "q", "EOS"]
    free = ["x", "q", "r", "<eos>"]
    found = cards(drawings.teacher_and_free(target, forced, free, "t"))
    found = [card for card in found if card[2] != "LSTM"]
    rows: dict[float, list] = {}
    for _, y, word, edge in sorted(found):
        rows.setdefault(y, []).append((word, edge))
    lines = [rows[y] for y in sorted(rows, reverse=True)]
    words = [" ".join(word for word, _ in line) for line in lines]
    assert words == ["x q EOS", "BOS x y", "x y EOS", "x q r EOS", "BOS x q r"]
    wrong = [[word for word, edge in line if edge == WRONG] for line in lines]
    assert wrong == [["q"], [], [], ["q", "r", "EOS"], ["q", "r"]]
    green = [[word for word, e in line if e == ROLES["data"].lower()] for line in lines]
    assert green == [[], ["x", "y"], ["x", "y", "EOS"], [], []]


def test_a_wrong_word_takes_its_colour_along_to_where_it_is_read():
    picture = drawings.teacher_and_free(
        ["x", "y"], ["x", "y", "EOS"], ["q", "y", "EOS"], "t"
    )
    fed = [
        shape
        for shape in picture.axes[0].patches
        if isinstance(shape, FancyArrowPatch) and shape._posA_posB is None
    ]
    assert [to_hex(way.get_edgecolor()) for way in fed] == [WRONG, "#666666"]
    free = [c for c in cards(picture) if c[1] < 2 and c[2] in ("BOS", "q", "y", "EOS")]
    top = max(y for _, y, _, _ in free)
    written = sorted(c for c in free if c[1] == top)
    read = sorted(c for c in free if c[1] < top)
    for way, start, end in zip(fed, written, read[1:], strict=False):
        (left, high), (right, low) = way._path_original.vertices[[0, -1]]
        assert (round(high, 3), round(low, 3)) == (start[1], end[1])
        assert start[0] < left < right < end[0]
        assert start[2] == end[2]


def test_a_larger_share_has_a_wider_way_and_all_ways_fill_the_mean():
    picture = drawings.attention_step(["a", "b", "c"], [0.1, 0.7, 0.2], "t")
    assert ways(picture) == pytest.approx([7.2, 50.4, 14.4])
    shown = [text for text in texts(picture) if text[:2] == "0."]
    assert shown == ["0.10", "0.70", "0.20"]
    ends = [
        p.get_path().vertices[-1]
        for p in picture.axes[0].patches
        if type(p) is PathPatch
    ]
    middle = np.mean([x for x, _, word, _ in cards(picture) if word in "abc"])
    wanted = [middle - 0.45, middle - 0.05, middle + 0.4]
    assert [x for x, _ in ends] == pytest.approx(wanted, abs=0.001)


def test_the_wiring_leads_from_the_word_before_to_the_next_one():
    source, shares = ["the", "concert", "begins"], [0.1, 0.7, 0.2]
    picture = drawings.attention_wiring(source, shares, "ga", "dozose", "t")
    assert ways(picture) == pytest.approx([7.2, 50.4, 14.4])
    places = {t.get_text(): t.get_position() for t in picture.axes[0].texts}
    chain = ("$c_t$", "$\\tanh(W_c\\;\\cdot)$", "output,\nsoftmax", "dozose")
    xs, ys = zip(*(places[name] for name in chain), strict=True)
    assert list(xs) == sorted(xs) and len(set(ys)) == 1
    sides = [x for x, y, word, _ in cards(picture) if word == "$h_t$"]
    assert sides == [pytest.approx(places["$c_t$"][0] + 1, abs=0.001)]  # side by side
    led = arrows(picture)
    for start, end in pairwise([sides[0], *xs[1:]]):
        row = [(a[0], b[0]) for a, b in led if a[1] == b[1] == ys[0]]
        assert any(start < a < b < end for a, b in row)
    query = [
        line.get_data()
        for line in picture.axes[0].lines
        if to_hex(line.get_color()) == ROLES["query"].lower()
    ]
    (_, low), (on, _) = query
    assert on[-1] == pytest.approx(sides[0], abs=0.001)  # from the state to its half
    dots = [s.center for s in picture.axes[0].patches if isinstance(s, Circle)]
    tokens = [places[token][0] for token in source]
    assert dots == [(x, low[-1]) for x in tokens]  # it is scored with every state
    assert [places[f"$s_{{{j}}}$"][0] for j in (1, 2, 3)] == tokens
    [(_, read)] = [(a, b) for a, b in led if a[0] == b[0] == places["ga"][0]]
    assert read[1] == pytest.approx(ys[0] - 0.28)  # the decoder reads the word before
    for j, share in enumerate(("0.10", "0.70", "0.20")):
        assert places[share][0] == tokens[j]
    assert {"$h_{t-1}$", "$y_{t-1}$", "$y_t$", "is read in"} <= set(places)


def test_the_cards_of_a_long_source_stand_in_two_rows():
    heights = []
    for n in (5, 14):
        source = [f"dozose{i}" for i in range(n)]
        picture = drawings.attention_wiring(source, equal(n), "ga", "dozose", "t")
        assert faults(picture) == []
        found = cards(picture)
        heights.append(len({y for _, y, word, _ in found if word in source}))
    assert heights == [1, 2]


def test_scores_and_the_mean_are_those_of_the_vectors():
    query, keys = np.array([1.0, 2.0]), np.array([[3.0, -1.0], [0.0, 1.0], [1.0, 0.5]])
    shares = np.exp(keys @ query) / np.exp(keys @ query).sum()
    shown = texts(drawings.attention_step(["a", "b", "c"], shares, "t", query, keys))
    assert "h · s" in shown and shown[shown.index("a") :].count("2") >= 2
    assert {"0.89", "0.48", "context", "the same states"} <= set(shown)
    values = [[10.0], [20.0], [30.0]]
    named = texts(
        drawings.attention_step(["a", "b", "c"], shares, "t", query, keys, values)
    )
    assert "23" in named and "values v" in named and "context" not in named
    assert "q · k" in named and "h · s" not in named
    scaled = np.exp(keys @ query / 2**0.5)
    scaled /= scaled.sum()
    assert "h · s / √N" in texts(
        drawings.attention_step(["a", "b", "c"], scaled, "t", query, keys)
    )
    other = texts(drawings.attention_step(["a", "b", "c"], equal(3), "t", query, keys))
    assert "h · s" not in other and "compare" in other  # of another score


def test_a_map_shows_each_weight_and_where_the_gold_is():
    weights = [[0.9, 0.07, 0.03], [0.2, 0.3, 0.5], [0.0, 0.0, 1.0]]
    picture = drawings.alignment_map(weights, "abc", "xyz", [0, 1, -1], "t")
    shown = texts(picture)
    numbers = [text for text in shown if text[1:2] == "."]
    assert numbers == ["0.90", "0.07", "0.20", "0.30", "0.50", "1.00"]
    assert shown.count("✓") == shown.count("✗") == 1
    assert "the largest weight lies on it in 1 of 2 rows" in shown
    squares = [s for s in picture.axes[0].patches if isinstance(s, Rectangle)]
    faces = [s.get_facecolor()[:3] for s in squares if s.get_linewidth() < 1]
    assert np.allclose(faces, [pale("query", w) for row in weights for w in row])
    gold = [
        s.get_center()
        for s in squares
        if to_hex(s.get_edgecolor()) == ROLES["output"].lower()
    ]
    places = {word: (x, y) for x, y, word, _ in cards(picture)}
    wanted = [(places["a"][0], places["x"][1]), (places["b"][0], places["y"][1])]
    assert np.allclose(gold, wanted)


STEPS = [
    [(-0.5, ["a"]), (-1.0, ["b"]), (-3.0, ["c"])],
    [(-2.5, ["a", "d"]), (-1.2, ["b", "EOS"]), (-4.0, ["a", "e"])],
    [(-1.2, ["b", "EOS"]), (-2.6, ["a", "d", "f"])],
]


def test_a_beam_lights_what_is_kept_and_the_way_to_the_likeliest_end():
    picture = drawings.beam_tree(STEPS, 2, "t")
    edges = {(word, round(x, 1)): edge for x, _, word, edge in cards(picture)}
    words = {ROLES["output"].lower(): "", ROLES["model"].lower(): "", "#cfcfcf": ""}
    for (word, _), edge in sorted(edges.items(), key=lambda pair: pair[0]):
        if word != "BOS":
            words[edge] += word[0]
    assert list(words.values()) == ["EEb", "adf", "ce"]
    log_ps = [text for text in texts(picture) if text[0] == "−"]
    assert sorted(log_ps) == sorted(
        f"−{-log_p:.2f}" for step in STEPS for log_p, _ in step
    )
    widths = dict(zip(log_ps, ways(picture), strict=True))
    assert widths["−0.50"] == pytest.approx(9 * np.exp(-0.5))
    assert widths["−2.50"] == pytest.approx(9 * np.exp(-2.0))
    assert widths["−2.60"] == pytest.approx(9 * np.exp(-0.1))
    assert ways(picture).count(9.0) == 1  # a finished text goes on at no cost


@pytest.mark.parametrize(
    "draw, says",
    [
        (lambda: drawings.encoder_decoder([], ["x"], "t"), "one token or more"),
        (lambda: drawings.encoder_decoder(["x"], ["x"], "t", [np.nan]), "NaN"),
        (
            lambda: drawings.encoder_decoder(["x"], ["x"], "t", [1, 2, 3], True),
            "a vector of 3 numbers is not shared by two directions",
        ),
        (
            lambda: drawings.attention_wiring(["a", "b"], [1.0], "x", "y", "t"),
            "2 tokens need as many shares: 1",
        ),
        (
            lambda: drawings.attention_wiring(["a"], [0.8], "x", "y", "t"),
            "sum to 0.8",
        ),
        (lambda: drawings.attention_wiring([], [], "x", "y", "t"), "0 tokens"),
        (
            lambda: drawings.attention_wiring(["a"], [[1.0]], "x", "y", "t"),
            r"shares has shape \(1, 1\)",
        ),
        (lambda: drawings.teacher_and_free([], ["x"], ["x"], "t"), "one token or more"),
        (
            lambda: drawings.teacher_and_free(["x"], ["x"], ["x"], "t"),
            "1 target tokens and 1 forced ones: give 2",
        ),
        (
            lambda: drawings.attention_step(["a", "b"], [1.0], "t"),
            "2 tokens need as many shares: 1",
        ),
        (lambda: drawings.attention_step(["a"], [-0.1], "t"), "a share is -0.1"),
        (lambda: drawings.attention_step(["a"], [0.8], "t"), "sum to 0.8"),
        (lambda: drawings.attention_step(["a"], [1], "t", [1.0]), "together"),
        (
            lambda: drawings.attention_step(["a"], [1], "t", [1.0], [[1.0, 2.0]]),
            r"keys have shape \(1, 2\)",
        ),
        (
            lambda: drawings.attention_step(
                ["a"], [1], "t", [1.0], [[1.0]], [[1], [2]]
            ),
            "2 values for 1 tokens",
        ),
        (
            lambda: drawings.alignment_map([[1.0]], ["a"], ["x", "y"], [0, 0], "t"),
            r"need \(2, 1\)",
        ),
        (lambda: drawings.alignment_map([[0.7]], ["a"], ["x"], [0], "t"), "sum to 1"),
        (
            lambda: drawings.alignment_map([[1.0]], ["a"], ["x"], [1], "t"),
            "the index 1",
        ),
        (lambda: drawings.alignment_map([[1.0]], ["a"], ["x"], [], "t"), "0 gold"),
        (lambda: drawings.beam_tree([], 1, "t"), "a beam of 1, 0 steps"),
        (lambda: drawings.beam_tree(STEPS, 0, "t"), "a beam of 0, 3 steps"),
        (
            lambda: drawings.beam_tree(STEPS, 1, "t"),
            "“b EOS” goes on from no beginning",
        ),
        (lambda: drawings.beam_tree([[(0.1, ["a"])]], 1, "t"), "more than what it"),
        (lambda: drawings.beam_tree([[(np.nan, ["a"])]], 1, "t"), "log P nan"),
        (lambda: drawings.beam_tree([[(-1, ["a"])] * 2], 1, "t"), "a beginning twice"),
        (lambda: drawings.beam_tree([[]], 1, "t"), "step 1 has no candidates"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(draw, says):
    with pytest.raises(ValueError, match=says):
        draw()
