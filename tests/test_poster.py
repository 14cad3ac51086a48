"""The poster and the contact sheet: every drawing once, in order, nothing cut."""

import io

import numpy as np
import pytest
from PIL import Image

from helpers.pictures.drawings.examples import EXAMPLES
from helpers.pictures.picture import picture
from helpers.publishing import poster


def colored(color: str, height: int, name: str = "") -> poster.Tile:
    return poster.Tile(Image.new("RGB", (poster.USUAL, height), color), name)


def test_tiles_fill_the_columns_in_order():
    heights = [400, 300, 500, 200, 100]
    places = list(poster._places(heights, 2))
    columns = [column for column, _ in places]
    assert columns == sorted(columns) and set(columns) == {0, 1}
    for column in (0, 1):
        tops = [top for (c, top) in places if c == column]
        assert tops == sorted(tops) and tops[0] == poster.MARGIN + poster.HEAD
    ends = [top + h + poster.GAP for (_, top), h in zip(places, heights, strict=True)]
    assert places[1][1] == ends[0]  # no two lie on each other


def test_the_sheet_shows_every_tile_whole():
    colors = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255)}
    tiles = [colored(color, 600 + 100 * i) for i, color in enumerate(colors)]
    pixels = np.asarray(poster.sheet("t", tiles, 2))
    wide = (poster.WIDTH - 2 * poster.MARGIN - poster.GAP) // 2
    for i, rgb in enumerate(colors.values()):
        area = (pixels == rgb).all(2).sum()
        whole = wide * (600 + 100 * i) * wide / poster.USUAL
        assert area == pytest.approx(whole, rel=0.02)


def test_a_small_drawing_is_not_made_larger_than_the_others():
    small = poster.Tile(Image.new("RGB", (poster.USUAL // 2, 100), "red"), "a name")
    made = np.asarray(small.fitted(poster.USUAL))
    assert (made == (255, 0, 0)).all(2).sum() == poster.USUAL // 2 * 100
    assert made.shape[0] > 100 + poster.NAME
    assert (made[130:] < 128).any()  # its name is written


def test_a_tile_is_twice_as_sharp_as_the_picture():
    figure, _ = picture("t", (4, 3))
    assert poster.tile(figure).image.size == (800, 600)
    assert Image.open(io.BytesIO(figure.png())).size == (400, 300)


def test_the_poster_takes_drawings_that_there_are():
    assert set(poster.MAIN) < set(EXAMPLES)
    assert len(set(poster.MAIN)) == len(poster.MAIN)


def test_both_kinds_of_file_are_written(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(poster, "atlas", lambda: Image.new("RGB", (20, 10)))
    assert poster.main(["--atlas", "--out", str(tmp_path / "new")]) == 0
    assert sorted(x.name for x in (tmp_path / "new").iterdir()) == [
        "atlas.pdf",
        "atlas.png",
    ]
    assert (tmp_path / "new/atlas.pdf").read_bytes().startswith(b"%PDF")
    assert capsys.readouterr().out.count("MB") == 2
