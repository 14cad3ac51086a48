"""What every view is tried on: tokens that try to be code, and input that it refuses.

TRIED[name] stands beside VIEWS[name] of helpers.widgets.registry; both name all views.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from helpers.models.bert import BERTSize
from helpers.objectives import masking
from helpers.tokenization.wordpiece import SPECIALS, WordPiece
from helpers.widgets import (
    alignment,
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
    size_calculator,
    tokenizer_view,
    training_monitor,
    world_explorer,
)
from helpers.widgets.gallery_inputs import pieces_example
from helpers.widgets.predict_card import predict_card
from helpers.widgets.shell import View

EVIL = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "\"quoted\" & 'so'",
    "😀👩‍🔬",
    "שלום",
    "<pad>",
    "$x_1$",
    "\\u003c",
]
N_EVIL = len(EVIL)
EVIL_ROWS = np.random.default_rng(0).normal(size=(N_EVIL, 4))
EVIL_WEIGHTS = np.full((1, 1, N_EVIL, N_EVIL), 1 / N_EVIL)

WORDS = list("abcd")
EIGHT = list("abcdefgh")
TEXT = list(range(5, 13))
EVEN = np.full((2, 3, 4, 4), 0.25)
Q = np.arange(20.0).reshape(5, 4) / 10
RNN = np.ones((3, 2)), np.eye(3), np.zeros(3)
LSTM = np.ones((8, 2)), np.ones((8, 2)), np.zeros(8)
SENSES = ["s", "t"] * 4
TEXTS = [f"text {i}" for i in range(8)]


@dataclass(frozen=True)
class Tried:
    """`evil` makes a view of EVIL; `bad`: what is wrong → a call, what it says."""

    evil: Callable[[], View]
    bad: dict[str, tuple[Callable[[], object], str]]


def nan(array) -> np.ndarray:
    """Spoil the first number of an array."""
    spoiled = np.array(array, float)
    spoiled.flat[0] = np.nan
    return spoiled


def made_history(losses, seed: int = 0) -> SimpleNamespace:
    """What training leaves, with these losses."""
    rng, n = np.random.default_rng(seed), len(losses)
    return SimpleNamespace(
        losses=list(losses),
        learning_rates=list(rng.random(n)),
        gradient_norms=list(rng.random(n)),
        evaluations=[],
        interrupted=False,
    )


def parts(n: int) -> list[tuple]:
    """n parts of a model, for the tour of shapes."""
    return [(f"p{i}", "Linear", [(2, 3)], (2, 4), 16, "", 0, "") for i in range(n)]


class Letters(WordPiece):
    """A tokenizer that cuts otherwise than WordPiece."""

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


def _sizes(first: str, tokens=(32, 128)) -> View:
    return size_calculator({"one": BERTSize(50)}, {"x": 1e9}, first, tokens)


def _map(vectors) -> View:
    return embedding_map(vectors, EIGHT, ["g"] * 8)


def _evil_story() -> SimpleNamespace:
    return SimpleNamespace(
        tokens=EVIL,
        tags=["X"] * N_EVIL,
        senses=[None] * N_EVIL,
        heads=list(range(N_EVIL)),
        roles=["root"] * N_EVIL,
        entities=["O"] * N_EVIL,
        antecedents=[None] * N_EVIL,
        sentences=[(0, N_EVIL)],
        scene="<b>scene</b>",
    )


def _evil_reach() -> View:
    return gradient_reach(EVIL, {"a": [0.5 ** np.arange(N_EVIL)]})


def _evil_senses() -> View:
    return sense_map(EVIL_ROWS[None], EVIL[:4] * 2, EVIL, ["<b>layer</b>"])


def _evil_parts() -> View:
    made = [(token, token, [(2, 3)], (2, 3), 5, token, 0, None) for token in EVIL]
    return shape_tour(made, EVIL[0], {"<b>": 2})


def _evil_lab() -> View:
    packed = masking.pack([list(range(5, 5 + N_EVIL))])
    return masking_lab(packed, [*SPECIALS, *EVIL])


def _evil_sizes() -> View:
    presets = {token: BERTSize(50) for token in EVIL}
    return size_calculator(presets, {token: 1e9 for token in EVIL})


def _evil_training() -> View:
    curves = {token: [(1, 2.0), (2, 1.0)] for token in EVIL[:4]}
    title = " ".join(EVIL[4:])
    return training_monitor(made_history([2.0, 1.0]), {EVIL[0]: 0.5}, curves, title)


def _evil_positions() -> View:
    view = position_explorer(8, 100, 20)
    params = {**view.params, "title": " ".join(EVIL)}
    return View(view.name, params, view.arrays, view.picture)


TRIED: dict[str, Tried] = {
    "world_explorer": Tried(
        lambda: world_explorer([_evil_story()]),
        {
            "none": (lambda: world_explorer([]), "0 documents"),
            "foreign": (lambda: world_explorer([{}]), "0 tokens of a document"),
        },
    ),
    "ladder_chart": Tried(
        lambda: ladder_chart(EVIL, [3.0] * N_EVIL, 1.0),
        {
            "counts": (lambda: ladder_chart(["m"], [1.0, 2.0], 0.5), "one each"),
            "endless": (lambda: ladder_chart(["m"], [np.inf], 0.5), "finite"),
            "live": (lambda: ladder_chart(["m"], [1.0], 0.5, live=["n"]), "choose one"),
        },
    ),
    "embedding_map": Tried(
        lambda: embedding_map(EVIL_ROWS, EVIL, EVIL[:4] * 2),
        {
            "zeros": (lambda: _map(np.zeros((8, 3))), "rows of zeros"),
            "groups": (
                lambda: embedding_map(np.eye(8), EIGHT, ["g"]),
                "1 groups for 8 words; give one each",
            ),
            "few": (lambda: embedding_map(np.eye(4), WORDS, WORDS), "4 words"),
            "NaN": (lambda: _map(nan(np.ones((8, 3)))), "NaN"),
            "first": (
                lambda: embedding_map(np.eye(8), EIGHT, ["g"] * 8, "z"),
                "first='z'; choose one of",
            ),
        },
    ),
    "rnn_unrolled": Tried(
        lambda: rnn_unrolled(EVIL, EVIL_ROWS, np.ones((3, 4)), np.eye(3), np.zeros(3)),
        {
            "NaN": (
                lambda: rnn_unrolled(WORDS, nan(np.ones((4, 2))), *RNN),
                "inputs has 1",
            ),
            "shapes": (lambda: rnn_unrolled(WORDS, np.ones((4, 3)), *RNN), "W_x has"),
            "5,000": (lambda: rnn_unrolled(["a"] * 5000, Q, *RNN), "5000"),
            "one": (lambda: rnn_unrolled(["a"], np.ones((1, 2)), *RNN), "longer"),
            "unit": (
                lambda: rnn_unrolled(WORDS, np.ones((4, 2)), *RNN, unit=3),
                "unit=3; choose 0 to",
            ),
        },
    ),
    "lstm_gates": Tried(
        lambda: lstm_gates(EVIL, EVIL_ROWS, (EVIL_ROWS, EVIL_ROWS[:, :2], np.zeros(8))),
        {
            "NaN": (lambda: lstm_gates(WORDS, nan(np.ones((4, 2))), LSTM), "inputs"),
            "shapes": (lambda: lstm_gates(WORDS, np.ones((4, 3)), LSTM), "W_x has"),
            "biases": (
                lambda: lstm_gates(WORDS, np.ones((4, 2)), (*LSTM[:2], np.zeros(7))),
                "7 biases",
            ),
            "5,000": (lambda: lstm_gates(["a"] * 5000, Q, LSTM), "5000"),
            "one": (lambda: lstm_gates(["a"], np.ones((1, 2)), LSTM), "1 tokens"),
            "unit": (
                lambda: lstm_gates(WORDS, np.ones((4, 2)), LSTM, unit=99),
                "unit=99; choose 0 to",
            ),
        },
    ),
    "gradient_reach": Tried(
        _evil_reach,
        {
            "negative": (lambda: gradient_reach(WORDS, {"a": [[1, -1, 0, 0]]}), "norm"),
            "shape": (lambda: gradient_reach(WORDS, {"a": [[1, 1]]}), "a has shape"),
            "none": (lambda: gradient_reach(WORDS, {}), "0 cells"),
            "NaN": (lambda: gradient_reach(WORDS, {"a": nan(np.ones((1, 4)))}), "NaN"),
        },
    ),
    "layer_mix": Tried(
        lambda: layer_mix(np.stack([EVIL_ROWS] * 2), EVIL, EVIL),
        {
            "first": (
                lambda: layer_mix(np.ones((2, 8, 3)), SENSES, TEXTS, 8),
                "first=8; choose 0 to 7",
            ),
            "one layer": (
                lambda: layer_mix(np.ones((1, 8, 3)), SENSES, TEXTS),
                "1 layers",
            ),
            "NaN": (lambda: layer_mix(nan(np.ones((2, 8, 3))), SENSES, TEXTS), "NaN"),
            "counts": (
                lambda: layer_mix(np.ones((2, 9, 3)), SENSES, TEXTS),
                "layers has",
            ),
        },
    ),
    "sense_map": Tried(
        _evil_senses,
        {
            "kinds": (
                lambda: sense_map(np.ones((1, 8, 3)), EIGHT, TEXTS, ["x"]),
                "8 kinds",
            ),
            "names": (
                lambda: sense_map(np.ones((1, 8, 3)), SENSES, TEXTS, ["x", "y"]),
                "layers has shape",
            ),
        },
    ),
    "fill_mask": Tried(
        lambda: fill_mask(EVIL, EVIL_WEIGHTS[0, 0], EVIL),
        {
            "NaN": (lambda: _fill(nan(np.eye(4))), "probabilities.0. has 1 numbers"),
            "scores": (lambda: _fill(np.eye(4) * 3), "'a'.* sums to 3"),
            "negative": (lambda: _fill(1.5 * np.eye(4) - 0.125), "after the softmax"),
            "turned": (lambda: _fill(np.ones((4, 3)) / 3), r"\(3,\); give \(4,\)"),
            "exact": (lambda: _fill(best=np.eye(3)), "3 best for 4 tokens"),
            "exact word": (lambda: _fill(best=[{"x": 1.0}] * 4), "best.0. holds 'x'"),
            "unknown": (
                lambda: fill_mask(WORDS, np.eye(4), list("abcx")),
                "token 3 .'d'. is not in the vocabulary",
            ),
            "special": (
                lambda: fill_mask(["[CLS]", "[SEP]"], np.eye(2), ["[CLS]", "[SEP]"]),
                "0 tokens to hide",
            ),
            "first": (lambda: _fill(first=4), "first=4; choose one of"),
            "5,000": (lambda: fill_mask(["a"] * 5000, Q, WORDS), "5000 tokens"),
        },
    ),
    "training_monitor": Tried(
        _evil_training,
        {
            "no step": (lambda: training_monitor(made_history([])), "no steps"),
            "no history": (lambda: training_monitor(None), "no steps"),
            "floor": (
                lambda: training_monitor(made_history([2.0, 1.0]), {"pair": 1.0}),
                "floor='pair'; choose one of .'loss'",
            ),
            "NaN": (
                lambda: training_monitor(made_history([2.0, np.nan])),
                "loss has 1",
            ),
            "many": (
                lambda: training_monitor(
                    made_history([1.0]),
                    {},
                    dict.fromkeys(WORDS + ["e", "f"], [(1, 1.0)]),
                ),
                "7 curves; this view shows 1 to 6",
            ),
        },
    ),
    "alignment": Tried(
        lambda: alignment(EVIL_WEIGHTS[0, 0], EVIL, EVIL, range(N_EVIL), EVIL[::-1]),
        {
            "NaN": (lambda: _align(nan(np.eye(4))), "weights has 1 numbers"),
            "negative": (
                lambda: _align(np.eye(4) - 0.1),
                "holds -0.1; give probabilities",
            ),
            "scores": (lambda: _align(np.eye(4) * 3), "'a'.* sums to 3, not to 1"),
            "a column short": (
                lambda: alignment(np.full((4, 3), 0.3), WORDS[:3], WORDS),
                "sums to 0.9, not to 1; .* the end sign",
            ),
            "turned": (
                lambda: alignment(np.full((3, 4), 0.25), WORDS[:3], WORDS),
                r"weights has shape \(3, 4\); give \(4, 3\)",
            ),
            "flat": (lambda: _align(np.ones(4) / 4), "give \\(4, 4\\)"),
            "gold": (lambda: _align(gold=[0, 1, None, 4]), "gold.3.=4; .* 0 to 3"),
            "below": (lambda: _align(gold=[0, -1, 2, 3]), "gold.1.=-1"),
            "no index": (lambda: _align(gold=[0.5] * 4), "gold.0.=0.5; choose 0"),
            "gold count": (lambda: _align(gold=[0, 1]), "2 gold entries for 4"),
            "none": (lambda: alignment(np.ones((0, 4)), WORDS, []), "0 target"),
            "one source": (
                lambda: alignment(np.ones((4, 1)), ["a"], WORDS),
                "1 source tokens; this view shows 2 to 24: give a longer",
            ),
            "many": (
                lambda: alignment(np.full((4, 25), 0.04), ["a"] * 25, WORDS),
                "25 source tokens; .* shorter",
            ),
            "5,000": (lambda: alignment(Q, WORDS, ["a"] * 5000), "5000 target"),
            "fixed": (lambda: _align(fixed=[]), "0 fixed tokens"),
        },
    ),
    "shape_tour": Tried(
        _evil_parts,
        {
            "one": (lambda: shape_tour(parts(1)), "1 parts; this view shows 2 to 40"),
            "many": (lambda: shape_tour(parts(41)), "p.depth == 0"),
            "no part": (lambda: shape_tour(["a", "b"]), "part 0 is 'a'; give what"),
            "fields": (lambda: shape_tour([("a",)] * 2), "has no kind, inputs"),
            "no mapping": (lambda: shape_tour([{"name": "a"}] * 2), "has no kind, inp"),
            "nine fields": (lambda: shape_tour([(0,) * 9] * 2), "part 0 has 9 fields"),
            "truth": (
                lambda: shape_tour([("a", "A", [], (2,), True, "", 0)] * 2),
                "parameters=True; give a whole number",
            ),
            "no shape": (
                lambda: shape_tour([("a", "A", [], (2, -1), 0, "", 0, "")] * 2),
                r"the shape \(2, -1\); give up to 6 sizes",
            ),
            "flat inputs": (
                lambda: shape_tour([("a", "A", (2, 7), (2,), 0, "", 0, "")] * 2),
                "the shape 2; give",
            ),
            "weights": (
                lambda: shape_tour([("a", "A", [], (2,), 1.5, "", 0, "")] * 2),
                "parameters=1.5; give a whole number",
            ),
            "legend": (lambda: shape_tour(parts(2), "", {"B": 0}), "give letters"),
        },
    ),
    "tokenizer_view": Tried(
        lambda: tokenizer_view(EVIL, pieces_example()),
        {
            "none": (lambda: tokenizer_view([], pieces_example()), "0 texts"),
            "nine": (lambda: tokenizer_view(["a"] * 9, pieces_example()), "9 texts"),
            "empty": (lambda: tokenizer_view(" \n", pieces_example()), "0 words in"),
            "5,000": (
                lambda: tokenizer_view("a " * 5000, pieces_example()),
                "5000 words in .* 1 to 40: give a shorter",
            ),
            "no tokenizer": (lambda: tokenizer_view("a", str), "no pieces; give a"),
            "other cuts": (
                lambda: tokenizer_view("read", Letters(pieces_example().tokens)),
                "cuts 'read' otherwise",
            ),
        },
    ),
    "masking_lab": Tried(
        _evil_lab,
        {
            "no packed text": (lambda: masking_lab([5, 6, 7], WORDS), "masking.pack"),
            "two texts": (lambda: _lab(masking.pack([TEXT, TEXT])), "not one packed"),
            "names": (lambda: _lab(tokens=WORDS), r"id 12, but 4 tokens; .*\.tokens"),
            "few": (lambda: _lab(masking.pack([[1] * 6])), "fewer than 4 ordinary"),
            "short": (lambda: _lab(masking.pack([[5, 6]])), "4 tokens; .* 6 to 64"),
            "long": (lambda: _lab(masking.pack([TEXT * 8])), "66 tokens; .* shorter"),
            "no shares": (lambda: _lab(shares=[]), "0 shares"),
            "rolls": (lambda: _lab(n_rolls=1), "1 rolls; .* 2 to 500"),
            "asked": (
                lambda: _lab(shares=[(15, 0.8, 0.1)]),
                "share=15; use one between",
            ),
            "too much": (lambda: _lab(shares=[(0.15, 0.9, 0.2)]), "together at most 1"),
        },
    ),
    "attention_steps": Tried(
        lambda: attention_steps(EVIL_ROWS, EVIL_ROWS, EVIL_ROWS, EVIL),
        {
            "NaN": (lambda: attention_steps(nan(Q), Q, Q, list("abcde")), "q has 1"),
            "shapes": (lambda: attention_steps(Q, Q[:, :3], Q, list("abcde")), "k has"),
            "one token": (
                lambda: attention_steps(Q[:1], Q[:1], Q[:1], ["a"]),
                "1 token",
            ),
            "5,000": (lambda: attention_steps(Q, Q, Q, ["a"] * 5000), "5000 tokens"),
            "count": (lambda: attention_steps(Q, Q, Q, WORDS), "shape"),
            "blind": (
                lambda: attention_steps(Q, Q, Q, list("abcde"), np.zeros((5, 5))),
                "may look nowhere",
            ),
            "query": (
                lambda: attention_steps(Q, Q, Q, list("abcde"), query=5),
                "query=5",
            ),
        },
    ),
    "attention_explorer": Tried(
        lambda: attention_explorer(EVIL_WEIGHTS, EVIL, prettify_tokens=False),
        {
            "nothing": (lambda: attention_explorer(), "no attention"),
            "no tokens": (lambda: attention_explorer(EVEN), "without tokens"),
            "NaN": (lambda: attention_explorer(nan(EVEN), WORDS), "1 numbers"),
            "counts": (lambda: attention_explorer(EVEN, WORDS[:3]), "does not fit"),
            "axes": (lambda: attention_explorer(np.ones(4) / 4, WORDS), "shape"),
            "no token": (
                lambda: attention_explorer(np.ones((1, 1, 0, 0)), []),
                "0 t",
            ),
            "5,000": (
                lambda: attention_explorer(EVEN, ["a"] * 5000),
                "5000 tokens; this view shows 1 to 512",
            ),
            "scores": (lambda: attention_explorer(EVEN * 9, WORDS), "softmax"),
            "layer": (lambda: attention_explorer(EVEN, WORDS, layer=5), "layer=5"),
            "heads": (lambda: attention_explorer(EVEN, WORDS, heads=[3]), "heads"),
            "pair": (
                lambda: attention_explorer(EVEN, WORDS, sentence_b_start=4),
                "sentence_b_start=4",
            ),
            "layers": (
                lambda: attention_explorer(EVEN, WORDS, include_layers=[2]),
                "include_layers",
            ),
            "two kinds": (
                lambda: attention_explorer(EVEN, WORDS, encoder_attention=EVEN),
                "either",
            ),
            "ragged": (
                lambda: attention_explorer([EVEN[:1], EVEN[:1, :2]], WORDS),
                "one shape",
            ),
        },
    ),
    "position_explorer": Tried(
        _evil_positions,
        {
            "d": (lambda: position_explorer(10), "d_model=10"),
            "n": (lambda: position_explorer(n_positions=5000), "5000"),
            "learned": (
                lambda: position_explorer(4, learned=np.ones((3, 4))),
                "learned has shape",
            ),
        },
    ),
    "predict_card": Tried(
        lambda: predict_card(" ".join(EVIL), ["a", "b"], " ".join(EVIL)),
        {
            "one option": (lambda: predict_card("Why?", ["so"], "Why?"), "1 options"),
        },
    ),
    "size_calculator": Tried(
        _evil_sizes,
        {
            "none": (lambda: size_calculator({}, {"x": 1e9}), "0 presets"),
            "first": (lambda: _sizes("tiny"), "first='tiny'"),
            "length": (lambda: _sizes("one", (32, 100)), "length=100; choose one of"),
        },
    ),
}
