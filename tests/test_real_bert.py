"""Real weights are found where they are; in our classes they compute the same."""

import re
import socket
import subprocess
import sys
import threading
import urllib.request
from http.client import BadStatusLine, IncompleteRead, InvalidURL
from pathlib import Path
from urllib.error import URLError

import pytest
import torch

from helpers.checkpoints import bert_files, real_bert
from helpers.models.tracing import recording
from tests.test_bert_files import folder  # noqa: F401  (a fixture)

SENTENCES = [
    "He sat down on the bank of the river and watched the crane.",
    "The central bank raised its rates by 0.25%, didn't it?",
    "Über-naïve façades — São Tomé, 北京, 한국어 and emoji 🙂!",
    "antidisestablishmentarianism [unused] #hashtag user@example.org",
    "\tTabs,\nlines\u00a0and zero\u200bwidth; " + "x" * 120,
]


@pytest.fixture(scope="module")
def real() -> bert_files.LoadedBERT:
    found = dict(real_bert.installed())
    if real_bert.PACKAGE not in found:
        pytest.skip(f"no real weights here: {real_bert.ADVICE}")
    known = real_bert.SHA256[real_bert.PACKAGE]
    return bert_files.load(found[real_bert.PACKAGE], known, real_bert.PACKAGE)


def test_a_real_bert_has_the_size_that_its_package_states(real):
    size = real.bert.size
    assert (size.n_layers, size.d_model, size.n_heads) == (6, 384, 12)
    assert (size.vocab_size, size.d_ff, size.longest) == (30522, 1536, 512)
    assert real.pretraining is None
    assert real.fresh == ("masked head", "pair head")


@torch.no_grad()
def test_all_hidden_states_equal_those_of_transformers(real):
    transformers = pytest.importorskip("transformers")
    options = {"attn_implementation": "eager", "local_files_only": True}
    other = transformers.BertModel.from_pretrained(real.folder, **options).eval()
    texts = [*SENTENCES, (SENTENCES[0], SENTENCES[1]), ("A bat.", "It flies.")]
    ids, mask, segments = real.read(texts)
    assert not mask.all() and segments.any()
    wanted = other(
        ids,
        attention_mask=mask.long(),
        token_type_ids=segments,
        output_hidden_states=True,
        output_attentions=True,
    )
    with recording(real.bert) as seen:
        x = real.bert(ids, mask, segments)
    layers = seen["encoder.tap_layers"]
    assert len(layers) == len(wanted.hidden_states) == 7
    for ours, theirs in zip(layers, wanted.hidden_states, strict=True):
        assert (ours - theirs)[mask].abs().max() <= 1e-5
    pooled = real.bert.pooled(x)
    assert (pooled - wanted.pooler_output).abs().max() <= 1e-5
    for n, theirs in enumerate(wanted.attentions):
        ours = seen[f"encoder.blocks.{n}.attend.tap_weights"]
        assert (ours - theirs).abs().max() <= 1e-5


def test_ids_equal_those_of_the_tokenizers_library(real):
    tokenizers = pytest.importorskip("tokenizers")
    other = tokenizers.Tokenizer.from_file(str(real.folder / "tokenizer.json"))
    other.no_truncation(), other.no_padding()
    for text in SENTENCES:
        assert (
            real.wordpiece.encode(text)
            == other.encode(text, add_special_tokens=False).ids
        )
    pair = (SENTENCES[0], SENTENCES[2])
    ids, _, segments = real.read([pair])
    wanted = other.encode(*pair)
    assert ids[0].tolist() == wanted.ids and segments[0].tolist() == wanted.type_ids


def test_the_first_source_is_a_folder_of_ones_own(folder, capsys):  # noqa: F811
    assert real_bert.find(folder).folder == folder
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("Your folder:") and "2 layers, width 12" in line


def test_a_bad_folder_of_ones_own_is_no_reason_to_take_another(tmp_path):
    with pytest.raises(ValueError, match="config.json"):
        real_bert.find(tmp_path)


def package(site: Path, source: Path, name: str = "some-bert") -> None:
    """Lay files where pip would, with a list of them."""
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\n")
    there = site / name.replace("-", "_")
    there.mkdir()
    for file in source.iterdir():
        if file.is_file():
            (there / file.name).write_bytes(file.read_bytes())
    (there / "__init__.py").write_text("raise SystemExit('a package was run')")
    names = [f"{there.name}/{file.name},," for file in there.iterdir()]
    (info / "RECORD").write_text("\n".join(names) + "\n")


def only(monkeypatch, site: Path) -> None:
    """Let only this folder of packages be seen, and no hub."""
    seen = list(real_bert.metadata.distributions(path=[str(site)]))
    monkeypatch.setattr(real_bert.metadata, "distributions", lambda: seen)
    monkeypatch.setattr(real_bert, "_download", lambda *_: raise_("no network"))


def raise_(reason: str):
    raise ValueError(reason)


def test_an_installed_package_is_found_without_running_it(
    folder,  # noqa: F811
    tmp_path_factory,
    monkeypatch,
    capsys,
):
    site = tmp_path_factory.mktemp("site")
    package(site, folder)
    only(monkeypatch, site)
    found = real_bert.find()
    assert found.name == "some-bert" and "some_bert" not in sys.modules
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("Package some-bert: 2 layers, width 12, 3 heads")


def test_a_package_with_another_architecture_is_passed_over(
    folder,  # noqa: F811
    tmp_path_factory,
    monkeypatch,
):
    site = tmp_path_factory.mktemp("site")
    (folder / "config.json").write_text('{"model_type": "llama"}')
    package(site, folder)
    only(monkeypatch, site)
    assert list(real_bert.installed()) == []


def test_a_changed_package_is_refused_with_one_line(
    folder,  # noqa: F811
    tmp_path_factory,
    monkeypatch,
    capsys,
):
    site = tmp_path_factory.mktemp("site")
    package(site, folder, real_bert.PACKAGE)
    only(monkeypatch, site)
    assert real_bert.find() is None
    first = capsys.readouterr().out.splitlines()[0]
    assert "not loaded" in first and "sha256" in first


def test_without_any_source_each_is_named_and_none_is_returned(
    tmp_path, monkeypatch, capsys
):
    only(monkeypatch, tmp_path)
    assert real_bert.find() is None
    lines = capsys.readouterr().out.splitlines()
    assert "no BERT to load" in lines[0] and "--no-deps" in lines[0]
    assert all("no network" in line for line in lines[1:3])
    assert lines[3].startswith("No real weights here")


def test_the_hub_is_not_asked_when_it_shall_not_be(monkeypatch):
    constants = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(real_bert, "urlopen", lambda *_, **__: raise_("asked"))
    assert real_bert.online() is False


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """Let nothing be installed and nothing be cached; the hub may be asked."""
    constants = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(real_bert.metadata, "distributions", lambda: [])
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    return sys.modules["huggingface_hub"]


def lines_of_find(capsys) -> list[str]:
    """Let `find` find nothing; return the lines that it printed for the hub."""
    assert real_bert.find() is None
    first, *lines, last = capsys.readouterr().out.splitlines()
    assert first.startswith("Installed packages") and last.startswith("No real weights")
    assert len(lines) == len(real_bert.HUB)
    for line, name in zip(lines, real_bert.HUB, strict=True):
        assert line.startswith(f"Hub, {name}: not loaded, ")
    return lines


NO_HTTP = [
    BadStatusLine("<html>please log in</html>"),
    IncompleteRead(b""),
    InvalidURL("nonnumeric port: '80a'"),
    ValueError("unknown url type: 'hub'"),
    URLError("Name or service not known"),
    TimeoutError("timed out"),
]


@pytest.mark.parametrize("error", NO_HTTP, ids=lambda error: type(error).__name__)
def test_what_is_no_answer_leaves_one_line_per_source(hub, monkeypatch, capsys, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(real_bert, "urlopen", fail)
    for line in lines_of_find(capsys):
        assert line.endswith("no network, and not downloaded before.")


def test_a_proxy_that_answers_with_its_login_page_ends_in_lines(
    hub, monkeypatch, capsys
):
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            client, _ = server.accept()
            with client:
                client.recv(999)
                client.sendall(b"<html>please log in</html>\r\n\r\n")

    threading.Thread(target=serve, daemon=True).start()
    proxies = [f"http://127.0.0.1:{server.getsockname()[1]}", "http://127.0.0.1:80a"]
    for proxy in proxies:
        monkeypatch.setenv("https_proxy", proxy)
        monkeypatch.setattr(urllib.request, "_opener", None)  # it keeps the proxies
        lines_of_find(capsys)


@pytest.mark.parametrize(
    "error", [KeyError("id"), ValueError("Expecting value"), AssertionError("no sha")]
)
def test_a_login_page_in_place_of_the_hub_is_said_in_a_sentence(
    hub, monkeypatch, capsys, error
):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(real_bert, "online", lambda: True)
    monkeypatch.setattr(hub, "snapshot_download", fail)
    for line in lines_of_find(capsys):
        assert f"no answer of the hub came ({type(error).__name__})" in line
        assert "log in to your network in a browser" in line


def test_a_login_page_in_place_of_the_files_is_refused(
    hub, tmp_path, monkeypatch, capsys
):
    for name in bert_files.FILES:
        (tmp_path / name).write_text("<html>please log in</html>")
    monkeypatch.setattr(real_bert, "_download", lambda *_: tmp_path)
    for line in lines_of_find(capsys):
        assert "fetch it again" in line


def test_a_full_disk_is_not_called_a_login_page(hub, monkeypatch, capsys):
    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(real_bert, "online", lambda: True)
    monkeypatch.setattr(hub, "snapshot_download", fail)
    assert all("No space left" in line for line in lines_of_find(capsys))


def test_each_source_of_the_hub_is_one_commit_and_one_file():
    for name, commit in real_bert.HUB.items():
        assert re.fullmatch("[0-9a-f]{40}", commit)  # a branch may move
        assert re.fullmatch("[0-9a-f]{64}", real_bert.SHA256[name])


def test_other_weights_under_a_name_of_the_hub_are_refused(
    folder,  # noqa: F811
    hub,
    monkeypatch,
    capsys,
):
    monkeypatch.setattr(real_bert, "_download", lambda *_: folder)
    assert all("sha256" in line for line in lines_of_find(capsys))


def test_the_advice_on_packages_is_a_command_that_pip_takes(real):
    command = [sys.executable, "-m", *real_bert.ADVICE.split(), "--no-index"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr  # it is here: nothing is fetched


def test_without_the_library_one_line_says_so(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "transformers", None)
    assert real_bert.library() is None
    assert "skipped" in capsys.readouterr().out
