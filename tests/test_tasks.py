"""The tasks: every answer checked against the gold labels or the rules of English."""

from collections import Counter

import pytest

from helpers.corpora import polysemy, tasks, translation, truth, world
from helpers.corpora.entailment import ENTAILMENT, entailment
from helpers.corpora.grammar import lexicon as lex
from helpers.corpora.questions import questions
from helpers.objectives.batching import IGNORE_INDEX

FORMS = set(world.vocabulary())


@pytest.mark.parametrize(
    "make",
    [
        tasks.senses,
        tasks.names,
        tasks.sentiment,
        tasks.agreement,
        entailment,
        questions,
        translation.translations,
    ],
)
def test_every_task_is_the_same_for_the_same_seed(make):
    assert make(40, 3) == make(40, 3) != make(40, 4)
    assert len(make(7, 1)) == 7 and make(0, 1) == []
    with pytest.raises(ValueError, match="0 or more"):
        make(-1, 1)


def test_heads_stay_inside_their_sentence_and_one_word_hangs_on_itself():
    for tokens, on in tasks.heads(world.documents(30, 5)):
        assert len(tokens) == len(on) and tokens[-1] == "."
        assert all(0 <= h < len(tokens) for h in on)
        assert sum(h == i for i, h in enumerate(on)) == 1


def test_senses_point_at_ambiguous_forms_of_both_scenes():
    found = tasks.senses(3000, 1)
    for tokens, position, sense in found:
        assert tokens[position].startswith(sense.split("/")[0])
    senses = {e.sense for e in found}
    assert len(senses) == 2 * len(lex.AMBIGUOUS)


def test_names_have_a_label_for_each_token():
    for tokens, labels in tasks.names(300, 1):
        assert len(tokens) == len(labels) and set(labels) != {"O"}


def test_a_bag_of_words_cannot_tell_sentiment_but_negation_can():
    examples = tasks.sentiment(3000, 1)
    labels = Counter(e.label for e in examples)
    assert abs(labels[1] / 3000 - 0.5) < 0.05
    negated = [e for e in examples if "not" in e.tokens]
    assert 0.35 < len(negated) / 3000 < 0.5


def test_agreement_items_have_one_right_verb():
    items = tasks.agreement(1500, 2)
    assert {i.n_attractors for i in items} == {0, 1, 2, 3}
    for item in items:
        assert item.good != item.bad and {item.good, item.bad} <= FORMS
        assert item.n_opposite <= item.n_attractors
    for item in items[:150]:
        allowed = truth.next_token(item.prefix)
        assert item.good in allowed and item.bad not in allowed


def test_agreement_can_ask_for_a_number_of_attractors():
    assert {i.n_attractors for i in tasks.agreement(20, 1, n_attractors=3)} == {3}


def test_entailment_pairs_follow_the_rules():
    pairs = entailment(3000, 1)
    labels = Counter(p.label for p in pairs)
    assert all(abs(labels[x] / 3000 - 1 / 3) < 0.05 for x in ENTAILMENT)
    opposite = {frozenset(pair.split()) for pair in lex.OPPOSITES}
    for premise, hypothesis, label in pairs:
        gone, come = set(premise) - set(hypothesis), set(hypothesis) - set(premise)
        assert premise != hypothesis and come <= FORMS
        if label == "contradiction":
            flipped = ("not" in premise) != ("not" in hypothesis)
            assert flipped or "no" in come or frozenset(gone | come) in opposite
        if label == "neutral":
            assert not {"not", "no"} & (gone | come)
            assert frozenset(gone | come) not in opposite
        if label == "entailment":
            assert ("not" in premise) == ("not" in hypothesis)


def test_each_question_has_one_answer_in_its_passage():
    kinds = Counter()
    for question, passage, start, end in questions(800, 1):
        assert 0 <= start < end <= len(passage) and set(question) <= FORMS
        kinds[question[0]] += 1
        answer = passage[start:end]
        if question[0] == "who":
            assert answer[0][0].isupper()
        if question[0] == "where":
            assert answer[0] in lex.PREPOSITIONS
        if question[0] == "what":
            assert not answer[0][0].isupper()
    assert min(kinds[k] for k in ("who", "what", "where")) > 30


def test_some_questions_need_the_antecedent_of_a_pronoun():
    far = 0
    for question, passage, _, _ in questions(300, 2):
        if question[0] == "who":
            verb = question[1]
            spots = [i for i, t in enumerate(passage) if t == verb]
            far += all(passage[i - 1] in ("she", "he") for i in spots if i)
    assert far > 20


def test_translation_is_verb_final_and_aligned_one_to_one():
    for source, target, alignment in translation.translations(800, 1):
        assert len(target) == len(alignment)
        particles = [t for t, a in zip(target, alignment, strict=True) if a is None]
        assert set(particles) <= set(translation.PARTICLES.values())
        aligned = sorted(a for a in alignment if a is not None)
        words = [i for i, t in enumerate(source) if t not in translation.DROPPED]
        assert aligned == words  # a bijection onto all but the articles
        for word, a in zip(target, alignment, strict=True):
            assert a is None or word == translation.dictionary()[source[a]]


def test_no_two_forms_share_a_foreign_word():
    words = list(translation.dictionary().values())
    assert len(words) == len(set(words)) == len(FORMS | {".", "?"})
    assert not set(words) & set(translation.PARTICLES.values())


def test_the_finite_verb_stands_after_subject_and_object():
    """Only predicates that hang on the verb may follow it."""
    d = next(d for d in world.documents(50, 1) if "obj" in d.roles)
    for start, end in d.sentences:
        t = translation.translate(d, start, end)
        root = next(i for i in range(start, end) if d.heads[i] == i)
        place = t.alignment.index(root - start)
        for i in range(start, end):
            if d.roles[i] in ("nsubj", "obj") and d.heads[i] == root:
                assert t.alignment.index(i - start) < place


def test_links_lead_from_verbs_pronouns_and_articles_to_what_they_belong_to():
    none = tasks.NO_ANSWER
    for d in world.documents(60, seed=5):
        found = tasks.links(d)
        for i, (tag, role) in enumerate(zip(d.tags, d.roles, strict=True)):
            if role == "nsubj":
                assert found["subject"][d.heads[i]] == i
            verb = d.heads[i] if role == "nsubj" else none
            assert found["verb"][i] == verb
            far = role == "nsubj" and abs(verb - i) > 2
            assert found["far verb"][i] == (verb if far else none)
            before = d.antecedents[i]
            assert found["antecedent"][i] == (none if before is None else before)
            assert found["noun"][i] == (d.heads[i] if tag == "DET" else none)
        verbs = [d.tags[i] for i, s in enumerate(found["subject"]) if s != none]
        assert set(verbs) <= {"VERB", "AUX"}


def test_no_answer_is_the_index_that_losses_and_probes_ignore():
    assert tasks.NO_ANSWER == IGNORE_INDEX


def test_every_sense_of_real_words_has_eight_sentences_with_the_word_once():
    uses = polysemy.uses()
    assert Counter(u.sense for u in uses) == dict.fromkeys(polysemy.TEXTS, 8)
    assert len({u.text for u in uses}) == len(uses)
    for use in uses:
        words = use.text.lower().rstrip(".").replace(",", "").split()
        assert words.count(use.word) == 1 and use.text[-1] == ".", use
        assert len(use.text) < 60
