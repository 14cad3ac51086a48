"""The grammar of the world: which sentences may follow each other.

A grammar answers a few questions, and `machine.Machine` needs no others: `starts()`
gives the first frames, `opening(frame)` the symbols of a new sentence, `expand(scene,
symbol)` what a symbol may become, `apply(frame, op)` and `advance(frame)` how the frame
changes after a token and after a sentence.

A **frame** is what the writer remembers from sentence to sentence. Everything else is
forgotten at the full stop, so the whole grammar is a finite-state machine.
Built in notebooks/00_start_here.ipynb.
"""

from typing import NamedTuple

from helpers.corpora.grammar import lexicon as lex
from helpers.corpora.grammar.sentences import body, intro, maybe
from helpers.corpora.grammar.words import END, HERO, Word

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
        """Return the first frames: every scene in either mood, equally likely."""
        share = 1 / (2 * len(lex.SCENES))
        frames = []
        for scene in lex.SCENES:
            frames.append((share, Frame(scene, 1)))
            frames.append((share, Frame(scene, -1)))
        return frames

    def opening(self, frame: Frame) -> tuple:
        """Return the symbols of the next sentence; they carry what it may know."""
        if frame.n == 0:
            return ((intro,),)
        sentence = (body, frame.mood, frame.gender, frame.topic)
        if frame.n in STOP:
            sentence = (maybe, STOP[frame.n], sentence)
        return (sentence,)

    def expand(self, scene: str, symbol: tuple) -> list[tuple[float, tuple]]:
        """Return what a symbol may become, as (probability, symbols)."""
        rule, *arguments = symbol
        choices = rule(scene, *arguments)
        total = sum(weight for weight, _ in choices)
        return [
            (weight / total, tuple(symbols)) for weight, symbols in choices if weight
        ]

    def apply(self, frame: Frame, op: tuple) -> Frame:
        """Return the frame after a token that names the hero or a new subject."""
        if op[0] == "hero":
            _, name, gender = op
            return frame._replace(hero=name, gender=gender, topic=("hero",))
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
        return [frame._replace(hero=name) for name in lex.HEROES[frame.gender].split()]

    def forms(self) -> set[str]:
        """Return every form that some sentence of some scene can contain."""
        forms: set[str] = set()
        for scene in lex.SCENES:
            agenda = [(intro,), (maybe, 0.5, (body, 1, "she", None))]
            met = set(agenda)
            # The agenda grows while it is read, by every symbol that is new.
            for symbol in agenda:
                for found in self._symbols(scene, symbol):
                    following = [found]
                    if isinstance(found, Word):
                        forms.add(found.form)
                        following = _bodies(found)
                    agenda += [new for new in following if new not in met]
                    met.update(following)
        return forms - {END, HERO}

    def _symbols(self, scene: str, symbol: tuple) -> list:
        """Return all symbols that can stand in the place of one."""
        found = []
        for _, symbols in self.expand(scene, symbol):
            found += symbols
        return found


def _bodies(word: Word) -> list[tuple]:
    """Return the sentences that may follow one whose subject is this word."""
    if not word.op:
        return []
    topic = ("hero",) if word.op[0] == "hero" else word.op[1]
    sentences = []
    for mood in (1, -1):
        for gender in lex.HEROES:
            sentences.append((body, mood, gender, topic))
    return sentences
