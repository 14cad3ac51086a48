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
from numpy.typing import ArrayLike

from helpers.pictures.picture import Picture
from helpers.widgets.attention_input import sources_of
from helpers.widgets.checks import one_of
from helpers.widgets.shell import View, as_script, script

INSTALL = "pip install mpld3 sphinxcontrib-jquery && pip install --no-deps bertviz"
KINDS = ("head", "model")
D3 = "js/d3.v5.min.js"  # within mpld3
JQUERY = "jquery.js"  # within sphinxcontrib.jquery
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
        given = f'"{view_id}",{as_script(params)},{as_script(layout)}'
        call = f'{script(self.name)}start({given},"{numbers}","{code}");'
        label = re.sub('[<>&"]', " ", self.alt)
        return (
            f'<div data-view="{self.name}" data-view-id="{view_id}" role="group" '
            'data-lm-suppress-shortcuts="true" style="background:#fff;color:#000" '
            f'aria-label="{label}">{self._twin()}</div>'
            f'<script>(function(){{"use strict";{call}}}());</script>'
        )


def bertviz_offline(
    attention: ArrayLike | None = None,
    tokens: Sequence[str] | None = None,
    kind: str = "head",
    arguments: Mapping[str, object] | None = None,
) -> View | Picture:
    """Show BertViz's head_view or model_view (`kind`), offline.

    `attention` (L, H, T, T) or a list of layers (1, H, T, T), `tokens`, and in
    `arguments` any other argument of BertViz's function. Weights are rounded to three
    decimals. If a package is missing, prints what to install and returns a still
    picture. Raises ValueError for input that cannot work, and for another `kind`.
    The page runs the script of the installed package as it is, with the trust that
    you gave the package when you installed it. Source: Vig 2019 (BertViz).
    """
    one_of("kind", kind, KINDS)
    given = {"attention": attention, "tokens": tokens, **(arguments or {})}
    sources = sources_of(given, None, False)
    still = sources[0].still_picture(0, 0)
    absent = missing()
    if absent:
        print(f"BertViz needs {' and '.join(absent)}: {INSTALL}")
        return still
    import torch  # only here: the other views do without

    for source in sources:
        layers = torch.from_numpy(source.weights.round(3))  # (L, H, T, T)
        given[source.name] = list(layers[:, None])  # L times (1, H, T, T)
    params, code, body = _ask_bertviz(kind, given)
    shown = {"bertviz": params, "script": code, "body": body, "title": f"{kind} view"}
    return BertViz("bertviz_offline", shown, picture=still)


def missing() -> list[str]:
    """Return the names of the packages that BertViz offline needs and has not."""
    files = {"bertviz": "head_view.js", "mpld3": D3, "sphinxcontrib.jquery": JQUERY}
    absent = []
    for package, file in files.items():
        folder = _folder(package)
        if folder is None or not (folder / file).exists():
            absent.append(package.replace(".", "-"))
    return absent


def _folder(package: str) -> Path | None:
    """Return where a package is installed, without importing it."""
    try:
        found = find_spec(package)
    except ModuleNotFoundError:  # the package around it is missing
        return None
    return Path(found.origin).parent if found and found.origin else None


def _ask_bertviz(kind: str, given: Mapping[str, object]) -> tuple[dict, str, str]:
    """Return (parameters, script, body) of what BertViz would show.

    Its page is a body of HTML and a script: requirejs([…], function(…) { const params =
    {…}; … });. The script returned is what stands in the function, with the word
    `given` in place of the parameters.
    """
    import bertviz

    function = getattr(bertviz, f"{kind}_view")
    try:
        page = function(html_action="return", **given).data
    except TypeError as error:
        raise ValueError(f"BertViz's {kind}_view does not take this: {error}") from None
    _, body = page.split("<div", 1)
    body, _ = body.rsplit("</div>", 1)
    body = re.sub(r'id="bertviz-\w+"', "", f"<div{body}</div>", count=1)
    _, code = page.split("requirejs(", 1)
    before, code = code.split("const params = ", 1)
    _, before = before.split("{", 1)
    params, end = json.JSONDecoder().raw_decode(code)
    params.pop("root_div_id")  # drawn by lot; the page gives a new one
    _, after = code[end:].split("\n", 1)
    after, _ = after.rsplit("});", 1)
    return params, f"{before}const params = given;\n{after}", body


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


def compact(params: Mapping) -> tuple[dict, list[dict], str]:
    """Return (parameters without numbers, layout, packed thousandths).

    Parts that BertViz cuts out of the whole (sentence A → B) become their borders.
    """
    entries = [dict(entry) for entry in params["attention"]]
    n_tokens = len(entries[0]["left_text"])
    lengths = {entry["name"]: len(entry["left_text"]) for entry in entries}
    border = lengths.get("Sentence A -> Sentence A", 0)
    ends = {"A": [0, border], "B": [border, n_tokens]}
    layout = []
    planes = []
    start = 0  # in the packed bytes
    for entry in entries:
        codes = np.rint(np.array(entry.pop("attn")) * 1000).astype("<u2")
        cut = CUTS.fullmatch(entry["name"] or "")
        if cut:
            layout.append({"cut": ends[cut[1]] + ends[cut[2]]})
        else:
            layout.append({"shape": codes.shape, "at": start})
            planes += [(codes & 255).astype(np.uint8), (codes >> 8).astype(np.uint8)]
            start += 2 * codes.size  # two bytes a number, the low ones first
    packed = _pack(b"".join(plane.tobytes() for plane in planes))
    return {**params, "attention": entries}, layout, packed


def _pack(raw: bytes) -> str:
    return base64.b64encode(zlib.compress(raw, 9)).decode()
