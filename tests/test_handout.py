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
    assert "7 · Self-attention" in nav and nav.count(">The surprise<") == len(NAMES)
    for href in re.findall(r'href="#([^"]+)"', nav):
        assert f'id="{href}"' in page, href


def test_ids_stand_once_and_links_lead_into_the_book(page):
    body = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    ids = re.findall(r'<[^>]* id="([^"]+)"', body)
    assert len(ids) == len(set(ids))
    assert 'href="#05_seq2seq"' in page
    assert re.findall(r'href="[^"]*\.ipynb"', body) == []


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
