"""This computer: where the cache lies, which mode is on, files that are never torn."""

import hashlib
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from helpers import environment

ROOT = Path(__file__).parents[1]


def test_the_cache_is_where_course_cache_says(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    assert environment.cache_folder() == tmp_path / "cache"
    monkeypatch.setenv("COURSE_CACHE", "~/cache")
    assert environment.cache_folder() == Path.home() / "cache"


@pytest.mark.parametrize("given", [None, ""])
def test_without_course_cache_the_system_has_a_place(monkeypatch, given):
    if given is None:
        monkeypatch.delenv("COURSE_CACHE", raising=False)
    else:
        monkeypatch.setenv("COURSE_CACHE", given)
    found = environment.cache_folder()
    assert found.is_absolute() and environment.APP in found.parts


def test_views_are_live_unless_static_is_asked_for(monkeypatch):
    monkeypatch.delenv("COURSE_VIEWS", raising=False)
    assert environment.view_mode() == "live" and not environment.is_static()
    monkeypatch.setenv("COURSE_VIEWS", "static")
    assert environment.view_mode() == "static" and environment.is_static()


@pytest.mark.parametrize("word", ["", "Static", "off", "live "])
def test_another_view_mode_is_refused(monkeypatch, word):
    monkeypatch.setenv("COURSE_VIEWS", word)
    with pytest.raises(ValueError, match="use 'live' or 'static'"):
        environment.is_static()


def test_sha256_is_that_of_the_standard():
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert environment.sha256(b"") == empty
    raw = bytes(range(256))
    assert environment.sha256(raw) == hashlib.sha256(raw).hexdigest()


@pytest.mark.parametrize("text", ["", "가나 é\n", "a\r\nb\rc\n", "no end"])
def test_text_is_written_as_utf8_with_its_line_ends(tmp_path, text):
    environment.write(tmp_path / "a.txt", text)
    assert (tmp_path / "a.txt").read_bytes() == text.encode("utf-8")


def test_bytes_are_written_as_they_are_and_replace_the_old_file(tmp_path):
    path = tmp_path / "a.bin"
    for raw in (bytes(range(256)), b"", b"\xff\r\n"):
        environment.write(path, raw)
        assert path.read_bytes() == raw
    assert [file.name for file in tmp_path.iterdir()] == ["a.bin"]


def test_a_draft_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    environment.write(path, "old")

    def fail(draft: Path) -> None:
        draft.write_text("half of the n")
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk is full"):
        environment.write_by(path, fail)
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]


def test_nothing_is_left_where_no_draft_was_written(tmp_path):
    with pytest.raises(FileNotFoundError):
        environment.write_by(tmp_path / "a.txt", lambda draft: None)
    with pytest.raises(FileNotFoundError):
        environment.write(tmp_path / "no such folder" / "a.txt", "new")
    assert not list(tmp_path.iterdir())


def test_the_file_has_its_name_only_when_it_is_whole(tmp_path):
    path = tmp_path / "a.txt"
    environment.write(path, "old")

    def write(draft: Path) -> None:
        assert draft != path and draft.parent == path.parent
        draft.write_text("new")
        assert path.read_text() == "old"

    environment.write_by(path, write)
    assert path.read_text() == "new"


def test_two_writers_in_one_program_do_not_mix(tmp_path):
    path = tmp_path / "a.txt"
    both_have_begun = threading.Barrier(2)
    errors = []

    def write(letter: str) -> None:
        def slowly(draft: Path) -> None:
            with draft.open("w") as file:
                file.write(letter * 1000)
                file.flush()
                both_have_begun.wait(20)
                file.write(letter * 1000)

        try:
            environment.write_by(path, slowly)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert path.read_text() in ("a" * 2000, "b" * 2000)
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]


TWO_PROGRAMS = """
import sys
from pathlib import Path
from helpers import environment
for i in range(60):
    environment.write(Path(sys.argv[1]), sys.argv[2] * 200_000)
"""


def test_two_programs_do_not_mix(tmp_path):
    path = tmp_path / "a.txt"
    writers = [
        subprocess.Popen([sys.executable, "-c", TWO_PROGRAMS, path, letter], cwd=ROOT)
        for letter in "ab"
    ]
    while any(writer.poll() is None for writer in writers):
        if path.exists():
            assert path.read_text() in ("a" * 200_000, "b" * 200_000)
    assert [writer.returncode for writer in writers] == [0, 0]
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]


KILLED = """
import os, signal, sys
from pathlib import Path
from helpers import environment

def killed(draft):
    draft.write_text("half of the n")
    os.kill(os.getpid(), signal.SIGKILL)

environment.write_by(Path(sys.argv[1]), killed)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_kill_9_in_the_middle_of_a_write_leaves_the_old_file_whole(tmp_path):
    path = tmp_path / "a.txt"
    environment.write(path, "old")
    done = subprocess.run([sys.executable, "-c", KILLED, path], cwd=ROOT)
    assert done.returncode < 0
    assert path.read_text() == "old"
    environment.write(path, "new")  # the dead writer's draft is in nobody's way
    assert path.read_text() == "new"


def test_only_the_standard_library_is_imported():
    code = (
        "import sys; before = set(sys.modules); import helpers.environment; "
        "new = {m.split('.')[0] for m in sys.modules.keys() - before} - {'helpers'}; "
        "sys.exit(sorted(new - sys.stdlib_module_names) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
