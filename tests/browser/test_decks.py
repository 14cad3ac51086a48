"""Decks and the book, opened without a network: views, formulas, keys, every slide."""

import json
import re
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from threading import Thread

import pytest

from helpers.publishing import handout, pages, slides
from helpers.publishing.notebooks import ROOT
from helpers.publishing.slide_plan import mark
from helpers.widgets.registry import VIEWS
from tests.browser.conftest import Visit, end_tour, is_ready
from tests.browser.test_views import DRAWN

NAMES = ("00_start_here", "07_self_attention", "10_decoder_and_gpt")
READY = (
    "() => [...document.querySelectorAll('[data-view]')].every(h => h.dataset.ready)"
)
# the views of the slide have painted, and the deck has chosen their size
SETTLED = """() => [...Reveal.getCurrentSlide().querySelectorAll("[data-view]")].every(
  h => h.dataset.error || (h.dataset.ready && (h.dataset.deck || !h.shadowRoot)))"""
# what is broken or too wide on the slide at this place; then goes on to the next
LOOK = """place => {
  const slide = Reveal.getCurrentSlide(), past = Reveal.getSlidePastCount();
  const views = [...slide.querySelectorAll("[data-view]")];
  const wide = [slide, ...slide.children].filter(
    e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0);
  Reveal.next();
  return [
    ...(past === place ? [] : [`stuck at ${place}`]),
    ...views.filter(h => h.dataset.error).map(h => h.dataset.view),
    ...wide.map(e => `slide ${place}: ${e.className}`)];
}"""


def notebook(name: str) -> dict:
    return json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text("utf-8"))


def formulas(nb: dict) -> int:
    """Count what stands between dollars in a notebook's texts, displayed or not."""
    texts = ["".join(c["source"]) for c in nb["cells"] if c["cell_type"] == "markdown"]
    return sum(text.replace("$$", "$").count("$") // 2 for text in texts)


@pytest.fixture(scope="module")
def viewing(saved) -> dict:
    """A notebook in which every view is an output, ready for slides."""
    nb = json.loads(json.dumps(saved))
    for cell in nb["cells"]:
        for output in cell.get("outputs", ()):
            output["data"].setdefault("text/plain", "View: from an example")
    mark(nb)
    return nb


@lru_cache
def made(nb: str) -> tuple[str, int, float]:
    return slides.deck(json.loads(nb))


def open_deck(visit, nb: dict, dark: bool = False) -> Visit:
    page, n_slides, _ = made(json.dumps(nb))
    visited = visit(page, dark)
    visited.page.wait_for_selector(f"html[data-deck='{n_slides}']")
    return visited


def walk(page) -> list[str]:
    """Go from the first slide to the last; return what is broken or too wide."""
    found = []
    for place in range(page.evaluate("Reveal.getTotalSlides()")):
        page.wait_for_function(SETTLED)
        found += page.evaluate(LOOK, place)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_deck_shows_all_its_slides_and_formulas_offline(name, visit):
    nb = notebook(name)
    visited = open_deck(visit, nb)
    page = visited.page
    assert walk(page) == []
    assert page.locator("math").count() == formulas(nb)
    assert page.locator("code.tex, merror").count() == 0
    assert page.locator("section:not([aria-hidden]) aside.notes").count() > 0
    assert visited.left() == [] and len(visited.requests) == 1
    assert visited.errors == []


def test_every_view_mounts_on_its_slide(viewing, visit):
    visited = open_deck(visit, viewing)
    page = visited.page
    assert walk(page) == []
    for name in VIEWS:
        is_ready(page, name)
    assert page.locator("[data-view=bertviz_offline] svg").count() > 0
    assert visited.left() == [] and visited.errors == []


def test_a_view_on_a_late_slide_answers_keys_and_mouse(viewing, visit):
    page = open_deck(visit, viewing).page
    name = "attention_explorer"
    assert name in DRAWN
    host = is_ready(page, name)
    place = host.evaluate("h => Reveal.getSlides().indexOf(h.closest('section'))")
    assert place > 10
    page.evaluate(f"Reveal.slide({place})")
    page.wait_for_function(SETTLED)
    end_tour(host)
    matrix = host.locator("canvas[role=application]").last
    matrix.scroll_into_view_if_needed()
    said = [host.locator(".say").text_content()]
    for key in ("ArrowRight", "ArrowDown"):
        matrix.focus()
        page.keyboard.press(key)
        said.append(host.locator(".say").text_content())
    box = matrix.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.8)
    said.append(host.locator(".say").text_content())
    assert len(set(said)) == 4  # each of them moved the view ...
    here = "Reveal.getSlidePastCount()"
    assert page.evaluate(here) == place  # ... and none of them the slides
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(here) == place + 1


def test_the_speaker_sees_the_time_plan_and_the_room_the_theme(visit):
    nb = notebook("07_self_attention")
    [stated] = re.findall(r"takes about (\d+) minutes to read", json.dumps(nb))
    visited = open_deck(visit, nb)
    page = visited.page
    notes = page.evaluate("Reveal.getSlideNotes()")
    assert f"Time plan: {stated} minutes" in notes and "The surprise" in notes
    assert page.locator("section.present aside.notes").is_hidden()
    page.keyboard.press("t")
    assert page.evaluate("document.documentElement.getAttribute('theme')") == "dark"
    with page.expect_popup() as speaker:
        page.keyboard.press("s")
    speaker.value.get_by_text(f"Time plan: {stated} minutes").wait_for()
    frame = speaker.value.frame_locator("#current-slide iframe")
    frame.locator("section.present h1").wait_for()
    speaker.value.keyboard.press("ArrowRight")
    page.wait_for_function("() => Reveal.getSlidePastCount() === 1")
    assert visited.left() == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_on_a_slide(dark, visit):
    page = open_deck(visit, notebook("07_self_attention"), dark).page
    page.evaluate("Reveal.slide(2)")  # a heading, text, code and its output
    page.wait_for_function(SETTLED)
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    broken = [(v["id"], v["nodes"][0]["html"][:120]) for v in found["violations"]]
    assert broken == []


def test_the_book_works_offline(viewing, visit):
    parts = [(name, notebook(name)) for name in NAMES] + [("99_views", viewing)]
    visited = visit(handout.book(parts))
    page = visited.page
    page.wait_for_function(READY)
    assert page.locator("[data-error], code.tex, merror").count() == 0
    assert page.locator("math").count() == sum(formulas(nb) for _, nb in parts)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    wanted = page.evaluate(
        "[...document.querySelectorAll('a')].map(a => a.getAttribute('href'))"
    )
    inside = {f"#{i}" for i in ids} | {f"#{p.stem}" for p in CHAPTERS}
    assert [href for href in wanted if href not in inside] == []
    page.locator("nav a", has_text="The surprise").first.click()
    assert page.url.endswith("#00_start_here.the-surprise")
    assert visited.left() == [] and len(visited.requests) == 1
    assert visited.errors == []


# What a hostile output would try, of a server that writes down what it is asked.
HOSTILE = """<img data-view="none" src="SERVER/image"><script>
fetch("SERVER/fetch").catch(() => document.body.dataset.fetch = "refused");
document.head.innerHTML += '<link rel=stylesheet href="SERVER/style">';
const made = (tag, given) => document.body.append(
  Object.assign(document.createElement(tag), given));
made("script", {src: "SERVER/script"});
made("iframe", {src: "SERVER/frame"});
made("form", {action: "SERVER/form", id: "hostile"});
made("video", {src: "SERVER/video"});
made("object", {data: "SERVER/object"});
navigator.sendBeacon("SERVER/beacon");
document.body.dataset.ran = "yes";
</script>"""


SUBMIT = """() => new Promise(done => {
  const refused = e => done(e.effectiveDirective);
  document.addEventListener("securitypolicyviolation", refused);
  document.getElementById("hostile").submit();
})"""


@pytest.fixture
def asked():
    """A server of this computer; yields its address, and the paths it was asked for."""
    paths = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self):
            paths.append(self.path.strip("/?"))
            self.send_response(204)
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *said):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    server.server_close()


MADE = {
    "deck": lambda nb: slides.deck(nb)[0],
    "book": lambda nb: handout.book([("01_a", nb)]),
}


@pytest.mark.parametrize("kind", MADE)
def test_a_page_asks_nobody_whatever_an_output_tries(kind, visit, asked):
    address, paths = asked
    data = {"text/html": HOSTILE.replace("SERVER", address)}
    output = {"output_type": "display_data", "data": data}
    code = {"cell_type": "code", "metadata": {}, "source": "x", "outputs": [output]}
    title = {"cell_type": "markdown", "metadata": {}, "source": "# 1 · A $x^2$"}
    html = MADE[kind]({"cells": [title, code], "metadata": {}})
    page = visit(html).page
    page.wait_for_function("() => document.body.dataset.fetch === 'refused'")
    assert page.evaluate("document.body.dataset.ran") == "yes"
    assert page.locator("math").count() > 0
    assert page.evaluate(SUBMIT) == "form-action"
    assert paths == [] and page.url.startswith("file:")
    policy = f'<meta http-equiv="Content-Security-Policy" content="{pages.POLICY}">'
    assert html.count(policy) == 1
    page = visit(html.replace(policy, "")).page  # the server is there, and hears it
    page.wait_for_function("() => document.body.dataset.ran === 'yes'")
    page.wait_for_load_state("networkidle")
    assert {"image", "fetch", "script", "frame", "beacon"} <= set(paths)


CHAPTERS = sorted((ROOT / "notebooks").glob("*.ipynb"))  # links may lead to any
