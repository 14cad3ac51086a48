"""The looker, its games, its texts and what looks into it."""

import numpy as np
import pytest
import torch

from helpers.corpora import letter_games, world
from helpers.models.looker import Looker, WideLooker
from helpers.probes import lookers
from helpers.studies import games, heads, linking, widths
from helpers.tokenization import Words


def ids(n: int = 3, length: int = 5) -> torch.Tensor:
    return torch.randint(7, (n, length), generator=torch.Generator().manual_seed(0))


def test_nothing_leads_around_the_attention():
    model = Looker(7, 4, 8, 2)
    torch.nn.init.zeros_(model.attend.output.weight)
    answers = model(ids())
    assert answers.shape == (3, 5, 4)
    assert torch.allclose(answers, model.output(model.attend.output.bias))


def test_a_shared_matrix_is_one_matrix_and_another_name_is_refused():
    assert Looker(7, 4, 8, 2, "Q = K").attend.query is not None
    for shared, role in (("Q = K", "query"), ("K = V", "value")):
        model = Looker(7, 4, 8, 2, shared)
        assert getattr(model.attend, role) is model.attend.key
        fewer = sum(p.numel() for p in model.parameters())
        assert fewer == sum(p.numel() for p in Looker(7, 4, 8, 2).parameters()) - 72
    with pytest.raises(ValueError, match="'K = V', 'Q = K' or None"):
        Looker(7, 4, 8, 2, "Q = V")


@pytest.mark.parametrize("divisor", [1.0, 4.0, 16.0])
def test_the_divisor_divides_the_scores_and_the_gradient_of_w_q_follows(divisor):
    torch.manual_seed(1)
    model = WideLooker(7, 4, d_head=16, divisor=divisor, d_model=8)
    x, weights = model.look(ids())
    scores = model.query(x) @ model.key(x).transpose(1, 2) / divisor
    assert torch.allclose(weights, scores.softmax(-1), atol=1e-5)
    expected = model.output(weights @ model.value(x))
    assert torch.allclose(model(ids()), expected, atol=1e-5)


def test_the_arms_of_one_question_have_one_size_and_differ_where_they_should():
    sizes = [
        sum(p.numel() for p in heads.make(arm, 0).parameters()) for arm in heads.JOBS
    ]
    assert len(set(sizes)) == 1
    first = widths.make(widths.name(widths.ROOT, 64), 0)
    large = widths.make(widths.name(widths.LARGE, 64), 0)
    assert torch.allclose(large.query.weight, 8 * first.query.weight)
    asked = games.texts("partner", 1, 8)
    # a small start without division has the weights of √D
    small = widths.make(widths.name(widths.SMALL, 64), 0)
    assert torch.allclose(small.look(asked.ids)[1], first.look(asked.ids)[1], atol=1e-5)


def test_right_counts_each_job_and_a_perfect_answer_is_all_right():
    class Knows(torch.nn.Module):
        def __init__(self, game):
            super().__init__()
            self.game = game

        def forward(self, _):
            hot = torch.nn.functional.one_hot(self.game.answers, 16).float()
            return hot.flatten(2) if hot.dim() == 4 else hot

    for name in games.GAMES:
        game = games.texts(name, 5, 6)
        assert games.right(Knows(game), game).all()
        assert games.right(Knows(game), game).shape == game.answers.shape
        off = game._replace(answers=(game.answers + 1) % 16)
        assert not games.right(Knows(game), off).any()


def test_the_largest_weight_of_some_head_is_counted():
    game = games.texts("before", 3, 4)
    model = Looker(16, 16, 32, 2)
    most = lookers.weights_of(model, game.ids).argmax(-1)
    by_hand = np.mean(
        [
            any(most[b, h, t] == game.places[b, t] for h in range(2))
            for b in range(4)
            for t in range(letter_games.LENGTH)
        ]
    )
    assert heads.at_gold(model, game) == pytest.approx(by_hand)


def test_hits_of_jobs_are_those_of_a_head_that_looks_where_it_should():
    game = games.texts("three jobs", 3, 4)
    model = Looker(16, 48, 32, 1)
    with torch.no_grad():  # scores by position alone: place i looks at i - 1
        model.embed.weight.zero_()
        model.positions.table.weight.zero_()
        model.positions.table.weight[:12, :12] = torch.eye(12)
        model.attend.key.weight.copy_(torch.eye(32))
        turned = torch.zeros(32, 32)
        for i in range(12):
            turned[max(i - 1, 0), i] = 50.0
        model.attend.query.weight.copy_(turned)
    [[before, after, mirrored]] = lookers.job_hits(model, game).tolist()
    assert before == 1 and after == 0 and mirrored == pytest.approx(1 / 12)


def test_votes_are_what_a_letter_adds_to_its_own_answer():
    torch.manual_seed(0)
    model = Looker(16, 48, 32, 2)
    found = lookers.votes(model, 3)
    head, job = 1, 2
    with torch.no_grad():
        value = model.attend.value.weight[16:] @ model.embed.weight.T  # (16, letters)
        out = model.output.weight @ model.attend.output.weight[:, 16:] @ value
    own = np.mean([out[16 * job + i, i] for i in range(16)])
    rest = out[16 * job : 16 * job + 16].mean()
    assert found[job, head].item() == pytest.approx(own - rest.item(), abs=1e-5)


def test_cosines_tell_one_label_from_two():
    vectors = torch.tensor([[1.0, 0], [2.0, 0], [0, 3.0], [0, 1.0]])
    assert lookers.cosines(vectors, torch.tensor([0, 0, 1, 1])) == [1.0, 0.0]
    assert lookers.cosines(vectors, torch.tensor([0, 1, 0, 1])) == [0.0, 0.5]


@pytest.fixture(scope="module")
def stories():
    return world.documents(60, seed=3)


def test_a_pronoun_is_asked_with_its_name_in_the_text(stories):
    items = linking.pronouns(stories)
    assert len(items) > 20
    words = Words.from_tokens([story.tokens for story in stories])
    for tokens, places in items:
        asked = [i for i, place in enumerate(places) if place >= 0]
        assert asked and len(tokens) <= 32 and len(places) == len(tokens)
        for i in asked:
            assert tokens[i] in linking.PERSONS and places[i] < i
            assert tokens[places[i]][0].isupper()
    batch = linking.batch(items[:5], words)
    for row, (tokens, places) in enumerate(items[:5]):
        for i, place in enumerate(places):
            wanted = words.ids[tokens[place]] if place >= 0 else linking.NO_ANSWER
            assert batch.answers[row, i] == wanted
        assert batch.real[row].sum() == len(tokens)
        assert (batch.places[row, len(tokens) :] < 0).all()


def test_senses_are_asked_in_the_last_sentence_only(stories):
    items = linking.senses(stories)
    words = Words.from_tokens([story.tokens for story in stories])
    known = {name: i for i, name in enumerate(sorted({s for _, n in items for s in n}))}
    for tokens, named in items:
        last = (
            max(i for i, token in enumerate(tokens[:-1]) if token == ".")
            if ("." in tokens[:-1])
            else -1
        )
        assert any(named) and not any(named[: last + 1])
        assert len(tokens) <= 32 and len(named) == len(tokens)
    del known[""]
    batch = linking.sense_batch(items[:4], words, known)
    for row, (_, named) in enumerate(items[:4]):
        for i, sense in enumerate(named):
            wanted = known[sense] if sense else linking.NO_ANSWER
            assert batch.answers[row, i] == wanted


def test_the_nearest_name_that_fits_is_the_rule():
    one = linking.Linked(("Ann", "met", "Ben", ".", "she"), [-100] * 4 + [0])
    together = linking.seen_together([one])
    assert together["she"] == {"Ann"} and together["he"] == frozenset()
    anyone = dict.fromkeys(linking.PERSONS, frozenset({"Ann", "Ben"}))
    assert linking.nearest_name([one], anyone).tolist() == [False]
    assert linking.nearest_name([one], together).tolist() == [True]
    nobody = dict.fromkeys(linking.PERSONS, frozenset())
    assert linking.nearest_name([one], nobody).tolist() == [False]


def test_a_looker_learns_and_right_counts_the_asked_tokens_only(stories):
    words = Words.from_tokens([story.tokens for story in stories])
    items = linking.governors(stories)
    groups = linking.in_groups(items, lambda some: linking.batch(some, words))
    torch.manual_seed(0)
    model = Looker(len(words), len(words), 32, 2)
    before = linking.right(model, groups[0])
    linking.teach(model, groups, 1e-2, 0, 60)
    assert linking.right(model, groups[0]) > before + 0.2
