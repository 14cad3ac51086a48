"""Attention tensors as libraries give them → checked arrays for a view."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from helpers.pictures.picture import Picture, picture
from helpers.widgets.shell import finite, labels

MOST_TOKENS = 512


@dataclass(frozen=True)
class Source:
    """One kind of attention: weights (L, H, T_q, T_k), its queries and its keys."""

    name: str
    weights: np.ndarray
    queries: list[str]
    keys: list[str]

    @property
    def remark(self) -> str:
        """A visible note where rows are not distributions; "" where they are."""
        off = abs(self.weights.sum(-1) - 1) > 1e-3
        if not off.any():
            return ""
        return (
            f"Note: {int(off.sum())} of {off.size} rows do not sum to 1; they are "
            "shown as they were given."
        )

    def labels(self) -> dict:
        return {"name": self.name, "queries": self.queries, "keys": self.keys}

    def still(self, layer: int, head: int) -> Picture:
        """Draw one head; few tokens carry their names."""
        n_queries, n_keys = self.weights.shape[2:]
        side = 4.2 if max(n_queries, n_keys) < 12 else 5.6
        title = f"Layer {layer}, head {head}: who looks at whom?"
        figure, axes = picture(title, (9, side))
        weights = self.weights[layer, head]
        shown = axes.imshow(weights, cmap="cividis", vmin=0, vmax=1, aspect="auto")
        x, y = max(1, n_keys // 24), max(1, n_queries // 24)
        axes.set_xticks(range(0, n_keys, x), self.short(self.keys)[::x])
        axes.set_yticks(range(0, n_queries, y), self.short(self.queries)[::y])
        axes.tick_params(axis="x", rotation=60)
        axes.grid(visible=False)
        figure.colorbar(shown, ax=axes, fraction=0.04)
        return figure.caption("Rows are queries, columns are keys; each row sums to 1.")

    def short(self, tokens: Sequence[str]) -> list[str]:
        """Labels for figures: no mathematics, at most 12 characters."""
        cut = [t if len(t) <= 12 else t[:11] + "…" for t in tokens]
        return [t.replace("$", r"\$") for t in cut]


def sources_of(
    given: Mapping[str, tuple], include_layers: Sequence[int] | None, pretty: bool
) -> list[Source]:
    """Return the kinds of attention that were given, checked.

    `given` maps a name to (weights, query tokens, key tokens). Raises ValueError if
    none was given, or `attention` together with others.
    """
    present = {name: part for name, part in given.items() if part[0] is not None}
    if not present:
        raise ValueError(
            "no attention was given; give attention and tokens, or encoder_attention, "
            "decoder_attention or cross_attention with their tokens"
        )
    if "attention" in present and len(present) > 1:
        raise ValueError(
            "give either attention, or encoder_…, decoder_… and cross_…, not both"
        )
    return [_source(n, part, include_layers, pretty) for n, part in present.items()]


def _source(name: str, part: tuple, layers: Sequence[int] | None, pretty: bool):
    weights, queries, keys = part
    if queries is None or keys is None:
        raise ValueError(f"{name} attention comes without tokens; give its tokens")
    queries = labels("tokens", queries, 1, MOST_TOKENS)
    keys = labels("tokens", keys, 1, MOST_TOKENS)
    weights = _stack(weights)
    if weights.shape[2:] != (len(queries), len(keys)):
        raise ValueError(
            f"attention {weights.shape} (layers, heads, queries, keys) does not fit "
            f"{len(queries)} query tokens and {len(keys)} key tokens; give one token "
            "per row and per column"
        )
    if weights.size and not 0 <= weights.min() <= weights.max() <= 1 + 1e-3:
        raise ValueError(
            f"attention weights run from {weights.min():.3g} to {weights.max():.3g}; "
            "give probabilities, after the softmax"
        )
    if layers is not None:
        unknown = [n for n in layers if not 0 <= n < len(weights)]
        if unknown or not len(layers):
            raise ValueError(
                f"include_layers={list(layers)}; choose of 0 to {len(weights) - 1}"
            )
        weights = weights[list(layers)]
    if pretty:
        queries, keys = prettify(queries), prettify(keys)
    return Source(name, weights, queries, keys)


def _stack(weights) -> np.ndarray:
    """(L, H, T, T), (H, T, T), (T, T), or a list of (1, H, T, T) → (L, H, T, T)."""
    if isinstance(weights, (list, tuple)):
        layers = [finite("attention", layer) for layer in weights]
        layers = [x[0] if x.ndim == 4 and len(x) == 1 else x for x in layers]
        if not layers or any(x.shape != layers[0].shape for x in layers):
            raise ValueError(
                f"{len(layers)} layers of shapes {[x.shape for x in layers]}; give "
                "one tensor per layer, all of one shape"
            )
        weights = np.stack(layers)
    array = finite("attention", weights)
    if not 2 <= array.ndim <= 4:
        raise ValueError(
            f"attention has shape {array.shape}; give (layers, heads, queries, keys) "
            "or a list with one (1, heads, queries, keys) per layer"
        )
    return array[(None,) * (4 - array.ndim)]


def prettify(tokens: Sequence[str]) -> list[str]:
    """Return tokens without tokenizers' marks for blanks (Ġ, Ċ, ▁, </w>)."""
    marks = {"Ġ": " ", "Ċ": "↵", "▁": " ", "</w>": ""}
    for mark, shown in marks.items():
        tokens = [t.replace(mark, shown) if t != mark else t for t in tokens]
    return [t.strip() or "␣" for t in tokens]
