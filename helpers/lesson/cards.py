"""Predict cards: a question that is answered before the cell below it has run."""

from string import ascii_lowercase
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from helpers.widgets.shell import View


MOST = 6  # options that a card shows
UNRESOLVED = "not resolved"


class Gap(Protocol):
    """A difference of two arms of a study, with its interval: studies.read(…).paired"""

    mean: float
    low: float
    high: float
    seeds: int


class Card:
    """A question to answer before the cell that computes the answer has run.

    The learner chooses on the card, or by `choose("b")`. The notebook calls
    `settle("a", why)` with what it measured, or `settle_by(gap, …)` with what a study
    on file says. The answer stands nowhere in the question's source.
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
        self.answer: str | None = None  # a letter, or UNRESOLVED
        self.because = ""

    def __repr__(self) -> str:
        lines = [f"Predict: {self.question}"]
        for letter, text in self.options.items():
            lines.append(f"  {letter}) {text}")
        lines.append(
            'Your guess, in a cell of your own: this card\'s name and .choose("a")'
        )
        return "\n".join(lines)

    def view(
        self, answer: tuple[int | None, str] | None = None, text: str = ""
    ) -> "View":
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
        self._settle(letter, because)

    def settle_by(self, gap: Gap, above: str, below: str, because: str = "") -> None:
        """Settle by a paired difference on file, with its 95 % interval.

        The answer is the letter `above` if the interval lies above 0, the letter
        `below` if it lies below 0; else the seeds do not resolve it, and no guess is
        counted as wrong. Raises ValueError for a letter that is not offered.
        """
        self._check(above)
        self._check(below)
        measured = (
            f"Difference {gap.mean:.2f}, interval {gap.low:.2f} to {gap.high:.2f}, "
            f"{gap.seeds} seeds."
        )
        because = f"{because} {measured}".strip()
        if gap.low > 0:
            self._settle(above, because)
        elif gap.high < 0:
            self._settle(below, because)
        else:
            self.unresolved(gap.seeds, because)

    def unresolved(self, seeds: int, because: str) -> None:
        """Settle as a question that so many seeds do not answer."""
        self._settle(
            UNRESOLVED, f"{seeds} seeds do not tell the answers apart. {because}"
        )

    def _settle(self, answer: str, because: str) -> None:
        self.answer = answer
        self.because = because
        number = ascii_lowercase.index(answer) if answer in self.options else None
        text = f"Measured: {self._said(answer)}. {because}{self._verdict()}"
        self.view((number, because), text).show()

    def _said(self, answer: str) -> str:
        return f"{answer}) {self.options[answer]}" if answer in self.options else answer

    def _verdict(self) -> str:
        if self.chosen is None or self.answer == UNRESOLVED:
            return ""
        right = self.chosen == self.answer
        return " You were right." if right else f" You had guessed {self.chosen}."

    def _check(self, letter: str) -> None:
        if letter not in self.options:
            offered = ", ".join(self.options)
            raise ValueError(f"{letter!r} is not offered; choose one of {offered}")


def predict(question: str, *options: str) -> Card:
    """Return a card that asks a question with two or more answers."""
    return Card(question, list(options))


def guesses(*cards: Card) -> "View":
    """Say how many of a notebook's guesses were right, one line a card.

    In a live view the guesses that were made on the cards count, too. Raises TypeError
    for what is no card, and ValueError for none.
    """
    if not cards:
        raise ValueError("guesses() was given no card; give the notebook's cards")
    for card in cards:
        if not isinstance(card, Card):
            raise TypeError(f"{card!r} is no card; give what predict(…) returned")
    from helpers.widgets.predict_card import guess_list  # only when shown

    lines = []
    for card in cards:
        measured = card._said(card.answer) if card.answer else "not measured yet"
        guess = card._said(card.chosen) if card.chosen else "none"
        lines.append(f"{card.question}\n  guess: {guess} · measured: {measured}")
    return guess_list(cards, "\n".join([_count(cards), *lines]))


def _count(cards: tuple[Card, ...]) -> str:
    """Return how many guesses were made, and how many of them were right."""
    made = [card for card in cards if card.chosen]
    right = sum(card.chosen == card.answer for card in made)
    open_ = sum(card.answer == UNRESOLVED for card in made)
    text = f"Guesses: {len(made)} of {len(cards)} made, {right} right"
    return f"{text}, {open_} on a question that the seeds leave open" if open_ else text
