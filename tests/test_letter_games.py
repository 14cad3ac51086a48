"""Letter games: the known place holds the answer, and it is the place we mean."""

import pytest
import torch

from helpers.corpora import letter_games

GAMES = {"before": letter_games.before, "reverse": letter_games.reverse}
GAMES |= {"brackets": letter_games.brackets}


def made(n: int = 50) -> torch.Generator:
    return torch.Generator().manual_seed(n)


@pytest.mark.parametrize("name", GAMES)
def test_a_game_is_the_same_for_the_same_seed(name):
    first, second = (GAMES[name](7, made()) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    assert {part.shape for part in first} == {(7, letter_games.LENGTH)}


@pytest.mark.parametrize("name", ["before", "reverse"])
def test_the_answer_stands_at_the_place(name):
    game = GAMES[name](30, made())
    assert torch.equal(game.ids.gather(1, game.places), game.answers)


def test_places_are_the_one_before_and_the_mirrored_one():
    here = list(range(letter_games.LENGTH))
    assert letter_games.before(1, made()).places[0].tolist() == [0, *here[:-1]]
    assert letter_games.reverse(1, made()).places[0].tolist() == here[::-1]


def test_brackets_are_nested_and_partners_are_found_by_a_stack():
    game = letter_games.brackets(40, made())
    for ids, places in zip(game.ids, game.places, strict=True):
        waiting = []
        for i, sign in enumerate(letter_games.signs(ids)):
            if sign[0] in letter_games.OPENING:
                waiting.append((sign[0], i))
                continue
            opened, at = waiting.pop()
            assert letter_games.OPENING.index(opened) == letter_games.CLOSING.index(
                sign[0]
            )
            assert (places[i], places[at]) == (at, i)
        assert not waiting


def test_each_kind_of_bracket_stands_once_and_its_partners_mark_is_the_answer():
    game = letter_games.brackets(40, made())
    kinds = (game.ids // letter_games.N_MARKS).sort(1).values
    assert torch.equal(kinds, torch.arange(letter_games.LENGTH).expand(40, -1))
    marks = game.ids % letter_games.N_MARKS
    assert torch.equal(marks.gather(1, game.places), game.answers)


def test_three_jobs_ask_for_three_letters_at_each_place():
    game = letter_games.three_jobs(5, made())
    assert game.answers.shape == (5, letter_games.LENGTH, 3)
    for job in range(3):
        assert torch.equal(game.ids[:, game.places[job]], game.answers[..., job])
    assert game.places[:, 3].tolist() == [2, 4, letter_games.LENGTH - 4]
