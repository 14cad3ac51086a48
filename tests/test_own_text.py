"""Notebook 02 trains on a learner's own text when one line is changed."""

import json
import random
from pathlib import Path

import pytest

from helpers import lesson

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "02_rnn.ipynb"
LINE = (
    'source = pydocs.load().text  # or: files.read("my_text.txt", max_chars=3_000_000)'
)
STEPS = "steps = 120  # updates"
FEWER = "steps = 40  # updates"
SCORED = 'bars["RNN, this run"] = held_out_loss'


def cells() -> list[str]:
    """Return the code from the cell that names the text to the end of the training."""
    nb = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    code = ["".join(c["source"]) for c in nb["cells"] if c["cell_type"] == "code"]
    begin = next(i for i, source in enumerate(code) if LINE in source)
    end = next(i for i, source in enumerate(code) if SCORED in source)
    return code[begin : end + 1]


def english(n_chars: int) -> str:
    """Write something like a book: chapters of sentences with rare words and marks."""
    rng, out, size = random.Random(1), [], 0
    common = "the a of and to in it was she he said that with for had her his".split()
    rare = [
        "".join(rng.choices("etaoinshrdlu", k=rng.randint(3, 9))) for _ in range(4000)
    ]
    while size < n_chars:
        words = [rng.choice(common if rng.random() < 0.5 else rare) for _ in range(12)]
        sentence = " ".join(words).capitalize() + rng.choice([".", "!", "?", "; so."])
        out.append(sentence)
        size += len(sentence) + 1
    return "\n".join(out)


def korean(n_chars: int) -> str:
    """Write lines of Hangul syllables with spaces and full stops."""
    rng, out, size = random.Random(2), [], 0
    while size < n_chars:
        word = lambda: "".join(chr(rng.randrange(0xAC00, 0xAC00 + 1500)) for _ in "ab")  # noqa: E731
        line = " ".join(word() for _ in range(8)) + "."
        out.append(line)
        size += len(line) + 1
    return "\n".join(out)


@pytest.mark.parametrize(
    "make, size", [(english, 5_000_000), (korean, 60_000)], ids=["english", "korean"]
)
def test_a_text_of_ones_own_trains_with_one_changed_line(make, size, tmp_path, capsys):
    path = tmp_path / "my_text.txt"
    path.write_text(make(size), encoding="utf-8")
    changed = f"source = files.read({str(path)!r}, max_chars=3_000_000)"
    space = {"course": lesson.setup("02_rnn")}
    exec("import numpy as np, torch\nfrom torch import nn", space)
    exec("from helpers.pictures import drawings, plots, token_plots", space)
    exec("from helpers.models.ngram import NGram", space)
    exec("from helpers.lesson import predict, show_source", space)
    sources = "\n".join(cells())
    assert LINE in sources and STEPS in sources
    exec(sources.replace(LINE, changed).replace(STEPS, FEWER), space)
    assert len(space["losses"]) == 40
    assert sum(space["losses"][-5:]) < sum(space["losses"][:5])
    assert 0 < space["bars"]["RNN, this run"] < 9
    own = set(path.read_text(encoding="utf-8"))
    assert len(space["letters"].ids) > 30
    assert set(space["letters"].tokens[4:]) <= own
    [written] = space["samples"]["update 40"]
    assert len(written) >= 150
