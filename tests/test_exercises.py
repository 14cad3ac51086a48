"""Exercises: stubs fail, solutions pass, plausible wrong answers fail kindly."""

import importlib
import json
import math
import re
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from helpers import lesson
from helpers.lesson import exercises
from helpers.lesson.examples import EXERCISES
from helpers.models import positions, reach, word_vectors
from helpers.models.biases import relative_bias

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


def _each_batch_alone(w, batches, share):
    """Gradient of Σ over batches of (sum of squares) · share(rows of this batch)."""
    w = w.detach().clone().requires_grad_()
    for x, y in batches:
        (((x @ w - y) ** 2).sum() * share(len(y))).backward()
    return w.grad


WRONG = {
    "block_parameters": [
        lambda c, f: 4 * c * c + 2 * c * f + 4 * c,  # no biases
        lambda c, f: 4 * (c * c + c) + 2 * c * f + f + c,  # no norms
        lambda c, f: 4 * (c * c + c) + 2 * c * f + 2 * c + 4 * c,  # bias of C, not F
    ],
    "joined_mean": [
        lambda means, counts: sum(means) / len(means),
        lambda means, counts: sum(m * n for m, n in zip(means, counts, strict=True)),
    ],
    "accumulated_gradient": [
        lambda w, batches: _each_batch_alone(w, batches, lambda n: 1 / n),  # of means
        lambda w, batches: _each_batch_alone(
            w, batches, lambda n: 1 / n / len(batches)
        ),  # the mean of means
        lambda w, batches: _each_batch_alone(w, batches, lambda n: 1.0),  # the sum
    ],
    "learning_rate": [
        lambda t, n, peak, up: peak * min(1, (t + 1) / (up * n)),  # never comes down
        lambda t, n, peak, up: peak * (n - t) / n,  # no way up
        lambda t, n, peak, up: (
            peak * t / (up * n) if t < up * n else peak * (n - t) / (n - up * n)
        ),  # begins at 0
    ],
    "adamw_step": [
        lambda w, g, m, s, t, lr: (w - lr * g, m, s),  # plain gradient descent
        lambda w, g, m, s, t, lr: (  # the young means are not corrected
            w * (1 - 0.01 * lr)
            - lr * (0.9 * m + 0.1 * g) / ((0.999 * s + 0.001 * g**2).sqrt() + 1e-8),
            0.9 * m + 0.1 * g,
            0.999 * s + 0.001 * g**2,
        ),
    ],
    "unigram_loss": [
        lambda counts, t: -(counts / counts.sum()).log()[t[t != -100]].mean(),
        lambda counts, t: -((counts + 1) / (counts + 1).sum()).log()[t].mean(),
        lambda counts, t: -((counts + 1) / counts.sum()).log()[t[t != -100]].mean(),
    ],
    "first_pieces": [
        lambda labels, begins, n: list(labels) + [-100] * (n - len(labels)),
        lambda labels, begins, n: [
            labels[sum(b <= i for b in begins) - 1] for i in range(n)
        ],  # every piece
        lambda labels, begins, n: [
            labels[begins.index(i)] if i in begins else 0 for i in range(n)
        ],  # 0 is a class
    ],
    "best_span": [
        lambda s, e: (s.argmax().item(), e.argmax().item() + 1),  # each alone
        lambda s, e: divmod((s[:, None] + e).argmax().item(), len(e)),  # may be illegal
        lambda s, e: _span_after_the_best_start(s, e),
    ],
    "token_f1": [
        lambda a, b: len(set(a) & set(b)) / max(1, len(set(a) | set(b))),  # Jaccard
        lambda a, b: 2 * len(set(a) & set(b)) / max(1, len(a) + len(b)),  # counts once
        lambda a, b: float(a == b),  # exact
    ],
    "weight_on": [
        lambda w, targets, asked: (w * targets[:, None]).sum(-1).mean((1, 3)),  # all
        lambda w, targets, asked: (
            (w * targets[:, None]).sum(-1) * asked[:, None]
        ).mean((1, 3)),
    ],
    "best_offset": [
        lambda gold: ((gold - torch.arange(gold.shape[1])).mode().values[0], 1.0),
        lambda gold: (-1, ((gold - torch.arange(gold.shape[1])) == -1).float().mean()),
    ],
    "head_shares": [
        lambda w, gold: (w.argmax(-1) == gold[:, None]).float().mean((1, 3)),
        lambda w, gold: (  # the token itself counts
            ((w.argmax(-1) == gold[:, None]) & (gold >= 0)[:, None]).sum((1, 3))
            / (gold >= 0).sum()
        ),
    ],
    "bare": [
        lambda text: text.lower(),  # keeps the accents
        lambda text: unicodedata.normalize("NFD", text).lower(),  # keeps the marks
    ],
    "masked_loss": [
        lambda y, t: F.cross_entropy(y.flatten(0, 1), t.clamp(min=0).flatten()),
        lambda y, t: F.cross_entropy(
            y.flatten(0, 1), t.flatten(), ignore_index=-100, reduction="sum"
        ),
    ],
    "cut": [
        lambda word, known: [word] if word in known else ["[UNK]"],
        lambda word, known: [c for c in word if c in known],
        lambda word, known: [word[:2], "##" + word[2:]],
    ],
    "lstm_step": [
        lambda x, h, c, W, U, b: _lstm_wrong(x, h, c, W, U, b, "no output gate"),
        lambda x, h, c, W, U, b: _lstm_wrong(x, h, c, W, U, b, "order i f o g"),
        lambda x, h, c, W, U, b: _lstm_wrong(x, h, c, W, U, b, "adds no old cell"),
    ],
    "gru_step": [
        lambda x, h, W, U, b, d: _gru_wrong(x, h, W, U, b, d, "z the other way"),
        lambda x, h, W, U, b, d: _gru_wrong(x, h, W, U, b, d, "no reset"),
    ],
    "scalar_mix": [
        lambda layers, w, gamma: gamma * sum(layers) / len(layers),  # ignores w
        lambda layers, w, gamma: gamma * sum(a * h for a, h in zip(w, layers)),  # noqa: B905
        lambda layers, w, gamma: sum(
            a * h
            for a, h in zip(w.softmax(0), layers)  # noqa: B905 (forgets gamma)
        ),
    ],
    "highway": [
        lambda x, W, b, V, c: (W @ x + b).relu(),  # carries nothing
        lambda x, W, b, V, c: (
            (V @ x + c).sigmoid() * x
            + (1 - (V @ x + c).sigmoid()) * (W @ x + b).relu()  # the wrong way round
        ),
    ],
    "reverse_real": [
        lambda x, mask: x.flip(1),  # turns the padding, too
        lambda x, mask: x,
    ],
    "teach": [
        lambda targets: _teach_wrong(targets, [], [3]),  # no BOS
        lambda targets: _teach_wrong(targets, [2], []),  # no EOS
        lambda targets: _teach_wrong(targets, [2], [3])[1::-1] + (None,),
    ],
    "log_probabilities": [
        lambda m, x, mask, out: _log_p_wrong(m, x, mask, out, []),  # forgets EOS
        lambda m, x, mask, out: _log_p_wrong(m, x, mask, out, [3]) / 3,  # a mean
        lambda m, x, mask, out: _log_p_wrong(m, x, mask | True, out, [3]),  # padding
    ],
    "mixed_inputs": [
        lambda m, batch, share: batch.inputs,  # never mixes
        lambda m, batch, share: _mixed_wrong(m, batch, share, 0),  # not one step later
        lambda m, batch, share: _mixed_wrong(m, batch, 1 - share, 1),  # the others
    ],
    "general_scores": [
        lambda q, k, W: (q @ W @ k.T).softmax(-1),  # already shares
        lambda q, k, W: k @ W.T @ q.T,  # keys are rows
        lambda q, k, W: q @ W.abs() @ k.T,
    ],
    "additive_scores": [
        lambda q, k, W, U, v: ((q @ W.T)[:, None] + (k @ U.T)[None]) @ v,  # no tanh
        lambda q, k, W, U, v: ((q @ W.T)[:, None] + k @ U.T).tanh().sum(-1),  # no v
    ],
    "nadaraya_watson": [
        lambda x, xs, ys, w: (-((x[:, None] - xs) ** 2) / w).softmax(-1) @ ys,
        lambda x, xs, ys, w: (-((x[:, None] - xs) ** 2) / (2 * w**2)).exp() @ ys,
        lambda x, xs, ys, w: ys[(x[:, None] - xs).abs().argmin(-1)],  # the nearest
    ],
    "tempered": [
        lambda logits, t: (logits * t).softmax(-1),  # the other way
        lambda logits, t: logits.softmax(-1) / t,  # after the softmax
    ],
    "keep_top_k": [
        lambda logits, k: logits.topk(k).values,  # the places are lost
        lambda logits, k: logits * (logits >= logits.topk(k).values[-1]),  # 0, not −∞
    ],
    "keep_nucleus": [
        lambda logits, p: logits.masked_fill(logits.softmax(-1) < p, -math.inf),
        lambda logits, p: _nucleus_without_the_last(logits, p),
    ],
    "last_real": [
        lambda states, mask: states[:, -1],  # reads the padding
        lambda states, mask: states[:, 0],  # the first
    ],
    "layer_norm": [
        lambda x, scale, shift: x * scale + shift,  # no norm
        lambda x, scale, shift: _normed(x, (0, 1)) * scale + shift,  # all tokens
        lambda x, scale, shift: _normed(x, -1),  # no scale and shift
        lambda x, scale, shift: (x - x.mean(-1, keepdim=True)) * scale + shift,
    ],
    "gelu": [
        lambda x: x.relu(),
        lambda x: x * (1.702 * x).sigmoid(),  # the coarse approximation
        lambda x: x * torch.erf(x / math.sqrt(2)),
        lambda x: 0.5 * (1 + torch.erf(x / math.sqrt(2))),  # forgets x
    ],
    "pre_norm_step": [
        lambda x, part, scale, shift: part(_normed(x, -1) * scale + shift),  # no skip
        lambda x, part, scale, shift: _normed(x + part(x), -1) * scale + shift,  # post
        lambda x, part, scale, shift: x + _normed(part(x), -1) * scale + shift,
    ],
    "feed_forward": [
        lambda x, W_1, b_1, W_2, b_2: W_2 @ (W_1 @ x + b_1) + b_2,  # no bend
        lambda x, W_1, b_1, W_2, b_2: x + W_2 @ F.gelu(W_1 @ x + b_1) + b_2,
        lambda x, W_1, b_1, W_2, b_2: W_2 @ F.relu(W_1 @ x + b_1) + b_2,
    ],
    "attention": [
        lambda q, k, v, m: _attend_wrong(q, k, v, m, 1.0),  # forgets √D
        lambda q, k, v, m: _attend_wrong(q, k, v, m, q.shape[-1]),  # D, not √D
        lambda q, k, v, m: _attend_wrong(q, k, v, m | True, q.shape[-1] ** 0.5),
        lambda q, k, v, m: _attend_wrong(q, k, v, m, q.shape[-1] ** 0.5, -2),
    ],
    "causal_mask": [
        lambda n: ~torch.ones(n, n, dtype=torch.bool).tril(),  # True = forbidden
        lambda n: torch.ones(n, n, dtype=torch.bool).tril(-1),  # not even itself
        lambda n: torch.ones(n, n, dtype=torch.bool).triu(),  # sees the future
    ],
    "masked_softmax": [
        lambda scores, mask: scores.softmax(-1) * mask,  # rows sum to less than 1
        lambda scores, mask: (scores * mask).softmax(-1),  # 0 is a score, too
        lambda scores, mask: scores.masked_fill(mask, -math.inf).softmax(-1),
    ],
    "split_heads": [
        lambda x, n: x.reshape(len(x), n, x.shape[1], -1),  # right shape, wrong numbers
        lambda x, n: x.unflatten(-1, (-1, n)).permute(0, 3, 1, 2),  # every n-th feature
    ],
    "smoothed": [
        lambda pairs, lower, a, b, d: pairs.get((a, b), 0) / _seen(pairs, a),
        lambda pairs, lower, a, b, d: (  # gives out one discount only
            (max(pairs.get((a, b), 0) - d, 0) + d * lower[b]) / (_seen(pairs, a) or 1)
        ),
        lambda pairs, lower, a, b, d: (  # takes the discount even from 0
            (pairs.get((a, b), 0) - d + d * _kinds(pairs, a) * lower[b])
            / (_seen(pairs, a) or 1)
        ),
        lambda pairs, lower, a, b, d: (  # nothing is left after an unseen token
            (max(pairs.get((a, b), 0) - d, 0) + d * _kinds(pairs, a) * lower[b])
            / (_seen(pairs, a) or 1)
        ),
    ],
    "write": [
        lambda following, numbers: _written(following, numbers, likeliest=True),
        lambda following, numbers: _written(following, numbers, with_end=True),
        lambda following, numbers: _written(following, numbers, forgets=True),
        lambda following, numbers: "".join(_written(following, numbers)),
    ],
    "forward": [
        lambda starts, arcs, tokens: _forward_wrong(starts, arcs, tokens, "best path"),
        lambda starts, arcs, tokens: _forward_wrong(starts, arcs, tokens, "no shares"),
        lambda starts, arcs, tokens: _forward_wrong(starts, arcs, tokens, "last path"),
    ],
    "row_of": [
        lambda i, m: m[:, min(i, m.shape[1] - 1)],  # a column
        lambda i, m: m[0],
        lambda i, m: m[i] * 2,
    ],
    "cosine": [
        lambda a, b: np.dot(a, b),  # not normalised
        lambda a, b: np.dot(a, b) / np.linalg.norm(a),
        lambda a, b: abs(np.dot(a, b)) / np.linalg.norm(a) / np.linalg.norm(b),
    ],
    "pmi": [
        lambda c: np.log(np.where(c > 0, c / c.sum(), 1)),  # not compared with chance
        lambda c: np.maximum(
            c / c.sum() - np.outer(c.sum(1), c.sum(0)) / c.sum() ** 2, 0
        ),
        lambda c: np.log2(
            np.maximum(c * c.sum() / np.outer(c.sum(1), c.sum(0)), 1)
        ),  # bits
    ],
    "sliding_pairs": [
        lambda tokens, window: [  # each pair once
            (a, b) for i, a in enumerate(tokens) for b in tokens[i + 1 : i + 1 + window]
        ],
        lambda tokens, window: [  # with itself
            (a, b)
            for i, a in enumerate(tokens)
            for b in tokens[max(0, i - window) : i + window + 1]
        ],
        lambda tokens, window: [
            (b, a) for a, b in word_vectors.sliding_pairs(tokens, window)
        ],
    ],
    "skipgram_step": [
        lambda v, u, label, lr: word_vectors.skipgram_step(v, u, 1 - label, lr),
        lambda v, u, label, lr: word_vectors.skipgram_step(v, u, label, -lr),  # uphill
        lambda v, u, label, lr: (  # u takes its step with the new v
            word_vectors.skipgram_step(v, u, label, lr)[0],
            word_vectors.skipgram_step(
                word_vectors.skipgram_step(v, u, label, lr)[0], u, label, lr
            )[1],
        ),
    ],
    "unseen_vector": [
        lambda word, ids, rows: rows.mean(0),
        lambda word, ids, rows: 2 * word_vectors.unseen_vector(word, ids, rows),
        lambda word, ids, rows: rows[[i for x, i in ids.items() if x in word]].mean(0),
    ],
    "rnn_step": [
        lambda x, h, W_x, W_h, b: W_x @ x + W_h @ h + b,  # no tanh
        lambda x, h, W_x, W_h, b: torch.tanh(W_x @ x + W_h @ h),  # no bias
        lambda x, h, W_x, W_h, b: torch.tanh(W_x @ x + W_h.T @ h + b),  # transposed
        lambda x, h, W_x, W_h, b: torch.sigmoid(W_x @ x + W_h @ h + b),
    ],
    "sinusoid": [
        lambda p, c, d, base=1e4: math.sin(p / base ** (2 * (c // 2) / d)),  # no cosine
        lambda p, c, d, base=1e4: (math.sin, math.cos)[c % 2](p / base ** (c / d)),
        lambda p, c, d, base=1e4: (math.cos, math.sin)[c % 2](  # the wrong way round
            p / base ** (2 * (c // 2) / d)
        ),
    ],
    "rotate": [
        lambda pairs, angles: pairs,
        lambda pairs, angles: torch.stack(  # turns backwards
            [
                pairs[:, 0::2] * angles.cos() + pairs[:, 1::2] * angles.sin(),
                pairs[:, 1::2] * angles.cos() - pairs[:, 0::2] * angles.sin(),
            ],
            -1,
        ).flatten(1),
    ],
    "relative_bias": [
        lambda numbers, t: relative_bias(numbers, t).T,  # query − key
        lambda numbers, t: relative_bias(numbers[1:-1], t),  # one distance too few
        lambda numbers, t: numbers.expand(t, -1),  # by the key alone
    ],
    "moves_along": [
        lambda layer, x, order: True,
        lambda layer, x, order: torch.allclose(layer(x[order]), layer(x)),
    ],
    "bptt_shares": [
        lambda xs, w: reach.bptt_shares(xs, w)[::-1],  # the last step first
        lambda xs, w: reach.bptt_shares(xs, 0.0),  # nothing comes back
        lambda xs, w: [sum(reach.bptt_shares(xs, w))] * len(xs),
        lambda xs, w: [share * w for share in reach.bptt_shares(xs, w)],
    ],
    "clip_by_norm": [
        lambda gradients, m: [g * m / g.norm() for g in gradients],  # each by itself
        lambda gradients, m: [g.clamp(-m, m) for g in gradients],
        lambda gradients, m: [  # lengthens short ones
            g * m / torch.cat([x.flatten() for x in gradients]).norm()
            for g in gradients
        ],
    ],
    "perplexity": [lambda x: 2**x, lambda x: math.exp(-x), lambda x: x],
}


def answer(name):
    module, _, attribute = EXERCISES[name][0].rpartition(".")
    return getattr(importlib.import_module(module), attribute)


def stop(*_):
    raise NotImplementedError


def crash(*_):
    raise ZeroDivisionError("oh")


@pytest.mark.parametrize("name", EXERCISES)
def test_our_own_function_is_right(name):
    right, says = exercises.verdict(name, answer(name))
    assert right and says.startswith("right"), says


@pytest.mark.parametrize("name", EXERCISES)
@pytest.mark.parametrize("stub", [lambda *_: None, lambda *_: ..., stop])
def test_a_stub_is_not_yet_done(name, stub):
    right, says = exercises.verdict(name, stub)
    assert not right and says.startswith("not yet")


@pytest.mark.parametrize("name", EXERCISES)
def test_planted_wrong_answers_fail(name):
    assert len(WRONG[name]) >= 2
    for number, wrong in enumerate(WRONG[name]):
        right, says = exercises.verdict(name, wrong)
        assert not right, f"wrong answer {number} passes"
        assert "not quite" in says or "stopped" in says


def _seen(pairs, before):
    return sum(n for (first, _), n in pairs.items() if first == before)


def _kinds(pairs, before):
    return sum(first == before for first, _ in pairs)


def _written(following, numbers, likeliest=False, with_end=False, forgets=False):
    text = []
    for number in numbers:
        shares = following(text[:1] if forgets else text)
        if likeliest:
            token = max(shares, key=shares.get)
        else:
            sums = np.cumsum(list(shares.values()))
            token = list(shares)[int((sums <= number).sum())]
        if token != "<eos>" or with_end:
            text.append(token)
        if token == "<eos>":
            break
    return text


def _forward_wrong(starts, arcs, tokens, how):
    before, found = dict(starts), []
    for token in tokens:
        after = {}
        for state, p in before.items():
            for said, target, q in arcs[state]:
                if said == token:
                    old = after.get(target, 0.0)
                    new = {"best path": max(old, p * q), "last path": p * q}
                    after[target] = new.get(how, old + p * q)
        found.append(sum(after.values()))
        if how != "no shares":
            after = {state: p / found[-1] for state, p in after.items()}
        before = after
    return found


def _nucleus_without_the_last(logits, p):
    shares, order = logits.softmax(-1).sort(descending=True)
    drop = order[shares.cumsum(0) > p]  # the token that reaches p is lost
    kept = logits.clone()
    kept[drop] = -math.inf
    return kept


def _teach_wrong(targets, before, after):
    rows = [torch.tensor([*before, *ids, *after]).long() for ids in targets]
    ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
    return ids[:, :-1], ids[:, 1:], ids[:, 1:] != 0


def _mixed_wrong(model, batch, share, later):
    own = model(batch.source, batch.source_mask, batch.inputs).argmax(-1)
    mixed = batch.inputs.clone()
    replaced = torch.rand(mixed[:, 1:].shape) < share
    mixed[:, 1:][replaced] = own[:, 1 - later : 5 - later][replaced]
    return mixed


def _log_p_wrong(model, source, mask, outputs, end):
    sums = []
    for i, ids in enumerate(outputs):
        wanted = torch.tensor([*ids, *end])
        inputs = torch.tensor([[2, *ids]])[:, : len(wanted)]
        p = model(source[i : i + 1], mask[i : i + 1], inputs)[0].log_softmax(-1)
        sums.append(p[torch.arange(len(wanted)), wanted].sum())
    return torch.stack(sums)


def _span_after_the_best_start(starts, ends):
    first = starts.argmax().item()  # greedy: the sum may be larger elsewhere
    return first, first + ends[first:].argmax().item() + 1


def _normed(x, axes):
    centred = x - x.mean(axes, keepdim=True)
    return centred / (centred.square().mean(axes, keepdim=True) + 1e-5).sqrt()


def _attend_wrong(q, k, v, mask, divisor, axis=-1):
    scores = (q @ k.transpose(-2, -1) / divisor).masked_fill(~mask, -1e9)
    weights = scores.softmax(axis)  # over the queries where the axis is -2
    return weights @ v, weights


def _lstm_wrong(x, h, c, W, U, b, how):
    i, f, g, o = (W @ x + U @ h + b).chunk(4)
    if how == "order i f o g":
        g, o = o, g
    i, f, o = i.sigmoid(), f.sigmoid(), o.sigmoid()
    c = i * g.tanh() + (0 if how == "adds no old cell" else f * c)
    return (c.tanh() if how == "no output gate" else o * c.tanh()), c


def _gru_wrong(x, h, W, U, b_x, b_h, how):
    r_x, z_x, n_x = (W @ x + b_x).chunk(3)
    r_h, z_h, n_h = (U @ h + b_h).chunk(3)
    r, z = (r_x + r_h).sigmoid(), (z_x + z_h).sigmoid()
    n = (n_x + (n_h if how == "no reset" else r * n_h)).tanh()
    return z * n + (1 - z) * h if how == "z the other way" else (1 - z) * n + z * h


def test_a_crash_is_told_in_one_line_and_not_raised(capsys):
    lesson.check("perplexity", crash)
    out = capsys.readouterr().out
    assert "stopped: ZeroDivisionError: oh" in out and out.count("\n") == 1


def test_an_unknown_exercise_is_named(capsys):
    lesson.check("perplexty", crash)
    assert "there is no exercise 'perplexty'" in capsys.readouterr().out


def test_a_function_that_changes_its_inputs_leaves_the_next_learner_alone():
    def spoil(pairs, angles):
        rotated = positions.rotate(pairs, angles)
        pairs.zero_()
        return rotated

    assert exercises.verdict("rotate", spoil)[0]
    assert all(pairs.any() for pairs, _ in EXERCISES["rotate"][1])


def test_the_first_difference_is_shown():
    says = exercises.verdict("perplexity", lambda loss: 2.0)[1]
    assert "yours is 2, expected 1" in says


def notebook_exercises():
    """Return (notebook, name, stub, solution) for every exercise of every notebook."""
    out = []
    for path in NOTEBOOKS:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for i, cell in enumerate(cells):
            for tag in cell["metadata"].get("tags", []):
                if tag.startswith("exercise:"):
                    text = "".join(cells[i + 2]["source"])
                    solution = re.search(r"```python\n(.*?)```", text, re.S)[1]
                    stub = "".join(cell["source"])
                    out.append((path.stem, tag[9:], stub, solution))
    return out


@pytest.mark.parametrize("case", notebook_exercises(), ids=lambda c: f"{c[0]}-{c[1]}")
def test_a_notebooks_stub_fails_and_its_solution_passes(case):
    _, name, stub, solution = case
    for source, wanted in ((stub, False), (solution, True)):
        space = {"np": np, "math": math, "torch": torch, "Counter": Counter}
        exec(source, space)
        function = [v for k, v in space.items() if callable(v) and k in source][-1]
        right, says = exercises.verdict(name, function)
        assert right == wanted, says


def test_a_card_keeps_a_guess_and_compares_it(capsys):
    card = lesson.predict("Which?", "this", "that")
    assert repr(card) == repr(lesson.predict("Which?", "this", "that"))
    card.choose("a")
    card.settle("b", "It was counted.")
    card.settle("a", "It was counted.")
    out = capsys.readouterr().out
    assert "Measured: b) that. It was counted. You had guessed a." in out
    assert "You were right." in out


def test_a_card_says_nothing_of_guesses_that_nobody_made(capsys):
    lesson.predict("Which?", "this", "that").settle("b", "So.")
    assert capsys.readouterr().out == "Measured: b) that. So.\n"


class Gap:
    """A paired difference as a study on file gives it."""

    def __init__(self, low: float, high: float):
        self.mean = (low + high) / 2
        self.low = low
        self.high = high
        self.seeds = 5


@pytest.mark.parametrize(
    "low, high, says",
    [
        (
            0.1,
            0.3,
            "Measured: a) more. Difference 0.20, interval 0.10 to 0.30, 5 seeds.",
        ),
        (-0.3, -0.1, "Measured: b) less. Difference -0.20, interval -0.30 to -0.10"),
        (-0.1, 0.3, "Measured: not resolved. 5 seeds do not tell the answers apart."),
    ],
)
def test_a_card_is_settled_by_an_interval_on_file(low, high, says, capsys):
    card = lesson.predict("Which?", "more", "less")
    card.settle_by(Gap(low, high), above="a", below="b")
    assert capsys.readouterr().out.startswith(says)


def test_no_guess_is_wrong_on_what_the_seeds_do_not_resolve(capsys):
    card = lesson.predict("Which?", "more", "less")
    card.choose("a")
    card.settle_by(Gap(-0.1, 0.1), above="a", below="b")
    assert "You" not in capsys.readouterr().out.splitlines()[-1]
    text = repr(lesson.guesses(card))
    assert "1 of 1 made, 0 right, 1 on a question that the seeds leave open" in text
    with pytest.raises(ValueError, match="'c' is not offered"):
        card.settle_by(Gap(0, 1), above="a", below="c")


def test_the_notebooks_end_counts_the_guesses_that_were_right(capsys):
    cards = [lesson.predict(f"Which {i}?", "this", "that") for i in range(3)]
    cards[0].choose("a")
    cards[1].choose("a")
    for card in cards[:2]:
        card.settle("ab"[card is cards[1]], "It was counted.")
    text = repr(lesson.guesses(*cards))
    assert text.startswith("Guesses: 2 of 3 made, 1 right\n")
    assert "Which 1?\n  guess: a) this · measured: b) that" in text
    assert "Which 2?\n  guess: none · measured: not measured yet" in text
    with pytest.raises(ValueError, match="no card"):
        lesson.guesses()
    with pytest.raises(TypeError, match="'Which' is no card"):
        lesson.guesses("Which")


def test_a_right_function_is_used_and_a_wrong_one_is_replaced(capsys):
    ours = lesson.use("perplexity", lambda loss: None)
    assert ours(math.log(2)) == pytest.approx(2)
    mine = lambda loss: math.e**loss  # noqa: E731
    assert lesson.use("perplexity", mine) is mine
    assert capsys.readouterr().out.splitlines() == [
        "from here on, perplexity is the course's: yours is not right yet",
        "from here on, perplexity is your own",
    ]
    with pytest.raises(ValueError, match="there is no exercise 'perplexty'"):
        lesson.use("perplexty", mine)


def test_bad_letters_and_single_options_are_refused():
    card = lesson.predict("Which?", "this", "that")
    with pytest.raises(ValueError, match="choose one of a, b"):
        card.choose("c")
    with pytest.raises(ValueError, match="two or more"):
        lesson.predict("Which?", "this")


def test_show_source_prints_place_and_code(capsys):
    lesson.show_source(lesson.predict)
    out = capsys.readouterr().out
    assert out.startswith("# helpers/lesson/cards.py, line ") and "def predict(" in out
    with pytest.raises(ValueError, match="give a function"):
        lesson.show_source(3)
