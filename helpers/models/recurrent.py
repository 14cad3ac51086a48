"""Models that read from left to right: a fixed window, then the recurrent network.

Built in notebooks/02_rnn.ipynb.
"""

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers.models.layers import check_batch, check_padding, embedding, linear
from helpers.models.tracing import Tap

BOS_ID = 2  # as in helpers.tokenization, which models do not import
EOS_ID = 3
State = Tensor | tuple[Tensor, Tensor]  # h; the LSTM's is (h, c)


def rnn_step(
    x: Tensor,
    h: Tensor,
    W_x: Tensor,
    W_h: Tensor,
    b: Tensor,
) -> Tensor:
    """Return the next state: tanh(W_x x + W_h h + b).

    Shapes: x (…, C), h (…, N), W_x (N, C), W_h (N, N), b (N,) → (…, N).
    Source: Elman 1990 (Cognitive Science 14). Built in notebooks/02_rnn.ipynb.
    """
    return torch.tanh(x @ W_x.T + h @ W_h.T + b)


class Recurrent(nn.Module):
    """What the RNN, the LSTM and the GRU share: first weights, and a fast loop.

    Recurrent weights start orthogonal, gate by gate (they keep the length of the
    state: Saxe et al. 2014), the others small. Each network has `forward`, the loop of
    its lesson, and `read`, the same by PyTorch's compiled loop.
    Raises ValueError for sizes below 1. Built in notebooks/02_rnn.ipynb.
    """

    def __init__(self, d_model: int, d_hidden: int, n_gates: int = 1):
        super().__init__()
        if d_model < 1 or d_hidden < 1:
            raise ValueError(f"d_model={d_model}, d_hidden={d_hidden}; use 1 or more")
        n_rows = n_gates * d_hidden  # one matrix holds the rows of all gates
        W_x = torch.randn(n_rows, d_model) * d_model**-0.5
        W_h = torch.empty(n_rows, d_hidden)
        for gate in W_h.split(d_hidden):  # (N, N)
            nn.init.orthogonal_(gate)
        self.W_x = nn.Parameter(W_x)
        self.W_h = nn.Parameter(W_h)

    def start(self, batch_size: int) -> State:
        """Return the state before anything is read: zeros (B, N)."""
        return self.W_h.new_zeros(batch_size, self.W_h.shape[1])

    def fast(self, inputs: Tensor, state: State | None = None) -> Tensor:
        """Return the same as `forward`, by PyTorch's compiled loop."""
        return self.read(inputs, state)[0]

    def compiled(
        self, loop: Callable, inputs: Tensor, state: State, biases: Sequence[Tensor]
    ) -> tuple[Tensor, ...]:
        """Run torch.rnn_tanh, torch.lstm or torch.gru with our weights."""
        return loop(
            inputs,
            state,
            [self.W_x, self.W_h, *biases],
            has_biases=True,
            num_layers=1,
            dropout=0.0,
            train=self.training,
            bidirectional=False,
            batch_first=True,
        )


class RNN(Recurrent):
    """Read a sequence one step after the other with the same weights.

    Shapes: inputs (B, T, C) → states (B, T, N). With padding on the right the states of
    real positions do not depend on it. Built in notebooks/02_rnn.ipynb.
    """

    def __init__(self, d_model: int, d_hidden: int):
        super().__init__(d_model, d_hidden)
        self.b = nn.Parameter(torch.zeros(d_hidden))

    def forward(self, inputs: Tensor, h: Tensor | None = None) -> Tensor:
        h = self.start(len(inputs)) if h is None else h  # (B, N)
        states = []
        for x in inputs.unbind(1):  # (B, C), step by step
            h = rnn_step(x, h, self.W_x, self.W_h, self.b)
            states.append(h)
        return torch.stack(states, 1)  # (B, T, N)

    def read(self, inputs: Tensor, h: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return the states (B, T, N), and h after the last, to read on from."""
        h = self.start(len(inputs)) if h is None else h
        biases = [self.b, torch.zeros_like(self.b)]  # PyTorch has two, which it adds
        states, h = self.compiled(torch.rnn_tanh, inputs, h[None], biases)
        return states, h[0]


class LanguageModel(nn.Module):
    """Token vectors in, logits out; between them each model has its own `features`."""

    def __init__(self, vocab_size: int, d_model: int, d_hidden: int):
        super().__init__()
        self.embed = embedding(vocab_size, d_model)
        self.tap_hidden = Tap()
        self.output = linear(d_hidden, vocab_size)

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return logits for the token after each position: (B, T) → (B, T, V).

        `mask` (B, T), True = real, is not needed: padding is on the right, or refused.
        """
        check_batch(ids)
        if mask is not None:  # not needed, but a wrong one is wrong
            check_padding(mask, ids)
        return self.output(self.tap_hidden(self.features(ids)))


class RecurrentLanguageModel(LanguageModel):
    """A language model whose `cell` is one of our recurrent networks."""

    def features(self, ids: Tensor, state: State | None = None) -> Tensor:
        return self.cell.fast(self.embed(ids), state)

    def start(self, batch_size: int) -> State:
        """Return the state before anything is read: zeros."""
        return self.cell.start(batch_size)

    def step(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """Read on from a state: ids (B, T), state → logits (B, T, V), new state."""
        states, state = self.cell.read(self.embed(ids), state)
        return self.output(self.tap_hidden(states)), state


class RNNLanguageModel(RecurrentLanguageModel):
    """The recurrent network as a language model (Mikolov et al. 2010).

    ids (B, T) → logits (B, T, V). Built in notebooks/02_rnn.ipynb.
    """

    def __init__(self, vocab_size: int, d_model: int, d_hidden: int):
        super().__init__(vocab_size, d_model, d_hidden)
        self.rnn = RNN(d_model, d_hidden)

    @property
    def cell(self) -> RNN:
        return self.rnn


class WindowMLP(LanguageModel):
    """Predict from the last `window` tokens, side by side (Bengio et al. 2003).

    ids (B, T) → logits (B, T, V); before the first token stands BOS, again and again.
    Built in notebooks/02_rnn.ipynb.
    """

    def __init__(self, vocab_size: int, d_model: int, d_hidden: int, window: int):
        super().__init__(vocab_size, d_model, d_hidden)
        if window < 1:
            raise ValueError(f"window={window}; the model sees at least 1 token")
        self.window = window
        self.hidden = nn.Linear(window * d_model, d_hidden)

    def features(self, ids: Tensor) -> Tensor:
        n_before = self.window - 1
        padded = F.pad(ids, (n_before, 0), value=BOS_ID)  # (B, W − 1 + T)
        windows = padded.unfold(1, self.window, 1)  # (B, T, W)
        side_by_side = self.embed(windows).flatten(2)  # (B, T, W·C)
        return torch.tanh(self.hidden(side_by_side))


def generate(
    model: nn.Module,
    prompt: Sequence[int],
    n: int,
    temperature: float,
    generator: torch.Generator,
    keep: Callable[[Tensor], Tensor] | None = None,
) -> list[int]:
    """Write n more ids after the prompt, each drawn from softmax(logits / temperature).

    `keep` changes the logits (V,) first, as `keep_top_k` does. Temperature 0 takes the
    most probable token. Raises ValueError for an empty prompt or a temperature below 0.
    """
    if not len(prompt):
        raise ValueError("an empty prompt; begin with at least one id, such as BOS")
    choose = partial(draw, temperature=temperature, generator=generator, keep=keep)
    ids = torch.tensor([list(prompt)])  # (1, T)
    return write_on(model, ids, model.start(1), n, choose)[0]


def draw(
    logits: Tensor,
    temperature: float,
    generator: torch.Generator,
    keep: Callable[[Tensor], Tensor] | None = None,
) -> Tensor:
    """Draw the next id as `generate` does: logits (B, V) → (B, 1)."""
    if not temperature >= 0:  # also what is not a number
        raise ValueError(f"temperature={temperature}; use 0 (the likeliest) or more")
    if temperature == 0:
        return likeliest(logits)
    if keep is not None:
        logits = keep(logits)
    p = torch.softmax(logits / temperature, -1)  # (B, V)
    return torch.multinomial(p, 1, generator=generator)  # (B, 1)


def likeliest(logits: Tensor) -> Tensor:
    """Return the ids with the largest logits: (B, V) → (B, 1)."""
    return logits.argmax(-1, keepdim=True)


def write_on(
    model: nn.Module,
    ids: Tensor,
    state: object,
    n: int,
    choose: Callable[[Tensor], Tensor],
    end: int | None = None,
) -> list[list[int]]:
    """Read ids (B, T), then write up to n tokens, each read in turn: B lists.

    Works with any model that has `step`. `choose` takes the logits of the next token
    (B, V) and returns ids (B, 1). A text stops before its first `end`, if one is given.
    """
    written = ids[:, :0]  # (B, 0)
    with torch.no_grad():
        for _ in range(n):
            logits, state = model.step(ids, state)
            ids = choose(logits[:, -1])  # (B, 1)
            written = torch.cat([written, ids], 1)
            if end is not None and (written == end).any(1).all():
                break
    return [before_end(row, end) for row in written.tolist()]


def before_end(ids: list[int], end: int | None) -> list[int]:
    """Return the ids before the first `end`; all of them where there is none."""
    return ids[: ids.index(end)] if end in ids else ids
