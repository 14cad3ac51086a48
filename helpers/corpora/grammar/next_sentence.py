"""Does a text follow another? Exact probabilities for any machine.

The other text of a pair may be anything that stands at the same place of some document,
so its beginning needs the probability of every state after so many sentences.
Built in notebooks/11_bert_input.ipynb.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cache

from helpers.corpora.grammar.forward_backward import Passes, check
from helpers.corpora.grammar.machine import ENDED, Machine, State


def nsp_of(
    machine: Machine, a: Sequence[str], b: Sequence[str], negatives: str
) -> float:
    """Return `truth.nsp` for any machine; a and b are lists."""
    if negatives not in ("random", "swapped"):
        raise ValueError(f"negatives={negatives!r}; use 'random' or 'swapped'")
    passes = Passes(machine, a, closed=False)
    check(passes)
    after_a = passes.alphas[-1]
    true = _continuation(machine, after_a, b)
    if negatives == "random":
        elsewhere = boundary(machine, a.count("."), b)
        false = _continuation(machine, elsewhere, b)
    else:
        cut = b.index(".") + 1
        false = _continuation(machine, after_a, b[cut:] + b[:cut])
    top = max(true, false)
    if top == -math.inf:
        raise ValueError("b follows neither a nor another document of the world")
    # Both are divided by the larger one, since they are too small for a float.
    return math.exp(true - top) / (math.exp(true - top) + math.exp(false - top))


def _continuation(
    machine: Machine, states: Mapping[State, float], tokens: Sequence[str]
) -> float:
    """Return log P(tokens | the states they start from)."""
    return Passes(machine, tokens, closed=False, starts=states).log_prob()


def boundary(
    machine: Machine, sentences: int, tokens: Sequence[str]
) -> dict[State, float]:
    """Return {state: probability} after so many sentences of a document that goes on.

    Frames that differ only in the hero's name have the same future unless that name
    comes up in `tokens`, the text that follows: all others are counted as one.
    """
    grammar = machine.grammar
    found: dict[State, float] = {}
    for frame, p in _frames(machine, sentences):
        alike = [one._replace(n=sentences) for one in grammar.alike(frame)]
        groups = [(one, 1) for one in alike if grammar.name_of(one) in tokens]
        others = [one for one in alike if grammar.name_of(one) not in tokens]
        if others:
            groups.append((others[0], len(others)))
        for one, n in groups:
            state = machine.fresh(one)
            found[state] = found.get(state, 0.0) + p * n / len(alike)
    return found


@cache
def _frames(machine: Machine, sentences: int) -> list[tuple[tuple, float]]:
    """Return [(representative frame, probability)] after so many sentences."""
    if sentences < 1:
        raise ValueError(f"{sentences} sentences before b; give a at least one")
    now = machine.starts
    for _ in range(sentences):
        # All heroes of a gender are counted as one, so the states stay few.
        after: dict[tuple, float] = {}
        for state, p in now.items():
            for frame, q in _sentence(machine, state).items():
                after[frame] = after.get(frame, 0.0) + p * q
        now = {machine.fresh(frame): p for frame, p in after.items()}
    return list(after.items())


@cache
def _sentence(machine: Machine, state: State) -> dict[tuple, float]:
    """Return {representative frame after one sentence: probability}."""
    start = machine.frames[state[0]]
    ends: dict[tuple, float] = {}
    layer = {state: 1.0}
    while layer:  # the states after one more token
        following_layer: dict[State, float] = {}
        for (frame, stack), p in layer.items():
            for (op, following), forms in machine.table(stack).by_target.items():
                if following == ENDED:
                    continue
                target = machine.jump(frame, op, following)
                q = p * sum(share for _, share in forms)
                after = machine.frames[target[0]]
                if after.n == start.n:
                    following_layer[target] = following_layer.get(target, 0.0) + q
                else:
                    key = machine.grammar.representative(after)
                    ends[key] = ends.get(key, 0.0) + q
        layer = following_layer
    return ends
