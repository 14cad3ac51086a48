"""Pieces by the library, and each word form cut once, are our WordPiece's."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.checkpoints import bert_files, docs_bert, story_bert
from helpers.corpora import files, pydocs, world
from helpers.pretrain import shards
from helpers.pretrain import text as corpus_text
from helpers.tokenization import fast_wordpiece
from helpers.tokenization.wordpiece import SPECIALS, UNK, WordPiece
from tests import ranks
from tests.test_shards import sentence

SENTENCES = [d.text for d in world.documents(40, seed=3)]


def listed(arrays):
    return [ids.tolist() for ids in arrays]


@pytest.fixture(scope="module")
def pieces():
    return WordPiece(fast_wordpiece.learn(SENTENCES, 250, lower=True))


def test_pieces_are_learned_the_same_every_time(pieces):
    assert fast_wordpiece.learn(reversed(SENTENCES), 250, lower=True) == pieces.tokens
    assert pieces.tokens[:5] == list(SPECIALS) and len(pieces) == 250
    assert {"the", "##ing"} <= set(pieces.tokens)
    words = fast_wordpiece.count_words(SENTENCES, lower=True)
    assert all(UNK not in pieces.pieces(word) for word in words)
    with pytest.raises(ValueError, match="--vocab-size 30, but the text has"):
        fast_wordpiece.learn(SENTENCES, 30, lower=True)


def cut(cutter, sentences):
    cutter.prepare(sentences)
    return listed(map(cutter.ids, sentences))


@given(st.lists(st.text(max_size=40), max_size=5))
def test_any_text_is_cut_as_by_the_library_in_one_go(pieces, texts):
    texts = [" ".join(text.split()) for text in texts]
    cutter = fast_wordpiece.Cutter(pieces)
    assert cut(cutter, texts) == [cutter.tool.encode(text).ids for text in texts]


def test_words_are_forgotten_when_there_are_too_many(pieces, monkeypatch):
    monkeypatch.setattr(fast_wordpiece, "KNOWN", 20)
    cutter = fast_wordpiece.Cutter(pieces)
    wanted = [pieces.encode(text) for text in SENTENCES]
    assert [cut(cutter, [text])[0] for text in SENTENCES] == wanted
    assert cut(cutter, SENTENCES) == wanted
    assert cut(cutter, SENTENCES[:3]) == wanted[:3]
    cutter.prepare([])
    assert list(cutter.known) and len(cutter.known) == 20


def test_documents_that_are_cut_together_stay_apart(pieces, monkeypatch):
    monkeypatch.setattr(fast_wordpiece, "TOGETHER", 3)
    documents = [SENTENCES[i : i + i % 4] for i in range(11)]
    found = [listed(ids) for ids in fast_wordpiece.encode(iter(documents), pieces)]
    assert found == [[pieces.encode(text) for text in d] for d in documents]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_mapped_corpus_is_the_text_cut_in_memory(tmp_path, pieces, seed):
    dice = np.random.default_rng(seed)
    letters = list("ab cde . the bank ? !\n\n Éü고") + ["the ", "ing", ". "]
    text = "".join(dice.choice(letters, 4000).tolist())
    (tmp_path / "text").write_text(text, encoding="utf-8")
    source = corpus_text.source([f"{tmp_path}/text"], 0)
    vocab = tmp_path / "vocab.txt"
    vocab.write_text("\n".join(reversed(pieces.tokens)), encoding="utf-8")
    corpus_text.prepare(tmp_path / "corpus", source, 0, vocab)
    corpus = shards.Shards(tmp_path / "corpus")
    again = WordPiece(corpus.pieces())
    assert again.tokens == [*SPECIALS, *reversed(pieces.tokens[5:])]
    coded = [
        [ids for ids in map(again.encode, document) if ids]
        for document in files.documents(tmp_path / "text")
    ]
    coded = [document for document in coded if document]
    flat = [ids for document in coded for ids in document]
    n = len(corpus.sentences) - 1
    assert [sentence(corpus, i) for i in range(n)] == flat and n > 20
    lengths = [sum(map(len, document)) for document in coded]
    assert np.diff(corpus.documents.astype(int)).tolist() == lengths


def test_the_world_is_cut_into_its_words():
    source = corpus_text.source(["world"], 20)
    pieces = WordPiece(source.words, lower=False)
    documents = list(source.documents())
    ids = story_bert.vocabulary().ids
    wanted = [[[ids[w] for w in s.split()] for s in d] for d in documents]
    assert list(map(listed, fast_wordpiece.encode(documents, pieces))) == wanted
    assert len(wanted) == 20


def test_documentation_keeps_its_test_sentences_back(monkeypatch):
    sentences = tuple(f"Sentence number {i} says something." for i in range(100))
    packages = ("torch",) * 60 + ("numpy",) * 40
    monkeypatch.setattr(pydocs, "load", lambda: pydocs.PyDocs(sentences, packages, {}))
    documents = list(corpus_text.source(["pydocs"], 0).documents())
    flat = [sentence for document in documents for sentence in document]
    assert flat == [s for s in sentences if not docs_bert.is_kept_back(s)]
    assert len(documents) >= 7 and max(map(len, documents)) == 16


def test_a_line_separator_in_a_vocabulary_is_a_token_with_its_id(tmp_path, capsys):
    odd = [*SPECIALS, "中", "\u2028", "\x85", "文"]
    (tmp_path / "vocab.txt").write_text("\n".join(odd) + "\n", encoding="utf-8")
    found = fast_wordpiece.read_vocabulary(tmp_path / "vocab.txt")
    assert found == odd == bert_files.vocabulary(tmp_path).tokens
    assert WordPiece(found).encode("中文") == [5, 8] and not capsys.readouterr().out
    (tmp_path / "text").write_text("中文。\n\n文中。\n" * 9, encoding="utf-8")
    source = corpus_text.source([f"{tmp_path}/text"], 0)
    corpus_text.prepare(tmp_path / "corpus", source, 0, tmp_path / "vocab.txt")
    assert shards.Shards(tmp_path / "corpus").pieces() == odd


def test_a_line_says_that_specials_elsewhere_change_the_ids(tmp_path, capsys):
    path = tmp_path / "vocab.txt"
    path.write_text("\n".join(["[unused1]", *SPECIALS, "crane"]))
    wanted = [*SPECIALS, "[unused1]", "crane"]
    assert fast_wordpiece.read_vocabulary(path) == wanted
    (line,) = capsys.readouterr().out.splitlines()
    assert "other ids here" in line and "moved to the front" in line
    path.write_text("\n".join([*SPECIALS, "crane", "[MASK]"]))
    with pytest.raises(ValueError, match="names a special twice"):
        fast_wordpiece.read_vocabulary(path)


PEAK = """
import sys
from pathlib import Path
from helpers.pretrain import text as corpus_text
peak = lambda: max(
    int(line.split()[1]) for line in open("/proc/self/status") if "VmHWM" in line
)
folder, name, vocab = map(Path, sys.argv[1:])
for text in ("small.txt", name):
    source = corpus_text.source([f"{folder}/{text}"], 0)
    corpus_text.prepare(folder / f"{text}.corpus", source, 0, vocab)
    print(peak() / 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_does_not_grow_with_the_file(tmp_path, pieces):
    part = "\n\n".join(SENTENCES).encode() + b"\n\n"
    (tmp_path / "small.txt").write_bytes(part * 5)
    (tmp_path / "large.txt").write_bytes(part * 1500)
    assert (tmp_path / "large.txt").stat().st_size > 10e6
    (tmp_path / "vocab.txt").write_text("\n".join(pieces.tokens))
    command = ["-c", PEAK, tmp_path, "large.txt", tmp_path / "vocab.txt"]
    [(status, out, err)] = ranks.finish(ranks.start(command))
    assert status == 0, err
    small, large = map(float, out.split())
    assert large - small < 20  # MB
