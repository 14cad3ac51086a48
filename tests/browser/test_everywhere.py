"""C7: the same views in exported pages, frames, JupyterLab and Notebook 7."""

import copy
import html as html_
import secrets

import nbformat
import pytest
from nbconvert import HTMLExporter

from helpers.widgets import gallery
from helpers.widgets.registry import VIEWS
from tests.browser.conftest import Visit, cell, end_tour, is_ready, notebook, state
from tests.browser.test_views import DRAWN, FOCUSABLE, MAIN


def exported(saved: dict) -> str:
    """nbconvert's page, without the scripts that it would fetch for itself."""
    exporter = HTMLExporter(require_js_url="", mathjax_url="", mermaid_js_url="")
    return exporter.from_notebook_node(nbformat.from_dict(copy.deepcopy(saved)))[0]


def sandboxed(page: str) -> str:
    inner = html_.escape(page, quote=True)
    frame = f'<iframe sandbox="allow-scripts" srcdoc="{inner}" '
    return f"<!doctype html><title>x</title>{frame}style='width:1200px;height:5000px'>"


@pytest.fixture(scope="module")
def reference(views, browser):
    """What every view says on a page of its own after two arrow keys."""
    page = browser.new_page()
    page.set_content(gallery.page(list(views.values())))
    found = {name: moved(page, page, name) for name in DRAWN}
    page.close()
    return found


def moved(page, frame, name: str) -> dict:
    """Skip the tour, press two arrow keys; return what the view says."""
    host = is_ready(frame, name)
    end_tour(host)
    host.locator(MAIN).first.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    return state(host)


@pytest.mark.parametrize("where", ["nbconvert", "sandboxed frame", "flattened page"])
def test_c7_views_say_the_same_in_exported_pages(where, views, saved, visit, reference):
    page = gallery.page(list(views.values()))
    made = {
        "nbconvert": lambda: exported(saved),
        "sandboxed frame": lambda: sandboxed(page),
        "flattened page": lambda: page.replace("\n", " "),
    }
    visited = visit(made[where]())
    inner = visited.page
    frame = inner.frames[1] if where == "sandboxed frame" else inner
    is_ready(frame, "predict_card")
    for name in DRAWN:
        assert moved(inner, frame, name) == reference[name]
    assert visited.left() == []
    assert [e for e in visited.errors if "ERR_FILE_NOT_FOUND" not in e] == []


@pytest.fixture
def lab_page(jupyter, browser):
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    visited = Visit(context.new_page())
    yield visited
    context.close()


PLACES = {
    "JupyterLab": "lab/workspaces/{fresh}/tree/{name}",
    "Notebook 7": "notebooks/{name}",
}
places = pytest.mark.parametrize("place", PLACES)


NOTEBOOK = "jupyterapp.shell.currentWidget"
SHOWN = f"""async () => {{
  await jupyterapp.restored;
  await {NOTEBOOK}.context.ready;
  await {NOTEBOOK}.revealed;
  return true;
}}"""
# the kernel has answered, and Jupyter would run the cells if told so
CAN_RUN = f"""async () => {{
  const session = {NOTEBOOK}.context.sessionContext;
  await session.ready;
  await session.session.kernel.info;
  return jupyterapp.commands.isEnabled("notebook:run-all-cells");
}}"""
RUN = "jupyterapp.commands.execute('notebook:run-all-cells').then(() => true)"


def open_in(visited: Visit, jupyter, place: str, name: str):
    """Open a notebook in JupyterLab or Notebook 7, its cells drawn."""
    page = visited.page
    where = PLACES[place].format(fresh=secrets.token_hex(4), name=name)
    page.goto(f"{jupyter.url}/{where}")
    page.wait_for_function(f"window.jupyterapp && {NOTEBOOK}?.context")
    page.wait_for_function(SHOWN)
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    return page


def open_still(visited: Visit, jupyter, place: str, name: str):
    """Open a notebook whose kernel is not there, and choose none when asked."""
    page = open_in(visited, jupyter, place, name)
    dialog = page.locator(".jp-Dialog")
    dialog.get_by_role("button", name="No Kernel").press("Enter")
    dialog.wait_for(state="detached")
    return page


def scroll_to(page, name: str, nth: int = 0) -> None:
    """Bring a cell's output into view, so that a windowed notebook draws it."""
    source = page.locator(f".jp-Cell:has-text(\"'{name}'\")").nth(nth)
    source.scroll_into_view_if_needed()


@places
def test_c7_views_mount_when_reopened_without_a_kernel(
    place, jupyter, saved, lab_page, reference
):
    jupyter.put("reopened.ipynb", saved, trusted=True)
    page = open_still(lab_page, jupyter, place, "reopened.ipynb")
    for name in DRAWN:
        scroll_to(page, name)
        assert moved(page, page, name) == reference[name]
    foreign = [u for u in lab_page.left() if not u.startswith(jupyter.url)]
    sockets = jupyter.url.replace("http", "ws")
    assert [u for u in foreign if not u.startswith(sockets)] == []


@places
def test_c8_an_untrusted_notebook_shows_picture_and_table(
    place, jupyter, saved, lab_page
):
    jupyter.put("untrusted.ipynb", saved, trusted=False)
    page = open_still(lab_page, jupyter, place, "untrusted.ipynb")
    for name in VIEWS:
        scroll_to(page, name)
        where = page.locator(f".jp-Cell:has-text(\"'{name}'\") .jp-OutputArea-output")
        where.first.wait_for()
        assert page.locator(f"[data-view-id^={name}][data-mounted]").count() == 0
        if name in DRAWN:
            image = where.locator("img").first
            assert len(image.get_attribute("alt")) > 20
            assert image.bounding_box()["width"] > 100
            assert where.locator("table tr").count() > 1
        else:
            assert "Which head" in where.first.inner_text()


@places
def test_c5_d_d_deletes_no_cell_from_any_control(place, jupyter, saved, lab_page):
    jupyter.put("keys.ipynb", saved, trusted=True)
    page = open_still(lab_page, jupyter, place, "keys.ipynb")
    cells = f"{NOTEBOOK}.content.model.cells.length"
    pressed = 0
    for name in [*VIEWS, "bertviz_offline"]:
        scroll_to(page, name)
        host = is_ready(page, name)
        count = page.evaluate(cells)
        controls = host.locator(FOCUSABLE)
        for i in range(controls.count()):
            controls.nth(i).focus()
            page.keyboard.press("d")
            page.keyboard.press("d")
            pressed += 1
            assert page.evaluate(cells) == count, (name, i)
    assert pressed > 60


def test_a_view_runs_live_and_recomputes_for_typed_text(jupyter, lab_page):
    code = (
        "import numpy as np\n"
        "from helpers.widgets import ask, attention_explorer\n"
        "def compute(text):\n"
        "    tokens = text.split()\n"
        "    n = len(tokens)\n"
        "    return np.full((1, 2, n, n), 1 / n), tokens\n"
        "ask(compute, lambda made: attention_explorer(*made), 'a crane eats')"
    )
    jupyter.put("live.ipynb", notebook([cell(code)]), trusted=False)
    page = open_in(lab_page, jupyter, "JupyterLab", "live.ipynb")
    page.wait_for_function(CAN_RUN)
    page.wait_for_function(RUN)
    is_ready(page, "attention_explorer")
    box = page.locator(".widget-text input")
    said = page.locator("[data-view=attention_explorer][data-ready] .say").first
    typed = "😀 </script><script>alert(1)</script> ok"
    answers = [
        (typed, "Done", "😀"),
        ("", "empty", "😀"),
        ("x" * 10_000, "10,000 characters", "😀"),
        ("word " * 3, "Done", "word"),
    ]
    for text, wanted, token in answers:
        box.fill(text)
        box.press("Tab")
        page.locator(".widget-button").click()
        page.locator(f".widget-label:has-text({wanted!r})").last.wait_for()
        said.filter(has_text=token).wait_for()
    assert lab_page.dialogs == []
    assert page.locator("[data-view=attention_explorer]").count() == 1
