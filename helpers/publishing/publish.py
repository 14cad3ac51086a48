"""Write a repository's address into badges, setup cells and README, in one go.

python3 start.py publish --repo OWNER/NAME    stamp, or stamp anew
python3 start.py publish --unstamp            take all stamps out
python3 start.py publish --refresh            renew setup cells, keep stamps

The badges and the README's links open the branch main of this repository in Colab. A
notebook opened from GitHub finds its course without a stamp; a copy elsewhere fetches
the one that it was stamped with. Nothing is executed; you commit and push. Standard
library only.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from helpers import environment
from helpers.publishing import stamping

ROOT = Path(__file__).resolve().parents[2]


def read(path: Path) -> str:
    """Read a text with the line ends that it has."""
    return path.read_bytes().decode()


def stamp_all(root: Path, repo: str, keep: bool) -> list[Path]:
    """Stamp all notebooks and the README; return the files that changed.

    `keep`: each notebook keeps the stamp that it has. All texts are made before the
    first is written: a notebook that cannot be stamped raises, and nothing changes.
    """
    texts = {}
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        old = read(path)
        chosen = stamping.stamp_of(old, path.name) if keep else repo
        texts[path] = stamping.notebook(old, path.name, chosen)
    overview = root / "README.md"
    if overview.exists() and not keep:
        texts[overview] = stamping.readme(read(overview), repo)
    changed = [path for path, text in texts.items() if read(path) != text]
    for path in changed:
        environment.write(path, texts[path])
    return changed


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line; exactly one of --repo, --unstamp, --refresh."""
    about, _, more = __doc__.partition("\n\n")
    parser = argparse.ArgumentParser(
        prog="start.py publish",
        description=about,
        epilog=more,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--repo", metavar="OWNER/NAME", help="where it is published")
    what.add_argument("--unstamp", action="store_true", help="take all stamps out")
    what.add_argument("--refresh", action="store_true", help="renew the setup cells")
    return parser.parse_args(arguments)


def report(root: Path, changed: Sequence[Path]) -> None:
    """Print which files changed, and what to do next."""
    if not changed:
        print("All is as asked.")
        return
    for path in changed:
        print(path.relative_to(root).as_posix())
    print(f"{len(changed)} files changed.\nNext: git commit --all && git push")


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Do what the command line asks and say so; return the exit code."""
    options = parse(arguments)
    try:
        if options.repo == "":
            raise ValueError("'' is no repository; write OWNER/NAME")
        changed = stamp_all(root, options.repo or "", keep=options.refresh)
    except ValueError as error:
        print(f"Nothing was changed: {error}.", file=sys.stderr)
        return 2
    report(root, changed)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
