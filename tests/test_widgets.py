"""The Python side of the views: bad input, packing, static twins, recomputing."""

import base64
import zlib
from types import SimpleNamespace

import numpy as np
import pytest

from helpers.corpora import translation, world
from helpers.objectives import masking
from helpers.tokenization.wordpiece import SPECIALS, WordPiece, cut
from helpers.widgets import (
    alignment,
    ask,
    attention_explorer,
    attention_steps,
    embedding_map,
    fill_mask,
    gradient_reach,
    ladder_chart,
    layer_mix,
    lstm_gates,
    masking_lab,
    position_explorer,
    rnn_unrolled,
    sense_map,
    shape_tour,
    shell,
    size_calculator,
    tokenizer_view,
    training_monitor,
    world_explorer,
)
from helpers.widgets.gallery_inputs import pieces_example
from helpers.widgets.masking_lab import rolls
from helpers.widgets.predict_card import predict_card
from helpers.widgets.recompute import checked, known_words
from helpers.widgets.tokenizer_view import steps

EVEN = np.full((2, 3, 4, 4), 0.25)
WORDS = list("abcd")
Q = np.arange(20.0).reshape(5, 4) / 10


def nan(array):
    spoiled = np.array(array, float)
    spoiled.flat[0] = np.nan
    return spoiled


BAD = {
    "explorer: nothing": (lambda: attention_explorer(), "no attention"),
    "explorer: no tokens": (lambda: attention_explorer(EVEN), "without tokens"),
    "explorer: NaN": (lambda: attention_explorer(nan(EVEN), WORDS), "1 numbers"),
    "explorer: counts": (lambda: attention_explorer(EVEN, WORDS[:3]), "does not fit"),
    "explorer: axes": (lambda: attention_explorer(np.ones(4) / 4, WORDS), "shape"),
    "explorer: no token": (
        lambda: attention_explorer(np.ones((1, 1, 0, 0)), []),
        "0 t",
    ),
    "explorer: 5,000": (
        lambda: attention_explorer(EVEN, ["a"] * 5000),
        "5000 tokens; this view shows 1 to 512",
    ),
    "explorer: scores": (lambda: attention_explorer(EVEN * 9, WORDS), "softmax"),
    "explorer: layer": (lambda: attention_explorer(EVEN, WORDS, layer=5), "layer=5"),
    "explorer: heads": (lambda: attention_explorer(EVEN, WORDS, heads=[3]), "heads"),
    "explorer: pair": (
        lambda: attention_explorer(EVEN, WORDS, sentence_b_start=4),
        "sentence_b_start=4",
    ),
    "explorer: layers": (
        lambda: attention_explorer(EVEN, WORDS, include_layers=[2]),
        "include_layers",
    ),
    "explorer: two kinds": (
        lambda: attention_explorer(EVEN, WORDS, encoder_attention=EVEN),
        "either",
    ),
    "explorer: ragged": (
        lambda: attention_explorer([EVEN[:1], EVEN[:1, :2]], WORDS),
        "one shape",
    ),
    "steps: NaN": (lambda: attention_steps(nan(Q), Q, Q, list("abcde")), "q has 1"),
    "steps: shapes": (lambda: attention_steps(Q, Q[:, :3], Q, list("abcde")), "k has"),
    "steps: one token": (
        lambda: attention_steps(Q[:1], Q[:1], Q[:1], ["a"]),
        "1 token",
    ),
    "steps: 5,000": (lambda: attention_steps(Q, Q, Q, ["a"] * 5000), "5000 tokens"),
    "steps: count": (lambda: attention_steps(Q, Q, Q, WORDS), "shape"),
    "steps: blind": (
        lambda: attention_steps(Q, Q, Q, list("abcde"), np.zeros((5, 5))),
        "may look nowhere",
    ),
    "steps: query": (
        lambda: attention_steps(Q, Q, Q, list("abcde"), query=5),
        "query=5",
    ),
    "positions: d": (lambda: position_explorer(10), "d_model=10"),
    "positions: n": (lambda: position_explorer(n_positions=5000), "5000"),
    "positions: learned": (
        lambda: position_explorer(4, learned=np.ones((3, 4))),
        "learned has shape",
    ),
    "rnn: NaN": (
        lambda: rnn_unrolled(WORDS, nan(np.ones((4, 2))), *_rnn()),
        "inputs has 1",
    ),
    "rnn: shapes": (lambda: rnn_unrolled(WORDS, np.ones((4, 3)), *_rnn()), "W_x has"),
    "rnn: 5,000": (lambda: rnn_unrolled(["a"] * 5000, Q, *_rnn()), "5000"),
    "rnn: one": (lambda: rnn_unrolled(["a"], np.ones((1, 2)), *_rnn()), "longer"),
    "rnn: unit": (
        lambda: rnn_unrolled(WORDS, np.ones((4, 2)), *_rnn(), unit=3),
        "unit=3",
    ),
    "map: zeros": (lambda: _map(np.zeros((8, 3))), "rows of zeros"),
    "map: groups": (
        lambda: embedding_map(np.eye(8), list("abcdefgh"), ["g"]),
        "one per word",
    ),
    "map: few": (lambda: embedding_map(np.eye(4), WORDS, WORDS), "4 words"),
    "map: NaN": (lambda: _map(nan(np.ones((8, 3)))), "NaN"),
    "map: first": (
        lambda: embedding_map(np.eye(8), list("abcdefgh"), ["g"] * 8, "z"),
        "not among",
    ),
    "world: none": (lambda: world_explorer([]), "0 documents"),
    "ladder: below": (lambda: ladder_chart(["m"], [1.0], 2.0), "below the floor"),
    "ladder: counts": (lambda: ladder_chart(["m"], [1.0, 2.0], 0.5), "one each"),
    "ladder: endless": (lambda: ladder_chart(["m"], [np.inf], 0.5), "finite"),
    "gates: NaN": (lambda: lstm_gates(WORDS, nan(np.ones((4, 2))), _lstm()), "inputs"),
    "gates: shapes": (lambda: lstm_gates(WORDS, np.ones((4, 3)), _lstm()), "W_x has"),
    "gates: biases": (
        lambda: lstm_gates(WORDS, np.ones((4, 2)), (*_lstm()[:2], np.zeros(7))),
        "7 biases",
    ),
    "gates: 5,000": (lambda: lstm_gates(["a"] * 5000, Q, _lstm()), "5000"),
    "gates: one": (lambda: lstm_gates(["a"], np.ones((1, 2)), _lstm()), "1 tokens"),
    "reach: negative": (lambda: gradient_reach(WORDS, {"a": [[1, -1, 0, 0]]}), "norm"),
    "reach: shape": (lambda: gradient_reach(WORDS, {"a": [[1, 1]]}), "a has shape"),
    "reach: none": (lambda: gradient_reach(WORDS, {}), "0 cells"),
    "reach: NaN": (lambda: gradient_reach(WORDS, {"a": nan(np.ones((1, 4)))}), "NaN"),
    "sizes: none": (lambda: size_calculator({}, {"x": 1e9}), "0 presets"),
    "sizes: first": (lambda: _sizes("tiny"), "first='tiny'"),
    "sizes: length": (lambda: _sizes("one", (32, 100)), "length from"),
    "mix: one layer": (lambda: layer_mix(np.ones((1, 8, 3)), *_texts()), "1 layers"),
    "mix: NaN": (lambda: layer_mix(nan(np.ones((2, 8, 3))), *_texts()), "NaN"),
    "mix: counts": (lambda: layer_mix(np.ones((2, 9, 3)), *_texts()), "layers has"),
    "senses: kinds": (
        lambda: sense_map(np.ones((1, 8, 3)), list("abcdefgh"), _texts()[1], ["x"]),
        "8 kinds",
    ),
    "senses: names": (
        lambda: sense_map(np.ones((1, 8, 3)), *_texts(), ["x", "y"]),
        "layers has shape",
    ),
    "alignment: NaN": (lambda: _align(nan(np.eye(4))), "weights has 1 numbers"),
    "alignment: negative": (lambda: _align(np.eye(4) - 0.1), "a weight of -0.1"),
    "alignment: scores": (lambda: _align(np.eye(4) * 3), "'a'.* sums to 3, not to 1"),
    "alignment: a column short": (
        lambda: alignment(np.full((4, 3), 0.3), WORDS[:3], WORDS),
        "sums to 0.9, not to 1; .* the end sign",
    ),
    "alignment: turned": (
        lambda: alignment(np.full((3, 4), 0.25), WORDS[:3], WORDS),
        r"weights has shape \(3, 4\); give \(4, 3\)",
    ),
    "alignment: flat": (lambda: _align(np.ones(4) / 4), "give \\(4, 4\\)"),
    "alignment: gold": (lambda: _align(gold=[0, 1, None, 4]), "gold.3.=4; .* 0 to 3"),
    "alignment: below": (lambda: _align(gold=[0, -1, 2, 3]), "gold.1.=-1"),
    "alignment: no index": (lambda: _align(gold=[0.5] * 4), "gold.0.=0.5; choose 0"),
    "alignment: gold count": (lambda: _align(gold=[0, 1]), "2 gold entries for 4"),
    "alignment: none": (lambda: alignment(np.ones((0, 4)), WORDS, []), "0 target"),
    "alignment: one source": (
        lambda: alignment(np.ones((4, 1)), ["a"], WORDS),
        "1 source tokens; this view shows 2 to 24: give a longer",
    ),
    "alignment: many": (
        lambda: alignment(np.full((4, 25), 0.04), ["a"] * 25, WORDS),
        "25 source tokens; .* shorter",
    ),
    "alignment: 5,000": (lambda: alignment(Q, WORDS, ["a"] * 5000), "5000 target"),
    "alignment: fixed": (lambda: _align(fixed=[]), "0 fixed tokens"),
    "shapes: one": (lambda: shape_tour(_parts(1)), "1 parts; this view shows 2 to 40"),
    "shapes: many": (lambda: shape_tour(_parts(41)), "p.depth == 0"),
    "shapes: no part": (lambda: shape_tour(["a", "b"]), "part 0 is 'a'; give what"),
    "shapes: fields": (lambda: shape_tour([{"name": "a"}] * 2), "has no kind, inputs"),
    "shapes: no shape": (
        lambda: shape_tour([("a", "A", [], (2, -1), 0, "", 0)] * 2),
        r"the shape \(2, -1\); give up to 6 sizes",
    ),
    "shapes: flat inputs": (
        lambda: shape_tour([("a", "A", (2, 7), (2,), 0, "", 0)] * 2),
        "the shape 2; give",
    ),
    "shapes: weights": (
        lambda: shape_tour([("a", "A", [], (2,), 1.5, "", 0)] * 2),
        "parameters=1.5; give a whole number",
    ),
    "shapes: legend": (lambda: shape_tour(_parts(2), "", {"B": 0}), "give letters"),
    "lab: no packed text": (lambda: masking_lab([5, 6, 7], WORDS), "masking.pack"),
    "lab: two texts": (lambda: _lab(masking.pack([TEXT, TEXT])), "not one packed"),
    "lab: names": (lambda: _lab(tokens=WORDS), r"id 12, but 4 tokens; .*\.tokens"),
    "lab: few": (lambda: _lab(masking.pack([[1] * 6])), "fewer than 4 ordinary"),
    "lab: short": (lambda: _lab(masking.pack([[5, 6]])), "4 tokens; .* 6 to 64"),
    "lab: long": (lambda: _lab(masking.pack([TEXT * 8])), "66 tokens; .* shorter"),
    "lab: no shares": (lambda: _lab(shares=[]), "0 shares"),
    "lab: rolls": (lambda: _lab(n_rolls=1), "n_rolls=1; .* 2 to 500"),
    "lab: asked": (lambda: _lab(shares=[(15, 0.8, 0.1)]), "asked=15; use a share"),
    "lab: too much": (lambda: _lab(shares=[(0.15, 0.9, 0.2)]), "together at most 1"),
    "tokens: none": (lambda: tokenizer_view([], pieces_example()), "0 texts"),
    "tokens: nine": (lambda: tokenizer_view(["a"] * 9, pieces_example()), "9 texts"),
    "tokens: empty": (lambda: tokenizer_view(" \n", pieces_example()), "0 words in"),
    "tokens: 5,000": (
        lambda: tokenizer_view("a " * 5000, pieces_example()),
        "5000 words in .* 1 to 40: give a shorter",
    ),
    "tokens: no tokenizer": (lambda: tokenizer_view("a", str), "no pieces; give a"),
    "tokens: other cuts": (
        lambda: tokenizer_view("read", _Letters(pieces_example().tokens)),
        "cuts 'read' otherwise",
    ),
    "fill: NaN": (lambda: _fill(nan(np.eye(4))), "probabilities has 1 numbers"),
    "fill: scores": (lambda: _fill(np.eye(4) * 3), "'a'.* sums to 3"),
    "fill: negative": (lambda: _fill(1.5 * np.eye(4) - 0.125), "after the softmax"),
    "fill: turned": (lambda: _fill(np.ones((4, 3)) / 3), r"\(4, 3\); give \(4, 4\)"),
    "fill: exact": (lambda: _fill(best=np.eye(3)), "best has shape"),
    "fill: exact word": (lambda: _fill(best=[{"x": 1.0}] * 4), "best.0. holds 'x'"),
    "fill: unknown": (
        lambda: fill_mask(WORDS, np.eye(4), list("abcx")),
        "token 3 .'d'. is not in the vocabulary",
    ),
    "fill: special": (
        lambda: fill_mask(["[CLS]", "[SEP]"], np.eye(2), ["[CLS]", "[SEP]"]),
        "0 tokens to hide",
    ),
    "fill: first": (lambda: _fill(first=4), "first=4; .* choose one of"),
    "fill: 5,000": (lambda: fill_mask(["a"] * 5000, Q, WORDS), "5000 tokens"),
    "monitor: no step": (lambda: training_monitor(_history([])), "no steps"),
    "monitor: floor": (
        lambda: training_monitor(_history([2.0, 1.0]), {"pair": 1.0}),
        "a floor for 'pair'; there are curves .'loss'.",
    ),
    "monitor: NaN": (lambda: training_monitor(_history([2.0, np.nan])), "loss has 1"),
    "monitor: many": (
        lambda: training_monitor(
            _history([1.0]), {}, dict.fromkeys(WORDS + ["e", "f"], [(1, 1.0)])
        ),
        "7 curves; show at most 6",
    ),
    "card: one option": (lambda: predict_card("Why?", ["so"], "Why?"), "1 options"),
    "shell: too large": (
        lambda: shell.View(
            "ladder_chart", {}, {"x": np.random.default_rng(0).random(9_000_000)}
        ).html(),
        "fewer layers",
    ),
}


TEXT = list(range(5, 13))


class _Letters(WordPiece):
    def pieces(self, text):
        return list(text)


def _lab(packed=None, tokens=None, **changes):
    tokens = tokens or [*SPECIALS, *"abcdefgh"]
    return masking_lab(packed or masking.pack([TEXT]), tokens, **changes)


def _align(weights=None, gold=None, fixed=None):
    weights = np.eye(4) if weights is None else weights
    return alignment(weights, WORDS, WORDS, gold, fixed)


def _fill(probabilities=None, best=None, first=None):
    probabilities = np.eye(4) if probabilities is None else probabilities
    return fill_mask(WORDS, probabilities, WORDS, best, first=first)


def _history(losses, seed=0):
    rng, n = np.random.default_rng(seed), len(losses)
    return SimpleNamespace(
        losses=list(losses),
        learning_rates=list(rng.random(n)),
        gradient_norms=list(rng.random(n)),
        evaluations=[],
        interrupted=False,
    )


def _lstm():
    return np.ones((8, 2)), np.ones((8, 2)), np.zeros(8)


def _parts(n):
    return [(f"p{i}", "Linear", [(2, 3)], (2, 4), 16, "", 0) for i in range(n)]


def _sizes(first, tokens=(32, 128)):
    from helpers.models.bert import BERTSize

    return size_calculator({"one": BERTSize(50)}, {"x": 1e9}, first, tokens)


def _texts():
    return ["s", "t"] * 4, [f"text {i}" for i in range(8)]


def _rnn():
    return np.ones((3, 2)), np.eye(3), np.zeros(3)


def _map(vectors):
    return embedding_map(vectors, list("abcdefgh"), ["g"] * 8)


@pytest.mark.parametrize("case", BAD)
def test_bad_input_says_what_was_given_and_what_would_work(case):
    make, says = BAD[case]
    with pytest.raises(ValueError, match=says):
        make()


def test_rows_that_do_not_sum_to_one_are_shown_with_a_note():
    view = attention_explorer(EVEN * 0.5, WORDS)
    assert "24 of 24 rows do not sum to 1" in view.params["rows"]
    assert attention_explorer(EVEN, WORDS).params["rows"] == ""


def test_an_alignment_takes_tensors_and_the_gold_of_the_world():
    torch = pytest.importorskip("torch")
    pair = translation.translations(1, 3, 12)[0]
    shape = len(pair.target), len(pair.source)
    make = torch.Generator().manual_seed(1)
    weights = torch.randn(shape, generator=make).softmax(-1).requires_grad_()
    view = alignment(weights, pair.source, pair.target, pair.alignment)
    assert view.params["gold"] == list(pair.alignment)
    assert [row[0] for row in view.table[1:]] == list(pair.target)
    best = [pair.source[j] for j in weights.argmax(-1)]
    assert [row[1] for row in view.table[1:]] == best


def test_one_token_can_be_explored():
    assert attention_explorer(np.ones((1, 1, 1, 1)), ["a"]).html()


def test_the_explorer_takes_what_head_view_takes():
    torch = pytest.importorskip("torch")
    layers = [torch.full((1, 3, 4, 4), 0.25) for _ in range(2)]
    view = attention_explorer(layers, WORDS, include_layers=[1], prettify_tokens=True)
    assert view.arrays["w0"].shape == (1, 3, 4, 4)
    assert view.params["layers"] == [1]
    cross = np.full((2, 3, 2, 4), 0.25)
    both = attention_explorer(
        encoder_attention=EVEN,
        cross_attention=cross,
        encoder_tokens=["Ġa", "b</w>", "▁c", "d"],
        decoder_tokens=["x", "y"],
    )
    names = [s["name"] for s in both.params["sources"]]
    assert names == ["encoder", "cross"]
    assert both.params["sources"][0]["queries"] == list("abcd")
    assert both.params["sources"][1]["queries"] == ["x", "y"]


@pytest.mark.parametrize("grain", [0.0, 1e-3])
def test_packed_numbers_unpack_to_what_was_given(grain):
    rng = np.random.default_rng(3)
    arrays = {"a": rng.normal(size=(3, 5)), "b": rng.random((2, 2, 7))}
    layout, packed = shell.pack(arrays, grain)
    raw = np.frombuffer(zlib.decompress(base64.b64decode(packed)), np.uint8)
    at = 0
    for part, (name, values) in zip(layout, arrays.items(), strict=True):
        n = values.size
        codes = raw[at : at + n] + 256.0 * raw[at + n : at + 2 * n]
        at += 2 * n
        found = part["low"] + part["step"] * codes.reshape(part["shape"])
        worst = max(grain, np.ptp(values) / 65_535) / 2
        assert part["name"] == name
        assert abs(found - values).max() <= worst + 1e-12
    assert at == len(raw)


def test_a_large_view_keeps_three_decimals_and_says_so(monkeypatch):
    monkeypatch.setenv("COURSE_VIEWS", "live")
    rng = np.random.default_rng(0)
    scores = np.exp(2 * rng.normal(size=(12, 12, 128, 128)))
    weights = scores / scores.sum(-1, keepdims=True)
    view = attention_explorer(weights, [f"t{i}" for i in range(128)])
    html = view.html()
    assert "kept to 3 decimals" in html
    assert len(html) <= 5_000_000


def test_ask_returns_the_example_in_static_mode(monkeypatch):
    monkeypatch.setenv("COURSE_VIEWS", "static")
    view = ask(str.split, lambda words: ladder_chart(words, [2.0, 1.0], 0.5), "a b")
    assert set(view._repr_mimebundle_()[0]) == {"text/plain", "image/png"}


@pytest.mark.parametrize(
    ("text", "says"), [("", "empty"), (" \n ", "empty"), ("x" * 10_000, "10,000")]
)
def test_ask_refuses_text_that_cannot_work(text, says):
    with pytest.raises(ValueError, match=says):
        checked(text)


def test_ask_takes_any_other_text_as_it_is():
    assert checked("  😀  </script> שלום ") == "😀 </script> שלום"


def test_the_world_explorer_carries_every_label():
    document = world.documents(1, seed=3)[0]
    shown = world_explorer([document]).params["documents"][0]
    assert shown["tokens"] == list(document.tokens)
    assert shown["heads"] == list(document.heads)
    assert shown["tags"] == list(document.tags)
    assert len(shown["sentences"]) == len(document.tokens)


def test_the_tour_of_shapes_draws_the_sums_of_the_code_and_no_others():
    def starts(*lines):
        """Return where each way around starts; a line is (name, code, source)."""
        parts = [(n, "K", [(2,)], (2,), 0, c, 0, s) for n, c, s in lines]
        return [part["sum"] for part in shape_tour(parts).params["parts"]]

    pre = "x = x + self.drop(self.feed(self.norm(x)))"
    assert starts(("norm", pre, ""), ("feed", pre, "norm"), ("drop", pre, "feed")) == [
        -1,
        -1,
        0,
    ]
    named, added = "seen = self.look(self.norm(x))", "x = x + self.drop(seen)"
    two = starts(("norm", named, ""), ("look", named, "norm"), ("drop", added, "look"))
    assert two == [-1, -1, 0]
    first, after = "x = self.a(x + self.b(x))", "return self.d(x + self.c(x))"
    post = starts(
        ("b", first, ""), ("a", first, None), ("c", after, "a"), ("d", after, None)
    )
    assert post == [0, -1, 2, -1]
    other = "x = self.a(x) + self.b(x)"  # a sum of two parts: nothing went around
    assert starts(("a", other, ""), ("b", other, "")) == [-1, -1]
    assert starts(("a", "x = x - self.a(x)", ""), ("b", "(", "")) == [-1, -1]


def test_axes_get_letters_only_where_a_size_has_one():
    view = shape_tour(_parts(2), legend={"B": 2, "C": 4, "H": 4})
    assert view.params["letters"] == {"2": "B"}
    assert view.params["legend"] == [
        "B = 2 batch_size",
        "C = 4 d_model",
        "H = 4 n_heads",
    ]


def test_unknown_words_are_named_with_words_that_work():
    known = ["river", "the", "sees", "."]
    assert known_words("the river sees.", known) == ["the", "river", "sees", "."]
    with pytest.raises(ValueError, match="does not know 'rivr'; it knows river"):
        known_words("the rivr", known)
    for text in ("the", "the " * 33):
        with pytest.raises(ValueError, match="give 2 to 32"):
            known_words(text, known)


def test_what_any_token_would_become_is_what_the_asked_ones_become():
    import torch

    packed, shares = masking.pack([(TEXT, TEXT[:5])]), [(0.3, 0.5, 0.3)]
    chosen, becomes = rolls(
        packed, [*SPECIALS, *"abcdef", "##g", "##h"], shares, [4, 9]
    )
    assert chosen.shape == (1, 2, 2, 16) and becomes.shape == (1, 2, 16)
    for r, seed in enumerate([4, 9]):
        dice = torch.Generator().manual_seed(seed)
        ids, targets = masking.hide(packed, 13, dice, masking.Shares(*shares[0]))
        asked = targets[0].numpy() != masking.NOT_ASKED
        assert (chosen[0, 0, r] == asked).all() and asked.any()
        assert (becomes[0, r][asked] == ids[0].numpy()[asked]).all()
        ordinary = packed.ids[0].numpy() >= len(SPECIALS)
        assert (becomes[0, r] == packed.ids[0].numpy())[~ordinary].all()


def test_the_tries_find_what_cut_finds():
    cutter = pieces_example()
    dice = np.random.default_rng(1)
    for _ in range(300):
        word = "".join(dice.choice(list("unbelivrdg2"), dice.integers(1, 12)))
        found = steps(word, cutter.ids)
        assert [a for a, _ in found] == [0, *(b for _, b in found[:-1])]
        pieces = ["##" * (a > 0) + word[a:b] for a, b in found]
        assert cut(word, cutter.ids) == (pieces if found[-1][1] else ["[UNK]"])
    assert steps("a" * 101, cutter.ids) == []


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("we read", ""),
        ("We read.", "capitals, where the blanks were"),
        ("na\u00efve", "accents"),
        ("2", "what became [UNK]"),
        ("\ud55c", "what became [UNK], whole syllables"),
        ("read\u200d", "some signs"),
    ],
)
def test_the_way_back_tells_what_was_lost(text, lost):
    assert tokenizer_view(text, pieces_example()).params["texts"][0]["lost"] == lost


def test_a_special_token_is_never_hidden_and_its_row_is_not_read():
    tokens = ["[CLS]", "a", "b", "[SEP]"]
    words = ["[CLS]", "[SEP]", "a", "b"]
    p = np.full((4, 4), np.nan)
    p[1:3] = [[0.0, 0.25, 0.5, 0.25], [0.1, 0.2, 0.3, 0.4]]
    best = [None, {"a": 0.9, "b": 0.1}, {"b": 1.0}, None]
    view = fill_mask(tokens, p, words, best)
    assert view.params["asked"] == [1, 2]
    assert [row[0] for row in view.table[1:]] == ["a", "b"]
    assert np.allclose(view.arrays["surprise"][1:3], -np.log([0.5, 0.4]))
    assert np.allclose(view.arrays["least"][1:3], -np.log([0.9, 1.0]))


def test_a_noisy_monitor_stays_below_100_kb_in_all_its_forms(monkeypatch):
    monkeypatch.setenv("COURSE_VIEWS", "live")
    rng, steps = np.random.default_rng(0), np.arange(5000)
    fall = 1.5 + 4 * np.exp(-steps / 600)
    history = _history(fall + 0.2 * rng.normal(size=5000))
    history.learning_rates = list(1e-3 * (1 - steps / 5000))
    history.gradient_norms = list(fall / 4 + 0.1 * rng.random(5000))
    asked = [(t, fall[t] + 0.05 * rng.normal()) for t in range(49, 5000, 50)]
    curves = {"masked": asked, "pair": [(t, x / 3) for t, x in asked]}
    view = training_monitor(history, {"masked": 1.3}, curves)
    data = view._repr_mimebundle_()[0]
    stored = len(base64.b64encode(data.pop("image/png")))
    assert stored + sum(map(len, data.values())) < 100_000


def test_curves_hold_numbers_of_the_history_with_both_ends():
    history = _history(np.random.default_rng(1).random(1234))
    view = training_monitor(history)
    steps, values = view.arrays["x0"].astype(int), view.arrays["y0"]
    assert steps[0] == 1 and steps[-1] == 1234 and len(steps) == 400
    assert [history.losses[s - 1] for s in steps] == list(values)
