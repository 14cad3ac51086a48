"""The atlas on one sheet: the main drawings as a poster, or all with their names.

python3 start.py poster [--atlas] [--out FOLDER]

Writes build/poster.png and build/poster.pdf, a sheet A1 across. With
`--atlas`, build/atlas.png and .pdf: every drawing above the name of its function.
"""

import argparse
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import matplotlib
import matplotlib.style
from matplotlib import font_manager
from PIL import Image, ImageDraw, ImageFont

from helpers import environment
from helpers.lesson import series
from helpers.lesson.prepare import STYLE
from helpers.pictures.drawings.examples import EXAMPLES
from helpers.pictures.picture import Picture
from helpers.publishing.notebooks import ROOT, program

TITLE = "From RNN to BERT: how networks came to read"
SERIES = "Each notebook answers one question"
MAIN = (
    "what_each_model_sees one_hot_lookup skipgram_window neural_bigram unrolled "
    "backprop_through_time lstm_cell encoder_decoder beam_tree query_key_value "
    "alignment_map encoder_tower encoder_blocks one_body"
).split()
SHARP = 150  # pixels an inch
WIDTH = 4965  # pixels: a sheet A1 across
MARGIN = 75
GAP = 50
HEAD = 130  # for the title
NAME = 60  # for the name of a drawing
USUAL = 1920  # pixels of a drawing across, twice as many as on a screen


class Tile(NamedTuple):
    """A drawing on the sheet, and what stands below it."""

    image: Image.Image
    name: str

    def fitted(self, width: int) -> Image.Image:
        """Return the tile, as wide as a column, framed, with its name.

        A small drawing is not made larger than the others: all have letters of a size.
        """
        scale = width / max(USUAL, self.image.width)
        size = (round(self.image.width * scale), round(self.image.height * scale))
        room = NAME if self.name else 0
        made = Image.new("RGB", (width, size[1] + room + 20), "white")
        drawn = self.image.resize(size, Image.Resampling.LANCZOS)
        made.paste(drawn, ((width - size[0]) // 2, 10))
        pen = ImageDraw.Draw(made)
        pen.rectangle((0, 0, width - 1, size[1] + 19), outline="#cccccc", width=2)
        where = (8, size[1] + 28)
        pen.text(where, self.name, "#444444", _font("DejaVu Sans Mono", 36))
        return made


def _font(family: str, size: int) -> ImageFont.FreeTypeFont:
    """Return a font that comes with matplotlib."""
    return ImageFont.truetype(font_manager.findfont(family), size)


def tile(picture: Picture, name: str = "") -> Tile:
    """Return a drawing as a tile, twice as sharp as on a screen."""
    with matplotlib.rc_context({"savefig.dpi": 200}):
        png = picture.png()
    return Tile(Image.open(io.BytesIO(png)).convert("RGB"), name)


def sheet(title: str, tiles: Sequence[Tile], columns: int) -> Image.Image:
    """Return a sheet: its title, and the tiles in order, down one column after another.

    Every tile is as wide as a column.
    """
    wide = (WIDTH - 2 * MARGIN - GAP * (columns - 1)) // columns
    images = [each.fitted(wide) for each in tiles]
    places = list(_places([image.height for image in images], columns))
    ends = [top + image.height for (_, top), image in zip(places, images, strict=True)]
    made = Image.new("RGB", (WIDTH, max(ends) + MARGIN), "white")
    bold = _font("DejaVu Sans:bold", 90)
    ImageDraw.Draw(made).text((MARGIN, MARGIN // 2), title, "#222222", bold)
    for image, (column, top) in zip(images, places, strict=True):
        made.paste(image, (MARGIN + column * (wide + GAP), top))
    return made


def _places(heights: Sequence[int], columns: int) -> Iterator[tuple[int, int]]:
    """Yield the column and the top of each tile; the columns are about equally high."""
    fair = (sum(heights) + GAP * len(heights)) / columns
    passed = 0.0
    tops = [MARGIN + HEAD] * columns
    for height in heights:
        # the column in which its middle would lie in one long strip
        column = min(columns - 1, int((passed + height / 2) / fair))
        yield column, tops[column]
        tops[column] += height + GAP
        passed += height + GAP


def poster() -> Image.Image:
    """Return the poster: the series as it is, and the main drawings."""
    questions = series.QUESTIONS
    first = EXAMPLES["map_of_series"].draw(
        list(questions), list(questions.values()), 0, SERIES, series.PARTS
    )
    tiles = [tile(first), *(tile(EXAMPLES[name].drawn()) for name in MAIN)]
    return sheet(TITLE, tiles, 4)


def atlas() -> Image.Image:
    """Return the contact sheet: every drawing, above its notebook and its name."""
    ordered = sorted(EXAMPLES.items(), key=lambda item: item[1].notebook)
    tiles = []
    for name, example in ordered:
        tiles.append(tile(example.drawn(), f"{example.notebook}  {name}"))
    return sheet("The atlas: every drawing of the series", tiles, 5)


def main(arguments: Sequence[str]) -> int:
    """Write the sheet as PNG and PDF."""
    parser = argparse.ArgumentParser(prog="start.py poster")
    parser.add_argument("--atlas", action="store_true", help="all drawings, with names")
    folder = ROOT / "build"
    parser.add_argument("--out", type=Path, default=folder, help=f"default: {folder}")
    given = parser.parse_args(arguments)
    matplotlib.style.use(STYLE)
    made = atlas() if given.atlas else poster()
    given.out.mkdir(parents=True, exist_ok=True)
    for kind in ("png", "pdf"):
        path = given.out / f"{'atlas' if given.atlas else 'poster'}.{kind}"
        how = {"resolution": SHARP, "dpi": (SHARP, SHARP), "quality": 92}
        whole = io.BytesIO()
        made.save(whole, kind.upper(), **how)
        environment.write(path, whole.getvalue())
        print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    program(main)
