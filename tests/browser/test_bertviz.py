"""BertViz offline: its own views draw on the first run, with the tensor's numbers."""

import importlib.util

import numpy as np
import pytest

from helpers.pictures.picture import Picture
from helpers.widgets import attention_explorer, bertviz_offline, gallery
from helpers.widgets import bertviz_offline as package_function
from helpers.widgets.bertviz_offline import compact, missing
from tests.benchmarks.views import original_bertviz, tokens_of, trained_looking
from tests.browser.conftest import is_ready
from tests.views import EVIL

NAME = "bertviz_offline"


def softmax(*shape: int) -> np.ndarray:
    scores = np.exp(np.random.default_rng(0).normal(size=shape))
    return scores / scores.sum(-1, keepdims=True)


@pytest.mark.parametrize("kind", ["head", "model"])
def test_bertviz_draws_offline_on_the_first_run_and_twice_on_a_page(kind, visit):
    view = bertviz_offline(softmax(2, 3, 6, 6), list("abcdef"), kind)
    visited = visit(gallery.page([view, view]))
    for nth in (0, 1):
        host = is_ready(visited.page, NAME, nth)
        assert host.locator("svg line").count() >= 36
        assert not host.locator("img").is_visible()
    assert visited.left() == [] and visited.errors == []
    leaks = visited.page.evaluate("[typeof d3, typeof jQuery, typeof $]")
    assert leaks == ["undefined"] * 3


def test_the_numbers_bertviz_draws_are_the_tensors(visit):
    weights = softmax(2, 3, 6, 6)
    page = visit(gallery.page([bertviz_offline(weights, list("abcdef"))])).page
    host = is_ready(page, NAME)
    host.get_by_label("layer").select_option("1")
    # every head in the first row of a token: BertViz gives its weight to the opacity
    opacity = "lines => lines.map(l => parseFloat(l.getAttribute('stroke-opacity')))"
    drawn = np.array(host.locator("svg line").evaluate_all(opacity))
    wanted = weights[1].ravel() / 3  # it shares the ink among the three heads
    assert np.allclose(np.sort(drawn), np.sort(wanted), atol=5e-4)


def test_a_pair_of_sentences_is_cut_in_the_page(visit):
    weights = softmax(1, 2, 6, 6)
    view = bertviz_offline(weights, list("abcdef"), arguments={"sentence_b_start": 4})
    page = visit(gallery.page([view])).page
    host = is_ready(page, NAME)
    choice = host.get_by_label("filter")
    for option, lines in (("0", 36), ("1", 16), ("2", 4), ("3", 8), ("4", 8)):
        choice.select_option(option)
        assert host.locator("svg line").count() == 2 * lines
    sizes = [len(part.get("cut", ())) for part in compact(view.params["bertviz"])[1]]
    assert sizes == [0, 4, 4, 4, 4]  # the numbers are there once


def test_hostile_tokens_are_text_in_bertviz(visit):
    n = len(EVIL)
    view = bertviz_offline(softmax(1, 2, n, n), EVIL)
    visited = visit(gallery.page([view]))
    host = is_ready(visited.page, NAME)
    text = host.locator("svg").first.text_content()
    assert all(token in text for token in EVIL)
    assert visited.dialogs == [] and visited.left() == [] and visited.errors == []


def test_bertviz_offline_stays_in_its_budget():
    html = bertviz_offline(softmax(6, 8, 64, 64), tokens_of(64)).html()
    assert len(html) <= 1_600_000


def test_same_input_gives_the_same_bytes():
    first, second = (
        bertviz_offline(softmax(1, 2, 5, 5), list("abcde")).html() for _ in range(2)
    )
    assert first == second


def test_what_is_missing_is_named_and_a_picture_shown(monkeypatch, capsys):
    module = importlib.import_module("helpers.widgets.bertviz_offline")
    monkeypatch.setattr(module, "_folder", lambda name: None)
    assert missing() == ["bertviz", "mpld3", "sphinxcontrib-jquery"]
    shown = package_function(softmax(1, 2, 5, 5), list("abcde"))
    assert isinstance(shown, Picture)
    said = capsys.readouterr().out
    assert "pip install mpld3 sphinxcontrib-jquery" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kind": "neuron"}, "choose one of"),
        ({"tokens": list("abc")}, "does not fit"),
        ({"attention": softmax(1, 2, 5, 5) * np.nan}, "NaN"),
        ({"arguments": {"colour": 1}}, "does not take this"),
        ({"attention": None}, "no attention"),
    ],
)
def test_bad_input_of_bertviz_is_refused(change, says):
    given = {"attention": softmax(1, 2, 5, 5), "tokens": list("abcde")} | change
    with pytest.raises(ValueError, match=says):
        bertviz_offline(**given)


def test_static_mode_leaves_picture_and_text(monkeypatch):
    monkeypatch.setenv("COURSE_VIEWS", "static")
    data, _ = bertviz_offline(softmax(1, 2, 5, 5), list("abcde"))._repr_mimebundle_()
    assert set(data) == {"image/png", "text/plain"}


def test_ours_is_smaller_and_faster_than_bertviz_on_the_same_tensors(visit):
    weights, tokens = trained_looking(4, 6, 32), tokens_of(32)
    ours = attention_explorer(weights, tokens).html()
    theirs = original_bertviz(weights, tokens)
    assert len(ours) < len(theirs) / 2
    counts, seconds = [], []
    for html in (gallery.page([]).replace("</main>", ours + "</main>"), theirs):
        visited = visit(html)
        page = visited.page
        page.locator("[data-ready], svg line").first.wait_for(state="attached")
        seconds.append(visited.seconds())
        nodes = (
            "[document, ...[...document.querySelectorAll('*')].map(e => e.shadowRoot)]"
            ".reduce((n, r) => n + (r ? r.querySelectorAll('*').length : 0), 0)"
        )
        counts.append(page.evaluate(nodes))
    assert counts[0] < counts[1] / 2
    assert seconds[0] < seconds[1]
