"""Recurrent networks with gates: the LSTM and the GRU, and how far each remembers.

Built in notebooks/03_lstm.ipynb.
"""

import torch
from torch import Tensor, nn
from torch.func import jacrev

from helpers.models.recurrent import RNN, LanguageModel, rnn_step
from helpers.models.tracing import Tap

Gates = tuple[Tensor, ...]
LSTMState = tuple[Tensor, Tensor]  # h, c
Start = LSTMState | None  # None: zeros


def lstm_gates(x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor) -> Gates:
    """Return the gates i, f, o = σ(W x + U h + b) and the candidate g = tanh(…).

    Rows, and results, in the order i, f, g, o. Shapes and source as `lstm_step` → four
    of (…, N); gates in [0, 1], candidate in [−1, 1]. Built in notebooks/03_lstm.ipynb.
    """
    i, f, g, o = (x @ W.T + h @ U.T + b).chunk(4, -1)  # (…, N) each
    return torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)


def lstm_step(
    x: Tensor, h: Tensor, c: Tensor, W: Tensor, U: Tensor, b: Tensor
) -> LSTMState:
    """Return the next state and cell: c ← f ⊙ c + i ⊙ g, then h = o ⊙ tanh(c).

    Shapes: x (…, C), h and c (…, N), W (4N, C), U (4N, N), b (4N,) → h, c (…, N).
    Source: Hochreiter & Schmidhuber 1997; f: Gers, Schmidhuber & Cummins 2000. Rows
    in the order of torch.nn.LSTM: i, f, g, o. Built in notebooks/03_lstm.ipynb.
    """
    i, f, g, o = lstm_gates(x, h, W, U, b)
    c = f * c + i * g
    return o * torch.tanh(c), c


def gru_gates(
    x: Tensor, h: Tensor, W: Tensor, U: Tensor, b_x: Tensor, b_h: Tensor
) -> Gates:
    """Return the gates r, z = σ(W x + b_x + U h + b_h) and the candidate n.

    n = tanh(W x + b_x + r ⊙ (U h + b_h)); rows, and results, in the order r, z, n.
    Shapes and source as `gru_step` → three of (…, N); gates in [0, 1], candidate in
    [−1, 1]. Built in notebooks/03_lstm.ipynb.
    """
    r_x, z_x, n_x = (x @ W.T + b_x).chunk(3, -1)  # (…, N) each
    r_h, z_h, n_h = (h @ U.T + b_h).chunk(3, -1)
    r = torch.sigmoid(r_x + r_h)
    return r, torch.sigmoid(z_x + z_h), torch.tanh(n_x + r * n_h)


def gru_step(
    x: Tensor, h: Tensor, W: Tensor, U: Tensor, b_x: Tensor, b_h: Tensor
) -> Tensor:
    """Return the next state: h ← (1 − z) ⊙ n + z ⊙ h.

    Shapes: x (…, C), h (…, N), W (3N, C), U (3N, N), b_x and b_h (3N,) → (…, N).
    Source: Cho et al. 2014, eq. 5–8; as torch.nn.GRU we reset after the product,
    r ⊙ (U h + b_h), the paper before it, U (r ⊙ h). Built in notebooks/03_lstm.ipynb.
    """
    _, z, n = gru_gates(x, h, W, U, b_x, b_h)
    return (1 - z) * n + z * h


def _weights(n_gates: int, d_model: int, d_hidden: int) -> tuple[Tensor, Tensor]:
    """Start as the RNN does, gate by gate: inputs small, recurrent orthogonal."""
    if d_model < 1 or d_hidden < 1:
        raise ValueError(f"d_model={d_model}, d_hidden={d_hidden}; use 1 or more")
    W_x = torch.randn(n_gates * d_hidden, d_model) * d_model**-0.5
    W_h = torch.empty(n_gates * d_hidden, d_hidden)
    for square in W_h.split(d_hidden):  # (N, N)
        nn.init.orthogonal_(square)
    return W_x, W_h


def _held(gate: Tensor, value: float | None) -> Tensor:
    return gate if value is None else torch.full_like(gate, value)


class LSTM(nn.Module):
    """Read a sequence with a cell that gates write, keep and show.

    Shapes: inputs (B, T, C) → states h (B, T, N); a state to start from is (h, c), each
    (B, N). The forget gate's bias starts at `forget_bias`, so that the cell keeps at
    first (Gers et al. 2000; 1 since Jozefowicz et al. 2015); the other biases at 0.
    A `recording` of `forward` has gates, cell, state over time: (T, B, N) for T > 1.
    Built in notebooks/03_lstm.ipynb.
    """

    def __init__(self, d_model: int, d_hidden: int, forget_bias: float = 1.0):
        super().__init__()
        W_x, W_h = _weights(4, d_model, d_hidden)
        self.W_x, self.W_h = nn.Parameter(W_x), nn.Parameter(W_h)
        b = torch.tensor([0.0, forget_bias, 0.0, 0.0])  # i, f, g, o
        self.b = nn.Parameter(b.repeat_interleave(d_hidden))  # (4N,)
        self.tap_input, self.tap_forget, self.tap_output = Tap(), Tap(), Tap()
        self.tap_candidate, self.tap_cell, self.tap_state = Tap(), Tap(), Tap()

    def start(self, batch_size: int) -> LSTMState:
        """Return the state before anything is read: zeros (B, N), twice."""
        h = self.b.new_zeros(batch_size, self.W_h.shape[1])
        return h, h

    def forward(
        self, inputs: Tensor, state: Start = None, clamp: dict[str, float] | None = None
    ) -> Tensor:
        """Return the states; `clamp` holds input, forget or output: {"forget": 1.0}.

        Raises ValueError for another name and for a value outside [0, 1].
        """
        clamp = clamp or {}
        for name, value in clamp.items():
            if name not in ("input", "forget", "output") or not 0 <= value <= 1:
                known = "input, forget, output: 0 … 1"
                raise ValueError(f"clamp={{{name!r}: {value}}}; use {known}")
        h, c = self.start(len(inputs)) if state is None else state
        states = []
        for x in inputs.unbind(1):  # (B, C), step by step
            i, f, g, o = lstm_gates(x, h, self.W_x, self.W_h, self.b)
            i = self.tap_input(_held(i, clamp.get("input")))
            f = self.tap_forget(_held(f, clamp.get("forget")))
            o = self.tap_output(_held(o, clamp.get("output")))
            c = self.tap_cell(f * c + i * self.tap_candidate(g))
            h = self.tap_state(o * torch.tanh(c))
            states.append(h)
        return torch.stack(states, 1)  # (B, T, N)

    def read(self, inputs: Tensor, state: Start = None) -> tuple[Tensor, LSTMState]:
        """Return the states (B, T, N), and (h, c) after the last, to read on from."""
        h, c = self.start(len(inputs)) if state is None else state
        weights = [self.W_x, self.W_h, self.b, torch.zeros_like(self.b)]
        options = (True, 1, 0.0, self.training, False, True)  # biases … batch first
        states, h, c = torch.lstm(inputs, (h[None], c[None]), weights, *options)
        return states, (h[0], c[0])

    def fast(self, inputs: Tensor, state: Start = None) -> Tensor:
        """Return the same as `forward`, by PyTorch's compiled loop."""
        return self.read(inputs, state)[0]


class GRU(nn.Module):
    """Read a sequence with one gate to reset and one to keep (update), no cell.

    Shapes: inputs (B, T, C) → states (B, T, N); a state to start from is (B, N).
    A `recording` of `forward` has gates and state over time: (T, B, N) for T > 1.
    Built in notebooks/03_lstm.ipynb.
    """

    def __init__(self, d_model: int, d_hidden: int):
        super().__init__()
        W_x, W_h = _weights(3, d_model, d_hidden)
        self.W_x, self.W_h = nn.Parameter(W_x), nn.Parameter(W_h)
        self.b_x = nn.Parameter(torch.zeros(3 * d_hidden))
        self.b_h = nn.Parameter(torch.zeros(3 * d_hidden))
        self.tap_reset, self.tap_update = Tap(), Tap()
        self.tap_candidate, self.tap_state = Tap(), Tap()

    def start(self, batch_size: int) -> Tensor:
        """Return the state before anything is read: zeros (B, N)."""
        return self.b_h.new_zeros(batch_size, self.W_h.shape[1])

    def forward(self, inputs: Tensor, h: Tensor | None = None) -> Tensor:
        h = self.start(len(inputs)) if h is None else h
        states = []
        for x in inputs.unbind(1):  # (B, C), step by step
            r, z, n = gru_gates(x, h, self.W_x, self.W_h, self.b_x, self.b_h)
            self.tap_reset(r)  # heard only: n holds it already
            z, n = self.tap_update(z), self.tap_candidate(n)
            h = self.tap_state((1 - z) * n + z * h)
            states.append(h)
        return torch.stack(states, 1)  # (B, T, N)

    def read(self, inputs: Tensor, h: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return the states (B, T, N), and h after the last, to read on from."""
        h = self.start(len(inputs)) if h is None else h
        weights = [self.W_x, self.W_h, self.b_x, self.b_h]
        options = (True, 1, 0.0, self.training, False, True)  # biases … batch first
        states, h = torch.gru(inputs, h[None], weights, *options)
        return states, h[0]

    def fast(self, inputs: Tensor, h: Tensor | None = None) -> Tensor:
        """Return the same as `forward`, by PyTorch's compiled loop."""
        return self.read(inputs, h)[0]


CELLS = {"lstm": LSTM, "gru": GRU}


class GatedLanguageModel(LanguageModel):
    """The language model with another cell: "lstm" (Sundermeyer et al. 2012) or "gru".

    ids (B, T) → logits (B, T, V). Raises ValueError for another cell.
    Built in notebooks/03_lstm.ipynb.
    """

    def __init__(self, vocab_size: int, d_model: int, d_hidden: int, cell="lstm"):
        super().__init__(vocab_size, d_model, d_hidden)
        if cell not in CELLS:
            raise ValueError(f"cell={cell!r}; use one of {', '.join(CELLS)}")
        self.cell = CELLS[cell](d_model, d_hidden)

    def features(self, ids: Tensor, state=None) -> Tensor:
        return self.cell.fast(self.embed(ids), state)

    def start(self, batch_size: int) -> Tensor | LSTMState:
        """Return the state before anything is read: LSTM (h, c), GRU h, zeros."""
        return self.cell.start(batch_size)

    def step(self, ids: Tensor, state) -> tuple[Tensor, Tensor | LSTMState]:
        """Read on from a state: ids (B, T), state → logits (B, T, V), new state."""
        states, state = self.cell.read(self.embed(ids), state)
        return self.output(self.tap_hidden(states)), state


def _step(cell: RNN | LSTM | GRU, x: Tensor, s: Tensor) -> Tensor:
    """Take one step; s is the whole state in one vector, for the LSTM h, then c."""
    if isinstance(cell, LSTM):
        return torch.cat(lstm_step(x, *s.chunk(2), cell.W_x, cell.W_h, cell.b))
    if isinstance(cell, GRU):
        return gru_step(x, s, cell.W_x, cell.W_h, cell.b_x, cell.b_h)
    return rnn_step(x, s, cell.W_x, cell.W_h, cell.b)


def state_reach(cell: RNN | LSTM | GRU, inputs: Tensor) -> Tensor:
    """Return ‖∂h_T / ∂s_t‖ (spectral norm) for t = 1 … T; the last is 1.

    s_t is all that a step hands on: h for RNN and GRU, h and c for the LSTM. Each
    step's Jacobian by autograd, multiplied from the last step back.
    Shapes: inputs (T, C) → (T,). For the RNN the same as `state_gradients`.
    Raises ValueError for another cell or a batch. Built in notebooks/03_lstm.ipynb.
    """
    if not isinstance(cell, (RNN, LSTM, GRU)) or inputs.ndim != 2:
        given = f"{type(cell).__name__}, inputs {tuple(inputs.shape)}"
        raise ValueError(f"{given}; use our RNN, LSTM or GRU and (T, C), no batch")
    with torch.no_grad():
        d_hidden = cell.W_h.shape[1]
        s = inputs.new_zeros(d_hidden * (1 + isinstance(cell, LSTM)))
        states = [s := _step(cell, x, s) for x in inputs]
        jacobian = jacrev(lambda s, x: _step(cell, x, s))
        product = torch.eye(d_hidden, len(s)).to(s)  # h is a part of s
        norms = [torch.linalg.matrix_norm(product, 2)]
        for t in range(len(inputs) - 1, 0, -1):  # ∂s_{t+1}/∂s_t, from the last back
            product = product @ jacobian(states[t - 1], inputs[t])  # (N, S)
            norms.append(torch.linalg.matrix_norm(product, 2))
    return torch.stack(norms).flip(0)
