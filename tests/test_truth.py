"""The truth: proved by brute force on a tiny grammar, by frequency on the world."""

import math
from collections import Counter
from typing import NamedTuple

import pytest

from helpers.corpora import truth, world
from helpers.corpora.grammar import forward_backward, next_sentence
from helpers.corpora.grammar import lexicon as lex
from helpers.corpora.grammar.machine import DONE, Arcs, Machine, tables
from helpers.corpora.grammar.words import END, HERO, Word


def w(form: str, op=None) -> Word:
    return Word(form, form, "X", op=op)


class Memory(NamedTuple):
    """What the tiny writer remembers."""

    scene: str
    hero: str | None = None
    n: int = 0


class Tiny:
    """A grammar small enough to write down every document: 1 or 2 sentences."""

    def starts(self):
        return [(0.7, Memory("a")), (0.3, Memory("b"))]

    def opening(self, memory):
        if memory.n == 2:
            return (w(END),)
        return (("FIRST",),) if memory.n == 0 else (("LATER",),)

    def expand(self, scene, symbol):
        return {
            "FIRST": [(1.0, (("NAME",), ("DOES",), w(".")))],
            "NAME": [
                (0.6, (w("Al", ("hero", "Al")),)),
                (0.4, (w("Bo", ("hero", "Bo")),)),
            ],
            # "sees Al" both as a city and, later, as the hero: two derivations
            "DOES": [
                (0.5, (w("sees"), ("CITY",))),
                (0.5, (w("runs" if scene == "a" else "sits"),)),
            ],
            "CITY": [(0.5, (w("Al"),)), (0.5, (w("Rome"),))],
            "LATER": [
                (0.25, (w(END),)),
                (0.35, (w(HERO), ("DOES",), w("."))),
                (0.4, (("CITY",), ("DOES",), w("."))),
            ],
        }[symbol[0]]

    def apply(self, memory, op):
        return memory._replace(hero=op[1])

    def advance(self, memory):
        return memory._replace(n=memory.n + 1)

    def name_of(self, memory):
        return memory.hero

    def representative(self, memory):
        return memory._replace(n=1)

    def alike(self, memory):
        return [memory]


def write_down(machine: Machine) -> dict[tuple[str, ...], float]:
    """Return every document with its probability, by walking every path."""
    out: Counter = Counter()
    agenda = [((), state, p) for state, p in machine.starts.items()]
    while agenda:
        text, state, p = agenda.pop()
        frame, number = state
        table = machine.table(number)
        last = 0.0
        for (word, op, stack), total in zip(table.arcs, table.cumulative, strict=True):
            q, last = min(total, 1.0) - last, min(total, 1.0)
            form = machine.names[frame] if word.form == HERO else word.form
            following = machine.jump(frame, op, stack)
            if form == END:
                assert following == DONE
                out[text] += p * q
            else:
                agenda.append(((*text, form), following, p * q))
    return out


@pytest.fixture(scope="module")
def tiny():
    machine = Machine(Tiny(), END)
    return machine, write_down(machine)


def test_all_documents_of_the_tiny_grammar_sum_to_one(tiny):
    machine, documents = tiny
    assert len(documents) > 30
    found = {
        d: math.exp(forward_backward.Passes(machine, d).log_prob()) for d in documents
    }
    assert sum(found.values()) == pytest.approx(1, abs=1e-9)
    for d, p in documents.items():
        assert found[d] == pytest.approx(p, abs=1e-9), d


def test_next_token_equals_enumeration(tiny):
    machine, documents = tiny
    prefixes = {d[:i] for d in documents for i in range(len(d) + 1)}
    for prefix in prefixes:
        n, wanted = len(prefix), Counter()
        for d, p in documents.items():
            if d[:n] == prefix:
                wanted[(*d, END)[n]] += p
        total = sum(wanted.values())
        found = forward_backward.next_of(machine, list(prefix))
        assert set(found) == set(wanted)
        for token, p in wanted.items():
            assert found[token] == pytest.approx(p / total, abs=1e-9)


@pytest.mark.parametrize("hide", [[0], [1], [2], [0, 2], [1, 2], [0, 1, 2], [2, 4]])
def test_masked_equals_enumeration(tiny, hide):
    machine, documents = tiny
    checked = 0
    for text in [d for d in documents if len(d) > max(hide)][::3]:
        same = [
            (d, p)
            for d, p in documents.items()
            if len(d) == len(text)
            and all(
                a == b
                for i, (a, b) in enumerate(zip(d, text, strict=True))
                if i not in hide
            )
        ]
        found = forward_backward.masked_of(machine, list(text), hide)
        for i, one in zip(hide, found, strict=True):
            wanted: Counter = Counter()
            for d, p in same:
                wanted[d[i]] += p
            total = sum(wanted.values())
            assert set(one) == set(wanted)
            for token, p in wanted.items():
                assert one[token] == pytest.approx(p / total, abs=1e-9)
                checked += 1
    assert checked


def test_nsp_equals_enumeration(tiny):
    machine, documents = tiny
    long = {d: p for d, p in documents.items() if d.count(".") == 2}
    split = {d: d.index(".") + 1 for d in long}
    second: Counter = Counter()
    for d, p in long.items():
        second[d[split[d] :]] += p / sum(long.values())
    for d in list(long)[::7]:
        a, b = d[: split[d]], d[split[d] :]
        same_start = sum(p for e, p in documents.items() if e[: len(a)] == a)
        true = long[d] / same_start
        goes_on = sum(long.values())  # b may be the end as well: P(b) counts those too
        false = second[b] * goes_on
        found = next_sentence.nsp_of(machine, list(a), list(b), "random")
        assert found == pytest.approx(true / (true + false), abs=1e-9)


def test_swapped_sentences_are_judged_by_their_order():
    d = next(d for d in world.documents(50, 3) if any(w.refers for w in d.words))
    a, b, _ = truth.pairs([d], "swapped")[0]
    p = truth.nsp(a, b, "swapped")
    cut = b.index(".") + 1
    assert p + truth.nsp(a, b[cut:] + b[:cut], "swapped") == pytest.approx(1)
    with pytest.raises(ValueError, match="'random' or 'swapped'"):
        truth.nsp(a, b, "other")


def test_the_surprisals_of_a_document_sum_to_its_log_probability():
    for d in world.documents(30, seed=5):
        found = sum(truth.surprisals(d.tokens))
        assert found == pytest.approx(-truth.log_prob(d.tokens), abs=1e-9)
        assert math.isfinite(found)


def test_frequencies_on_the_world_agree_with_next_token():
    documents = world.documents(40_000, seed=6)
    first = Counter(d.tokens[0] for d in documents)
    assert_agree(first, truth.next_token([]), len(documents))
    prefix = ("today", "Anna", "is")
    after = [d.tokens[3] for d in documents if d.tokens[:3] == prefix]
    assert len(after) > 200
    assert_agree(Counter(after), truth.next_token(prefix), len(after))
    starts = Counter(d.tokens[7] for d in documents if d.tokens[6] == ".")
    wanted: Counter = Counter()
    kinds = Counter(d.tokens[:7] for d in documents if d.tokens[6] == ".")
    for text, n in kinds.most_common(400):
        for token, p in truth.next_token(text).items():
            wanted[token] += p * n
    seen = [d for d in documents if d.tokens[:7] in dict(kinds.most_common(400))]
    starts = Counter(d.tokens[7] for d in seen)
    assert_agree(starts, {t: p / len(seen) for t, p in wanted.items()}, len(seen))


def test_the_states_after_two_sentences_agree_with_frequencies():
    """The prior of a next sentence whose beginning is not known."""
    machine = world.machine()
    heroes = {name for names in lex.HEROES.values() for name in names.split()}
    wanted: Counter = Counter()
    for (_, stack), p in next_sentence.boundary(machine, 2, ()).items():
        table = machine.table(stack)
        for form, arcs in table.by_form.items():
            name = "a hero" if form == HERO or form in heroes else form
            wanted[name] += p * sum(q for *_, q in arcs)
    documents = world.documents(20_000, seed=11)
    thirds = [d.tokens[d.sentences[2][0]] for d in documents]
    seen = Counter("a hero" if token in heroes else token for token in thirds)
    assert_agree(seen, wanted, len(documents))


def test_naming_heroes_apart_changes_no_probability():
    machine = world.machine()
    for d in world.documents(5, seed=12):
        start, end = d.sentences[2][0], d.sentences[3][1]
        text = list(d.tokens[start:end])
        few = next_sentence.boundary(machine, 2, text)
        many = next_sentence.boundary(machine, 2, [*text, *lex.HEROES["she"].split()])
        assert sum(few.values()) == pytest.approx(1) == sum(many.values())
        assert len(few) < len(many)
        found = [next_sentence._continuation(machine, s, text) for s in (few, many)]
        assert found[0] == pytest.approx(found[1], abs=1e-9)


def assert_agree(counts: Counter, p: dict, n: int):
    """Within 5 standard errors for every token, and nothing unforeseen."""
    assert set(counts) <= set(p)
    assert sum(p.values()) == pytest.approx(1)
    for token, q in p.items():
        error = math.sqrt(q * (1 - q) / n)
        assert abs(counts[token] / n - q) < 5 * error + 1 / n, token


@pytest.mark.parametrize("hide", [[0], [2], [3], [2, 3], [1, 2, 3], [0, 3, 5]])
def test_masked_with_known_sentence_ends_equals_enumeration(tiny, hide):
    machine, documents = tiny
    checked = 0
    for text in [d for d in documents if d.count(".") == 2 and len(d) > max(hide)]:
        cut = text.index(".") + 1
        counts = {cut: 1, len(text): 2}
        same: Counter = Counter()
        for d, p in documents.items():
            ends = [i + 1 for i, token in enumerate(d) if token == "."]
            kept = all(
                i in hide or d[i : i + 1] == text[i : i + 1] for i in range(len(text))
            )
            if kept and ends == [cut, len(text)]:
                same[d] += p
        found = forward_backward.masked_of(machine, list(text), hide, counts)
        for i, one in zip(hide, found, strict=True):
            wanted: Counter = Counter()
            for d, p in same.items():
                wanted[d[i]] += p
            assert set(one) == {t for t in wanted if wanted[t]}
            for token, p in wanted.items():
                assert one[token] == pytest.approx(p / sum(same.values()), abs=1e-9)
            checked += 1
    assert checked > 20


def test_a_hidden_sentence_end_is_known_where_the_pair_is_cut():
    a, b, _ = truth.pairs(world.documents(3, seed=4), "random")[0]
    found = truth.masked_pair(a, b, [len(a) - 1, len(a) + len(b) - 1])
    assert [one.get(".") for one in found] == pytest.approx([1, 1])


def test_masked_agrees_with_bayes_rule_on_the_world():
    d = world.documents(5, seed=8)[3]
    for i in (0, 4, 7, len(d) - 2):
        found = truth.masked(d.tokens, [i])[0]
        joint = {}
        for token in list(found)[:12]:
            changed = [*d.tokens[:i], token, *d.tokens[i + 1 :]]
            joint[token] = math.exp(truth.log_prob(changed))
        for a in joint:
            for b in joint:
                assert found[a] * joint[b] == pytest.approx(
                    found[b] * joint[a], abs=1e-12
                )


def test_hiding_more_tokens_can_only_hide_information():
    """Averaged over what is written, a second mask costs nats (it never helps)."""
    alone = together = 0.0
    for d in world.documents(60, seed=10):
        i = len(d) // 2
        alone -= math.log(truth.masked(d.tokens, [i])[0][d.tokens[i]])
        both = truth.masked(d.tokens, [i - 1, i, i + 1])[1]
        together -= math.log(both[d.tokens[i]])
    assert together > alone


def test_impossible_text_is_named():
    assert truth.log_prob(["the", "the"]) == -math.inf
    with pytest.raises(ValueError, match="never writes 'bank'"):
        truth.next_token(["Anna", "bank"])
    with pytest.raises(ValueError, match="position 9"):
        truth.masked(["Anna", "waits"], [9])


def test_entropy_and_cross_entropy_by_hand():
    assert truth.entropy([0.5, 0.5]) == pytest.approx(math.log(2))
    assert truth.entropy([1.0, 0.0]) == 0
    assert truth.cross_entropy([0.5, 0.5], [0.9, 0.1]) == pytest.approx(
        -0.5 * math.log(0.09)
    )
    assert truth.cross_entropy([0.5, 0.5], [1.0, 0.0]) == math.inf
    with pytest.raises(ValueError, match="sums to"):
        truth.entropy([0.5, 0.4])
    with pytest.raises(ValueError, match="equally many"):
        truth.cross_entropy([1.0], [0.5, 0.5])


def test_the_plain_forward_algorithm_agrees_with_the_passes():
    arcs = Arcs(world.machine())
    for document in world.documents(10, seed=31):
        tokens = [*document.tokens, END]
        found = forward_backward.forward(world.machine().starts, arcs, tokens)
        wanted = truth.surprisals(document.tokens)
        assert [-math.log(p) for p in found] == pytest.approx(wanted)
    found = forward_backward.forward(world.machine().starts, arcs, ["of", "the"])
    assert found == [0, 0]  # no story begins so


def test_the_arcs_of_a_state_sum_to_one():
    arcs = Arcs(world.machine())
    for state in list(world.machine().starts)[:20]:
        assert sum(p for *_, p in arcs[state]) == pytest.approx(1)
        assert all(HERO != token for token, *_ in arcs[state])


def test_next_tokens_are_the_next_token_of_each_beginning():
    tokens = world.documents(1, seed=32)[0].tokens[:9]
    found = truth.next_tokens(tokens)
    assert len(found) == 10
    for i, shares in enumerate(found):
        assert shares == pytest.approx(truth.next_token(tokens[:i]))
    with pytest.raises(ValueError, match="never writes 'of'"):
        truth.next_tokens(["of"])


def test_a_small_machine_as_tables():
    arcs = {
        "start": [("x", "left", 0.2), ("y", "left", 0.2), ("x", "right", 0.6)],
        "left": [("z", "start", 1.0)],
        "right": [("z", "start", 1.0)],
    }
    states, moves, says = tables(arcs)
    assert states == ["start", "left", "right"]
    assert moves.tolist() == [[0, 0.4, 0.6], [0, 0.4, 0.6], [1, 0, 0], [1, 0, 0]]
    assert says == {"x": [0, 0.5, 1], "y": [0, 0.5, 0], "z": [1, 0, 0]}
    arcs["right"] = [("y", "left", 1.0)]
    with pytest.raises(ValueError, match="'y' into 'left'"):
        tables(arcs)
