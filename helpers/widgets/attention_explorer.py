"""The attention of all layers and heads of one text, to look through by hand.

Built in notebooks/07_self_attention.ipynb.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from helpers.widgets.attention_input import Source, sources_of
from helpers.widgets.checks import index, one_of
from helpers.widgets.shell import View

SPECIAL = ("[CLS]", "[SEP]", "[PAD]", "<s>", "</s>", "<pad>")
STATISTICS = ("entropy", "mean distance", "previous", "next", "self", "[CLS]", "[SEP]")
DIAGONALS = {"previous": -1, "next": 1, "self": 0}  # key minus query
PAIRS = ["", "A → A", "A → B", "B → A", "B → B"]  # of sentences
MOST_ROWS = 40  # of the table


def attention_explorer(
    attention: ArrayLike | None = None,
    tokens: Sequence[str] | None = None,
    sentence_b_start: int | None = None,
    prettify_tokens: bool = True,
    layer: int | None = None,
    heads: Sequence[int] | None = None,
    encoder_attention: ArrayLike | None = None,
    decoder_attention: ArrayLike | None = None,
    cross_attention: ArrayLike | None = None,
    encoder_tokens: Sequence[str] | None = None,
    decoder_tokens: Sequence[str] | None = None,
    include_layers: Sequence[int] | None = None,
) -> View:
    """Show attention weights: a thumbnail per head, one head in full, its statistics.

    The arguments are those of BertViz's `head_view`: `attention` is a tensor
    (L, H, T_q, T_k) or a list of layers (1, H, T, T), each row a distribution;
    `tokens` its labels; or encoder_…, decoder_…, cross_… for a model with two sides.
    `layer` and `heads[0]` are opened first; `include_layers` chooses layers. A large
    view keeps 3 decimals. Raises ValueError for NaN, or counts that do not fit.
    """
    given = {
        "attention": attention,
        "tokens": tokens,
        "encoder_attention": encoder_attention,
        "decoder_attention": decoder_attention,
        "cross_attention": cross_attention,
        "encoder_tokens": encoder_tokens,
        "decoder_tokens": decoder_tokens,
    }
    sources = sources_of(given, include_layers, prettify_tokens)
    layers = list(include_layers or range(len(sources[0].weights)))
    opened = {
        "layers": layers,
        "layer": one_of("layer", layers[0] if layer is None else layer, layers),
        "head": heads[0] if heads else 0,
        "b": sentence_b_start,
    }
    return _view(sources, opened)


def _view(sources: Sequence[Source], opened: dict) -> View:
    """Return the view of all sources; the first one has the still and the table."""
    if opened["b"] is not None:
        if any(source.name == "cross_attention" for source in sources):
            raise ValueError(
                f"sentence_b_start={opened['b']} with cross_attention, whose queries "
                "and keys are two texts; give it with the attention of one text"
            )
        one_of("sentence_b_start", opened["b"], range(1, len(sources[0].keys)))
    params = {
        "title": "Who looks at whom?",
        "idea": "Find a head that looks one token back, or one that looks at [SEP].",
        "sources": [],
        "rows": "",
        **opened,
        "filters": PAIRS if opened["b"] else [],
        "special": SPECIAL,
        "statistics": STATISTICS,
    }
    arrays = {}
    for i, source in enumerate(sources):
        name = source.name.removesuffix("_attention")
        side = {"name": name, "queries": source.queries, "keys": source.keys}
        params["sources"].append(side)
        params["rows"] = params["rows"] or source.remark()
        arrays[f"w{i}"] = source.weights
        arrays[f"s{i}"] = statistics(source)
    first = sources[0]
    index("heads[0]", opened["head"], first.weights.shape[1])
    weights = first.weights[opened["layer"], opened["head"]]  # (T_q, T_k)
    rows = [["query", "looks most at", "weight"]]
    for query, row in zip(first.queries[:MOST_ROWS], weights, strict=False):
        rows.append([query, first.keys[row.argmax()], float(row.max())])
    still = first.still_picture(opened["layer"], opened["head"])
    return View("attention_explorer", params, arrays, still, rows, grain=2e-5)


def statistics(source: Source) -> np.ndarray:
    """Return STATISTICS of every head (L, H, 7); −1 where one has no meaning.

    Entropy in nats, mean over queries; distances in tokens; shares in [0, 1].
    """
    weights = source.weights  # (L, H, T_q, T_k)
    unknown = np.full(weights.shape[:2], -1.0)  # (L, H)
    found = dict.fromkeys(STATISTICS, unknown)
    logs = np.log(np.maximum(weights, 1e-12))
    found["entropy"] = -(weights * logs).sum(-1).mean(-1)
    if source.queries == source.keys:  # otherwise two texts: no token is the next
        positions = np.arange(len(source.keys))
        distances = abs(positions - positions[:, None])  # (T_q, T_k)
        found["mean distance"] = (weights * distances).sum(-1).mean(-1)
        for name, shift in DIAGONALS.items():
            diagonal = np.diagonal(weights, shift, 2, 3)  # (L, H, T or T - 1)
            if diagonal.size:
                found[name] = diagonal.mean(-1)
    for name in ("[CLS]", "[SEP]"):
        columns = [j for j, token in enumerate(source.keys) if token == name]
        if columns:
            found[name] = weights[..., columns].sum(-1).mean(-1)
    return np.stack(list(found.values()), -1)  # (L, H, 7)
