import ast
import codecs
import os
import re
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
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


TEN = [
    ("gb18030", "今天天气很好。我们去公园。\n"),
    ("big5", "今天天氣很好，我們去公園散步。\n"),
    ("cp1251", "Сегодня хорошая погода. Мы идём в парк.\n"),
    ("koi8-r", "Сегодня хорошая погода. Мы идём в парк.\n"),
    ("cp1253", "Ο ήλιος λάμπει και τα παιδιά παίζουν στην αυλή.\n"),
    ("cp1256", "ذهب الولد إلى المدرسة وقرأ الكتاب.\n"),
    ("cp874", "สวัสดีครับ วันนี้อากาศดีมาก\n"),
    ("iso8859-9", "Öğrenciler şimdi çalışıyor, hava güzel.\n"),
    ("cp1250", "Dziś jest ładna pogoda, idziemy do parku.\n"),
    ("cp1250", "Zażółć gęślą jaźń.\n"),
    ("cp1250", "Dziś pójdę do sklepu i kupię chleb, bo wszystko się skończyło.\n"),
    ("shift_jis", "今日は晴れ。公園へ行く。\n"),
]
WESTERN = [
    "The café’s naïve façade — “très” chic.\n",
    "« L’été dernier, là-bas, ma sœur est allée à la même forêt. »\n",
    "¿Dónde está la canción? El niño comió una piña.\n",
    "Die Straße führt über Köln.\n",
    "Þetta er íslenskur texti, það er gott veður í dag.\n",
]


RARER = [
    ("iso8859-2", "Żółta łódź płynie po rzece, a dzieci się śmieją.\n"),
    ("cp1257", "Šiandien gražus oras, eisime į parką.\n"),
    ("cp1255", "שלום עולם, מה שלומך היום?\n"),
    ("iso8859-7", "Ο ήλιος λάμπει και τα παιδιά παίζουν στην αυλή.\n"),
    ("euc_jp", "私は学校に行きます。彼は本を読みます。\n"),
    ("koi8-r", "Привет.\n"),  # so little that the library is wrong
    ("cp874", "สวัสดี\n"),
]


def refused(path) -> str:
    """Return what the error on a file says."""
    with pytest.raises(ValueError) as caught:
        files.read(path)
    return str(caught.value)


def candidates(message: str) -> dict[str, str]:
    """Return the encodings that a message shows, each with its sample."""
    lines = re.findall(r"^  (\S+): (.+)$", message, re.M)
    return {name: ast.literal_eval(sample) for name, sample in lines}


@pytest.mark.parametrize("times", [1, 30])
@pytest.mark.parametrize(("encoding", "text"), TEN)
def test_the_right_encoding_is_among_those_shown_and_its_line_works(
    make, encoding, text, times
):
    whole = text * times
    path = make("a.txt", whole.encode(encoding))
    message = refused(path)
    shown = candidates(message)
    assert 1 <= len(shown) <= 3 and len(set(shown.values())) == len(shown)
    first = next(iter(shown))
    assert f"likely {first}." in message
    line = message.splitlines()[-1]
    right = []
    for name, sample in shown.items():
        exec(line.replace(f"encoding={first!r}", f"encoding={name!r}"), {})
        copy = files.read(path.with_name("a_utf8.txt"))  # none raises
        assert sample in " ".join(copy.split())
        right += [name] * (copy == whole)
    assert right == [first]
    assert path.read_bytes() == whole.encode(encoding)


@pytest.mark.parametrize(("encoding", "text"), RARER)
def test_a_rarer_encoding_is_among_those_shown(make, encoding, text):
    message = refused(make("a.txt", text.encode(encoding)))
    shown = candidates(message)
    right = [name for name in shown if text.encode(encoding).decode(name) == text]
    assert len(right) == 1 and shown[right[0]] in text and len(shown) <= 3


@pytest.mark.parametrize("text", WESTERN)
def test_western_text_is_most_likely_cp1252(make, text):
    for times in 1, 40:
        path = make("a.txt", (text * times).encode("cp1252"))
        message = refused(path)
        assert next(iter(candidates(message))) == "cp1252"
        exec(message.splitlines()[-1], {})
        assert files.read(path.with_name("a_utf8.txt")) == text * times


def test_the_line_says_that_it_replaces_a_file(make):
    path, raw = make("a.txt", WESTERN[0].encode("cp1252")), b"mine"
    assert not refused(path).endswith("of that name")
    mine = make("a_utf8.txt", raw)
    message = refused(path)
    assert message.endswith("# this replaces the file of that name")
    assert mine.read_bytes() == raw
    exec(message.splitlines()[-1], {})
    assert files.read(mine) == WESTERN[0]


def test_an_encoding_that_fails_late_in_the_file_is_not_advised(make):
    early = "Сегодня хорошая погода. Мы идём в парк.\n".encode("cp1251")
    path = make("a.txt", early * 4000 + b"\x98 and on\n")  # cp1251 has no 0x98
    message = refused(path)
    assert "cp1251" not in candidates(message)
    exec(message.splitlines()[-1], {})
    files.read(path.with_name("a_utf8.txt"))


def test_a_damaged_file_in_another_encoding_gets_a_line_that_does_not_raise(make):
    whole = ("나는 학교에 갑니다.\n" * 4000).encode("cp949")
    path = make("a.txt", whole + b"\x80\xff\x80\n" + whole)
    message = refused(path)
    exec(message.splitlines()[-1], {})
    copy = files.read(path.with_name("a_utf8.txt"))
    assert copy.startswith("나는 학교에") == ("CP949 with some damaged" in message)


@pytest.mark.parametrize("encoding", ["utf-8", "cp949", "cp1252"])
def test_a_zero_far_into_the_file_is_binary_and_no_line_is_advised(make, encoding):
    text = "é or é\n" if encoding == "cp1252" else KOREAN
    path = make("a.txt", (text * 20_000).encode(encoding) + b"\0\n")
    assert "binary" in refused(path)


ENDLESS = {
    "Chinese": "今天天气很好。" * 200_000,
    "without a mark": "今天天气很好" * 200_000,
    "JSON": '{"t":"no dot here"},' * 60_000,
    "text8": "a term used first in " * 60_000,
    "one word": "x" * 1_200_000,
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_the_copy_of_an_endless_line_is_accepted_and_whole(make, kind):
    around = "A title\n\n  two lines\nof text. And more. \n\n"
    text = around + ENDLESS[kind] + "\n" + around
    path = make("long.txt", text)
    exec(refused(path).split("with:\n")[1], {})
    copy = files.read(path.with_name("long_lines.txt"))
    assert copy.replace("\n", "") == text.replace("\n", "")
    assert copy.startswith(around) and copy.endswith("\n" + around)
    assert max(map(len, copy.split("\n"))) <= 2000
    if kind == "JSON":
        lines = copy[len(around) : -len(around)].splitlines()
        assert all(line.startswith("{") and line.endswith("},") for line in lines)


def test_an_endless_line_in_another_encoding_is_mended_in_two_steps(make):
    path = make("a.txt", ENDLESS["Chinese"].encode("gb18030"))
    exec(refused(path).splitlines()[-1], {})
    exec(refused(path.with_name("a_utf8.txt")).split("with:\n")[1], {})
    copy = files.read(path.with_name("a_utf8_lines.txt"))
    assert copy.replace("\n", "") == ENDLESS["Chinese"]


def test_the_calls_that_errors_show_work(make, monkeypatch):
    monkeypatch.chdir(make("book.txt", "Some text.").parent)
    make("a.txt", "one"), make("b.txt", "two")
    read = files.read
    with pytest.raises(ValueError) as none:
        read()
    assert eval(str(none.value).split("try ")[1]) == "Some text."
    with pytest.raises(ValueError) as a_list:
        read(["a.txt"])
    assert eval(str(a_list.value).split("as in ")[1]) == "one\ntwo"
    for wrong in 0, 1.5, "10":
        with pytest.raises(ValueError, match="max_chars=.*try 1000 or more, or None"):
            read("a.txt", max_chars=wrong)
    assert read("a.txt", max_chars=1000) == read("a.txt", max_chars=None) == "one"
    with pytest.raises(FileNotFoundError) as missing:
        read("bok.txt")
    proposed = str(missing.value).split("did you mean ")[1].rstrip("?").split(" or ")
    assert read(ast.literal_eval(proposed[0])) == "Some text."
    with pytest.raises(IsADirectoryError) as folder:
        read(".")
    names = ast.literal_eval(str(folder.value).split("files are ")[1])
    assert read(*names) == "one\ntwo\nSome text."


def test_a_link_that_leads_nowhere_is_not_proposed(tmp_path):
    try:
        (tmp_path / "a.txt").symlink_to(tmp_path / "gone.txt")
    except OSError:
        pytest.skip("no links here")
    with pytest.raises(FileNotFoundError, match="no .txt files"):
        files.read(tmp_path / "a.txt")


CODECS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252"]
CODECS += [*dict(TEN), "cp949", "euc_jp", "cp1255", "mac_roman", "utf-7"]
MARKS = [b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE]
MARKS += [codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, b"%PDF", b"\0"]
TEXTS = st.sampled_from([text for _, text in TEN] + WESTERN + [KOREAN, "plain\n", ""])
ENCODED = st.builds(
    lambda text, codec, times: (text * times).encode(codec, "replace"),
    TEXTS | st.text(max_size=60),
    st.sampled_from(CODECS),
    st.sampled_from([1, 2, 50]),
)
CONTENTS = st.builds(
    lambda mark, raw, end: mark + raw + end,
    st.sampled_from(MARKS),
    ENCODED | st.binary(max_size=200),
    st.binary(max_size=3),
)


@settings(max_examples=150, deadline=None)
@given(CONTENTS)
def test_any_file_is_text_or_one_error_whose_line_works(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "it's {}.txt"
    path.write_bytes(content)
    try:
        text = files.read(path)
    except ValueError as error:
        message = str(error)
    else:
        newlines = content.decode("utf-8-sig").replace("\r\n", "\n")
        assert text == newlines.replace("\r", "\n")
        return
    assert message.startswith(repr(str(path)))
    with pytest.raises(ValueError, match=re.escape(message.splitlines()[0])):
        list(files.documents(path))
    line = message.splitlines()[-1]
    if not line.startswith("from pathlib"):
        assert ";" in message  # what is no text: the error says what to give
        return
    exec(line, {})
    copy = path.with_name("it's {}_utf8.txt")
    assert "\0" not in copy.read_text(encoding="utf-8")
    assert path.read_bytes() == content


@pytest.mark.parametrize("name", ["no.txt", ".", "no/no.txt", "a\0b.txt", "x" * 300])
def test_what_is_no_file_is_one_error(tmp_path, name):
    with pytest.raises((OSError, ValueError)) as caught:
        files.read(tmp_path / name)
    assert len(str(caught.value).splitlines()) == 1
