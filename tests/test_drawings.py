"""Drawings: the numbers drawn are the numbers given, and every text can be read."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import matplotlib.style
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.image import imread
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle

from helpers import widgets
from helpers.lesson.prepare import STYLE
from helpers.pictures import drawings
from helpers.pictures.drawings import canvas, examples, shapes
from helpers.pictures.picture import CYCLE, ROLES, Picture
from tests.geometry import faults, texts

WORDS = ["the", "key", "is", "$x$"]
GROWING = ("map", "row", "negatives", "bigram", "steps")  # they become higher
AWKWARD = {
    "one": ["the"],
    "dollars": ["$", "$x$", "a$b"],
    "Korean": ["열쇠가", "안에", "있다"],
    "emoji": ["🦆", "🔑", "👩‍🔬"],
    "long": ["incomprehensibilities", "the", "incomprehensibilities"],
    "blank": ["", " ", "a"],
    "forty": [f"token{i}" for i in range(40)],
    "none": [],
}


@pytest.fixture(autouse=True)
def as_in_a_notebook() -> Iterator[None]:
    with matplotlib.style.context(STYLE):
        yield


def boxes(picture: Picture) -> list[tuple[float, float, str]]:
    """Return (x, y, colour of the edge) of the boxes, in the order of drawing."""
    found = []
    for shape in picture.axes[0].patches:
        if isinstance(shape, FancyBboxPatch):
            x, y = shape.get_x(), shape.get_y()
            x, y = x + shape.get_width() / 2, y + shape.get_height() / 2
            found.append((round(x, 6), round(y, 6), to_hex(shape.get_edgecolor())))
    return found


def arrows(picture: Picture) -> list[tuple]:
    """Return (start, end) of the arrows."""
    found = []
    for shape in picture.axes[0].patches:
        if isinstance(shape, FancyArrowPatch) and shape._posA_posB is not None:
            found.append(shape._posA_posB)
    return found


def numbers_of(picture: Picture) -> list[float]:
    """Return the texts of a drawing that are numbers, with signs for formulas out."""
    found = []
    for text in texts(picture):
        bare = text.replace("−", "-").removeprefix("× ")
        try:
            found.append(float(bare))
        except ValueError:
            continue
    return found


@pytest.mark.parametrize("name", examples.EXAMPLES)
def test_texts_of_every_drawing_are_large_whole_and_apart(name):
    example = examples.EXAMPLES[name]
    picture = example.drawn()
    assert faults(picture) == []
    assert picture.alt.startswith(example.given["title"].split(":")[0])
    assert max(picture.get_size_inches()) <= 12.8


@pytest.mark.parametrize("name", examples.EXAMPLES)
def test_a_caption_leaves_every_text_where_it_can_be_read(name):
    picture = examples.EXAMPLES[name].drawn().caption("What to look for. " * 20)
    assert faults(picture) == []
    assert "What to look for." in picture.alt


def test_small_cut_and_overlapping_texts_are_found():
    figure, axes = canvas.canvas("t", 5, 2)
    shapes.note(axes, 1, 1, "small", size=9)
    assert faults(figure) == ["small: 'small'"]
    shapes.note(axes, 4.9, 1, "cut off here")
    assert faults(figure)[1:] == ["leaves the picture: 'cut off here'"]
    shapes.note(axes, 1.1, 1.05, "overlapping")
    assert faults(figure)[2:] == ["'overlapping' lies on 'small'"]
    shapes.card(axes, 3, 0.3, "wider than its card", width=0.9)
    assert faults(figure)[3:] == ["'wider than its card' leaves its box"]


def test_views_and_pictures_have_the_same_colours():
    folder = Path(widgets.__file__).parent
    script = (folder / "core.js").read_text(encoding="utf-8")
    [kinds] = re.findall(r"const ON_WHITE = \[(.*?)\]", script, re.S)
    assert re.findall(r"#\w+", kinds) == [color.lower() for color in CYCLE]
    style = (folder / "core.css").read_text(encoding="utf-8")
    assert f"--query: {ROLES['query'].lower()};" in style


def drawn_with(tokens: list[str]) -> dict:
    """Return for each drawing of tokens how it is drawn with these, for any number."""
    n = len(tokens)
    rng = np.random.default_rng(0)
    states = rng.normal(size=(n, 9))
    plain = {token: [1 / max(1, len(set(tokens)))] * 2 for token in tokens}
    moves = [[0.5, 0.5], [1, 0], [0.5, 0.5]]
    models = {"a": 2, "$b": "state", "c": "both", "d": "two states", "e": "before"}
    first = (tokens or ["x"])[0]
    d = drawings
    return {
        "map": lambda: d.map_of_series(tokens, tokens, 0, "t"),
        "sight": lambda: d.what_each_model_sees(tokens, n // 2, models, "t"),
        "paths": lambda: d.two_paths(tokens, ["a", "$b"], moves, plain, "t"),
        "unrolled": lambda: d.unrolled(tokens, states, "t"),
        "losses": lambda: d.language_model(tokens, states, tokens, [0.5] * n, "t"),
        "back": lambda: d.backprop_through_time(
            tokens, states, states[:, 0] ** 2, states[:, 1], 1.0, "t"
        ),
        "lane": lambda: d.lanes(tokens, 1, 1, "t"),
        "window": lambda: d.window_network(tokens, max(1, n // 2), (3, 4, 5), "t"),
        "shapes": lambda: d.shape_zoo({"a": (tokens, tokens), "$": ([""], ["b"])}, "t"),
        "row": lambda: d.one_hot_lookup(0, rng.normal(size=(n, 3)), tokens, "t"),
        "pairs": lambda: d.skipgram_window(tokens, [0, n // 2], 3, "t"),
        "negatives": lambda: d.positive_and_negatives(
            first, tokens, rng.normal(size=n), "t"
        ),
        "bigram": lambda: d.neural_bigram(
            first, [0.1] * 9, dict.fromkeys(tokens, 0.1), (9, 9), "t"
        ),
        "steps": lambda: d.pipeline(tokens, "t", here=0),
        "stack": lambda: d.stack(tokens, 2, "t"),
        "both ways": lambda: d.both_ways(tokens, "t"),
    }


@pytest.mark.parametrize("tokens", AWKWARD.values(), ids=AWKWARD)
@pytest.mark.parametrize("name", drawn_with([]))
def test_awkward_tokens_are_drawn_well_or_refused_in_a_sentence(name, tokens):
    draw = drawn_with(tokens)[name]
    if not tokens:
        with pytest.raises(ValueError, match=r"\b0\b|no tokens|at least one"):
            draw()
    elif len(tokens) == 40 and name not in GROWING:
        with pytest.raises(ValueError, match="fewer or shorter tokens"):
            draw()
    else:
        assert faults(draw()) == []


def test_a_picture_on_a_dark_page_keeps_its_own_light_ground():
    for name in ("two_paths", "descent"):
        png = examples.EXAMPLES[name].drawn().png()
        corner = imread(io.BytesIO(png))[2, 2]
        assert corner.tolist() == [1, 1, 1, 1]  # white, and not transparent


@pytest.mark.parametrize("n", [5, 6, 10, 11])
def test_the_arrow_to_the_next_row_leads_to_its_first_box(n):
    picture = drawings.pipeline([f"box {i}" for i in range(n)], "t", here=1)
    assert texts(picture) == [f"box {i}" for i in range(n)]
    places = boxes(picture)
    lit = [color == ROLES["floor"].lower() for _, _, color in places]
    assert lit == [i == 1 for i in range(n)]
    led = arrows(picture)
    assert len(led) == n - 1  # one to each box but the first
    for i, (_, end) in enumerate(led):
        gap = np.abs(np.subtract(end, places[i + 1][:2]))
        assert gap.min() < 1e-6 and gap.max() < 0.8, i  # at its left edge, or its top


def test_no_box_is_highlighted_unless_asked_and_no_other_index_is_taken():
    plain = [color for _, _, color in boxes(drawings.pipeline(["a", "b"], "t"))]
    assert ROLES["floor"].lower() not in plain
    for here in (2, -2):
        with pytest.raises(ValueError, match=f"here={here} is none of 2 boxes"):
            drawings.pipeline(["a", "b"], "t", here)


def test_the_map_has_every_question_in_its_region_and_one_station_lit():
    titles = [f"title {i}" for i in range(6)]
    questions = [f"why {i}?" for i in range(6)]
    regions = {"low": 1, "high": 5}
    picture = drawings.map_of_series(titles, questions, 3, "t", regions)
    shown = texts(picture)
    assert [x for x in shown if x in titles] == titles
    assert [x for x in shown if x in questions] == questions
    assert shown.count("you are here") == 1
    height = {x.get_text(): x.get_position()[1] for x in picture.axes[0].texts}
    assert height["title 0"] < height["title 1"] == height["title 4"]
    assert height["title 4"] < height["title 5"]
    assert height["low"] == height["title 0"] and height["high"] == height["title 1"]
    assert height["title 3"] > height["you are here"] > height["title 0"]
    with pytest.raises(ValueError, match="regions have 5 stations, titles 6"):
        drawings.map_of_series(titles, questions, 3, "t", {"low": 5})
    with pytest.raises(ValueError, match="here=6 is none of 6 stations"):
        drawings.map_of_series(titles, questions, 6, "t")


def seen(way: int | str) -> list[bool]:
    """Return which of five tokens a model sees that predicts the fourth."""
    picture = drawings.what_each_model_sees(list("abcde"), 3, {"m": way}, "t")
    edges = [color for _, _, color in sorted(boxes(picture)[5:])]  # from the left
    return [color == ROLES["attention"].lower() for color in edges]


def test_each_model_sees_what_it_sees():
    before = [True, True, True, False, False]
    around = [True, True, True, False, True]
    assert seen(0) == [False] * 5
    assert seen(2) == [False, True, True, False, False]
    assert seen("state") == seen("before") == seen(9) == before
    assert seen("two states") == seen("both") == around
    with pytest.raises(ValueError, match="'left' is no way to see"):
        seen("left")
    with pytest.raises(ValueError, match="cannot see -1 tokens"):
        seen(-1)


def test_a_state_comes_in_hops_and_attention_directly():
    ends = {}
    for way in ("state", "before"):
        picture = drawings.what_each_model_sees(list("abcd"), 3, {"m": way}, "t")
        paths = [
            shape._path_original.vertices[[0, -1], 0]
            for shape in picture.axes[0].patches
            if isinstance(shape, FancyArrowPatch)
        ]
        ends[way] = {round(end, 1) for _, end in paths}
        assert len(paths) == 3
    assert len(ends["state"]) == 3 and len(ends["before"]) == 1


def test_each_model_shows_its_best_words_and_what_the_allowed_have_together():
    many = {f"w{i}": 0.01 * i for i in range(1, 9)}
    beliefs = {"one": many, "two": {"w1": 0.4, "x": 0.6}}
    picture = drawings.what_each_model_believes(beliefs, ["w1", "w8"], "t")
    shown = texts(picture)
    start = shown.index("one")
    words = [text for text in shown[start : shown.index("two")] if text[0] == "w"]
    assert words == ["w8", "w7", "w6", "w5", "w4", "w3"]  # the best six
    assert shown[shown.index("w8") + 1] == "0.08"
    assert [x for x in shown if x.startswith("allowed")] == [
        "allowed: 9%",
        "allowed: 40%",
    ]
    faces = [bar.get_facecolor() for bar in picture.axes[0].patches]
    assert len(faces) == 8 and len(set(faces)) == 2
    assert faces[0] == faces[7] != faces[1] == faces[6]  # w8 and w1 are allowed
    for wrong in (({}, ["a"]), (beliefs, []), ({"m": {"a": 1.5}}, ["a"])):
        with pytest.raises(ValueError, match="give one or more|to 1.5"):
            drawings.what_each_model_believes(*wrong, "t")


def test_an_arrow_has_the_number_of_its_arc():
    moves = [[1, 0], [0.4, 0.6], [0.5, 0.5]]
    says = {"a": [0.1, 0.3], "b": [0.9, 0.7]}
    shown = texts(drawings.two_paths(["a", "a"], ["s", "z"], moves, says, "t"))
    assert [x for x in shown if x[0] == "×"] == ["× 0.1", "× 0.04", "× 0.18"]


def test_the_forward_algorithm_is_the_sum_over_all_paths():
    moves = np.array([[0.7, 0.3], [0.6, 0.4], [0.1, 0.9]])
    says = {"a": [0.5, 0.1], "b": [0.2, 0.6], "c": [0.3, 0.3]}
    tokens = ["a", "b", "a"]
    picture = drawings.two_paths(tokens, ["s", "z"], moves, says, "t")
    whole = {}
    for path in np.ndindex(2, 2, 2):
        p = moves[0, path[0]] * says["a"][path[0]]
        for t in (1, 2):
            p *= moves[1 + path[t - 1], path[t]] * says[tokens[t]][path[t]]
        whole[path] = p
    drawn = numbers_of(picture)
    for last in (0, 1):
        sum_of = sum(p for path, p in whole.items() if path[2] == last)
        assert float(f"{sum_of:.2g}") in drawn
    total = sum(whole.values())
    assert f"P so far: {total:.2g}" in texts(picture)
    shares = [sum(p for path, p in whole.items() if path[2] == z) for z in (0, 1)]
    after = np.array(shares) / total @ moves[1:]
    for token, row in says.items():
        where = texts(picture).index(f"{after @ row:.2f}")
        assert texts(picture)[where - 1] == token


def test_states_that_do_not_fit_are_not_drawn():
    shown = texts(examples.EXAMPLES["two_paths"].drawn())
    assert {"bird", "machine", "article"} <= set(shown)
    assert "what birds do" not in shown and "the" in shown
    assert [x for x in shown if x in ("lifts", "rests", "flies")][0] == "lifts"


def strips(picture: Picture) -> list[list[str]]:
    """Return the colours of the cells of each vector of a drawing."""
    found: list[list[str]] = [[]]
    for shape in picture.axes[0].patches:
        if isinstance(shape, Rectangle) and shape.get_linewidth() < 1:
            found[-1].append(to_hex(shape.get_facecolor()))
        elif isinstance(shape, Rectangle):
            found.append([])  # the frame of the vector ends it
    return found[:-1]


def test_cells_are_coloured_by_value():
    states = [[1.0, 0.0, -1.0], [0.5, -0.5, 0.0]]
    zero, first, second = strips(drawings.unrolled(["a", "b"], states, "t"))
    white = zero[0]
    assert first[1] == second[2] == white
    assert len({*first, *second}) == 5  # 1, 0, −1, 0.5, −0.5
    red = [int(color[1:3], 16) - int(color[5:7], 16) for color in first]
    assert red[0] > 0 > red[2]  # orange above 0, purple below


def test_no_more_than_six_units_and_numbers_above_1_in_proportion():
    drawn = strips(drawings.unrolled(["a"], [range(0, 90, 10)], "t"))[1]
    assert len(drawn) == 6 and len(set(drawn)) == 6


def test_each_token_of_a_language_model_costs_minus_the_log_of_its_share():
    picture = drawings.language_model(
        ["a", "b"], [[0.1], [0.2]], ["b", "c"], [np.exp(-2), np.exp(-1)], "t"
    )
    texts = [x.get_text() for x in picture.axes[0].texts]
    assert "−log = 2" in texts and "−log = 1" in texts
    assert any("their mean, 1.5" in text for text in texts)
    assert "b: 0.14" in texts and "c: 0.37" in texts


def test_gradients_carry_their_sizes_and_shares_add_up():
    sizes = [0.021, 0.055, 0.41]
    shares = [0.0, -0.13, 0.24]
    states = np.zeros((3, 2))
    picture = drawings.backprop_through_time(list("abc"), states, sizes, shares, 2, "t")
    drawn = numbers_of(picture)
    assert [x for x in drawn if x in sizes] == sizes
    assert [x for x in drawn if x in shares] == shares
    [total] = [text for text in texts(picture) if "partial" in text]
    assert total.endswith("0 − 0.13 + 0.24  =  0.11")
    dashed = [
        shape
        for shape in picture.axes[0].patches
        if isinstance(shape, FancyArrowPatch)
        and to_hex(shape.get_edgecolor()) == ROLES["gradient"].lower()
    ]
    assert len(dashed) == len(sizes) + len(shares)
    back = [a.x > b.x for a, b in map(ends_of, dashed) if a.y == b.y]
    assert back == [True] * len(sizes)  # against the time


def test_the_way_back_through_one_unit_has_the_factor_of_each_step():
    states = [[0.5], [-0.6], [0.9]]
    sizes = [0.1, 0.2, 1]
    picture = drawings.backprop_through_time(list("abc"), states, sizes, sizes, 2, "t")
    factors = [text for text in texts(picture) if "times" in text]
    # 1 − h² of the later step, and nothing on the way to h_0
    assert [text.split()[-1] for text in factors] == ["0.64", "0.19"]
    assert texts(picture).count("$w_x$") == 3 and "$W_x$" not in texts(picture)


def ends_of(arrow: FancyArrowPatch) -> tuple[shapes.Area, shapes.Area]:
    """Return where an arrow begins and ends."""
    return tuple(shapes.Area(*place, 0, 0) for place in arrow._posA_posB)


def test_lanes_hold_the_text_in_order_and_batches_their_steps():
    picture = drawings.lanes("abcdefghijkl?", 2, 4, "t")
    shown = [text for text in texts(picture) if len(text) == 1]
    assert "".join(shown) == "abcdefghijkl" * 2  # in a line, then in lanes
    says = texts(picture)
    assert says.count("detach") == 1 and "batch 2" in says and "batch 3" not in says
    assert says.count("lane 2") == 1 and "?" not in says
    rows = {text.get_position()[1] for text in picture.axes[0].texts[1:13]}
    assert len(rows) == 1
    with pytest.raises(ValueError, match="5 tokens in 2 lanes fill no batch of 3"):
        drawings.lanes("abcde", 2, 3, "t")


def test_a_window_network_has_the_shapes_of_its_layers():
    picture = drawings.window_network(["a", "b", "c"], 2, (3, 5, 7), "t")
    shown = texts(picture)
    assert {"W: 5 × 6", "W: 7 × 5", "2·C = 6", "N = 5", "V = 7"} <= set(shown)
    assert shown.count("not seen") == 1
    assert "not seen" not in texts(drawings.window_network(["a"], 1, (3, 5, 7), "t"))
    with pytest.raises(ValueError, match="a window of 3 does not fit into 2 tokens"):
        drawings.window_network(["a", "b"], 3, (3, 5, 7), "t")


def test_a_task_has_cards_where_something_goes_in_or_comes_out():
    picture = drawings.shape_zoo({"judge": (["a", "b"], ["", "x"])}, "t")
    assert texts(picture)[1:] == ["", "a", "b", "x"][1:] or "x" in texts(picture)
    assert len(arrows(picture)) == 2 + 1 + 1  # in, on, out
    with pytest.raises(ValueError, match="'judge' has 1 inputs and 2 outputs"):
        drawings.shape_zoo({"judge": (["a"], ["", "x"])}, "t")


def test_a_lookup_shows_the_row_that_the_one_picks():
    matrix = np.arange(6).reshape(3, 2) / 10
    shown = texts(drawings.one_hot_lookup(1, matrix, ["a", "b", "c"], "t"))
    assert shown.count("1") == 1 and shown.count("0") == 2 + 1  # and the 0 of the table
    assert shown.count("0.2") == shown.count("0.3") == 2 and shown.count("0.4") == 1
    assert "one-hot\n(3,)" in shown and "table\n(3, 2)" in shown
    with pytest.raises(ValueError, match="3 tokens, 3 rows, index 3"):
        drawings.one_hot_lookup(3, matrix, ["a", "b", "c"], "t")


def test_a_window_of_skip_gram_gives_its_pairs():
    picture = drawings.skipgram_window(list("abcde"), [0, 2], 2, "t")
    pairs = [text for text in texts(picture) if "(" in text]
    assert pairs == ["(a, b), (a, c)", "(c, a), (c, b), (c, d), (c, e)"]
    assert len(arrows(picture)) == 2 + 4
    with pytest.raises(ValueError, match="centre 5 is none of 5 tokens"):
        drawings.skipgram_window(list("abcde"), [0, 5], 2, "t")


def test_a_pair_that_occurred_goes_up_and_random_ones_go_down():
    picture = drawings.positive_and_negatives("c", ["a", "b"], [0.4, 0.4], "t")
    drawn = numbers_of(picture)
    share = 1 / (1 + np.exp(-0.4))
    assert drawn.count(round(share, 2)) == 2
    assert round(-np.log(share), 2) in drawn and round(-np.log(1 - share), 2) in drawn
    assert texts(picture).count("↑ 1") == texts(picture).count("↓ 0") == 1


def test_a_neural_bigram_has_its_shapes_and_probabilities():
    following = {"a": 0.5, "b": 0.125}
    picture = drawings.neural_bigram("x", [1, 2], following, (7, 2), "t")
    shown = texts(picture)
    assert "its row of E (7, 2)" in shown and "times W (2, 7), plus a bias" in shown
    assert "(2,)" in shown
    assert shown[shown.index("a") + 1] == "0.50" and shown.index("b") > shown.index("a")
    with pytest.raises(ValueError, match="probabilities from -1 to 0.5"):
        drawings.neural_bigram("x", [1, 2], {"a": 0.5, "b": -1}, (7, 2), "t")


def test_descent_stands_on_the_curve_at_every_step():
    path = [2.0, 1.0, 0.25]
    picture = drawings.descent(lambda x: x**2 + 1, path, "t")
    [dots] = [line for line in picture.axes[0].lines if line.get_marker() == "o"]
    assert dots.get_xdata().tolist() == path
    assert dots.get_ydata().tolist() == [5.0, 2.0, 1.0625]
    assert {"start: loss 5.00", "end: loss 1.06"} <= set(texts(picture))
    tangents = [line.get_xydata() for line in picture.axes[0].lines[1:3]]
    slopes = [np.diff(ends[:, 1]) / np.diff(ends[:, 0]) for ends in tangents]
    assert np.allclose(np.ravel(slopes), [4, 2], atol=1e-3)  # twice the place
    assert np.allclose([ends.mean(0) for ends in tangents], [[2, 5], [1, 2]])
    two = drawings.descent(lambda x, y: x * y, [[1.0, 2.0], [0.5, 1.0]], "t")
    [dots] = two.axes[0].lines
    assert dots.get_xydata().tolist() == [[1.0, 2.0], [0.5, 1.0]]
    assert two.axes[0].get_aspect() == 1  # so that steps are upright on the lines
    assert "end: loss 0.50" in texts(two)
    with pytest.raises(ValueError, match=r"path has shape \(2, 3\)"):
        drawings.descent(lambda x, y: x, np.zeros((2, 3)), "t")


def test_the_cell_of_an_lstm_has_three_gates_and_a_candidate():
    picture = drawings.lstm_cell("t")
    shown = texts(picture)
    gates = [text for text in shown if text.endswith("(σ)")]
    assert [gate[0] for gate in gates] == ["f", "i", "o"]
    assert [text[0] for text in shown if text.endswith("(tanh)")] == ["g"]
    assert shown.count("×") == 3 and shown.count("+") == 1
    places = {x.get_text(): x.get_position() for x in picture.axes[0].texts}
    signs = [x.get_position() for x in picture.axes[0].texts if x.get_text() in "×+"]
    kept, added, new, out = signs
    assert kept[0] == places["f: forget\n(σ)"][0] and kept[1] == added[1]
    assert new[0] == added[0] and new[1] == out[1]
    ends = [end for _, end in arrows(picture)]
    assert (9.5, added[1]) in ends and (9.5, out[1]) in ends  # c runs on; h goes out


@pytest.mark.parametrize(
    "draw, says",
    [
        (lambda: drawings.unrolled(["a"], [[np.nan]], "t"), "NaN"),
        (lambda: drawings.unrolled(["a"], [[1], [2]], "t"), "1 tokens and 2 states"),
        (
            lambda: drawings.language_model(["a"], [[1]], ["b", "c"], [1], "t"),
            "1 tokens, 2 targets",
        ),
        (
            lambda: drawings.language_model(["a"], [[1]], ["b"], [0], "t"),
            "its loss would be infinite",
        ),
        (lambda: drawings.one_hot_lookup(0, [[np.inf]], ["a"], "t"), "infinite"),
        (lambda: canvas.canvas("t", 13, 1), "13.0 units wide and 12.5 fit"),
        (lambda: drawings.two_paths(["b"], ["s"], [[1], [1]], {"a": [1]}, "t"), "'b'"),
        (
            lambda: drawings.two_paths(["a"], ["s"], [[1], [0.5]], {"a": [1]}, "t"),
            "must sum to 1",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(draw, says):
    with pytest.raises(ValueError, match=says):
        draw()


GATE_TITLES = dict.fromkeys(("forget", "input", "cell", "output"), ("1  A", "says"))
ONE_UNIT = {"c before": 2, "f": 0.75, "i": 0.5, "g": -0.25, "o": 0.125, "c": 1, "h": 0}


def lit_boxes(picture: Picture) -> list[str]:
    """Return the letters of the boxes that have a colour, in the order of drawing."""
    boxes = [p for p in picture.axes[0].patches if isinstance(p, FancyBboxPatch)]
    letters = [text for text in texts(picture) if text[0] in "figo" and "\n" in text]
    grey = to_hex(shapes.pale("#c4c4c4"))
    lit = [to_hex(box.get_facecolor()) != grey for box in boxes]
    return [text[0] for text, shines in zip(letters, lit, strict=True) if shines]


def test_each_of_the_four_pictures_lights_the_gates_of_its_path():
    picture = drawings.lstm_steps(GATE_TITLES, ONE_UNIT, "t")
    assert lit_boxes(picture) == ["f", "i", "g", "o"]  # 1: f; 2: i, g; 3: none; 4: o
    assert texts(picture).count("g\n−0.25") == 4
    assert faults(picture) == []


def test_a_step_without_numbers_has_only_the_names_of_the_gates():
    picture = drawings.lstm_steps(GATE_TITLES, {}, "t")
    assert [texts(picture).count(letter) for letter in "figo"] == [4] * 4


def test_a_gru_has_three_boxes_and_no_second_vector():
    said = texts(drawings.gru_cell({}, "t"))
    assert [said.count(letter) for letter in "zrn"] == [1, 1, 1]
    assert not any("c" in text for text in said)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: drawings.lstm_steps({"forget": ("a", "b")}, {}, "t"),
        lambda: drawings.lstm_steps(GATE_TITLES, {"f": 1}, "t"),
        lambda: drawings.gru_cell({"z": 1}, "t"),
    ],
)
def test_a_step_with_other_names_is_refused(draw):
    with pytest.raises(ValueError, match="give just"):
        draw()


def test_a_stack_hands_on_to_the_right_and_upwards():
    ways = arrows(drawings.stack(["a", "b", "c"], 2, "t"))
    right = [1 for a, b in ways if b[0] > a[0] and a[1] == b[1]]
    up = [1 for a, b in ways if b[1] > a[1] and a[0] == b[0]]
    assert (len(right), len(up)) == (4, 9)  # 2 layers × 2; 3 tokens × 3 arrows


def test_two_readers_go_in_opposite_directions_and_never_meet():
    ways = arrows(drawings.both_ways(["a", "b", "c"], "t"))
    right = {a[1] for a, b in ways if b[0] > a[0]}
    left = {a[1] for a, b in ways if b[0] < a[0]}
    assert len(right) == len(left) == 1
    assert right != left  # each on a height of its own
