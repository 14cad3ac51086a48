"""Every notebook has a plan for slides; decks hold what the notebooks say."""

import copy
import json
import re

import nbformat
import pytest

from helpers.publishing import (
    formulas,
    handout,
    lecture,
    live,
    pages,
    slide_plan,
    slides,
)
from helpers.publishing.cells import source_hash, text_of
from helpers.publishing.long_texts import cut, split_long, words
from helpers.publishing.notebooks import ROOT, find

NOTEBOOKS = find([], ROOT / "notebooks")
every = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)


def load(path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def cell(text: str, kind: str = "markdown", outputs: list | None = None) -> dict:
    made = {"cell_type": kind, "id": "a1", "metadata": {}, "source": text}
    return made | ({"outputs": outputs or []} if kind == "code" else {})


def markdown(text: str, link=str) -> str:
    return pages.rendered(text, pages.Renderer(link))


def picture() -> dict:
    data = {"image/png": "AAAA", "text/plain": "Picture: a line. It rises."}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def planned(*cells: dict) -> dict:
    nb = {"cells": list(cells), "metadata": {"course": {}}}
    slide_plan.mark(nb)
    return nb


# -------------------------------------------------------------------------- plan


@every
def test_no_slide_is_too_full_and_all_are_as_planned(path):
    assert slide_plan.faults(load(path)) == []


def test_a_full_slide_and_a_changed_mark_are_seen():
    nb = planned(cell("# 1 · A"), cell("word " * 100), cell("x = 1", "code"))
    assert slide_plan.faults(nb) == []
    nb["cells"][1]["metadata"]["slideshow"]["slide_type"] = "-"
    nb["cells"][0]["source"] = "# 1 · A\n" + "word " * 60
    first, second = slide_plan.faults(nb)
    assert "164 words" in first and "not as planned" in second
    nb = planned(cell("# 1 · A"), cell("x = 1\n" * 26, "code"))
    assert "26 lines of code" in slide_plan.faults(nb)[0]


def test_code_stays_with_its_sentence_and_a_thought_begins_a_slide():
    code = cell("x = 1", "code", [picture()])
    setup = cell('course = lesson.setup("00")', "code")
    start = cell("## Before you start\n\nIt needs Python.")
    exercise = cell('check("a", a)', "code")
    said, more = cell("We draw x."), cell("It rises.")
    cells = [cell("# 1 · A"), setup, start, cell("## B"), said, code]
    cells += [said, code, exercise, more, cell("## C")]
    assert slide_plan.plan(cells) == [
        *("slide", "skip", "notes", "slide", "-", "-"),
        *("subslide", "-", "skip", "-", "slide"),
    ]


def test_what_finds_no_room_begins_a_slide():
    long = cell("x = 1\n" * 10, "code")
    assert slide_plan.plan([cell("# 1 · A"), long, long]) == ["slide", "-", "subslide"]


# -------------------------------------------------------------------------- cuts


@every
def test_cuts_keep_every_word(path):
    texts = [c for c in load(path)["cells"] if c["cell_type"] == "markdown"]
    for text in map(text_of, texts):
        pieces = cut(text)
        assert " ".join(pieces).split() == text.split()
        assert all(words(piece) <= 120 for piece in pieces)


def test_texts_are_cut_at_headings_paragraphs_items_sentences():
    few, many = "word " * 40 + "end.", "word " * 70 + "end."
    assert cut(f"{few}\n\n## B\n\nText.") == [few, "## B\n\nText."]
    assert cut(f"{many}\n\n{many}") == [many, many]
    assert cut(f"- {many}\n- {many}") == [f"- {many}", f"- {many}"]
    assert cut(f"{many} And {many}") == [many, f"And {many}"]
    formula = f"{few}\n\n$$ a $$\n\n- $a$: a number {few}\n\n{few}"
    assert cut(formula)[1] == few  # not between a formula and its symbols
    with pytest.raises(ValueError, match="no border cuts this text of 150 words"):
        cut("word " * 150)


def test_a_cut_notebook_stays_fresh_and_is_cut_once():
    long = "word " * 70 + "end.\n\n" + "word " * 70 + "end."
    nb = planned(cell("# 1 · A"), cell(long), cell("x = 1", "code", [picture()]))
    nb["metadata"]["course"]["source_sha256"] = source_hash(nb)
    before = copy.deepcopy(nb)
    assert split_long(nb) == 1 and split_long(nb) == 0
    assert nb["metadata"]["course"]["source_sha256"] == source_hash(nb)
    assert nb["cells"][-1] == before["cells"][-1]
    assert len({c["id"] for c in nb["cells"][:3]}) == 2  # ids of new cells are new


def test_renewing_changes_nothing_but_marks_and_cuts(tmp_path):
    path = tmp_path / NOTEBOOKS[6].name
    path.write_text(NOTEBOOKS[6].read_text("utf-8"), encoding="utf-8")
    slide_plan.renew(path)
    assert slide_plan.faults(load(path)) == []
    once = path.read_text("utf-8")
    assert "as it was" in slide_plan.renew(path)
    assert path.read_text("utf-8") == once
    code = [
        [c for c in load(p)["cells"] if c["cell_type"] == "code"]
        for p in (path, NOTEBOOKS[6])
    ]
    for c in code[0] + code[1]:
        c["metadata"].pop("slideshow", None)
    assert code[0] == code[1]


# ------------------------------------------------------------------------- slides


@every
def test_the_minutes_of_a_deck_are_the_notebooks(path):
    nb = load(path)
    made = lecture.slides_of(nb)
    promised = int(re.search(r"about (\d+) minutes to read", str(nb["cells"]))[1])
    assert sum(s.minutes for s in made) == pytest.approx(promised)
    plan = lecture.timetable(made)
    assert plan[0][1] == 0 and plan[-1][2] == pytest.approx(promised)
    assert [row[2] for row in plan[:-1]] == [row[1] for row in plan[1:]]


def test_a_picture_without_room_and_an_answer_find_their_slides():
    code = cell("x = 1\n" * 12, "code", [picture()])
    answer = "<details><summary>Solution</summary>\n\n42\n\n</details>\n\n"
    nb = planned(cell("# 1 · A"), code, cell(answer + "**Build 2.** More."))
    nb = planned(*nb["cells"], cell("x = 1", "code"))
    first, second, third = lecture.slides_of(nb)
    assert [b.kind for b in first.blocks] == ["text", "code"]
    assert [b.kind for b in second.blocks] == ["picture", "text"]
    assert "42" in second.blocks[1].html and "42" not in third.blocks[0].html
    assert 'alt="a line. It rises."' in second.blocks[0].html


def test_a_deck_is_one_file_with_its_licences_and_no_address():
    page, n_slides, minutes = slides.deck(load(NOTEBOOKS[0]))
    assert page.count('<section class="page') == n_slides and minutes > 20
    assert "Permission is hereby granted" in page and '<html lang="en">' in page
    outside = re.findall(r'(?:src|href)="(?!#|data:|\d\d_\w+\.html")[^"]*"', page)
    assert [x for x in outside if "{" not in x and "+" not in x] == []


def test_remote_pictures_are_words_and_links_lead_to_pages():
    made = markdown("![Open](https://a.b/c.svg) [six](06_x.ipynb)", "#{}".format)
    assert "Open" in made and "https" not in made and 'href="#06_x"' in made


def test_a_deck_may_begin_with_a_note_with_code_or_with_an_answer():
    before, code = cell("## Before you start\n\nIt needs Python."), cell("x", "code")
    folded = "<details><summary>S</summary>\n\n42\n\n</details>"
    first, second = lecture.slides_of(planned(before, code, cell("# 1 · A")))
    assert (first.section, second.section) == ("Start", "1 · A")
    assert "It needs Python" in first.notes[0] and first.blocks[0].kind == "code"
    [only] = lecture.slides_of(planned(before, cell("# 1 · A")))
    assert "It needs Python" in only.notes[0]
    [answer] = lecture.slides_of(planned(cell(folded)))
    assert "42" in answer.blocks[0].html
    raw = cell("<b> as it is", "raw")
    [shown] = lecture.slides_of(planned(raw))
    assert shown.blocks[0].html == '<pre class="out">&lt;b&gt; as it is</pre>'
    page, n_slides, _ = slides.deck(planned(code))
    assert n_slides == 1 and "<title>Start · From RNN to BERT</title>" in page
    assert handout.book([("01_a", planned(raw))]).count("&lt;b&gt; as it is") == 1


def test_a_deck_without_cells_is_refused_in_a_sentence():
    for cells in ((), (cell("## Before you start"),), (cell("check(1)", "code"),)):
        with pytest.raises(ValueError, match="without cells for a slide"):
            slides.deck(planned(*cells))


def test_no_id_stands_twice_in_a_deck_and_links_within_it_lead_there():
    same = cell("## The question\n\n<a id='The-Question'></a> [see](#The-Question)")
    page, _, _ = slides.deck(planned(cell("# 1 · A"), same, same))
    ids = re.findall(r"<(?:h2|a) id=[\"']([^\"']*)", page)
    assert ids == [f"t-the-question{n}" for n in ("", "-2", "-3", "-4")]
    assert page.count('href="#t-the-question"') == 2


def test_every_file_of_helpers_that_decides_outputs_is_in_the_hash(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(live, "ROOT", tmp_path)
    nb = planned(cell("x = 1", "code"))
    names = (
        "pictures/a.mplstyle",
        "checkpoints/weights/a.safetensors",
        "a.css",
        "b.js",
    )
    seen = {live.code_hash(nb)}
    for name in names:
        path = tmp_path / "helpers" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        for content in ("old", "new"):
            path.write_text(content)
            seen.add(live.code_hash(nb))
    path.rename(path.with_name("c.js"))  # another name is another module
    seen.add(live.code_hash(nb))
    assert len(seen) == 2 * len(names) + 2
    for name in ("publishing/deck.css", "a/__pycache__/b.pyc"):
        path = tmp_path / "helpers" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("decides nothing")
    assert live.code_hash(nb) in seen


def test_a_badge_changes_no_slide():
    mark = "<!-- Colab badge -->"
    stamped = f"# 1 · A\n[Open in Colab](https://a.b/{'c' * 200})<br>{mark}\nText."
    plain = f"# 1 · A\n{mark}\nText."
    assert slide_plan.weigh(cell(stamped)) == slide_plan.weigh(cell(plain))
    assert markdown(stamped, str) == markdown(plain, str)


def test_an_unknown_name_is_answered_with_what_there_is(capsys, tmp_path):
    assert slides.main(["99", "--out", str(tmp_path)]) == 1
    assert "there are: 00_start_here" in capsys.readouterr().err
    assert slides.main(["00", "--still", "--out", str(tmp_path)]) == 0
    assert "slides, 40 minutes" in capsys.readouterr().out
    assert [p.name for p in tmp_path.iterdir()] == ["00_start_here.html"]


def test_notebooks_run_for_their_views_once_and_again_when_code_changes(
    tmp_path, monkeypatch
):
    runs = []

    def execute(nb, folder, environment) -> str:
        runs.append(environment["COURSE_VIEWS"])
        for c in nb.cells:
            c.outputs = [nbformat.v4.new_output("stream", text="live")]
        return "" if "fail" not in nb.cells[0].source else "code cell 1: ZeroDivision"

    monkeypatch.setattr(live, "execute", execute)
    path = tmp_path / "00_a.ipynb"
    nb = {"cells": [cell("x = 1", "code") | {"execution_count": 1}], "metadata": {}}
    nb |= {"nbformat": 4, "nbformat_minor": 5}
    for source in ("x = 1", "x = 1", "x = 2"):
        nb["cells"][0]["source"] = source
        path.write_text(json.dumps(nb), encoding="utf-8")
        made = live.with_views(path, tmp_path / "build")
        assert "".join(made["cells"][0]["outputs"][0]["text"]) == "live"
    assert runs == ["live", "live"]
    nb["cells"][0]["source"] = "fail"
    path.write_text(json.dumps(nb), encoding="utf-8")
    with pytest.raises(ValueError, match="00_a does not run: code cell 1"):
        live.with_views(path, tmp_path / "build")


# ----------------------------------------------------------------------- formulas


@every
def test_every_formula_is_drawn(path, capsys):
    for text in (text_of(c) for c in load(path)["cells"] if "$" in text_of(c)):
        made = markdown(text, str)
        assert "merror" not in made and 'class="tex"' not in made
    assert capsys.readouterr().out == ""


def test_a_formula_that_cannot_be_drawn_shows_its_source(capsys):
    assert formulas.to_mathml(r"\nosuch{a}") == r'<code class="tex">\nosuch{a}</code>'
    assert capsys.readouterr().out.count("\n") == 1


def test_names_are_upright_words_with_room_around_them():
    made = formulas.to_mathml(r"\mathrm{softmax}(x) = -\log p")
    assert "<mi>softmax</mi>" in made and 'rspace="0.17em">log</mo>' in made
    assert '<mo form="prefix">' in made and made.startswith("<math alttext=")
