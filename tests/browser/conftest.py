"""Chromium, pages that count their requests, and a Jupyter server, for the views.

A view is settled once it has `data-ready`: it has painted, and it answers every event
before the event is over. So a test waits for what a view or Jupyter says, never for a
time. Seconds in `timeout=` only end a test that would otherwise wait for ever.

Buttons are pressed by key: a pointer that rests over a picture hovers over it, and at
some later moment, when what is below the pointer has moved.
"""

import base64
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread, Timer

import numpy as np
import pytest

from helpers.widgets import bertviz_offline
from helpers.widgets.registry import VIEWS
from tests.run_notebooks import ROOT

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
N_NEEDING = pytest.StashKey[int]()
AT_LAST = 180_000  # milliseconds after which what did not come will not come


def chromium() -> str | None:
    """Return the path of a Chromium on this machine, if there is one."""
    given = os.environ.get("COURSE_CHROMIUM")
    return given or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Without a Chromium, let the first test that needs one stand for all of them."""
    needing = [item for item in items if "browser" in getattr(item, "fixturenames", ())]
    config.stash[N_NEEDING] = len(needing)
    if not chromium():
        left_out = needing[1:]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def browser(request):
    if not chromium():
        n_tests = request.config.stash[N_NEEDING]
        reason = f"no Chromium for {n_tests} tests: install one, or name it in "
        reason += "COURSE_CHROMIUM"
        if os.environ.get("CI"):
            pytest.fail(reason)  # CI always has one
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield started
        started.close()


@dataclass
class Visit:
    """A page and everything that it should not do."""

    page: object
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def __post_init__(self):
        page = self.page
        page.set_default_timeout(AT_LAST)
        page.on("request", lambda r: self.requests.append(r.url))
        page.on("pageerror", lambda e: self.errors.append(str(e)))
        page.on("console", self._console)
        page.on("dialog", self._dialog)
        self.session = page.context.new_cdp_session(page)
        self.session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def _console(self, message) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def _dialog(self, dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def left(self) -> list[str]:
        """The requests that left the page's own file."""
        mine = ("file:", "data:", "blob:", "about:")
        return [url for url in self.requests if not url.startswith(mine)]

    def seconds(self) -> float:
        """The processor's time that the page took, however busy the machine is."""
        metrics = self.session.send("Performance.getMetrics")["metrics"]
        return next(m["value"] for m in metrics if m["name"] == "ThreadTime")


@contextmanager
def opened(
    browser, html: str, folder: Path, dark: bool = False, scripts: bool = True
) -> Iterator[Visit]:
    """Open HTML text as a file in a fresh context."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 720},
        color_scheme="dark" if dark else "light",
        java_script_enabled=scripts,
        accept_downloads=True,
    )
    visited = Visit(context.new_page())
    path = folder / f"{secrets.token_hex(8)}.html"
    path.write_text(html, encoding="utf-8")
    visited.page.goto(path.as_uri())
    yield visited
    context.close()
    path.unlink()


@pytest.fixture
def visit(browser, tmp_path):
    """Open HTML text in a fresh page: visit(html, dark=…) → Visit."""
    with ExitStack() as pages:

        def go(html: str, dark: bool = False) -> Visit:
            return pages.enter_context(opened(browser, html, tmp_path, dark))

        yield go


def is_ready(frame, name: str, nth: int = 0):
    """Wait until a view has mounted; return its locator."""
    host = frame.locator(f"[data-view={name}]").nth(nth)
    host.locator("xpath=self::*[@data-ready or @data-error]").wait_for(
        state="attached", timeout=AT_LAST
    )
    assert host.get_attribute("data-error") is None
    return host


def end_tour(host) -> None:
    """Leave the guided tour for free play."""
    host.get_by_role("button", name="Skip the tour").press("Enter")


def state(host) -> dict:
    """What a view says of itself: its data attributes, and its readout."""
    said = host.locator(".say").first.text_content()
    data = host.evaluate("h => ({...h.dataset})")
    for name in ("ready", "switched", "hover"):
        data.pop(name, None)
    return data | {"said": said}


# ---------------------------------------------------------------- Jupyter


def cell(source: str, outputs: list | None = None, kind: str = "code") -> dict:
    made = {"cell_type": kind, "id": secrets.token_hex(4), "metadata": {}}
    made["source"] = source
    if kind == "code":
        made |= {"outputs": outputs or [], "execution_count": 1 if outputs else None}
    return made


def notebook(cells: list[dict], kernel: str = "python3") -> dict:
    """A notebook; for a kernel that is not there, Jupyter asks what to do."""
    language = "python" if kernel == "python3" else "none"
    spec = {"name": kernel, "display_name": kernel, "language": language}
    metadata = {"kernelspec": spec, "language_info": {"name": language}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def output_of(view) -> dict:
    """What a cell leaves in a notebook when a view is its last line."""
    data, metadata = view._repr_mimebundle_()
    if "image/png" in data:
        data["image/png"] = base64.b64encode(data["image/png"]).decode()
    return {
        "output_type": "execute_result",
        "data": data,
        "metadata": metadata,
        "execution_count": 1,
    }


@pytest.fixture(scope="session")
def views() -> dict:
    """Every view on its example data."""
    return {name: entry.example() for name, entry in VIEWS.items()}


@pytest.fixture(scope="session")
def saved(views) -> dict:
    """A notebook with every view as a saved output; nothing computes it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_VIEWS", "live")
        made = [cell(f"'{name}'", [output_of(v)]) for name, v in views.items()]
        bertviz = bertviz_offline(np.full((1, 2, 3, 3), 1 / 3), ["a", "crane", "eats"])
        made += [cell("'bertviz_offline'", [output_of(bertviz)])]
    title = cell("# Views", kind="markdown")
    return notebook([title, *made, cell("1 + 1")], kernel="absent")


@dataclass(frozen=True)
class Jupyter:
    """A running server: its address, its folder, its settings."""

    url: str
    folder: Path
    environment: dict

    def put(self, name: str, nb: dict, trusted: bool) -> None:
        """Write a notebook into the server's folder, and trust it."""
        path = self.folder / name
        fresh = {"fresh": secrets.token_hex(8)}  # Jupyter trusts what it knows already
        nb = nb | {"metadata": nb["metadata"] | fresh}
        path.write_text(json.dumps(nb), encoding="utf-8")
        if trusted:
            command = [sys.executable, "-m", "jupyter", "trust", str(path)]
            subprocess.run(
                command, env=self.environment, check=True, capture_output=True
            )


@pytest.fixture(scope="session")
def jupyter(browser, tmp_path_factory):
    """JupyterLab and Notebook 7 on one local server, with settings of its own."""
    home = tmp_path_factory.mktemp("jupyter")
    folder = home / "work"
    folder.mkdir()
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
        "PYTHONPATH": str(ROOT),
        "COURSE_VIEWS": "live",
    }
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": 0,  # a free one
        "ServerApp.root_dir": folder,
        "IdentityProvider.token": "",
        "ServerApp.password": "",
        "LabApp.expose_app_in_browser": True,
        "JupyterNotebookApp.expose_app_in_browser": True,
        "LabApp.news_url": "None",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--{k}={v}" for k, v in options.items()]
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    server = subprocess.Popen(command, env=environment, text=True, **pipes)
    try:
        yield Jupyter(address(server), folder, environment)
    finally:
        server.terminate()
        server.wait()


def address(server: subprocess.Popen) -> str:
    """Wait until a Jupyter server says where it is; go on reading what it says."""
    impatience = Timer(AT_LAST / 1000, server.kill)
    impatience.start()
    said = []
    for line in server.stderr:
        said.append(line)
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        if found:
            break
    else:
        raise RuntimeError(f"Jupyter did not start: {''.join(said)[-500:]}")
    impatience.cancel()
    Thread(target=server.stderr.read, daemon=True).start()
    return found.group()
