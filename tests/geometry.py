"""What a drawing must be like on a projector: texts large, whole and apart."""

from collections.abc import Iterator

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import FancyBboxPatch
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from helpers.pictures import letters
from helpers.pictures.picture import Picture

SMALLEST = 11  # points at 1280 × 720


def texts(picture: Picture) -> list[str]:
    """Return the texts that a drawing's axes hold, in the order of drawing."""
    return [text.get_text() for text in picture.axes[0].texts if text.get_text()]


def faults(picture: Picture) -> list[str]:
    """Return what is wrong with the texts of a picture: small, cut off, overlapping."""
    letters.fit(picture)  # as before it becomes a PNG
    canvas = FigureCanvasAgg(picture)
    canvas.draw()
    found = []
    placed: list[tuple[str, Bbox]] = []
    for text in _shown(picture):
        said = text.get_text().strip()
        area = Text.get_window_extent(text, canvas.get_renderer())
        if text.get_fontsize() < SMALLEST - 0.01:
            found.append(f"small: {said!r}")
        if not _inside(area, picture.bbox):
            found.append(f"leaves the picture: {said!r}")
        found += [f"{said!r} lies on {other!r}" for other, b in placed if _on(area, b)]
        placed.append((said, area))
    boxes = [
        patch.get_window_extent(canvas.get_renderer())
        for axes in picture.axes
        for patch in axes.patches
        if isinstance(patch, FancyBboxPatch)
    ]
    return found + [f"{said!r} leaves its box" for said, area in _out(placed, boxes)]


def _out(
    placed: list[tuple[str, Bbox]], boxes: list[Bbox]
) -> Iterator[tuple[str, Bbox]]:
    """Yield the texts that are wider than the smallest box around their middle."""
    for said, area in placed:
        x = (area.x0 + area.x1) / 2
        y = (area.y0 + area.y1) / 2
        around = [box for box in boxes if box.contains(x, y)]
        box = min(around, key=lambda box: box.width * box.height, default=None)
        if box is not None and (area.x0 < box.x0 - 1 or area.x1 > box.x1 + 1):
            yield said, area


def _shown(picture: Picture) -> Iterator[Text]:
    """Yield the texts that are seen: not the ticks of axes that are off, or outside."""
    ticks = {}
    for axes in picture.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                seen = axes.axison and low <= tick.get_loc() <= high
                ticks[tick.label1] = ticks[tick.label2] = seen
    for text in picture.findobj(Text):
        if text.get_text().strip() and text.get_visible() and ticks.get(text, True):
            yield text


def _inside(area: Bbox, whole: Bbox) -> bool:
    """Tell whether an area lies in another one, but for half a pixel."""
    left, bottom = area.min + 0.5
    right, top = area.max - 0.5
    return left >= 0 and bottom >= 0 and right <= whole.x1 and top <= whole.y1


def _on(a: Bbox, b: Bbox) -> bool:
    """Tell whether two areas share more than a pixel each way."""
    shared = Bbox.intersection(a, b)
    return shared is not None and min(shared.width, shared.height) > 1
