"""A notebook as a dictionary: the texts of its cells, and a hash of them all.

Standard library only, because a notebook is stamped before anything is installed.
"""

import hashlib
import json
from pathlib import Path

BADGE = "<!-- Colab badge -->"
BADGE_LINE = rf"[^\n]*{BADGE}"  # once published, a link stands before the mark


def read_notebook(path: Path) -> dict:
    """Read a notebook as it stands in its file."""
    return json.loads(path.read_text(encoding="utf-8"))


def text_of(cell: dict) -> str:
    """Return a cell's source, which may be a list of lines, as one string."""
    return "".join(cell["source"])


def code_cells(nb: dict) -> list[dict]:
    """Return the code cells."""
    return [cell for cell in nb["cells"] if cell["cell_type"] == "code"]


def source_hash(nb: dict) -> str:
    """Return the SHA-256 of all cells' types and sources, in order.

    Outputs, ids and metadata do not count.
    """
    cells = [(cell["cell_type"], text_of(cell)) for cell in nb["cells"]]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()
