"""Forward and backward passes: every probability of a finite-state machine.

One pass over sparse sets of states (Rabiner 1989, Proc. IEEE 77, sec. III); different
derivations of one text simply add up. Works for any grammar that `machine.Machine` can
compile; `truth` asks it about the world. Built in notebooks/00_start_here.ipynb.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cache

from helpers.corpora.grammar.machine import BITS, HERO, Machine

DONE = -1  # the state after END
LOW = (1 << BITS) - 1


class Passes:
    """Forward and backward passes of one machine over one text.

    `tokens` is a document's tokens; END is added. Positions in `masked` are hidden:
    there, anything may stand. `counts` {i: n}: the first i tokens are known to be n
    whole sentences. Scaled so that long texts do not underflow.
    """

    def __init__(
        self,
        machine: Machine,
        tokens: Sequence[str],
        masked=(),
        closed=True,
        counts: Mapping[int, int] | None = None,
    ):
        self.machine = machine
        self.tokens = [*tokens, machine.end] if closed else list(tokens)
        self.masked, self.counts = frozenset(masked), counts or {}
        self.scales: list[float] = []  # P(token i | tokens before)
        self.alphas = [dict(machine.starts)]  # P(state | tokens before)
        for i in range(len(self.tokens)):
            self._forward(i)
        self._betas: list[dict[int, float]] = [{} for _ in range(len(self.tokens) + 1)]

    def _forward(self, i: int) -> None:
        following: dict[int, float] = {}
        for state, a in self.alphas[i].items():
            for target, p in self._arcs(i, state):
                if self._fits(i + 1, target):
                    following[target] = following.get(target, 0.0) + a * p
        scale = sum(following.values())
        if scale:
            following = {state: a / scale for state, a in following.items()}
        self.scales.append(scale)
        self.alphas.append(following)

    def _arcs(self, i: int, state: int):
        """Yield (next state, probability) of the arcs that token i allows."""
        if state == DONE:
            return
        machine, frame = self.machine, state >> BITS
        table = machine.table(state & LOW)
        if i in self.masked:
            for (op, stack), forms in table.by_target.items():
                target = self._target(frame, op, stack, forms)
                if target != DONE:  # what is hidden is a token, not the end
                    yield target, sum(p for _, p in forms)
            return
        form = self.tokens[i]
        arcs = table.by_form.get(form, ())
        if form == machine.names[frame]:  # the hero, or a city of the same name
            arcs = (*arcs, *table.by_form.get(HERO, ()))
        for op, stack, p in arcs:
            end = form == machine.end
            yield (DONE if end else machine.jump(frame, op, stack)), p

    def _target(self, frame: int, op, stack: int, forms) -> int:
        ends = forms[0][0] == self.machine.end
        return DONE if ends else self.machine.jump(frame, op, stack)

    def _fits(self, i: int, state: int) -> bool:
        """Say whether the sentences known to end before token i have ended."""
        n = self.counts.get(i)
        return n is None or self.machine.frames[state >> BITS].n == n

    def beta(self, i: int, state: int) -> float:
        """Return P(tokens i … | state), scaled like the forward pass."""
        if not self._fits(i, state):
            return 0.0
        known = self._betas[i]
        if state not in known:
            known[state] = self._backward(i, state)
        return known[state]

    def _backward(self, i: int, state: int) -> float:
        if i == len(self.tokens):
            return 1.0
        scale = self.scales[i] or 1.0
        arcs = self._arcs(i, state)
        return sum(p * self.beta(i + 1, target) for target, p in arcs) / scale

    def hidden(self, i: int) -> dict[str, float]:
        """Return the distribution of token i, given all the tokens around it."""
        machine, out = self.machine, {}
        for state, a in self.alphas[i].items():
            frame = state >> BITS
            for (op, stack), forms in machine.table(state & LOW).by_target.items():
                target = self._target(frame, op, stack, forms)
                b = a * self.beta(i + 1, target) if target != DONE else 0.0
                if b:
                    for form, p in forms:
                        form = machine.names[frame] if form == HERO else form
                        out[form] = out.get(form, 0.0) + b * p
        total = sum(out.values())
        return {form: p / total for form, p in out.items()}

    def log_prob(self) -> float:
        """Return log P(tokens), −inf if the grammar forbids them."""
        return sum(math.log(s) for s in self.scales) if all(self.scales) else -math.inf


def next_of(machine: Machine, prefix: list[str]) -> dict[str, float]:
    """Return `next_token` for any machine."""
    passes = Passes(machine, prefix, closed=False)
    _check(passes)
    out: dict[str, float] = {}
    for state, a in passes.alphas[-1].items():
        frame = state >> BITS
        for forms in machine.table(state & LOW).by_target.values():
            for form, p in forms:
                form = machine.names[frame] if form == HERO else form
                out[form] = out.get(form, 0.0) + a * p
    return out


def masked_of(
    machine: Machine, tokens: list[str], positions: Sequence[int], counts=None
):
    """Return `masked` for any machine; with `counts`, for the beginning of a text."""
    for i in positions:
        if not 0 <= i < len(tokens):
            raise ValueError(f"position {i} is not in a text of {len(tokens)} tokens")
    passes = Passes(machine, tokens, positions, closed=counts is None, counts=counts)
    _check(passes)
    return [passes.hidden(i) for i in positions]


def _check(passes: Passes) -> None:
    if not all(passes.scales):
        i = passes.scales.index(0.0)
        before = " ".join(passes.tokens[max(0, i - 3) : i])
        raise ValueError(
            f"the world never writes {passes.tokens[i]!r} (token {i}) after "
            f"“… {before}”; try a document of world.documents()"
        )


def nsp_of(machine: Machine, a: list[str], b: list[str], negatives: str) -> float:
    """Return `nsp` for any machine."""
    after_a = Passes(machine, a, closed=False)
    _check(after_a)
    true = _continuation(machine, after_a.alphas[-1], b)
    if negatives == "random":
        false = _continuation(machine, boundary(machine, a.count("."), b), b)
    elif negatives == "swapped":
        cut = b.index(".") + 1
        false = _continuation(machine, after_a.alphas[-1], b[cut:] + b[:cut])
    else:
        raise ValueError(f"negatives={negatives!r}; use 'random' or 'swapped'")
    top = max(true, false)
    if top == -math.inf:
        raise ValueError("b follows neither a nor another document of the world")
    return math.exp(true - top) / (math.exp(true - top) + math.exp(false - top))


def _continuation(machine: Machine, states: dict[int, float], tokens) -> float:
    """Return log P(tokens | the states they start from)."""
    passes = Passes(machine, [], closed=False)
    passes.alphas, passes.tokens = [states], list(tokens)
    for i in range(len(passes.tokens)):
        passes._forward(i)
    return passes.log_prob()


def boundary(machine: Machine, sentences: int, tokens: Sequence[str]):
    """Return {state: probability} after so many sentences of a document that goes on.

    Frames that differ only in the hero's name have the same future unless that name
    comes up in `tokens`, the text that follows: all others are counted as one.
    """
    grammar, out = machine.grammar, {}
    for frame, p in _frames(machine, sentences):
        alike = [one._replace(n=sentences) for one in grammar.alike(frame)]
        named = [one for one in alike if grammar.name_of(one) in tokens]
        others = [one for one in alike if one not in named]
        groups = [(one, 1) for one in named]
        groups += [(others[0], len(others))] if others else []
        for one, n in groups:
            state = machine.fresh(one)
            out[state] = out.get(state, 0.0) + p * n / len(alike)
    return out


@cache
def _frames(machine: Machine, sentences: int) -> tuple[tuple, ...]:
    """Return [(representative frame, probability)] after so many sentences."""
    if sentences < 1:
        raise ValueError(f"{sentences} sentences before b; give a at least one")
    now = dict(machine.starts)
    for _ in range(sentences):
        after: dict = {}
        for state, p in now.items():
            for frame, q in _sentence(machine, state):
                after[frame] = after.get(frame, 0.0) + p * q
        now = {machine.fresh(frame): p for frame, p in after.items()}
    return tuple(after.items())


@cache
def _sentence(machine: Machine, state: int) -> tuple:
    """Return [(representative frame after one sentence, probability)]."""
    grammar, start = machine.grammar, machine.frames[state >> BITS]
    layer, ends = {state: 1.0}, {}
    while layer:
        following: dict[int, float] = {}
        for at, p in layer.items():
            frame = at >> BITS
            for (op, stack), forms in machine.table(at & LOW).by_target.items():
                if forms[0][0] == machine.end:
                    continue
                target = machine.jump(frame, op, stack)
                q = p * sum(share for _, share in forms)
                after = machine.frames[target >> BITS]
                if after.n > start.n:
                    key = grammar.representative(after)
                    ends[key] = ends.get(key, 0.0) + q
                else:
                    following[target] = following.get(target, 0.0) + q
        layer = following
    return tuple(ends.items())
