"""Attention tensors as libraries give them → checked arrays for a view."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from helpers.pictures.picture import Picture, picture
from helpers.widgets.shell import finite, labels
from helpers.widgets.stills import heat_map, plain_names

MOST_TOKENS = 512
MOST_NAMES = 24  # on an axis of the still picture
# BertViz's argument for weights → its arguments for query tokens and for key tokens
SIDES = {
    "attention": ("tokens", "tokens"),
    "encoder_attention": ("encoder_tokens", "encoder_tokens"),
    "decoder_attention": ("decoder_tokens", "decoder_tokens"),
    "cross_attention": ("decoder_tokens", "encoder_tokens"),
}
MARKS = {"Ġ": " ", "Ċ": "↵", "▁": " ", "</w>": ""}  # tokenizers' marks for blanks


@dataclass(frozen=True)
class Source:
    """One kind of attention: weights (L, H, T_q, T_k), its queries and its keys."""

    name: str
    weights: np.ndarray
    queries: list[str]
    keys: list[str]

    def remark(self) -> str:
        """Return a visible note where rows are not distributions, else ""."""
        off = abs(self.weights.sum(-1) - 1) > 1e-3
        if not off.any():
            return ""
        return (
            f"Note: {int(off.sum())} of {off.size} rows do not sum to 1; they are "
            "shown as they were given."
        )

    def still_picture(self, layer: int, head: int) -> Picture:
        """Draw one head; of many tokens, every n-th carries its name."""
        n_queries, n_keys = self.weights.shape[2:]
        height = 4.2 if max(n_queries, n_keys) < 12 else 5.6
        title = f"Layer {layer}, head {head}: who looks at whom?"
        figure, axes = picture(title, (9, height))
        shown = heat_map(axes, self.weights[layer, head])
        x = range(0, n_keys, max(1, n_keys // MOST_NAMES))
        y = range(0, n_queries, max(1, n_queries // MOST_NAMES))
        axes.set_xticks(x, plain_names(self.keys[:: x.step]), rotation=60)
        axes.set_yticks(y, plain_names(self.queries[:: y.step]))
        figure.colorbar(shown, ax=axes, fraction=0.04)
        return figure.caption("Rows are queries, columns are keys; each row sums to 1.")


def sources_of(
    given: Mapping[str, object],
    layers: Sequence[int] | None,
    pretty: bool,
) -> list[Source]:
    """Return the kinds of attention among BertViz's arguments, checked.

    `layers` chooses some of them, None all; `pretty` takes tokenizers' marks away.
    Raises ValueError if none is given, or `attention` together with others.
    """
    present = [name for name in SIDES if given.get(name) is not None]
    if not present:
        raise ValueError(
            "no attention was given; give attention and tokens, or encoder_attention, "
            "decoder_attention or cross_attention with their tokens"
        )
    if "attention" in present and len(present) > 1:
        raise ValueError(
            "give either attention, or encoder_…, decoder_… and cross_…, not both"
        )
    sources = []
    for name in present:
        queries, keys = [_tokens(name, given.get(side)) for side in SIDES[name]]
        weights = _stack(given[name])
        _check(weights, len(queries), len(keys))
        if layers is not None:
            weights = _some_layers(weights, layers)
        if pretty:
            queries = prettify(queries)
            keys = prettify(keys)
        sources.append(Source(name, weights, queries, keys))
    return sources


def _tokens(name: str, tokens: Sequence[str] | None) -> list[str]:
    if tokens is None:
        raise ValueError(f"{name} comes without tokens; give its tokens")
    return labels("tokens", tokens, 1, MOST_TOKENS)


def _stack(weights: ArrayLike) -> np.ndarray:
    """(L, H, T, T), (H, T, T), (T, T), or a list of (1, H, T, T) → (L, H, T, T)."""
    if isinstance(weights, (list, tuple)):
        layers = [finite("attention", layer) for layer in weights]
        shapes = {layer.shape for layer in layers}
        if len(shapes) != 1:
            raise ValueError(
                f"{len(layers)} layers of shapes {sorted(shapes)}; give one tensor "
                "per layer, all of one shape"
            )
        weights = np.stack(layers)
        if weights.ndim == 5 and weights.shape[1] == 1:
            weights = weights[:, 0]  # a batch of one text: (L, 1, H, T, T)
    weights = finite("attention", weights)
    if not 2 <= weights.ndim <= 4:
        raise ValueError(
            f"attention has shape {weights.shape}; give (layers, heads, queries, keys) "
            "or a list with one (1, heads, queries, keys) per layer"
        )
    while weights.ndim < 4:
        weights = weights[None]
    return weights


def _check(
    weights: np.ndarray,
    n_queries: int,
    n_keys: int,
) -> None:
    """Refuse weights that do not fit the tokens, or that are scores."""
    if weights.shape[2:] != (n_queries, n_keys):
        raise ValueError(
            f"attention {weights.shape} (layers, heads, queries, keys) does not fit "
            f"{n_queries} query tokens and {n_keys} key tokens; give one token per "
            "row and per column"
        )
    if weights.min() < 0 or weights.max() > 1 + 1e-3:
        raise ValueError(
            f"attention weights run from {weights.min():.3g} to {weights.max():.3g}; "
            "give probabilities, after the softmax"
        )


def _some_layers(weights: np.ndarray, layers: Sequence[int]) -> np.ndarray:
    layers = list(layers)
    if not layers or min(layers) < 0 or max(layers) >= len(weights):
        raise ValueError(f"include_layers={layers}; choose of 0 to {len(weights) - 1}")
    return weights[layers]


def prettify(tokens: Sequence[str]) -> list[str]:
    """Return tokens without tokenizers' marks for blanks (Ġ, Ċ, ▁, </w>)."""
    pretty = []
    for token in tokens:
        for mark, shown in MARKS.items():
            if token != mark:  # a mark that stands alone is the token
                token = token.replace(mark, shown)
        pretty.append(token.strip() or "␣")
    return pretty
