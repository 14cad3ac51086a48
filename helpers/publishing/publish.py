"""Stamp a repository's address into badges, setup cells and README, in one go.

python3 start.py publish --repo OWNER/NAME [--tag TAG]   stamp, or stamp anew
python3 start.py publish --unstamp                       take all stamps out
python3 start.py publish --refresh                       renew setup cells, keep stamps

A stamped notebook fetches helpers by itself: exactly those that it was stamped with.
Without --tag, the tag is made of all that is published: no tag has to move. Nothing is
executed; git is asked, never told: you commit, tag and push. Standard library only.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from helpers import environment
from helpers.publishing import setup_cell, stamping

ROOT = Path(__file__).resolve().parents[2]


def git(root: Path, *arguments: str, index: str = "") -> str:
    """Return what git prints, with another index file if given; ValueError if it fails.

    The repository is the one that `root` is the top folder of.
    """
    variables = dict(os.environ)
    if index:
        variables["GIT_INDEX_FILE"] = index
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, env=variables, capture_output=True, text=True)
    except FileNotFoundError:
        raise ValueError("publish asks git, and git is not installed here") from None
    if done.returncode:
        reason = done.stderr.strip().splitlines() or ["no reason was given"]
        raise ValueError(f"git {arguments[0]} failed in {root}: {reason[-1]}")
    return done.stdout.strip()


def tree_of_helpers(root: Path) -> str:
    """Return the id that the folder helpers gets in git by `git commit --all`.

    Works on a copy of the index. Raises ValueError where there is no repository.
    """
    real = git(root, "rev-parse", "--path-format=absolute", "--git-path", "index")
    with TemporaryDirectory() as folder:
        copy = os.path.join(folder, "index")
        shutil.copy2(real, copy)  # its time tells git which files to look into
        git(root, "add", "--update", "--", "helpers", index=copy)
        return git(root, "write-tree", "--prefix=helpers/", index=copy)


def tag_for(root: Path, published: dict[str, str]) -> str:
    """Return a tag made of what is published: other notebooks or helpers, other tag."""
    digest = hashlib.sha256(repr(sorted(published.items())).encode())
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        digest.update(stamping.notebook(read(path), path.name, None).encode())
    return f"course-{digest.hexdigest()[:12]}"


def read(path: Path) -> str:
    """Read a text with the line ends that it has."""
    return path.read_bytes().decode()


def stamp_all(root: Path, published: dict[str, str] | None, keep: bool) -> list[Path]:
    """Stamp all notebooks and the README; return the files that changed.

    `keep`: each notebook keeps the stamp that it has. All texts are made before the
    first is written: a notebook that cannot be stamped raises, and nothing changes.
    """
    texts = {}
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        old = read(path)
        chosen = stamping.stamp_of(old) if keep else published
        texts[path] = stamping.notebook(old, path.name, chosen)
    overview = root / "README.md"
    if overview.exists() and not keep:
        texts[overview] = stamping.readme(read(overview), published)
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
    parser.add_argument("--tag", help="the tag you will push (else: made for you)")
    return parser.parse_args(arguments)


def report(root: Path, changed: Sequence[Path], published: dict | None) -> None:
    """Print which files changed, and what to do next."""
    if not changed:
        print("All is as asked.")
        return
    for path in changed:
        print(path.relative_to(root).as_posix())
    count = f"{len(changed)} files changed"
    if not published:
        print(f"{count}.\nNext: git commit --all")
        return
    tag = published["tag"]
    print(f"{count} for {published['repo']} at {tag}.")
    print(f"Next: git commit --all && git tag {tag} && git push origin HEAD {tag}")


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Do what the command line asks and say so; return the exit code."""
    options = parse(arguments)
    published = None
    try:
        if options.repo:
            published = {"repo": options.repo, "tree": tree_of_helpers(root)}
            published["tag"] = options.tag or tag_for(root, published)
            setup_cell.stamp(**published)  # raises before anything is written
        changed = stamp_all(root, published, keep=options.refresh)
    except ValueError as error:
        print(f"Nothing was changed: {error}.", file=sys.stderr)
        return 2
    report(root, changed, published)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
