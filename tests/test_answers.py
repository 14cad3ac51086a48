"""Spans, names and their scores: against brute force and worked examples."""

import random

import pytest
import torch

from helpers.finetuning import answers


def test_the_best_span_is_found_by_trying_all():
    dice = torch.Generator().manual_seed(0)
    for n in (1, 2, 5, 13):
        for longest in (1, 3, 8):
            starts, ends = torch.randn(2, n, generator=dice).unbind()
            may = torch.rand(n, generator=dice) < 0.7
            may[n // 2] = True
            legal = [
                (i, j)
                for i in range(n)
                for j in range(i, min(n, i + longest))
                if may[i] and may[j]
            ]
            best = max(legal, key=lambda ij: starts[ij[0]] + ends[ij[1]])
            found = answers.best_span(starts, ends, may, longest)
            assert found == (best[0], best[1] + 1)


def test_a_span_never_ends_before_it_starts():
    starts, ends = torch.tensor([0.0, 1, 3, 0]), torch.tensor([2.0, 2.5, 1, 0.5])
    assert starts.argmax() > ends.argmax()
    assert answers.best_span(starts, ends) == (2, 3)  # 3 + 1 > 1 + 2.5 > 0 + 2.5


def test_no_span_without_a_place_for_it():
    with pytest.raises(ValueError, match="no token may be"):
        answers.best_span(torch.zeros(3), torch.zeros(3), torch.zeros(3).bool())


def test_names_are_read_from_tags():
    tags = "B-PER I-PER O B-LOC B-LOC I-LOC I-PER".split()
    wanted = {(0, 2, "PER"), (3, 4, "LOC"), (4, 6, "LOC"), (6, 7, "PER")}
    assert answers.entities(tags) == wanted
    assert answers.entities(["O", "O"]) == answers.entities([]) == set()


def test_names_survive_being_written_as_tags_and_read_back():
    dice = random.Random(0)
    for _ in range(50):
        tags, wanted = [], set()
        while len(tags) < 12:
            if dice.random() < 0.5:
                tags.append("O")
            else:
                kind, n = dice.choice(["PER", "LOC"]), dice.randint(1, 3)
                wanted.add((len(tags), len(tags) + n, kind))
                tags += [f"B-{kind}", *[f"I-{kind}"] * (n - 1)]
        assert answers.entities(tags) == wanted


def test_half_a_name_or_a_name_of_another_kind_is_wrong():
    gold = [["B-PER", "I-PER", "O", "B-LOC"]]
    assert answers.entity_f1(gold, gold) == 1
    assert answers.entity_f1([["B-PER", "O", "O", "B-LOC"]], gold) == 0.5
    assert answers.entity_f1([["B-LOC", "I-LOC", "O", "B-LOC"]], gold) == 0.5
    assert answers.entity_f1([["O", "O", "O", "B-LOC"]], gold) == pytest.approx(2 / 3)
    assert answers.entity_f1([["O"] * 4], gold) == 0
    assert answers.entity_f1([["O"]], [["O"]]) == 1  # nothing wanted, nothing found


def test_the_f1_of_names_is_that_of_seqeval():
    from seqeval.metrics import f1_score
    from seqeval.metrics.sequence_labeling import get_entities

    dice = random.Random(0)
    tags = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]  # in any order, also I after O
    for _ in range(200):
        gold = [dice.choices(tags, k=dice.randint(1, 9)) for _ in range(4)]
        gold.append(["B-PER"])  # seqeval warns where no name is wanted
        mine = [[dice.choice([tag, *tags]) for tag in row] for row in gold]
        assert answers.entity_f1(mine, gold) == pytest.approx(f1_score(gold, mine))
        theirs = {(start, end + 1, kind) for kind, start, end in get_entities(gold[0])}
        assert answers.entities(gold[0]) == theirs


def test_words_in_common_make_the_f1_of_an_answer():
    wanted = "the old bank".split()
    assert answers.token_f1("old bank".split(), wanted) == pytest.approx(0.8)
    assert answers.token_f1("bank old the".split(), wanted) == 1  # order is free
    assert answers.token_f1("bank bank".split(), wanted) == pytest.approx(0.4)
    assert answers.token_f1([], wanted) == 0 and answers.token_f1([], []) == 1


def test_exact_answers_are_counted():
    assert answers.exact([1, 2, 3], [1, 0, 3]) == pytest.approx(2 / 3)
