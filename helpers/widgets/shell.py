"""The shell of every view: parameters and arrays → one output that works everywhere.

The HTML holds a picture, a table and one inline script; the script unpacks the numbers
and mounts a shadow root over the picture. Without JavaScript, in an untrusted notebook
or after an error, picture and table stay. Same input, same bytes.
"""

import base64
import hashlib
import html
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from IPython.display import display
from numpy.typing import ArrayLike

from helpers.environment import is_static
from helpers.pictures.picture import Picture

try:
    from rjsmin import jsmin
except ImportError:  # Colab has none; the views work all the same
    jsmin = None

HERE = Path(__file__).parent
PACKED_LIMIT = 2_000_000  # bytes of base64; above it, three decimals
HARD_LIMIT = 4_500_000  # above it, even with three decimals: refused
STEPS = 65_535  # two bytes
Row = Sequence[str | float | int]


@dataclass(frozen=True)
class View:
    """One interactive picture; it shows itself as the last line of a cell.

    `params` are plain JSON values and must hold a `title`; `arrays` are packed in two
    bytes a number (error ≤ range / 131,070). `picture` is the static twin, `table` its
    numbers as rows of text, the first row being the head. COURSE_VIEWS=static leaves
    picture and text alone.
    """

    name: str  # names the script: NAME.js beside this file
    params: Mapping
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    picture: Picture | None = None
    table: Sequence[Row] = ()
    text: str = ""
    grain: float = 0.0  # numbers may be rounded to multiples of this

    @property
    def alt(self) -> str:
        """What the picture says, in words."""
        return self.picture.alt if self.picture else self.text

    @cached_property
    def png(self) -> bytes:
        """The picture, drawn once (a second drawing may lay it out anew)."""
        return self.picture.png() if self.picture else b""

    def html(self) -> str:
        """Return the whole view as HTML: picture, table, script. No request is made."""
        params, layout, packed = self._packed()
        shared = f"const STYLE={as_script(style())};\n{script('core')}"
        code = f"{shared}\n{script(self.name)}"
        content = "\n".join([code, params, layout, packed])
        view_id = f"{self.name}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"
        call = f'start("{view_id}",{params},{layout},"{packed}",draw);'
        return (
            f'<div data-view="{self.name}" data-view-id="{view_id}" role="group" '
            f'data-lm-suppress-shortcuts="true" aria-label="{_escape(self.alt)}">'
            f"{self._twin()}</div>"
            f'<script>(function(){{"use strict";\n{code}\n{call}\n}}());</script>'
        )

    def show(self) -> None:
        """Display the view, from within a loop or a function."""
        display(self)

    def _packed(self) -> tuple[str, str, str]:
        layout, packed = pack(self.arrays, self.grain)
        params = dict(self.params)
        if len(packed) > PACKED_LIMIT:
            layout, packed = pack(self.arrays, 0.001)
            params["note"] = "Large view: numbers are kept to 3 decimals."
        if len(packed) > HARD_LIMIT:
            raise ValueError(
                f"{self.name} would hold {len(packed) / 1e6:.1f} MB of numbers; show "
                "fewer layers (include_layers=[0, 1]) or a shorter text"
            )
        return as_script(params), as_script(layout), packed

    def _twin(self) -> str:
        """The static picture and the table, as plain HTML."""
        parts = [f"<p>{_escape(self.text)}</p>"] if not self.picture else []
        if self.picture:
            source = base64.b64encode(self.png).decode()
            parts.append(
                f'<img alt="{_escape(self.alt)}" style="max-width:100%" '
                f'src="data:image/png;base64,{source}">'
            )
        if self.table:
            parts.append(_table(self.table))
        return "".join(parts)

    def __repr__(self) -> str:
        return self.text or f"View: {self.alt}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        data: dict = {"text/plain": repr(self)}
        metadata = {}
        if self.picture:
            data["image/png"] = self.png
            metadata["image/png"] = {"alt": self.alt}
        if not is_static():
            data["text/html"] = self.html()
        return data, metadata


@lru_cache
def script(name: str) -> str:
    """Return a script without comments and needless blanks.

    Without the package rjsmin, as in Colab, it is sent as it was written.
    """
    code = (HERE / f"{name}.js").read_text(encoding="utf-8")
    return jsmin(code) if jsmin else code


@lru_cache
def style() -> str:
    """Return the style that all views share, without needless blanks."""
    text = (HERE / "core.css").read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return re.sub(r"\s*([{};:,])\s*|\s+", lambda m: m[1] or " ", text).strip()


def pack(arrays: Mapping[str, np.ndarray], grain: float = 0.0) -> tuple[list, str]:
    """Return (layout, base64 of the deflated numbers), two bytes a number.

    Each array is cut into at most 65,535 steps between its least and its greatest
    value, none finer than `grain`; its low bytes come first, then its high bytes.
    Raises ValueError for NaN or infinite numbers, naming the array.
    """
    layout, planes = [], []
    for name, values in arrays.items():
        values = finite(name, values)
        low, high = (
            (float(values.min()), float(values.max())) if values.size else (0, 0)
        )
        step = (high - low) / STEPS or 1.0
        if step < grain and high - np.floor(low) < STEPS * grain:
            low, step = float(np.floor(low)), grain
        codes = np.rint((values - low) / step).astype("<u2")
        planes += [(codes & 255).astype(np.uint8), (codes >> 8).astype(np.uint8)]
        layout.append({"name": name, "shape": values.shape, "low": low, "step": step})
    joined = b"".join(plane.tobytes() for plane in planes)
    return layout, base64.b64encode(zlib.compress(joined, 6)).decode()


def as_script(value: object) -> str:
    """Return JSON that is safe inside a script: no <, > or &, ASCII only."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"), default=_json)
    return re.sub("[<>&]", lambda m: f"\\u{ord(m.group()):04x}", text)


def finite(
    name: str, values: ArrayLike, shape: tuple[int | None, ...] = ()
) -> np.ndarray:
    """Return values (array, tensor, lists) as float64; refuse NaN and wrong shapes.

    `shape` gives the length of each axis, None where any will do.
    """
    array = np.asarray(_plain(values), dtype=np.float64)
    fits = len(shape) == array.ndim and all(
        n in (None, m) for n, m in zip(shape, array.shape, strict=False)
    )
    if shape and not fits:
        wanted = tuple("any" if n is None else n for n in shape)
        raise ValueError(f"{name} has shape {array.shape}; give {wanted}")
    bad = int((~np.isfinite(array)).sum())
    if bad:
        raise ValueError(
            f"{name} has {bad} numbers that are NaN or infinite; give finite ones"
        )
    return array


def _plain(values: object) -> object:
    """Return tensors, also those within lists, as arrays: numpy knows no bfloat16."""
    if hasattr(values, "detach"):
        return values.detach().cpu().double().numpy()
    if isinstance(values, (list, tuple)):
        return [_plain(value) for value in values]
    return values


def _json(value: object) -> object:
    """Return what JSON does not know as it does: numbers of numpy and of torch."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{value!r} is no plain value; give numbers, texts or lists")


def labels(name: str, tokens: Sequence[str], at_least: int, at_most: int) -> list[str]:
    """Return tokens as a list of strings; refuse a number of them that cannot work."""
    tokens = [str(token) for token in tokens]
    if not at_least <= len(tokens) <= at_most:
        raise ValueError(
            f"{len(tokens)} {name}; this view shows {at_least} to {at_most}: "
            f"give a {'longer' if len(tokens) < at_least else 'shorter'} text"
        )
    return tokens


def _escape(text: str) -> str:
    return html.escape(str(text)).replace("\n", " ").replace("$", "&#36;")


def _table(rows: Sequence[Row]) -> str:
    def line(row: Row, tag: str) -> str:
        cells = [_escape(f"{x:.4g}" if isinstance(x, float) else x) for x in row]
        return "<tr>" + "".join(f"<{tag}>{x}</{tag}>" for x in cells) + "</tr>"

    body = "".join(line(row, "td") for row in rows[1:])
    return (
        '<details slot="table"><summary data-lm-suppress-shortcuts="true">'
        "The numbers of the static picture</summary>"
        f"<table><thead>{line(rows[0], 'th')}</thead><tbody>{body}</tbody></table>"
        "</details>"
    )
