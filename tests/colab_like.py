"""One notebook in an empty folder, as Colab opens it; its repository is close by."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from helpers.publishing import publish, setup_cell
from tests.colab_image import KERNEL, Image
from tests.run_notebooks import REFERENCE, ROOT, execute, load

REPO = "someone/course"
OURS = REFERENCE.keys() - {"OMP_NUM_THREADS", "MKL_NUM_THREADS"}  # unknown to Colab


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder, as somebody; return what it prints."""
    who = ["-c", "user.name=Somebody", "-c", "user.email=some@body.example"]
    return publish.git(folder, *who, *arguments)


def published(folder: Path, names: str = "*.ipynb") -> dict[str, str]:
    """Commit, stamp and tag a copy of helpers and notebooks; return what was stamped.

    The copy is at folder/someone/course, as `where` expects it.
    """
    course = folder / REPO
    skip = shutil.ignore_patterns("__pycache__", "*.tmp", ".ipynb_checkpoints")
    shutil.copytree(ROOT / "helpers", course / "helpers", ignore=skip)
    (course / "notebooks").mkdir()
    for path in (ROOT / "notebooks").glob(names):
        shutil.copy(path, course / "notebooks")
    for step in ("init -q -b main", "add .", "commit -q -m course"):
        git(course, *step.split())
    assert publish.main(["--repo", REPO], course) == 0
    git(course, "commit", "-q", "--all", "-m", "stamped")
    stamp = published_stamp(course)
    git(course, "tag", stamp["tag"])
    return stamp


def published_stamp(course: Path) -> dict[str, str]:
    """Return what the first notebook of a copy of the course is stamped with."""
    first = sorted((course / "notebooks").glob("*.ipynb"))[0]
    return publish.stamping.stamp_of(first.read_text(encoding="utf-8"))


def where(folder: Path) -> dict[str, str]:
    """Return an environment in which `folder` stands for all of GitHub, for git."""
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{folder.as_uri()}/.insteadOf",
        "GIT_CONFIG_VALUE_0": setup_cell.HOST,
        "GIT_ALLOW_PROTOCOL": "file",
        "GIT_TERMINAL_PROMPT": "0",
    }


def run_cell(cell: str, folder: Path, environment: dict[str, str]):
    """Run a setup cell as a program of its own in a folder."""
    return subprocess.run(
        [sys.executable, "-c", cell],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )


def run(path: Path, image: Image, hub: Path, folder: Path) -> tuple[str, str]:
    """Run a copy of a notebook in an empty folder; return (trouble, what was printed).

    Sets this process's JUPYTER_PATH, so that the kernel is found.
    """
    shutil.copy(path, folder)
    environment = {k: v for k, v in os.environ.items() if k not in OURS}
    environment |= where(hub) | image.environment()
    os.environ["JUPYTER_PATH"] = environment["JUPYTER_PATH"]
    nb = load(folder / path.name)
    trouble = execute(nb, folder, environment, KERNEL)
    outputs = [o for c in nb.cells if c.cell_type == "code" for o in c.outputs]
    return trouble, "".join(o.get("text", "") for o in outputs)
