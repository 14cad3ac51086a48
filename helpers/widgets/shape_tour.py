"""One batch on its way through a block: part by part, shape by shape.

Built in notebooks/09_transformer_encoder.ipynb.
"""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from helpers.pictures.picture import Picture, picture
from helpers.pictures.token_plots import TINTS
from helpers.widgets import shape_parts
from helpers.widgets.shape_parts import is_count, shape_text
from helpers.widgets.shell import View
from helpers.widgets.stills import plain

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
MOST = 40  # parts
WIDTH = 5.6  # of a column of the still picture, in inches
BOX = "round,pad=0,rounding_size=0.08"


def shape_tour(
    parts: Sequence[tuple],
    title: str = "One batch, part by part",
    legend: Mapping[str, int] | None = None,
) -> View:
    """Show the parts of a model in the order of their calls, with shapes and weights.

    `parts`: 2 to 40, from `tracing.tour`, or tuples with the same fields: name, kind,
    inputs (shapes), output (a shape), parameters, code, depth, source (None: unknown).
    `legend` = {letter: size} names axes, {"B": 2, "C": 64}; a size with two letters
    stays without. A sum x + part(…) in the code is drawn, too.
    Raises ValueError for other counts and for fields that are missing or no sizes.
    """
    parts = [shape_parts.checked(part, i) for i, part in enumerate(parts)]
    if not 2 <= len(parts) <= MOST:
        advice = f"{shape_parts.ADVICE}, of a model with more parts"
        if len(parts) > MOST:
            advice = "keep the outer ones: [p for p in parts if p.depth == 0]"
        raise ValueError(f"{len(parts)} parts; this view shows 2 to {MOST}: {advice}")
    shape_parts.relate(parts)
    for i, part in enumerate(parts):
        part["sum"] = shape_parts.sum_of(parts, i)
    named, letters = _legend(legend or {})
    params = {
        "title": str(title),
        "parts": parts,
        "letters": letters,
        "legend": named,
        "idea": "Which parts change a shape, and which hold the weights?",
    }
    rows = [["part", "in", "out", "parameters"]]
    for part in parts:
        inputs = " and ".join(map(shape_text, part["inputs"]))
        output = shape_text(part["output"])
        rows.append([part["name"], inputs, output, f"{part['parameters']:,}"])
    return View("shape_tour", params, {}, _still_picture(parts, str(title)), rows)


def _legend(legend: Mapping[str, int]) -> tuple[list[str], dict[str, str]]:
    """Return the lines of the legend, and {size: letter} where only one letter fits."""
    sizes = list(legend.values())
    lines = []
    letters = {}
    for letter, size in legend.items():
        if not 1 <= len(letter) <= 3 or not is_count(size) or size == 0:
            raise ValueError(
                f"legend={{{letter!r}: {size!r}}}; give letters and their sizes, such "
                'as {"B": 2, "T": 7}'
            )
        lines.append(f"{letter} = {size} {MEANS.get(letter, '')}".rstrip())
        if sizes.count(size) == 1:
            letters[str(size)] = letter
    return lines, letters


def _still_picture(parts: Sequence[Mapping], title: str) -> Picture:
    """Draw the boxes in one or two columns, each with the shape that comes out."""
    n_columns = 1 if len(parts) <= 10 else 2
    n_rows = -(-len(parts) // n_columns)  # rounded up
    figure, axes = picture(title, (WIDTH * n_columns, 0.44 * n_rows + 1.2))
    axes.set(xlim=(-0.05, WIDTH * n_columns), ylim=(n_rows, 0))
    axes.axis("off")
    for i, part in enumerate(parts):
        column, row = divmod(i, n_rows)
        _draw_part(axes, part, WIDTH * column, row + 0.5)
    return figure.caption("The parts in the order of their calls: weights, shape out.")


def _draw_part(
    axes: Axes,
    part: Mapping,
    x: float,
    y: float,
) -> None:
    """Draw a box with name and weights, the shape to its right; inner ones indented."""
    level = part["level"]
    left = x + 0.25 * min(level, 5)
    right = x + 3.7
    box = FancyBboxPatch((left, y - 0.36), right - left, 0.72, BOX)
    box.set(facecolor=TINTS[level % len(TINTS)], edgecolor="#222222")
    axes.add_patch(box)
    name = plain(part["name"], 26 - 2 * level)
    axes.text(
        left + 0.1,
        y,
        name,
        va="center",
        fontsize=12,
        weight="bold",
    )
    if part["parameters"]:
        count = f"{part['parameters']:,}"
        axes.text(
            right - 0.1,
            y,
            count,
            va="center",
            ha="right",
            fontsize=11,
        )
    output = f"→ {shape_text(part['output'])}"
    axes.text(right + 0.1, y, output, va="center", fontsize=12)
