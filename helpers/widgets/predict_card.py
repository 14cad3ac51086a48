"""A question to answer before its cell has run; settled by what a cell measured.

Built in notebooks/00_start_here.ipynb.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from typing import Protocol

from helpers.widgets.checks import within
from helpers.widgets.shell import View


class Question(Protocol):
    """What `guess_list` reads of a card: helpers.lesson.cards.Card."""

    question: str
    options: dict[str, str]
    chosen: str | None
    answer: str | None
    because: str


def predict_card(
    question: str,
    options: Sequence[str],
    text: str,
    answer: tuple[int | None, str] | None = None,
) -> View:
    """Show a question with one button per option.

    `text` is shown where there are no scripts. With `answer` = (index, because) the
    card is settled: it tells the measurement, but only once an option is chosen, here
    or on the open card above. An index of None says that the question is not resolved.
    Raises ValueError for fewer than 2 or more than 6.
    """
    options = list(map(str, options))
    within(len(options), 2, 6, "options")
    title = f"Predict: {question}"
    params = {"title": title, "options": options, "card": _key(question, options)}
    if answer is not None:
        params["title"] = f"Settled: {question}"
        params["sealed"] = _seal(*answer)
    return View("predict_card", params, text=text)


def guess_list(cards: Sequence[Question], text: str) -> View:
    """Show how many guesses on some cards were right, and the questions again.

    A guess counts that was made on a card of the same page, or in Python.
    """
    rows = []
    for card in cards:
        options = list(card.options.values())
        letters = list(card.options)
        row = {"question": card.question, "options": options}
        row["card"] = _key(card.question, options)
        if card.chosen:
            row["chosen"] = letters.index(card.chosen)
        if card.answer:
            right = letters.index(card.answer) if card.answer in letters else None
            row["sealed"] = _seal(right, card.because)
        rows.append(row)
    return View("predict_card", {"title": "Your guesses", "cards": rows}, text=text)


def _key(question: str, options: Sequence[str]) -> str:
    """Return one name for the open card and the settled one: they find each other."""
    named = json.dumps([question, options]).encode()
    return hashlib.sha256(named).hexdigest()[:12]


def _seal(right: int | None, because: str) -> str:
    """Return an answer so that it cannot be read in the page's source at a glance."""
    sealed = json.dumps({"right": right, "because": because})
    return base64.b64encode(sealed.encode()).decode()
