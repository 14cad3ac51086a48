"""The studies of notebook 04: labels, masks, floors and towers are what they say."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from helpers.corpora import truth, world
from helpers.models.encoder import EncoderSize
from helpers.studies import leak, sense_ablation, sense_choice, sense_labels, towers
from helpers.studies.sense_choice import UNLABELLED, Bag, Story


def story(*wanted: int) -> Story:
    n = len(wanted)
    return Story(torch.arange(n) + 4, torch.randn(3, n, 128), torch.tensor(wanted))


@dataclass
class Fixed:
    """A model whose logits are given."""

    logits: torch.Tensor

    def __call__(self, ids, mask, layers):
        return self.logits


def test_the_two_senses_of_a_word_stand_side_by_side():
    names = list(sense_choice.senses())
    assert len(names) == 36
    for first, second in zip(names[::2], names[1::2], strict=True):
        assert first.split("/")[0] == second.split("/")[0]


def test_only_the_two_senses_of_the_word_are_compared():
    logits = torch.zeros(1, 3, 36)
    logits[0, 1, 5] = 2.0  # the right one of the pair 4, 5
    logits[0, 1, 30] = 9.0  # another word's: it must not matter
    given = sense_choice.batch([story(UNLABELLED, 5, UNLABELLED)])
    right, loss = sense_choice.score(Fixed(logits), [story(UNLABELLED, 5, UNLABELLED)])
    assert right.tolist() == [1.0]
    assert loss == pytest.approx(np.log(1 + np.exp(-2)))
    assert sense_choice.loss(Fixed(logits), given).item() == pytest.approx(loss)


def test_exactly_so_many_labels_are_kept():
    stories = [story(1, UNLABELLED, 3), story(4, 5, 6), story(7)]
    for n in (1, 3, 4, 6):
        some = sense_choice.labelled(stories, n)
        kept = torch.cat([s.wanted for s in some])
        assert (kept != UNLABELLED).sum() == n
    assert stories[0].wanted.tolist() == [1, UNLABELLED, 3]  # untouched


def test_a_batch_is_padded_and_its_layers_stay_in_line():
    one, two = story(1, 2, UNLABELLED), story(UNLABELLED, 9)
    ids, mask, layers, wanted = sense_choice.batch([one, two])
    assert mask.tolist() == [[True] * 3, [True, True, False]]
    assert wanted[1].tolist() == [UNLABELLED, 9, UNLABELLED]
    assert torch.equal(layers[:, 1, :2], two.layers)
    assert ids[1, :2].tolist() == two.ids.tolist()


def test_the_usual_sense_has_more_labels_and_a_tie_is_a_coin():
    learned = [story(0, 0, 1, 2)]
    assert sense_labels.usual(learned, [story(0)], 4) == 1.0
    assert sense_labels.usual(learned, [story(1, 3)], 4) == 0.0
    assert sense_labels.usual(learned, [story(8)], 4) == 0.5


def test_a_bag_does_not_see_the_word_itself_or_padding_or_beyond_its_window():
    torch.manual_seed(0)
    bag = Bag(50, 4, window=1)
    ids = torch.tensor([[4, 5, 6, 7]])
    mask = torch.tensor([[True, True, True, False]])
    with torch.no_grad():
        before = bag(ids, mask, None)
        for place, moves in ((0, {1}), (2, {1}), (1, {0, 2}), (3, set())):
            other = ids.clone()
            other[0, place] = 9
            changed = (bag(other, mask, None) - before).abs().amax(-1)[0] > 1e-9
            assert set(changed.nonzero()[:, 0].tolist()) - {3} == moves


def test_stories_that_are_asked_about_were_not_learned_from():
    splits = world.splits()
    known = {d.tokens for d in splits.train + splits.valid + splits.test}
    assert not known & {d.tokens for d in sense_choice.fresh()}
    assert len(sense_choice.fresh()) > len(sense_labels.SEEDS) * sense_labels.ASKED


def test_the_floor_of_both_sides_is_that_of_one_hidden_word():
    [tale] = world.splits().test[:1]
    surprises = []
    for place, token in enumerate(tale.tokens):
        [exact] = truth.masked(tale.tokens, [place])
        surprises.append(-np.log(exact[token]))
    wanted = sum(surprises) / (len(tale) + 1)
    assert leak.gap_floor([tale]) == pytest.approx(wanted)


def test_two_gpts_are_a_bilm_that_sees_no_answer():
    torch.manual_seed(0)
    model = towers.TwoGPTs(30, EncoderSize(8, 2, 8, 2)).eval()
    ids = torch.randint(4, 30, (2, 7))
    mask = torch.arange(7) < torch.tensor([[7], [5]])
    other = ids.clone()
    other[:, 3] = 4 + (ids[:, 3] - 3) % 26
    with torch.no_grad():
        (after, before), (after_2, before_2) = model(ids, mask), model(other, mask)
        layers = model.layers(ids, mask)
    assert torch.allclose(after[:, :3], after_2[:, :3], atol=1e-6)
    assert not torch.allclose(after[:, 3], after_2[:, 3], atol=1e-6)
    assert torch.allclose(before[0, 4:], before_2[0, 4:], atol=1e-6)
    assert not torch.allclose(before[0, 3], before_2[0, 3], atol=1e-6)
    assert layers.shape == (3, 2, 7, 16)
    assert torch.equal(layers[0, ..., :8], layers[0, ..., 8:])  # the token, twice
    assert model.to_left.embed is model.to_right.embed


def test_both_kinds_of_towers_have_one_size():
    sizes = [sum(p.numel() for p in towers.make(a).parameters()) for a in towers.ARMS]
    assert max(sizes) / min(sizes) < 1.01


def test_each_variant_of_the_ablation_joins_where_it_says():
    for arm, variant in sense_ablation.VARIANTS.items():
        model = sense_ablation.make(arm)
        assert hasattr(model, "mix_input") == (variant.where in ("input", "both"))
        assert hasattr(model, "mix_output") == (variant.where in ("output", "both"))
