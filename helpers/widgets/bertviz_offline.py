"""BertViz's own views without a network: its script, with libraries that are installed.

Nothing is vendored: the script comes from the package bertviz, d3 from mpld3, jQuery
from sphinxcontrib-jquery. Built in notebooks/14_real_bert.ipynb.
"""

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from helpers.pictures.picture import Picture
from helpers.widgets.attention_input import sources_of
from helpers.widgets.shell import View, as_script, script

INSTALL = "pip install mpld3 sphinxcontrib-jquery && pip install --no-deps bertviz"
KINDS = ("head", "model")
D3, JQUERY = "js/d3.v5.min.js", "jquery.js"  # within their packages
# which rows and columns of the whole BertViz cuts out, by the name that it gives
CUTS = re.compile(r"Sentence ([AB]) -> Sentence ([AB])")


class BertViz(View):
    """A view that runs BertViz's script in place of ours."""

    def html(self) -> str:
        """Return BertViz's view as HTML: no request is made, numbers in thousandths."""
        params, layout, numbers = compact(self.params["bertviz"])
        params["body"] = self.params["body"]
        code = _pack(program(self.params["script"]).encode())
        content = as_script([params, layout, numbers, code])
        view_id = f"{self.name}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"
        call = f'start("{view_id}",{as_script(params)},{as_script(layout)},'
        own = f'{script(self.name)}{call}"{numbers}","{code}");'
        return (
            f'<div data-view="{self.name}" data-view-id="{view_id}" role="group" '
            'data-lm-suppress-shortcuts="true" style="background:#fff;color:#000" '
            f'aria-label="{_text(self.alt)}">{self._twin()}</div>'
            f'<script>(function(){{"use strict";{own}}}());</script>'
        )


def bertviz_offline(
    attention=None,
    tokens: Sequence[str] | None = None,
    kind: str = "head",
    arguments: Mapping | None = None,
) -> View | Picture:
    """Show BertViz's head_view or model_view (`kind`), offline.

    `attention` (L, H, T, T) or a list of layers (1, H, T, T), `tokens`, and in
    `arguments` any other argument of BertViz's function. Weights are rounded to three
    decimals. If a package is missing, prints what to install and returns a still
    picture. Raises ValueError for input that cannot work, and for another `kind`.
    Source: Vig 2019 (BertViz).
    """
    if kind not in KINDS:
        raise ValueError(f"kind={kind!r}; choose one of {KINDS}")
    given = {"attention": attention, "tokens": tokens} | dict(arguments or {})
    given = {name: value for name, value in given.items() if value is not None}
    sides = {
        "attention": ("tokens", "tokens"),
        "encoder_attention": ("encoder_tokens", "encoder_tokens"),
        "decoder_attention": ("decoder_tokens", "decoder_tokens"),
        "cross_attention": ("decoder_tokens", "encoder_tokens"),
    }
    sources = sources_of(
        {n: (given.get(n), given.get(q), given.get(k)) for n, (q, k) in sides.items()},
        None,
        False,
    )
    absent = missing()
    if absent:
        print(f"BertViz needs {' and '.join(absent)}: {INSTALL}")
        return sources[0].still(0, 0)
    for source in sources:
        name = source.name
        given[name] = _tensors(source.weights)
    params, code, body = _ask_bertviz(kind, given)
    still = sources[0].still(0, 0)
    shown = {"bertviz": params, "script": code, "body": body, "title": f"{kind} view"}
    return BertViz("bertviz_offline", shown, picture=still)


def missing() -> list[str]:
    """Return the names of the packages that BertViz offline needs and has not."""
    files = {"bertviz": "head_view.js", "mpld3": D3, "sphinxcontrib.jquery": JQUERY}
    absent = [
        n for n, f in files.items() if not (_folder(n) and (_folder(n) / f).exists())
    ]
    return [name.replace(".", "-") for name in absent]


def _folder(name: str) -> Path | None:
    try:
        found = find_spec(name)
    except ModuleNotFoundError:
        return None
    return Path(found.origin).parent if found and found.origin else None


def _tensors(weights: np.ndarray) -> list:
    import torch

    return [torch.from_numpy(layer.round(3))[None] for layer in weights]


def _ask_bertviz(kind: str, given: dict) -> tuple[dict, str, str]:
    """Return (parameters, script, body) of what BertViz would show."""
    import bertviz

    function = getattr(bertviz, f"{kind}_view")
    try:
        page = function(html_action="return", **given).data
    except TypeError as error:
        raise ValueError(f"BertViz's {kind}_view does not take this: {error}") from None
    body = page[page.index("<div") : page.rindex("</div>") + 6]
    code = page[page.index("requirejs(") :]
    start = code.index("const params = ") + len("const params = ")
    params, end = json.JSONDecoder().raw_decode(code, start)
    params.pop("root_div_id")  # drawn by lot; the page gives a new one
    line_end = code.index("\n", end)
    closing = code.rindex("});")
    inside = code[code.index("{") + 1 : start] + "given;" + code[line_end:closing]
    return params, inside, re.sub(r'id="bertviz-\w+"', "", body, count=1)


def program(code: str) -> str:
    """Return d3, jQuery and BertViz's script as one program; nothing global stays."""
    d3 = _without_comments(_folder("mpld3") / D3)
    jquery = _without_comments(_folder("sphinxcontrib.jquery") / JQUERY)
    return (
        "(function(){var given=window.courseBertViz.waiting.pop(),own={};"
        f"(function(){{var module,exports,define;{d3}\n}}).call(own);"
        "var jQuery=(function(){var module={exports:{}},define;"
        f"{jquery}\nreturn module.exports;}}).call(own);"
        f"(function($,d3){{{code}\n}})(jQuery,own.d3);}})();"
    )


def _without_comments(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("//"))


def compact(params: dict) -> tuple[dict, list, str]:
    """Return (parameters without numbers, layout, packed thousandths).

    Parts that BertViz cuts out of the whole (sentence A → B) become their borders.
    """
    params = dict(params, attention=[dict(a) for a in params["attention"]])
    layout, planes, at = [], [], 0
    whole = params["attention"][0]
    border = 0
    for entry in params["attention"]:
        part = CUTS.fullmatch(entry["name"] or "")
        if part and part[1] + part[2] == "AA":
            border = len(entry["left_text"])
    for entry in params["attention"]:
        part = CUTS.fullmatch(entry["name"] or "")
        numbers = entry.pop("attn")
        if part:
            ends = {"A": (0, border), "B": (border, len(whole["left_text"]))}
            layout.append({"cut": [*ends[part[1]], *ends[part[2]]]})
            continue
        codes = np.rint(np.array(numbers) * 1000).astype("<u2")
        layout.append({"shape": codes.shape, "at": at})
        planes += [(codes & 255).astype(np.uint8), (codes >> 8).astype(np.uint8)]
        at += 2 * codes.size
    return params, layout, _pack(b"".join(p.tobytes() for p in planes))


def _pack(raw: bytes) -> str:
    return base64.b64encode(zlib.compress(raw, 9)).decode()


def _text(words: str) -> str:
    return re.sub('[<>&"]', " ", words)
