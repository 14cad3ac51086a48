"""A grammar as a finite-state machine: states, arcs and a walk that writes.

A state is a pair (frame, stack): what the writer remembers, and the symbols that the
sentence still owes. Bounded embedding keeps both finite. Stacks are expanded once, when
they are first met, so a machine starts at once and gets faster as it is used.
Built in notebooks/00_start_here.ipynb.
"""

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

HERO = "<hero>"  # a token that stands for a name the frame remembers
BITS = 24  # a state is one integer: frame << BITS | stack


class Table:
    """The arcs that leave a stack: (word, op, next stack), each with a probability."""

    def __init__(self, probabilities: list[float], arcs: list[tuple]):
        self.probabilities, self.arcs = probabilities, arcs
        self.cumulative = [*accumulate(probabilities[:-1]), 2.0]  # the last: the rest

    @cached_property
    def by_form(self) -> dict[str, list[tuple]]:
        """form → [(op, next stack, probability)]; like arcs are added up."""
        out: dict[str, dict] = {}
        for (word, op, stack), p in zip(self.arcs, self.probabilities, strict=True):
            targets = out.setdefault(word.form, {})
            targets[op, stack] = targets.get((op, stack), 0.0) + p
        return {f: [(*t, p) for t, p in targets.items()] for f, targets in out.items()}

    @cached_property
    def by_target(self) -> dict[tuple, list[tuple]]:
        """(op, next stack) → [(form, probability)]."""
        out: dict[tuple, dict] = {}
        for (word, op, stack), p in zip(self.arcs, self.probabilities, strict=True):
            forms = out.setdefault((op, stack), {})
            forms[word.form] = forms.get(word.form, 0.0) + p
        return {target: list(forms.items()) for target, forms in out.items()}


class Machine:
    """Compile a grammar lazily; hand out states, arcs and transitions.

    The grammar answers `starts, opening, expand, apply, advance, name_of` (see
    `grammar.English`). Forms that end a document lead to the state -1.
    """

    def __init__(self, grammar, end: str):
        self.grammar, self.end = grammar, end
        self.frames, self.frame_ids = [], {}
        self.names: list[str | None] = []  # per frame: what HERO stands for
        self.stacks, self.stack_ids = [], {}
        self.tables: list[Table | None] = []
        self.firsts: dict[tuple, list] = {}  # symbol → its possible first tokens
        self.jumps: dict[tuple, int] = {}  # (frame, op, stack) → state
        self.starts = {self.fresh(frame): p for p, frame in grammar.starts()}

    def frame_id(self, frame) -> int:
        """Return the number of a frame."""
        if frame not in self.frame_ids:
            self.frame_ids[frame] = len(self.frames)
            self.frames.append(frame)
            self.names.append(self.grammar.name_of(frame))
        return self.frame_ids[frame]

    def stack_id(self, scene, stack: tuple) -> int:
        """Return the number of a stack of symbols in a scene."""
        key = (scene, stack)
        if key not in self.stack_ids:
            self.stack_ids[key] = len(self.stacks)
            self.stacks.append(key)
            self.tables.append(None)
        return self.stack_ids[key]

    def fresh(self, frame) -> int:
        """Return the state in which a frame begins a sentence."""
        stack = self.stack_id(frame.scene, self.grammar.opening(frame))
        return self.frame_id(frame) << BITS | stack

    def table(self, stack: int) -> Table:
        """Return the arcs that leave a stack; expand it on the first visit."""
        found = self.tables[stack]
        if found is None:
            found = self.tables[stack] = self._compile(*self.stacks[stack])
        return found

    def jump(self, frame: int, op, stack: int) -> int:
        """Return the state after an arc: the op applied, a finished sentence closed."""
        if op is None and stack >= 0:
            return frame << BITS | stack
        key = (frame, op, stack)
        if key not in self.jumps:
            self.jumps[key] = self._jump(self.frames[frame], op, stack)
        return self.jumps[key]

    def walk(self, random) -> tuple[str, list[tuple]]:
        """Write one document: its scene and [(word, form)], END left out."""
        pick, state = random.random, self._start(random.random())
        out, mask = [], (1 << BITS) - 1
        while True:
            frame, stack = state >> BITS, state & mask
            table = self.tables[stack] or self.table(stack)
            word, op, following = table.arcs[bisect_right(table.cumulative, pick())]
            form = word.form
            if form == self.end:
                return self.frames[frame].scene, out
            out.append((word, self.names[frame] if form == HERO else form))
            state = self.jump(frame, op, following)

    def _start(self, u: float) -> int:
        for state, p in self.starts.items():
            u -= p
            if u < 0:
                return state
        return state

    def _jump(self, frame, op, stack: int) -> int:
        frame = frame if op is None else self.grammar.apply(frame, op)
        if stack >= 0:
            return self.frame_id(frame) << BITS | stack
        return self.fresh(self.grammar.advance(frame))

    def _compile(self, scene, stack: tuple) -> Table:
        probabilities, arcs = [], []
        for p, word, rest in self._expand(scene, stack):
            probabilities.append(p)
            arcs.append((word, word.op, self.stack_id(scene, rest) if rest else -1))
        return Table(probabilities, arcs)

    def _expand(self, scene, stack: tuple) -> list[tuple]:
        """Return [(probability, word, symbols left)] for the first token of a stack."""
        first, rest = stack[0], stack[1:]
        if hasattr(first, "form"):
            return [(1.0, first, rest)]
        return [(p, word, left + rest) for p, word, left in self._first(scene, first)]

    def _first(self, scene, symbol: tuple) -> list[tuple]:
        """Return the same for one symbol; remembered, since symbols come again."""
        key = (scene, symbol)
        if key not in self.firsts:
            merged: dict[tuple, float] = {}
            for p, symbols in self.grammar.expand(scene, symbol):
                for q, word, left in self._expand(scene, symbols):
                    merged[word, left] = merged.get((word, left), 0.0) + p * q
            if not merged:
                raise ValueError(f"{symbol} cannot become anything in scene {scene!r}")
            self.firsts[key] = [(p, *pair) for pair, p in merged.items()]
        return self.firsts[key]
