"""The BERT of the stories: its questions, and the best possible answers to them."""

import math
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from helpers.checkpoints import story_bert
from helpers.corpora import truth, world
from helpers.objectives import masking
from helpers.objectives.masking import IGNORE_INDEX
from helpers.tokenization.wordpiece import CLS_ID, MASK_ID, SEP_ID, SPECIALS

DOCUMENTS = world.documents(6, seed=31)


@pytest.fixture(scope="module")
def held_out():
    return story_bert.HeldOut(DOCUMENTS, n_single=3)


class Oracle(nn.Module):
    """Knows the truth of every question of a HeldOut; answers by looking it up."""

    def __init__(self, held_out):
        super().__init__()
        self.held_out = held_out

    def forward(self, ids, mask, segments, asked=None):
        v = story_bert.vocabulary()
        pair = torch.zeros(len(ids), 2)
        if asked is None:
            for row, (a, b, _) in zip(pair, self.held_out.pairs, strict=True):
                p = truth.nsp(a, b)
                row[:] = torch.tensor([math.log(p + 1e-30), math.log1p(-p + 1e-30)])
            return None, pair
        logits = torch.full((int(asked.sum()), len(v)), -1e9)
        at = 0
        for row, where, whole in zip(ids, asked, self.held_out_rows(ids), strict=True):
            a, b = story_bert.two_texts(whole)
            places = where.nonzero()[:, 0].tolist()
            found = truth.masked_pair(a, b, [p - 1 - (p > len(a)) for p in places])
            for one, place in zip(found, places, strict=True):
                assert row[place] == MASK_ID
                for token, p in one.items():
                    logits[at, v.ids[token]] = math.log(p) if p else -1e9
                at += 1
        return logits, pair

    def held_out_rows(self, ids):
        if len(ids) == len(DOCUMENTS):
            return DOCUMENTS
        a_b = [story_bert.two_texts(d) for d in DOCUMENTS[:3]]
        lengths = [len(a) + len(b) for a, b in a_b]
        return [DOCUMENTS[i] for i, n in enumerate(lengths) for _ in range(n)]


def test_one_who_knows_the_truth_scores_the_floors(held_out):
    found = held_out.measure(Oracle(held_out))
    assert found == pytest.approx(held_out.floors(), abs=1e-5)


def test_the_truth_of_one_hidden_word_is_that_of_several_with_one():
    a, b = story_bert.two_texts(DOCUMENTS[0])
    found = truth.each_masked_pair(a, b)
    for i in (0, 3, len(a) - 1, len(a), len(a) + len(b) - 1):
        assert found[i] == pytest.approx(truth.masked_pair(a, b, [i])[0])


def test_measuring_changes_neither_the_model_nor_its_mode(held_out):
    torch.manual_seed(0)
    model = story_bert.new_model()
    model.train()
    before = {k: v.clone() for k, v in model.state_dict().items()}
    assert held_out.measure(model) == held_out.measure(model)
    assert model.training
    after = model.state_dict()
    assert all(torch.equal(before[k], after[k]) for k in before)


def test_a_word_is_one_piece_and_stays_itself():
    v = story_bert.vocabulary()
    assert (
        len(v) == len(SPECIALS) + len(world.vocabulary()) == story_bert.SIZE.vocab_size
    )
    for token in world.vocabulary():
        assert v.pieces(token) == [token]


def test_halves_are_the_first_two_and_the_next_two_sentences():
    v = story_bert.vocabulary()
    for document, (a, b) in zip(DOCUMENTS, story_bert.halves(DOCUMENTS), strict=True):
        words = [v.tokens[i] for i in (*a, *b)]
        assert tuple(words) == document.tokens[: len(words)]
        assert words[len(a) - 1] == words[-1] == "."
        assert words[: len(a)].count(".") == words[len(a) :].count(".") == 2


def test_batches_hold_every_story_once_an_epoch_and_repeat_by_their_seed():
    documents = world.documents(150, seed=5)

    def stream(seed):
        return story_bert.batches(documents, torch.Generator().manual_seed(seed))

    first, again, other = stream(1), stream(1), stream(2)
    one = [next(first) for _ in range(3)]
    assert sum(len(batch.ids) for batch in one) == 150
    for batch, same in zip(one, again, strict=False):
        assert all(map(torch.equal, batch, same))
    assert not torch.equal(one[0].targets, next(other).targets)
    for batch in one:
        assert (batch.ids[:, 0] == CLS_ID).all()
        assert ((batch.ids == SEP_ID).sum(1) == 2).all()


def test_one_by_one_asks_every_ordinary_token_once():
    packed = masking.pack([([7, 8, 9], [6]), ([5], None)])
    copies, targets = masking.one_by_one(packed)
    assert copies.ids.shape == targets.shape == (5, 7)
    assert ((targets != IGNORE_INDEX).sum(1) == 1).all()
    assert targets[targets != IGNORE_INDEX].tolist() == [7, 8, 9, 6, 5]
    assert (copies.ids[targets != IGNORE_INDEX] == MASK_ID).all()
    kept = targets == IGNORE_INDEX
    rows = torch.tensor([0, 0, 0, 0, 1])
    assert torch.equal(copies.ids[kept], packed.ids[rows][kept])


def test_words_and_stories_of_another_world_are_named():
    story = DOCUMENTS[0]
    words = ("zebra", *story.tokens[1:])
    other = SimpleNamespace(tokens=words, sentences=story.sentences)
    with pytest.raises(ValueError, match="'zebra' is no word of the world"):
        story_bert.halves([other])
    short = SimpleNamespace(tokens=story.tokens, sentences=story.sentences[:3])
    with pytest.raises(ValueError, match="a story of 3 sentences"):
        story_bert.halves([short])
