"""What near words share, and the senses' own counts: against loops and by hand."""

import numpy as np
import pytest

from helpers.corpora import world
from helpers.models import vectors
from helpers.probes import nearness, senses
from helpers.probes.nearness import Noun
from helpers.studies import analogies, new_pairs

WORDS = {word: i for i, word in enumerate(world.vocabulary())}


def test_pure_nouns_have_one_meaning():
    nouns = nearness.pure_nouns(WORDS)
    assert nouns["duck"] == Noun("animal", "river", "duck")
    assert nouns["hammers"] == Noun("tool, plural", "site", "hammer")
    assert nouns["desk"].slot == "place"
    assert not {"bank", "crane", "keys", "gate", "zeppelin"} & set(nouns)
    assert set(nearness.pure_nouns(["duck", "bank"])) == {"duck"}


def laid_out(seed=0, n=12):
    """Return random vectors of some nouns with their rows."""
    names = [f"w{i}" for i in range(n)]
    space = np.random.default_rng(seed).normal(size=(n, 3))
    nouns = {
        name: Noun("ab"[i % 2], "xyz"[i % 3], name) for i, name in enumerate(names)
    }
    return space, {name: i for i, name in enumerate(names)}, nouns


def test_what_near_nouns_share_equals_the_loop():
    space, row, nouns = laid_out()
    found = nearness.shared_with_nearest(space, row, nouns)
    slots, topics = [], []
    for name, noun in nouns.items():
        others = [x for x in nouns if x != name]
        others.sort(key=lambda x: -vectors.cosine(space[row[name]], space[row[x]]))
        slots += [nouns[x].slot == noun.slot for x in others[:5]]
        topics += [nouns[x].topic == noun.topic for x in others[:5]]
    assert found.slot == pytest.approx(np.mean(slots))
    assert found.topic == pytest.approx(np.mean(topics))
    assert found.slot_by_chance == pytest.approx(5 / 11)
    assert found.topic_by_chance == pytest.approx(3 / 11)
    with pytest.raises(ValueError, match="5 nouns"):
        nearness.shared_with_nearest(space, row, dict(list(nouns.items())[:5]))


def test_a_space_of_topics_shares_topics_only():
    _, row, nouns = laid_out()
    space = np.eye(3)[[i % 3 for i in range(12)]] + 1e-3
    assert nearness.shared_with_nearest(space, row, nouns).topic > 0.59  # 3 of 5


def test_unseen_words_are_measured_without_their_singular_and_without_each_other():
    row = {
        name: i for i, name in enumerate(["cat", "cats", "dog", "dogs", "oak", "of"])
    }
    nouns = {
        "cat": Noun("a", "home", "cat"),
        "cats": Noun("a, plural", "home", "cat"),
        "dog": Noun("a", "home", "dog"),
        "dogs": Noun("a, plural", "home", "dog"),
        "oak": Noun("p", "wood", "oak"),
    }
    space = np.array([[1, 0], [1, 0.1], [1, 1], [1, 0.2], [0, 1], [-1, 0]], float)
    found = nearness.unseen_words(space, row, nouns, ["cats", "dogs"])
    # cats: cat first; others dog (home) and oak. dogs: cat first; others cat and oak.
    assert found.singular_first == 0.5
    assert found.topic == found.topic_by_chance == 0.5
    with pytest.raises(ValueError, match="no word is hidden"):
        nearness.unseen_words(space, row, nouns, [])


def test_the_counts_of_senses_add_up_to_those_of_their_form():
    stories = world.documents(300, 5)
    ids = [np.array([WORDS[token] for token in story.tokens]) for story in stories]
    table = vectors.cooccurrence(ids, 3, len(WORDS))
    for random in (None, np.random.default_rng(0)):
        found = senses.sense_counts(stories, WORDS, 3, random)
        assert {"bank/river", "bank/money"} <= set(found)
        for form in ("bank", "crane", "key"):
            rows = [row for name, row in found.items() if senses.form_of(name) == form]
            marked = sum(
                token == form and sense is not None
                for story in stories
                for token, sense in zip(story.tokens, story.senses, strict=True)
            )
            met = sum(token == form for story in stories for token in story.tokens)
            assert marked == met
            assert np.array_equal(sum(rows), table[WORDS[form]])


def test_shuffled_senses_keep_their_numbers_and_change_their_places():
    stories = world.documents(400, 6)
    real = senses.sense_counts(stories, WORDS, 2)
    dealt = senses.sense_counts(stories, WORDS, 2, np.random.default_rng(1))
    assert real.keys() == dealt.keys()
    assert not np.array_equal(real["bank/river"], dealt["bank/river"])
    assert dealt["bank/money"].sum() == pytest.approx(real["bank/money"].sum(), rel=0.2)


# ------------------------------------------------------------------------- studies


def test_questions_are_made_of_two_different_pairs():
    known = analogies.pairs()
    assert ("crane", "cranes") in known["plural"] and ("open", "opens") in known["verb"]
    asked = analogies.questions("plural", 50, 3)
    assert asked == analogies.questions("plural", 50, 3)
    assert asked != analogies.questions("plural", 50, 4)
    for one in asked:
        assert (one.a, one.b) in known["plural"] and (one.c, one.d) in known["plural"]
        assert one.a != one.c


def test_answers_by_three_ways_in_spaces_laid_out_by_hand():
    singular, plural = zip(*analogies.pairs()["plural"], strict=True)
    step = np.zeros(140)
    step[-1] = 0.5
    space = np.random.default_rng(0).normal(size=(len(WORDS), 140)) * 0.01
    for i, (one, many) in enumerate(zip(singular, plural, strict=True)):
        space[WORDS[one]] = np.eye(140)[i]
        space[WORDS[many]] = np.eye(140)[i] + step
    found = analogies.answers(space, analogies.questions("plural", 20, 0))
    assert found["arithmetic"].all() and found["no arithmetic"].all()
    # where the plurals' step is another one for each noun, arithmetic goes wrong
    space[[WORDS[x] for x in plural]] = np.eye(140)[: len(plural)][::-1]
    found = analogies.answers(space, analogies.questions("plural", 20, 0))
    assert found["arithmetic"].mean() < 0.5


def laid_out_plurals(n=12):
    """Return a space in which plural is one direction, with its pairs and questions."""
    pairs = [(f"w{i}", f"w{i}s") for i in range(n)]
    row = {word: i for i, word in enumerate(w for pair in pairs for w in pair)}
    space = np.repeat(np.eye(n + 1)[:n], 2, axis=0)
    space[1::2, -1] = 2.0  # every plural has the same number there
    asked = [(*pairs[i], *pairs[(i + 5) % n]) for i in range(n)]
    return space, row, pairs, asked


def test_the_rivals_of_an_analogy_in_a_space_where_plural_is_one_direction():
    found = nearness.analogy_rivals(*laid_out_plurals(), np.random.default_rng(0))
    assert list(found)[2:] == ["step of a pair", "mean step", "only plurals"]
    assert found["mean step"] == found["only plurals"] == 1
    assert found["step of a pair"] == 1


def test_the_rivals_of_an_analogy_where_plurals_lie_elsewhere():
    space, row, pairs, asked = laid_out_plurals()
    # each plural moves to the next noun, so that no rival can be right
    space[1::2] = np.roll(space[1::2], 2, axis=0)
    found = nearness.analogy_rivals(space, row, pairs, asked, np.random.default_rng(0))
    assert found["only plurals"] == found["no step"] == 0
    # a noun that is nearest to its own plural needs no step
    space[1::2] = space[::2] + 0.1 * np.eye(13)[-1]
    found = nearness.analogy_rivals(space, row, pairs, asked, np.random.default_rng(0))
    assert found["no step"] == 1


def test_what_may_follow_an_adjective_is_what_the_grammar_says():
    texts = [story.tokens for story in world.documents(60, 8)]
    found = new_pairs.after_adjectives(texts)
    for shares in found.values():
        assert sum(shares.values()) == pytest.approx(1)
    pairs = new_pairs.pairs_of(texts, {token for text in texts for token in text})
    met = {pair for text in texts for pair in zip(text, text[1:], strict=False)}
    assert not met & set(pairs.possible) and not met & set(pairs.impossible)
    assert not set(pairs.possible) & set(pairs.impossible)
    for (a, b), loss in zip(pairs.possible, pairs.truth, strict=True):
        assert loss == pytest.approx(-np.log(found[a][b]))
    assert all(b not in found[a] for a, b in pairs.impossible)


def test_ranking_counts_ties_as_half():
    first, second = np.array([1.0, 2.0, 2.0]), np.array([2.0, 3.0])
    wins = [1, 1, 0.5, 1, 0.5, 1]
    assert new_pairs.ranked_above(first, second) == pytest.approx(np.mean(wins))
    assert new_pairs.ranked_above(second, first) == pytest.approx(1 - np.mean(wins))


def test_pairs_are_ranked_against_others_of_the_same_adjective_only():
    possible = [("old", "duck"), ("old", "boat"), ("wet", "duck")]
    impossible = [("old", "than"), ("wet", "than"), ("wet", "of")]
    pairs = new_pairs.Pairs(possible, impossible, np.zeros(3))
    # old: 1 < 5, 6 > 5; wet: 9 against 8 and 9 (a tie)
    first, second = np.array([1.0, 6.0, 9.0]), np.array([5.0, 8.0, 9.0])
    found = new_pairs.ranked_right(pairs, first, second)
    assert found == pytest.approx((0.5 + 0.5 + 0.25) / 3)
    # what differs between adjectives alone ranks nothing
    same = np.array([2.0, 2.0, 7.0]), np.array([2.0, 7.0, 7.0])
    assert new_pairs.ranked_right(pairs, *same) == 0.5


def test_pooled_counts_know_what_follows_some_adjective():
    found = new_pairs.measure("pooled counts", None, 0, "test")
    assert 0.7 < found["ranked right"] < 0.9
    assert found["possible"] < found["impossible"]


def test_the_table_of_scores_begins_with_equal_chances():
    import torch

    scores = new_pairs.TableOfScores(5)(torch.tensor([[1, 2, 0]]))
    assert scores.shape == (1, 3, 5) and not scores.any()
