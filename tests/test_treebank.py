"""Film reviews: lines that are read, files that are checked, nothing without them."""

from http.client import BadStatusLine, IncompleteRead, InvalidURL
from urllib.error import URLError

import pytest

from helpers.corpora import treebank
from helpers.corpora.treebank import Review
from helpers.environment import sha256

TEXT = "3 ||| It 's lovely .\n0 ||| Bad ||| very bad .\n2 ||| So so .\n"


def test_lines_are_read_and_bars_in_a_text_stay():
    found = treebank.parse(TEXT)
    wanted = [("It 's lovely .", 3), ("Bad ||| very bad .", 0), ("So so .", 2)]
    assert found == [Review(*pair) for pair in wanted]


@pytest.mark.parametrize("line", ["5 ||| x", "3 | x", "", "x ||| y"])
def test_a_bad_line_is_named(line):
    with pytest.raises(ValueError, match="line 2 is"):
        treebank.parse(f"1 ||| good\n{line}\n2 ||| x")


def test_neutral_reviews_have_no_side():
    sides = treebank.two_sides([Review(str(i), i) for i in range(5)])
    assert sides == [("0", 0), ("1", 0), ("3", 1), ("4", 1)]


def test_without_the_files_there_is_one_line(tmp_path, capsys):
    assert treebank.find(tmp_path) is None
    out = capsys.readouterr().out
    assert out.count("\n") == 1 and "skipped" in out and "download" in out


def put(folder, monkeypatch, known=True):
    for name in treebank.SHA256:
        (folder / name).write_text(TEXT, encoding="utf-8")
    if known:
        hashes = dict.fromkeys(treebank.SHA256, sha256(TEXT.encode()))
        monkeypatch.setattr(treebank, "SHA256", hashes)


def test_a_folder_may_be_given_or_named_by_a_variable(tmp_path, monkeypatch):
    put(tmp_path, monkeypatch)
    assert len(treebank.find(tmp_path).train) == 3
    monkeypatch.setenv("COURSE_SST", str(tmp_path))
    assert treebank.find() == treebank.find(tmp_path)


def test_a_changed_file_is_refused(tmp_path, monkeypatch):
    put(tmp_path, monkeypatch, known=False)
    with pytest.raises(ValueError, match="changed or cut off"):
        treebank.find(tmp_path)


class Answer:
    """What comes from an address of the treebank."""

    def __init__(self, raw: bytes):
        self.raw = raw

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def read(self) -> bytes:
        return self.raw


def answer(monkeypatch, raw: bytes) -> None:
    known = {treebank.SOURCE + "train.txt", treebank.SOURCE + "dev.txt"}
    monkeypatch.setattr(
        treebank, "urlopen", lambda url, timeout: url in known and Answer(raw)
    )


def test_what_is_fetched_is_checked_before_it_is_kept(tmp_path, monkeypatch):
    put(tmp_path, monkeypatch)
    answer(monkeypatch, TEXT.encode())
    assert len(treebank.download(tmp_path / "new").dev) == 3
    answer(monkeypatch, TEXT.encode()[:-9])
    with pytest.raises(ValueError, match="sha256 .* changed or cut off"):
        treebank.download(tmp_path / "other")
    assert not list((tmp_path / "other").iterdir())


def test_a_login_page_is_called_a_web_page(tmp_path, monkeypatch):
    answer(monkeypatch, b"\n<html>please log in</html>")
    with pytest.raises(ValueError, match="sha256 .* a web page.* log in in a browser"):
        treebank.download(tmp_path)
    assert not list(tmp_path.iterdir())


NO_HTTP = [
    BadStatusLine("<html>please log in</html>"),
    IncompleteRead(b""),
    InvalidURL("nonnumeric port: '80a'"),
    ValueError("unknown url type"),
    URLError("Name or service not known"),
]


@pytest.mark.parametrize("error", NO_HTTP, ids=lambda error: type(error).__name__)
def test_what_cannot_be_fetched_is_said_in_a_sentence(tmp_path, monkeypatch, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(treebank, "urlopen", fail)
    with pytest.raises(OSError, match="train.txt cannot be fetched .*HTTPS_PROXY"):
        treebank.download(tmp_path)
    assert not list(tmp_path.iterdir())


def test_fetching_again_mends_a_changed_file_as_the_error_says(tmp_path, monkeypatch):
    put(tmp_path, monkeypatch)
    changed = tmp_path / "sst-dev.txt"
    changed.write_text("2 ||| changed\n")
    with pytest.raises(ValueError, match=r"again: treebank.download\(\)"):
        treebank.find(tmp_path)
    answer(monkeypatch, TEXT.encode())
    assert len(treebank.download(tmp_path).dev) == 3


def test_the_real_files_are_as_stated():
    bank = treebank.find()
    if bank is None:
        pytest.skip("the treebank is not at hand: set COURSE_SST to its folder")
    assert (len(bank.train), len(bank.dev)) == (8544, 1101)
    assert {r.label for r in bank.train} == {0, 1, 2, 3, 4}
