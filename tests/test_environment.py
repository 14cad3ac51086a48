"""This computer: where the cache lies, which mode is on, files that are never torn."""

import ast
import hashlib
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
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


SIZE = 300_000
WRITES_ON = f"""
import itertools, sys
from pathlib import Path
from helpers import environment

text, lines = [Path(sys.argv[1], name) for name in ("a.txt", "b.txt")]

def slowly(letter):
    def write(draft):
        with draft.open("w") as file:
            for _ in range(10):
                file.write(letter * ({SIZE} // 10))
                file.flush()
    return write

for letter in itertools.cycle("abcdefgh"):
    environment.write(text, letter * {SIZE})
    environment.write_by(lines, slowly(letter))
    print(letter, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_kill_9_at_any_moment_of_many_writes_leaves_whole_files(tmp_path):
    paths = [tmp_path / "a.txt", tmp_path / "b.txt"]
    waits = random.Random(0)
    halves = 0  # writers that died with a draft in the making
    for _ in range(15):
        for path in paths:
            environment.write(path, "o" * SIZE)
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITES_ON, tmp_path],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        assert writer.stdout.readline()  # it has begun
        time.sleep(waits.uniform(0, 0.05))
        writer.kill()
        writer.communicate()
        assert writer.returncode < 0
        for path in paths:
            text = path.read_text()
            assert len(text) == SIZE and len(set(text)) == 1 and text[0] in "oabcdefgh"
        halves += len(list(tmp_path.glob("*.part"))) > 0
        for draft in tmp_path.glob("*.part"):
            draft.unlink()
    assert halves > 0  # else nothing was tried


# Who calls what writes a file, other than `environment`, and why that is safe.
WRITES_ITSELF = {
    ("pretrain/shards.py", "_stream", "open"): "a folder's draft; it moves when whole",
    ("pretrain/shards.py", "write_bounds", "open"): "the draft that write_by gave it",
    ("pretrain/shards.py", "write", "replace"): "the whole folder takes its place",
    ("training/resume.py", "save", "save_file"): "the draft that write_by gave it",
    ("pictures/picture.py", "_drawn", "save"): "memory, not a file",
    ("publishing/poster.py", "main", "save"): "memory, not a file",
    ("lesson/claims.py", "_record", "open"): "adds a line to the record of a run",
    ("pictures/picture.py", "_drawn", "savefig"): "memory, not a file",
    ("lesson/prepare.py", "add_missing", "write_text"): "a temporary folder, for pip",
    ("pretrain/command.py", "_rank_0_speaks", "open"): "os.devnull, not a file",
}
WRITERS = set(
    "write_text write_bytes touch save save_file savez savez_compressed savefig tofile "
    "dump rename renames copy2 copyfile copytree move extractall symlink_to".split()
)

OURS = ("self", "bert_files", "checkpoints", "resume")  # each has a function `save`


def written_around(path: Path) -> Iterator[tuple[str, str, str]]:
    """Name the calls in a module that write a file: module, function, called name."""
    name = path.relative_to(ROOT / "helpers").as_posix()
    functions = ast.FunctionDef | ast.AsyncFunctionDef

    def inside(node: ast.AST, function: str) -> Iterator[tuple[str, str, str]]:
        for child in ast.iter_child_nodes(node):
            within = child.name if isinstance(child, functions) else function
            if isinstance(child, ast.Call) and writes(child):
                yield name, within, called_name(child)
            yield from inside(child, within)

    return inside(ast.parse(path.read_text(encoding="utf-8")), "")


def called_name(call: ast.Call) -> str:
    """Return the last name of what is called."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def writes(call: ast.Call) -> bool:
    """Tell whether a call writes a file, or makes one appear under a name."""
    called = called_name(call)
    owner = getattr(getattr(call.func, "value", None), "id", "")
    if called == "open":
        modes = [*call.args, *(k.value for k in call.keywords if k.arg == "mode")]
        texts = [m.value for m in modes if isinstance(m, ast.Constant)]
        return any(set(str(text)) & set("wax+") for text in texts if len(text) < 4)
    if called == "replace":  # a string's own takes two
        return owner == "os" or len(call.args) == 1 and not call.keywords
    if called == "save" and owner in OURS:  # seen where it is defined
        return False
    if isinstance(call.func, ast.Name):
        return called == "save_file"
    return called in WRITERS


def test_nothing_in_helpers_writes_a_file_around_environment():
    modules = sorted((ROOT / "helpers").rglob("*.py"))
    own = ROOT / "helpers" / "environment.py"
    found = {call for path in modules if path != own for call in written_around(path)}
    assert len(modules) > 100 and set(written_around(own))  # they are seen
    assert found == set(WRITES_ITSELF)


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
