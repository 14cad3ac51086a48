import codecs
import os
import re
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.corpora import files


def sentences(path) -> Iterator[str]:
    """Yield the sentences of all documents of a file."""
    for document in files.documents(path):
        yield from document


KOREAN = "나는 학교에 갑니다. 그는 책을 읽습니다.\n오늘은 비가 옵니다.\n"


@pytest.fixture
def make(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def test_utf8_is_read_with_and_without_byte_order_mark(make):
    plain = make("a.txt", KOREAN)
    marked = make("b.txt", codecs.BOM_UTF8 + KOREAN.encode())
    assert files.read(plain) == files.read(str(marked)) == KOREAN


def test_all_line_ends_become_one_newline(make):
    assert files.read(make("a.txt", "a\r\nb\rc\nd")) == "a\nb\nc\nd"


def test_several_files_are_joined_by_a_newline_up_to_max_chars(make):
    a, b = make("a.txt", "one two"), make("b.txt", "three")
    whole = "one two\nthree"
    assert files.read(a, b) == whole
    for n in 1, 7, 8, 9, 99:
        assert files.read(a, b, max_chars=n) == whole[:n]


@pytest.mark.parametrize("shift", range(4))
def test_characters_over_the_border_of_chunks_survive(make, shift):
    text = "x" * shift + ("가나다 👩‍👩‍👧 é 漢\r\n" * 40_000)
    path = make("a.txt", text)
    assert files.read(path) == text.replace("\r\n", "\n")
    assert " ".join(sentences(path)).split() == text.split()


def test_sentences_cross_lines_and_end_at_marks_and_empty_lines(make):
    text = 'CHAPTER I\n\nIt was\nlate. "Go!" he said. Mr. Fox\nwent.\n\n\nEnd\n'
    assert list(sentences(make("a.txt", text))) == [
        "CHAPTER I",
        "It was late.",
        '"Go!" he said.',
        "Mr. Fox went.",
        "End",
    ]
    korean = list(sentences(make("b.txt", KOREAN)))
    assert korean == re.findall(r"\S[^.]*\.", KOREAN)


@given(st.lists(st.text("ab가 .\n\r!?\"'", min_size=1, max_size=40), min_size=1))
def test_sentences_lose_only_white_space(tmp_path_factory, parts):
    text = "x" + "".join(parts)
    path = tmp_path_factory.mktemp("h") / "a.txt"
    path.write_text(text, encoding="utf-8", newline="")
    found = list(sentences(path))
    assert " ".join(found).split() == text.split()
    assert all(s and s == " ".join(s.split()) for s in found)


def test_lines_without_marks_are_cut_at_the_limit(make):
    found = list(sentences(make("a.txt", "no mark here at all\n" * 1000)))
    assert max(map(len, found)) < files.MAX_SENTENCE + 20
    assert len(found) > 10


CONVERTED = [
    ("cp949", KOREAN),
    ("euc-kr", "옛날 옛적에 호랑이가 살았다.\n"),
    ("cp949", "Most of it is English, but a 똠방각하 is here.\n" * 300),
    ("utf-16", KOREAN),
    ("utf-16", "plain English"),
    ("utf-16-le", "plain English, no mark"),
    ("utf-16-be", "plain English, no mark"),
    ("utf-32", KOREAN),
    ("cp1252", "The café’s naïve façade — “très” chic.\n"),
    ("latin-1", "Die Straße führt über Köln.\n" * 3),
    ("cp932", "私は学校に行きます。彼は本を読みます。\n" * 3),
    ("gb18030", "我去学校。他读书。今天下雨。\n" * 3),
    ("big5", "我去學校。他讀書。今天下雨。\n" * 3),
    ("cp1251", "Съешь же ещё этих мягких французских булок.\n" * 3),
    ("cp1252", "« L’été dernier, ma sœur est allée à la forêt. »\n" * 40),
    ("cp1252", "¿Dónde está la canción? El niño comió una piña.\n" * 40),
    ("cp949", KOREAN.replace("\n", " ") * 3000),
    ("cp949", "ascii only " * 9 + "\n" + "plain line\n" * 20_000 + "끝에만 한글.\n"),
]


@pytest.mark.parametrize(("encoding", "text"), CONVERTED)
def test_the_error_on_another_encoding_holds_the_line_that_mends_it(
    make, encoding, text
):
    path = make("it's.txt", text.encode(encoding))
    with pytest.raises(ValueError, match="likely (utf|cp|latin|gb|big)") as caught:
        files.read(path)
    line = str(caught.value).splitlines()[-1]
    exec(line, {})
    assert files.read(path.with_name("it's_utf8.txt")) == text


def test_the_error_names_the_encoding(make):
    for encoding, text in CONVERTED:
        path = make("a.txt", text.encode(encoding))
        name = {"euc-kr": "cp949", "latin-1": "cp1252"}.get(encoding, encoding)
        with pytest.raises(ValueError, match=f"likely {name}"):
            list(sentences(path))


def test_damaged_utf8_is_not_called_another_encoding(make):
    path = make("a.txt", KOREAN.encode() * 9 + b"\xff\n")
    with pytest.raises(ValueError, match="damaged") as caught:
        files.read(path)
    exec(str(caught.value).splitlines()[-1], {})
    assert files.read(path.with_name("a_utf8.txt")) == KOREAN * 9 + "\ufffd\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (codecs.BOM_UTF8 + b" \r\n ", "empty"),
        (bytes(range(256)) * 50, "binary"),
        (b"text and then\0a zero", "binary"),
        (os.urandom(4096), "binary"),
        (b"%PDF-1.7\n\xe2\xe3", "PDF"),
        (b"PK\x03\x04\x14\x00", "Word"),
        (b"\x1f\x8b\x08\x00\x00", "gzip"),
    ],
)
def test_what_is_no_text_is_named(make, content, message):
    path = make("thing.txt", content)
    for use in files.read, lambda p: list(sentences(p)):
        with pytest.raises(ValueError, match=message) as caught:
            use(path)
        assert "thing.txt" in str(caught.value) and ";" in str(caught.value)


@pytest.mark.parametrize("before", ["", "a line\n"])
def test_one_endless_line_is_refused_and_the_advice_works(make, before):
    path = make("long.txt", before + "Only words. " * 100_000)
    with pytest.raises(ValueError, match="1,000,000 characters") as caught:
        files.read(path)
    exec(str(caught.value).split("with:\n")[1], {})
    assert files.read(path.with_name("long_lines.txt")).count("Only words.") == 100_000
    almost = make("ok.txt", "x" * files.MAX_LINE + "\ny")
    assert len(files.read(almost)) == files.MAX_LINE + 2


def test_a_missing_file_gets_near_names(make, tmp_path):
    make("Alice.txt", "a")
    with pytest.raises(FileNotFoundError, match="did you mean 'Alice.txt'"):
        files.documents(tmp_path / "alise.txt")
    with pytest.raises(FileNotFoundError, match="text files are 'Alice.txt'"):
        files.read(tmp_path / "war_and_peace.doc")
    with pytest.raises(FileNotFoundError, match="nor is its folder"):
        files.read(tmp_path / "nowhere" / "a.txt")


def test_a_folder_is_listed(make, tmp_path):
    with pytest.raises(IsADirectoryError, match="no .txt files"):
        files.read(tmp_path)
    for i in range(12):
        make(f"part{i:02}.txt", "a")
    with pytest.raises(IsADirectoryError, match="'part00.txt', .* and 2 more"):
        files.read(tmp_path)


@pytest.mark.parametrize("paths", [(), ([],), (None,), (3,)])
def test_wrong_arguments_show_the_right_call(paths):
    with pytest.raises(ValueError, match="try files.read|as in read"):
        files.read(*paths)


def test_max_chars_must_be_positive(make):
    with pytest.raises(ValueError, match="max_chars=0"):
        files.read(make("a.txt", "a"), max_chars=0)


def test_a_hundred_megabytes_pass_in_bounded_memory(tmp_path):
    english = " ".join(["A plain line of English text, rather long, goes on."] * 4)
    block = (f"{english}\n" * 5 + KOREAN) * 1000
    raw = block.encode()
    path = tmp_path / "big.txt"
    with path.open("wb") as file:
        for _ in range(100_000_000 // len(raw) + 1):
            file.write(raw)
    assert path.stat().st_size >= 100_000_000
    tracemalloc.start()
    assert len(files.read(path, max_chars=10_000)) == 10_000
    for i, sentence in enumerate(sentences(path)):
        assert len(sentence) < 100
        if i == 50_000:
            break
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30_000_000
    n = sum(1 for _ in sentences(path))
    assert n == (100_000_000 // len(raw) + 1) * 23_000
