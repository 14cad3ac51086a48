"""The three tasks on random words have the answers that they say."""

import pytest
import torch

from helpers.corpora import place_games
from helpers.studies import positions

IDS = torch.tensor([[0, 7, 9, 3, 8, 6], [10, 11, 12, 13, 14, 5]])


def test_the_answers_are_those_of_the_tasks():
    none = -100
    wanted = {
        "two back": [[none, none, 0, 7, 9, 3], [none, none, 10, 11, 12, 13]],
        "third word": [[none, none, 9, 9, 9, 9], [none, none, 12, 12, 12, 12]],
        "last animal": [[none, none, 0, 3, 3, 3], [none] * 5 + [5]],
    }
    for task, answers in wanted.items():
        assert place_games.ask(task, IDS).answers.tolist() == answers
    with pytest.raises(ValueError, match="two back"):
        place_games.ask("first word", IDS)


def test_the_words_are_known_and_the_animals_come_first():
    assert len(set(place_games.WORDS)) == len(place_games.WORDS) == 20
    animals = set(place_games.WORDS[: place_games.ANIMALS])
    assert animals == {"dog", "man", "cat", "bird", "fish", "horse"}
    ids = place_games.draw(50, 30, torch.Generator().manual_seed(0))
    assert ids.shape == (50, 30)
    assert set(ids.flatten().tolist()) == set(range(20))


def test_every_arm_has_a_reader_of_its_own():
    assert len(positions.ARMS) == len(positions.KINDS) == 43
    for kind in positions.KINDS:
        reader = positions.make(kind)
        assert reader(IDS).shape == (2, 6, 20)
        assert reader.causal == kind.scheme.endswith("causal")
    first = positions.BY_NAME["RoPE, base 100"]
    assert first.base == 100 and first.task == "two back"


def test_a_window_hides_far_words():
    torch.manual_seed(0)
    reader = positions.make(positions.Arm("sinusoids"))
    other = IDS.clone()
    other[:, 0] = 19  # three or more before the last three words
    near = reader(IDS, window=3) - reader(other, window=3)
    assert near[:, 3:].abs().max() < 1e-6 < near[:, :3].abs().max()
    far = reader(IDS) - reader(other)
    assert far[:, 3:].abs().max() > 1e-4


def test_a_shift_uses_later_positions():
    torch.manual_seed(0)
    reader = positions.make(positions.Arm("learned"))
    with torch.no_grad():
        before = reader(IDS)
        table = reader.added.table.weight
        table[3:] = table[:-3].clone()
        assert torch.allclose(reader(IDS, start=3), before, atol=1e-6)
        assert not torch.allclose(reader(IDS), before, atol=1e-2)
