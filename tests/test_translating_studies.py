"""The studies of notebook 06: what is asked, cut, forbidden, hidden, and translated."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from helpers import studies
from helpers.corpora import translation, world
from helpers.models.recurrent import EOS_ID
from helpers.models.seq2seq import Seq2Seq, State
from helpers.objectives import sequence_pairs
from helpers.probes import alignments
from helpers.studies import (
    attention,
    cove,
    cove_long,
    longer_texts,
    looks,
    plain_mean,
    sense_choice,
    translating,
)
from helpers.studies.sense_choice import UNLABELLED

STOP = translating.task().targets.ids["."]


class Chatter(nn.Module):
    """A decoder that says EOS after every full stop, and a full stop after two words.

    The state counts the steps.
    """

    score = None

    def start(self, source, mask):
        return torch.zeros(len(source), 1)

    def step(self, ids, state):
        logits = torch.zeros(len(ids), 1, len(translating.task().targets))
        logits[..., 7] = 1
        logits[state[:, 0] % 3 == 2, :, STOP] = 2
        logits[ids[:, -1] == STOP, :, EOS_ID] = 3
        return logits, state + 1


def test_all_arms_have_their_score_and_one_size_of_states():
    kinds = {arm: attention.make(arm).score for arm in attention.ARMS}
    assert kinds["none"] is None and kinds[attention.LONG] is None
    assert kinds[attention.MORE].kind == "additive" and kinds["dot"].kind == "dot"


def test_texts_that_are_asked_hold_test_sentences_and_none_twice():
    for n in (1, 4):
        texts, drawn = attention.asked(n), attention.drawn(n)
        assert len(texts) == attention.EACH
        assert all(text.source.count(".") == n for text in texts)
        assert all(len(set(some)) == n for some in drawn)
        assert {each for some in drawn for each in some} <= set(translating.task().test)


def test_no_test_sentence_is_trained_on():
    test = {pair.source for pair in translating.task().test}
    for text in translation.texts(translating.task().train, 300, 1, 1):
        assert text.source not in test


def test_a_text_is_cut_behind_its_full_stops():
    assert longer_texts.parts([5, 6, 9, 7, 9, 8], 9) == [[5, 6, 9], [7, 9]]
    assert longer_texts.parts([], 9) == []


def test_the_end_is_forbidden_until_all_full_stops_are_written():
    texts = attention.asked(2)[:3]
    [one, *_] = translating.written(Chatter(), texts)
    assert one == [7, 7, STOP]
    for n in (2, 3):
        found = longer_texts.past_the_end(Chatter(), texts, n)
        assert [row.count(STOP) for row in found] == [n] * 3
        assert all(row[-1] == STOP for row in found)


def test_beyond_counts_what_is_kept_and_where_it_ends():
    texts = attention.asked(4)[:5]
    torch.manual_seed(0)
    found = longer_texts.beyond(attention.make("dot"), texts)
    assert np.allclose(found["kept"], 0) and found["exact, end forbidden"] == 0
    where = np.reshape(found[longer_texts.WHERE], (4, 4))
    assert (where.sum(1) <= 1 + 1e-6).all() and where.sum() > 3  # EOS is in none


def test_a_random_other_token_is_real_and_another():
    batch = sequence_pairs.pair_batch(translating.coded(attention.asked(1)[:20]))
    most = torch.zeros(batch.targets.shape, dtype=torch.long)
    found = looks.other(most, batch, torch.Generator().manual_seed(0))
    assert (found != most).all()
    assert (found < batch.source_mask.sum(1, keepdim=True)).all()


def test_looks_are_sorted_by_what_they_are_on():
    texts = attention.asked(1)[:1]
    batch = sequence_pairs.pair_batch(translating.coded(texts))
    gold = alignments.links(texts)
    assert (looks.looked_upon(gold.own, batch, gold) == 0)[gold.gold >= 0].all()
    near = (gold.own - 1).abs()
    assert (looks.looked_upon(near, batch, gold) == 1)[gold.of(0)].all()
    end = torch.full_like(gold.own, batch.source.shape[1] - 1)
    first = gold.of(0) & (gold.own < end - 2) & (gold.following < end - 2)
    assert (looks.looked_upon(end, batch, gold) == 3)[first].all()


def test_looks_of_a_network_without_attention_are_nothing():
    texts = attention.asked(1)[:2]
    assert np.isnan(looks.looks(attention.make("none"), texts, 0)["error rate"])
    found = looks.looks(attention.make("general"), texts, 0)
    assert found.keys() == looks.looks(attention.make("none"), texts, 0).keys()
    assert sum(found["looks, content words"]) == pytest.approx(1)


def bank_story():
    return next(s for s in world.splits().train if "bank/river" in s.senses)


def test_the_second_language_has_a_word_for_each_sense():
    story = bank_story()
    one, two = cove.translate(story, False), cove.translate(story, True)
    word = translation.dictionary()["bank"]
    assert [t.source for t in one] == [t.source for t in two]
    differ = {
        (a, b)
        for x, y in zip(one, two, strict=True)
        for a, b in zip(x.target, y.target, strict=True)
        if a != b
    }
    assert (word, f"{word}/river") in differ or "banks" in story.tokens
    assert all(b.startswith(a + "/") for a, b in differ)
    assert len(cove.targets(True)) > len(cove.targets(False))


def test_windows_hold_three_sentences_and_all_tokens():
    story = max(world.splits().train[:50], key=lambda s: len(s.sentences))
    found = cove.windows(story)
    assert [end for _, end in found[:-1]] == [start for start, _ in found[1:]]
    assert found[0][0] == 0 and found[-1][1] == len(story)
    inside = [sum(a <= s < b for s, _ in story.sentences) for a, b in found]
    assert max(inside) == 3


def test_the_ambiguous_words_keep_their_own_states():
    documents = [bank_story()]
    tokens = [int(i) for i, sense in enumerate(documents[0].senses) if sense]

    def read(texts):
        return [torch.as_tensor(ids).float()[None, :, None] for ids in texts]

    [found] = cove.stories(documents, read)
    ids = cove.sense_choice.vocabulary().encode_array(documents[0].tokens)
    assert found.layers[0, :, 0].tolist() == [float(ids[i]) for i in tokens]
    assert (found.wanted != UNLABELLED).all() and len(found.wanted) == len(tokens)


def test_readers_give_a_state_for_each_token():
    ids = [np.array([5, 6, 7]), np.array([8])]
    torch.manual_seed(1)
    model = Seq2Seq(20, 20, cove.D_MODEL, cove.WIDTH, "general")
    states = cove.read_by(model)(ids)
    assert [tuple(each.shape) for each in states] == [(1, 3, 128), (1, 1, 128)]
    [alone] = cove.read_by(model)(ids[:1])
    assert torch.allclose(alone, states[0], atol=1e-6)
    static = cove.read_by(model, static=True)(ids)
    assert torch.equal(static[1][0, 0], model.source_embed(torch.tensor(8)))
    assert [tuple(each.shape) for each in cove.elmo(ids)] == [(3, 3, 128), (3, 1, 128)]


def test_the_stories_of_the_study_are_those_of_notebook_04(monkeypatch):
    monkeypatch.setattr(cove.sense_choice, "fresh", lambda: list(range(1100)))
    stories = [SimpleNamespace(senses=("a/b",)) for _ in range(2000)]
    splits = SimpleNamespace(train=stories)
    monkeypatch.setattr(cove.world, "splits", lambda: splits)
    learned, kept, asked = cove.documents(2)
    assert len(learned) == 1800 and asked == list(range(400, 600))
    assert kept == list(range(1000, 1100))


def test_the_plain_mean_is_the_mean_of_real_states_at_every_step():
    torch.manual_seed(0)
    words = translating.task()
    sizes = len(words.sources), len(words.targets)
    model = plain_mean.PlainMean(*sizes, 8, 8, "dot")
    states = torch.randn(2, 3, 8)
    mask = torch.tensor([[True, True, False], [True, True, True]])
    state = State(states[:, 0], states[:, 0], states, mask)
    context = model.look(torch.randn(2, 4, 8), state)
    assert context.shape == (2, 4, 8)
    assert torch.allclose(context[0], states[0, :2].mean(0).expand(4, 8))
    assert torch.allclose(context[1], states[1].mean(0).expand(4, 8))


def test_on_file_a_plain_mean_learns_three_sentences_with_more_updates():
    kept = studies.read("plain_mean").curve("exact")
    others = studies.read("attention").curve("exact")
    short, long = kept[plain_mean.ARM], kept[plain_mean.LONG]
    assert (short[:, 1] > others["none"][:, 1].max()).all()
    assert short[:, 2].max() < 0.1 < long[:, 2].min()
    assert long[:, 2].min() > others[attention.LONG][:, 2].max()


def test_long_cove_asks_what_cove_asks_and_reads_none_of_it():
    asked = {story.tokens for story in sense_choice.fresh()}
    stories = cove_long._stories()
    assert len(stories) > 29_000
    assert not asked & {story.tokens for story in stories}
    kept, before = studies.read("cove_long"), studies.read("cove")
    assert kept.seeds == before.seeds
    assert kept.points("right") == before.points("right")
    assert set(kept.arms) <= set(before.arms)
