"""Letters that the pictures' own font lacks: another font, or numbers and one line."""

import warnings
from pathlib import Path

import matplotlib.font_manager
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib.text import Text

from helpers.pictures import letters, plots, token_plots
from helpers.pictures.picture import Picture

KOREAN = ["한국", "사람", "[SEP]"]
DEJAVU = "DejaVu Sans"


def font(path: Path, codes: str, name: str) -> None:
    """Write a font in which each of some letters is a square."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 500), (500, 500), (500, 0)):
        pen.lineTo(corner)
    pen.closePath()
    square, empty = pen.glyph(), TTGlyphPen(None).glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "square", "nothing"])
    builder.setupCharacterMap(
        {ord(code): "square" for code in codes} | {0xC5C6: "nothing"}
    )
    builder.setupGlyf({".notdef": empty, "square": square, "nothing": empty})
    metrics = {glyph: (600, 0) for glyph in (".notdef", "square", "nothing")}
    builder.setupHorizontalMetrics(metrics)
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": name, "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)


@pytest.fixture
def installed(monkeypatch):
    """Only the pictures' own font is installed; more are added by a call."""
    manager = matplotlib.font_manager.fontManager
    own = [entry for entry in manager.ttflist if entry.name == DEJAVU]
    monkeypatch.setattr(manager, "ttflist", own)
    manager._findfont_cached.cache_clear()

    def add(path: Path) -> None:
        manager.addfont(path)
        manager._findfont_cached.cache_clear()

    yield add
    manager._findfont_cached.cache_clear()


def drawn(picture: Picture) -> list[str]:
    """Draw a picture, in which a warning is an error; return its texts."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        picture.png()
    texts = [text for text in picture.findobj(Text) if text.get_visible()]
    return [text.get_text() for text in texts]


def test_korean_labels_without_a_font_are_numbers_and_one_line(installed, capsys):
    picture = plots.heatmap([[1, 0, 0]] * 3, KOREAN, KOREAN, "한국 and 사람 look")
    texts = drawn(picture)
    assert texts.count("⟨1⟩") == 2 and texts.count("⟨2⟩") == 2
    assert "⟨1⟩ and ⟨2⟩ look" in texts and texts.count("[SEP]") == 2
    said = capsys.readouterr().out
    assert said.count("\n") == 1 and "⟨1⟩ is '한국', ⟨2⟩ is '사람'" in said
    assert picture.alt == "한국 and 사람 look (⟨1⟩ is '한국', ⟨2⟩ is '사람')"
    once = picture.png()
    assert picture.png() == once and capsys.readouterr().out == ""


def test_an_installed_font_that_has_the_letters_is_taken(
    installed, tmp_path, capsys, caplog
):
    font(tmp_path / "a.ttf", "한국", "A Font")
    font(tmp_path / "b.ttf", "사람", "B Font")
    for name in ("a.ttf", "b.ttf"):
        installed(tmp_path / name)
    picture = token_plots.document(KOREAN, {"tag": ["명", None, "x"]}, "a title")
    texts = drawn(picture)
    assert {"한국", "사람", "⟨1⟩"} <= set(texts)  # no font has the tag
    assert "is '명'" in capsys.readouterr().out and caplog.text == ""
    [word] = [text for text in picture.findobj(Text) if text.get_text() == "한국"]
    assert word.get_fontfamily()[-1] == "A Font"
    [plain] = [text for text in picture.findobj(Text) if text.get_text() == "x"]
    assert "A Font" not in plain.get_fontfamily()


def test_a_letter_without_an_outline_counts_as_missing(installed, tmp_path, capsys):
    font(tmp_path / "a.ttf", "한", "A Font")
    installed(tmp_path / "a.ttf")
    assert "⟨1⟩" in drawn(plots.bars(["없"], [1], "t"))


def test_letters_that_the_font_has_change_nothing(capsys):
    labels = ["∂h → é", "❤️ ‍", "مرحبا", "a\nb"]  # also what has no width
    picture = plots.bars(labels, [1, 2, 3, 4], "“Ω” − ð")
    before = [text.get_fontfamily() for text in picture.findobj(Text)]
    assert letters.fit(picture) == {}
    assert {*labels, "“Ω” − ð"} <= set(drawn(picture))
    assert capsys.readouterr().out == ""
    assert before == [text.get_fontfamily() for text in picture.findobj(Text)]


def test_blanks_are_blanks_and_other_signs_have_a_number(installed, capsys):
    texts = drawn(plots.bars(["a\tb", "c\x00d", "e\ud800"], [1, 2, 3], "t"))
    assert {"a b", "c⟨1⟩d", "e⟨2⟩"} <= set(texts)
    assert "is '\\x00'" in capsys.readouterr().out


def test_dollars_that_are_no_formula_are_only_dollars(capsys):
    picture = plots.bars(["$_$", "$x_1$"], [1, 2], r"$\frac$ and \$")
    drawn(picture)
    no_formula = {t.get_text(): t.get_parse_math() for t in picture.findobj(Text)}
    assert no_formula["$_$"] is False and no_formula["$x_1$"] is True
    assert no_formula["$\\frac$ and \\$"] is False


def test_korean_in_a_formula_is_a_number(installed, capsys):
    assert "$x$ ⟨1⟩" in drawn(plots.bars(["$x$ 한"], [1], "t"))


def test_a_label_of_300_letters_is_cut_and_leaves_room_for_the_picture():
    picture = plots.bars(["a" * 300, "b" * 24, "$x$" * 12], [1, 2, 3], "e" * 300)
    assert {"a" * 23 + "…", "b" * 24, "$x$" * 12} <= set(drawn(picture))
    assert picture.axes[0].get_position().width > 0.1
    fits = plots.bars(["a" * 40], [1], "t")
    assert "a" * 40 in drawn(fits)  # only what would leave no room is cut
