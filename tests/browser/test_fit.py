"""C16–C19: views fit their room, print their still picture, leave nothing behind.

A page tells what is drawn on its canvases (`PROBE`): texts with their size on the
screen, how often anything is painted, and which observers are at work.
"""

import re
from collections.abc import Iterator

import numpy as np
import pytest

from helpers.widgets import alignment, attention_explorer, gallery, lstm_gates
from tests.browser.conftest import Visit, end_tour, is_ready, opened
from tests.browser.test_everywhere import exported
from tests.browser.test_views import ALL, DRAWN

WIDTHS = (1280, 900, 390)
LEAST_FILLED = 0.6  # of the pane's width, where there is room
PROBE = """() => {
  const drawn = [], live = new Set(), seen = {paints: 0};
  const text = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (what, ...rest) {
    const m = this.getTransform();
    const size = parseFloat(this.font.match(/([\\d.]+)px/)[1]);
    drawn.push([this.canvas, String(what), size * Math.hypot(m.a, m.b)]);
    return text.call(this, what, ...rest);
  };
  const fill = CanvasRenderingContext2D.prototype.fillRect;
  CanvasRenderingContext2D.prototype.fillRect = function (...rest) {
    seen.paints++;
    return fill.call(this, ...rest);
  };
  for (const kind of [ResizeObserver, MutationObserver]) {
    const {observe, disconnect} = kind.prototype;
    kind.prototype.observe = function (...rest) {
      live.add(this);
      return observe.call(this, ...rest);
    };
    kind.prototype.disconnect = function () {
      live.delete(this);
      return disconnect.call(this);
    };
  }
  const {addEventListener, removeEventListener} = MediaQueryList.prototype;
  MediaQueryList.prototype.addEventListener = function (kind, listener) {
    live.add(listener);
    return addEventListener.call(this, kind, listener);
  };
  MediaQueryList.prototype.removeEventListener = function (kind, listener) {
    live.delete(listener);
    return removeEventListener.call(this, kind, listener);
  };
  Object.assign(window, {drawn, live, seen});
}"""
FRAMES = """() => new Promise(done => requestAnimationFrame(
  () => requestAnimationFrame(() => setTimeout(done))))"""
# what does not fit, how much of the pane is used, the smallest text on the canvases
MEASURE = """host => {
  const inner = host.shadowRoot.querySelector(".v");
  const panes = inner.querySelector(".panes");
  const room = panes.getBoundingClientRect();
  const wide = [];
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth) {
    wide.push("page");
  }
  if (inner.scrollWidth > inner.clientWidth) { wide.push("view"); }
  const canvases = [...panes.querySelectorAll("canvas")].filter(c => c.offsetWidth);
  let left = room.right, right = room.left;
  for (const c of canvases) {
    const box = c.getBoundingClientRect(), pane = c.closest(".wide");
    left = Math.min(left, box.left);
    right = Math.max(right, box.right);
    if (box.width > room.width + 1 && !(pane && pane.tabIndex === 0)) {
      wide.push(c.getAttribute("aria-label"));
    }
  }
  const words = document.createTreeWalker(panes, NodeFilter.SHOW_TEXT);
  while (canvases.length && words.nextNode()) {  // text beside them, not its boxes
    const range = document.createRange();
    range.selectNodeContents(words.currentNode);
    const box = range.getBoundingClientRect();
    left = Math.min(left, box.width ? box.left : left);
    right = Math.max(right, box.width ? box.right : right);
  }
  const texts = window.drawn.filter(d => canvases.includes(d[0])).map(d => d[2]);
  return {wide, filled: canvases.length ? (right - left) / room.width : 1,
          smallest: texts.length ? Math.min(...texts) : 99,
          largest: texts.length ? Math.max(...texts) : 0};
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("probed")


def probed(browser, folder, views: list) -> Iterator[Visit]:
    """Open a page of views that tells what is drawn on it."""
    page = gallery.page(views).replace("<body>", f"<body><script>({PROBE})()</script>")
    with opened(browser, page, folder) as visited:
        yield visited


@pytest.fixture(scope="module")
def probe(request, browser, views, folder):
    """A page with one view, open for all checks of this view."""
    for visited in probed(browser, folder, [views[request.param]]):
        visited.name = request.param
        yield visited


def measure(page, host) -> dict:
    """Draw the view anew at its present width; return what MEASURE finds."""
    page.evaluate(FRAMES)
    redraw(page, host)
    return host.evaluate(MEASURE)


def redraw(page, host) -> None:
    """Draw the view anew as it stands: to the other size and back."""
    larger = host.get_by_role("button", name="Larger")
    if larger.count():
        larger.press("Enter")
        page.evaluate("drawn.length = 0")
        larger.press("Enter")


@pytest.mark.parametrize("probe", ALL, indirect=True)
def test_c16_a_view_fits_every_width_and_uses_it(probe):
    page = probe.page
    host = is_ready(page, probe.name)
    larger = host.get_by_role("button", name="Larger")
    found = {}
    for size in ("normal", "larger"):
        if size == "larger" and larger.count():
            larger.press("Enter")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 720})
            page.emulate_media(color_scheme="dark" if width == 900 else "light")
            found[size, width] = measure(page, host)
    page.set_viewport_size({"width": 1280, "height": 720})
    if larger.count():
        larger.press("Enter")
    assert {case: f["wide"] for case, f in found.items() if f["wide"]} == {}
    least = {case: f["smallest"] for case, f in found.items()}
    assert {case: size for case, size in least.items() if size < 11.99} == {}
    filled = {case: f["filled"] for case, f in found.items() if case[1] != 390}
    assert {case: x for case, x in filled.items() if x < LEAST_FILLED} == {}
    texts = [found[size, 1280]["largest"] for size in ("normal", "larger")]
    assert texts[1] > texts[0] or texts[0] == 0


@pytest.mark.parametrize("probe", DRAWN, indirect=True)
def test_c19_a_cover_lies_over_a_picture_only_while_its_question_is_asked(probe):
    page = probe.page
    host = is_ready(page, probe.name)
    wrong = []
    while host.get_attribute("data-tour") != "done":
        stop = host.get_attribute("data-tour")
        redraw(page, host)
        texts = page.evaluate("drawn.map(d => d[1])")
        said = host.locator(".say").text_content()
        covered = [t for t in texts if t == "?" or t.lower().startswith("? choose")]
        covered += [said] if re.search(r"choose|[ \u201d]\?(,|$)", said.lower()) else []
        if bool(covered) != bool(host.locator(".tour .row.ask").count()):
            wrong.append((stop, covered))
        host.locator("[data-next]").press("Enter")
    assert wrong == []


def test_escape_leaves_the_view_and_its_reading(browser, views, folder):
    for visited in probed(browser, folder, [views["ladder_chart"]]):
        host = is_ready(visited.page, "ladder_chart")
        before = host.locator(".say").text_content()
        host.locator("canvas").focus()
        visited.page.keyboard.press("Escape")
        assert host.locator(".say").text_content() == before
        assert host.evaluate("h => h.shadowRoot.activeElement") is None


def test_c17_a_view_taken_off_the_page_paints_no_more_and_observes_nothing(
    browser, views, folder
):
    for visited in probed(browser, folder, [views[name] for name in ALL]):
        page = visited.page
        for name in ALL:
            is_ready(page, name)
        page.evaluate(FRAMES)
        assert page.evaluate("live.size") >= 2 * len(ALL)
        page.evaluate("window.hosts = [...document.querySelectorAll('[data-view]')]")
        page.evaluate("window.homes = hosts.map(h => h.parentNode)")
        page.evaluate("hosts.forEach(h => h.remove())")
        assert page.evaluate("live.size") == 0
        painted = page.evaluate("seen.paints")
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size({"width": 700, "height": 720})
        page.evaluate(FRAMES)
        assert page.evaluate("seen.paints") == painted
        page.evaluate("hosts.forEach((h, i) => homes[i].append(h))")
        assert page.evaluate("live.size") >= 2 * len(ALL)
        dark = "hosts.every(h => h.shadowRoot.querySelector('.v.dark'))"
        assert page.evaluate(dark)  # what changed meanwhile is caught up with
        assert page.evaluate("seen.paints") > painted


def test_c18_the_still_picture_is_what_prints(saved, visit):
    page = visit(exported(saved)).page
    for name in DRAWN:
        host = is_ready(page, name)
        image = host.locator("img").first
        assert not image.is_visible() and host.locator(".v").is_visible()
    page.emulate_media(media="print")
    for name in DRAWN:
        host = page.locator(f"[data-view={name}]").first
        assert host.locator("img").first.is_visible(), name
        assert not host.locator(".v").is_visible(), name
        assert host.locator("canvas").evaluate_all("c => c.every(x => !x.offsetWidth)")


def cividis(x: float) -> np.ndarray:
    import matplotlib

    return 255 * np.array(matplotlib.colormaps["cividis"](x)[:3])


PIXEL = """(canvas, [x, y]) => [...canvas.getContext("2d").getImageData(
  Math.round(x), Math.round(y), 1, 1).data].slice(0, 3)"""


def test_a_cell_of_the_heat_maps_has_the_colour_of_its_number(visit):
    weights = np.array([[0, 0.5, 0.5], [1, 0, 0], [0.25, 0.25, 0.5]])[None, None]
    names = ["a", "b", "c"]
    shown = [
        attention_explorer(weights, names),
        alignment(weights[0, 0], names, names),
        lstm_gates(
            names, np.zeros((3, 2)), (np.ones((4, 2)), np.ones((4, 1)), [0] * 4)
        ),
    ]
    page = visit(gallery.page(shown)).page
    host = is_ready(page, "attention_explorer")
    end_tour(host)
    heat = host.locator("canvas[role=application]").nth(1)
    cell = (heat.evaluate("c => c.width") - 136) / 3
    for i, j in ((1, 0), (1, 1), (2, 2)):
        at = [92 + (j + 0.5) * cell, 84 + (i + 0.5) * cell]
        found = heat.evaluate(PIXEL, at)
        assert abs(cividis(weights[0, 0, i, j]) - found).max() <= 2, (i, j)
    host = is_ready(page, "alignment")
    end_tour(host)
    heat = host.locator("canvas[role=application]").nth(1)
    for i, j in ((0, 0), (0, 1), (1, 0)):
        found = heat.evaluate(PIXEL, [84 + 60 * (j + 0.1), 76 + 32 * (i + 0.15)])
        assert abs(cividis(weights[0, 0, i, j]) - found).max() <= 2, (i, j)
    host = is_ready(page, "lstm_gates")
    end_tour(host)
    heat = host.locator("canvas[role=application]")
    found = heat.evaluate(PIXEL, [150 + 8, 30 + 40 + 6])  # the first forget gate: 1 / 2
    assert abs(cividis(0.5) - found).max() <= 2
