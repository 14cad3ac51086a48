"""The first code cell of every notebook, folded: it finds the course, or fetches it.

It looks upward for our helpers (not just any package of that name). Where there are
none, it fetches them from the GitHub repository that Colab opened this notebook from,
or from HOME, which `start.py publish` writes. Standard library only: what it fetches is
checked, unpacked beside the notebook and imported; nothing of the user's is touched.
"""

import re

SETUP_CELL = """\
# @title Setup: finds the course, or fetches it from GitHub. Run this cell first.
import gzip, hashlib, io, json, os, pathlib, re, sys, tarfile, tempfile
import urllib.parse, urllib.request

HOME = ""  # OWNER/NAME, where the course is on GitHub: `start.py publish` writes it
GITHUB = "https://github.com/"
REPOSITORY = r"(?:fileId=)?https://github\\.com/([A-Za-z0-9-]+/[A-Za-z0-9_.-]+)"
NOTEBOOK = REPOSITORY + r"/blob/([\\w./+-]+)/notebooks/\\w+\\.ipynb\\b"


def opened_from():
    # Colab's session server knows where the notebook of this kernel comes from.
    server = "http://{COLAB_JUPYTER_IP}:{KMP_TARGET_PORT}/api/sessions"
    with urllib.request.urlopen(server.format(**os.environ), timeout=3) as answer:
        paths = {s["kernel"]["id"]: s["path"] for s in json.load(answer)}
    kernel = re.search(r"kernel-([\\w-]+)\\.json", " ".join(sys.argv))[1]
    return urllib.parse.unquote(paths[kernel])


def copied_from():
    # A copy in Drive may note what it was copied from.
    from google.colab import _message

    copy = _message.blocking_request("get_ipynb", request="", timeout_sec=10)
    return copy["ipynb"]["metadata"]["colab"]["provenance"][-1]["file_id"]


def origin():
    # OWNER/NAME on GitHub, and the branch, tag or commit.
    for source in (opened_from, copied_from):
        try:
            found = re.match(NOTEBOOK, source())
        except Exception:  # Colab promises no answer, and elsewhere there is none
            continue
        if found and ".." not in found[0]:
            return found[1], found[2]
    return HOME, "main"


def fetch(repo, ref):
    # The folder helpers of a repository: whole, or not at all.
    todo = f"switch the internet on (Kaggle: Settings), see that {repo} is public"
    try:
        address = f"{GITHUB}{repo}/archive/{urllib.parse.quote(ref)}.tar.gz"
        archive = urllib.request.urlopen(address, timeout=60).read()
        todo = "log in to your network, or connect anew"
        tar = tarfile.open(fileobj=io.BytesIO(gzip.decompress(archive)), mode="r:")
        todo = "open it from a repository that holds the course"
        top = tar.getnames()[0].split("/")[0]
        tar.getmember(f"{top}/helpers/lesson/prepare.py")
        ours = [m for m in tar if m.name.startswith(f"{top}/helpers/")]
        todo = "make room here"
        with tempfile.TemporaryDirectory(prefix="helpers.part-", dir=".") as part:
            tar.extractall(part, ours, filter="data")  # refuses to write elsewhere
            pathlib.Path(part, top, "helpers", ".fetched").touch()
            todo = "rename the `helpers` that is in the way here"
            pathlib.Path(part, top, "helpers").rename("helpers")
    except Exception as error:
        why = f"{repo} ({ref}) cannot be fetched ({error})"
        sys.exit(f"{why}: {todo}, then run this again.")
    print(f"Fetched {repo} ({ref}), SHA-256 {hashlib.sha256(archive).hexdigest()}")


here = pathlib.Path("this.ipynb").absolute()
homes = [p for p in here.parents if (p / "helpers/lesson/prepare.py").exists()]
if not homes:
    repo, ref = origin()
    if not repo:
        sys.exit("This notebook is alone: open it in Colab from GitHub, or in a clone.")
    fetch(repo, ref)
    homes = [here.parent]
sys.path.insert(0, str(homes[0]))
from helpers import lesson

course = lesson.setup("{notebook}")"""
FOLDED = {"cellView": "form", "jupyter": {"source_hidden": True}}  # Colab, Jupyter
GITHUB = "https://github.com/"
REPO = r"[A-Za-z0-9-]+/(?!.*\.\.)[A-Za-z0-9_.-]+"


def fill(notebook: str, repo: str = "") -> str:
    """Return the setup cell of a notebook, with the course's address on GitHub.

    `repo` is OWNER/NAME, or "" where the course was never published. Raises ValueError
    for anything else.
    """
    if repo and not re.fullmatch(REPO, repo):
        raise ValueError(f"{repo!r} is no repository; write OWNER/NAME")
    cell = SETUP_CELL.replace("{notebook}", notebook)
    return cell.replace('HOME = ""', f'HOME = "{repo}"')


def home(cell: str) -> str:
    """Return the address that a setup cell holds: OWNER/NAME, or "" for none."""
    found = re.search(rf'^HOME = "({REPO})"', cell, re.M)
    return found[1] if found else ""
