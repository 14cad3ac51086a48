"""Every view on tokens that try to be code."""

from types import SimpleNamespace

import numpy as np

from helpers.lesson import predict
from helpers.tokenization.wordpiece import SPECIALS
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


def _story():
    n = len(EVIL)
    return SimpleNamespace(
        tokens=EVIL,
        tags=["X"] * n,
        senses=[None] * n,
        heads=list(range(n)),
        roles=["root"] * n,
        entities=["O"] * n,
        antecedents=[None] * n,
        sentences=[(0, n)],
        scene="<b>scene</b>",
    )


def evil(name: str) -> View:
    """Return the named view with tokens that try to be code."""
    n, rng = len(EVIL), np.random.default_rng(0)
    weights = np.full((1, 1, n, n), 1 / n)
    q = rng.normal(size=(n, 4))
    makers = {
        "alignment": lambda: alignment(weights[0, 0], EVIL, EVIL, range(n), EVIL[::-1]),
        "attention_explorer": lambda: attention_explorer(
            weights, EVIL, prettify_tokens=False
        ),
        "attention_steps": lambda: attention_steps(q, q, q, EVIL),
        "embedding_map": lambda: embedding_map(q, EVIL, EVIL[:4] * 2),
        "fill_mask": lambda: fill_mask(EVIL, np.full((n, n), 1 / n), EVIL),
        "gradient_reach": lambda: gradient_reach(EVIL, {"a": [0.5 ** np.arange(n)]}),
        "layer_mix": lambda: layer_mix(np.stack([q, q]), EVIL, EVIL),
        "lstm_gates": lambda: lstm_gates(EVIL, q, (q, q[:, :2], np.zeros(8))),
        "sense_map": lambda: sense_map(q[None], EVIL[:4] * 2, EVIL, ["<b>layer</b>"]),
        "shape_tour": lambda: shape_tour(_parts(), EVIL[0], {"<b>": 2}),
        "size_calculator": _sizes,
        "masking_lab": _asked,
        "tokenizer_view": lambda: tokenizer_view(EVIL, pieces_example()),
        "ladder_chart": lambda: ladder_chart(EVIL, [3.0] * n, 1.0),
        "position_explorer": lambda: _titled(" ".join(EVIL)),
        "predict_card": lambda: predict(" ".join(EVIL), "a", "b").view(),
        "rnn_unrolled": lambda: _whole_rnn(q),
        "training_monitor": _training,
        "world_explorer": lambda: world_explorer([_story()]),
    }
    return makers[name]()


def _asked() -> View:
    from helpers.objectives.masking import pack

    return masking_lab(pack([list(range(5, 5 + len(EVIL)))]), [*SPECIALS, *EVIL])


def _sizes() -> View:
    from helpers.models.bert import BERTSize

    return size_calculator({t: BERTSize(50) for t in EVIL}, {t: 1e9 for t in EVIL})


def _parts() -> list[tuple]:
    return [(token, token, [(2, 3)], (2, 3), 5, token, 0) for token in EVIL]


def _training() -> View:
    lines = [2.0, 1.0], [0.1, 0.2], [1.0, 1.0]
    names = ("losses", "learning_rates", "gradient_norms")
    history = SimpleNamespace(**dict(zip(names, lines, strict=True)))
    history.evaluations, history.interrupted = [], False
    curves = {token: [(1, 2.0), (2, 1.0)] for token in EVIL[:4]}
    title = " ".join(EVIL[4:])
    return training_monitor(history, {EVIL[0]: 0.5}, curves, title)


def _titled(text: str) -> View:
    view = position_explorer(8, 100, 20)
    return View(view.name, {**view.params, "title": text}, view.arrays, view.picture)


def _whole_rnn(q: np.ndarray) -> View:
    return rnn_unrolled(EVIL, q, q[:3], np.eye(3), np.zeros(3))
