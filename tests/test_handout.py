"""The book: contents, chapters, index, links that stay inside."""

import json
import re

import pytest

from helpers.publishing import handout
from helpers.publishing.index_of_terms import Index
from helpers.publishing.math_font import font_css
from helpers.publishing.notebooks import ROOT, find

NAMES = ("00", "05", "06", "07")


@pytest.fixture(scope="module")
def page() -> str:
    paths = find(NAMES, ROOT / "notebooks")
    return handout.book([(p.stem, json.loads(p.read_text("utf-8"))) for p in paths])


def test_contents_name_every_chapter_and_section(page):
    nav = re.search(r"<nav.*?</nav>", page, re.DOTALL)[0]
    assert "7 · Self-attention" in nav and nav.count(">The surprise") == len(NAMES)
    for href in re.findall(r'href="#([^"]+)"', nav):
        assert f'id="{href}"' in page, href


def test_ids_stand_once_and_links_lead_into_the_book(page):
    body = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    ids = re.findall(r'<[^>]* id="([^"]+)"', body)
    assert len(ids) == len(set(ids))
    assert 'href="#05_seq2seq"' in page
    assert re.findall(r'href="[^"]*\.ipynb"', body) == []


def test_sections_of_one_name_and_terms_in_headings_have_their_own_ids():
    text = "# A\n\n## Go on\n\n## Go on\n\n## The **query** (쿼리) [x](#go-on)\n\n"
    text += "## Term query\n\n<b id=go-on></b> **k NN** (케이) **k-NN** (이웃)"
    cells = [{"cell_type": "markdown", "metadata": {}, "source": text}]
    page = handout.book([("01_a", {"cells": cells}), ("02_b", {"cells": cells})])
    body = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    ids = re.findall(r"<[^>]* id=[\"']?([^\"'\s>]+)", body)
    assert len(ids) == len(set(ids)) and "01_a.go-on-3" in ids
    nav = re.search(r"<nav.*?</nav>", page, re.DOTALL)[0]
    assert re.findall(r'href="#(01_a\.[^"]*)"', nav) == [
        "01_a.go-on",
        "01_a.go-on-2",
        "01_a.the-query-쿼리-x",
        "01_a.term-query-2",
    ]
    assert "id=" not in nav and nav.count("<a ") == nav.count("</a>") == 2 * 5 + 1
    links = re.findall(r'href="#([^"]+)"', body)
    assert set(links) <= set(ids) and "02_b.term-k-nn-2" in links


def test_the_index_names_terms_with_their_korean_word_and_chapters(page):
    index = page[page.index('<section id="index">') :]
    row = re.search(r"<li><b>query</b> \(쿼리\).*?</li>", index)[0]
    assert '<a href="#06_attention.term-query">6</a>' in row
    assert '<a href="#07_self_attention.term-query">7</a>' in row
    assert "a weighted mean of values" in index  # from the glossary


def test_a_term_is_linked_once_a_chapter_and_a_plain_bold_word_never():
    index = Index()
    index.read("A **mask** (마스크) says who. **Rung 1** is next (see above).")
    assert index.meet("mask", "06") == "06.term-mask"
    assert index.meet("mask", "06") == "" and index.meet("Rung 1", "06") == ""
    assert index.meet("Mask", "07") == "07.term-mask"


def test_the_font_holds_what_the_formulas_need_and_is_the_same_each_time():
    page = "<math><mi>h</mi><mo>&#x2211;</mo></math>"
    css = font_css(page)
    assert css == font_css(page) and css.startswith("@font-face")
    assert len(css) < len(font_css(page + "<math><mi>α</mi><mo>⊙</mo></math>"))
    assert font_css("<p>no formula</p>") == ""


def test_the_command_writes_one_file_and_refuses_unknown_names(tmp_path, capsys):
    out = tmp_path / "book.html"
    assert handout.main(["00", "--still", "--out", str(out)]) == 0
    assert "1 notebooks" in capsys.readouterr().out
    assert out.read_text("utf-8").startswith("<!doctype html>")
    assert handout.main(["99", "--out", str(out)]) == 1
    assert "No notebook is called '99'" in capsys.readouterr().err
