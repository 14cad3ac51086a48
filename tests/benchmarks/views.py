"""Our attention explorer against BertViz on the same tensors, in one Chromium.

python -m tests.benchmarks.views            all sizes (BertViz takes minutes)
python -m tests.benchmarks.views --small    6 × 8 × 64 alone

BertViz fetches its libraries from the network; to time it here, it gets the installed
ones from its own loader's calls. Times are medians of five, in milliseconds.
"""

import itertools
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from helpers.widgets import attention_explorer, bertviz_offline
from helpers.widgets.bertviz_offline import D3, JQUERY, _folder, _without_comments
from helpers.widgets.gallery_inputs import attention_example

SIZES = ((6, 8, 64), (12, 12, 128))
READY = "[data-ready], svg line"
NODES = (
    "[document, ...[...document.querySelectorAll('*')].map(e => e.shadowRoot)]"
    ".reduce((n, r) => n + (r ? r.querySelectorAll('*').length : 0), 0)"
)
SWITCH = {
    "ours": "h => { const s = h.shadowRoot.querySelectorAll('select')[0];"
    "const t = performance.now(); s.value = VALUE;"
    "s.dispatchEvent(new Event('change')); return performance.now() - t; }",
    "theirs": "h => { const s = h.querySelector('#layer');"
    "const t = performance.now(); s.value = VALUE;"
    "s.dispatchEvent(new Event('change')); return performance.now() - t; }",
}
HOVER = {
    "ours": "h => { const c = h.shadowRoot.querySelectorAll('canvas')[2];"
    "const b = c.getBoundingClientRect(), t = performance.now();"
    "c.dispatchEvent(new MouseEvent('mousemove', {clientX: b.left + 92 + 9 * VALUE,"
    "clientY: b.top + 84 + 9 * VALUE})); return performance.now() - t; }",
    "theirs": "h => { const r = h.querySelectorAll('svg text')[VALUE];"
    "const t = performance.now();"
    "for (const k of ['mouseover', 'mouseenter', 'mousemove'])"
    "{ r.dispatchEvent(new MouseEvent(k, {bubbles: true})); }"
    "return performance.now() - t; }",
}


def tokens_of(n: int) -> list[str]:
    """Return n tokens with [CLS] and [SEP], like a real input."""
    return ["[CLS]", *[f"word{i}" for i in range(n - 2)], "[SEP]"]


def trained_looking(n_layers: int, n_heads: int, n: int) -> np.ndarray:
    """Return attention with the habits of trained heads (L, H, T, T)."""
    return attention_example(n_layers, n_heads, tokens_of(n))


def at_random(n_layers: int, n_heads: int, n: int) -> np.ndarray:
    """Return the softmax of standard normal scores (L, H, T, T)."""
    scores = np.exp(np.random.default_rng(0).normal(size=(n_layers, n_heads, n, n)))
    return scores / scores.sum(-1, keepdims=True)


def original_bertviz(weights: np.ndarray, tokens: list[str]) -> str:
    """Return BertViz's own page, its network loader answered from installed files."""
    import bertviz

    layers = [torch.tensor(layer, dtype=torch.float32)[None] for layer in weights]
    page = bertviz.head_view(layers, tokens, html_action="return").data
    page = page[page.index("</script>") + len("</script>") :]  # the loader's address
    d3 = _without_comments(_folder("mpld3") / D3)
    jquery = _without_comments(_folder("sphinxcontrib.jquery") / JQUERY)
    loader = (
        "var require = {config: function () {}};"
        "function requirejs(names, run) { run(jQuery, d3); }"
    )
    scripts = "".join(f"<script>{code}</script>" for code in (d3, jquery, loader))
    return f"<!doctype html><html><title>BertViz</title><body>{scripts}{page}</body>"


def measure(browser, html: str, whose: str) -> dict[str, float]:
    """Open a page; return its bytes, milliseconds and DOM nodes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        path.write_text(html, encoding="utf-8")
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        start = time.perf_counter()
        page.goto(path.as_uri(), timeout=600_000)
        page.locator(READY).first.wait_for(state="attached", timeout=600_000)
        ready = 1000 * (time.perf_counter() - start)
        host = page.locator("[data-view], [id^=bertviz]").first
        found = {"MB": len(html.encode()) / 1e6, "ready": ready}
        found["nodes"] = page.evaluate(NODES)
        if whose == "ours":
            host.evaluate(
                "h => h.shadowRoot.querySelectorAll('.tour button')[2].click()"
            )
        for name, scripts in (("switch", SWITCH), ("hover", HOVER)):
            asked = [scripts[whose].replace("VALUE", str(i)) for i in range(1, 6)]
            times = [host.evaluate(script) for script in asked]
            found[name] = statistics.median(times)
        page.close()
    return found


def rows(sizes: Sequence[tuple[int, int, int]]) -> Iterator[dict]:
    """Yield one measurement per tensors and view, as soon as it is known."""
    from playwright.sync_api import sync_playwright

    kinds = {"trained-looking": trained_looking, "random": at_random}
    makers = {
        "ours": (lambda w, t: attention_explorer(w, t).html(), "ours"),
        "BertViz offline": (lambda w, t: bertviz_offline(w, t).html(), "theirs"),
        "BertViz": (original_bertviz, "theirs"),
    }
    found = os.environ.get("COURSE_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu"]
        )
        for size, (kind, tensors) in itertools.product(sizes, kinds.items()):
            weights, tokens = tensors(*size), tokens_of(size[2])
            for name, (make, whose) in makers.items():
                start = time.perf_counter()
                html = make(weights, tokens)
                build = 1000 * (time.perf_counter() - start)
                if "<html" not in html:
                    html = f"<!doctype html><html><title>x</title><body>{html}"
                what = {"tensors": f"{'×'.join(map(str, size))} {kind}", "view": name}
                yield what | {"build": build} | measure(browser, html, whose)
        browser.close()


def main(arguments: list[str]) -> None:
    """Print one table."""
    os.environ["COURSE_VIEWS"] = "live"
    print(
        f"{'tensors':32} {'view':16} {'MB':>7} {'build ms':>9} {'ready ms':>9}", end=""
    )
    print(f" {'nodes':>8} {'switch ms':>10} {'hover ms':>9}")
    for row in rows(SIZES[: 1 if "--small" in arguments else None]):
        print(f"{row['tensors']:32} {row['view']:16} {row['MB']:7.2f}", end="")
        print(f" {row['build']:9.0f} {row['ready']:9.0f} {row['nodes']:8.0f}", end="")
        print(f" {row['switch']:10.1f} {row['hover']:9.1f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
