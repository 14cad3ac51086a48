import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.corpora import prose, pydocs

SOURCE = b'''"""The first sentence of the module. Another one stands here."""
import module_that_does_not_exist

class Thing:
    """Hold the things that matter most."""

    async def run(self):
        """Return the thing that ran last."""

if True:
    def hidden():
        \'\'\'Do what is hidden in a block.\'\'\'

text = """This string is not a docstring at all."""
add_newdoc("thing", "run", """
    run(x)

    Sum the numbers of the given row.
    """)
'''
FOUND = [
    "The first sentence of the module.",
    "Another one stands here.",
    "Hold the things that matter most.",
    "Return the thing that ran last.",
    "Do what is hidden in a block.",
    "Sum the numbers of the given row.",
]


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Let the four packages be small folders, the last one missing."""
    roots = {name: tmp_path / name for name in pydocs.PACKAGES[:3]}
    for name, root in roots.items():
        for path in "a.py", "b/c.py", "tests/d.py", "test_e.py":
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(SOURCE)
        own = f'"""Only {name} says so in {{}}."""'
        (root / "z.py").write_text(own.format("this file"))
        (root / "b/c.py").write_text(own.format("that file"))
        (root / "tests/d.py").write_text(own.format("a test"))
        (root / "broken.py").write_text('"""This one does not parse well."""\n(')
    monkeypatch.setattr(pydocs, "_root", roots.get)
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COURSE_VIEWS", "static")
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return the real sentences, read in a process that must stay quiet."""
    folder = str(tmp_path_factory.mktemp("cache"))
    code = (
        "import sys; from helpers.corpora import pydocs; pydocs.load(); "
        "sys.exit(any(name in sys.modules for name in pydocs.PACKAGES))"
    )
    settings = {**os.environ, "COURSE_CACHE": folder, "COURSE_VIEWS": "static"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=settings, capture_output=True, check=True)
    assert done.stdout == done.stderr == b""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_CACHE", folder)
        patch.setattr(pydocs, "_extract", None)
        return pydocs.load()


def test_docstrings_are_found_in_order_and_nothing_else():
    docs = list(pydocs.docstrings(SOURCE))
    assert [s for doc in docs for s in prose.sentences(doc)] == FOUND
    for broken in b'"""a', b'"""a"""\0', b"", b"x = 1", b'"""a"""\n\xff':
        assert list(pydocs.docstrings(broken)) == []


def test_each_sentence_stands_once_in_order_of_package_and_file(small):
    docs = pydocs.load()
    own = [f"Only {n} says so in t{w} file." for n in pydocs.PACKAGES[:3] for w in W]
    assert list(docs.sentences) == FOUND + own
    assert docs.packages == ("python",) * 8 + ("torch",) * 2 + ("numpy",) * 2
    words = sum(len(s.split()) for s in docs.sentences)
    assert sum(docs.counts.values()) == words
    assert docs.counts["matplotlib"] == 0 and docs.counts["torch"] == 14
    assert docs.text.split("\n") == list(docs.sentences)


W = ("hat", "his")


def test_the_second_time_comes_from_the_cache(small, monkeypatch, capsys):
    first = pydocs.load()
    monkeypatch.setattr(pydocs, "_extract", None)
    assert pydocs.load() == first
    assert capsys.readouterr().out == ""
    assert len(list(small.iterdir())) == 1


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "bytes"])
def test_a_damaged_cache_is_built_again_and_said_so(small, capsys, damage):
    first = pydocs.load()
    (path,) = small.iterdir()
    good = path.read_bytes()
    bad = {"cut": good[:-9], "changed": good.replace(b"Hold", b"Told"), "empty": b""}
    path.write_bytes(bad.get(damage, b"\xff\n\xfe"))
    assert pydocs.load() == first
    assert (
        capsys.readouterr().out == "pydocs: the cache is damaged; building it again.\n"
    )
    assert path.read_bytes() == good


def test_a_new_version_reads_the_sources_again(small, monkeypatch):
    pydocs.load()
    monkeypatch.setattr(prose, "VERSION", prose.VERSION + 1)
    pydocs.load()
    assert len(list(small.iterdir())) == 2


def test_an_unwritable_cache_folder_is_said_once_and_does_not_stop(small, capsys):
    small.write_text("a file where the folder should be")
    assert len(pydocs.load().sentences) == 12
    lines = capsys.readouterr().out.splitlines()
    assert lines and all(line.startswith("pydocs: ") for line in lines)
    assert "no cache is kept" in lines[-1] and len(lines) == 1


def test_the_progress_bar_shows_only_in_live_mode(small, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_VIEWS", "live")
    pydocs.load()
    assert "Reading docstrings" in capsys.readouterr().out


def test_a_package_that_is_not_installed_has_no_sources(monkeypatch):
    monkeypatch.setattr(pydocs.importlib.util, "find_spec", lambda name: None)
    assert pydocs._sources("torch") == []


def test_the_standard_library_is_read_without_tests_and_other_packages():
    sources = pydocs._sources("python")
    names = {part for path in sources for part in path.parts}
    assert not names & {"site-packages", "idlelib", "lib2to3", "test", "turtledemo"}
    assert len(sources) > 300 and sources == pydocs._sources("python")


def test_the_real_corpus_is_large_clean_and_without_repetition(whole):
    assert sum(whole.counts.values()) > 250_000
    assert all(whole.counts[name] > 20_000 for name in pydocs.PACKAGES)
    assert len(set(whole.sentences)) == len(whole.sentences) == len(whole.packages)
    assert all(map(prose.is_prose, whole.sentences))
    assert whole.text.isascii() and len(set(whole.text)) < 90


@pytest.mark.parametrize(
    ("docstring", "expected"),
    [
        (
            "Return the :class:`~torch.nn.Linear` layer of `this` **fine** model [1]_.",
            ["Return the torch.nn.Linear layer of this fine model."],
        ),
        (
            "See :func:`the guide <guide>` and `our page <https://x.org>`_ for more.",
            ["See the guide and our page for more."],
        ),
        (
            "Sum two numbers.\n\nFor example (e.g. in a loop) it adds them up, i.e. "
            "sums.\n\n>>> Is this a sentence of code.\nThis is what it prints then.",
            ["For example (e.g. in a loop) it adds them up, i.e. sums."],
        ),
        (
            "Open the file and read it.\n\nArgs:\n    x: This is about the parameter."
            "\n\nx : int\n    This is the number of things.",
            ["Open the file and read it."],
        ),
        (
            "Notes\n-----\nThis function works in place. Does it ever stop? or not.",
            ["This function works in place.", "Does it ever stop?"],
        ),
        (
            "Centralised interface for events\nLog an event to the open file.",
            ["Log an event to the open file."],
        ),
        (
            ".. note:: This is not kept at all.\n\n- This item is not kept.\n\n"
            "Key   This table is not kept.",
            [],
        ),
        ("The value x = 3 is set. The name a_b is used here. Short one.", []),
        ("Café au lait is not ASCII. An (open bracket is left out.", []),
    ],
)
def test_markup_code_and_lists_leave_only_prose(docstring, expected):
    assert list(prose.sentences(docstring)) == expected


@given(st.text() | st.text("Aa .?!\n`:*_[]()<>~-=>\"'", max_size=200))
def test_any_docstring_gives_prose_or_nothing(docstring):
    for sentence in prose.sentences(docstring):
        assert prose.is_prose(sentence)
        assert sentence == " ".join(sentence.split())
