"""A grammar as a finite-state machine: states, arcs and a walk that writes.

A state is a pair (frame, stack) of two numbers: what the writer remembers, and the
symbols that the sentence still owes. Bounded embedding keeps both finite. Stacks are
expanded once, when they are first met, so a machine starts at once and gets faster as
it is used. Built in notebooks/00_start_here.ipynb.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from random import Random

import numpy as np

from helpers.corpora.grammar.words import HERO, Word

State = tuple[int, int]
CLOSED = -1  # the stack of a sentence that owes nothing more
ENDED = -2  # the stack of a document that has ended
DONE: State = (-1, ENDED)


class Table:
    """The arcs that leave a stack: (word, op, next stack), each with a probability."""

    def __init__(self, probabilities: list[float], arcs: list[tuple]):
        self.probabilities = probabilities
        self.arcs = arcs
        # The last arc gets the rest, so that rounding leaves no gap below 1.
        self.cumulative = [*accumulate(probabilities[:-1]), 2.0]

    @cached_property
    def by_form(self) -> dict[str, list[tuple]]:
        """Return form → [(op, next stack, probability)]; like arcs are added up."""
        found: dict[str, list[tuple]] = {}
        for (form, op, stack), p in self._sums().items():
            found.setdefault(form, []).append((op, stack, p))
        return found

    @cached_property
    def by_target(self) -> dict[tuple, list[tuple]]:
        """Return (op, next stack) → [(form, probability)]; like arcs are added up."""
        found: dict[tuple, list[tuple]] = {}
        for (form, op, stack), p in self._sums().items():
            found.setdefault((op, stack), []).append((form, p))
        return found

    @cached_property
    def of_targets(self) -> list[tuple]:
        """Return [(op, next stack, probability)] for any token; the end is left out."""
        found = []
        for (op, stack), forms in self.by_target.items():
            if stack != ENDED:
                found.append((op, stack, sum(p for _, p in forms)))
        return found

    def _sums(self) -> dict[tuple, float]:
        sums: dict[tuple, float] = {}
        for (word, op, stack), p in zip(self.arcs, self.probabilities, strict=True):
            key = (word.form, op, stack)
            sums[key] = sums.get(key, 0.0) + p
        return sums


NO_ARCS = Table([], [])


class Arcs(dict):
    """All arcs of a machine: state → [(token, next state, probability)].

    A state's arcs are found when they are first asked for.
    """

    def __init__(self, machine: "Machine"):
        super().__init__()
        self.machine = machine

    def __missing__(self, state: State) -> list[tuple[str, State, float]]:
        frame, stack = state
        found = []
        for form, ways in self.machine.table(stack).by_form.items():
            token = self.machine.names[frame] if form == HERO else form
            for op, following, p in ways:
                found.append((token, self.machine.jump(frame, op, following), p))
        self[state] = found
        return found


def tables(
    arcs: Mapping[str, Sequence[tuple[str, str, float]]],
) -> tuple[list[str], np.ndarray, dict[str, list[float]]]:
    """Return the arcs of a small machine as (states, moves, says), to be drawn.

    It begins in the first of its S states. `moves`, (1 + S, S), has a row for this
    beginning and one a state; `says` {token: its probability on the way into each
    state}. Raises ValueError where that depends on the state one comes from.
    Built in notebooks/00_start_here.ipynb.
    """
    states = list(arcs)
    moves = np.zeros((len(states), len(states)))
    for source, leaving in arcs.items():
        for _, target, p in leaving:
            moves[states.index(source), states.index(target)] += p
    tokens = dict.fromkeys(token for ways in arcs.values() for token, _, _ in ways)
    says = {token: [0.0] * len(states) for token in tokens}
    for source, leaving in arcs.items():
        for token, target, p in leaving:
            i = states.index(target)
            share = p / moves[states.index(source), i]
            if says[token][i] not in (0.0, share):
                raise ValueError(f"{token!r} into {target!r}: not the same from all")
            says[token][i] = share
    return states, np.vstack([moves[:1], moves]), says


class Machine:
    """Compile a grammar lazily; hand out states, arcs and transitions.

    The grammar answers `starts, opening, expand, apply, advance, name_of` (see
    `grammar.english.English`). The token `end` ends a document.
    """

    def __init__(self, grammar, end: str):
        self.grammar = grammar
        self.end = end
        self.frames: list[tuple] = []
        self.names: list[str | None] = []  # per frame: what HERO stands for
        self.stacks: list[tuple] = []
        self.tables: list[Table | None] = []
        self._frame_ids: dict[tuple, int] = {}
        self._stack_ids: dict[tuple, int] = {}
        self._firsts: dict[tuple, list] = {}  # (scene, symbol) → first tokens
        self._jumps: dict[tuple, State] = {}  # (frame, op, stack) → state
        self.starts = {self.fresh(frame): p for p, frame in grammar.starts()}

    def _frame_id(self, frame: tuple) -> int:
        if frame not in self._frame_ids:
            self._frame_ids[frame] = len(self.frames)
            self.frames.append(frame)
            self.names.append(self.grammar.name_of(frame))
        return self._frame_ids[frame]

    def _stack_id(self, scene: str, stack: tuple) -> int:
        key = (scene, stack)
        if key not in self._stack_ids:
            self._stack_ids[key] = len(self.stacks)
            self.stacks.append(key)
            self.tables.append(None)
        return self._stack_ids[key]

    def fresh(self, frame: tuple) -> State:
        """Return the state in which a frame begins a sentence."""
        stack = self._stack_id(frame.scene, self.grammar.opening(frame))
        return self._frame_id(frame), stack

    def table(self, stack: int) -> Table:
        """Return the arcs that leave a stack; expand it on the first visit."""
        if stack == ENDED:
            return NO_ARCS
        found = self.tables[stack]
        if found is None:
            scene, symbols = self.stacks[stack]
            found = self._compile(scene, symbols)
            self.tables[stack] = found
        return found

    def jump(self, frame: int, op: tuple | None, stack: int) -> State:
        """Return the state after an arc: the op applied, a finished sentence closed."""
        if stack == ENDED:
            return DONE
        if op is None and stack != CLOSED:
            return frame, stack
        key = (frame, op, stack)
        if key not in self._jumps:
            self._jumps[key] = self._jump(self.frames[frame], op, stack)
        return self._jumps[key]

    def walk(self, random: Random) -> tuple[str, list[tuple[Word, str]]]:
        """Write one document: its scene and [(word, form)], END left out."""
        frame, stack = self._start(random.random())
        written = []
        while True:
            table = self.tables[stack] or self.table(stack)
            arc = bisect_right(table.cumulative, random.random())
            word, op, following = table.arcs[arc]
            if following == ENDED:
                return self.frames[frame].scene, written
            form = self.names[frame] if word.form == HERO else word.form
            written.append((word, form))
            frame, stack = self.jump(frame, op, following)

    def _start(self, u: float) -> State:
        for state, p in self.starts.items():
            u -= p
            if u < 0:
                return state
        return state  # where rounding left a rest

    def _jump(self, frame: tuple, op: tuple | None, stack: int) -> State:
        if op is not None:
            frame = self.grammar.apply(frame, op)
        if stack != CLOSED:
            return self._frame_id(frame), stack
        return self.fresh(self.grammar.advance(frame))

    def _compile(self, scene: str, stack: tuple) -> Table:
        probabilities = []
        arcs = []
        for p, word, rest in self._expand(scene, stack):
            if word.form == self.end:
                following = ENDED
            elif rest:
                following = self._stack_id(scene, rest)
            else:
                following = CLOSED
            probabilities.append(p)
            arcs.append((word, word.op, following))
        return Table(probabilities, arcs)

    def _expand(self, scene: str, stack: Sequence) -> list[tuple]:
        """Return [(probability, word, symbols left)] for the first token of a stack."""
        first, rest = stack[0], stack[1:]
        if isinstance(first, Word):
            return [(1.0, first, rest)]
        return [(p, word, left + rest) for p, word, left in self._first(scene, first)]

    def _first(self, scene: str, symbol: tuple) -> list[tuple]:
        """Return the same for one symbol; remembered, since symbols come again."""
        key = (scene, symbol)
        if key not in self._firsts:
            merged: dict[tuple, float] = {}
            for p, symbols in self.grammar.expand(scene, symbol):
                for q, word, left in self._expand(scene, symbols):
                    merged[word, left] = merged.get((word, left), 0.0) + p * q
            if not merged:
                raise ValueError(f"{symbol} cannot become anything in scene {scene!r}")
            found = [(p, word, left) for (word, left), p in merged.items()]
            self._firsts[key] = found
        return self._firsts[key]
