"""The world: every gold label checked on random documents."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from helpers.corpora import world
from helpers.corpora.grammar import lexicon as lex
from helpers.corpora.grammar import morphology

ROOT = Path(__file__).parents[1]
DIGEST = "9100fde516a9af0617b9d474824b9f13f91979a7360decf584574a21c1bf71fc"
DOCUMENTS = world.documents(1500, seed=12345)
SINGULAR, PLURAL = {"is", "was", "does"}, {"are", "were", "do"}


def spans():
    return [(d, start, end) for d in DOCUMENTS for start, end in d.sentences]


def other_python(version: str) -> str | None:
    """Find another Python: on the path, or among pyenv's."""
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    kept = sorted(versions.glob(f"{version}.*/bin/python"))
    return str(kept[-1]) if kept else shutil.which(f"python{version}")


def digest(documents) -> str:
    lines = "\n".join(str(d) for d in documents)
    return hashlib.sha256(lines.encode()).hexdigest()


def test_the_world_has_the_size_it_promises():
    assert len(lex.SCENES) >= 8
    assert len(lex.AMBIGUOUS) >= 12
    assert 400 <= len(world.vocabulary()) <= 800
    assert all(4 <= len(d.sentences) <= 8 for d in DOCUMENTS)
    assert {d.scene for d in DOCUMENTS} == set(lex.SCENES)


def test_the_vocabulary_is_exactly_what_is_written():
    seen = {t for d in world.documents(20_000, seed=4) for t in d.tokens}
    assert seen <= set(world.vocabulary())
    assert len(set(world.vocabulary()) - seen) <= len(world.TASK_WORDS)


def test_the_same_seed_gives_the_same_bytes():
    assert digest(world.documents(300, seed=7)) == DIGEST
    assert digest(world.documents(300, seed=8)) != DIGEST


@pytest.mark.parametrize("version", ["3.10", "3.12", "3.13"])
def test_other_pythons_write_the_same_bytes(version):
    python = other_python(version)
    code = (
        "from helpers.corpora import world; import hashlib; "
        "print(hashlib.sha256('\\n'.join(map(str, world.documents(300, 7)))"
        ".encode()).hexdigest())"
    )
    command = [python or "", "-c", code]
    run = python and subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if not run or run.returncode:
        pytest.skip(f"python{version} is not installed here")
    assert run.stdout.strip() == DIGEST


def test_the_splits_share_no_document():
    parts = world.splits(train=600, valid=100, test=100)
    assert [len(p) for p in parts] == [600, 100, 100]
    texts = [d.tokens for part in parts for d in part]
    assert len(set(texts)) == len(texts)


def test_the_splits_are_made_once_and_cannot_be_changed():
    parts = world.splits(train=60, valid=10, test=10)
    assert world.splits(train=60, valid=10, test=10) is parts
    assert {type(part) for part in parts} == {tuple}


def test_a_negative_number_of_documents_is_refused():
    with pytest.raises(ValueError, match="give 0 or more"):
        world.documents(-1, seed=0)


def test_every_token_has_every_label():
    for d in DOCUMENTS:
        labels = (d.tags, d.senses, d.heads, d.roles, d.entities, d.antecedents)
        assert {len(x) for x in (*labels, d.lemmas, d.kinds)} == {len(d)}
        assert len(d.sentiments) == len(d.sentences)
        assert d.sentences[0][0] == 0 and d.sentences[-1][1] == len(d)


def test_heads_form_one_tree_a_sentence():
    for d, start, end in spans():
        roots = [i for i in range(start, end) if d.heads[i] == i]
        assert len(roots) == 1 and d.roles[roots[0]] == "root", d.text
        for i in range(start, end):
            path = set()
            while d.heads[i] != i:
                assert i not in path and start <= d.heads[i] < end
                path.add(i)
                i = d.heads[i]


def number(d, i):
    if d.tags[i] == "PRON":
        return "pl" if d.tokens[i] == "they" else "sg"
    if d.tags[i] == "PROPN" or d.tokens[i] == d.lemmas[i]:
        return "sg"
    return "pl"


def test_finite_verbs_agree_with_their_subjects():
    checked = 0
    for d in DOCUMENTS:
        for i, role in enumerate(d.roles):
            verb = d.heads[i]
            if role != "nsubj" or d.roles[verb] not in ("root", "relcl"):
                continue
            subject = i
            if d.tokens[i] == "who":
                subject = d.heads[verb]
            form, lemma = d.tokens[verb], d.lemmas[verb]
            if form == morphology.past(lemma) and lemma not in ("be", "do"):
                continue
            third = form in SINGULAR or form == morphology.third_person(lemma)
            assert form in SINGULAR | PLURAL or form in (
                lemma,
                morphology.third_person(lemma),
            ), form
            assert third == (number(d, subject) == "sg"), d.text
            checked += 1
    assert checked > 5000


def test_zero_to_three_nouns_stand_between_subject_and_verb():
    found = set()
    for d in DOCUMENTS:
        for i, role in enumerate(d.roles):
            if role == "nsubj" and d.roles[d.heads[i]] == "root":
                found.add(d.tags[i + 1 : d.heads[i]].count("NOUN"))
    assert found >= {0, 1, 2, 3}


def test_pronouns_have_an_antecedent_before_them_that_agrees():
    checked = 0
    for d in DOCUMENTS:
        for i, word in enumerate(d.words):
            if not word.refers:
                continue
            j = d.antecedents[i]
            assert j is not None and j < i and d.tags[j] in ("NOUN", "PROPN")
            if d.tokens[i] in ("she", "he", "her", "his"):
                assert d.entities[j] == "B-PER", d.text
                names = lex.HEROES | {}
                she = d.tokens[i] in ("she", "her")
                side = "she" if she else "he"
                assert d.tokens[j] in f"{names[side]} {lex.FRIENDS[side]}".split()
            if d.tokens[i] in ("they", "them", "their"):
                assert number(d, j) == "pl", d.text
            if d.tokens[i] == "it":
                assert number(d, j) == "sg" and d.entities[j] == "O"
            checked += 1
    assert checked > 1000


def test_a_sense_belongs_to_the_scene_and_only_ambiguous_forms_have_one():
    for d in DOCUMENTS:
        for lemma, sense, tag in zip(d.lemmas, d.senses, d.tags, strict=True):
            if sense is not None:
                assert sense == f"{lemma}/{d.scene}"
            elif tag == "NOUN":
                assert lemma not in lex.AMBIGUOUS


def test_every_ambiguous_form_has_two_scenes():
    scenes: dict[str, set] = {form: set() for form in lex.AMBIGUOUS}
    for scene, types in lex.NOUNS.items():
        for form in " ".join(types.values()).split():
            scenes.get(form, set()).add(scene)
    assert {len(found) for found in scenes.values()} == {2}


def test_names_are_tagged_as_spans_of_one_or_two_words():
    shapes = set()
    for d in DOCUMENTS:
        for i, label in enumerate(d.entities):
            if label.startswith("B-"):
                two = i + 1 < len(d) and d.entities[i + 1] == f"I-{label[2:]}"
                shapes.add((label, two))
                assert d.tags[i] == "PROPN"
            if label.startswith("I-"):
                assert d.entities[i - 1] == f"B-{label[2:]}"
    assert shapes == {(b, two) for b in ("B-PER", "B-LOC") for two in (True, False)}


def test_some_names_are_people_and_places():
    labels: dict[str, set] = {}
    for d in DOCUMENTS:
        for token, label in zip(d.tokens, d.entities, strict=True):
            labels.setdefault(token, set()).add(label[-3:])
    assert sum({"PER", "LOC"} <= found for found in labels.values()) >= 3


def test_sentiment_flips_with_not():
    seen = set()
    for d, start, end in spans():
        label = d.sentiments[d.sentences.index((start, end))]
        words = [w.polarity for w in d.words[start:end] if w.polarity]
        if label:
            flipped = "not" in d.tokens[start:end]
            assert label == (-words[0] if flipped else words[0])
            seen.add((label, flipped))
        else:
            assert not words
    assert seen == {(1, True), (1, False), (-1, True), (-1, False)}


def test_an_follows_the_sound_of_the_next_word():
    for d in DOCUMENTS:
        for a, b in zip(d.tokens, d.tokens[1:], strict=False):
            if a in ("a", "an"):
                assert (b[0] in "aeiou") == (a == "an"), d.text


def test_morphology_gives_wordpieces_something_to_find():
    forms = set(world.vocabulary())
    for ending in ("s", "ed", "ing", "er", "ness"):
        assert sum(f.endswith(ending) for f in forms) >= 4, ending
    assert sum(f.startswith("un") for f in forms) >= 6


def test_the_text_reads_as_printed_english():
    text = DOCUMENTS[0].text
    assert text[0].isupper() and text.endswith(".") and " ." not in text
