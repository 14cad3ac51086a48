"""Pictures in texts and outputs: inside the page, or a line that says why not."""

import base64
import re
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from helpers.publishing import handout, images, lecture, pages, slides
from helpers.publishing.notebooks import ROOT
from tests.test_slides import cell, planned

STORY = ROOT / "notebooks" / "pictures" / "story.png"
PNG = base64.b64encode(STORY.read_bytes()).decode()
INSIDE = f'src="data:image/png;base64,{PNG}"'


def html(text: str, attachments: dict | None = None) -> str:
    return pages.rendered(text, pages.Renderer("{}.html".format, "t-"), attachments)


def shown(data: dict, **more) -> list[tuple[str, str]]:
    output = {"output_type": "display_data", "data": data, "metadata": {}} | more
    return pages.outputs({"outputs": [output]}, pages.Renderer(str))


def test_an_attached_picture_is_in_the_deck_and_in_the_book():
    text = "# 1 · A\n\n![my sketch](attachment:my%20sketch.png)"
    mine = cell(text) | {"attachments": {"my sketch.png": {"image/png": PNG}}}
    nb = planned(mine, cell("![other](attachment:my%20sketch.png)"))
    deck, _, _ = slides.deck(nb)
    book = handout.book([("01_a", nb)])
    for page in (deck, book):
        assert page.count(INSIDE) == 1 and 'alt="my sketch"' in page
        assert (
            "[Left out: the picture “other”; it is not attached to its cell.]" in page
        )


@pytest.mark.parametrize(
    "text",
    [
        "![a](pictures/story.png)",
        "![a](./pictures/../pictures/story.png?raw=1 'title')",
        '<img alt="a > b" src="pictures/story.png" width="300">',
        "so: <img src=pictures/story.png> here",
        "<p align=center>\n<img src='pictures/story.png'/>\n</p>",
        f"![a](data:image/png;base64,{PNG})",
    ],
)
def test_a_local_picture_is_inside_the_page(text):
    made = html(text)
    assert made.count(INSIDE) == 1 and "Left out" not in made
    assert made.count("src=") == 1


@pytest.mark.parametrize(
    "url, why",
    [
        ("pictures/none.png", "there is no picture pictures/none.png"),
        ("../LICENSE", "there is no picture ../LICENSE"),
        ("pictures", "there is no picture pictures"),
        ("../../../../../../etc/passwd.png", "it lies outside the course"),
        ("/etc/passwd", "it lies outside the course"),
        ("http://a.b/c.png", "it lies elsewhere"),
        ("//a.b/c.png", "it lies elsewhere"),
        ("file:///etc/passwd", "it lies elsewhere"),
        ("x" * 300 + ".png", "there is no picture"),
    ],
)
def test_what_is_not_there_or_not_ours_is_left_out_with_a_word(url, why):
    for text in (f"![my **cat**]({url})", f'<img alt="my cat" src="{url}">'):
        made = html(text)
        assert f"[Left out: the picture “my cat”; {why}" in made
        assert "<img" not in made and "http" not in made


def test_a_link_out_of_the_course_is_not_followed(tmp_path, monkeypatch):
    (tmp_path / "secret.png").write_bytes(b"secret")
    course = tmp_path / "course"
    (course / "notebooks").mkdir(parents=True)
    (course / "notebooks" / "a.png").symlink_to(tmp_path / "secret.png")
    (course / "notebooks" / "b.gif").write_bytes(b"ours")
    monkeypatch.setattr(images, "ROOT", course)
    assert images.address("b.gif", {}) == "data:image/gif;base64,b3Vycw=="
    with pytest.raises(ValueError, match="outside the course"):
        images.address("a.png", {})


def test_what_else_would_load_a_file_is_named():
    made = html("<iframe src='https://a.b'></iframe>\n\n<video src=a.mp4></video>")
    assert "[Left out: &lt;iframe&gt;; this page loads no other file.]" in made
    assert "&lt;video&gt;" in made and "src=" not in made
    assert html("`<img src=x>`") == "<p><code>&lt;img src=x&gt;</code></p>\n"


@pytest.mark.parametrize(
    "kind, content, wanted",
    [
        ("image/svg+xml", "<svg/>", base64.b64encode(b"<svg/>").decode()),
        ("image/jpeg", "QUJD\n", "QUJD"),
        ("image/gif", ["QU", "JD"], "QUJD"),
        ("image/webp", "QUJD", "QUJD"),
    ],
)
def test_pictures_of_all_kinds_are_pictures(kind, content, wanted):
    data = {kind: content, "text/plain": "<Figure size 640x480 with 1 Axes>"}
    img = f'<img alt="a picture" src="data:{kind};base64,{wanted}">'
    assert shown(data) == [("picture", img)]
    named = shown(data, metadata={kind: {"alt": 'a "cat"'}})
    assert 'alt="a &quot;cat&quot;"' in named[0][1]
    block, code = lecture.blocks_of(
        {"source": "x", "outputs": [{"data": data}]}, pages.Renderer(str)
    )[::-1]
    assert (code.kind, block.kind, block.rows) == ("code", "picture", 11)


def test_texts_formulas_and_tables_are_drawn():
    plain = {"text/plain": "<IPython.core.display.Markdown object>"}
    [(kind, made)] = shown(plain | {"text/markdown": "**so** $x^2$"})
    assert kind == "text" and "<strong>so</strong>" in made and "<math" in made
    [(_, made)] = shown(plain | {"text/latex": r"\begin{align}a&=b\end{align}"})
    assert "<mtable" in made and "IPython" not in made
    table = "<table><tr><td>1</td></tr></table><img src='pictures/story.png'>"
    [(kind, made)] = shown(plain | {"text/html": table + "<img src=http://a.b/c>"})
    assert kind == "text" and "<td>1</td>" in made and INSIDE in made
    assert "it lies elsewhere" in made
    [(kind, made)] = shown({"text/html": "<div data-view='x'></div>"})
    assert kind == "view" and made == "<div data-view='x'></div>"


def test_what_a_page_cannot_show_is_named():
    data = {"application/vnd.plotly.v1+json": {"a": 1}, "text/plain": "Figure()"}
    [(kind, made)] = shown(data)
    assert kind == "text" and '<pre class="out">Figure()</pre>' in made
    assert "[Left out: application/vnd.plotly.v1+json; a page cannot show it.]" in made
    error = {"output_type": "error", "traceback": ["\x1b[0;31mValueError\x1b[0m: <x>"]}
    made = pages.outputs({"outputs": [error]}, pages.Renderer(str))
    assert made == [("text", '<pre class="out">ValueError: &lt;x&gt;</pre>')]


def test_a_bar_of_progress_goes_and_a_printed_line_stays():
    lines = ["train 90%| valid 10%", "acc 90%| 10 | x", "5%| 3/4 of it"]
    bars = ["loss:  45%|████▌     | 45/100 [00:01<00:01, 40.00it/s]", "100%|██████|"]
    bars += ["  0%|          | 0/? [00:00<?, ?it/s]", "50%|##5  | 1/2 [00:00<00:00]"]
    mixed = "\n".join([lines[0], *bars, *lines[1:]])
    [(_, made)] = pages.outputs(
        {"outputs": [{"output_type": "stream", "text": mixed}]}, pages.Renderer(str)
    )
    assert [x for x in re.sub("<.*?>", "", made).split("\n") if x] == lines


def test_the_pictures_of_the_course_are_single_files(tmp_path: Path):
    text = "# 1 · A\n\n![s](pictures/story.png) ![b](https://a.b/c.svg)"
    page, _, _ = slides.deck(planned(cell(text)))
    body = re.sub(r"<script>.*?</script>|<style>.*?</style>", "", page, flags=re.DOTALL)
    assert re.findall(r'(?:src|href)="(?!data:|#)', body) == []
    assert "“b”; it lies elsewhere" in body and INSIDE in body


ODD = st.lists(
    st.sampled_from(
        ["<img src=", '"', "'", ">", "![a](", ")", "$", "$$", "_", "\\", "\n\n## ", "`"]
    )
    | st.text(st.characters(codec="utf-8"), max_size=4)
    | st.sampled_from(
        ["שלום", "👩‍🚀", "a" * 300, "id='x' ", "http://a.b ", "<b id=y>"]
    ),
    max_size=8,
).map("".join)


@settings(max_examples=150, phases=[Phase.explicit, Phase.generate])
@given(ODD)
def test_no_text_makes_a_page_that_loads_something_or_has_an_id_twice(text):
    made = html(text)
    tags = re.findall(images.LOADS, made)
    assert all(value.strip("\"'").startswith("data:") for _, value in tags)
    ids = re.findall(r'<h\d id="([^"]*)"', made)
    assert len(ids) == len(set(ids))
    printed = [{"output_type": "stream", "name": "stdout", "text": text}]
    for _, out in pages.outputs({"outputs": printed}, pages.Renderer(str)):
        assert re.fullmatch(r'<pre class="out">[^<>]*</pre>', out)
