"""Exercises that check themselves: compare a learner's function with ours, kindly.

The answer key of an exercise is the helper's own function; no solution stands here. A
check prints "right" or the first difference and never raises, so that a notebook with
unsolved exercises runs to its end. Built in notebooks/00_start_here.ipynb.
"""

import importlib
import inspect
import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from string import ascii_lowercase

from helpers import exercise_inputs, exercise_inputs_05, exercise_inputs_10

ROOT = Path(__file__).resolve().parents[1]
SOURCES = (exercise_inputs, exercise_inputs_05, exercise_inputs_10)
EXERCISES = {k: v for source in SOURCES for k, v in source.EXERCISES.items()}


def check(name: str, function: Callable) -> None:
    """Print whether a learner's function does what the exercise asks; never raise."""
    print(verdict(name, function)[1])


def verdict(name: str, function: Callable) -> tuple[bool, str]:
    """Return (is it right?, what to say to the learner)."""
    if name not in EXERCISES:
        return (
            False,
            f"there is no exercise {name!r}; there are: {', '.join(EXERCISES)}",
        )
    path, examples = EXERCISES[name]
    module, _, attribute = path.rpartition(".")
    answer = getattr(importlib.import_module(module), attribute)
    for inputs in examples():
        right, says = _compare(name, function, inputs, answer(*inputs))
        if not right:
            return False, says
    return True, f"right: {name} agrees with {path} on all examples"


def _compare(name: str, function: Callable, inputs: tuple, wanted) -> tuple[bool, str]:
    shown = ", ".join(_short(x) for x in inputs)
    try:
        found = function(*inputs)
    except NotImplementedError:
        found = None
    except Exception as error:  # the learner's own mistake: shown, not raised
        return False, f"{name}({shown}) stopped: {type(error).__name__}: {error}"
    if found is None or found is Ellipsis:
        return False, f"not yet: {name} returns nothing; write its body and run again"
    difference = next(_differences(found, wanted), None)
    if difference:
        return False, f"not quite: for {name}({shown})\n  {difference}"
    return True, ""


def _differences(found, wanted, where: str = "") -> Iterator[str]:
    """Yield what differs, the first place first."""
    if isinstance(wanted, Mapping):
        if not isinstance(found, Mapping):
            yield f"yours is a {type(found).__name__}, expected a dictionary"
            return
        for key in [*wanted, *(k for k in found if k not in wanted)]:
            if found.get(key, 0) != wanted.get(key, 0):
                yield f"at {key!r}: yours {found.get(key)}, expected {wanted.get(key)}"
        return
    found, wanted = _plain(found), _plain(wanted)
    if isinstance(wanted, list):
        if not isinstance(found, list) or len(found) != len(wanted):
            yield f"yours{where} is {_short(found)}: not the shape of {_short(wanted)}"
            return
        for i, (a, b) in enumerate(zip(found, wanted, strict=True)):
            yield from _differences(a, b, f"{where}[{i}]")
    elif isinstance(wanted, str):
        if found != wanted:
            yield f"yours{where} is {_short(found)!r}, expected {wanted!r}"
    elif not isinstance(found, (int, float)) or not _close(found, wanted):
        yield f"yours{where} is {_short(found)}, expected {_short(wanted)}"


def _plain(value):
    if isinstance(value, tuple):
        return list(value)
    return value.tolist() if hasattr(value, "tolist") else value


def _close(a: float, b: float) -> bool:
    return a == b or math.isclose(a, b, rel_tol=1e-5, abs_tol=1e-7)


def _short(value) -> str:
    value = _plain(value)
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"


class Card:
    """A question to answer before the cell that computes the answer has run.

    Choose on the card, or `choose("b")`; `settle("a", why)` is called by the notebook
    with what it measured. The answer stands nowhere in the question's source.
    """

    def __init__(self, question: str, options: list[str]):
        if len(options) < 2:
            raise ValueError(
                f"{len(options)} options make no question; give two or more"
            )
        self.question = question
        self.options = dict(zip(ascii_lowercase, options, strict=False))
        self.chosen: str | None = None

    def __repr__(self) -> str:
        lines = [f"  {letter}) {text}" for letter, text in self.options.items()]
        ask = 'Your guess, in a cell of your own: this card\'s name and .choose("a")'
        return "\n".join([f"Predict: {self.question}", *lines, ask])

    def view(self, answer: tuple[int, str] | None = None, text: str = ""):
        """Return the card as a view with buttons; with an answer, a settled one."""
        from helpers.widgets.predict_card import predict_card  # only when shown

        options = list(self.options.values())
        return predict_card(self.question, options, text or repr(self), answer)

    def _repr_mimebundle_(self, include=None, exclude=None):
        return self.view()._repr_mimebundle_()

    def choose(self, letter: str) -> None:
        """Keep a guess. Raises ValueError for a letter that is not offered."""
        self._known(letter)
        self.chosen = letter
        print(f"You guess {letter}) {self.options[letter]}. Now run on.")

    def settle(self, letter: str, because: str) -> None:
        """Show what was measured, and whether the guess agrees with it."""
        self._known(letter)
        verdicts = {None: "", letter: " You were right."}
        ending = verdicts.get(self.chosen, f" You had guessed {self.chosen}.")
        text = f"Measured: {letter}) {self.options[letter]}. {because}{ending}"
        place = list(self.options).index(letter)
        self.view((place, because), text).show()

    def _known(self, letter: str) -> None:
        if letter not in self.options:
            offered = ", ".join(self.options)
            raise ValueError(f"{letter!r} is not offered; choose one of {offered}")


def predict(question: str, *options: str) -> Card:
    """Return a card that asks a question with two or more answers."""
    return Card(question, list(options))


def show_source(thing: Callable) -> None:
    """Print the real source of one of our functions or classes, with its place."""
    try:
        lines, start = inspect.getsourcelines(thing)
        path = Path(inspect.getsourcefile(thing)).resolve()
    except (TypeError, OSError):
        raise ValueError(
            f"{thing!r} has no source; give a function or a class"
        ) from None
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name
    print(f"# {shown}, line {start}".replace("\\", "/"))
    print("".join(lines).rstrip())
