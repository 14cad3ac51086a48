"""Fine-tuning: labels at the right tokens, losses against torch, copies that stay."""

import math

import pytest
import torch
from torch.nn import functional as F

from helpers import finetuning, training
from helpers.checkpoints import story_bert
from helpers.finetuning import tuning
from helpers.finetuning.tasks import (
    ENTAILMENT,
    FOUR,
    NAMES,
    QUESTIONS,
    SENTIMENT,
    split,
)
from helpers.models.bert import BERT, BERTSize
from helpers.objectives.masking import IGNORE_INDEX, Packed
from helpers.tokenization.wordpiece import SPECIALS, WordPiece

WORDS = story_bert.vocabulary()
SIZE = BERTSize(len(WORDS), 16, 2, 32, 1, longest=96)


def small(task, seed=0):
    torch.manual_seed(seed)
    return finetuning.with_head(BERT(SIZE), task)


@pytest.mark.parametrize("task", FOUR, ids=lambda t: t.name)
def test_a_head_shares_nothing_with_the_bert_it_came_from(task):
    bert = BERT(SIZE)
    before = {k: v.clone() for k, v in bert.state_dict().items()}
    model = finetuning.with_head(bert, task)
    mine = {p.data_ptr() for p in bert.parameters()}
    assert not mine & {p.data_ptr() for p in model.parameters()}
    batches = finetuning.batches(task, task.make(8, 1), WORDS, torch.Generator())
    finetuning.fine_tune(model, batches, training.Settings(3, lr=0.01))
    for k, v in bert.state_dict().items():
        assert torch.equal(v, before[k])
        if "pooler" not in k or task.kind == "class":
            assert not torch.equal(v, model.bert.state_dict()[k]), k


@pytest.mark.parametrize("task", FOUR, ids=lambda t: t.name)
def test_a_frozen_body_stays_and_can_be_trained_afterwards(task):
    model = small(task)
    before = {k: v.clone() for k, v in model.state_dict().items()}
    batches = finetuning.batches(task, task.make(8, 1), WORDS, torch.Generator())
    finetuning.fine_tune(model, batches, training.Settings(3, lr=0.01), frozen=True)
    moved = {k for k, v in model.state_dict().items() if not torch.equal(v, before[k])}
    assert moved == {"output.weight", "output.bias"}
    assert all(p.requires_grad for p in model.parameters())


def test_labels_of_sentences_and_pairs_are_numbers_of_classes():
    for task in (SENTIMENT, ENTAILMENT):
        examples = task.make(20, 3)
        found = finetuning.make_batch(task, examples, WORDS).labels
        assert [task.classes[i] for i in found] == [task.answer(e) for e in examples]


def test_a_spans_label_points_at_the_answer():
    examples = QUESTIONS.make(30, 3)
    batch = finetuning.make_batch(QUESTIONS, examples, WORDS)
    for row, (a, b), e in zip(batch.packed.ids, batch.labels, examples, strict=True):
        words = tuple(WORDS.tokens[i] for i in row[a : b + 1])
        assert words == e.passage[e.start : e.end]


def test_a_spans_label_counts_pieces_not_words():
    pieces = WordPiece([*SPECIALS, "who", "?", "Rot", "##ter", "in", "a"], lower=False)

    class Asked:
        question, passage, start, end = ("who", "?"), ("in", "Rotter", "a"), 1, 2

    batch = finetuning.make_batch(QUESTIONS, [Asked], pieces)
    a, b = batch.labels[0].tolist()
    found = [pieces.tokens[i] for i in batch.packed.ids[0, a : b + 1]]
    assert found == ["Rot", "##ter"]


def test_only_first_pieces_carry_tags():
    pieces = WordPiece([*SPECIALS, "Rot", "##ter", "##dam", "in"], lower=False)

    class Tagged:
        tokens, labels = ("in", "Rotterdam", "in"), ("O", "B-LOC", "O")

    class Short:
        tokens, labels = ("in",), ("O",)

    batch = finetuning.make_batch(NAMES, [Tagged, Short], pieces)
    place = NAMES.classes.index("B-LOC")
    no = IGNORE_INDEX
    wanted = [[no, 0, place, no, no, 0, no], [no, 0, no, no, no, no, no]]
    assert batch.labels.tolist() == wanted


def test_the_span_loss_equals_a_worked_example():
    logits = torch.tensor([[[0.0, 1.0], [math.log(3), 1.0], [9.0, 9.0]]])
    mask = torch.tensor([[True, True, False]])  # the last token is padding
    found = tuning.span_loss(logits, torch.tensor([[1, 0]]), mask)
    assert found.item() == pytest.approx((-math.log(3 / 4) - math.log(1 / 2)) / 2)


@pytest.mark.parametrize("task", FOUR, ids=lambda t: t.name)
def test_the_loss_is_the_mean_surprise_of_the_right_labels(task):
    model, examples = small(task), task.make(7, 5)
    batch = finetuning.make_batch(task, examples, WORDS)
    with torch.no_grad():
        logits = model(batch.packed.ids, batch.packed.mask, batch.packed.segments)
    surprises = []
    for row, label, real in zip(logits, batch.labels, batch.packed.mask, strict=True):
        if task.kind == "class":
            surprises.append(-row.log_softmax(-1)[label])
        elif task.kind == "span":
            shares = row[real].log_softmax(0)
            surprises += [-shares[label[0], 0], -shares[label[1], 1]]
        else:
            asked = label != IGNORE_INDEX
            each = F.cross_entropy(row[asked], label[asked], reduction="none")
            surprises += list(each)
    wanted = torch.stack(surprises).mean()
    assert torch.allclose(finetuning.loss(model, batch), wanted, atol=1e-6)


@pytest.mark.parametrize("task", FOUR, ids=lambda t: t.name)
def test_padding_changes_no_loss_and_no_answer(task):
    model, examples = small(task), task.make(12, 5)
    short = sorted(examples, key=lambda e: len(str(task.text(e))))[:1]
    alone = finetuning.make_batch(task, short, WORDS)
    together = finetuning.make_batch(task, [*short, *examples], WORDS)
    assert together.packed.ids.shape[1] > alone.packed.ids.shape[1]
    first = tuning.guesses(model, task, together)[0]
    assert first == tuning.guesses(model, task, alone)[0]
    packed = Packed(*(part[:1] for part in together.packed))
    cut = tuning.Batch(packed, together.labels[:1], task.kind)
    assert torch.allclose(
        finetuning.loss(model, cut), finetuning.loss(model, alone), atol=1e-5
    )


@pytest.mark.parametrize("task", FOUR, ids=lambda t: t.name)
def test_right_answers_score_one_and_planted_wrong_ones_less(task):
    examples = task.make(40, 6)
    batch = finetuning.make_batch(task, examples, WORDS)
    gold = [task.answer(e) for e in examples]
    if task.kind == "span":
        gold = [(a, b + 1) for a, b in batch.labels.tolist()]
    assert tuning.judge(task, examples, gold, batch) == 1
    assert tuning.judge(task, examples, gold[1:] + gold[:1], batch) < 0.9


def test_answers_lie_in_the_passage():
    packed = finetuning.make_batch(QUESTIONS, QUESTIONS.make(6, 2), WORDS).packed
    may = finetuning.passage_mask(packed)
    for ids, on, segments in zip(packed.ids, may, packed.segments, strict=True):
        words = [WORDS.tokens[i] for i in ids[on]]
        assert words and words[-1] == "." and "[SEP]" not in words
        assert (segments[on] == 1).all()


@pytest.mark.parametrize("task", FOUR, ids=lambda t: t.name)
def test_a_small_bert_learns_a_few_examples_by_heart(task):
    examples = task.make(8, 4)
    model = small(task)
    batches = finetuning.batches(
        task, examples, WORDS, torch.Generator().manual_seed(0)
    )
    finetuning.fine_tune(model, batches, training.Settings(120, lr=0.01))
    assert finetuning.score(model, task, examples, WORDS) > 0.9


def test_no_text_is_learned_and_asked():
    for task in FOUR:
        part = split(task, 200, 50)
        assert (len(part.learned), len(part.asked)) == (200, 50)
        asked = {task.text(e) for e in part.asked}
        assert not any(task.text(e) in asked for e in part.learned)


def test_no_examples_are_refused():
    with pytest.raises(ValueError, match="at least 1"):
        next(finetuning.batches(SENTIMENT, [], WORDS, torch.Generator()))
