"""With a teacher, alone and after a slip: errors are counted as they are defined."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from helpers import studies
from helpers.objectives import sequence_pairs
from helpers.probes import own_words
from helpers.studies import bottleneck, free_running, translating
from helpers.tokenization import EOS_ID

STOP = 9


@pytest.mark.parametrize(
    ("written", "wanted", "n"),
    [
        ([], [], 0),
        ([4, 5, 6], [4, 5, 6], 0),
        ([4, 6], [4, 5, 6], 1),  # one is missing: what follows has moved, and is right
        ([5, 4, 6, 7], [4, 6, 7], 1),
        ([4, 5], [5, 4], 2),
        ([], [4, 5, 6], 3),
        ([7, 7, 7], [4, 5, 6], 3),
    ],
)
def test_edits_are_the_fewest(written, wanted, n):
    assert own_words.edits(written, wanted) == n
    assert own_words.edits(wanted, written) == n


class Counter(nn.Module):
    """A writer that adds 1 to the last word; `lost` it repeats for ever.

    It ignores the source. After `last` it ends.
    """

    def __init__(self, lost: int, last: int = 8):
        super().__init__()
        self.lost, self.last = lost, last

    def start(self, source, source_mask):
        return torch.zeros(len(source), 1)

    def step(self, ids, state):
        return self.logits(ids), state

    def forward(self, source, source_mask, inputs):
        return self.logits(inputs)

    def logits(self, ids: Tensor) -> Tensor:
        after = ids + 1
        after[ids == 2] = 4  # BOS
        after[ids == self.last] = EOS_ID
        after[ids == self.lost] = self.lost
        return nn.functional.one_hot(after, 12).float()


def batch_of(*targets) -> sequence_pairs.Pairs:
    source = np.array([4])
    return sequence_pairs.pair_batch([(source, np.array(t)) for t in targets])


def test_a_teacher_counts_each_wrong_token_once_and_no_padding():
    batch = batch_of([4, 5, 6, 7, 8], [4, 6, 7, 8], [5])
    found = own_words.errors_with_teacher(Counter(11), batch)
    # the second: 6 after 4; the third: 5 after BOS, and EOS after 5
    assert found.tolist() == [0, 1, 2]


def test_alone_it_goes_on_from_what_is_given():
    batch = batch_of([4, 5, 6], [4, 5, 6])
    bos = batch.inputs[:, :1]
    assert own_words.alone(Counter(11), batch, bos, 3).tolist() == [[4, 5, 6]] * 2
    given = torch.tensor([[2, 7], [2, 6]])
    rest = own_words.alone(Counter(11), batch, given, 2)
    assert rest.tolist() == [[8, EOS_ID], [7, 8]]


def test_errors_alone_are_edits():
    batch = batch_of([4, 5, 6], [4, 5])
    assert own_words.errors_alone([[4, 6], [4, 5]], batch).tolist() == [1, 0]


def test_a_slip_from_which_it_returns_costs_nothing_more():
    batch = batch_of([4, 5, 6, 7, 8], [4, 5, 6, 7, 8])
    steps = torch.tensor([2, 2])  # 6 becomes 10, and 11 would follow; or 4
    words = torch.tensor([4, 11])
    found = own_words.errors_after_a_slip(Counter(11), batch, steps, words)
    # 4 5 [4] 5 6 7 8: two too many, one of them is ours; 11 is repeated to the end
    assert found[0] == 1
    assert found[1] > 3


def test_slips_are_wrong_words_at_real_places():
    batch = batch_of([4, 5, 6, 7, 8], [5])
    for seed in range(40):
        generator = torch.Generator().manual_seed(seed)
        steps, likely, other = own_words.slips(Counter(11), batch, generator)
        assert steps[1] == 0 and 0 <= steps[0] < 5
        right = batch.targets[torch.arange(2), steps]
        for words in (likely, other):
            assert (words != right).all()
            assert ((words >= own_words.N_MARKS) & (words < 12)).all()


def test_mixed_inputs_are_right_words_or_those_just_written():
    torch.manual_seed(0)
    batch = batch_of([4, 6, 7, 8], [5, 5, 5])
    none = own_words.mixed_inputs(Counter(11), batch, 0.0)
    assert torch.equal(none, batch.inputs)
    every = own_words.mixed_inputs(Counter(11), batch, 1.0)
    # BOS stays; then what it writes after BOS, after the right word 4, 6, 7
    assert every[0].tolist() == [2, 4, 5, 7, 8]
    some = own_words.mixed_inputs(Counter(11), batch, 0.5)
    assert ((some == batch.inputs) | (some == every)).all()


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ([4, STOP, 5, STOP], 0),
        ([4, STOP], 1),
        ([6, STOP], 2),
        ([], 2),
        ([4, STOP, 6, STOP], 3),
        ([4, STOP, 5, STOP, 4, STOP], 3),
    ],
)
def test_two_sentences_end_in_four_ways(written, kind):
    assert own_words.ending(written, [4, STOP, 5, STOP], STOP) == kind


def test_each_test_sentence_stands_once_at_each_place():
    two = free_running.asked("test", 2)
    one = free_running.asked("test", 1)
    assert len(two) == len(one) == 126
    assert all(text.source.count(".") == 2 for text in two)
    starts = {text.source[: text.source.index(".") + 1] for text in two}
    assert starts == {text.source for text in one}


def test_a_narrow_vector_lets_so_many_numbers_through():
    torch.manual_seed(0)
    wide = bottleneck.Narrow(128)
    torch.manual_seed(0)
    plain = free_running.make()
    batch = sequence_pairs.pair_batch([(np.array([5, 6, 7]), np.array([5]))])
    source = batch.source, batch.source_mask
    with torch.no_grad():
        _, vector = plain.read(*source)
        assert torch.equal(wide.read(*source)[1], vector)  # the same network
        torch.manual_seed(0)
        _, narrow = bottleneck.Narrow(8).read(*source)
    kept = narrow[0].nonzero().flatten().tolist()
    assert kept == [0, 1, 2, 3, 64, 65, 66, 67]  # four of each direction
    # 8 of 128 numbers, 4 times as large: as long as the whole vector, on average
    assert torch.allclose(narrow[:, kept], 4 * vector[:, kept])


def test_joined_anew_are_training_sentences_in_new_texts():
    seen = {pair.source for pair in free_running.asked("test", 1)}
    trained_on = {text.source for text in free_running.texts()}
    two = bottleneck.joined_anew(2)
    assert len(two) == 126
    firsts = {text.source[: text.source.index(".") + 1] for text in two}
    assert not firsts & seen
    known = sum(text.source in trained_on for text in two)
    assert known < 10


def test_sentences_of_a_written_text_are_cut_behind_full_stops():
    stop = translating.task().targets.ids["."]
    assert bottleneck._sentences([5, 6, stop, 7, stop]) == [[5, 6, stop], [7, stop]]
    assert bottleneck._sentences([5, stop, 8]) == [[5, stop], [8]]
    assert bottleneck._sentences([]) == []


def test_first_and_last_sentence_are_judged_apart(monkeypatch):
    stop = translating.task().targets.ids["."]
    texts = free_running.asked("test", 2)[:3]
    right = [target.tolist() for _, target in translating.coded(texts)]
    last_wrong = [*right[1][: right[1].index(stop) + 1], 9, stop]
    too_long = [*right[2], 9, stop]
    found = [right[0], last_wrong, too_long]
    monkeypatch.setattr(translating, "written", lambda model, texts: found)
    first, last = bottleneck._of_parts(None, texts)
    assert first == 1 and last == pytest.approx(1 / 3)


def test_each_width_and_each_training_has_runs_and_a_rate_on_file():
    kept = studies.read("bottleneck")
    assert len(kept.arms) == len(bottleneck.WIDTHS) * len(bottleneck.UPDATES)
    few, many = (bottleneck.name(128, updates) for updates in bottleneck.UPDATES)
    for n in bottleneck.SENTENCES:
        right = kept.values(f"right, {n}")
        assert right[many].mean() >= right[few].mean() - 0.02
    # the whole vector is the network of `free_running`, trained anew
    before = studies.read("free_running").curve("right, two, alpha 0")["1000 updates"]
    assert kept.values("right, 2")[few].mean() == pytest.approx(
        before[:, 0].mean(), abs=0.05
    )
