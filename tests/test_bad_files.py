"""Files cut off or with a byte changed are read rightly, or refused in one sentence."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load as tensors_of
from torch import nn

from helpers import checkpoints, environment
from helpers.checkpoints import bert_files, bert_names, docs_bert
from helpers.models.bert import BERTForPretraining, BERTSize
from helpers.tokenization.wordpiece import SPECIALS

TOKENS = [*SPECIALS, "the", "##s"]
ABOUT = {"command": "make it", "seed": 1, "seconds": 2}
# A place, as a share of the file, and what stands there then: None cuts the file off.
CHANGES = st.tuples(st.floats(0, 1), st.none() | st.integers(0, 255))
spoiling = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def spoiled(raw: bytes, change: tuple[float, int | None], end: int | None = None):
    """Return bytes cut off, or with one of the first `end` changed."""
    share, byte = change
    at = min(int(share * (end or len(raw))), len(raw) - 1)
    if byte is None:
        return raw[:at]
    return raw[:at] + bytes([byte]) + raw[at + 1 :]


def read(action: Callable[[], object]) -> object:
    """Return what is read, or None where a sentence refuses it."""
    try:
        return action()
    except ValueError as error:
        said = str(error)
        assert "\n" not in said and len(said) > 30
        return None


@pytest.fixture(scope="module")
def whole() -> dict[str, bytes]:
    """Return the files of a small BERT."""
    torch.manual_seed(0)
    model = BERTForPretraining(BERTSize(len(TOKENS), 4, 2, 6, 2, 9))
    with tempfile.TemporaryDirectory() as folder:
        bert_files.save(model, TOKENS, True, folder)
        return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def laid(folder: Path, whole: dict[str, bytes], name: str, raw: bytes) -> Path:
    for other, found in whole.items():
        (folder / other).write_bytes(found)
    (folder / name).write_bytes(raw)
    return folder


def same_as_file(real: bert_files.LoadedBERT, raw: bytes) -> None:
    """Compare a model with what a file holds under the names of transformers."""
    theirs = tensors_of(raw)
    found = bert_names.to_theirs(real.pretraining.state_dict())
    for name, tensor in theirs.items():
        assert torch.equal(found[name], tensor.float()), name


@spoiling
@given(change=CHANGES)
def test_spoiled_weights_are_never_read_under_the_right_hash(tmp_path, whole, change):
    raw = whole[bert_files.WEIGHTS]
    other = spoiled(raw, change)
    folder = laid(tmp_path, whole, bert_files.WEIGHTS, other)
    real = read(lambda: bert_files.load(folder, environment.sha256(raw)))
    assert (real is None) == (other != raw)


@spoiling
@given(change=CHANGES, in_header=st.booleans())
def test_of_spoiled_weights_all_are_used_or_none(tmp_path, whole, change, in_header):
    raw = whole[bert_files.WEIGHTS]
    end = 8 + int.from_bytes(raw[:8], "little") if in_header else None
    other = spoiled(raw, change, end)
    folder = laid(tmp_path, whole, bert_files.WEIGHTS, other)
    real = read(lambda: bert_files.load(folder))
    if real is not None and real.pretraining is not None:
        same_as_file(real, other)


@spoiling
@given(change=CHANGES)
def test_a_spoiled_config_gives_the_size_of_the_weights_or_a_sentence(
    tmp_path, whole, change
):
    other = spoiled(whole[bert_files.CONFIG], change)
    folder = laid(tmp_path, whole, bert_files.CONFIG, other)
    real = read(lambda: bert_files.load(folder))
    if real is not None:
        size = real.bert.size
        sizes = (size.vocab_size, size.d_model, size.d_ff, size.n_layers, size.longest)
        assert sizes == (len(TOKENS), 4, 6, 2, 9)


@spoiling
@given(change=CHANGES, name=st.sampled_from(["tokenizer_config.json", "vocab.txt"]))
def test_a_spoiled_vocabulary_has_the_tokens_of_its_file_or_a_sentence(
    tmp_path, whole, change, name
):
    other = spoiled(whole[name], change)
    real = read(lambda: bert_files.load(laid(tmp_path, whole, name, other)))
    if real is not None:
        lines = (tmp_path / "vocab.txt").read_text(encoding="utf-8").split("\n")
        assert real.wordpiece.tokens == lines[: len(TOKENS)]


@spoiling
@given(change=CHANGES)
def test_a_spoiled_manifest_loads_the_declared_weights_or_a_sentence(tmp_path, change):
    model, other = nn.Linear(3, 4), nn.Linear(3, 4)
    checkpoints.save(model, "line", ABOUT, tmp_path)
    path = tmp_path / "manifest.json"
    path.write_bytes(spoiled(path.read_bytes(), change))
    if read(lambda: checkpoints.load(other, "line", tmp_path)):
        assert torch.equal(model.weight, other.weight)
    path.unlink()


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ("[]", "manifest.json holds a list; fetch it again"),
        ("{", "manifest.json is not JSON"),
        ('{"line": 3}', r"no \['file', 'sha256', 'command'\] of 'line'"),
        ('{"line": {"file": "x", "sha256": "y"}}', r"no \['command'\] of 'line'"),
    ],
)
def test_a_manifest_that_states_too_little_is_named(tmp_path, entries, message):
    (tmp_path / "manifest.json").write_text(entries)
    with pytest.raises(ValueError, match=message):
        checkpoints.load(nn.Linear(3, 4), "line", tmp_path)


def test_weights_that_are_no_numbers_are_not_loaded(tmp_path):
    model, other = nn.Linear(3, 4), nn.Linear(3, 4)
    before = other.weight.clone()
    model.weight.data[0, 0] = torch.nan
    checkpoints.save(model, "line", ABOUT, tmp_path)
    with pytest.raises(ValueError, match="weight in line.safetensors holds NaN or inf"):
        checkpoints.load(other, "line", tmp_path)
    assert torch.equal(other.weight, before)


def test_codes_in_the_place_of_weights_are_not_loaded(tmp_path):
    codes = nn.Linear(3, 4)
    codes.weight = nn.Parameter(torch.ones(4, 3, dtype=torch.int8), requires_grad=False)
    checkpoints.save(codes, "line", ABOUT, tmp_path)
    with pytest.raises(ValueError, match="weight in line.safetensors is torch.int8"):
        checkpoints.load(nn.Linear(3, 4), "line", tmp_path)


def test_a_model_of_other_words_is_not_filled(tmp_path):
    def model(ids: list[int]) -> nn.Module:
        made = nn.Linear(3, 4)
        made.register_buffer("spellings", torch.tensor(ids))
        return made

    checkpoints.save(model([1, 2]), "line", ABOUT, tmp_path)
    assert checkpoints.load(model([1, 2]), "line", tmp_path)["seed"] == 1
    with pytest.raises(ValueError, match="made with other spellings"):
        checkpoints.load(model([2, 1]), "line", tmp_path)
    with pytest.raises(ValueError, match="does not fit this model: spellings"):
        checkpoints.load(model([2, 1, 3]), "line", tmp_path)


def test_the_shipped_pieces_must_be_those_of_the_weights(tmp_path, monkeypatch):
    tokens = docs_bert.vocabulary().tokens
    tokens[-1], tokens[-2] = tokens[-2:]
    path = tmp_path / docs_bert.VOCABULARY.name
    path.write_text("\n".join(tokens))
    monkeypatch.setattr(docs_bert, "VOCABULARY", path)
    with pytest.raises(ValueError, match="bert_pydocs.txt was changed"):
        docs_bert.load()


def test_a_deep_json_is_refused(tmp_path):
    (tmp_path / "config.json").write_text("[" * 100_000)
    (tmp_path / "model.safetensors").write_text("")
    with pytest.raises(ValueError, match="config.json is not JSON"):
        bert_files.load(tmp_path)
