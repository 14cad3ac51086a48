"""The attention of all layers and heads of one text, to look through by hand.

Built in notebooks/07_self_attention.ipynb.
"""

from collections.abc import Sequence

import numpy as np

from helpers.widgets.attention_input import Source, sources_of
from helpers.widgets.shell import View

SPECIAL = ("[CLS]", "[SEP]", "[PAD]", "<s>", "</s>", "<pad>")
STATISTICS = ("entropy", "mean distance", "previous", "next", "self", "[CLS]", "[SEP]")


def attention_explorer(
    attention=None,
    tokens: Sequence[str] | None = None,
    sentence_b_start: int | None = None,
    prettify_tokens: bool = True,
    layer: int | None = None,
    heads: Sequence[int] | None = None,
    encoder_attention=None,
    decoder_attention=None,
    cross_attention=None,
    encoder_tokens: Sequence[str] | None = None,
    decoder_tokens: Sequence[str] | None = None,
    include_layers: Sequence[int] | None = None,
) -> View:
    """Show attention weights: a thumbnail per head, one head in full, its statistics.

    The arguments are those of BertViz's `head_view`: `attention` is a tensor
    (L, H, T_q, T_k) or a list of layers (1, H, T, T), each row a distribution;
    `tokens` its labels; or encoder_…, decoder_…, cross_… for a model with two sides.
    `layer` and `heads[0]` are opened first; `include_layers` chooses layers. Above
    2 MB the numbers are kept to 3 decimals, and the view says so.
    Raises ValueError for NaN, wrong shapes, or a token count that does not fit.
    """
    given = {
        "attention": (attention, tokens, tokens),
        "encoder": (encoder_attention, encoder_tokens, encoder_tokens),
        "decoder": (decoder_attention, decoder_tokens, decoder_tokens),
        "cross": (cross_attention, decoder_tokens, encoder_tokens),
    }
    sources = sources_of(given, include_layers, prettify_tokens)
    b = sentence_b_start
    layers = list(include_layers or range(len(sources[0].weights)))
    params = {
        "title": "Who looks at whom?",
        "idea": "Find a head that looks one token back, or one that looks at [SEP].",
        "sources": [s.labels() for s in sources],
        "layers": layers,
        "rows": next((s.remark for s in sources if s.remark), ""),
    }
    return _view(params | _first(sources[0], layers, layer, heads, b), sources)


def _first(source: Source, layers: list, layer, heads, b) -> dict:
    """Check what shall be opened first; return it."""
    if layer is not None and layer not in layers:
        raise ValueError(f"layer={layer} is not shown; choose one of {layers}")
    n_heads, n_keys = source.weights.shape[1], len(source.keys)
    first = heads[0] if heads else 0
    if not 0 <= first < n_heads:
        raise ValueError(f"heads={heads}; there are heads 0 to {n_heads - 1}")
    if b is not None and not 0 < b < n_keys:
        raise ValueError(f"sentence_b_start={b}; choose 1 to {n_keys - 1}")
    pair = ["", "A → A", "A → B", "B → A", "B → B"] if b else []
    place = 0 if layer is None else layers.index(layer)
    return {"layer": place, "head": first, "b": b, "filters": pair}


def _view(params: dict, sources: Sequence[Source]) -> View:
    """Add arrays, still picture and table."""
    arrays = {f"w{i}": s.weights for i, s in enumerate(sources)}
    arrays |= {f"s{i}": statistics(s) for i, s in enumerate(sources)}
    params = params | {"special": SPECIAL, "statistics": STATISTICS}
    layer, head, source = params["layer"], params["head"], sources[0]
    rows = [["query", "looks most at", "weight"]]
    for query, row in zip(
        source.queries[:40], source.weights[layer, head], strict=False
    ):
        rows.append([query, source.keys[row.argmax()], float(row.max())])
    still = source.still(layer, head)
    return View("attention_explorer", params, arrays, still, rows, grain=2e-5)


def statistics(source: Source) -> np.ndarray:
    """Return STATISTICS of every head (L, H, 7); −1 where one has no meaning.

    Entropy in nats, mean over queries; distances in tokens; shares in [0, 1].
    """
    w = source.weights
    found = np.full((*w.shape[:2], len(STATISTICS)), -1.0)
    found[..., 0] = -(w * np.log(np.maximum(w, 1e-12))).sum(-1).mean(-1)
    n_queries, n_keys = w.shape[2:]
    if source.queries == source.keys:
        there, here = np.arange(n_keys), np.arange(n_queries)[:, None]
        found[..., 1] = (w * abs(there - here)).sum(-1).mean(-1)
        for place, shift in ((2, -1), (3, 1), (4, 0)):
            diagonal = np.diagonal(w, shift, 2, 3)
            found[..., place] = diagonal.mean(-1) if diagonal.shape[-1] else -1
    for place, name in ((5, "[CLS]"), (6, "[SEP]")):
        where = [j for j, token in enumerate(source.keys) if token == name]
        if where:
            found[..., place] = w[..., where].sum(-1).mean(-1)
    return found
