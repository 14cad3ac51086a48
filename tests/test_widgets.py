"""The Python side of the views: bad input, packing, static twins, recomputing."""

import base64
import importlib
import zlib

import numpy as np
import pytest
import torch

from helpers import widgets
from helpers.corpora import translation, world
from helpers.models.bert import BERTSize
from helpers.objectives import masking
from helpers.tokenization.wordpiece import SPECIALS, cut
from helpers.widgets import (
    alignment,
    ask,
    attention_explorer,
    embedding_map,
    fill_mask,
    ladder_chart,
    masking_lab,
    position_explorer,
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
from helpers.widgets.recompute import checked, known_words
from helpers.widgets.registry import VIEWS
from helpers.widgets.tokenizer_view import steps
from tests.views import EVEN, TEXT, TRIED, WORDS, made_history, parts

BAD = {
    f"{name}: {wrong}": call
    for name, tried in TRIED.items()
    for wrong, call in tried.bad.items()
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_says_what_was_given_and_what_would_work(case):
    make, says = BAD[case]
    with pytest.raises(ValueError, match=says):
        make()


def test_numbers_that_would_make_a_view_too_large_are_refused():
    many = np.random.default_rng(0).random(9_000_000)
    with pytest.raises(ValueError, match="fewer layers"):
        shell.View("ladder_chart", {}, {"x": many}).html()


def test_every_view_is_listed_once_and_tried():
    scripts = {path.stem for path in shell.HERE.glob("*.js")}
    assert set(VIEWS) == scripts - {"core", "bertviz_offline"}
    assert set(TRIED) == set(VIEWS)
    assert all(tried.bad for tried in TRIED.values())
    others = {"TrainingMonitor", "ask", "bertviz_offline"}
    face = {name for name, thing in vars(widgets).items() if callable(thing)}
    assert face - others == set(VIEWS) - {"predict_card"}
    for name, entry in VIEWS.items():
        module = importlib.import_module(f"helpers.widgets.{name}")
        assert entry.function is getattr(module, name)
        assert entry.example.__doc__


def test_the_shell_sends_scripts_as_written_without_the_minifier(monkeypatch):
    shell.script.cache_clear()
    monkeypatch.setattr(shell, "jsmin", None)
    assert shell.script("core") == (shell.HERE / "core.js").read_text("utf-8")
    shell.script.cache_clear()


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
    view = shape_tour(parts(2), legend={"B": 2, "C": 4, "H": 4})
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
        asked = targets[0].numpy() != masking.IGNORE_INDEX
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
    history = made_history(fall + 0.2 * rng.normal(size=5000))
    history.learning_rates = list(1e-3 * (1 - steps / 5000))
    history.gradient_norms = list(fall / 4 + 0.1 * rng.random(5000))
    asked = [(t, fall[t] + 0.05 * rng.normal()) for t in range(49, 5000, 50)]
    curves = {"masked": asked, "pair": [(t, x / 3) for t, x in asked]}
    view = training_monitor(history, {"masked": 1.3}, curves)
    data = view._repr_mimebundle_()[0]
    stored = len(base64.b64encode(data.pop("image/png")))
    assert stored + sum(map(len, data.values())) < 100_000


def test_curves_hold_numbers_of_the_history_with_both_ends():
    history = made_history(np.random.default_rng(1).random(1234))
    view = training_monitor(history)
    steps, values = view.arrays["x0"].astype(int), view.arrays["y0"]
    assert steps[0] == 1 and steps[-1] == 1234 and len(steps) == 400
    assert [history.losses[s - 1] for s in steps] == list(values)


def test_a_tour_takes_tuples_and_mappings_with_or_without_a_source():
    rows = [
        ("a", "A", [(2, 3)], (2, 4), 7, "a(x)", 0),
        ("b", "B", [(2, 4)], (2,), 0, "", 0),
    ]
    names = ("name", "kind", "inputs", "output", "parameters", "code", "depth")
    plain = shape_tour(rows).params["parts"]
    mapped = shape_tour([dict(zip(names, row, strict=True)) for row in rows])
    assert mapped.params["parts"] == plain
    assert [part["from"] for part in plain] == [-1, 0]  # each follows the one before


def test_the_tokenizer_s_view_takes_whatever_cuts_alike():
    real = pieces_example()

    class Alike:
        ids = real.ids
        pieces, encode, decode = real.pieces, real.encode, real.decode

    text = "the crane eats"
    assert tokenizer_view(text, Alike()).params == tokenizer_view(text, real).params


HALVES = ("bfloat16", "float16", "float64")


@pytest.mark.parametrize("kind", HALVES)
def test_half_precision_tensors_are_drawn_with_their_values(kind):
    torch = pytest.importorskip("torch")
    dtype = getattr(torch, kind)
    make = torch.Generator().manual_seed(2)
    weights = torch.randn(2, 1, 3, 4, 4, generator=make).softmax(-1).to(dtype)
    exact = weights.double().numpy()[:, 0]  # (2, 3, 4, 4)
    for given in (weights[:, 0], list(weights)):
        view = attention_explorer(given, WORDS)
        assert (view.arrays["w0"] == exact).all()
    found = fill_mask(WORDS, weights[0, 0, 0], WORDS)
    assert found.arrays["p"][:, 0].tolist() == exact[0, 0].max(-1).tolist()
    row = alignment(weights[0, 0, 0], WORDS, WORDS).arrays["weights"]
    assert (row == exact[0, 0]).all()
    assert shell.finite("x", [weights[0, 0, 0, 0], [1, 2, 3, 4]]).shape == (2, 4)


def test_rows_of_full_precision_must_still_sum_to_one():
    torch = pytest.importorskip("torch")
    with pytest.raises(ValueError, match="sums to 0.99"):
        fill_mask(WORDS, torch.eye(4) * 0.99, WORDS)


def test_numbers_of_numpy_and_torch_are_taken_as_plain_ones():
    torch = pytest.importorskip("torch")
    plain = attention_explorer(EVEN, WORDS, 2, layer=1, heads=[2])
    for kind in (np.int64, torch.tensor):
        given = attention_explorer(EVEN, WORDS, kind(2), layer=kind(1), heads=[kind(2)])
        assert given.html() == plain.html()
    some = attention_explorer(EVEN, WORDS, include_layers=np.array([1]))
    assert '"layers":[1]' in some.html()
    one = ladder_chart(["m"], [2.0], np.float32(1.5)).html()
    assert one == ladder_chart(["m"], [2.0], 1.5).html()
    with pytest.raises(TypeError, match="no plain value"):
        shell.as_script({"x": object()})


def test_the_border_of_one_text_is_refused_for_attention_between_two():
    cross = np.full((1, 1, 2, 4), 0.25)
    sides = {"encoder_tokens": WORDS, "decoder_tokens": ["x", "y"]}
    with pytest.raises(ValueError, match="sentence_b_start=1 with cross_attention"):
        attention_explorer(sentence_b_start=1, cross_attention=cross, **sides)
    assert attention_explorer(cross_attention=cross, **sides).html()


def test_numbers_of_numpy_and_torch_are_taken_where_whole_ones_are():
    view = position_explorer(torch.tensor(8), torch.tensor(100), np.int64(20))
    assert view.params["d"] == 8 and view.params["base"] == 100
    view = embedding_map(torch.randn(8, 4).bfloat16(), "abcdefgh", np.arange(8) % 2)
    assert view.params["names"] == ["0", "1"]
    view = size_calculator({1: BERTSize(50)}, {2: torch.tensor(1e9)})
    assert view.params["rates"] == [1e9]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: sense_map(np.ones((1, 8, 1)), "stststst", "abcdefgh", ["x"]), "2 or"),
        (lambda: size_calculator({"a": BERTSize(50)}, {"x": np.nan}), "NaN"),
        (lambda: size_calculator({"a": BERTSize(50)}, {"x": 0.0}), "> 0"),
        (lambda: training_monitor(made_history([2.0]), {"loss": np.nan}), "NaN"),
        (
            lambda: training_monitor(
                made_history([2.0, 1.0]), {}, {"c": [(2, 1.0), (1, 1.0)]}
            ),
            "rising",
        ),
    ],
)
def test_what_a_page_would_draw_wrongly_is_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_a_history_of_arrays_is_drawn_like_one_of_lists():
    plain = made_history([2.0, 1.0])
    plain.evaluations = [(1, 2.0)]
    arrays = made_history(np.array([2.0, 1.0]))
    arrays.evaluations = np.array([[1, 2.0]])
    assert training_monitor(arrays).table == training_monitor(plain).table


def test_a_vocabulary_that_states_ids_in_another_order_gives_the_same_view():
    p = torch.tensor([[0.9, 0.1], [0.8, 0.2]])
    stated = {"dog": 1, "cat": 0}
    found = fill_mask(["dog", "cat"], p, stated)
    assert found.table[1][1] == found.table[2][1] == "cat"
    assert found.table == fill_mask(["dog", "cat"], p, ["cat", "dog"]).table
    with pytest.raises(ValueError, match="ids of 2 tokens have gaps"):
        fill_mask(["dog", "cat"], p, {"dog": 7, "cat": 0})
    tokens = [*SPECIALS, "the", "crane", "flew", "away"]
    packed = masking.pack([([5, 6, 7, 8], [5, 6, 8])])
    ids = {token: i for i, token in reversed(list(enumerate(tokens)))}
    in_order = masking_lab(packed, tokens, n_rolls=3)
    shuffled = masking_lab(packed, ids, n_rolls=3)
    assert shuffled.params == in_order.params and shuffled.table == in_order.table


def test_a_vocabulary_with_its_marks_elsewhere_is_refused_by_the_lab():
    tokens = ["[unused1]", *SPECIALS, "the", "crane", "flew"]
    with pytest.raises(ValueError, match="a vocabulary that begins with"):
        masking_lab(masking.pack([([5, 6, 7, 8], [5, 6, 8])]), tokens)
