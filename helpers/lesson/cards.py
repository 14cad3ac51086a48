"""Predict cards: a question that is answered before the cell below it has run."""

from string import ascii_lowercase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helpers.widgets.shell import View


MOST = 6  # options that a card shows


class Card:
    """A question to answer before the cell that computes the answer has run.

    The learner chooses on the card, or by `choose("b")`. The notebook calls
    `settle("a", why)` with what it measured. The answer stands nowhere in the
    question's source.
    """

    def __init__(self, question: str, options: list[str]):
        if not 2 <= len(options) <= MOST:
            raise ValueError(
                f"{len(options)} options make no question; give two or more, up to "
                f"{MOST}"
            )
        self.question = question
        self.options = dict(zip(ascii_lowercase, options, strict=False))
        self.chosen: str | None = None

    def __repr__(self) -> str:
        lines = [f"Predict: {self.question}"]
        for letter, text in self.options.items():
            lines.append(f"  {letter}) {text}")
        lines.append(
            'Your guess, in a cell of your own: this card\'s name and .choose("a")'
        )
        return "\n".join(lines)

    def view(self, answer: tuple[int, str] | None = None, text: str = "") -> "View":
        """Return the card as a view with buttons; with an answer, a settled one."""
        from helpers.widgets.predict_card import predict_card  # only when shown

        options = list(self.options.values())
        return predict_card(self.question, options, text or repr(self), answer)

    def _repr_mimebundle_(self, include=None, exclude=None):
        return self.view()._repr_mimebundle_()

    def choose(self, letter: str) -> None:
        """Keep a guess. Raises ValueError for a letter that is not offered."""
        self._check(letter)
        self.chosen = letter
        print(f"You guess {letter}) {self.options[letter]}. Now run on.")

    def settle(self, letter: str, because: str) -> None:
        """Show what was measured, and whether the guess agrees with it.

        Raises ValueError for a letter that is not offered.
        """
        self._check(letter)
        if self.chosen is None:
            ending = ""
        elif self.chosen == letter:
            ending = " You were right."
        else:
            ending = f" You had guessed {self.chosen}."
        text = f"Measured: {letter}) {self.options[letter]}. {because}{ending}"
        number = ascii_lowercase.index(letter)
        self.view((number, because), text).show()

    def _check(self, letter: str) -> None:
        if letter not in self.options:
            offered = ", ".join(self.options)
            raise ValueError(f"{letter!r} is not offered; choose one of {offered}")


def predict(question: str, *options: str) -> Card:
    """Return a card that asks a question with two or more answers."""
    return Card(question, list(options))
