"""One notebook in an empty folder, as Colab opens it; its GitHub is on this machine."""

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote

from helpers.publishing import setup_cell
from tests.colab_image import KERNEL, Image
from tests.run_notebooks import REFERENCE, ROOT, execute, load

REPO = "someone/course"
OURS = REFERENCE.keys() - {"OMP_NUM_THREADS", "MKL_NUM_THREADS"}  # unknown to Colab
BESIDE = {"__pycache__", ".ipynb_checkpoints"}


def archive(folder: Path = ROOT / "helpers", name: str = "helpers") -> bytes:
    """Return a folder as GitHub packs it: within a folder named after the commit."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as tar:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not BESIDE & set(path.parts):
                inner = path.relative_to(folder).as_posix()
                tar.add(path, f"course-1234567/{name}/{inner}")
    return packed.getvalue()


class Hub:
    """Colab's session server and GitHub's archives, on one port of this machine.

    `archives` holds what is answered by address, `sessions` the list of sessions; the
    addresses that were asked for are noted in `asked`.
    """

    def __init__(self) -> None:
        self.archives = {}
        self.sessions = []
        self.asked = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hub.answer(self)

            def log_message(self, *_) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server.server_address[1]

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Send what lies at an address, or 404."""
        where = unquote(request.path)
        self.asked.append(where)
        found = self.archives.get(where)
        if where == "/api/sessions":
            found = json.dumps(self.sessions).encode()
        request.send_response(404 if found is None else 200)
        request.send_header("Content-Length", str(len(found or b"")))
        request.end_headers()
        request.wfile.write(found or b"")

    def publish(self, ref: str, content: bytes) -> None:
        """Let a branch, tag or commit of someone/course be this archive."""
        self.archives[f"/{REPO}/archive/{ref}.tar.gz"] = content

    def opened(self, address: str, kernel: str) -> dict[str, str]:
        """Say where a kernel's notebook was opened from; return Colab's variables."""
        other = {"path": "fileId=1aB", "kernel": {"id": "an-other"}}
        ours = {"path": f"fileId={quote(address, safe='')}", "kernel": {"id": kernel}}
        self.sessions = [other, ours]
        return {"COLAB_JUPYTER_IP": "127.0.0.1", "KMP_TARGET_PORT": str(self.port)}

    def cell(self, notebook: str, repo: str = "") -> str:
        """Return a setup cell for which this is GitHub."""
        return self.here(setup_cell.fill(notebook, repo))

    def here(self, text: str) -> str:
        """Return a cell's text for which this is GitHub."""
        line = f'GITHUB = "{setup_cell.GITHUB}"'
        assert line in text
        return text.replace(line, f'GITHUB = "http://127.0.0.1:{self.port}/"')


@contextmanager
def hub() -> Iterator[Hub]:
    """Serve as long as it is needed."""
    served = Hub()
    yield served
    served.server.shutdown()
    served.server.server_close()


def blob(ref: str, notebook: str = "07_self_attention") -> str:
    """Return the address of a notebook of someone/course on GitHub."""
    return f"{setup_cell.GITHUB}{REPO}/blob/{ref}/notebooks/{notebook}.ipynb"


def run_cell(cell: str, folder: Path, environment: dict[str, str], kernel: str = ""):
    """Run a cell as a program of its own in a folder, called as a kernel is."""
    return subprocess.run(
        [sys.executable, "-c", cell, "-f", f"/run/time/kernel-{kernel}.json"],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )


def run(path: Path, image: Image, served: Hub, folder: Path) -> tuple[str, str]:
    """Run a copy of a notebook in an empty folder; return (trouble, what was printed).

    Sets this process's JUPYTER_PATH, so that the kernel is found.
    """
    shutil.copy(path, folder)
    environment = {k: v for k, v in os.environ.items() if k not in OURS}
    environment |= image.environment()
    os.environ["JUPYTER_PATH"] = environment["JUPYTER_PATH"]
    nb = load(folder / path.name)
    setup = next(cell for cell in nb.cells if cell.cell_type == "code")
    argument = 'import sys\nsys.argv.append("kernel-ours.json")\n'  # as Colab names it
    setup.source = argument + served.here(setup.source)
    environment |= served.opened(blob("main", path.stem), "ours")
    trouble = execute(nb, folder, environment, KERNEL)
    outputs = [o for c in nb.cells if c.cell_type == "code" for o in c.outputs]
    return trouble, "".join(o.get("text", "") for o in outputs)
