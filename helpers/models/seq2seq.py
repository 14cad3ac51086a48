"""Encoder and decoder: sequences in, other sequences out, and attention between.

Built in notebooks/05_seq2seq.ipynb and 06_attention.ipynb.
"""

from collections.abc import Sequence
from copy import copy
from typing import NamedTuple

import torch
from torch import Tensor, nn

from helpers.models.bidirectional import Bidirectional, last_real
from helpers.models.gated import LSTM, LSTMState
from helpers.models.layers import embedding, linear
from helpers.models.recurrent import BOS_ID, EOS_ID, before_end, likeliest, write_on
from helpers.models.scores import Score, soft_lookup
from helpers.models.tracing import Tap


class State(NamedTuple):
    """What a decoder goes on from: h and c (B, N), the encoder's states and mask."""

    h: Tensor
    c: Tensor
    states: Tensor
    mask: Tensor


class Seq2Seq(nn.Module):
    """Read a source with one network, write a target with another.

    `model(source, source_mask, inputs)` → logits (B, T, V) of the token after each
    input, given the source and the inputs so far. The encoder reads both ways, N / 2
    numbers each; `bridge` makes the decoder's first state of its two last states. With
    score=None that is all the decoder gets; with "additive", "dot" or "general" its
    state h_t scores all states of the encoder; their weighted mean is joined to it.
    A `recording` has tap_weights (B, T, S). Raises ValueError for an odd d_hidden or
    another score. Source: Sutskever et al. 2014; Bahdanau et al. 2015 (with the state
    before, s_{t−1}; ours with h_t, as Luong et al. 2015: all steps run at once).
    Built in notebooks/05_seq2seq.ipynb and 06_attention.ipynb.
    """

    def __init__(
        self,
        source_size: int,
        target_size: int,
        d_model: int,
        d_hidden: int,
        score: str | None = None,
    ):
        super().__init__()
        n = d_hidden
        if n < 2 or n % 2:
            raise ValueError(
                f"d_hidden={n} is not shared by two directions; use an even number"
            )
        self.source_embed = embedding(source_size, d_model)
        self.encoder = Bidirectional(LSTM, d_model, n // 2)
        self.bridge = linear(n, 2 * n)
        self.target_embed = embedding(target_size, d_model)
        self.decoder = LSTM(d_model, n)
        self.score = Score(score, n) if score else None
        self.join = linear(2 * n, n) if score else None
        self.tap_summary = Tap()
        self.tap_weights = Tap()
        self.tap_hidden = Tap()
        self.output = linear(n, target_size)

    def read(self, source: Tensor, source_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return the encoder's states (B, S, N) and its two last ones as one (B, N)."""
        states = self.encoder(self.source_embed(source), source_mask)  # (B, S, N)
        half = states.shape[-1] // 2
        ahead = last_real(states, source_mask)[:, :half]  # (B, N/2)
        back = states[:, 0, half:]  # (B, N/2): this direction ends at the first token
        summary = torch.cat([ahead, back], -1)  # (B, N)
        return states, self.tap_summary(summary)

    def begin(self, summary: Tensor) -> LSTMState:
        """Return the decoder's first h and c, (B, N) each, from one vector."""
        h, c = self.bridge(summary).chunk(2, -1)
        return torch.tanh(h), c  # h lies in (−1, 1), as after any step

    def start(self, source: Tensor, source_mask: Tensor) -> State:
        """Read the source; return what the decoder starts from."""
        states, summary = self.read(source, source_mask)
        h, c = self.begin(summary)
        return State(h, c, states, source_mask)

    def step(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """Write on from a state: ids (B, T), state → logits (B, T, V), new state."""
        x = self.target_embed(ids)  # (B, T, C)
        start = (state.h, state.c)
        hidden, (h, c) = self.decoder.read(x, start)  # (B, T, N)
        if self.score:
            context = self.look(hidden, state)  # (B, T, N)
            both = torch.cat([context, hidden], -1)  # (B, T, 2N)
            hidden = torch.tanh(self.join(both))  # (B, T, N)
        logits = self.output(self.tap_hidden(hidden))  # (B, T, V)
        return logits, state._replace(h=h, c=c)

    def look(self, hidden: Tensor, state: State) -> Tensor:
        """Return the context of each step: (B, T, N)."""
        scores = self.score(hidden, state.states)  # (B, T, S)
        scores = scores.masked_fill(~state.mask[:, None], -torch.inf)
        weights = self.tap_weights(torch.softmax(scores, -1))  # (B, T, S)
        return soft_lookup(weights, state.states)

    def forward(self, source: Tensor, source_mask: Tensor, inputs: Tensor) -> Tensor:
        logits, _ = self.step(inputs, self.start(source, source_mask))
        return logits  # (B, T, V)


class Autoencoder(Seq2Seq):
    """Read a text, keep `d_code` numbers of it, write the same text from these alone.

    Called as `Seq2Seq`, with the text itself as target.
    Raises ValueError for d_code < 1.
    Source: Rumelhart et al. 1986; Sutskever et al. 2014 for the two networks.
    Built in notebooks/05_seq2seq.ipynb.
    """

    def __init__(self, vocab_size: int, d_model: int, d_hidden: int, d_code: int):
        super().__init__(vocab_size, vocab_size, d_model, d_hidden)
        if d_code < 1:
            raise ValueError(f"d_code={d_code}; use 1 or more")
        self.narrow = linear(d_hidden, d_code)
        self.bridge = linear(d_code, 2 * d_hidden)

    def code(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return the latent codes of texts: (B, S) → (B, d_code), each in (−1, 1)."""
        _, summary = self.read(ids, mask)
        return torch.tanh(self.narrow(summary))

    def start_from(self, code: Tensor) -> State:
        """Return what the decoder starts from, given codes (B, d_code)."""
        h, c = self.begin(code)
        nothing = torch.zeros_like(h)[:, None]  # (B, 1, N): no states to look at
        mask = code.new_ones(len(code), 1, dtype=torch.bool)  # (B, 1)
        return State(h, c, nothing, mask)

    def start(self, source: Tensor, source_mask: Tensor) -> State:
        return self.start_from(self.code(source, source_mask))


def greedy(
    model: nn.Module, source: Tensor, source_mask: Tensor, longest: int
) -> list[list[int]]:
    """Write a target for each source, always with the likeliest next token.

    Works with any model that has `start` and `step`. Ends at EOS, which is not
    returned, or after `longest` tokens. Shapes: source, source_mask (B, S) → B lists.
    Raises ValueError for longest < 1. Built in notebooks/05_seq2seq.ipynb.
    """
    with torch.no_grad():
        state = model.start(source, source_mask)
    return write(model, state, len(source), longest)


def write(model: nn.Module, state: object, n: int, longest: int) -> list[list[int]]:
    """Write as `greedy` does, from a state of n rows."""
    if longest < 1:
        raise ValueError(f"longest={longest}; let at least 1 token be written")
    ids = torch.full((n, 1), BOS_ID)
    return write_on(model, ids, state, longest, likeliest, EOS_ID)


def beam(
    model: nn.Module,
    source: Tensor,
    source_mask: Tensor,
    width: int,
    longest: int,
) -> list[list[int]]:
    """Write a target for each source, keeping the `width` likeliest beginnings.

    As `greedy`, which is width 1. Scores are log P of all tokens and EOS, nothing is
    divided by the length. A wider beam looks at more, but it may still drop the
    beginning of what a narrower one finds. States hold batches along their first axis.
    Raises ValueError for width or longest < 1. Source: Sutskever et al. 2014, sec. 3.2.
    Built in notebooks/05_seq2seq.ipynb.
    """
    if width < 1 or longest < 1:
        raise ValueError(f"width={width}, longest={longest}; use 1 or more")
    texts = []
    for ids, mask in zip(source, source_mask, strict=True):
        with torch.no_grad():  # one source at a time, without its padding
            texts.append(_beam(model, ids[mask], width, longest))
    return texts


def _beam(model: nn.Module, source: Tensor, width: int, longest: int) -> list[int]:
    source = source[None]  # (1, S)
    state = model.start(source, torch.ones_like(source, dtype=torch.bool))
    texts = torch.tensor([[BOS_ID]])  # (W, 1 + steps): the beginnings kept
    scores = torch.zeros(1)  # (W,)
    for _ in range(longest):
        last = texts[:, -1:]  # (W, 1)
        logits, state = model.step(last, state)
        log_p = torch.log_softmax(logits[:, -1], -1)  # (W, V)
        finished = last[:, 0] == EOS_ID
        log_p[finished] = -torch.inf
        log_p[finished, EOS_ID] = 0.0  # a finished text stays as it is, at no cost
        total = (scores[:, None] + log_p).flatten()  # (W·V,)
        n = min(width, int(total.isfinite().sum()))
        scores, best = total.topk(n)
        rows = best // log_p.shape[1]  # whose continuation it is
        tokens = best % log_p.shape[1]
        texts = torch.cat([texts[rows], tokens[:, None]], 1)
        state = pick_rows(state, rows)
        if (tokens == EOS_ID).all():
            break
    return before_end(texts[0, 1:].tolist(), EOS_ID)


def pick_rows(state: object, rows: Tensor) -> object:
    """Return a state with these rows of its batch: tensors in tuples and objects."""
    if isinstance(state, Tensor):
        return state[rows]
    if isinstance(state, (tuple, list)):
        parts = [pick_rows(part, rows) for part in state]
        named = hasattr(state, "_fields")  # a named tuple takes its parts one by one
        return type(state)(*parts) if named else type(state)(parts)
    if hasattr(state, "__dict__"):  # such as a cache
        picked = copy(state)
        for name, part in vars(state).items():
            setattr(picked, name, pick_rows(part, rows))
        return picked
    return state  # a number, or nothing


def log_probabilities(
    model: nn.Module, source: Tensor, source_mask: Tensor, outputs: Sequence[list[int]]
) -> Tensor:
    """Return log P(output, EOS | source) in nats, for one output per source: (B,)."""
    rows = [torch.tensor([BOS_ID, *ids, EOS_ID]) for ids in outputs]
    ids = nn.utils.rnn.pad_sequence(rows, True, -1)  # (B, 1 + T)
    answers = ids[:, 1:]  # (B, T)
    real = answers >= 0
    inputs = ids[:, :-1].clamp(min=0)
    with torch.no_grad():
        log_p = torch.log_softmax(model(source, source_mask, inputs), -1)
    index = answers.clamp(min=0)[..., None]  # (B, T, 1)
    found = log_p.gather(-1, index)[..., 0]  # (B, T)
    return (found * real).sum(1)
