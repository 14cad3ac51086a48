"""A corpus on the disk is the corpus in memory."""

import json

import numpy as np
import pytest

from helpers.pretrain import shards as s

PIECES = [f"piece {i}" for i in range(1000)]


def random_documents(rng, n=30, longest=40, vocab=1000):
    return [
        [
            rng.integers(5, vocab, rng.integers(1, longest)).tolist()
            for _ in range(rng.integers(1, 9))
        ]
        for _ in range(n)
    ]


def sentence(corpus, i):
    """Return the ids of the i-th sentence."""
    start, end = corpus.sentences[i : i + 2].tolist()
    return corpus.tokens[start:end].tolist()


@pytest.fixture
def corpus(tmp_path):
    documents = random_documents(np.random.default_rng(0))
    s.write(tmp_path / "corpus", documents, PIECES, {"lower": True})
    return documents, s.Shards(tmp_path / "corpus")


@pytest.mark.parametrize("vocab", [1000, 1 << 16, 100_000])
def test_what_is_written_is_what_is_read(tmp_path, vocab):
    documents = random_documents(np.random.default_rng(vocab), vocab=vocab)
    documents[3:3] = [[], [[]]]  # nothing to read: left out
    s.write(tmp_path / "c", documents, range(vocab), {})
    found = s.Shards(tmp_path / "c")
    sentences = [ids for document in documents for ids in document if ids]
    assert found.tokens.dtype == ("uint16" if vocab <= 1 << 16 else "uint32")
    assert len(found.sentences) == len(sentences) + 1
    assert [sentence(found, i) for i in range(len(sentences))] == sentences
    lengths = [sum(map(len, d)) for d in documents if any(d)]
    assert np.diff(found.documents.astype(int)).tolist() == lengths
    assert found.pieces() == [str(i) for i in range(vocab)]
    assert not (tmp_path / "c.part").exists()


def plain_windows(documents, room):
    """The same, one sentence after the other."""
    windows = []
    for document in documents:
        now = []
        for ids in document:
            pieces = [ids[i : i + room] for i in range(0, len(ids), room)]
            for piece in pieces:
                if len(now) + len(piece) > room:
                    windows.append(now)
                    now = []
                now = now + piece
        windows.append(now)
    return windows


@pytest.mark.parametrize("seq_len", [8, 23, 64, 500])
@pytest.mark.parametrize("block", [7, 1 << 20])
def test_windows_are_whole_sentences_that_fit(corpus, seq_len, block, monkeypatch):
    documents, shards = corpus
    monkeypatch.setattr(s, "BLOCK", block)
    windows = s.Windows(shards, seq_len)
    spans = zip(*windows.spans(np.arange(len(windows))), strict=True)
    found = [shards.tokens[a:b].tolist() for a, b in spans]
    assert found == plain_windows(documents, seq_len - s.MARKS)
    flat = [i for document in documents for ids in document for i in ids]
    assert [i for window in found for i in window] == flat  # all, each once


def test_a_second_text_begins_where_a_sentence_begins(corpus):
    _, shards = corpus
    windows, rng = s.Windows(shards, 64), np.random.default_rng(1)
    rows = rng.integers(0, len(windows), 500)
    starts, ends = windows.spans(rows)
    borders = windows.borders(rows, rng.random(500))
    begins = set(shards.sentences.tolist())
    alone = borders == ends
    assert ((starts < borders) & (borders <= ends)).all()
    assert all(b in begins for b in borders[~alone].tolist())
    for start, end in zip(starts[alone].tolist(), ends[alone].tolist(), strict=True):
        assert not begins & set(range(start + 1, end))
    assert 0 < alone.sum() < 250
    row = np.flatnonzero(np.bincount(rows[~alone], minlength=len(windows)))[:1]
    many = windows.borders(np.repeat(row, 300), rng.random(300))
    inside = [b for b in sorted(begins) if windows.bounds[row[0]] < b]
    inside = [b for b in inside if b < windows.bounds[row[0] + 1]]
    assert sorted(set(many.tolist())) == inside  # every one can be drawn


def test_a_false_second_text_is_of_another_document(corpus):
    _, shards = corpus
    windows, rng = s.Windows(shards, 16), np.random.default_rng(2)
    rows, others = rng.integers(0, len(windows), (2, 3000))
    others[:500] = rows[:500]
    found = windows.elsewhere(rows, others)
    assert (windows.document(found) != windows.document(rows)).all()
    kept = windows.document(others) != windows.document(rows)
    assert (found[kept] == others[kept]).all() and kept.mean() > 0.7


def test_an_interrupt_leaves_nothing_or_the_corpus_before(tmp_path, corpus):
    documents, shards = corpus

    def stopped():
        yield from documents[:5]
        raise KeyboardInterrupt

    for folder in (shards.folder, tmp_path / "fresh"):
        before = shards.digest if folder.exists() else None
        with pytest.raises(KeyboardInterrupt):
            s.write(folder, stopped(), PIECES, {})
        assert folder.exists() == (before is not None)
        assert before is None or s.Shards(folder).digest == before
        s.write(folder, documents, PIECES, {})
        assert s.Shards(folder).manifest["documents"] == 30


def test_too_little_text_and_cut_files_are_refused(tmp_path, corpus):
    with pytest.raises(ValueError, match="1 documents.*an empty line ends"):
        s.write(tmp_path / "one", [[[7, 8]], []], PIECES, {})
    assert not list(tmp_path.glob("one*"))
    _, shards = corpus
    path = shards.folder / "tokens.bin"
    path.write_bytes(path.read_bytes()[:-2])
    with pytest.raises(ValueError, match="was changed or cut off; delete the folder"):
        s.Shards(shards.folder)
    assert json.loads((shards.folder / "manifest.json").read_text())["dtype"]


def file_of_a_user(tmp_path, kind):
    """Lay a file of somebody's where a corpus would be written; return its path."""
    places = {
        "folder": "c/thesis.txt",
        "draft": "c.part/thesis.txt",
        "a file": "c",
        "beside ours": "c/thesis.txt",
    }
    if kind == "beside ours":
        s.write(tmp_path / "c", [[[5]], [[6]]], PIECES, {})
    path = tmp_path / places[kind]
    path.parent.mkdir(exist_ok=True)
    path.write_text("three years of work")
    return path


@pytest.mark.parametrize("kind", ["folder", "draft", "a file", "beside ours"])
def test_a_folder_with_files_of_a_user_is_refused_and_left_alone(tmp_path, kind):
    path = file_of_a_user(tmp_path, kind)
    with pytest.raises(ValueError, match="did not write; choose a new folder"):
        s.write(tmp_path / "c", [[[5]], [[6]]], PIECES, {})
    assert path.read_text() == "three years of work"


def test_own_leftovers_are_cleared_and_a_corpus_is_replaced(tmp_path):
    draft = tmp_path / "c.part"

    def stopped():
        yield [[5], [6]]
        raise KeyboardInterrupt

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            s.write(tmp_path / "c", stopped(), PIECES, {})
        assert draft.is_dir() and not (tmp_path / "c").exists()
    for ids in ([7], [8]):
        s.write(tmp_path / "c", [[ids], [[6]]], PIECES, {})
        assert s.Shards(tmp_path / "c").tokens.tolist() == [*ids, 6]
    assert [path.name for path in tmp_path.iterdir()] == ["c"]


MANIFESTS = ["{}", "[]", "no json", '{"name": "an app"}', '{"format": 1, "dtype": 3}']


@pytest.mark.parametrize("text", MANIFESTS)
def test_a_manifest_of_somebody_else_is_one_sentence(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    for use in (s.Shards, lambda folder: s.write(folder, [], PIECES, {})):
        with pytest.raises(ValueError, match="is no manifest of a corpus in pieces"):
            use(tmp_path)
    assert (tmp_path / "manifest.json").read_text() == text


@pytest.mark.parametrize("name", ["tokens.bin", "sentences.bin", "documents.bin"])
@pytest.mark.parametrize("share", [0, 0.5, 0.99])
def test_a_cut_file_of_the_corpus_is_refused(corpus, name, share):
    path = corpus[1].folder / name
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * share)])
    with pytest.raises(ValueError, match="changed or cut off"):
        s.Shards(path.parent)


def test_a_changed_vocabulary_is_refused(corpus):
    path = corpus[1].folder / "vocab.txt"
    path.write_text(path.read_text().replace("piece 7\n", "piece seven\n"))
    with pytest.raises(ValueError, match=r"vocab\.txt has another sha256"):
        s.Shards(path.parent)


@pytest.mark.parametrize("damage", ["half", "odd", "empty", "falls", "leaps"])
def test_windows_that_were_cut_or_changed_are_refused(corpus, damage):
    path = s.lay_out(corpus[1], 20)
    whole = s.Windows(corpus[1], 20).bounds.copy()
    assert whole[0] == 0 and whole[-1] == len(corpus[1].tokens)
    changed = {
        "half": whole[: len(whole) // 2].tobytes(),
        "odd": whole.tobytes()[:-3],
        "empty": b"",
        "falls": np.insert(whole, 5, 0).tobytes(),
        "leaps": np.delete(whole, slice(3, 7)).tobytes(),
    }
    path.write_bytes(changed[damage])
    with pytest.raises(ValueError, match=r"windows-20\.bin was changed or cut off"):
        s.Windows(corpus[1], 20)


def test_an_empty_file_called_as_our_mark_does_not_make_a_draft_ours(tmp_path):
    (tmp_path / "c.part").mkdir()
    for name in ("unfinished", "tokens.bin"):
        (tmp_path / "c.part" / name).write_text("")
    with pytest.raises(ValueError, match="did not write; choose a new folder"):
        s.write(tmp_path / "c", [[[5]], [[6]]], PIECES, {})
    assert len(list((tmp_path / "c.part").iterdir())) == 2
