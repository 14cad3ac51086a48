"""The tests. The film reviews that some need may lie beside the repository."""

import os
from pathlib import Path

TREEBANK = Path(__file__).resolve().parents[2] / "shared" / "data" / "sst"
if TREEBANK.exists():
    os.environ.setdefault("COURSE_SST", str(TREEBANK))
