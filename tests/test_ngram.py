"""Counting models: distributions, hand-worked counts, speed-free invariants."""

import math
import random

import numpy as np
import pytest

from helpers.corpora import world
from helpers.models.ngram import BOS, EOS, NGram, counts, smoothed, write
from helpers.studies import ngrams
from helpers.tokenization import words

TEXT = [d.tokens for d in world.documents(300, seed=1)]
VOCAB = world.vocabulary()


def test_counts_pad_with_bos_and_close_with_eos():
    found = counts([["a", "b"]], 2)
    assert found == {("<bos>", "a"): 1, ("a", "b"): 1, ("b", EOS): 1}
    assert sum(counts(TEXT, 3).values()) == sum(len(t) + 1 for t in TEXT)


def test_the_marks_are_those_of_the_tokenizers():
    assert (BOS, EOS) == (words.BOS, words.EOS)


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_probabilities_sum_to_one_in_every_context(n):
    model = NGram(n, VOCAB).fit(TEXT)
    contexts = [(), ("the",), ("the", "bank"), ("zzz", "yyy"), ("is", ".")]
    for context in contexts:
        total = sum(model.prob(context, token) for token in (*VOCAB, EOS))
        assert total == pytest.approx(1, abs=1e-9)


def test_without_smoothing_seen_contexts_sum_to_one_and_unseen_pairs_cost_everything():
    model = NGram(2, VOCAB, "none").fit(TEXT)
    assert sum(model.prob(["the"], t) for t in VOCAB) == pytest.approx(1)
    assert model.prob(["the"], "the") == 0
    assert model.loss([["the", "the"]]) == math.inf


def test_losses_are_minus_log_prob_and_their_mean_is_the_loss():
    model = NGram(3, VOCAB).fit(TEXT)
    text = TEXT[0]
    losses = model.losses([text])
    assert len(losses) == len(text) + 1
    for i in random.Random(0).sample(range(len(text)), 10):
        wanted = -math.log(model.prob(text[:i], text[i]))
        assert losses[i] == pytest.approx(wanted)
    assert model.loss([text]) == pytest.approx(np.mean(losses))


def test_the_uniform_model_costs_the_log_of_the_outcomes():
    assert NGram(0, "abc").fit([]).loss(["ab"]) == pytest.approx(math.log(4))


def test_longer_contexts_score_better_on_held_out_text():
    held_out = [d.tokens for d in world.documents(60, seed=2)]
    losses = [NGram(n, VOCAB).fit(TEXT).loss(held_out) for n in range(4)]
    assert losses == sorted(losses, reverse=True)


def test_kneser_ney_by_hand():
    """Text "aab": the discount of 0.75 moves mass to continuation counts."""
    model = NGram(2, "ab").fit(["aab"])
    unigram = {"a": 2, "b": 1, EOS: 1}  # in how many contexts each was seen
    uniform = 1 / 3
    for token, kinds in unigram.items():
        low = (kinds - 0.75 + 0.75 * 3 * uniform) / 4
        seen = {"a": 1, "b": 1}.get(token, 0)
        wanted = (max(seen - 0.75, 0) + 0.75 * 2 * low) / 2
        assert model.prob("a", token) == pytest.approx(wanted)


def test_characters_work_like_words():
    model = NGram(3, "ab ").fit(["ab ab ab"])
    assert model.prob("ab", " ") > model.prob("ab", "b")


def test_bad_arguments_say_what_would_work():
    with pytest.raises(ValueError, match="n=-1"):
        NGram(-1, "ab")
    with pytest.raises(ValueError, match="interpolated"):
        NGram(2, "ab", "good")


def test_shares_of_trigrams_by_hand():
    model = NGram(3, "ab", "none").fit(["aab", "aaa"])
    assert model.prob("aa", "b") == pytest.approx(1 / 3)  # aab once, aaa, aa-end
    assert model.prob("xaa", "b") == model.prob("aa", "b")
    assert model.prob("", "a") == 1.0
    assert model.prob("bb", "a") == 0.0


@pytest.mark.parametrize("smoothing", ["none", "interpolated"])
@pytest.mark.parametrize("n", [0, 1, 2, 3, 4])
def test_all_probabilities_at_once_are_those_one_by_one(n, smoothing):
    model = NGram(n, VOCAB, smoothing).fit(TEXT)
    for context in ((), ("the",), ("the", "bank", "is"), ("zzz", "the"), ("zzz",)):
        shares = model.following(context)
        assert list(shares) == [*VOCAB, EOS]
        for token in random.Random(0).sample(list(shares), 40):
            assert shares[token] == pytest.approx(model.prob(context, token))


def test_a_model_is_counted_anew_by_fit():
    model = NGram(2, "ab").fit(["ab"])
    before = model.following("a")
    model.fit(["aa"])
    assert model.following("a")["a"] > before["a"]


def test_a_smoothed_pair_is_what_the_bigram_says():
    model = NGram(2, VOCAB).fit(TEXT)
    lower = NGram(1, VOCAB)
    lower.tables = model.tables[:1]  # the unigram of contexts below the bigram
    pairs = counts(TEXT, 2)
    shares = {token: lower.prob([], token) for token in (*VOCAB, EOS)}
    for a, b in (("he", "is"), ("he", "tall"), ("zzz", "is"), ("the", "the")):
        assert smoothed(pairs, shares, a, b, 0.75) == pytest.approx(model.prob([a], b))


def test_a_discount_is_taken_from_seen_pairs_alone():
    whole = NGram(2, "ab", discount=0.0).fit(["aab"])
    assert whole.prob("a", "a") == pytest.approx(0.5)
    assert whole.prob("a", EOS) == 0
    more = [NGram(2, "ab", discount=d).fit(["aab"]).prob("a", EOS) for d in (0.2, 0.9)]
    assert 0 < more[0] < more[1]
    with pytest.raises(ValueError, match=r"discount=1\.5"):
        NGram(2, "ab", discount=1.5)


def test_a_number_chooses_the_token_whose_piece_it_falls_into():
    shares = {"a": 0.25, "b": 0.5, EOS: 0.25}
    written = write(lambda text: shares, [0.0, 0.24, 0.26, 0.74, 0.76, 0.1])
    assert written == ["a", "a", "b", "b"]
    assert write(lambda text: {"a": 1.0 - 1e-12}, [1.0 - 1e-16]) == ["a"]
    assert write(lambda text: {str(len(text)): 1.0}, [0.5] * 3) == ["0", "1", "2"]


def test_what_a_model_writes_has_its_probabilities():
    model = NGram(2, VOCAB).fit(TEXT)
    numbers = np.random.default_rng(0).random((3000, 1))
    firsts = [write(model.following, row)[0] for row in numbers]
    names = max(model.following([]), key=model.following([]).get)
    share = np.mean([first == names for first in firsts])
    assert share == pytest.approx(model.prob([], names), abs=0.03)


def test_many_discounts_begin_as_one_and_end_better():
    held_out = [d.tokens for d in world.documents(40, seed=2)]
    for n in (1, 2, 4):
        model = NGram(n, VOCAB).fit(TEXT)
        seen = ngrams.look_up(model, held_out)
        loss = seen.loss([model.discount] * n, model.outcomes)
        assert loss == pytest.approx(model.loss(held_out))
    assert len(seen.came[0]) == sum(len(text) + 1 for text in held_out)
    discounts = ngrams.chosen(seen, model.outcomes)
    assert len(set(discounts)) > 1
    assert seen.loss(discounts, model.outcomes) < loss - 0.005
    # no single other discount would do better at any place
    for i in range(4):
        for discount in ngrams.RATES:
            other = [*discounts[:i], discount, *discounts[i + 1 :]]
            best = seen.loss(discounts, model.outcomes)
            assert seen.loss(other, model.outcomes) >= best - 1e-4
