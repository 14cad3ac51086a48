"""The grammar of the world: which sentences may follow each other.

A grammar answers a few questions, and `machine.Machine` needs no others: `starts()`
gives the first frames, `opening(frame)` the symbols of a new sentence, `expand(scene,
symbol)` what a symbol may become, `apply(frame, op)` and `advance(frame)` how the frame
changes after a token and after a sentence.

A **frame** is what the writer remembers from sentence to sentence. Everything else is
forgotten at the full stop, so the whole grammar is a finite-state machine.
Built in notebooks/00_start_here.ipynb.
"""

from functools import cache
from typing import NamedTuple

from helpers.corpora.grammar import lexicon as lex
from helpers.corpora.grammar.phrases import END, HERO, Word
from helpers.corpora.grammar.sentences import RULES

STOP = {4: 0.25, 5: 0.3, 6: 0.4, 7: 0.5, 8: 1.0}  # P(end) after so many sentences


class Frame(NamedTuple):
    """What the writer remembers: scene, mood, the hero, who was the last subject."""

    scene: str
    mood: int  # +1 good, -1 bad
    hero: str | None = None
    gender: str | None = None  # the hero's pronoun
    topic: tuple | None = None  # ("hero",), ("friend",) or (type, number)
    n: int = 0  # sentences written


class English:
    """The grammar of the course's world."""

    def starts(self) -> list[tuple[float, Frame]]:
        """Return the first frames: every scene in either mood, all alike."""
        frames = [Frame(scene, mood) for scene in lex.SCENES for mood in (1, -1)]
        return [(1 / len(frames), frame) for frame in frames]

    def opening(self, frame: Frame) -> tuple:
        """Return the symbols of the next sentence; they carry what it may know."""
        if frame.n == 0:
            return (("INTRO",),)
        body = ("BODY", frame.mood, frame.gender, frame.topic)
        return (("MAYBE", STOP[frame.n], body),) if frame.n in STOP else (body,)

    def expand(self, scene: str, symbol: tuple) -> list[tuple[float, tuple]]:
        """Return what a symbol may become, as (probability, symbols)."""
        return _expand(scene, symbol)

    def apply(self, frame: Frame, op: tuple) -> Frame:
        """Return the frame after a token that names the hero or a new subject."""
        if op[0] == "hero":
            return frame._replace(hero=op[1], gender=op[2], topic=("hero",))
        return frame._replace(topic=op[1])

    def advance(self, frame: Frame) -> Frame:
        """Return the frame after a full stop."""
        return frame._replace(n=frame.n + 1)

    def name_of(self, frame: Frame) -> str | None:
        """Return the form that `HERO` stands for."""
        return frame.hero

    def representative(self, frame: Frame) -> Frame:
        """Return a frame with the same future but for the hero's name and the end."""
        return frame._replace(hero=lex.HEROES[frame.gender].split()[0], n=1)

    def alike(self, frame: Frame) -> list[Frame]:
        """Return the equally probable frames that a representative stands for."""
        return [frame._replace(hero=h) for h in lex.HEROES[frame.gender].split()]

    def forms(self) -> set[str]:
        """Return every form that some sentence of some scene can contain."""
        out: set[str] = set()
        for scene in lex.SCENES:
            agenda = [("INTRO",), ("MAYBE", 0.5, ("BODY", 1, "she", None))]
            met = set(agenda)
            for symbol in agenda:
                for found in _symbols(scene, symbol):
                    out.update([found.form] if isinstance(found, Word) else [])
                    fresh = _bodies(found) if isinstance(found, Word) else [found]
                    agenda += [s for s in fresh if s not in met]
                    met.update(fresh)
        return out - {END, HERO}


def _symbols(scene, symbol) -> list:
    return [s for _, symbols in _expand(scene, symbol) for s in symbols]


def _bodies(word: Word) -> list[tuple]:
    """Return the sentences that may follow one whose subject is this word."""
    if not word.op:
        return []
    topic = ("hero",) if word.op[0] == "hero" else word.op[1]
    return [
        ("BODY", m, g, topic) for m in (1, -1) for g in lex.POSSESSIVES if g != "they"
    ]


@cache
def _expand(scene, symbol):
    options = [o for o in RULES[symbol[0]](scene, *symbol[1:]) if o[0]]
    total = sum(weight for weight, _ in options)
    return [(weight / total, tuple(symbols)) for weight, symbols in options]
