"""One batch on its way through a block: part by part, shape by shape.

Built in notebooks/09_transformer_encoder.ipynb.
"""

from collections.abc import Mapping, Sequence

from matplotlib.patches import FancyBboxPatch

from helpers.pictures.picture import Picture, picture
from helpers.pictures.token_plots import TINTS
from helpers.widgets.shape_parts import (
    ADVICE,
    checked,
    is_count,
    relate,
    shape_text,
    sum_of,
)
from helpers.widgets.shell import View

MEANS = {
    "B": "batch_size",
    "T": "seq_len",
    "C": "d_model",
    "H": "n_heads",
    "D": "d_head",
    "F": "d_ff",
    "V": "vocab_size",
    "S": "source length",
}


def shape_tour(
    parts: Sequence,
    title: str = "One batch, part by part",
    legend: Mapping[str, int] | None = None,
) -> View:
    """Show the parts of a model in the order of their calls, with shapes and weights.

    `parts`: 2 to 40, from `tracing.tour`, or tuples or dictionaries with the same
    fields: name, kind, inputs (shapes), output (a shape), parameters, code, depth and,
    if known, source. `legend` = {letter: size} names axes, {"B": 2, "C": 64}; a size
    with two letters stays without. A sum x + part(…) in the code is drawn, too.
    Raises ValueError for other counts and for fields that are missing or no sizes.
    """
    parts = [checked(part, i) for i, part in enumerate(parts)]
    if not 2 <= len(parts) <= 40:
        many = "keep the outer ones: [p for p in parts if p.depth == 0]"
        few = f"{ADVICE}, of a model with more parts"
        raise ValueError(
            f"{len(parts)} parts; this view shows 2 to 40: "
            f"{many if len(parts) > 40 else few}"
        )
    legend = _legend(legend or {})
    relate(parts)
    for i, part in enumerate(parts):
        part["sum"] = sum_of(parts, i)
    named = [f"{k} = {n}" + (f" {MEANS[k]}" if k in MEANS else "") for k, n in legend]
    params = {
        "title": str(title),
        "parts": parts,
        "letters": _letters(legend),
        "legend": named,
        "idea": "Which parts change a shape, and which hold the weights?",
    }
    rows = [["part", "in", "out", "parameters"]]
    for part in parts:
        ins = " and ".join(map(shape_text, part["inputs"]))
        count = f"{part['parameters']:,}"
        rows.append([part["name"], ins, shape_text(part["output"]), count])
    return View("shape_tour", params, {}, _still(parts, str(title)), rows)


def _legend(legend: Mapping) -> list[tuple[str, int]]:
    for letter, size in legend.items():
        if not 1 <= len(str(letter)) <= 3 or not is_count(size) or not size:
            raise ValueError(
                f"legend={{{letter!r}: {size!r}}}; give letters and their sizes, such "
                'as {"B": 2, "T": 7}'
            )
    return [(str(letter), size) for letter, size in legend.items()]


def _letters(legend: list[tuple[str, int]]) -> dict[str, str]:
    """Return {size: letter} for the sizes that have one letter only."""
    sizes = [size for _, size in legend]
    return {str(size): letter for letter, size in legend if sizes.count(size) == 1}


def _still(parts: list[dict], title: str) -> Picture:
    """Draw the boxes in one or two columns, each with the shape that comes out."""
    n_columns = 1 if len(parts) <= 10 else 2
    n_rows = -(-len(parts) // n_columns)
    figure, axes = picture(title, (5.6 * n_columns, 0.44 * n_rows + 1.2))
    axes.set(xlim=(-0.05, 5.6 * n_columns), ylim=(n_rows, 0))
    axes.axis("off")
    for i, part in enumerate(parts):
        column, row = divmod(i, n_rows)
        x, y = 5.6 * column + 0.25 * min(part["level"], 5), row + 0.5
        right = 5.6 * column + 3.7
        style = "round,pad=0,rounding_size=0.08"
        shape = FancyBboxPatch((x, y - 0.36), right - x, 0.72, style)
        shape.set(facecolor=TINTS[part["level"] % len(TINTS)], edgecolor="#222222")
        axes.add_patch(shape)
        name = _plain(part["name"], 26 - 2 * part["level"])
        count = f"{part['parameters']:,}" if part["parameters"] else ""
        axes.text(x + 0.1, y, name, va="center", fontsize=12, weight="bold")
        axes.text(right - 0.1, y, count, va="center", ha="right", fontsize=11)
        out = "\u2192 " + shape_text(part["output"])
        axes.text(right + 0.1, y, out, va="center", fontsize=12)
    return figure.caption("The parts in the order of their calls: weights, shape out.")


def _plain(text: str, n: int) -> str:
    """Cut a text; without signs that matplotlib would read as mathematics."""
    return (text if len(text) <= n else text[: n - 1] + "…").replace("$", r"\$")
