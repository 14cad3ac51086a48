"""What a learner gets wrong: each call gives the right value, or one sentence."""

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from helpers import finetuning, objectives, training
from helpers.finetuning import answers, baselines
from helpers.finetuning.tasks import NAMES, QUESTIONS, SENTIMENT, TAGS, Task
from helpers.lesson import exercises, ladder, predict
from helpers.models import (
    decoder,
    encoder,
    layers,
    ngram,
    positions,
    recurrent,
    vectors,
)
from helpers.models.attention import MultiHeadAttention, attention
from helpers.models.bert import BERT, BERTForPretraining, BERTSize, TokenHead
from helpers.models.encoder import Classifier, EncoderSize, TokenEncoder
from helpers.models.gated import GatedLanguageModel
from helpers.models.seq2seq import Seq2Seq
from helpers.models.tracing import recording
from helpers.objectives import batching, masking
from helpers.objectives.batching import IGNORE_INDEX, pack
from helpers.probes import agreement, cloze, heads, senses, shares
from helpers.studies import label_curves, results, scaling
from helpers.tokenization import Characters, Words
from helpers.tokenization.wordpiece import SPECIALS, UNK, WordPiece
from helpers.training import parts, resume

SIZE = EncoderSize(8, 2, 16, 2)
IDS = torch.tensor([[2, 5, 6, 3], [2, 7, 3, 0]])
MASK = IDS > 0
OTHERS = [MASK.float(), MASK.long(), MASK[:, :3], MASK[0]]


def readers():
    """Return each model that takes ids and a mask, as a function of the mask."""
    torch.manual_seed(0)
    seq2seq = Seq2Seq(9, 9, 8, 8, "dot")
    transformer = decoder.TransformerSeq2Seq(9, 9, SIZE)
    plain = [
        BERT(BERTSize(9, 8, 2, 16)),
        Classifier(9, SIZE, 2),
        Classifier(9, SIZE, 2, pool="mean"),
        TokenEncoder(9, SIZE),
        TokenHead(BERT(BERTSize(9, 8, 2, 16)), 3),
        decoder.GPT(9, SIZE),
        GatedLanguageModel(9, 8, 8),
        recurrent.WindowMLP(9, 8, 8, 2),
    ]
    found = {type(model).__name__: model for model in plain}
    calls = [lambda mask, model=model: model(IDS, mask) for model in found.values()]
    for model in (seq2seq, transformer):
        calls.append(lambda mask, model=model: model(IDS, mask, IDS))
    return calls


@pytest.mark.parametrize("other", range(4), ids=["float", "int64", "short", "one row"])
def test_every_model_refuses_a_mask_that_is_not_bool_or_does_not_fit(other):
    for call in readers():
        call(MASK)
        with pytest.raises(ValueError, match="bool"):
            call(OTHERS[other])


@pytest.mark.parametrize("heard", [False, True])
@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (torch.ones(4, 4), "a mask of torch.float32; give bool"),
        (torch.ones(4, 4, dtype=torch.long), "a mask of torch.int64; give bool"),
        (torch.zeros(4, 4, dtype=torch.bool), "a query may look nowhere"),
        (torch.ones(3, 4, dtype=torch.bool), r"a mask \(3, 4\) for scores"),
        (torch.ones(1, 1, 1, 4, 4, dtype=torch.bool), "for scores"),
    ],
)
def test_a_wrong_mask_is_refused_before_the_fast_path(mask, message, heard):
    attend = MultiHeadAttention(8, 2)
    with pytest.raises(ValueError, match=message):
        if heard:
            with recording(attend):
                attend(torch.rand(2, 4, 8), mask=mask)
        attend(torch.rand(2, 4, 8), mask=mask)


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.sampled_from(positions.POSITIONS))
def test_both_paths_of_attention_take_the_same_masks(seed, kind):
    torch.manual_seed(seed)
    relative = positions.attention_positions(kind, 8, 2)
    attend = MultiHeadAttention(8, 2, relative)
    x = torch.rand(2, 4, 8)
    mask = torch.rand(2, 1, 4, 4) < 0.5
    told = []
    for heard in (False, True):
        try:
            if heard:
                with recording(attend):
                    told.append(attend(x, mask=mask))
            else:
                told.append(attend(x, mask=mask))
        except ValueError as error:
            told.append(str(error))
    fast, slow = told
    if mask.any(-1).all():
        torch.testing.assert_close(fast, slow, rtol=1e-4, atol=1e-5)
    else:
        assert fast == slow and fast.startswith("a query may look nowhere")


def test_padding_on_the_left_is_refused_where_a_model_reads_from_left_to_right():
    left = MASK.flip(1)
    for model in (decoder.GPT(9, SIZE), GatedLanguageModel(9, 8, 8)):
        with pytest.raises(ValueError, match="row 1 .* pad on the right"):
            model(IDS.flip(1), left)


def test_ids_outside_the_table_and_no_batches_are_named():
    for model in (BERT(BERTSize(9, 8, 2, 16)), decoder.GPT(9, SIZE)):
        with pytest.raises(ValueError, match="ids from 0 to 9; this table .* 0 to 8"):
            model(torch.tensor([[0, 9]]))
        with pytest.raises(ValueError, match=r"ids \(2,\); give a batch"):
            model(torch.tensor([0, 1]))
        with pytest.raises(ValueError, match="ids are torch.float32"):
            model(torch.rand(2, 2))
    bert = BERTForPretraining(BERTSize(9, 8, 2, 16))
    with pytest.raises(ValueError, match="torch.bool"):
        bert(IDS, MASK, masked=MASK.long())
    with pytest.raises(ValueError, match="one segment"):
        bert(IDS, MASK, torch.zeros(1, 4, dtype=torch.long))


def test_masked_means_are_of_real_tokens_and_never_of_none():
    x = torch.tensor([[[1.0], [3.0], [9.0]]])
    mask = torch.tensor([[True, True, False]])
    for same in (mask, mask.float(), mask.long()):
        assert layers.masked_mean(x, same).item() == 2
    for wrong in (mask[0], mask & False, mask[:, :2]):
        with pytest.raises(ValueError, match="at least one real token"):
            layers.masked_mean(x, wrong)


@pytest.mark.parametrize("kind", ["bias", "keys", "rotary"])
def test_positions_inside_attention_work_away_from_the_cpu(kind):
    relative = positions.attention_positions(kind, 8, 2).to("meta")
    q = torch.rand(1, 2, 3, 4, device="meta")
    k = torch.rand(1, 2, 5, 4, device="meta")
    turned, _, bias = relative(q, k)
    assert turned.device.type == "meta" and turned.shape == q.shape
    assert bias is None or bias.shape[-2:] == (3, 5)


# --------------------------------------------------------------------- recordings


def test_a_recording_while_writing_lists_what_was_heard_step_by_step():
    torch.manual_seed(0)
    gpt = decoder.GPT(9, SIZE)
    with recording(gpt) as seen:
        written = recurrent.generate(gpt, [2, 5], 3, 0, torch.Generator())
    assert len(written) == 3
    weights = seen["encoder.blocks.0.attend.tap_weights"]
    assert [tuple(w.shape) for w in weights] == [
        (1, 2, 2, 2),
        (1, 2, 1, 3),
        (1, 2, 1, 4),
    ]
    for each in weights:
        torch.testing.assert_close(each.sum(-1), torch.ones(each.shape[:-1]))


def test_an_error_while_recording_is_the_one_that_is_told():
    gpt = decoder.GPT(9, SIZE)
    with pytest.raises(ZeroDivisionError), recording(gpt) as seen:
        gpt(IDS[:, :2])
        gpt(IDS)
        1 / 0  # noqa: B018
    assert len(seen["tap_hidden"]) == 2 and not gpt.tap_hidden.heard


# ------------------------------------------------------------------------ losses


def test_a_loss_of_nothing_is_refused():
    none = torch.full((2, 4), IGNORE_INDEX)
    logits = torch.rand(2, 4, 9)
    packed = pack([[5, 6], [7]])
    tags = TokenHead(BERT(BERTSize(9, 8, 2, 16)), 5)
    for call in (
        lambda: masking.masked_loss(logits, none),
        lambda: masking.unigram_loss(torch.ones(9), none),
        lambda: finetuning.loss(tags, finetuning.tuning.Batch(packed, none, "tags")),
    ):
        with pytest.raises(ValueError, match="no token is hidden or labelled"):
            call()
    for call in (
        lambda: objectives.next_token_loss(logits, IDS, MASK & False),
        lambda: objectives.both_directions_loss(logits, logits, IDS, MASK & False),
    ):
        with pytest.raises(ValueError, match="no token is real"):
            call()


def test_a_mask_of_whole_numbers_picks_no_rows_of_a_loss():
    with pytest.raises(ValueError, match="a mask of torch.int64"):
        objectives.next_token_loss(torch.rand(2, 4, 9), IDS, MASK.long())


def test_a_batch_of_one_bare_row_or_of_fractions_is_refused():
    with pytest.raises(ValueError, match="no row of ids"):
        batching.pad([1, 2, 3])
    with pytest.raises(ValueError, match="give whole numbers"):
        batching.pad([np.array([1.5])])
    assert batching.pad([[], [4]])[0].tolist() == [[0], [4]]


# ---------------------------------------------------------------------- training


def line(model, x):
    return model(x).square().mean()


@pytest.mark.parametrize("kind", ["list", "iterator", "loader"])
def test_batches_that_end_stop_a_training_as_the_stop_button_does(kind, capsys):
    rows = torch.rand(3, 4, 2)
    model = nn.Linear(2, 1)
    batches = {
        "list": list(rows),
        "iterator": iter(rows),
        "loader": torch.utils.data.DataLoader(rows.flatten(0, 1), batch_size=4),
    }[kind]
    history = training.train(model, batches, line, training.Settings(10))
    assert len(history.losses) == 3 and history.interrupted and not model.training
    assert "the batches ended" in capsys.readouterr().out
    enough = training.train(model, list(rows), line, training.Settings(3))
    assert len(enough.losses) == 3 and not enough.interrupted
    assert not capsys.readouterr().out


def test_a_kept_training_with_batches_that_end_says_so(tmp_path):
    path = tmp_path / "state.safetensors"
    rows = list(torch.rand(4, 4, 2)[:, None])  # a batch is a tuple of tensors

    def loss(model, batch):
        return line(model, batch[0])

    def run():
        return training.Run(nn.Linear(2, 1), training.Settings(6))

    history = resume.train(run(), rows, loss, path, every=2)
    assert len(history.losses) == 4 and history.interrupted
    with pytest.raises(ValueError, match="2 batches given, .* read 4"):
        resume.train(run(), rows[:2], loss, path, every=2)
    with pytest.raises(ValueError, match="every=0"):
        resume.train(run(), rows, loss, path, every=0)
    assert len(resume.train(run(), rows + rows, loss, path).losses) == 6


def test_settings_that_divide_by_nothing_are_refused():
    with pytest.raises(ValueError, match="every=0"):
        training.Run(nn.Linear(1, 1), training.Settings(3, every=0))
    with pytest.raises(ValueError, match="0 rows"):
        parts.accumulated_gradient(torch.ones(2), [])


# ------------------------------------------------------------------------ probes


def test_a_probe_leaves_the_model_in_the_mode_it_found():
    bert = BERTForPretraining(BERTSize(9, 8, 2, 16, dropout=0.5)).train()
    bert.pair.eval()
    first = cloze.fill_masks(bert, pack([[5, 6]]))
    assert torch.equal(first, cloze.fill_masks(bert, pack([[5, 6]])))  # no dropout
    assert bert.training and not bert.pair.training
    with pytest.raises(ValueError, match="this table"):
        cloze.fill_masks(bert, pack([[5, 60]]))
    assert bert.training and not bert.pair.training
    gpt = decoder.GPT(9, SIZE).train()
    item = SimpleNamespace(prefix=("a",), good="b", bad="c")
    agreement.verb_choices(gpt, {"a": 4, "b": 5, "c": 6}, [item])
    assert gpt.training
    with pytest.raises(ValueError, match=r"does not know \['b'\]"):
        agreement.verb_choices(gpt, {"a": 4, "c": 6}, [item])
    task_model = finetuning.with_head(BERT(BERTSize(9, 8, 2, 16)), NAMES).train()
    with pytest.raises(ValueError, match="this table"):
        example = SimpleNamespace(tokens=("e",), labels=("O",))
        finetuning.score(task_model, NAMES, [example], pieces(*"abcde"))
    assert task_model.training


def test_heads_come_back_also_when_a_measurement_stops():
    keep = torch.ones(2)

    def measure():
        if not keep.all():
            raise KeyboardInterrupt
        return np.ones(1)

    with pytest.raises(KeyboardInterrupt):
        heads.prune(keep, measure)
    assert keep.tolist() == [1, 1]


def test_both_ways_to_say_no_answer_are_one():
    gold = torch.tensor([[1, 2, IGNORE_INDEX]])
    assert heads.best_offset(gold) == (1, 1.0)
    with pytest.raises(ValueError, match="-100 is no answer"):
        heads.best_offset(torch.tensor([[1, 2, -1]]))
    weights = torch.zeros(1, 1, 1, 3, 3)
    with pytest.raises(ValueError, match="torch.bool"):
        heads.head_shares(weights, gold, torch.ones(1, 3))
    with pytest.raises(ValueError, match="no query counts"):
        heads.weight_on(weights, torch.zeros(1, 3, 3), torch.zeros(1, 3))


def test_shares_of_nothing_are_refused():
    for call in (
        lambda: answers.exact([], []),
        lambda: shares.share([]),
        lambda: baselines.usual([]),
        lambda: baselines.best_possible([], []),
        lambda: results.mean_and_sd([]),
        lambda: senses.usual_sense([], []),
        lambda: ngram.NGram(2, "ab").fit(["ab"]).loss([]),
    ):
        with pytest.raises(ValueError, match="^0 "):
            call()
    with pytest.raises(ValueError, match="1 answers, 2 wanted"):
        answers.exact([1], [1, 2])


def test_a_model_that_counted_nothing_says_so():
    for smoothing in ngram.SMOOTHINGS:
        with pytest.raises(ValueError, match="call fit"):
            ngram.NGram(2, "ab", smoothing).prob("a", "b")
    assert ngram.NGram(0, "ab").prob("a", "b") == 1 / 3


# -------------------------------------------------------------------- fine-tuning


def pieces(*words):
    return WordPiece([*SPECIALS, *words])


def tags_of(words, labels):
    """Return the score of a model that answers each labelled piece rightly."""
    vocabulary = pieces("ada", "smith", "lives", "in", "paris")
    examples = [SimpleNamespace(tokens=words, labels=labels)]
    batch = finetuning.make_batch(NAMES, examples, vocabulary)
    right = nn.functional.one_hot(batch.labels.clamp(min=0), len(TAGS)).float()
    found = finetuning.tuning.guesses(lambda *_: right, NAMES, batch)
    return finetuning.tuning.judge(NAMES, examples, found, batch)


@pytest.mark.parametrize("empty", ["\u200b", "\ufe0f", "\xad", ""])
def test_a_word_without_pieces_keeps_its_place(empty):
    words = ["ada", "smith", empty, "lives", "in", "paris"]
    labels = ["B-PER", "I-PER", "O", "O", "O", "B-LOC"]
    assert tags_of(words, labels) == 1
    assert tags_of([*words[3:], empty], [*labels[3:], "O"]) == 1
    vocabulary = pieces("a")
    assert finetuning.cut_words(["a", empty, "a"], vocabulary) == (
        [5, vocabulary.ids[UNK], 5],
        [0, 1, 2],
    )
    example = SimpleNamespace(question=["a"], passage=["a", empty, "a"], start=1, end=2)
    batch = finetuning.make_batch(QUESTIONS, [example], vocabulary)
    assert batch.labels.tolist() == [[4, 4]]


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        ("B-A E-A S-A O", {(0, 2, "A"), (2, 3, "A")}),  # IOBES
        ("B-A I-A L-A U-B", {(0, 3, "A"), (3, 4, "B")}),  # BILOU
        ("I-A I-A O I-B", {(0, 2, "A"), (3, 4, "B")}),  # without B-
        ("I-A B-A I-A", {(0, 1, "A"), (1, 3, "A")}),  # IOB1
        ("B-A E-A E-A", {(0, 2, "A"), (2, 3, "A")}),
        ("B-WORK-OF-ART", {(0, 1, "WORK-OF-ART")}),
    ],
)
def test_other_schemes_of_tags_are_read(labels, names):
    assert answers.entities(labels.split()) == names


@pytest.mark.parametrize("label", ["PER", "B-", "X-PER", "", "o", 3])
def test_tags_of_no_scheme_are_refused(label):
    with pytest.raises(ValueError, match="the tag .* give O, or one of"):
        answers.entity_f1([[label]], [["O"]])


def test_answers_that_a_task_does_not_have_are_named():
    vocabulary = pieces("a")
    wrong = SimpleNamespace(tokens=("a",), label=2)
    with pytest.raises(ValueError, match="label of sentiment=2; choose one of -1, 1"):
        finetuning.make_batch(SENTIMENT, [wrong], vocabulary)
    for span in ((1, 1), (0, 3), (-1, 1)):
        example = SimpleNamespace(question=["a"], passage=["a", "a"])
        example.start, example.end = span
        with pytest.raises(ValueError, match="inside the passage"):
            finetuning.make_batch(QUESTIONS, [example], vocabulary)
    with pytest.raises(ValueError, match="2 labels for words"):
        finetuning.first_pieces([1, 2], [0], 3)
    with pytest.raises(ValueError, match="positions below"):
        finetuning.first_pieces([1], [3], 3)
    with pytest.raises(ValueError, match="split it"):
        finetuning.cut_words("the dog", vocabulary)
    for kind, pair in (("regression", False), ("span", False), ("tags", True)):
        with pytest.raises(ValueError, match="kind="):
            Task("t", kind, (0, 1), list, str, str, pair)


def test_an_encoder_thaws_also_after_an_error():
    model = finetuning.with_head(BERT(BERTSize(9, 8, 2, 16)), SENTIMENT)

    def batches():
        raise FloatingPointError
        yield

    with pytest.raises(FloatingPointError):
        finetuning.fine_tune(model, batches(), training.Settings(1), frozen=True)
    assert all(p.requires_grad for p in model.parameters())


def test_spans_of_no_length_are_refused():
    scores = torch.rand(3)
    for call in (
        lambda: answers.best_span(scores, scores, longest=0),
        lambda: answers.best_span(scores, scores[:2]),
        lambda: answers.best_span(scores, scores, torch.ones(3)),
        lambda: answers.best_span(scores[:0], scores[:0]),
        lambda: finetuning.tuning.span_loss(
            torch.rand(2, 4, 2), torch.tensor([[0, 3], [0, 3]]), MASK
        ),
    ):
        with pytest.raises(ValueError, match="longest|shapes|real tokens"):
            call()


# ------------------------------------------------------------------------- lesson


def rung(model, loss):
    return ladder.Rung(model, loss, 1.0, 0, 1.0, 0, "99_test", "2026-01-01")


@pytest.mark.parametrize("loss", [1.0, 0.995, 1.001])
def test_a_model_at_the_floor_is_drawn_there(loss):
    drawn = ladder.picture([rung("far", 2.0), rung("near", loss)], "t")
    texts = [text.get_text() for text in drawn.axes[0].texts]
    assert any("near (at the floor)" in text for text in texts)
    assert not any("far (at" in text for text in texts)
    heights = np.concatenate([line.get_ydata() for line in drawn.axes[0].lines])
    assert min(heights) == pytest.approx(math.log10(ladder.NEAREST))
    assert ladder.chart([rung("far", 2.0), rung("near", loss)], "t")


def test_a_ladder_without_scores_is_refused():
    lesson = SimpleNamespace(seed=0, notebook="99_test")
    with pytest.raises(ValueError, match="0 losses, 0 surprisals"):
        ladder.measure("m", [], [], 0, 0.0, lesson)
    with pytest.raises(ValueError, match="floor of nan"):
        ladder.check(1.0, math.nan, 0.0)
    with pytest.raises(ValueError, match="finite"):
        ladder.picture([rung("m", math.inf)], "t")
    assert ladder.perplexity(800) == math.inf


def test_rungs_whose_names_differ_in_a_sign_are_all_kept(tmp_path, monkeypatch):
    folder = tmp_path / "rungs"
    monkeypatch.setenv("COURSE_LADDER", str(folder))
    lesson = SimpleNamespace(seed=0, notebook="99_test")
    names = ["LSTM/GRU", "LSTM GRU", "LSTM_GRU", "LSTM\\GRU", "a:b*c?", "..", "é" * 300]
    for name in names:
        ladder.measure(name, [2.0], [1.0], 0, 0.0, lesson)
    whole = tmp_path / "ladder.json"
    whole.write_text(json.dumps([]), encoding="utf-8")
    assert {r.model for r in ladder.merge(folder, whole)} == set(names)


def test_true_is_no_number_in_an_exercise():
    assert exercises._difference(True, 1.0) and exercises._difference([True], [1])
    assert exercises._difference(1, True) and exercises._difference(
        {"a": True}, {"a": 1}
    )
    assert not exercises._difference(True, np.True_)
    assert not exercises._difference({"a": 1.0}, {"a": 1})
    assert exercises._difference({"a": torch.ones(2)}, {"a": 1})  # no error


def test_a_card_has_as_many_answers_as_it_can_show():
    assert predict("q", *"abcdef").view()
    for options in ("a", "abcdefg"):
        with pytest.raises(ValueError, match="options make no question"):
            predict("q", *options)


# ------------------------------------------------------------------------ studies


def test_what_a_study_lacks_is_known_and_said():
    cells = label_curves.cells().keys()
    missing = cells - results.read("label_curves")["cells"].keys()
    lacking = {cell.column for cell in missing}
    others = {
        column for _, column, _ in cells if column.split()[0] in {"names", "questions"}
    }
    assert lacking == others | {"sentiment 10000"}
    with pytest.raises(ValueError, match="no scores of 'names' on file"):
        label_curves.lines(results.read("label_curves"), "names")
    with pytest.raises(ValueError, match="cells are not on file"):
        scaling.means({"cells": {}}, "nats")


# --------------------------------------------------- words as numbers, and the rest


def test_rows_and_ids_outside_a_table_are_named():
    table = np.eye(4)
    for call in (
        lambda: vectors.row_of(4, table),
        lambda: vectors.neighbours(table, 4),
        lambda: vectors.neighbours(table, -1),
        lambda: vectors.analogy(table, 0, 1, 4),
    ):
        with pytest.raises(ValueError, match="is not one of the 4 rows"):
            call()
    with pytest.raises(ValueError, match="id 4; vocab_size=4"):
        vectors.cooccurrence([np.array([0, 4])], 1, 4)
    found = vectors.neighbours(table, 0, 4)
    assert [row for row, _ in found] == [1, 2, 3]  # never the row itself
    with pytest.raises(ValueError, match="0 documents"):
        vectors.skipgram_pairs([], 1)
    with pytest.raises(ValueError, match="no pair"):
        vectors.pmi(np.zeros((2, 2)))


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10),
    st.sampled_from([math.nan, math.inf, -math.inf, 1e30]),
    st.text(max_size=3),
    st.lists(st.integers(-3, 10), max_size=3),
)
WORD_ODD = st.lists(ODD, max_size=3)


def tried(call):
    """Call; a refusal must be one sentence. Return the value, or None."""
    try:
        return call()
    except (ValueError, TypeError) as error:
        assert str(error).strip() and "\n" not in str(error)
        return None


@settings(max_examples=150)
@given(WORD_ODD, WORD_ODD)
def test_answers_of_any_kind_are_judged_or_refused(found, wanted):
    share = tried(lambda: answers.exact(found, wanted))
    assert share is None or 0 <= share <= 1
    share = tried(lambda: answers.entity_f1([found], [wanted]))
    assert share is None or 0 <= share <= 1
    share = tried(lambda: answers.token_f1(found, wanted))
    assert share is None or 0 <= share <= 1
    tried(lambda: baselines.best_possible(found, wanted))
    tried(lambda: baselines.usual(found))


@settings(max_examples=150)
@given(ODD)
def test_text_of_any_kind_is_coded_or_refused(value):
    words = Words(["a", "b"])
    letters = Characters(["a", "b"])
    for call in (words.encode, letters.encode):
        coded = tried(lambda call=call: call(value))
        assert coded is None or all(0 <= i < 6 for i in coded)
    for call in (words.decode, letters.decode, words.join):
        tried(lambda call=call: call(value))
    tried(lambda: Words.from_tokens([value]))
    tried(lambda: Characters.from_text(value))
    tried(lambda: words.look_up([value]))


@settings(max_examples=100)
@given(st.lists(st.lists(st.integers(-3, 12), max_size=4), max_size=3))
def test_rows_of_ids_are_packed_or_refused_and_read_or_refused(rows):
    batch = tried(lambda: batching.pad(rows))
    if batch is None:
        assert not rows
        return
    ids, mask = batch
    assert [ids[i][mask[i]].tolist() for i in range(len(rows))] == rows
    model = Classifier(9, encoder.EncoderSize(8, 2, 16, 1), 2)
    logits = tried(lambda: model(ids, mask))
    fine = all(row and min(row) >= 0 and max(row) < 9 for row in rows)
    assert (logits is not None) == fine
    assert logits is None or logits.isfinite().all()


@settings(max_examples=100)
@given(ODD, ODD, ODD)
def test_numbers_of_any_kind_train_or_are_refused(steps, every, value):
    tried(lambda: training.loop.clip_factor(1.0, value))
    tried(lambda: ladder.check(value, 1.0, 0.0))
    tried(lambda: decoder.tempered(torch.ones(3), value))
    tried(lambda: decoder.keep_top_k(torch.ones(3), value))
    tried(lambda: decoder.keep_nucleus(torch.ones(3), value))
    tried(lambda: ngram.NGram(value, "ab"))
    tried(lambda: training.Run(nn.Linear(1, 1), training.Settings(steps, every=every)))


def test_one_text_takes_several_masks_and_a_mask_for_all_queries():
    q = torch.rand(4, 8)
    mask = torch.rand(3, 4, 4) < 0.5
    mask[..., 0] = True
    _, weights = attention(q, q, q, mask)
    assert weights.shape == (3, 4, 4) and not weights[~mask].any()
    _, weights = attention(q, q, q, mask[0, 0])
    assert not weights[:, ~mask[0, 0]].any()
