"""A picture in few colours, which takes a third of the room."""

from PIL import Image, ImageChops

SEEN = 60  # of 255: so far off, a colour looks like another one


def in_few_colors(drawn: Image.Image) -> Image.Image:
    """Return an RGB picture in 256 colours, or as it is where a colour would be lost.

    Among many colours one of few pixels may be lost: violet cells would turn grey.
    """
    few = drawn.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    off = ImageChops.difference(few.convert("RGB"), drawn)
    worst = max(most for _, most in off.getextrema())
    return few if worst <= SEEN else drawn
