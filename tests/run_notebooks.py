"""Execute notebooks in fresh kernels, in the environment where outputs are made.

python -m tests.run_notebooks [NAMES] [--save] [--gallery]

Executed copies go to build/; `--save` also puts them back into notebooks/, in the form
in which they are committed, and writes the README's pictures. Then the ladder takes
the notebooks' own measurements. `--gallery` writes build/gallery.html instead: every
interactive view on example data.
"""

import argparse
import base64
import math
import os
import re
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat

from helpers import environment
from helpers.publishing import slide_plan
from helpers.publishing.cells import source_hash
from helpers.publishing.notebooks import (
    REFERENCE,
    execute,
    find,
    load,
    program,
    write,
)

ROOT = Path(__file__).resolve().parent.parent
PERTURBED = REFERENCE | {
    "ATEN_CPU_CAPABILITY": "default",
    "OMP_NUM_THREADS": "2",
    "MKL_NUM_THREADS": "2",
}


@dataclass(frozen=True)
class Row:
    """One line of the closing table: seconds, and what went wrong ("" if all is ok)."""

    name: str
    seconds: float
    trouble: str = ""


def stderr_of(nb: dict) -> str:
    """Return the first line that a cell wrote to stderr, with the cell's number."""
    code = [cell for cell in nb["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(code, start=1):
        for output in cell["outputs"]:
            if output.get("name") == "stderr":
                line = "".join(output["text"]).strip().splitlines()[:1]
                return f"code cell {number} wrote to stderr: {''.join(line)}"
    return ""


def tidy(nb: nbformat.NotebookNode, seconds: float) -> None:
    """Bring an executed notebook into committed form, in place.

    Metadata: the kernel, the language, and `course`: a hash of the sources from which
    the outputs were made, and the whole seconds (rounded up) that it took; how each
    cell stands on slides.
    """
    nb.metadata = nbformat.from_dict(
        {
            "course": {"seconds": math.ceil(seconds), "source_sha256": source_hash(nb)},
            "kernelspec": {
                "display_name": "Python 3 (ipykernel)",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
        }
    )
    for cell in nb.cells:
        cell.metadata.pop("execution", None)
    slide_plan.mark(nb)


def state_seconds(readme: Path, notebook: str, seconds: int) -> None:
    """Put what a notebook took into its row of the README's table."""
    text = readme.read_text(encoding="utf-8")
    row = rf"(\(notebooks/{notebook}\.ipynb\).*\| )\d+ \|$"
    found = re.sub(row, rf"\g<1>{seconds} |", text, flags=re.M)
    if found != text:
        environment.write(readme, found)


def export_pictures(nb: dict, folder: Path) -> None:
    """Write the pictures of cells tagged `readme:NAME` to folder/NAME.png."""
    for cell in nb["cells"]:
        tags = cell["metadata"].get("tags", ())
        names = [t.removeprefix("readme:") for t in tags if t.startswith("readme:")]
        for name in names:
            for output in cell["outputs"]:
                png = output.get("data", {}).get("image/png")
                if png:
                    folder.mkdir(parents=True, exist_ok=True)
                    picture = base64.b64decode(png)
                    environment.write(folder / f"{name}.png", picture)


def run(path: Path, build: Path, save: bool) -> Row:
    """Execute one notebook into build/ (and back, if saved); return its line."""
    nb = load(path)
    variables = os.environ | REFERENCE | {"COURSE_LADDER": str(build / "ladder")}
    start = time.perf_counter()
    trouble = execute(nb, path.parent, variables)
    seconds = time.perf_counter() - start
    tidy(nb, seconds)
    write(nb, build / path.name)
    if save and not trouble:
        trouble = stderr_of(nb)
        if not trouble:
            write(nb, path)
            took = nb["metadata"]["course"]["seconds"]
            state_seconds(ROOT / "README.md", path.stem, took)
            export_pictures(nb, path.parent / "pictures")
    return Row(path.stem, seconds, trouble)


def table(rows: Sequence[Row]) -> str:
    """Return the closing table as text: notebook, seconds, ok."""
    width = max([len("notebook"), *(len(row.name) for row in rows)])
    lines = [f"{'notebook':<{width}}  seconds  ok"]
    for row in rows:
        ok = f"no: {row.trouble}" if row.trouble else "yes"
        lines.append(f"{row.name:<{width}}  {row.seconds:7.1f}  {ok}")
    return "\n".join(lines)


def merge_ladder(folder: Path) -> None:
    """Let the ladder take what the notebooks measured, if they did."""
    if not any(folder.glob("*.json")):
        return
    from helpers.lesson.ladder import merge  # only here: it brings matplotlib along

    merge(folder)
    print("The ladder has taken the notebooks' measurements.")


def write_gallery(path: Path) -> int:
    """Write one page with every interactive view; say where it is."""
    from helpers.widgets import gallery  # only here: it brings matplotlib along

    os.environ["COURSE_VIEWS"] = "live"
    size = gallery.write(path).stat().st_size
    print(f"All views, {size / 1e6:.1f} MB, no network needed: open {path.as_uri()}")
    return 0


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="start.py run", description="Run notebooks.")
    parser.add_argument("names", nargs="*", help="e.g. 02 or 02_rnn; none means all")
    parser.add_argument("--save", action="store_true", help="put outputs back, too")
    parser.add_argument("--gallery", action="store_true", help="write all views only")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Execute the notebooks named, one after the other; return 1 if one is not ok."""
    options = parse(arguments)
    if options.gallery:
        return write_gallery(ROOT / "build" / "gallery.html")
    try:
        paths = find(options.names, ROOT / "notebooks")
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    build = ROOT / "build"
    shutil.rmtree(build / "ladder", ignore_errors=True)
    rows = []
    for number, path in enumerate(paths, start=1):
        print(f"[{number}/{len(paths)}] {path.stem} ...", end=" ", flush=True)
        rows.append(run(path, build, options.save))
        print(f"{rows[-1].seconds:.1f} s, {'not ' if rows[-1].trouble else ''}ok")
    print("\n" + table(rows))
    if any(row.trouble for row in rows):
        return 1
    merge_ladder(build / "ladder")
    return 0


if __name__ == "__main__":
    program(main)
