"""WordPiece: the same ids as the tokenizers library, and deterministic training."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.corpora import world
from helpers.tokenization import wordpiece

# U+061D became punctuation in Unicode 14; the library's tables are older
RANGES = (
    (0x00, 0x20),
    (0x20, 0x7F),
    (0x80, 0x24F),
    (0x300, 0x36F),  # combining marks
    (0x370, 0x4FF),
    (0x620, 0x6FF),
    (0x2000, 0x206F),
    (0x3040, 0x30FF),
    (0x4E00, 0x4F00),
    (0xAC00, 0xD7A3),  # Korean
    (0xE000, 0xE010),
    (0x1F300, 0x1F5FF),  # emoji
)
BLANKS = (" ", "  ", "\t", "\n", "\u00a0", "\u3000", "")


@pytest.fixture(scope="module")
def words():
    stories = world.documents(300, 0)
    return Counter(
        x for d in stories for x in wordpiece.split(wordpiece.normalise(d.text))
    )


@pytest.fixture(scope="module")
def mine(words):
    """A trained vocabulary, and 60 % of the letters of RANGES."""
    dice = random.Random(0)
    trained = wordpiece.WordPiece.trained(words, 500).tokens
    letters = {chr(k) for a, b in RANGES for k in range(max(a, 33), b + 1)}
    some = {m + c for m in ("", "##") for c in sorted(letters) if dice.random() < 0.6}
    return wordpiece.WordPiece([*trained, *sorted(some - set(trained))])


def strange(dice: random.Random, words: list[str]) -> str:
    out = []
    for _ in range(dice.randrange(1, 12)):
        kind = dice.random()
        if kind < 0.4:
            out.append(dice.choice(words))
        elif kind < 0.45:
            out.append(chr(dice.randrange(97, 123)) * dice.randrange(90, 210))
        else:
            a, b = dice.choice(RANGES)
            letters = range(dice.randrange(1, 8))
            out.append("".join(chr(dice.randint(a, b)) for _ in letters))
        out.append(dice.choice(BLANKS))
    return "".join(out)


@pytest.mark.parametrize("lower", [True, False])
def test_ids_are_those_of_the_tokenizers_library(mine, words, lower):
    tokenizers = pytest.importorskip("tokenizers")
    model = tokenizers.models.WordPiece(
        mine.ids, unk_token="[UNK]", max_input_chars_per_word=100
    )
    theirs = tokenizers.Tokenizer(model)
    theirs.normalizer = tokenizers.normalizers.BertNormalizer(lowercase=lower)
    theirs.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    ours = wordpiece.WordPiece(mine.tokens, lower)
    dice, known = random.Random(int(lower)), sorted(words)
    for _ in range(10_000 if lower else 2_000):
        text = strange(dice, known)
        wanted = theirs.encode(text, add_special_tokens=False).ids
        assert ours.encode(text) == wanted, repr(text)


def test_worked_example():
    known = {p: i for i, p in enumerate(["un", "##happ", "##y", "##h", "##appy", "u"])}
    assert wordpiece.cut("unhappy", known) == ["un", "##happ", "##y"]
    assert wordpiece.cut("unhappier", known) == ["[UNK]"]
    assert wordpiece.cut("u" * 101, {"u": 0, "##u": 1}) == ["[UNK]"]
    assert len(wordpiece.cut("u" * 100, {"u": 0, "##u": 1})) == 100


def test_the_first_pair_is_the_one_with_the_best_score():
    # scores: h+u 15/(15·20), p+u: 17/(17·36), g+s: 5/(20·5) is the largest
    words = {"hug": 10, "pug": 5, "pun": 12, "bun": 4, "hugs": 5}
    letters = {"h", "p", "b", "##u", "##g", "##n", "##s"}
    pieces = wordpiece.train(words, 8)
    assert set(pieces[:-1]) == letters and pieces[-1] == "##gs"


def test_bpe_joins_the_most_frequent_pair():
    words = {"hug": 10, "pug": 5, "pun": 12, "bun": 4, "hugs": 5}
    assert wordpiece.train(words, 10, frequent=True)[7:] == ["##ug", "##un", "hug"]


def test_the_librarys_trainer_called_wordpiece_joins_frequent_pairs(words):
    tokenizers = pytest.importorskip("tokenizers")
    theirs = tokenizers.Tokenizer(
        tokenizers.models.WordPiece({}, unk_token=wordpiece.UNK)
    )
    theirs.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
    settings_ = {"vocab_size": 400, "show_progress": False, "special_tokens": []}
    trainer = tokenizers.trainers.WordPieceTrainer(**settings_)
    theirs.train_from_iterator((" ".join([x] * n) for x, n in words.items()), trainer)
    found = set(theirs.get_vocab())
    shared = [
        len(found & set(wordpiece.train(words, 400, f))) / 400 for f in (True, False)
    ]
    assert shared[0] > 0.8 > shared[1] + 0.2, shared


def rank(pair, pairs: Counter, pieces: Counter) -> tuple:
    return -pairs[pair] / (pieces[pair[0]] * pieces[pair[1]]), -pairs[pair], pair


def slowly(words: dict[str, int], size: int) -> list[str]:
    """Train by counting everything anew after each join."""
    cuts = {x: [x[0], *("##" + c for c in x[1:])] for x in words}
    found = sorted({p for c in cuts.values() for p in c})
    while len(found) < size:
        pieces, pairs = Counter(), Counter()
        for x, parts in cuts.items():
            for p in parts:
                pieces[p] += words[x]
            for pair in zip(parts, parts[1:], strict=False):
                pairs[pair] += words[x]
        if not pairs:
            break
        best = min(pairs, key=lambda p: rank(p, pairs, pieces))
        joined = best[0] + best[1][2:]
        if joined not in found:
            found.append(joined)
        for parts in cuts.values():
            i = 0
            while i < len(parts) - 1:
                if (parts[i], parts[i + 1]) == best:
                    parts[i : i + 2] = [joined]
                i += 1
    return found


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(
        st.text("abc", min_size=1, max_size=6), st.sampled_from([1, 2, 4, 8])
    )
)
def test_training_equals_counting_anew(words):
    for size in (6, 9, 14):
        letters = {c for x in words for c in [x[0], *("##" + c for c in x[1:])]}
        if len(letters) <= size:
            assert wordpiece.train(words, size) == slowly(words, size)


def test_training_is_deterministic(words):
    shuffled = list(words.items())
    random.Random(5).shuffle(shuffled)
    assert wordpiece.train(words, 400) == wordpiece.train(dict(shuffled), 400)


def test_all_words_of_the_world_can_be_written(words):
    trained = wordpiece.WordPiece.trained(words, 400)
    for word in words:
        assert trained.decode(trained.encode(word)) == word


def test_text_never_makes_a_special():
    letters = [m + c for m in ("", "##") for c in "mask[]"]
    trained = wordpiece.WordPiece([*wordpiece.SPECIALS, *letters])
    assert trained.pieces("[MASK]") == ["[", "m", "##a", "##s", "##k", "]"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda: wordpiece.WordPiece(["[PAD]", "a"]), "tokens lack"),
        (
            lambda: wordpiece.WordPiece([*wordpiece.SPECIALS, "a", "a"]),
            "more than once",
        ),
        (
            lambda: wordpiece.WordPiece([*wordpiece.SPECIALS]).decode([5]),
            "ids 0 to 4",
        ),
        (lambda: wordpiece.train({"abc": 1}, 2), "3 letters"),
    ],
)
def test_mistakes_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        change()


def test_a_word_of_a_hundred_letters_is_cut_and_a_longer_one_is_unknown():
    known = dict.fromkeys(["a", "##a"], 0)
    assert len(wordpiece.cut("a" * 100, known)) == 100
    assert wordpiece.cut("a" * 101, known) == [wordpiece.UNK]


@pytest.mark.parametrize("which", range(8))
def test_chinese_characters_stand_alone_from_the_first_to_the_last(which):
    block = wordpiece.CHINESE[which]
    library = pytest.importorskip("tokenizers.normalizers")
    clean = library.BertNormalizer(strip_accents=False, lowercase=False)
    for code in (block[0] - 1, *block, block[1] + 1):
        text = f"a{chr(code)}b"
        assert wordpiece.normalise(text, False) == clean.normalize_str(text), hex(code)
    assert wordpiece.normalise(f"a{chr(block[0])}b") != f"a{chr(block[0])}b"


def test_as_many_pieces_as_letters_are_enough():
    assert wordpiece.train({"ab": 3}, 2) == ["##b", "a"]
    assert wordpiece.train({"ab": 3}, 3) == ["##b", "a", "ab"]


def test_a_mapping_keeps_the_ids_that_it_states():
    tokens = [*wordpiece.SPECIALS, "the", "crane"]
    shuffled = {token: tokens.index(token) for token in reversed(tokens)}
    assert wordpiece.WordPiece(shuffled).tokens == tokens
    assert wordpiece.WordPiece(shuffled).encode("the crane") == [5, 6]


@pytest.mark.parametrize("ids", [[0, 1, 2, 3, 4, 9], [0, 1, 2, 3, 4, 4]])
def test_ids_with_gaps_or_twice_are_refused_not_renumbered(ids):
    tokens = dict(zip([*wordpiece.SPECIALS, "the"], ids, strict=True))
    with pytest.raises(ValueError, match="gaps or come twice: none is 5"):
        wordpiece.WordPiece(tokens)


def test_one_string_is_no_vocabulary():
    with pytest.raises(ValueError, match="one string given"):
        wordpiece.WordPiece("abc")
