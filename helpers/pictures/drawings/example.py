"""What an example of a drawing is: the function, its notebook, the data to draw."""

from collections.abc import Callable
from typing import Any, NamedTuple

from helpers.pictures.picture import Picture


class Example(NamedTuple):
    """A drawing, the notebook that opens with it, and the data to draw."""

    draw: Callable[..., Picture]
    notebook: str
    given: dict[str, Any]

    def drawn(self) -> Picture:
        """Return the drawing of these data."""
        return self.draw(**self.given)
