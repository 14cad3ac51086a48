import subprocess
import sys

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.tokenization import Characters, Words, split_words
from helpers.tokenization.words import BOS, EOS, PAD, SPECIALS, UNK, UNK_ID

UNICODE = "한국어 문장 é e\u0301 👩‍👩‍👧 👍🏽 \u0915\u093f 漢字 \ud800 \x00 \n\ttab"
texts = st.text(min_size=1, max_size=60) | st.sampled_from([UNICODE, "<pad><unk>"])
word = st.text(min_size=1, max_size=6).filter(lambda w: w.split() == [w])
sequences = st.lists(st.lists(word, min_size=1, max_size=9), min_size=1, max_size=5)


def test_specials_have_ids_zero_to_three():
    for vocabulary in Characters.from_text("ab"), Words.from_tokens([["a"]]):
        assert vocabulary.tokens[:4] == [PAD, UNK, BOS, EOS] == list(SPECIALS)
        assert [vocabulary.ids[s] for s in SPECIALS] == [0, 1, 2, 3]


@given(texts)
def test_characters_round_trip_on_any_text(text):
    characters = Characters.from_text(text)
    ids = characters.encode(text)
    assert characters.decode(ids) == text
    assert len(ids) == len(text)
    assert all(4 <= i < len(characters) for i in ids)
    assert ids == [characters.ids[c] for c in text]


@given(texts, texts)
def test_characters_of_another_text_are_in_range_and_unknown_ones_are_unk(known, text):
    characters = Characters.from_text(known)
    ids = characters.encode_array(text)
    assert ids.dtype == numpy.int64 and ids.shape == (len(text),)
    for i, character in zip(ids.tolist(), text, strict=True):
        assert i == characters.ids.get(character, UNK_ID)


@given(texts)
def test_characters_do_not_depend_on_the_order_of_the_text(text):
    backwards = Characters.from_text(text[::-1])
    assert backwards.tokens == Characters.from_text(text).tokens


@given(texts, st.integers(5, 12))
def test_max_size_keeps_the_most_frequent_with_ties_by_code_point(text, max_size):
    expected = sorted(set(text), key=lambda c: (-text.count(c), ord(c)))
    kept = Characters.from_text(text, max_size).tokens
    assert kept[4:] == expected[: max_size - 4]
    assert Words.from_tokens([list(text)], max_size).tokens == kept


@given(sequences)
def test_words_round_trip_and_stay_in_range(rows):
    words = Words.from_tokens([*rows, ["sure"]])
    for row in rows:
        ids = words.encode(row)
        ordinary = [w if w not in SPECIALS else UNK for w in row]
        assert words.decode(ids) == ordinary
        assert all(0 <= i < len(words) for i in ids)
        assert words.encode_array(row).tolist() == ids
        assert words.encode(words.join(ids)) == ids


@given(sequences)
def test_words_are_deterministic(rows):
    first, second = (
        Words.from_tokens(rows[::-1] + [["a"]]),
        Words.from_tokens(rows + [["a"]]),
    )
    assert first.tokens == second.tokens


@pytest.mark.parametrize("special", SPECIALS)
def test_a_special_spelled_in_a_text_never_becomes_its_id(special):
    characters = Characters.from_text(f"see {special} here")
    assert min(characters.encode(special)) >= 4
    assert characters.decode(characters.encode(special)) == special
    words = Words.from_tokens([["see", special, "here"]])
    assert words.tokens[4:] == ["here", "see"]
    assert words.encode(f"see {special}") == [5, UNK_ID]


def test_min_count_drops_rare_words():
    words = Words.from_tokens([["b", "a", "b"], ["c", "a"]], min_count=2)
    assert words.tokens[4:] == ["a", "b"]
    assert words.encode("a c b") == [4, UNK_ID, 5]


def test_words_take_a_generator_of_tuples():
    assert len(Words.from_tokens(("x", str(i)) for i in range(3))) == 8


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Characters.from_text(""), "empty"),
        (lambda: Characters.from_text(["a"]), "list given"),
        (lambda: Characters.from_text("a", 4), "max_size=4"),
        (lambda: Characters(["ab"]), "try Words"),
        (lambda: Characters(["a", "a"]), "more than once"),
        (lambda: Words.from_tokens([]), "no word is left"),
        (lambda: Words.from_tokens([["<pad>"]]), "no word is left"),
        (lambda: Words.from_tokens([["a"]], min_count=2), "min_count=2"),
        (lambda: Words.from_tokens("a b"), "one string given"),
        (lambda: Words.from_tokens(["a b"]), "expected"),
        (lambda: Words([PAD]), "more than once"),
        (lambda: split_words(3), "int given"),
    ],
)
def test_errors_say_what_was_given(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("ids", [[-1], [6], [4, 99], [1.5], [[4, 5]]])
def test_ids_that_cannot_be_decoded_raise(ids):
    with pytest.raises(ValueError, match="out of range|whole numbers|one row"):
        Characters.from_text("ab").decode(ids)


def test_decode_takes_lists_arrays_and_generators():
    characters = Characters.from_text("ab")
    for ids in [4, 5], numpy.array([4, 5]), (i for i in (4, 5)):
        assert characters.decode(ids) == "ab"
    assert characters.decode([]) == "" and characters.encode("") == []
    assert characters.decode([2, 4, 1, 3]) == "<bos>a<unk><eos>"


def test_decode_takes_a_tensor():
    torch = pytest.importorskip("torch")
    assert Characters.from_text("ab").decode(torch.tensor([5, 4])) == "ba"


def test_split_words_keeps_words_accents_and_emoji_whole():
    assert split_words("Don't stop, e\u0301te\u0301 2!") == [
        *("Don't", "stop", ",", "e\u0301te\u0301", "2", "!")
    ]
    assert split_words("한국어를 배워요.") == ["한국어를", "배워요", "."]
    assert split_words("ok 👩‍👩‍👧👍🏽") == ["ok", "👩‍👩‍👧", "👍🏽"]


@settings(max_examples=200)
@given(st.text() | st.just(UNICODE))
def test_split_words_loses_only_white_space(text):
    assert "".join(split_words(text)) == "".join(text.split())


def test_millions_of_characters_are_encoded_like_one():
    text = "가나 다abc" * 300_000
    characters = Characters.from_text(text)
    ids = characters.encode_array(text)
    assert ids[:7].tolist() == characters.encode(text[:7])
    assert (ids.reshape(-1, 7) == ids[:7]).all()


def test_tokenizers_do_not_import_torch():
    code = "import sys, helpers.tokenization.words; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize("kind", [Words, Characters])
def test_a_mapping_is_no_list_of_pieces(kind):
    with pytest.raises(ValueError, match="list the pieces in the order of their ids"):
        kind({"b": 5, "a": 4})
