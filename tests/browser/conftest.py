"""Chromium, pages that count their requests, and a Jupyter server, for the views."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from helpers.widgets import bertviz_offline, gallery
from tests.run_notebooks import ROOT

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def pytest_collection_modifyitems(items) -> None:
    """Try a failed browser test once more: browsers and servers stall on busy machines.

    The summary counts the reruns; a view that is broken fails twice.
    """
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1))


def chromium() -> str | None:
    """Return the path of a Chromium on this machine, if there is one."""
    given = os.environ.get("COURSE_CHROMIUM")
    return given or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="package")
def browser():
    if not chromium():
        reason = "no Chromium found: install one, or name it in COURSE_CHROMIUM"
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
        page.on("request", lambda r: self.requests.append(r.url))
        page.on("pageerror", lambda e: self.errors.append(str(e)))
        page.on("console", self._console)
        page.on("dialog", self._dialog)

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


@pytest.fixture
def visit(browser, tmp_path):
    """Open HTML text in a fresh page: visit(html, dark=…, scripts=…) → Visit."""
    contexts = []

    def go(html: str, dark: bool = False, scripts: bool = True) -> Visit:
        context = browser.new_context(
            viewport={"width": 1280, "height": 720},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            accept_downloads=True,
        )
        contexts.append(context)
        visited = Visit(context.new_page())
        path = tmp_path / f"page{len(contexts)}.html"
        path.write_text(html, encoding="utf-8")
        visited.page.goto(path.as_uri())
        return visited

    yield go
    for context in contexts:
        context.close()


def is_ready(frame, name: str, nth: int = 0):
    """Wait until a view has mounted; return its locator."""
    host = frame.locator(f"[data-view={name}]").nth(nth)
    host.locator("xpath=self::*[@data-ready or @data-error]").wait_for(
        state="attached", timeout=20_000
    )
    assert host.get_attribute("data-error") is None
    return host


# ---------------------------------------------------------------- Jupyter


def cell(source: str, outputs: list | None = None, kind: str = "code") -> dict:
    made = {"cell_type": kind, "id": secrets.token_hex(4), "metadata": {}}
    made["source"] = source
    if kind == "code":
        made |= {"outputs": outputs or [], "execution_count": 1 if outputs else None}
    return made


def notebook(cells: list[dict]) -> dict:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {
        "cells": cells,
        "metadata": metadata,
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def output_of(view) -> dict:
    """What a cell leaves in a notebook when a view is its last line."""
    import base64

    data, metadata = view._repr_mimebundle_()
    if "image/png" in data:
        data["image/png"] = base64.b64encode(data["image/png"]).decode()
    return {
        "output_type": "execute_result",
        "data": data,
        "metadata": metadata,
        "execution_count": 1,
    }


@pytest.fixture(scope="package")
def views() -> dict:
    """Every view on its example data, live."""
    before = os.environ.get("COURSE_VIEWS")
    os.environ["COURSE_VIEWS"] = "live"
    yield {name: make() for name, make in gallery.EXAMPLES.items()}
    os.environ["COURSE_VIEWS"] = before or "live"


@pytest.fixture(scope="package")
def saved(views) -> dict:
    """A notebook with every view as a saved output."""
    made = [cell("# Views", kind="markdown")]
    made += [cell(f"'{name}'", [output_of(v)]) for name, v in views.items()]
    bertviz = bertviz_offline(np.full((1, 2, 3, 3), 1 / 3), ["a", "crane", "eats"])
    made += [cell("'bertviz_offline'", [output_of(bertviz)])]
    return notebook([*made, cell("1 + 1")])


@dataclass(frozen=True)
class Jupyter:
    """A running server: its address, its folder, its settings."""

    url: str
    folder: Path
    environment: dict

    def put(self, name: str, nb: dict, trusted: bool) -> None:
        """Write a notebook into the server's folder, and trust it."""
        path = self.folder / name
        path.write_text(json.dumps(nb), encoding="utf-8")
        if trusted:
            command = [sys.executable, "-m", "jupyter", "trust", str(path)]
            subprocess.run(
                command, env=self.environment, check=True, capture_output=True
            )


@pytest.fixture(scope="package")
def jupyter(tmp_path_factory):
    """JupyterLab and Notebook 7 on one local server, with settings of its own."""
    home = tmp_path_factory.mktemp("jupyter")
    folder = home / "work"
    folder.mkdir()
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
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
        "ServerApp.port": port,
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
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{url}/api", home / "log")
        yield Jupyter(url, folder, environment)
    finally:
        server.terminate()
        server.wait(20)


def wait_for(url: str, log: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            return urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            time.sleep(0.3)
    raise TimeoutError(f"Jupyter did not start: {log.read_text()[-500:]}")
