"""A claim prints its numbers, holds or not, and can be judged from its source."""

import json

import numpy as np
import pytest
import torch

from helpers.lesson import claim
from helpers.lesson.claims import RECORD


def said(capsys) -> str:
    return capsys.readouterr().out


def test_a_claim_prints_a_mark_its_sentence_and_its_numbers(capsys):
    claim(
        "the loss is low", 0.031 < 0.5, loss=0.0312, above_floor=1.504, n_words=12_000
    )
    claim("the loss is lower still", 0.031 < 0.01, loss=2e-7)
    assert said(capsys) == (
        "✓ the loss is low: loss 0.031 · above floor 1.50 · n words 12,000\n"
        "✗ the loss is lower still: loss 2.0e-07\n"
    )


def test_numbers_of_numpy_and_torch_are_numbers(capsys):
    claim("both", np.bool_(True), a=np.float32(0.5), b=torch.tensor(3), c=np.int64(4))
    assert said(capsys) == "✓ both: a 0.50 · b 3 · c 4\n"


def test_a_number_that_is_not_whole_never_looks_whole(capsys):
    claim("round", True, share=2.0, many=1234.0, none=0.0, bad=float("nan"))
    assert said(capsys) == "✓ round: share 2.00 · many 1,234.0 · none 0.00 · bad nan\n"


@pytest.mark.parametrize(
    "arguments, numbers, error, says",
    [
        (("", True), {"a": 1}, ValueError, "'' is no claim"),
        (("two\nlines", True), {"a": 1}, ValueError, "of one line"),
        (("no number", True), {}, ValueError, "'no number' shows no number"),
        (("a number", 0.4), {"a": 1}, TypeError, "is 0.4; give a comparison"),
        (("a tensor", torch.tensor(True)), {"a": 1}, TypeError, "give a comparison"),
        (("many", True), {"a": torch.zeros(2)}, TypeError, "is not one number"),
        (("a text", True), {"a": "1"}, TypeError, "a='1' is not one number"),
        (("nothing", True), {"a": None}, TypeError, "a=None is not one number"),
    ],
)
def test_what_is_no_claim_is_refused(arguments, numbers, error, says):
    with pytest.raises(error, match=says):
        claim(*arguments, **numbers)


def test_claims_are_recorded_where_a_variable_says(tmp_path, monkeypatch, capsys):
    path = tmp_path / "claims.jsonl"
    monkeypatch.setenv(RECORD, str(path))
    claim("it holds", 1 < 2, one=1)
    claim("it fails", 2.5 < 2, x=2.5)
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert lines == [
        {"claim": "it holds", "holds": True, "numbers": {"one": 1}},
        {"claim": "it fails", "holds": False, "numbers": {"x": 2.5}},
    ]
    said(capsys)
