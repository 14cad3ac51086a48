"""Translations: joined texts keep their alignment; frequent words only."""

from itertools import product

import pytest

from helpers.corpora import translation as tr


def test_a_joined_text_says_what_its_parts_say():
    parts = tr.translations(4, seed=5)
    whole = tr.join(parts)
    word = tr.dictionary()
    assert whole.source == sum((t.source for t in parts), ())
    assert whole.target == sum((t.target for t in parts), ())
    assert len(whole.alignment) == len(whole.target)
    pairs = zip(whole.target, whole.alignment, strict=True)
    for token, place in pairs:
        if place is None:
            assert token in tr.PARTICLES.values()
        else:
            assert word[whole.source[place]] == token
    used = [i for i in whole.alignment if i is not None]
    kept = [i for i, w in enumerate(whole.source) if w not in tr.DROPPED]
    assert sorted(used) == kept
    assert tr.join(parts[:1]) == parts[0]


def test_frequent_sentences_use_the_most_frequent_words_once_each():
    made = lambda text: tr.Translation(tuple(text.split()), (), ())  # noqa: E731
    found = [made(text) for text in ["a b", "a b", "a c", "c d"]]
    assert tr.frequent(found, 2) == [made("a b")]
    assert tr.frequent(found, 9) == [made("a b"), made("a c"), made("c d")]
    real = tr.frequent(tr.translations(400, seed=1), 60)
    assert len({w for t in real for w in t.source}) <= 60
    assert len(set(real)) == len(real)


def test_drawn_texts_join_one_to_most_of_the_sentences():
    known = tr.translations(6, seed=5)
    drawn = tr.texts(known, 60, seed=1, most=2)
    joined = [tr.join(p) for k in (1, 2) for p in product(known, repeat=k)]
    assert len(drawn) == 60 and set(drawn) <= set(joined)
    assert {t.source.count(".") for t in drawn} == {1, 2}
    assert drawn == tr.texts(known, 60, 1, 2) != tr.texts(known, 60, 2, 2)


def test_nothing_to_join_and_nothing_left_are_refused():
    with pytest.raises(ValueError, match="0 sentences"):
        tr.join([])
    with pytest.raises(ValueError, match="most=0"):
        tr.texts(tr.translations(5, seed=1), 3, seed=1, most=0)
    with pytest.raises(ValueError, match="only 1 words"):
        tr.frequent(tr.translations(5, seed=1), 1)
