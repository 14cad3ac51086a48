"""An environment with Colab's versions, as far as they install without CUDA.

Made once, in build/colab-like, which needs a network; after that it has none: sockets
reach this machine only, and pip finds only the few wheels that lessons may add.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

from helpers.lesson import prepare
from tests import lanes

# Colab's image of August 2026; it has no bertviz, nbval, jupyterlab. notebook 6 is the
# last that does not bring jupyterlab along.
IMAGE = """numpy==2.1.3 matplotlib==3.10.* ipywidgets==7.7.1 ipython==7.34.0
ipykernel==6.17.1 transformers==5.15.* tokenizers==0.22.* safetensors==0.8.* notebook<7
tqdm""".split()
PYTHONS, TORCH = ("3.13", "3.12"), "2.11.*"
KERNEL = "colab-like"
NO_NETWORK = """\
import socket

LOCAL = (None, "", "localhost", "127.0.0.1", "::1")


def refuse(connect):
    def checked(self, address):
        if isinstance(address, tuple) and address[0] not in LOCAL:
            raise OSError("no network in this test")
        return connect(self, address)

    return checked


def names(host, *rest, **more):
    if host not in LOCAL:
        raise socket.gaierror("no network in this test")
    return look_up(host, *rest, **more)


look_up, socket.getaddrinfo = socket.getaddrinfo, names
socket.socket.connect = refuse(socket.socket.connect)
socket.socket.connect_ex = refuse(socket.socket.connect_ex)
"""


@dataclass(frozen=True)
class Image:
    """Where the environment is, and which Python and PyTorch it has."""

    folder: Path

    @property
    def python(self) -> Path:
        """Its Python."""
        name = "Scripts/python.exe" if os.name == "nt" else "bin/python"
        return self.folder / "venv" / name

    @property
    def note(self) -> Path:
        """A line that says what it is; written when it is whole."""
        return self.folder / "about.txt"

    def freeze(self) -> set[str]:
        """Return what is installed, a line per package."""
        return set(pip(self.python, "freeze").splitlines())

    def forget(self, names: set[str]) -> None:
        """Take packages out again."""
        if names:
            pip(self.python, "uninstall", "--yes", *names)

    def environment(self) -> dict[str, str]:
        """Return the variables with which kernel and pip find what is local."""
        return {
            "JUPYTER_PATH": str(self.folder / "jupyter"),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.folder / "wheels"),
        }


def pip(python: str | Path, *arguments: str) -> str:
    """Run a Python's pip; return what it prints. Raises RuntimeError if it fails."""
    command = [str(python), "-m", "pip", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"pip {arguments[0]}: {done.stderr[-800:]}")
    return done.stdout


def without_cuda(python: str, torch: str) -> bool:
    """Say whether pip would give this Python a PyTorch that brings no CUDA along."""
    options = "install --dry-run --ignore-installed --no-deps --quiet --report -"
    try:
        report = json.loads(pip(python, *options.split(), f"torch=={torch}"))
    except RuntimeError:
        return False
    wanted = report["install"][0]["metadata"].get("requires_dist", [])
    needed = [Requirement(line) for line in wanted]
    names = [r.name for r in needed if not r.marker or r.marker.evaluate()]
    return not any(name.startswith(("nvidia", "cuda")) for name in names)


def pythons() -> list[str]:
    """Return the Pythons as new as Colab's that are installed here, this one first."""
    found = [sys.executable] if sys.version_info >= (3, 12) else []
    for version in PYTHONS:
        found += filter(None, [shutil.which(f"python{version}")])
        found += map(str, Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    return found


def choose() -> tuple[str, str]:
    """Return the Python and the PyTorch nearest to Colab's that come without CUDA.

    If there are none, this Python and the tested PyTorch.
    """
    tested = lanes.tested()["torch"]
    for torch in (TORCH, tested):
        for python in pythons():
            if without_cuda(python, torch):
                return python, torch
    return sys.executable, tested


def fill(image: Image) -> None:
    """Install what Colab has, fetch the wheels of what lessons add, cut the network."""
    python, torch = choose()
    subprocess.run([python, "-m", "venv", str(image.folder / "venv")], check=True)
    pip(image.python, "install", f"torch=={torch}", *IMAGE)
    wheels = ["--no-deps", "--dest", str(image.folder / "wheels")]
    pip(image.python, "download", *wheels, "--require-hashes", "-r", str(prepare.PINS))
    ask = "import platform, sysconfig as s; print(s.get_path('purelib'))"
    ask += "; print(platform.python_version())"
    said = subprocess.check_output([str(image.python), "-c", ask], text=True)
    site, version = said.splitlines()
    Path(site, "sitecustomize.py").write_text(NO_NETWORK, encoding="utf-8")
    kernel = image.folder / "jupyter" / "kernels" / KERNEL / "kernel.json"
    kernel.parent.mkdir(parents=True)
    start = [str(image.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    about = {"argv": start, "display_name": KERNEL, "language": "python"}
    kernel.write_text(json.dumps(about), encoding="utf-8")
    line = f"Python {version}, torch {torch}, {', '.join(IMAGE)}"
    image.note.write_text(line, encoding="utf-8")


def make(build: Path) -> Image:
    """Return the environment; the first time it is made, which takes minutes.

    One run at a time: packages that lessons add come and go in it.
    """
    pins = prepare.PINS.read_text(encoding="utf-8")
    marks = repr((IMAGE, PYTHONS, TORCH, NO_NETWORK, pins))
    digest = hashlib.sha256((marks + sys.version).encode()).hexdigest()[:12]
    image = Image(build / digest)
    if not image.note.exists():
        shutil.rmtree(image.folder, ignore_errors=True)
        fill(image)
    extras = {name for extra in prepare.EXTRAS.values() for name in extra}
    image.forget(extras - {Requirement(line).name for line in IMAGE})
    return image
