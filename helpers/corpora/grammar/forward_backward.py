"""Forward and backward passes: every probability of a finite-state machine.

One pass over sparse sets of states (Rabiner 1989, Proc. IEEE 77, sec. III); different
derivations of one text simply add up. Works for any grammar that `machine.Machine` can
compile; `truth` asks it about the world. Built in notebooks/00_start_here.ipynb.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from helpers.corpora.grammar.machine import ENDED, Machine, State
from helpers.corpora.grammar.words import HERO


def forward(
    starts: Mapping[State, float],
    arcs: Mapping[State, Sequence[tuple[str, State, float]]],
    tokens: Iterable[str],
) -> list[float]:
    """Return P(token | tokens before) of each token: the forward algorithm, plainly.

    `starts` {state: probability}; `arcs` {state: [(token, next state, probability)]}.
    From a token that cannot be there on, all probabilities are 0. `Passes` is the same
    with more. Source: Rabiner 1989, sec. III. Built in notebooks/00_start_here.ipynb.
    """
    before = dict(starts)
    found = []
    for token in tokens:
        after: dict[State, float] = {}
        for state, p in before.items():
            for said, target, q in arcs[state]:
                if said == token:
                    after[target] = after.get(target, 0.0) + p * q
        total = sum(after.values())
        found.append(total)
        before = {state: p / total for state, p in after.items()}
    return found


class Passes:
    """Forward and backward passes of one machine over one text.

    `tokens` is a document's tokens; END is added if it is `closed`. Positions in
    `masked` are hidden: any token may stand there. `counts` {i: n}: the first i tokens
    are known to be n whole sentences. `starts` {state: probability} replaces the
    machine's own. Scaled so that long texts do not underflow.
    """

    def __init__(
        self,
        machine: Machine,
        tokens: Iterable[str],
        masked: Iterable[int] = (),
        closed: bool = True,
        counts: Mapping[int, int] | None = None,
        starts: Mapping[State, float] | None = None,
    ):
        self.machine = machine
        self.tokens = list(tokens)
        if closed:
            self.tokens.append(machine.end)
        self.masked = frozenset(masked)
        self.counts = counts or {}
        self.scales: list[float] = []  # P(token i | tokens before)
        # P(state | tokens before), for each number of tokens
        self.alphas = [dict(machine.starts if starts is None else starts)]
        for i in range(len(self.tokens)):
            self._forward(i)
        self._betas: dict[tuple[int, State], float] = {}

    def _forward(self, i: int) -> None:
        """Go from the states before token i to those after it."""
        following: dict[State, float] = {}
        counted = i + 1 in self.counts
        for state, alpha in self.alphas[i].items():
            for target, p in self._arcs(i, state):
                if not counted or self._fits(i + 1, target):
                    following[target] = following.get(target, 0.0) + alpha * p
        scale = sum(following.values())
        if scale:
            following = {state: p / scale for state, p in following.items()}
        self.scales.append(scale)
        self.alphas.append(following)

    def _arcs(self, i: int, state: State) -> Iterator[tuple[State, float]]:
        """Yield (next state, probability) of the arcs that token i allows."""
        machine = self.machine
        frame, stack = state
        table = machine.table(stack)
        if i in self.masked:  # what is hidden is a token, not the end
            for op, following, p in table.of_targets:
                yield machine.jump(frame, op, following), p
            return
        form = self.tokens[i]
        arcs = table.by_form.get(form, [])
        if form == machine.names[frame]:  # the hero, or a city of the same name
            arcs = arcs + table.by_form.get(HERO, [])
        for op, following, p in arcs:
            yield machine.jump(frame, op, following), p

    def _fits(self, i: int, state: State) -> bool:
        """Say whether the sentences known to end before token i have ended."""
        count = self.counts.get(i)
        return count is None or self.machine.frames[state[0]].n == count

    def beta(self, i: int, state: State) -> float:
        """Return P(tokens i … | state), scaled like the forward pass."""
        if not self._fits(i, state):
            return 0.0
        key = (i, state)
        if key not in self._betas:
            self._betas[key] = self._backward(i, state)
        return self._betas[key]

    def _backward(self, i: int, state: State) -> float:
        if i == len(self.tokens):
            return 1.0
        arcs = self._arcs(i, state)
        total = sum(p * self.beta(i + 1, target) for target, p in arcs)
        return total / (self.scales[i] or 1.0)

    def hidden(self, i: int) -> dict[str, float]:
        """Return the distribution of token i, given all the tokens around it."""
        machine = self.machine
        found: dict[str, float] = {}
        for (frame, stack), alpha in self.alphas[i].items():
            for (op, following), forms in machine.table(stack).by_target.items():
                if following == ENDED:
                    continue
                target = machine.jump(frame, op, following)
                weight = alpha * self.beta(i + 1, target)
                if weight:
                    _add(found, forms, weight, machine.names[frame])
        total = sum(found.values())
        return {form: p / total for form, p in found.items()}

    def log_prob(self) -> float:
        """Return log P(tokens), −inf if the grammar forbids them."""
        if not all(self.scales):
            return -math.inf
        return sum(math.log(scale) for scale in self.scales)


def _add(
    found: dict[str, float],
    forms: list[tuple[str, float]],
    weight: float,
    hero: str | None,
) -> None:
    """Add the weighted probabilities of these forms; HERO stands for the name."""
    for form, p in forms:
        if form == HERO:
            form = hero
        found[form] = found.get(form, 0.0) + weight * p


def next_of(machine: Machine, prefix: Sequence[str]) -> dict[str, float]:
    """Return `truth.next_token` for any machine."""
    passes = Passes(machine, prefix, closed=False)
    check(passes)
    return _next(machine, passes.alphas[-1])


def each_next_of(machine: Machine, tokens: Sequence[str]) -> list[dict[str, float]]:
    """Return `truth.next_tokens` for any machine."""
    passes = Passes(machine, tokens, closed=False)
    check(passes)
    return [_next(machine, alphas) for alphas in passes.alphas]


def _next(machine: Machine, alphas: Mapping[State, float]) -> dict[str, float]:
    """Return the distribution of the next token, from P(state)."""
    found: dict[str, float] = {}
    for (frame, stack), alpha in alphas.items():
        for forms in machine.table(stack).by_target.values():
            _add(found, forms, alpha, machine.names[frame])
    return found


def masked_of(
    machine: Machine,
    tokens: Sequence[str],
    positions: Sequence[int],
    counts: Mapping[int, int] | None = None,
) -> list[dict[str, float]]:
    """Return `truth.masked` for any machine; with `counts`, for a text that goes on."""
    for i in positions:
        if not 0 <= i < len(tokens):
            raise ValueError(f"position {i} is not in a text of {len(tokens)} tokens")
    passes = Passes(machine, tokens, positions, closed=counts is None, counts=counts)
    check(passes)
    return [passes.hidden(i) for i in positions]


def check(passes: Passes) -> None:
    """Raise the error that names the first token which the grammar forbids."""
    if not all(passes.scales):
        i = passes.scales.index(0.0)
        before = " ".join(passes.tokens[max(0, i - 3) : i])
        raise ValueError(
            f"the world never writes {passes.tokens[i]!r} (token {i}) after "
            f"“… {before}”; try a document of world.documents()"
        )
