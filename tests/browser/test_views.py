"""C1–C15 of every view but C7, in Chromium: one page a view, shared by all its checks.

`shown` opens the page once; `view` brings the view on it back to how it begins.
"""

import hashlib
import io
import json
import os
import re
import subprocess
import sys
from functools import partial
from importlib.resources import files

import numpy as np
import pytest
from PIL import Image

from helpers.lesson import guesses, predict
from helpers.widgets import gallery, shell
from helpers.widgets.registry import VIEWS, Entry
from tests.browser.conftest import end_tour, is_ready, opened, state
from tests.run_notebooks import ROOT
from tests.views import EVIL, TRIED

DRAWN = [name for name in VIEWS if name != "predict_card"]
ALL = [*DRAWN, "predict_card"]  # the same order, so that a page is opened once
each = pytest.mark.parametrize("name", ALL)
each_shown = pytest.mark.parametrize("shown", ALL, indirect=True)
drawn_shown = pytest.mark.parametrize("shown", DRAWN, indirect=True)
MAIN = "canvas[role=application], [role=listbox]"  # what the arrow keys move
FOCUSABLE = "button:not([disabled]), select, input, [tabindex='0'], summary"
WITHOUT_COLOURS = ("protanopia", "deuteranopia", "tritanopia", "achromatopsia")
# As a view begins: folds closed, of usual size, at the first stop of its tour.
BEGIN = """host => {
  const root = host.shadowRoot;
  const press = label => [...root.querySelectorAll("button")].find(
    b => b.textContent === label && !b.disabled)?.click();
  for (const fold of [...root.querySelectorAll("details"), ...host.children]) {
    if (fold.open) { fold.querySelector("summary").click(); }
  }
  if (root.querySelector(".v.big")) { press("Larger"); }
  if (host.dataset.tour === "done") { press("Tour again"); }
  for (let stop = host.dataset.tour; stop > 1; stop--) { press("Back"); }
}"""
PAPER = "h => getComputedStyle(h.shadowRoot.querySelector('.v')).backgroundColor"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def shown(request, browser, views, folder):
    """A page with the view twice, open for all checks of this view."""
    view = views[request.param]
    with opened(browser, gallery.page([view, view]), folder) as visited:
        visited.name = request.param
        yield visited


@pytest.fixture
def view(shown):
    """The first of the two, as it begins, on a light page."""
    shown.page.emulate_media(color_scheme="light")
    host = is_ready(shown.page, shown.name)
    is_ready(shown.page, shown.name, 1)
    host.evaluate(BEGIN)
    return host


def open_folds(host) -> None:
    for summary in host.locator("summary").all():
        summary.press("Enter")


def wait_until_dark(host, dark: bool) -> None:
    """Wait until the view has taken its colours; see that they are dark or light."""
    kind = ".v.dark" if dark else ".v:not(.dark)"
    host.locator(kind).wait_for()
    level = sum(map(int, re.findall(r"\d+", host.evaluate(PAPER))[:3]))
    assert (level < 200) == dark


def places(page, host) -> list[dict]:
    """What a view says as it stands, and after each of the four arrow keys."""
    host.locator(MAIN).first.focus()
    found = [state(host)]
    for key in ("ArrowUp", "ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
        found.append(state(host))
    return found


@each_shown
def test_c1_c2_c3_nothing_leaves_no_error_and_ready_within_a_second(shown):
    is_ready(shown.page, shown.name, 0)
    is_ready(shown.page, shown.name, 1)
    assert shown.left() == []
    assert shown.errors == []
    assert shown.seconds() < 1  # for the whole page


@drawn_shown
def test_the_tour_asks_before_it_shows(view):
    stops = 0
    asked = False
    while view.get_attribute("data-tour") != "done":
        stops += 1
        choices = view.locator(".tour .row.ask button")
        if choices.count():
            asked = True
            assert view.get_attribute("data-answered") is None
            hidden = state(view)["said"]
            choices.first.press("Enter")
            assert view.get_attribute("data-answered") in ("true", "false")
            assert view.locator(".tour [role=status]").text_content()
            assert hidden != state(view)["said"] or "choose" not in hidden.lower()
        view.locator("[data-next]").press("Enter")
    assert 3 <= stops <= 5
    assert asked


@each_shown
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_c4_axe_finds_nothing(dark, shown, view):
    shown.page.emulate_media(color_scheme="dark" if dark else "light")
    wait_until_dark(view, dark)
    open_folds(view)
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    shown.page.evaluate(axe)
    run = "axe.run('section:first-of-type', {resultTypes: ['violations']})"
    broken = [
        (v["id"], [n["html"][:120] for n in v["nodes"]])
        for v in shown.page.evaluate(run)["violations"]
    ]
    assert broken == []


@each_shown
def test_c5_the_keyboard_reaches_every_control_and_moves_the_view(shown, view):
    page = shown.page
    wanted = view.locator(FOCUSABLE).count()
    view.evaluate(
        "h => { const top = document.querySelector('h1');"
        "top.tabIndex = -1; top.focus();"  # where the walk begins
        "for (const n of [...h.shadowRoot.querySelectorAll('*'), ...h.children])"
        "delete n.dataset?.reached; }"
    )
    reached = set()
    for _ in range(wanted + 3):
        page.keyboard.press("Tab")
        mark = view.evaluate(
            "h => { const a = h.shadowRoot.activeElement || document.activeElement;"
            "if (!h.shadowRoot.contains(a) && !h.contains(a)) return null;"
            "a.dataset.reached = ''; const s = getComputedStyle(a);"
            "return [a.tagName, a.textContent.slice(0, 30), s.outlineWidth]; }"
        )
        if mark:
            reached.add(tuple(mark))
            assert mark[0] == "SUMMARY" or mark[2] == "3px", mark  # a visible ring
    assert view.locator("[data-reached]").count() >= wanted, reached
    if shown.name in DRAWN:
        end_tour(view)
        first, *moved = places(page, view)
        assert any(place != first for place in moved)
    page.keyboard.press("Escape")
    assert view.evaluate("h => h.shadowRoot.activeElement") is None


@each
def test_c6_hostile_tokens_are_text_also_in_the_dark(name, visit):
    view = TRIED[name].evil()
    assert "<script>alert" not in view.html().replace("<script>(function", "")
    visited = visit(gallery.page([view]), dark=True)
    host = is_ready(visited.page, name)
    wait_until_dark(host, True)  # from the beginning
    open_folds(host)
    inside = host.evaluate("h => h.shadowRoot.textContent + h.textContent")
    shown = [token for token in EVIL if token in inside]
    assert len(shown) == len(EVIL), set(EVIL) - set(shown)
    assert host.locator("img[src=x]").count() == 0
    assert visited.dialogs == [] and visited.errors == [] and visited.left() == []


@pytest.fixture(scope="module")
def still(browser, views, folder):
    """A page with all views where no script runs."""
    page = gallery.page(list(views.values()))
    with opened(browser, page, folder, scripts=False) as visited:
        yield visited.page


@each
def test_c8_without_javascript_a_picture_and_a_table_stay(name, still):
    host = still.locator(f"[data-view={name}]")
    if name == "predict_card":  # a question is text, not a picture
        assert "Which head looks one token back?" in host.inner_text()
        return
    image = host.locator("img")
    assert len(image.get_attribute("alt")) > 20
    assert image.bounding_box()["width"] > 300
    assert host.locator("table tr").count() > 1


@each
def test_c9_static_mode_emits_no_html(name, views, monkeypatch):
    monkeypatch.setenv("COURSE_VIEWS", "static")
    data, metadata = views[name]._repr_mimebundle_()
    wanted = {"text/plain"} | ({"image/png"} if name in DRAWN else set())
    assert set(data) == wanted
    if name in DRAWN:
        assert metadata["image/png"]["alt"]


@each_shown
def test_c10_sizes_stay_in_budget(shown, view, views):
    assert len(shell.script("core").encode()) <= 12_000
    assert len(shell.style().encode()) <= 3_000
    assert len(shell.script(shown.name).encode()) <= 15_000
    assert len(views[shown.name].html()) <= 500_000
    nodes = view.evaluate("h => h.shadowRoot.querySelectorAll('*').length")
    assert nodes <= 2000


@drawn_shown
def test_c11_two_instances_are_independent(shown, view):
    second = is_ready(shown.page, shown.name, 1)
    before = state(second)
    end_tour(view)
    first, *moved = places(shown.page, view)
    assert any(place != first for place in moved)
    assert state(second) == before


def test_c12_colours_of_text_have_contrast():
    for theme in re.findall(r"\.v(?:\.dark)?\{(--paper[^}]*)", shell.style()):
        colors = dict(re.findall(r"--(\w+):(#\w+)", theme))
        assert len(colors) >= 6
        for ink in ("ink", "soft", "query", "key", "good"):
            for paper in ("paper", "pale"):
                found = contrast(colors[ink], colors[paper])
                assert found >= 4.5, (ink, paper, found)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2, from 1 to 21."""
    light = sorted(map(_luminance, (one, other)))
    return (light[1] + 0.05) / (light[0] + 0.05)


def _luminance(color: str) -> float:
    digits = color[1:] if len(color) == 7 else "".join(2 * c for c in color[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@each_shown
def test_c12_the_theme_follows_the_page(shown, view):
    page = shown.page
    wait_until_dark(view, False)
    for dark in (True, False):
        page.emulate_media(color_scheme="dark" if dark else "light")
        wait_until_dark(view, dark)
    page.evaluate("document.body.setAttribute('data-jp-theme-light', 'false')")
    wait_until_dark(view, True)  # Lab's attribute wins over the system
    page.evaluate("document.body.removeAttribute('data-jp-theme-light')")
    wait_until_dark(view, False)


@pytest.fixture(scope="module")
def other_python():
    """What another Python makes of all views: hashes, and what it did to matplotlib."""
    code = (
        "import hashlib, json, sys, matplotlib; matplotlib.use('svg');"
        "from helpers.widgets.registry import VIEWS;"
        "pages = {n: v.example()._repr_mimebundle_()[0] for n, v in VIEWS.items()};"
        "hashes = {n: hashlib.sha256(p['text/html'].encode()).hexdigest()"
        " for n, p in pages.items()};"
        "print(json.dumps([hashes, matplotlib.get_backend(),"
        " 'matplotlib.pyplot' in sys.modules]))"
    )
    environment = os.environ | {"PYTHONHASHSEED": "1", "COURSE_VIEWS": "live"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@each
def test_c13_same_input_same_bytes(name, views, other_python):
    hashes, _, _ = other_python
    assert hashlib.sha256(views[name].html().encode()).hexdigest() == hashes[name]


def test_c14_the_backend_of_matplotlib_is_left_alone(other_python):
    _, backend, has_pyplot = other_python
    assert backend == "svg"
    assert not has_pyplot


@drawn_shown
@pytest.mark.parametrize("kind", WITHOUT_COLOURS)
def test_c15_the_selection_is_seen_without_colour_vision(kind, shown, view):
    end_tour(view)
    shown.session.send("Emulation.setEmulatedVisionDeficiency", {"type": kind})
    shots = []
    view.locator(MAIN).first.focus()
    for key in ("ArrowUp", "ArrowDown"):
        shown.page.keyboard.press(key)
        picture = Image.open(io.BytesIO(view.locator(".panes").screenshot()))
        shots.append(np.asarray(picture.convert("L"), float))
    shown.session.send("Emulation.setEmulatedVisionDeficiency", {"type": "none"})
    changed = (abs(shots[0] - shots[1]) > 40).sum()
    assert changed > 100


@drawn_shown
def test_lecture_size_enlarges_text(view):  # that of pictures: test_fit.py
    size = (
        "h => parseFloat(getComputedStyle(h.shadowRoot.querySelector('.say')).fontSize)"
    )
    assert view.evaluate(size) == 15
    view.get_by_role("button", name="Larger").press("Enter")
    assert view.evaluate(size) == 22


@drawn_shown
def test_a_view_has_answered_when_the_event_is_over(view):
    """Nothing is painted later: what a test reads after an action is the answer."""
    end_tour(view)
    filled = view.evaluate(
        "h => [...h.shadowRoot.querySelectorAll('summary')].map(summary => {"
        "const rows = () => summary.parentNode.querySelectorAll('tr').length;"
        "summary.click(); const open = rows(); summary.click();"
        "return [open, rows()]; })"
    )
    assert all(opened > 1 and closed == 0 for opened, closed in filled), filled
    moved = view.evaluate(
        f"h => {{ const main = h.shadowRoot.querySelector(`{MAIN}`);"
        "const data = () => JSON.stringify(h.dataset) +"
        "h.shadowRoot.querySelector('.say').textContent;"
        "return ['Up', 'Right', 'Down', 'Left'].map(side => {"
        "const key = 'Arrow' + side, before = data();"
        "main.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));"
        "return data() !== before; }); }"
    )
    assert any(moved)


@each_shown
def test_c1_c2_hold_to_the_end_of_all_checks(shown):
    assert shown.left() == [] and shown.errors == [] and shown.dialogs == []


def test_scripts_keep_the_rules_that_make_them_work_everywhere():
    for path in sorted(shell.HERE.glob("*.js")):
        code = path.read_text(encoding="utf-8")
        for word in ("innerHTML", "eval(", "currentScript", "//", "http"):
            assert word not in code, (path.name, word)
        assert "</" not in code + shell.script(path.stem)
    assert "url(" not in shell.style() and "@import" not in shell.style()


def test_the_gallery_shows_every_view(tmp_path, views, visit, monkeypatch):
    made = {n: Entry(e.function, partial(views.get, n)) for n, e in VIEWS.items()}
    monkeypatch.setattr(gallery, "VIEWS", made)
    html = gallery.write(tmp_path / "gallery.html").read_text(encoding="utf-8")
    visited = visit(html)
    for name in VIEWS:
        is_ready(visited.page, name)
    assert visited.left() == [] and visited.errors == []


def test_a_prediction_is_remembered_and_its_answer_is_not_in_the_text(visit):
    card = predict("Which is longer?", "the first", "the second")
    because = "It has 17 tokens more."
    settled = card.view((1, because), "Measured.")
    assert because not in settled.html()
    page = visit(gallery.page([card.view(), settled])).page
    first, second = is_ready(page, "predict_card", 0), is_ready(page, "predict_card", 1)
    assert because not in second.evaluate("h => h.shadowRoot.textContent")
    second.get_by_role("button", name="a) the first").press("Enter")
    said = second.locator("[role=status]").text_content()
    assert because in said and "the second" in said
    first.get_by_role("button", name="b) the second").press("Enter")
    assert "later cell" in first.locator("[role=status]").text_content()


def test_attributes_hold_json_that_cannot_close_a_script():
    text = shell.as_script({"a": "</script><!-- & \u2028 é"})
    assert json.loads(text) == {"a": "</script><!-- & \u2028 é"}
    assert text.isascii() and not set("<>&") & set(text)


def test_the_list_of_guesses_follows_the_cards_of_its_page(visit):
    cards = [predict(f"Which is {what}?", "this", "that") for what in ("long", "new")]
    settled = cards[0].view((1, "It was counted."), "Measured.")
    cards[0].answer = "b"
    cards[1].answer = "not resolved"
    views = [cards[0].view(), cards[1].view(), settled, guesses(*cards)]
    page = visit(gallery.page(views)).page
    first, second, third, last = [is_ready(page, "predict_card", i) for i in range(4)]
    says = last.locator("[role=status]")
    assert says.text_content() == "You made 0 of 2 guesses; 0 of them were right."
    assert "counted" not in last.evaluate("h => h.shadowRoot.textContent")
    first.get_by_role("button", name="b) that").press("Enter")
    assert says.text_content() == "You made 1 of 2 guesses; 1 of them were right."
    second.get_by_role("button", name="a) this").press("Enter")
    assert says.text_content() == "You made 2 of 2 guesses; 1 of them were right."
    assert "Measured: not resolved." in last.locator("li").nth(1).text_content()
    page.reload()  # the tab remembers them
    last = is_ready(page, "predict_card", 3)
    says = last.locator("[role=status]")
    assert says.text_content() == "You made 2 of 2 guesses; 1 of them were right."
