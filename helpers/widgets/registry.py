"""The one list of views: VIEWS[name] holds a view's function and an example of it.

The examples are seeded arrays, not trained models: they show the views, not facts.
What needs torch is imported where it is used: the list itself does without.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from helpers.corpora import translation, world
from helpers.widgets import (
    alignment,
    attention_explorer,
    attention_steps,
    embedding_map,
    fill_mask,
    gallery_inputs,
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
from helpers.widgets.predict_card import predict_card
from helpers.widgets.shell import View


@dataclass(frozen=True)
class Entry:
    """A view: the function that makes it, and a function that makes an example."""

    function: Callable[..., View]
    example: Callable[[], View]


VIEWS: dict[str, Entry] = {}  # in the order of the gallery


def example_of(function: Callable[..., View]) -> Callable[[Callable], Callable]:
    """Enter a view into VIEWS, with the decorated function as its example."""

    def enter(example: Callable[[], View]) -> Callable[[], View]:
        VIEWS[function.__name__] = Entry(function, example)
        return example

    return enter


@example_of(world_explorer)
def _world() -> View:
    """Four stories."""
    return world_explorer(world.documents(4, seed=11))


@example_of(ladder_chart)
def _ladder() -> View:
    """A ladder of seven models, in round numbers."""
    models, losses, costs = gallery_inputs.ladder_example()
    title = "How far is each model from the floor?"
    return ladder_chart(models, losses, 1.48, title, ["RNN"], costs)


@example_of(embedding_map)
def _words() -> View:
    """24 random vectors around four centres."""
    vectors, words, groups = gallery_inputs.groups_example()
    return embedding_map(vectors, words, groups, "horse")


@example_of(rnn_unrolled)
def _rnn() -> View:
    """A random network over eight tokens."""
    rng = np.random.default_rng(5)
    tokens = gallery_inputs.FARMER.split()
    inputs = rng.normal(size=(len(tokens), 6))
    W_x = rng.normal(size=(16, 6)) * 0.4
    W_h = rng.normal(size=(16, 16)) * 0.25
    return rnn_unrolled(tokens, inputs, W_x, W_h, np.zeros(16))


@example_of(lstm_gates)
def _lstm() -> View:
    """A random LSTM over eight tokens, with a classifier of "sees" or "see"."""
    rng = np.random.default_rng(6)
    tokens = gallery_inputs.FARMER.split()
    inputs = rng.normal(size=(len(tokens), 6))
    W_x = rng.normal(size=(48, 6)) * 0.7
    W_h = rng.normal(size=(48, 12)) * 0.3
    biases = np.repeat([0.0, 1.0, 0.0, 0.0], 12)
    lean = (("sees", "see"), rng.normal(size=12), 0.0)
    return lstm_gates(tokens, inputs, (W_x, W_h, biases), lean=lean)


@example_of(gradient_reach)
def _reach() -> View:
    """Three made-up decays at three scales."""
    tokens = "the farmer who stands near the old barns by the river sees".split()
    steps_back = np.arange(len(tokens))
    scales = np.array([0.5, 1.0, 1.5])[:, None]
    rates = {"RNN": 0.62, "LSTM": 0.93, "GRU": 0.88}
    reach = {cell: (rate * scales**0.4) ** steps_back for cell, rate in rates.items()}
    return gradient_reach(tokens, reach, (0.5, 1.0, 1.5), 1)


@example_of(layer_mix)
def _mix() -> View:
    """Three layers that know more and more of the sense."""
    return layer_mix(*gallery_inputs.occurrences())


@example_of(sense_map)
def _senses() -> View:
    """The same three layers, as maps."""
    names = ["token layer", "layer 1", "layer 2"]
    return sense_map(*gallery_inputs.occurrences(), names)


@example_of(fill_mask)
def _fill() -> View:
    """Made-up guesses beside an exact distribution made likewise."""
    tokens = gallery_inputs.SENTENCE.split()
    words = [*dict.fromkeys(tokens), "dog", "heron", "town", "bread", "sees", "runs"]
    model, exact = gallery_inputs.guesses_example(tokens, words)
    return fill_mask(tokens, model, words, exact, first=6)


@example_of(training_monitor)
def _training() -> View:
    """A made-up training of 800 steps."""
    history, curves = gallery_inputs.training_example()
    floors = {"masked": 1.3, "pair accuracy": 0.94}
    return training_monitor(history, floors, curves)


@example_of(alignment)
def _alignment() -> View:
    """Made-up weights near the gold words of one sentence."""
    pair = translation.translations(10, 5, 14)[9]
    weights = gallery_inputs.alignment_example(pair)
    fixed = list(pair.target)
    for position in (3, 5, 6):
        fixed[position] = "dibu"
    return alignment(weights, pair.source, pair.target, pair.alignment, fixed)


@example_of(shape_tour)
def _shapes() -> View:
    """One real pass through a block of the Transformer's encoder."""
    import torch

    from helpers.models.encoder import EncoderBlock, EncoderSize
    from helpers.models.tracing import tour

    parts = tour(EncoderBlock(EncoderSize()), torch.zeros(2, 7, 64), taps=True)
    taps = ("tap_q", "tap_k", "tap_v")
    parts = [part for part in parts if not part.name.endswith(taps)]
    sizes = {"B": 2, "T": 7, "C": 64, "H": 4, "D": 16, "F": 256}
    return shape_tour(parts, "One batch through a block of the encoder", sizes)


@example_of(tokenizer_view)
def _tokenizer() -> View:
    """Texts whose words come in pieces, or not at all."""
    texts = [
        "We read unbelievable embeddings.",
        "The crane by the river eats a fish.",
        "CAFÉ, café - naïve!",
        "The reader2 reads [MASK].",
    ]
    return tokenizer_view(texts, gallery_inputs.pieces_example())


@example_of(masking_lab)
def _masking() -> View:
    """A pair of sentences in pieces, 200 rolls."""
    from helpers.objectives.masking import pack

    tokenizer = gallery_inputs.pieces_example()
    first = tokenizer.encode("The bank by the river was unbelievably steep.")
    second = tokenizer.encode("A crane flies by, it eats a fish.")
    return masking_lab(pack([(first, second)]), tokenizer.tokens)


@example_of(attention_steps)
def _steps() -> View:
    """Five tokens under a causal mask."""
    queries, keys, values = np.random.default_rng(3).normal(size=(3, 5, 6))
    mask = np.tril(np.ones((5, 5), bool))
    return attention_steps(queries, keys, values, "the crane eats a fish".split(), mask)


@example_of(attention_explorer)
def _attention() -> View:
    """6 layers of 8 heads over a pair of sentences."""
    tokens = gallery_inputs.SENTENCE.split()
    weights = gallery_inputs.attention_example(6, 8, tokens)
    return attention_explorer(weights, tokens, sentence_b_start=10, layer=2, heads=[3])


@example_of(position_explorer)
def _positions() -> View:
    """Sinusoids beside a random walk."""
    learned = np.random.default_rng(1).normal(size=(100, 64)).cumsum(0) / 10
    return position_explorer(learned=learned)


@example_of(predict_card)
def _card() -> View:
    """An open question."""
    question = "Which head looks one token back?"
    return predict_card(question, ["head 0", "head 3"], f"Predict: {question}")


@example_of(size_calculator)
def _sizes() -> View:
    """Three released sizes on two devices that nobody sells."""
    from helpers.models.bert import BERTSize

    presets = {
        "tiny": BERTSize(30_522, 128, 2, 512, 2, longest=512),
        "base": BERTSize(30_522, 768, 12, 3072, 12, longest=512),
        "large": BERTSize(30_522, 1024, 16, 4096, 24, longest=512),
    }
    rates = {"1e11 operations a second": 1e11, "1e14 operations a second": 1e14}
    return size_calculator(presets, rates, "base")
