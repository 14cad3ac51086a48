"""C1–C6 and C8–C15 of every view, on a page of its own, in Chromium."""

import hashlib
import json
import os
import re
import subprocess
import sys
from importlib.resources import files

import numpy as np
import pytest

from helpers.widgets import gallery, shell
from tests.browser.conftest import is_ready
from tests.browser.evil import EVIL, evil
from tests.run_notebooks import ROOT

VIEWS = list(gallery.EXAMPLES)
DRAWN = [name for name in VIEWS if name != "predict_card"]
each = pytest.mark.parametrize("name", VIEWS)
drawn = pytest.mark.parametrize("name", DRAWN)
themes = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
MAIN = "canvas[role=application], [role=listbox]"  # what the arrow keys move


def page_of(*views) -> str:
    return gallery.page(list(views))


def skip_tour(host) -> None:
    host.get_by_role("button", name="Skip the tour").click()


def state(host) -> dict:
    """What a view says of itself: its data attributes, and its readout."""
    said = host.locator(".say").first.text_content()
    data = host.evaluate("h => ({...h.dataset})")
    for name in ("ready", "switched", "hover"):
        data.pop(name, None)
    return data | {"said": said}


@each
def test_c1_c2_c3_nothing_leaves_no_error_and_ready_within_a_second(name, views, visit):
    visited = visit(page_of(views[name]))
    host = is_ready(visited.page, name)
    assert visited.left() == []
    assert visited.errors == []
    assert float(host.get_attribute("data-ready")) < 1500  # milliseconds, with slack


@each
@themes
def test_c4_axe_finds_nothing(name, dark, views, visit):
    page = visit(page_of(views[name]), dark).page
    host = is_ready(page, name)
    for summary in host.locator("summary").all():
        summary.click()
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    page.evaluate(axe)
    found = page.evaluate("axe.run('main', {resultTypes: ['violations']})")
    broken = [
        (v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found["violations"]
    ]
    assert broken == []


@each
def test_c5_the_keyboard_reaches_every_control_and_moves_the_view(name, views, visit):
    page = visit(page_of(views[name])).page
    host = is_ready(page, name)
    focusable = "button:not([disabled]), select, input, [tabindex='0'], summary"
    wanted = host.locator(focusable).count()
    reached, body = set(), False
    for _ in range(wanted + 3):
        page.keyboard.press("Tab")
        mark = host.evaluate(
            "h => { const a = h.shadowRoot.activeElement || document.activeElement;"
            "if (a === document.body) return null;"
            "a.dataset.reached = ''; const s = getComputedStyle(a);"
            "return [a.tagName, a.textContent.slice(0, 30), s.outlineWidth]; }"
        )
        body = body or mark is None
        if mark:
            reached.add(tuple(mark))
            assert mark[0] == "SUMMARY" or mark[2] == "3px", mark  # a visible ring
    assert host.locator("[data-reached]").count() >= wanted - 1, reached
    if name in DRAWN:
        skip_tour(host)
        main = host.locator(MAIN).first
        main.focus()
        before = state(host)
        for key in ("ArrowUp", "ArrowRight"):
            page.keyboard.press(key)
        assert state(host) != before
    page.keyboard.press("Escape")
    assert host.evaluate("h => h.shadowRoot.activeElement") is None


@each
def test_c6_hostile_tokens_are_text(name, visit):
    view = evil(name)
    assert "<script>alert" not in view.html().replace("<script>(function", "")
    visited = visit(page_of(view))
    host = is_ready(visited.page, name)
    for summary in host.locator("summary").all():
        summary.click()
    inside = host.evaluate("h => h.shadowRoot.textContent + h.textContent")
    shown = [token for token in EVIL if token in inside]
    assert len(shown) == len(EVIL), set(EVIL) - set(shown)
    assert host.locator("img[src=x]").count() == 0
    assert visited.dialogs == [] and visited.errors == [] and visited.left() == []


@each
def test_c8_without_javascript_a_picture_and_a_table_stay(name, views, visit):
    page = visit(page_of(views[name]), scripts=False).page
    host = page.locator(f"[data-view={name}]")
    if name == "predict_card":  # a question is text, not a picture
        assert "Which head looks one token back?" in host.inner_text()
        return
    image = host.locator("img")
    assert len(image.get_attribute("alt")) > 20
    assert image.bounding_box()["width"] > 300
    assert host.locator("table tr").count() > 1


@each
def test_c9_static_mode_emits_no_html(name, monkeypatch):
    monkeypatch.setenv("COURSE_VIEWS", "static")
    data, metadata = gallery.EXAMPLES[name]()._repr_mimebundle_()
    wanted = {"text/plain"} | ({"image/png"} if name in DRAWN else set())
    assert set(data) == wanted
    if name in DRAWN:
        assert metadata["image/png"]["alt"]


@each
def test_c10_sizes_stay_in_budget(name, views, visit):
    assert len(shell.script("core").encode()) <= 12_000
    assert len(shell.script(name).encode()) <= 15_000
    assert len(views[name].html()) <= 500_000
    page = visit(page_of(views[name])).page
    host = is_ready(page, name)
    nodes = host.evaluate("h => h.shadowRoot.querySelectorAll('*').length")
    assert nodes <= 2000


@drawn
def test_c11_two_instances_are_independent(name, views, visit):
    page = visit(page_of(views[name], views[name])).page
    first, second = is_ready(page, name, 0), is_ready(page, name, 1)
    skip_tour(first)
    before = state(second)
    first.locator(MAIN).first.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    assert state(second) == before
    assert state(first) != before


def test_c12_colours_of_text_have_contrast():
    for theme in re.findall(r"\.v(?:\.dark)?\{(--paper[^}]*)", shell.script("core")):
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


@each
def test_c12_the_theme_follows_the_page(name, views, visit):
    dark, light = (visit(page_of(views[name]), d) for d in (True, False))
    for visited, wanted in ((dark, True), (light, False)):
        host = is_ready(visited.page, name)
        paper = (
            "h => getComputedStyle(h.shadowRoot.querySelector('.v')).backgroundColor"
        )
        level = sum(map(int, re.findall(r"\d+", host.evaluate(paper))[:3]))
        assert (level < 200) == wanted
    page = light.page  # and Lab's attribute wins over the system
    page.evaluate("document.body.setAttribute('data-jp-theme-light', 'false')")
    page.wait_for_timeout(50)
    assert "dark" in page.locator(f"[data-view={name}] .v").get_attribute("class")


@each
def test_c13_same_input_same_bytes(name, views):
    make = "from helpers.widgets.gallery import EXAMPLES; import hashlib;"
    make += f"h = EXAMPLES[{name!r}]().html().encode();"
    make += "print(hashlib.sha256(h).hexdigest())"
    environment = os.environ | {"PYTHONHASHSEED": "1", "COURSE_VIEWS": "live"}
    again = subprocess.run(
        [sys.executable, "-c", make], cwd=ROOT, env=environment, capture_output=True
    )
    here = hashlib.sha256(views[name].html().encode()).hexdigest()
    assert again.stdout.decode().strip() == here


def test_c14_the_backend_of_matplotlib_is_left_alone():
    look = (
        "import matplotlib, sys; matplotlib.use('svg');"
        "from helpers.widgets.gallery import EXAMPLES;"
        "[m()._repr_mimebundle_() for m in EXAMPLES.values()];"
        "print(matplotlib.get_backend(), 'matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout.split() == ["svg", "False"], done.stderr


@drawn
def test_c15_the_selection_is_seen_without_colour_vision(name, views, visit):
    from PIL import Image

    page = visit(page_of(views[name])).page
    host = is_ready(page, name)
    skip_tour(host)
    session = page.context.new_cdp_session(page)
    panes = host.locator(".panes")
    for kind in ("protanopia", "deuteranopia", "tritanopia", "achromatopsia"):
        session.send("Emulation.setEmulatedVisionDeficiency", {"type": kind})
        shots = []
        host.locator(MAIN).first.focus()
        for key in ("ArrowUp", "ArrowDown"):
            page.keyboard.press(key)
            raw = panes.screenshot()
            shots.append(np.asarray(_open(Image, raw).convert("L"), float))
        changed = (abs(shots[0] - shots[1]) > 40).sum()
        assert changed > 100, (kind, changed)


def _open(module, raw: bytes):
    import io

    return module.open(io.BytesIO(raw))


@drawn
def test_the_tour_asks_before_it_shows(name, views, visit):
    page = visit(page_of(views[name])).page
    host = is_ready(page, name)
    stops = 0
    asked = False
    while host.get_attribute("data-tour") != "done":
        stops += 1
        choices = host.locator(".tour .row.ask button")
        if choices.count():
            asked = True
            assert host.get_attribute("data-answered") is None
            hidden = state(host)["said"]
            choices.first.click()
            assert host.get_attribute("data-answered") in ("true", "false")
            assert host.locator(".tour [role=status]").text_content()
            assert hidden != state(host)["said"] or "choose" not in hidden.lower()
        host.locator("[data-next]").click()
    assert 3 <= stops <= 5
    assert asked


@drawn
def test_lecture_size_enlarges_text_and_pictures(name, views, visit):
    page = visit(page_of(views[name])).page
    host = is_ready(page, name)
    size = (
        "h => parseFloat(getComputedStyle(h.shadowRoot.querySelector('.say')).fontSize)"
    )
    assert host.evaluate(size) == 15
    host.get_by_role("button", name="Larger").click()
    assert host.evaluate(size) == 22


def test_scripts_keep_the_rules_that_make_them_work_everywhere():
    for path in sorted(shell.HERE.glob("*.js")):
        code = path.read_text(encoding="utf-8")
        for word in ("innerHTML", "eval(", "currentScript", "//", "`", "=>", "http"):
            assert word not in code, (path.name, word)
        assert "</" not in shell.script(path.stem)


def test_the_gallery_shows_every_view(tmp_path, visit, monkeypatch):
    monkeypatch.setenv("COURSE_VIEWS", "live")
    html = gallery.write(tmp_path / "gallery.html").read_text(encoding="utf-8")
    visited = visit(html)
    for name in VIEWS:
        is_ready(visited.page, name)
    assert visited.left() == [] and visited.errors == []


def test_a_prediction_is_remembered_and_its_answer_is_not_in_the_text(
    visit, monkeypatch
):
    from helpers.lesson import predict

    monkeypatch.setenv("COURSE_VIEWS", "live")
    card = predict("Which is longer?", "the first", "the second")
    because = "It has 17 tokens more."
    settled = card.view((1, because), "Measured.")
    assert because not in settled.html()
    page = visit(page_of(card.view(), settled)).page
    first, second = is_ready(page, "predict_card", 0), is_ready(page, "predict_card", 1)
    assert because not in second.evaluate("h => h.shadowRoot.textContent")
    second.get_by_role("button", name="a) the first").click()
    said = second.locator("[role=status]").text_content()
    assert because in said and "the second" in said
    first.get_by_role("button", name="b) the second").click()
    assert "later cell" in first.locator("[role=status]").text_content()


def test_attributes_hold_json_that_cannot_close_a_script():
    text = shell.as_script({"a": "</script><!-- & \u2028 é"})
    assert json.loads(text) == {"a": "</script><!-- & \u2028 é"}
    assert text.isascii() and not set("<>&") & set(text)
