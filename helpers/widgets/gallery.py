"""Every view on example data: for the page of `start.py run --gallery`, and for tests.

The examples are seeded arrays, not trained models: they show the views, not facts.
"""

import html
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from helpers.corpora import translation, world
from helpers.lesson import predict
from helpers.lesson.ladder import chart, read
from helpers.widgets import (
    alignment,
    attention_explorer,
    attention_steps,
    embedding_map,
    fill_mask,
    gallery_inputs,
    gradient_reach,
    lstm_gates,
    masking_lab,
    position_explorer,
    rnn_unrolled,
    shape_tour,
    tokenizer_view,
    training_monitor,
    world_explorer,
)
from helpers.widgets.shell import View

SENTENCE = "[CLS] the crane by the river eats a fish . [SEP] it flies home . [SEP]"


def example_attention() -> View:
    """attention_explorer: 6 layers of 8 heads over a pair of sentences."""
    tokens = SENTENCE.split()
    weights = gallery_inputs.attention_example(6, 8, tokens)
    return attention_explorer(weights, tokens, sentence_b_start=10, layer=2, heads=[3])


def example_steps() -> View:
    """attention_steps: five tokens under a causal mask."""
    rng = np.random.default_rng(3)
    tokens = "the crane eats a fish".split()
    q, k, v = rng.normal(size=(3, 5, 6))
    return attention_steps(q, k, v, tokens, np.tril(np.ones((5, 5), bool)))


def example_positions() -> View:
    """position_explorer: sinusoids beside a random walk."""
    learned = np.random.default_rng(1).normal(size=(100, 64)).cumsum(0) / 10
    return position_explorer(learned=learned)


def example_rnn() -> View:
    """rnn_unrolled: a random network over eight tokens."""
    rng = np.random.default_rng(5)
    tokens = "the farmer near the old barns sees it".split()
    x, W_x = rng.normal(size=(len(tokens), 6)), rng.normal(size=(16, 6)) * 0.4
    return rnn_unrolled(tokens, x, W_x, rng.normal(size=(16, 16)) * 0.25, np.zeros(16))


def example_lstm() -> View:
    """lstm_gates: a random LSTM over eight tokens."""
    rng = np.random.default_rng(6)
    tokens = "the farmer near the old barns sees it".split()
    x, W_x = rng.normal(size=(len(tokens), 6)), rng.normal(size=(48, 6)) * 0.7
    weights = (W_x, rng.normal(size=(48, 12)) * 0.3, np.repeat([0, 1, 0, 0], 12) * 1.0)
    return lstm_gates(
        tokens, x, weights, lean=(("sees", "see"), rng.normal(size=12), 0.0)
    )


def example_reach() -> View:
    """gradient_reach: three made-up decays at three scales."""
    tokens = "the farmer who stands near the old barns by the river sees".split()
    back = np.arange(len(tokens))
    scales = np.array([0.5, 1.0, 1.5])[:, None]
    rates = {"RNN": 0.62, "LSTM": 0.93, "GRU": 0.88}
    reach = {name: (rate * scales**0.4) ** back for name, rate in rates.items()}
    return gradient_reach(tokens, reach, (0.5, 1.0, 1.5), 1)


def example_alignment() -> View:
    """alignment: made-up weights near the gold words of one sentence."""
    rng = np.random.default_rng(4)
    pair = translation.translations(10, 5, 14)[9]
    n = len(pair.source)
    scores = 1.2 * rng.normal(size=(len(pair.target), n))
    for t, gold in enumerate(pair.alignment):
        if gold is not None:
            scores[t, gold] += 5
    scores[3, 5] += 6  # one mistake: the words around it are nearer
    weights = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
    fixed = ["dibu" if t in (3, 5, 6) else w for t, w in enumerate(pair.target)]
    return alignment(weights, pair.source, pair.target, pair.alignment, fixed)


def example_shapes() -> View:
    """shape_tour: one real pass through a Transformer's block."""
    import torch  # only here: the other examples do without

    from helpers.models.encoder import EncoderBlock, EncoderSize
    from helpers.models.tracing import tour

    parts = tour(EncoderBlock(EncoderSize()), torch.zeros(2, 7, 64), taps=True)
    parts = [p for p in parts if not p.name.endswith(("tap_q", "tap_k", "tap_v"))]
    sizes = {"B": 2, "T": 7, "C": 64, "H": 4, "D": 16, "F": 256}
    return shape_tour(parts, "One batch through a block of the encoder", sizes)


def example_tokenizer() -> View:
    """tokenizer_view: texts whose words come in pieces, or not at all."""
    texts = ["We read unbelievable embeddings.", "The crane by the river eats a fish."]
    texts += ["CAF\u00c9, caf\u00e9 - na\u00efve!", "The reader2 reads [MASK]."]
    return tokenizer_view(texts, gallery_inputs.pieces_example())


def example_masking() -> View:
    """masking_lab: a pair of sentences in pieces, 200 rolls."""
    from helpers.objectives.masking import (
        pack,  # brings torch: the other examples do without
    )

    cutter = gallery_inputs.pieces_example()
    first = cutter.encode("The bank by the river was unbelievably steep.")
    second = cutter.encode("A crane flies by, it eats a fish.")
    return masking_lab(pack([(first, second)]), cutter.tokens)


def example_words() -> View:
    """embedding_map: 24 random vectors around four centres."""
    rng = np.random.default_rng(2)
    kinds = {"animal": "cat dog horse cow fox wolf", "food": "bread soup rice apple"}
    kinds |= {"motion": "run walk swim fly climb jump", "place": "town river barn hill"}
    words = [w for some in kinds.values() for w in some.split()]
    groups = [kind for kind, some in kinds.items() for _ in some.split()]
    centres = {kind: rng.normal(size=24) for kind in kinds}
    vectors = [centres[g] + 0.9 * rng.normal(size=24) for g in groups]
    return embedding_map(vectors, words, groups, "horse")


def example_world() -> View:
    """world_explorer: four stories."""
    return world_explorer(world.documents(4, seed=11))


def example_ladder() -> View:
    """ladder_chart: the committed ladder."""
    return chart(read(), "How far is each model from the floor?", "RNN")


def example_card() -> View:
    """predict_card: an open question."""
    return predict("Which head looks one token back?", "head 0", "head 3").view()


def example_fill() -> View:
    """fill_mask: made-up guesses beside an exact distribution made likewise."""
    rng = np.random.default_rng(12)
    tokens = SENTENCE.split()
    words = [*dict.fromkeys(tokens), "dog", "heron", "town", "bread", "sees", "runs"]
    true = np.array([words.index(token) for token in tokens])
    scores = 1.5 * rng.normal(size=(len(tokens), len(words)))
    scores[np.arange(len(tokens)), true] += rng.uniform(0, 6, len(tokens))
    made = [
        np.exp(s - s.max()) for s in (scores, scores + rng.normal(size=scores.shape))
    ]
    model, best = (x / x.sum(-1, keepdims=True) for x in made)
    return fill_mask(tokens, model, words, best, first=6)


def example_training() -> View:
    """training_monitor: a made-up training of 800 steps."""
    rng = np.random.default_rng(8)
    steps = np.arange(1, 801)
    pair = 0.5 + 0.4 / (1 + np.exp((300 - steps) / 60))
    history = SimpleNamespace(
        losses=list(1.4 + 4 * np.exp(-steps / 130) + 0.15 * rng.normal(size=800)),
        learning_rates=list(3e-3 * np.minimum(steps / 40, (801 - steps) / 760)),
        gradient_norms=list(0.6 + np.exp(-steps / 90) + 0.1 * rng.random(800)),
        evaluations=[],
        interrupted=False,
    )
    fresh = [(t, 1.45 + 4 * np.exp(-t / 130)) for t in range(50, 801, 50)]
    curves = {
        "masked": fresh,
        "pair accuracy": list(zip(steps, pair, strict=True))[49::50],
    }
    return training_monitor(history, {"masked": 1.3, "pair accuracy": 0.94}, curves)


EXAMPLES: dict[str, Callable[[], View]] = {
    "world_explorer": example_world,
    "ladder_chart": example_ladder,
    "embedding_map": example_words,
    "rnn_unrolled": example_rnn,
    "lstm_gates": example_lstm,
    "gradient_reach": example_reach,
    "layer_mix": gallery_inputs.example_mix,
    "sense_map": gallery_inputs.example_senses,
    "fill_mask": example_fill,
    "training_monitor": example_training,
    "alignment": example_alignment,
    "shape_tour": example_shapes,
    "tokenizer_view": example_tokenizer,
    "masking_lab": example_masking,
    "attention_steps": example_steps,
    "attention_explorer": example_attention,
    "position_explorer": example_positions,
    "predict_card": example_card,
    "size_calculator": gallery_inputs.example_sizes,
}


def page(views: list[View], title: str = "All views") -> str:
    """Return one HTML page with the views: nothing else is needed to open it."""
    body = "\n".join(f"<section>{view.html()}</section>" for view in views)
    style = "body{max-width:1180px;margin:1em auto;font-family:system-ui,sans-serif}"
    dark = "@media(prefers-color-scheme:dark){body{background:#0d0f11;color:#eee}}"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title><style>{style}{dark}</style></head>"
        f"<body><main><h1>{html.escape(title)}</h1>{body}</main></body></html>"
    )


def write(path: Path) -> Path:
    """Write the page of all examples, in one step; return its path."""
    text = page([make() for make in EXAMPLES.values()], "From RNN to BERT: all views")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, path)
    return path
